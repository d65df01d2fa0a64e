//! The path of a message inside the program, step by step: taken, decided on, delivered to a
//! platform that says yes at once. Each message is another customer's first, and has one sure
//! answer. Prints for each step the time and the processor's time of one message, and how many
//! statements it took.
//!
//! `taskset -c 0 cargo bench --bench path -- 20000`

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measurement reads the real clock, and has nobody to tell of an error"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use careline::app::{App, Pauses, ServeRole, Surroundings, Workers};
use careline::channels::{
    Arrival, Channel, ChannelStopped, DeliveryError, Finding, Happening, Inlet, Sender, TextLimit,
};
use careline::clock::{SystemClock, SystemIds};
use careline::config::Config;
use careline::domain::ids::MessageRef;
use careline::domain::knowledge::KnowledgeIndex;
use careline::domain::knowledge::sample::sample;
use careline::domain::lang::Lang;
use careline::domain::message::Part;
use careline::domain::outgoing::{Outgoing, Receipt};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Timestamp;
use careline::store::{Step, Store, StoreError, Wire};
use careline::wording::Wording;
use careline::workers::Wakes;
use careline::workers::intake::Knowledge;
use careline::workers::lease::Tenant;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How many messages one `getUpdates` brings.
const UPDATES_AT_ONCE: usize = 100;
/// How many sends are under way at once.
const WINDOW: usize = 64;
/// So many a second that no budget is felt.
const PER_SECOND: u32 = 1_000_000;

fn main() {
    let messages = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(20_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { tokio::spawn(measure(messages)).await.unwrap() });
}

async fn measure(messages: usize) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("path.db").display());
    let counting = Arc::new(Counting::default());
    let store = Store::open_over(&url, Some(counting.clone()))
        .await
        .unwrap();
    let workers = workers(&store);
    let (inlet, intake) = (workers.inlet, workers.intake);
    intake.knowledge.now().prepare();
    let arrivals: Vec<Arrival> = (0..messages).map(first_message).collect();

    println!("{messages} messages, each of a new customer");
    let taking = Stretch::begin(&counting);
    for batch in arrivals.chunks(UPDATES_AT_ONCE) {
        inlet.take(batch.to_vec()).await.unwrap();
    }
    taking.end("taken", messages);
    let deciding = Stretch::begin(&counting);
    let mut decided = 0;
    while decided < messages {
        decided += intake.tick().await.unwrap();
    }
    deciding.end("decided", messages);
    let delivering = Stretch::begin(&counting);
    let mut delivered = 0;
    while delivered < messages {
        for delivery in &workers.deliveries {
            delivered += delivery.tick().await.unwrap();
        }
    }
    delivering.end("delivered", messages);
    store.close().await;
    let size = std::fs::metadata(folder.path().join("path.db"))
        .unwrap()
        .len();
    println!("{} bytes of database per message", size / messages as u64);
}

fn workers(store: &Store) -> Workers {
    let mut config = Config::default();
    config.conversation.ask_preference = false;
    config.delivery.telegram_window = WINDOW;
    config.delivery.telegram_per_second = PER_SECOND;
    config.delivery.telegram_chat_per_second = PER_SECOND;
    let app = App {
        config,
        roles: ServeRole::all(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds::default()),
        pauses: Pauses::default(),
        wire: None,
    };
    let entries: Vec<_> = sample().into_iter().map(|change| change.entry).collect();
    let channel: Arc<dyn Channel> = Arc::new(Willing);
    let around = Surroundings {
        wording: Arc::new(Wording::load().unwrap()),
        knowledge: Knowledge::new(KnowledgeIndex::build(&entries)),
        channels: [(channel.kind(), channel)].into(),
        desks: Vec::new(),
        public_url: "http://localhost".to_owned(),
        tenant: Tenant::alone("path".to_owned()),
    };
    Workers::new(&app, store, &Wakes::default(), &around)
}

fn first_message(number: usize) -> Arrival {
    let chat = 100_000_000 + number;
    let text = "Where is my order? I would like to track my parcel";
    let raw = format!(
        r#"{{"update_id":{number},"message":{{"message_id":1,"from":{{"id":{chat},"is_bot":false,"first_name":"Customer {number}","language_code":"en"}},"chat":{{"id":{chat},"first_name":"Customer {number}","type":"private"}},"date":1753430400,"text":"{text}"}}}}"#
    );
    Arrival {
        natural_key: format!("telegram:1:m:{chat}:1"),
        place: Place::chat(ChannelKind::Telegram, chat.to_string()),
        at_desk: false,
        sender: Some(Sender {
            account: chat.to_string().into(),
            name: format!("Customer {number}"),
            lang_hint: Some(Lang::En),
        }),
        platform_at: Timestamp(1_753_430_400_000),
        position: None,
        what: Happening::Wrote {
            message: MessageRef("1".to_owned()),
            parts: vec![Part::Text {
                text: text.to_owned(),
            }],
            reply_to: None,
            album: None,
        },
        raw,
    }
}

const LIMIT: TextLimit = TextLimit {
    units_max: 4_096,
    units: |text| text.to_plain().encode_utf16().count(),
};

/// A platform that takes everything at once.
struct Willing;

#[async_trait]
impl Channel for Willing {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    async fn listen(
        &self,
        _: Arc<dyn Inlet>,
        _: Arc<Notify>,
        _: CancellationToken,
    ) -> Result<(), ChannelStopped> {
        Ok(())
    }

    async fn deliver(&self, _: &Outgoing) -> Result<Receipt, DeliveryError> {
        Ok(Receipt {
            at: Timestamp(1_753_430_401_000),
            message: Some(MessageRef("2".to_owned())),
            place: None,
        })
    }

    fn text_limit(&self) -> TextLimit {
        LIMIT
    }

    async fn probe(&self) -> Vec<Finding> {
        Vec::new()
    }
}

/// Counts what passes on its way to the database.
#[derive(Default)]
struct Counting {
    statements: AtomicU64,
    commits: AtomicU64,
}

impl Wire for Counting {
    fn passes(&self, step: Step) -> Result<(), StoreError> {
        match step {
            Step::Statement => self.statements.fetch_add(1, Ordering::Relaxed),
            Step::Commit => self.commits.fetch_add(1, Ordering::Relaxed),
            Step::Begin | Step::Committed => 0,
        };
        Ok(())
    }
}

/// A stretch of the way, being measured.
struct Stretch<'c> {
    counting: &'c Counting,
    statements: u64,
    commits: u64,
    processor: Duration,
    began: Instant,
}

impl Stretch<'_> {
    fn begin(counting: &Counting) -> Stretch<'_> {
        Stretch {
            counting,
            statements: counting.statements.load(Ordering::Relaxed),
            commits: counting.commits.load(Ordering::Relaxed),
            processor: processor_time(),
            began: Instant::now(),
        }
    }

    fn end(self, what: &str, messages: usize) {
        let (wall, processor) = (self.began.elapsed(), processor_time() - self.processor);
        let of_one = |length: Duration| length.as_secs_f64() * 1e6 / messages as f64;
        let count = |now: &AtomicU64, before: u64| {
            (now.load(Ordering::Relaxed) - before) as f64 / messages as f64
        };
        println!(
            "{what:>10}: {:>7.1} µs, {:>7.1} µs of the processor, {:.2} statements, {:.3} commits; {:.0} messages/s",
            of_one(wall),
            of_one(processor),
            count(&self.counting.statements, self.statements),
            count(&self.counting.commits, self.commits),
            messages as f64 / wall.as_secs_f64(),
        );
    }
}

/// What all threads of this process have run so far, by Linux's own count.
fn processor_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let run_ns = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(run_ns.sum())
}
