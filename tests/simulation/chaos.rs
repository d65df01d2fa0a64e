//! The first phase of a run: everybody does as they please, and things break.

use careline::domain::place::ChannelKind;
use careline::domain::time::Millis;
use careline::store::one_person;

use super::inspector::Inspector;
use super::options::Fault;
use super::process::Work;
use super::world::World;

/// The pieces of work of a process, in the order in which it is healed.
pub const WORK: [Work; 5] = [
    Work::Intake,
    Work::Alarms,
    Work::Figures,
    Work::Deliver(ChannelKind::Telegram),
    Work::Deliver(ChannelKind::Discord),
];

impl World {
    /// All rounds of it.
    pub fn chaos(&mut self, inspector: &mut Inspector) {
        for _ in 0..self.options.rounds {
            self.people_act(inspector);
            self.things_break(inspector);
            let steps = self.chance.below(4) + 1;
            for _ in 0..steps {
                self.some_process_moves();
            }
            for _ in 0..self.chance.below(4) {
                self.platforms_move();
            }
            self.time_passes();
        }
    }

    fn people_act(&mut self, inspector: &mut Inspector) {
        if self.chance.permille(400) {
            self.customer_acts();
        }
        if self.chance.permille(330) {
            let open = inspector.open_conversations();
            self.desk_acts(&open);
        }
    }

    fn some_process_moves(&mut self) {
        let number = self.chance.below(self.processes.len());
        if self.processes[number].is_none() {
            if self.chance.permille(300) {
                self.starts(number);
            }
            return;
        }
        if self
            .paused
            .get(&number)
            .is_some_and(|until| *until > self.now())
        {
            return;
        }
        match self.chance.below(10) {
            0 => {
                self.fetches(number);
            }
            1 => {
                self.listens(number);
            }
            2..=4 => self.works(number, Work::Intake),
            5 => self.works(number, Work::Alarms),
            6 | 7 => self.works(number, Work::Deliver(ChannelKind::Telegram)),
            8 => self.works(number, Work::Figures),
            _ => self.works(number, Work::Deliver(ChannelKind::Discord)),
        }
    }

    fn time_passes(&mut self) {
        let length = match self.chance.below(100) {
            0..=59 => self.chance.between(0, 400),
            60..=89 => self.chance.between(400, 5_000),
            90..=97 => self.chance.between(5_000, 600_000),
            _ => self.chance.between(600_000, 7_200_000),
        };
        self.passes(Millis(length));
    }

    /// What breaks beside the steps of processes.
    fn things_break(&mut self, inspector: &mut Inspector) {
        if !self.chance.permille(120) {
            return;
        }
        let number = self.chance.below(self.processes.len());
        let now = self.now();
        match *self.chance.pick(&Fault::ALL) {
            fault if !self.options.has(fault) => {}
            Fault::Crash | Fault::CrashLoop => self.ends(number),
            Fault::Database => self.database_is_away(number),
            Fault::Http => {
                let channel = *self
                    .chance
                    .pick(&[ChannelKind::Telegram, ChannelKind::Discord]);
                let down = self.ground().down.contains(&channel);
                self.note(format!("{channel} is down: {}", !down));
                match down {
                    true => self.ground().down.remove(&channel),
                    false => self.ground().down.insert(channel),
                };
            }
            Fault::TooMany => {}
            Fault::Telegram => {
                let higher = self.chance.permille(500);
                self.ground().telegram.restart_ids(higher);
            }
            Fault::Discord => self.discord_breaks(number),
            Fault::Clock => {
                let skew_ms = self.chance.between(-400, 400);
                if let Some(process) = &self.processes[number] {
                    process.set_skew(skew_ms);
                }
            }
            Fault::Customers => {
                for _ in 0..3 {
                    self.customer_acts();
                }
            }
            Fault::Staff => {}
            Fault::Pause => {
                let until = now + Millis::seconds(self.chance.between(5, 120));
                self.note(format!("process {number} stands still"));
                self.paused.insert(number, until);
            }
            Fault::Rules => self.rules_change(),
            Fault::Erasure => self.somebody_is_erased(number, inspector),
        }
    }

    /// Away for a few steps of this process.
    fn database_is_away(&mut self, number: usize) {
        let Some(process) = &self.processes[number] else {
            return;
        };
        process.cut.set_away(true);
        self.note(format!("process {number} cannot reach the database"));
        self.fetches(number);
        self.listens(number);
        for work in [Work::Intake, Work::Alarms] {
            self.works(number, work);
        }
        if let Some(process) = &self.processes[number] {
            process.cut.set_away(false);
        }
    }

    fn discord_breaks(&mut self, number: usize) {
        let now = self.now();
        let Some(life) = self.processes[number].as_ref().map(|process| process.life) else {
            return;
        };
        match self.chance.below(3) {
            0 => self.ground().discord.breaks(life, now),
            1 => self.ground().discord.invalidate(life),
            _ => self.a_room_is_deleted(),
        }
        self.note("Discord breaks something");
    }

    fn a_room_is_deleted(&mut self) {
        let desk = *self
            .chance
            .pick(&[ChannelKind::Telegram, ChannelKind::Discord]);
        let rooms = self.ground().rooms(desk);
        if rooms.is_empty() {
            return;
        }
        let room = self.chance.pick(&rooms).clone();
        self.note(format!("{room} is deleted"));
        if let Some(chat) = self.ground().chats.get_mut(&room) {
            chat.gone = true;
        }
    }

    /// A restart with other settings.
    fn rules_change(&mut self) {
        let config = &mut self.setting.config;
        config.conversation.settle = Millis(self.chance.between(100, 3_000));
        config.conversation.idle = Millis::minutes(self.chance.between(5, 2_000));
        config.conversation.grace = Millis::minutes(self.chance.between(1, 2_000));
        config.desk.target_human_wait = Millis::minutes(self.chance.between(1, 60));
        config.desk.claim_lease = Millis::minutes(self.chance.between(1, 60));
        self.note("the settings change with the next start");
        for number in 0..self.processes.len() {
            if self.chance.permille(400) {
                self.ends(number);
                self.starts(number);
            }
        }
    }

    /// Everything about a customer is deleted; they may come back as somebody new.
    fn somebody_is_erased(&mut self, number: usize, inspector: &mut Inspector) {
        let whose = self.chance.below(self.customers.len());
        let customer = &self.customers[whose];
        let name = format!("{}:{}", customer.channel, customer.account());
        let (taint, now) = (customer.taint, self.now());
        let Some(process) = &self.processes[number] else {
            return;
        };
        let erased = process.with_store(|store| async move {
            store
                .write(move |tx| {
                    let name = name.clone();
                    Box::pin(async move {
                        let Some(id) = one_person::find(tx, &name).await? else {
                            return Ok(false);
                        };
                        one_person::erase(tx, &id).await?;
                        Ok(true)
                    })
                })
                .await
        });
        if let Some(Ok(true)) = erased {
            self.note(format!("customer {whose} is erased"));
            self.history.erased.push((taint, now));
            self.customers[whose].taint.era += 1;
            let left = inspector.rows_with(&taint.prefix());
            let faults = left.into_iter().map(|(table, row)| {
                let row: String = row.chars().take(200).collect();
                format!("i18: {table} holds words of {taint:?}: {row}")
            });
            self.ground().faults.extend(faults);
        }
    }
}
