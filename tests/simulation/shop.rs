//! What all runs share and none changes: the wording, the knowledge base, a database in which
//! nothing has happened but that staff are listed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use careline::domain::knowledge::sample::sample;
use careline::domain::knowledge::{Entry, KnowledgeIndex};
use careline::domain::lang::Lang;
use careline::domain::place::ChannelKind;
use careline::domain::time::Timestamp;
use careline::store::{Store, staff};
use careline::wording::Wording;
use careline::workers::intake::Knowledge;

use super::chance::Chance;
use super::desk::{account_of, everybody};
use super::world::BEGINS_MS;

/// How many of the sample's entries the bot knows: enough to be sure of some and unsure of others.
const ENTRIES: usize = 8;

/// The shop.
pub struct Shop {
    /// All sentences.
    pub wording: Arc<Wording>,
    /// What the bot knows.
    pub knowledge: Knowledge,
    questions: BTreeMap<Lang, Vec<String>>,
    template: PathBuf,
    _folder: tempfile::TempDir,
}

impl Shop {
    /// The one shop of this test program.
    pub fn open() -> &'static Shop {
        static SHOP: OnceLock<Shop> = OnceLock::new();
        SHOP.get_or_init(Shop::new)
    }

    fn new() -> Shop {
        let entries: Vec<Entry> = sample()
            .into_iter()
            .take(ENTRIES)
            .map(|change| change.entry)
            .collect();
        let mut questions: BTreeMap<Lang, Vec<String>> = BTreeMap::new();
        for entry in &entries {
            for (lang, text) in &entry.texts {
                questions
                    .entry(*lang)
                    .or_default()
                    .push(text.question.clone());
            }
        }
        let folder = folder();
        let template = folder.path().join("template.db");
        let url = format!("sqlite:{}", template.display());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(async {
            let store = Store::open(&url).await.expect("the schema applies");
            list_staff(&store).await;
            store.close().await;
        });
        Shop {
            wording: Arc::new(Wording::load().expect("the wording is whole")),
            knowledge: Knowledge::new(KnowledgeIndex::build(&entries)),
            questions,
            template,
            _folder: folder,
        }
    }

    /// A question that the bot knows.
    pub fn question(&self, lang: Lang, chance: &mut Chance) -> String {
        match self.questions.get(&lang) {
            Some(known) => chance.pick(known).clone(),
            None => String::new(),
        }
    }

    /// A copy of the database in which nothing has happened; gives its URL.
    pub fn copy_database(&self, to: &Path) -> String {
        let file = to.join("careline.db");
        std::fs::copy(&self.template, &file).expect("the database is copied");
        format!("sqlite:{}", file.display())
    }
}

/// Lists everybody who may be at the desk of a run.
async fn list_staff(store: &Store) {
    let written = store.write(|tx| {
        Box::pin(async move {
            for member in everybody() {
                staff::add(tx, &member, Timestamp(BEGINS_MS)).await?;
                for channel in [ChannelKind::Telegram, ChannelKind::Discord] {
                    let account = account_of(&member.id.0).into();
                    staff::link_identity(tx, &member.id, channel, &account).await?;
                }
            }
            Ok(())
        })
    });
    written.await.expect("staff are listed");
}

/// A folder in memory, where the machine has such: a simulated disk needs no real one.
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = match memory.is_dir() {
        true => tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()),
        false => tempfile::tempdir(),
    };
    made.expect("a folder for the database")
}
