//! The demo's afternoon: a scripted half day of customers and agents, played through the real
//! inbox, decisions and outbox on a clock that runs ahead, so that queue, report and threads have
//! something to show. Customers come by the web chat, the one channel that needs no token.

mod script;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use self::script::{Move, Script, Story};
use super::parts::Parts;
use super::process::Process;
use super::{App, AppError, ServeRole, Started, serve};
use crate::channels::webchat::log::Shown;
use crate::channels::{Arrival, Happening, Inlet, Sender};
use crate::clock::{Clock, SetClock};
use crate::domain::desk::act::{ConsoleClick, StaffAct};
use crate::domain::ids::{AccountId, StaffId};
use crate::domain::message::Part;
use crate::domain::outgoing::Press;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::staff::{Role, Staff};
use crate::domain::time::{Millis, Timestamp};
use crate::store::inbox::NewArrival;
use crate::store::{Store, StoreError, conversations, staff, timers, web_log};

/// How long before now the afternoon begins.
const BEGINS_BEFORE: Millis = Millis::minutes(245);
/// The most steps of the clock between two moves: a timer that starts itself anew must not
/// hold the afternoon for ever.
const TIMER_STEPS_MAX: usize = 200;

/// Plays the afternoon on the (throw-away) database of `app`, then serves it live.
pub async fn demo(
    app: App,
    shutdown: CancellationToken,
    started: impl FnOnce(Started),
) -> Result<(), AppError> {
    play(&app).await?;
    serve(
        App {
            roles: ServeRole::all(),
            ..app
        },
        shutdown,
        started,
    )
    .await
}

async fn play(app: &App) -> Result<(), AppError> {
    let script = Script::load()
        .map_err(|error| AppError::Platform(format!("prompts/demo.yaml: {error}")))?;
    let begins = app.clock.now() - BEGINS_BEFORE;
    let clock = Arc::new(SetClock::at(begins));
    let past = App {
        config: app.config.clone(),
        roles: ServeRole::all(),
        clock: clock.clone(),
        ids: app.ids.clone(),
        pauses: app.pauses.clone(),
        wire: None,
    };
    let store = super::open(&past).await?;
    let process = Process::on(&store, past.ids.as_ref())?;
    let parts = Parts::build(
        &past,
        &store,
        &process,
        String::new(),
        &CancellationToken::new(),
    )
    .await?;
    let agents = list_agents(&past, &store, &script.agents).await?;
    let mut stage = Stage {
        app: past,
        clock,
        store: store.clone(),
        parts,
        agents,
        moves: 0,
    };
    for (minute, number, one) in script.moves() {
        stage.until(begins + Millis::minutes(minute)).await?;
        stage.make(number, &script.stories[number], one).await?;
        stage.settle().await?;
    }
    stage.until(app.clock.now()).await?;
    store.close().await;
    Ok(())
}

async fn list_agents(
    app: &App,
    store: &Store,
    names: &[String],
) -> Result<BTreeMap<String, StaffId>, StoreError> {
    let mut agents = BTreeMap::new();
    for name in names {
        let agent = Staff {
            id: app.ids.id().into(),
            name: name.clone(),
            role: Role::Agent,
            lang: app.config.desk.lang,
        };
        let now = app.clock.now();
        agents.insert(name.clone(), agent.id.clone());
        store
            .write(move |tx| {
                let agent = agent.clone();
                Box::pin(async move { staff::add(tx, &agent, now).await })
            })
            .await?;
    }
    Ok(agents)
}

struct Stage {
    app: App,
    clock: Arc<SetClock>,
    store: Store,
    parts: Parts,
    agents: BTreeMap<String, StaffId>,
    moves: usize,
}

impl Stage {
    /// Lets the time pass until `then`, firing timers when they are due.
    async fn until(&self, then: Timestamp) -> Result<(), StoreError> {
        for _ in 0..TIMER_STEPS_MAX {
            let due = {
                let mut tx = self.store.read().await?;
                timers::next_due(&mut tx).await?
            };
            let Some(due) = due.filter(|due| *due <= then) else {
                break;
            };
            self.go_to(due);
            self.settle().await?;
        }
        self.go_to(then);
        Ok(())
    }

    fn go_to(&self, then: Timestamp) {
        self.clock.pass((then - self.clock.now()).or_zero());
    }

    /// Decides, fires and sends until nothing is left to do at this moment.
    async fn settle(&self) -> Result<(), StoreError> {
        loop {
            let mut done = self.parts.alarms.tick().await? + self.parts.intake.tick().await?;
            for delivery in &self.parts.deliveries {
                done += delivery.tick().await?;
            }
            if done == 0 {
                return Ok(());
            }
        }
    }

    async fn make(&mut self, number: usize, story: &Story, one: Move) -> Result<(), AppError> {
        self.moves += 1;
        let visitor = format!("demo-{number}");
        match one {
            Move::Says(text) => {
                let message = format!("c:{}", self.moves).into();
                let parts = vec![Part::Text { text }];
                let wrote = Happening::Wrote {
                    message,
                    parts,
                    reply_to: None,
                    album: None,
                };
                self.arrives(&visitor, story, wrote).await
            }
            Move::Helped(yes) => {
                let Some(token) = self.helped_button(&visitor, yes).await? else {
                    return Ok(());
                };
                let press = format!("p:{}", self.moves);
                let pressed = Happening::Pressed {
                    token,
                    press,
                    message: None,
                    text: None,
                };
                self.arrives(&visitor, story, pressed).await
            }
            Move::Claims => self.clicks(&visitor, story, StaffAct::Claim).await,
            Move::Replies(text) => {
                let parts = vec![Part::Text { text }];
                self.clicks(&visitor, story, StaffAct::Reply { parts })
                    .await
            }
            Move::Resolves => self.clicks(&visitor, story, StaffAct::Resolve).await,
        }
    }

    async fn arrives(&self, visitor: &str, story: &Story, what: Happening) -> Result<(), AppError> {
        let arrival = Arrival {
            natural_key: format!("web:demo:{}", self.moves),
            place: Place::chat(ChannelKind::Web, visitor),
            at_desk: false,
            sender: Some(Sender {
                account: AccountId(visitor.to_owned()),
                name: story.who.clone(),
                lang_hint: Some(story.lang),
            }),
            platform_at: self.clock.now(),
            position: None,
            what,
            raw: String::new(),
        };
        let taken = self.parts.inlet.take(vec![arrival]).await;
        taken.map_err(|error| AppError::Platform(error.to_string()))
    }

    async fn clicks(&self, visitor: &str, story: &Story, act: StaffAct) -> Result<(), AppError> {
        let Some(staff) = story
            .agent
            .as_ref()
            .and_then(|agent| self.agents.get(agent))
        else {
            return Ok(());
        };
        let account = AccountId(visitor.to_owned());
        let open = self
            .store
            .write(move |tx| {
                let account = account.clone();
                Box::pin(
                    async move { conversations::lock_open(tx, ChannelKind::Web, &account).await },
                )
            })
            .await?;
        let Some(conversation) = open else {
            return Ok(());
        };
        let click = ConsoleClick {
            conversation: conversation.id,
            staff: staff.clone(),
            act,
        };
        let now = self.clock.now();
        let row = NewArrival {
            id: self.app.ids.id().into(),
            natural_key: format!("console:demo:{}", self.moves),
            origin: "console",
            lane: format!("conversation:{}", click.conversation),
            position: now.0,
            arrival: serde_json::to_string(&click).unwrap_or_default(),
            raw: None,
            platform_at: now,
            received_at: now,
        };
        self.store.take(row).await?;
        Ok(())
    }

    /// The button under the bot's last answer; the first says yes, the second no.
    async fn helped_button(
        &self,
        visitor: &str,
        yes: bool,
    ) -> Result<Option<crate::domain::ids::ButtonToken>, StoreError> {
        let mut tx = self.store.read().await?;
        let rows = web_log::since(&mut tx, visitor, 0, i64::MAX).await?;
        let place = usize::from(!yes);
        let token = rows.iter().find_map(|row| {
            let Ok(Shown::Said { buttons, .. }) = serde_json::from_str(&row.entry) else {
                return None;
            };
            // Under an answer stand "helped" and "did not help" side by side; other rows differ.
            match &buttons
                .first()
                .filter(|row| row.len() == 2)?
                .get(place)?
                .press
            {
                Press::Token { token } => Some(token.clone()),
                Press::Form { .. } | Press::Link { .. } => None,
            }
        });
        Ok(token)
    }
}
