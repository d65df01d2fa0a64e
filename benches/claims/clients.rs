//! The clients: each claims one conversation after the other, and gives back what it won.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use careline::store::{Store, StoreError};

use super::history::{Asked, Operation};
use super::shop::Shop;

/// How many conversations are fought over, and how many attempts in a hundred are on one of them.
const HOT: u32 = 8;
const HOT_PERCENT: u64 = 20;

/// How much is to be done.
#[derive(Clone, Copy)]
pub struct Load {
    /// The numbers of this process's clients.
    pub first_client: u32,
    pub clients: u32,
    /// How many operations they do together.
    pub operations: u64,
    /// How many conversations there are.
    pub conversations: u32,
}

/// Has the clients do their operations at the same time, and gives what they saw. `now_ns` is one
/// clock for all processes.
pub async fn run(
    store: &Store,
    shop: &Arc<Shop>,
    load: Load,
    now_ns: fn() -> u64,
) -> Result<Vec<Operation>, StoreError> {
    let begun = Arc::new(AtomicU64::new(0));
    let clients = (load.first_client..load.first_client + load.clients).map(|client| {
        let (store, shop, begun) = (store.clone(), Arc::clone(shop), Arc::clone(&begun));
        tokio::spawn(async move { one(&store, &shop, client, load, &begun, now_ns).await })
    });
    let clients: Vec<_> = clients.collect();
    let mut history = Vec::new();
    for client in clients {
        history.extend(client.await.expect("a client ends by itself")?);
    }
    Ok(history)
}

async fn one(
    store: &Store,
    shop: &Arc<Shop>,
    client: u32,
    load: Load,
    begun: &AtomicU64,
    now_ns: fn() -> u64,
) -> Result<Vec<Operation>, StoreError> {
    let mut history = Vec::new();
    let mut dice = Dice(u64::from(client) + 1);
    let mut won = None;
    while begun.fetch_add(1, Ordering::Relaxed) < load.operations || won.is_some() {
        let (conversation, asked) = match won {
            Some(conversation) => (conversation, Asked::Release),
            None => (dice.conversation(load.conversations), Asked::Claim),
        };
        let called_ns = now_ns();
        let told = shop.act(store, client, conversation, asked).await?;
        let operation = Operation {
            client,
            conversation,
            asked,
            holder: told.holder,
            version: told.version,
            called_ns,
            returned_ns: now_ns(),
        };
        won = (told.holder == Some(client)).then_some(conversation);
        history.push(operation);
    }
    Ok(history)
}

/// Chance that is the same in every run: a linear congruence with the constants of Knuth's MMIX.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn conversation(&mut self, conversations: u32) -> u32 {
        let among = match self.next() % 100 < HOT_PERCENT {
            true => HOT.min(conversations),
            false => conversations,
        };
        u32::try_from(self.next() % u64::from(among)).unwrap_or(0)
    }
}
