//! The database is away for ten minutes.

use std::sync::Arc;
use std::time::Duration;

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;

use super::{ANSWER, QUESTION, page, readiness, settled, shown};
use crate::support::cluster::Cluster;
use crate::support::database::Database;
use crate::support::discord::state::World;
use crate::support::fuse::Fuse;
use crate::support::shop::Shop;
use crate::support::telegram::faults::Fault;
use crate::support::telegram::people::Person;
use crate::support::telegram::state::State;
use crate::support::webchat::Tab;

/// A shop on every channel, with a desk on Telegram and a customer who waits for a person.
struct Open {
    shop: Shop,
    fuse: Arc<Fuse>,
    guild: u64,
    waits: Person,
}

impl Open {
    async fn on(database: Database) -> Open {
        let shop = Shop::on(database).await.with_telegram().with_discord();
        let forum = shop.telegram.forum("Desk");
        let ben = shop.telegram.person("Ben", "en");
        shop.telegram.joins(forum, &ben, "member");
        let account = (ChannelKind::Telegram, ben.id.to_string());
        shop.lists("Ben", Role::Agent, &[account]).await;
        let guild = shop.discord.guild("Shop");
        let fuse = Fuse::new();
        let mut shop = shop.with_telegram_desk(forum);
        shop.wire = Some(fuse.clone());
        shop.opens().await;
        let waits = shop.telegram.person("Zoe", "en");
        waits.says("a human please");
        settled(&shop).await;
        Open {
            shop,
            fuse,
            guild,
            waits,
        }
    }

    /// Everybody asks while nothing can be kept, and ten minutes pass; nothing is acknowledged.
    async fn is_asked_in_vain(&self, visit: usize) -> Asking {
        let telegram = &self.shop.telegram;
        let ann = telegram.person(&format!("Ann {visit}"), "en");
        let dan = self
            .shop
            .discord
            .person(&format!("Dan {visit}"), self.guild);
        let polls = telegram.with(|state| state.polls);
        ann.says(QUESTION);
        self.shop.discord.writes_direct(dan, QUESTION);
        for _ in 0..10 {
            self.shop.clock.pass(Millis::minutes(1));
        }
        if self.shop.database.is_sqlite() {
            // The same updates are fetched again, which shows that they were not acknowledged.
            let again = |state: &State| (state.polls > polls + 1).then_some(());
            telegram.wait_for("another poll", again).await;
        } else {
            // One of several fetches only while it can renew its lease, which it cannot now.
            assert_eq!(readiness(&self.shop).await, 503);
        }
        let waiting = telegram.with(|state| state.queue.len());
        assert!(waiting > 0, "Telegram keeps what we cannot");
        Asking { ann, dan }
    }

    /// Everybody has their answer, once.
    async fn has_answered(&self, asking: &Asking) {
        asking.ann.waits_for(ANSWER).await;
        let told = |world: &World| {
            let told = world.told(asking.dan);
            let found = told.iter().any(|one| one.content.contains(ANSWER));
            found.then_some(())
        };
        self.shop.discord.wait_for("the answer", told).await;
        settled(&self.shop).await;
        let read = asking.ann.reads();
        let answers = read.iter().filter(|one| one.text().contains(ANSWER));
        assert_eq!(answers.count(), 1);
        let answers = self.shop.discord.read(|world| {
            let told = world.told(asking.dan);
            told.iter()
                .filter(|one| one.content.contains(ANSWER))
                .count()
        });
        assert_eq!(answers, 1);
    }
}

struct Asking {
    ann: Person,
    dan: u64,
}

/// The page says its words again and again, as ours does, until they are taken.
async fn says_until_taken(page: &mut Tab, id: &str) {
    let mut every = tokio::time::interval(Duration::from_millis(300));
    loop {
        every.tick().await;
        page.say(id, QUESTION).await;
        while let Some(frame) = page.next().await {
            match frame["t"].as_str() {
                Some("taken") => return,
                Some("refused") => break,
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn what_comes_while_nothing_can_be_written_is_not_acknowledged_and_then_answered_once() {
    let open = Open::on(Database::sqlite().await).await;
    // As SQLite says it: locked, full, read-only, input and output failed.
    for (visit, code) in ["5", "13", "8", "778"].into_iter().enumerate() {
        let mut tab = page(&open.shop, visit + 1).await;
        shown(&mut tab, "ready", "").await;
        open.fuse.refuses_writes(code);
        tab.say("1", QUESTION).await;
        shown(&mut tab, "refused", "not-taken").await;
        let asking = open.is_asked_in_vain(visit).await;
        assert_eq!(readiness(&open.shop).await, 503, "code {code}");
        open.fuse.mend();
        assert_eq!(readiness(&open.shop).await, 200, "code {code}");
        says_until_taken(&mut tab, "1").await;
        shown(&mut tab, "entry", ANSWER).await;
        open.has_answered(&asking).await;
    }
    reminded_once(&open).await;
    open.shop.ends_well().await;
}

/// Who has waited all the while is told once that it takes longer; the warning may have come due
/// together with what it warns of.
async fn reminded_once(open: &Open) {
    let breaches =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'breached' AND at <> $1";
    assert_eq!(open.shop.count(breaches, -1).await, 1);
    let warnings =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'warning-given' AND at <> $1";
    assert!(open.shop.count(warnings, -1).await <= 1);
    let read = open.waits.reads();
    let told = read
        .iter()
        .filter(|one| one.text().contains("taking longer than we said"));
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn what_was_sent_while_the_database_went_is_written_down_when_it_is_back() {
    let open = Open::on(Database::sqlite().await).await;
    let telegram = &open.shop.telegram;
    telegram.fail_next("sendMessage", 1, Fault::Hang { effect: true });
    let bob = telegram.person("Bob", "en");
    bob.says(QUESTION);
    bob.waits_for(ANSWER).await;
    open.fuse.breaks("778");
    telegram.release();
    let asking = open.is_asked_in_vain(0).await;
    open.fuse.mend();
    open.has_answered(&asking).await;
    let unknown =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown' AND created_at <> $1";
    assert_eq!(open.shop.count(unknown, -1).await, 0, "the program knows");
    let read = bob.reads();
    let answers = read.iter().filter(|one| one.text().contains(ANSWER));
    assert_eq!(answers.count(), 1);
    open.shop.ends_well().await;
}

#[tokio::test]
async fn postgresql_is_stopped_for_ten_minutes_and_started_again() {
    let cluster = Cluster::start().await;
    let open = Open::on(Database::at(cluster.url("postgres")).await).await;
    cluster.is_killed().await;
    let asking = open.is_asked_in_vain(0).await;
    assert_eq!(readiness(&open.shop).await, 503);
    cluster.starts().await;
    open.has_answered(&asking).await;
    assert_eq!(readiness(&open.shop).await, 200);
    open.shop.ends_well().await;
}
