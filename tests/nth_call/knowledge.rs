//! What an admin does: the base is changed while it serves.

use std::time::Duration;

use careline::domain::knowledge::changes;
use careline::domain::knowledge::file::{FileKind, Reading};
use careline::domain::time::Timestamp;
use careline::store::knowledge::{self, NewChange};
use careline::store::{Store, StoreError};

use super::world::Ground;
use super::{Flow, database, each_call_fails};
use crate::support::database::Database;

/// How often a customer asks until the running program answers by the changed base.
const QUESTIONS_MAX: usize = 50;

/// Imports a file as the command does, until it is told that it is done.
struct Imports;

impl Flow for Imports {
    /// What the run before has imported is what customers are told, a moment later.
    async fn prepare(&mut self, ground: &Ground, run: usize) {
        if run == 0 {
            return;
        }
        let words = format!("Parrot number {}.", run - 1);
        let mut every = tokio::time::interval(Duration::from_millis(200));
        for number in 0..QUESTIONS_MAX {
            every.tick().await;
            // Somebody else each time: nobody is answered the same twice.
            let name = format!("Ann {run} {number}");
            let person = ground.shop.telegram.person(&name, "en");
            person.says("Do you sell parrots?");
            ground.shop.quiet().await;
            let read = person.reads();
            if read.iter().any(|message| message.text().contains(&words)) {
                return;
            }
        }
        panic!("the change does not serve");
    }

    async fn act(&mut self, ground: &Ground, run: usize) {
        let file = format!(
            "- key: parrot\n  en:\n    question: Do you sell parrots?\n    \
             phrasings: [is there a parrot]\n    answer: Parrot number {run}.\n"
        );
        let url = &ground.shop.database.url;
        let store = Store::open_over(url, Some(ground.fuse.clone())).await;
        let store = store.expect("opens");
        while let Err(error) = import(&store, &file, run).await {
            assert!(!error.is_refusal(), "{error}");
        }
        store.close().await;
    }
}

async fn import(store: &Store, file: &str, run: usize) -> Result<(), StoreError> {
    let mut reading = Reading::default();
    reading.read("parrot.yaml", FileKind::Yaml, &mut file.as_bytes());
    let imported = reading.finish().expect("it reads");
    let mut tx = store.read().await?;
    let base = knowledge::entries(&mut tx).await?;
    drop(tx);
    let changes = changes(&base, &imported, false).into_iter();
    let rows = changes.enumerate().map(|(number, change)| NewChange {
        id: format!("change-{run}-{number}"),
        change,
    });
    let at = Timestamp(1_800_000_000_000);
    store.change_knowledge(rows.collect(), "import", at).await
}

#[tokio::test]
async fn an_entry_is_imported_once_and_serves() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    each_call_fails("import", ground, &mut Imports, [database()]).await;
}
