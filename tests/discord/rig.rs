//! The adapter with the real serenity client against the fake, and an inbox in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use careline::channels::discord::{Argument, Command, DiscordChannel, Pauses, Settings};
use careline::channels::forms::{Asked, Choice, Forms, Opened};
use careline::channels::{
    Arrival, Channel, ChannelStopped, DeliveryError, Happening, Inlet, NotTaken, Watermark,
};
use careline::clock::{Clock, SetClock};
use careline::domain::ids::{MessageRef, OutboxId};
use careline::domain::lang::Lang;
use careline::domain::message::plain_text;
use careline::domain::outgoing::{Act, Outgoing, Receipt};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::rich::RichText;
use careline::domain::time::{Millis, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::discord::{Discord, TOKEN};

const PATIENCE: Duration = Duration::from_secs(20);

/// Nothing opens a form here.
#[derive(Debug)]
struct NoForms;

#[async_trait]
impl Forms for NoForms {
    async fn open(&self, _asked: &Asked) -> Opened {
        Opened::Refused("there are no forms".to_owned())
    }

    async fn complete(&self, _asked: &Asked, _typed: &str) -> Vec<Choice> {
        Vec::new()
    }
}

/// An inbox that drops what it has seen, as the store does.
pub struct Inbox {
    clock: Arc<SetClock>,
    taken: Mutex<Vec<Arrival>>,
    facts: Mutex<BTreeMap<String, String>>,
    /// How many of the next takes are refused.
    pub refuses: Mutex<u32>,
    changed: watch::Sender<u64>,
}

#[async_trait]
impl Inlet for Inbox {
    async fn take(&self, arrivals: Vec<Arrival>) -> Result<(), NotTaken> {
        let refused = {
            let mut refuses = self.refuses.lock().unwrap();
            let refused = *refuses > 0;
            *refuses = refuses.saturating_sub(1);
            refused
        };
        if refused {
            return Err(NotTaken("by order".to_owned()));
        }
        let mut taken = self.taken.lock().unwrap();
        for arrival in arrivals {
            if !taken
                .iter()
                .any(|old| old.natural_key == arrival.natural_key)
            {
                taken.push(arrival);
            }
        }
        drop(taken);
        self.changed.send_modify(|count| *count += 1);
        Ok(())
    }

    async fn watermarks(&self, _channel: ChannelKind) -> Result<Vec<Watermark>, NotTaken> {
        let mut last: BTreeMap<Place, u64> = BTreeMap::new();
        for arrival in self.taken.lock().unwrap().iter() {
            if let Happening::Wrote { message, .. } = &arrival.what {
                let id = message.as_str().parse().unwrap();
                let mark = last.entry(arrival.place.clone()).or_default();
                *mark = (*mark).max(id);
            }
        }
        let mark = |(place, last): (Place, u64)| Watermark {
            place,
            last: MessageRef(last.to_string()),
        };
        Ok(last.into_iter().map(mark).collect())
    }

    async fn remember(&self, key: &str, value: &str) -> Result<(), NotTaken> {
        let mut facts = self.facts.lock().unwrap();
        facts.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn recall(&self, key: &str) -> Result<Option<String>, NotTaken> {
        Ok(self.facts.lock().unwrap().get(key).cloned())
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Inbox {
    /// Waits for an arrival that fits.
    pub async fn wait_for<T>(&self, what: &str, look: impl Fn(&Arrival) -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        let waiting = async {
            loop {
                if let Some(found) = self.taken.lock().unwrap().iter().find_map(&look) {
                    return found;
                }
                changes.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}; taken: {:#?}", self.all()),
        }
    }

    pub async fn words(&self, words: &str) -> Arrival {
        let says = |arrival: &Arrival| {
            let said = text_of(arrival).is_some_and(|text| text == words);
            said.then(|| arrival.clone())
        };
        self.wait_for(words, says).await
    }

    pub fn all(&self) -> Vec<Arrival> {
        self.taken.lock().unwrap().clone()
    }

    /// All words, in the order in which they were taken.
    pub fn texts(&self) -> Vec<String> {
        self.all().iter().filter_map(text_of).collect()
    }
}

pub fn text_of(arrival: &Arrival) -> Option<String> {
    match &arrival.what {
        Happening::Wrote { parts, .. } => Some(plain_text(parts)),
        _ => None,
    }
}

/// The fake, a shop on it, and the adapter.
pub struct Rig {
    pub discord: Discord,
    pub clock: Arc<SetClock>,
    pub inbox: Arc<Inbox>,
    pub channel: Arc<DiscordChannel>,
    pub shop: u64,
    pub lobby: u64,
    pub forum: u64,
    pub ann: u64,
    settings: Settings,
    listening: Option<(CancellationToken, JoinHandle<Result<(), ChannelStopped>>)>,
    made: u32,
}

impl Rig {
    /// Nothing listens yet.
    pub async fn new() -> Rig {
        let clock = Arc::new(SetClock::at(Timestamp(1_795_000_000_000)));
        let hands = clock.clone();
        let discord = Discord::start_at(Arc::new(move || hands.now().0)).await;
        let shop = discord.guild("Shop");
        let lobby = discord.text_channel(shop, "help");
        let forum = discord.forum(shop, "desk");
        let ann = discord.person("Ann", shop);
        let inbox = Arc::new(Inbox {
            clock: clock.clone(),
            taken: Mutex::default(),
            facts: Mutex::default(),
            refuses: Mutex::default(),
            changed: watch::Sender::new(0),
        });
        let command = |name: &str, desk_only| Command {
            name: name.to_owned(),
            description: vec![(Lang::En, "Words".to_owned()), (Lang::Vi, "Chữ".to_owned())],
            arguments: vec![Argument {
                name: "text".to_owned(),
                description: vec![(Lang::En, "Words".to_owned())],
                is_required: false,
                is_completed: false,
                choices: Vec::new(),
            }],
            verbs: Vec::new(),
            desk_only,
        };
        let settings = Settings {
            token: TOKEN.into(),
            api_url: discord.api_url(),
            staff_forum: Some(forum),
            support_channels: BTreeSet::from([lobby]),
            message_content: false,
            commands: vec![command("human", false), command("console", true)],
            forms: Arc::new(NoForms),
            pauses: Pauses {
                first: Duration::from_millis(5),
                most: Duration::from_millis(100),
                farewell: Duration::from_secs(3),
            },
            events_max: 1_000,
        };
        let channel = DiscordChannel::new(settings.clone(), clock.clone()).unwrap();
        let channel = Arc::new(channel);
        Rig {
            discord,
            clock,
            inbox,
            channel,
            shop,
            lobby,
            forum,
            ann,
            settings,
            listening: None,
            made: 0,
        }
    }

    /// The adapter listens and Discord has said that it is ready.
    pub async fn listening() -> Rig {
        let mut rig = Rig::new().await;
        rig.starts().await;
        rig
    }

    /// The same with the message-content intent, enabled at Discord and asked for.
    pub async fn with_content() -> Rig {
        let mut rig = Rig::new().await;
        rig.discord
            .act(|world| world.application.privileged_intents = 1 << 15);
        rig.change(|settings| settings.message_content = true);
        rig.starts().await;
        rig
    }

    pub fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.fresh_channel();
    }

    /// A new process: nothing of the old one's memory is left.
    fn fresh_channel(&mut self) {
        let channel = DiscordChannel::new(self.settings.clone(), self.clock.clone());
        self.channel = Arc::new(channel.unwrap());
    }

    pub fn listen(
        &self,
    ) -> (
        CancellationToken,
        JoinHandle<Result<(), ChannelStopped>>,
        Arc<Notify>,
    ) {
        let (stop, ready) = (CancellationToken::new(), Arc::new(Notify::new()));
        let (channel, inbox) = (self.channel.clone(), self.inbox.clone());
        let (ready_too, stop_too) = (ready.clone(), stop.clone());
        let task = tokio::spawn(async move { channel.listen(inbox, ready_too, stop_too).await });
        (stop, task, ready)
    }

    pub async fn starts(&mut self) {
        let (stop, task, ready) = self.listen();
        let heard = tokio::time::timeout(PATIENCE, ready.notified()).await;
        heard.expect("Discord is heard");
        self.listening = Some((stop, task));
        self.registered().await;
    }

    /// The store takes nothing for so many times.
    pub fn refuses(&self, times: u32) {
        *self.inbox.refuses.lock().unwrap() = times;
    }

    /// Waits until it has refused that often, of very many times.
    pub async fn was_refused(&self, times: u32) {
        let mut every = tokio::time::interval(Duration::from_millis(5));
        let waiting = async {
            while *self.inbox.refuses.lock().unwrap() > u32::MAX - times {
                every.tick().await;
            }
        };
        let within = tokio::time::timeout(PATIENCE, waiting).await;
        within.expect("it is asked again and again");
    }

    async fn registered(&self) {
        let desk = Some(self.shop);
        let known = self.discord.wait_for("the commands", |world| {
            world.commands.contains_key(&desk).then_some(())
        });
        known.await;
    }

    /// An orderly stop, and a new process ready to start.
    pub async fn stops(&mut self) {
        let (stop, task) = self.listening.take().expect("it listens");
        stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, task).await;
        ended.expect("it stops in time").unwrap().unwrap();
        self.discord
            .wait_for("the end of the connection", |world| {
                (world.gateway.connected() == 0).then_some(())
            })
            .await;
        self.fresh_channel();
    }

    pub fn passes(&self, length: Millis) {
        self.clock.pass(length);
    }

    /// An act to this place, with a nonce of its own.
    pub fn outgoing(&mut self, place: Place, act: Act) -> Outgoing {
        self.made += 1;
        Outgoing {
            id: OutboxId(format!("row{}", self.made)),
            nonce: format!("nonce-{}", self.made),
            place,
            act,
            unknown_since: None,
        }
    }

    pub async fn does(&mut self, place: Place, act: Act) -> Result<Receipt, DeliveryError> {
        let outgoing = self.outgoing(place, act);
        self.channel.deliver(&outgoing).await
    }

    pub async fn direct(&self) -> Place {
        let channel = self.discord.act(|world| world.direct_channel(self.ann));
        place(channel)
    }
}

pub fn place(channel: u64) -> Place {
    Place::chat(ChannelKind::Discord, channel.to_string())
}

pub fn say(text: &str) -> Act {
    Act::Say {
        text: RichText::plain(text),
        buttons: Vec::new(),
        reply_to: None,
        files: Vec::new(),
    }
}

/// The snowflake that a receipt names.
pub fn made(receipt: &Receipt) -> u64 {
    receipt.message.as_ref().unwrap().as_str().parse().unwrap()
}
