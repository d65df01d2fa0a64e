//! The adapter with the real client, a fake platform and an inlet in memory, on one clock.

use std::sync::Arc;
use std::time::Duration;

use careline::channels::telegram::{Menu, Settings, Telegram, Timing, WebhookSettings};
use careline::channels::{Channel, ChannelStopped, DeliveryError};
use careline::clock::{Clock, SetClock};
use careline::domain::ids::OutboxId;
use careline::domain::lang::Lang;
use careline::domain::outgoing::{Act, Button, Look, Outgoing, Press, Receipt};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::rich::RichText;
use careline::domain::time::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::inlet::RecordingInlet;
use crate::support::telegram::{FakeTelegram, START_MS};

pub struct Rig {
    pub fake: FakeTelegram,
    pub clock: Arc<SetClock>,
    pub inlet: Arc<RecordingInlet>,
}

/// A channel that listens.
pub struct Listening {
    ready: Arc<Notify>,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ChannelStopped>>,
}

impl Rig {
    pub async fn new() -> Rig {
        let clock = Arc::new(SetClock::at(Timestamp(START_MS)));
        let ticking = clock.clone();
        let fake = FakeTelegram::start_with_clock(Arc::new(move || ticking.now().0)).await;
        let inlet = RecordingInlet::new(clock.clone());
        Rig { fake, clock, inlet }
    }

    pub fn settings(&self) -> Settings {
        let commands = vec![("human".to_owned(), "Talk to a person".to_owned())];
        Settings {
            token: self.fake.token().into(),
            api_url: self.fake.url(),
            staff_chat: None,
            webhook: None,
            menus: vec![
                Menu {
                    lang: None,
                    commands: commands.clone(),
                },
                Menu {
                    lang: Some(Lang::Vi),
                    commands,
                },
            ],
            desk_menus: vec![Menu {
                lang: None,
                commands: vec![("faq".to_owned(), "Write entries".to_owned())],
            }],
            timing: Timing {
                call: Duration::from_secs(5),
                step: Duration::from_secs(5),
                poll: Duration::from_secs(20),
                pause_min: Duration::from_millis(5),
                pause_max: Duration::from_millis(50),
            },
        }
    }

    pub fn channel(&self, change: impl FnOnce(&mut Settings)) -> Arc<Telegram> {
        let mut settings = self.settings();
        change(&mut settings);
        let telegram = Telegram::new(settings, self.clock.clone());
        Arc::new(telegram.expect("the settings are right"))
    }

    /// A channel without a staff forum.
    pub fn plain(&self) -> Arc<Telegram> {
        self.channel(|_| ())
    }

    pub fn desk(&self, forum: i64) -> Arc<Telegram> {
        self.channel(|settings| settings.staff_chat = Some(forum))
    }

    pub fn hooked(&self, url: &str, secret: &str) -> Arc<Telegram> {
        let webhook = WebhookSettings {
            url: url.to_owned(),
            secret: secret.into(),
        };
        self.channel(|settings| settings.webhook = Some(webhook))
    }

    pub fn listen(&self, telegram: Arc<Telegram>) -> Listening {
        let ready = Arc::new(Notify::new());
        let stop = CancellationToken::new();
        let (heard, stopped, inlet) = (ready.clone(), stop.clone(), self.inlet.clone());
        let task = tokio::spawn(async move { telegram.listen(inlet, heard, stopped).await });
        Listening { ready, stop, task }
    }
}

impl Listening {
    pub async fn ready(&self) {
        let waiting = tokio::time::timeout(Duration::from_secs(15), self.ready.notified());
        waiting.await.expect("the channel hears the platform");
    }

    /// Stops it in order.
    pub async fn stop(self) -> Result<(), ChannelStopped> {
        self.stop.cancel();
        self.ends().await
    }

    /// Waits for it to end by itself.
    pub async fn ends(self) -> Result<(), ChannelStopped> {
        let ended = tokio::time::timeout(Duration::from_secs(15), self.task).await;
        ended
            .expect("the channel ends")
            .expect("the channel does not panic")
    }

    /// Ends it in the middle of whatever it does.
    pub async fn crash(self) {
        self.task.abort();
        assert!(self.task.await.is_err_and(|error| error.is_cancelled()));
    }
}

pub fn chat(id: i64) -> Place {
    Place::chat(ChannelKind::Telegram, id.to_string())
}

pub fn topic(chat: i64, thread: i64) -> Place {
    Place::thread(ChannelKind::Telegram, chat.to_string(), thread.to_string())
}

pub fn outgoing(place: Place, act: Act) -> Outgoing {
    Outgoing {
        id: OutboxId("outbox-1".to_owned()),
        nonce: "n1".to_owned(),
        place,
        act,
        unknown_since: None,
    }
}

pub fn words(text: &str) -> Act {
    Act::Say {
        text: RichText::plain(text),
        buttons: Vec::new(),
        reply_to: None,
        files: Vec::new(),
    }
}

pub fn button(label: &str, token: &str) -> Button {
    Button {
        label: label.to_owned(),
        press: Press::Token {
            token: token.into(),
        },
        look: Look::Plain,
    }
}

pub async fn deliver(
    telegram: &Telegram,
    place: Place,
    act: Act,
) -> Result<Receipt, DeliveryError> {
    telegram.deliver(&outgoing(place, act)).await
}
