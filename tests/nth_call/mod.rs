//! Each call fails once: for every core flow the first call to the database goes wrong, in the
//! next run the second, and so on until a run passes untouched; the same for the calls to the
//! platforms. However that was, the flow must end as it does undisturbed: the same facts,
//! the same messages on both sides, nothing left over. On SQLite that is each call; on PostgreSQL,
//! for three flows, every ninth.

mod answers;
mod desk;
mod knowledge;
mod world;

use std::collections::BTreeMap;

use careline::domain::time::Millis;

use crate::support::discord::faults as discord;
use crate::support::fuse::Break;
use crate::support::shop::Shop;
use crate::support::telegram::faults as telegram;

use world::{Counts, Ground, counts};

/// The most calls that a flow may need: more means that it does not end.
const CALLS_MAX: usize = 400;
/// Which calls fail on PostgreSQL, where a broken one is waited for: every so-manieth.
const ON_POSTGRESQL_EVERY: usize = 9;
/// How many seconds may have to pass until all that is put off has left.
const SECONDS_MAX: usize = 90;

/// What people do, the same in each run; runs are numbered.
pub trait Flow {
    /// What has to be there before, with nothing broken.
    async fn prepare(&mut self, _ground: &Ground, _run: usize) {}
    /// What is done while a call fails.
    async fn act(&mut self, ground: &Ground, run: usize);
}

/// A way for one call to go wrong.
#[derive(Clone, Debug)]
enum Wrong {
    Database(Break),
    Telegram(telegram::Fault),
    Discord(discord::Break),
}

impl Wrong {
    fn arm(&self, ground: &Ground, n: usize) {
        match self {
            Wrong::Database(how) => ground.fuse.arm(*how, n),
            Wrong::Telegram(fault) => {
                let telegram = &ground.shop.telegram;
                telegram.change(|state| state.faults.order_nth(n, *fault));
            }
            Wrong::Discord(how) => ground
                .shop
                .discord
                .orders(discord::Fault::nth(n, how.clone())),
        }
    }

    /// Makes everything whole again; whether the n-th call came at all.
    fn disarm(&self, ground: &Ground) -> bool {
        match self {
            Wrong::Database(_) => ground.fuse.mend(),
            Wrong::Telegram(_) => ground.shop.telegram.change(|state| {
                let hit = !state.faults.awaits_nth();
                state.faults.clear();
                hit
            }),
            Wrong::Discord(_) => ground.shop.discord.act(|world| {
                let hit = world.faults.is_empty();
                world.faults.clear();
                hit
            }),
        }
    }
}

/// Both ways in which a call to the database fails.
fn database() -> Vec<Wrong> {
    vec![
        Wrong::Database(Break::Refused),
        Wrong::Database(Break::Unheard),
    ]
}

/// The ways in which a call to Telegram fails.
fn telegram() -> Vec<Wrong> {
    let faults = [
        telegram::Fault::Broken {
            status: 500,
            effect: false,
        },
        telegram::Fault::Reset { effect: true },
        telegram::Fault::TooMany { retry_after: 1 },
    ];
    faults.into_iter().map(Wrong::Telegram).collect()
}

/// The ways in which a request to Discord fails.
fn discord() -> Vec<Wrong> {
    let breaks = [
        discord::Break::Status {
            status: 500,
            with_effect: false,
        },
        discord::Break::Reset { with_effect: true },
        discord::Break::TooMany {
            retry_after: 0.5,
            global: false,
        },
    ];
    breaks.into_iter().map(Wrong::Discord).collect()
}

/// Runs the flow again and again, and prints how many calls it was tried with.
async fn each_call_fails(
    name: &str,
    ground: Ground,
    flow: &mut impl Flow,
    ways: impl IntoIterator<Item = Vec<Wrong>>,
) {
    let mut run = 0;
    // The first run may differ: a conversation's first words.
    let mut undisturbed = Counts::new();
    for _ in 0..2 {
        undisturbed = one_run(&ground, flow, run, None).await.0;
        run += 1;
    }
    let every = match ground.shop.database.is_sqlite() {
        true => 1,
        false => ON_POSTGRESQL_EVERY,
    };
    let mut told = Vec::new();
    for wrong in ways.into_iter().flatten() {
        let mut n = 1;
        loop {
            let (counts, hit) = one_run(&ground, flow, run, Some((&wrong, n))).await;
            run += 1;
            check(&undisturbed, &counts, &wrong, n);
            if !hit {
                break;
            }
            n += every;
            assert!(n < CALLS_MAX, "{name}: {wrong:?} does not end");
        }
        told.push(format!("up to the {}. {wrong:?}", n - 1));
    }
    println!("{name}: {}", told.join(", "));
    ground.shop.ends_well().await;
}

/// One run; what it has changed, and whether something failed in it.
async fn one_run(
    ground: &Ground,
    flow: &mut impl Flow,
    run: usize,
    wrong: Option<(&Wrong, usize)>,
) -> (Counts, bool) {
    flow.prepare(ground, run).await;
    settled(&ground.shop).await;
    let before = counts(ground).await;
    if let Some((wrong, n)) = wrong {
        wrong.arm(ground, n);
    }
    flow.act(ground, run).await;
    settled(&ground.shop).await;
    let hit = wrong.is_some_and(|(wrong, _)| wrong.disarm(ground));
    let mut after = counts(ground).await;
    for (what, count) in &before {
        *after.entry(what.clone()).or_default() -= count;
    }
    after.retain(|_, count| *count != 0);
    (after, hit)
}

/// All has been said and done, also what was put off.
async fn settled(shop: &Shop) {
    for _ in 0..SECONDS_MAX {
        shop.passes(Millis::seconds(1)).await;
        let later = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state IN ('ready', 'sending') AND created_at > $1";
        if shop.count(later, 0).await == 0 {
            return;
        }
    }
    panic!("something is put off for ever");
}

/// Holds a run against an undisturbed one.
fn check(undisturbed: &Counts, counts: &Counts, wrong: &Wrong, n: usize) {
    let changed = |what: &str| counts.get(what).copied().unwrap_or_default();
    let unknown = changed("outbox: unknown");
    if unknown <= 0 {
        let same = |all: &Counts| -> BTreeMap<String, i64> {
            let kept = all.iter().filter(|(what, _)| !what.starts_with("spare"));
            kept.map(|(what, count)| (what.clone(), *count)).collect()
        };
        assert_eq!(same(counts), same(undisturbed), "{wrong:?}, call {n}");
        return;
    }
    // A send of which nobody knows whether it arrived is told of, and not repeated.
    let closed_on_the_way = matches!(wrong, Wrong::Telegram(_));
    assert!(closed_on_the_way, "{wrong:?}, call {n}: {counts:?}");
    assert_eq!(unknown, 1, "{wrong:?}, call {n}: {counts:?}");
    for what in [
        "telegram: to customers",
        "messages: customer",
        "messages: agent",
    ] {
        let (got, wanted) = (changed(what), undisturbed.get(what).copied());
        let wanted = wanted.unwrap_or_default();
        let told_more = changed("fact: handoff-asked") > 0;
        assert!(
            got == wanted || got == wanted - 1 || told_more,
            "{wrong:?}, call {n}: {what} {got}, undisturbed {wanted}: {counts:?}"
        );
    }
}
