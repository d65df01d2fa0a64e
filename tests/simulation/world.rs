//! A run: the platforms, the people, the processes and the clock, moved one step at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use careline::clock::{Clock, CountedIds, SetClock};
use careline::config::Config;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::staff::Staff;
use careline::domain::time::{Millis, Timestamp};

use super::chance::Chance;
use super::cut::{Cut, Manner};
use super::desk;
use super::ground::{Chat, Ground};
use super::options::{Fault, Options};
use super::people::Customer;
use super::process::{Process, Setting, Work};
use super::shop::{Shop, folder};
use super::trace::Trace;

/// When every run begins: a Monday in spring, 09:00 UTC.
pub const BEGINS_MS: i64 = 1_772_442_000_000;

/// No call of a process that is well lasts longer than that.
const CALLS_LAST: Millis = Millis::seconds(2);

/// Somebody at the desk.
#[derive(Clone, Debug)]
pub struct Agent {
    /// As they are listed.
    pub staff: Staff,
    /// When they were removed.
    pub removed_at: Option<Timestamp>,
}

/// What happened to the processes, for what is checked at the end.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// How many sends were under way at each end of a process, by channel.
    pub interrupted: Vec<BTreeMap<ChannelKind, usize>>,
    /// When and how chaos ended.
    pub healed_at: Option<Timestamp>,
    /// The eras of customers that were erased, with the time of it.
    pub erased: Vec<(super::ground::taint::Taint, Timestamp)>,
    /// Whether clocks ever differed from the platforms'.
    pub clocks_differed: bool,
}

/// A run.
pub struct World {
    /// What the seed decided.
    pub options: Options,
    /// Chance.
    pub chance: Chance,
    /// What happened.
    pub trace: Trace,
    /// The platforms' time.
    pub clock: Arc<SetClock>,
    /// What stands around every process.
    pub setting: Setting,
    /// The processes, where they run.
    pub processes: Vec<Option<Process>>,
    /// The customers.
    pub customers: Vec<Customer>,
    /// The desk; the first never leaves.
    pub agents: Vec<Agent>,
    /// What happened to the processes.
    pub history: History,
    /// The database's URL.
    pub url: String,
    /// Which process reads no more for a while, and until when.
    pub paused: BTreeMap<usize, Timestamp>,
    /// Whether chaos is over.
    pub is_healed: bool,
    lives: u64,
    database: (u64, u64),
    pub(super) shop: &'static Shop,
    _folder: tempfile::TempDir,
}

impl World {
    /// The world of a seed, before anything has happened.
    pub fn new(options: Options) -> World {
        let shop = Shop::open();
        let folder = folder();
        let url = shop.copy_database(folder.path());
        let clock = Arc::new(SetClock::at(Timestamp(BEGINS_MS)));
        let mut config = Config::default();
        config.database.url = url.clone().into();
        let ground = Ground::new(options.telegram_units);
        let setting = Setting {
            clock: Arc::clone(&clock),
            ids: Arc::new(CountedIds::default()),
            ground: Arc::new(Mutex::new(ground)),
            wording: Arc::clone(&shop.wording),
            knowledge: shop.knowledge.clone(),
            config,
            units_max: options.telegram_units,
            is_alone: options.processes == 1,
        };
        let mut chance = Chance::of(options.seed.wrapping_mul(0x9E37_79B9).wrapping_add(1));
        let (on_telegram, on_discord) = options.customers;
        let customers = (0..on_telegram + on_discord)
            .map(|number| {
                let channel = match number < on_telegram {
                    true => ChannelKind::Telegram,
                    false => ChannelKind::Discord,
                };
                Customer::new(number, channel, &mut chance)
            })
            .collect();
        let mut world = World {
            processes: (0..options.processes).map(|_| None).collect(),
            agents: desk::present(options.agents),
            options,
            chance,
            trace: Trace::default(),
            clock,
            setting,
            customers,
            history: History::default(),
            url,
            paused: BTreeMap::new(),
            is_healed: false,
            lives: 0,
            database: (0, 0),
            shop,
            _folder: folder,
        };
        world.open_chats();
        for number in 0..world.processes.len() {
            world.starts(number);
        }
        world
    }

    fn open_chats(&mut self) {
        let mut ground = self.setting.ground.lock().expect("nobody panicked");
        for customer in &self.customers {
            let chat = Chat {
                owner: Some(customer.taint),
                ..Chat::default()
            };
            ground.chats.insert(customer.place(), chat);
        }
    }

    /// The platforms.
    pub fn ground(&self) -> MutexGuard<'_, Ground> {
        self.setting.ground.lock().expect("nobody panicked")
    }

    /// The platforms' time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Something happened.
    pub fn note(&mut self, line: impl Into<String>) {
        let at = self.now().0 - BEGINS_MS;
        self.trace.note(format!("{at} {}", line.into()));
    }

    /// Time passes for everybody. Calls do not last longer than some seconds, except those of a
    /// process that stands still.
    pub fn passes(&mut self, length: Millis) {
        if length.0 > CALLS_LAST.0 {
            while self.platforms_move() {}
        }
        self.clock.pass(length);
        self.note(format!("{} ms pass", length.0));
    }

    /// How many transactions were committed, and how many visits to the database there were.
    pub fn database(&self) -> (u64, u64) {
        let mut all = self.database;
        for process in self.processes.iter().flatten() {
            all.0 += process.cut.commits();
            all.1 += process.cut.visits();
        }
        all
    }

    /// A process starts; it may end while it does.
    pub fn starts(&mut self, number: usize) {
        self.lives += 1;
        let cut = Cut::new();
        let fragile = !self.is_healed && self.options.has(Fault::CrashLoop);
        if fragile && self.chance.permille(300) {
            let steps = u32::try_from(self.chance.below(40)).unwrap_or(0);
            cut.arm(steps, Manner::Crash);
        }
        let differs = !self.is_healed && self.options.has(Fault::Clock);
        let skew_ms = match differs {
            true => self.chance.between(-400, 400),
            false => 0,
        };
        self.history.clocks_differed |= differs;
        let started = Process::start(&self.setting, self.lives, cut, skew_ms);
        let how = match started.is_some() {
            true => "starts",
            false => "ends while it starts",
        };
        self.note(format!("process {number} {how} as life {}", self.lives));
        self.processes[number] = started;
    }

    /// A process ends, whatever it was at. What it had asked of the platforms may yet be done.
    pub fn ends(&mut self, number: usize) {
        let Some(process) = self.processes[number].take() else {
            return;
        };
        process.cut.kill();
        self.database.0 += process.cut.commits();
        self.database.1 += process.cut.visits();
        let life = process.life;
        let mut interrupted = BTreeMap::new();
        let mut lost = 0;
        {
            let mut ground = self.setting.ground.lock().expect("nobody panicked");
            let mut left = Vec::new();
            for mut call in std::mem::take(&mut ground.calls) {
                if call.life == life && call.reply.is_some() {
                    *interrupted.entry(call.channel).or_insert(0) += 1;
                    call.reply = None;
                    // It had left, or it had not.
                    if call.answer.is_some() || self.chance.permille(500) {
                        lost += 1;
                        continue;
                    }
                }
                left.push(call);
            }
            ground.calls = left;
            ground.discord.invalidate(life);
        }
        self.note(format!(
            "process {number} ends; under way {interrupted:?}, {lost} of them for good"
        ));
        self.history.interrupted.push(interrupted);
        drop(process);
    }

    /// Lets a process go on until it waits; ends it where its end was due.
    pub fn settles(&mut self, number: usize) {
        let Some(process) = &mut self.processes[number] else {
            return;
        };
        let ended = process.settles();
        for (work, result) in ended {
            match result {
                Ok(0) => {}
                Ok(count) => self.note(format!("process {number}: {work:?} did {count}")),
                Err(error) => self.note(format!("process {number}: {work:?} failed: {error}")),
            }
        }
        self.ends_if_dead(number);
    }

    /// Ends a process whose wire was cut for good.
    pub fn ends_if_dead(&mut self, number: usize) {
        let dead = self.processes[number]
            .as_ref()
            .is_some_and(|process| process.cut.is_dead());
        if dead {
            self.ends(number);
        }
    }

    /// A process does a piece of work, as far as it comes without the platforms.
    pub fn works(&mut self, number: usize, work: Work) {
        self.may_be_cut(number);
        if let Some(process) = &mut self.processes[number] {
            process.begins(work);
        }
        self.settles(number);
        self.is_whole_again(number);
    }

    /// During chaos, the database may fail or the process end at one of the next steps.
    pub fn may_be_cut(&mut self, number: usize) {
        if self.is_healed {
            return;
        }
        let manner = if self.chance.permille(self.options.crashes) {
            Manner::Crash
        } else if self.chance.permille(self.options.database_faults) {
            Manner::Fails
        } else {
            return;
        };
        let steps = u32::try_from(self.chance.below(25)).unwrap_or(0);
        if let Some(process) = &self.processes[number] {
            process.cut.arm(steps, manner);
        }
    }

    /// What was to be cut and was not reached stays whole.
    pub fn is_whole_again(&mut self, number: usize) {
        if let Some(process) = &self.processes[number] {
            process.cut.disarm();
        }
    }

    /// Some place of a customer, with its owner's seat.
    pub fn place_of(&self, customer: usize) -> Place {
        self.customers[customer].place()
    }
}
