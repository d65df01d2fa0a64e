//! `careline db`: the schema, the check of all figures, a copy.

mod dues;

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use super::{Context, Failure, backup};
use crate::domain::ids::{ConversationId, StaffId};
use crate::domain::standing::standing;
use crate::domain::time::Timestamp;
use crate::store::figures::{self, About};
use crate::store::standing::{self as stored, Stored};
use crate::store::{Store, Tx, timeline};

/// How many conversations are held against their facts at a time.
const CONVERSATIONS_AT_ONCE: i64 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring the database's schema up to date.
    Migrate,
    /// Recompute every stored figure and state from the timeline; name each difference.
    Verify,
    /// Write a copy of the database that is complete in itself, while it is in use.
    Backup {
        /// The new file; must not exist.
        file: PathBuf,
    },
    /// Say that this database was read back from a copy (pg_restore), before serving on it: what
    /// waited to be sent when the copy was made may have been sent since, and is not sent again.
    Restored,
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Migrate => migrate(context).await,
        Command::Verify => verify(context).await,
        Command::Backup { file } => backup::run(file, context).await,
        Command::Restored => backup::restored(context).await,
    }
}

async fn migrate(context: &mut Context<'_>) -> Result<(), Failure> {
    // Opening does it.
    let store = context.store().await?;
    store.close().await;
    if context.is_json() {
        writeln!(context.out, "{{\"migrated\":true}}")?;
    } else {
        writeln!(context.out, "The schema is up to date.")?;
    }
    Ok(())
}

/// Something stored that is not what the timeline says.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Difference {
    /// Whose; none for a day's figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<String>,
    /// The conversation's short name, while it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The day of figures of a day, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    what: String,
    stored: Option<String>,
    computed: Option<String>,
}

impl Difference {
    /// What it is about, for people.
    fn about(&self) -> String {
        match (&self.code, &self.conversation, &self.day) {
            (Some(code), Some(conversation), _) => format!("{code} ({conversation})"),
            (None, Some(conversation), _) => conversation.clone(),
            (_, None, day) => day.clone().unwrap_or_default(),
        }
    }
}

async fn verify(context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let (checked, mut differences) = differences(&store, context.clock.now()).await?;
    let usual = context.config().usual_policy();
    let figures = figures::check(&mut store.read().await?, &usual).await?;
    store.close().await;
    differences.extend(figures.differences.into_iter().map(of_figures));
    if context.is_json() {
        let line = serde_json::json!({
            "conversations": checked,
            "figures": { "conversations": figures.lines, "days": figures.days, "due": figures.due },
            "differences": differences,
        });
        writeln!(context.out, "{line}")?;
    } else {
        for difference in &differences {
            let none = || "nothing".to_owned();
            writeln!(
                context.out,
                "{}: {} is {}, and by the timeline {}",
                difference.about(),
                difference.what,
                difference.stored.clone().unwrap_or_else(none),
                difference.computed.clone().unwrap_or_else(none),
            )?;
        }
        writeln!(
            context.out,
            "{checked} conversations held against their facts."
        )?;
        writeln!(
            context.out,
            "Figures of {} conversations and {} days held against the facts; {} are not computed yet.",
            figures.lines, figures.days, figures.due
        )?;
    }
    match differences.len() {
        0 => Ok(()),
        n => Err(Failure::not_done(format!("{n} stored values differ."))),
    }
}

fn of_figures(found: figures::Difference) -> Difference {
    let (conversation, day) = match found.about {
        About::Conversation(id) => (Some(id.0), None),
        About::Day(day) => (None, Some(date(figures::begins(day)))),
    };
    Difference {
        conversation,
        code: None,
        day,
        what: found.what,
        stored: found.stored,
        computed: found.computed,
    }
}

fn date(at: Timestamp) -> String {
    let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    instant.strftime("%Y-%m-%d").to_string()
}

async fn differences(store: &Store, now: Timestamp) -> Result<(usize, Vec<Difference>), Failure> {
    let mut tx = store.read().await?;
    let (mut checked, mut found) = (0, Vec::new());
    let mut last = String::new();
    loop {
        let page = stored::after(&mut tx, &last, CONVERSATIONS_AT_ONCE).await?;
        let Some(end) = page.last() else {
            return Ok((checked, found));
        };
        last.clone_from(&end.id.0);
        for stored in &page {
            checked += 1;
            let differs = !of_one(&mut tx, stored, now).await?.is_empty();
            if differs {
                // The program may be at work: what was decided between the two looks is no
                // difference, so that the second look has the last word.
                found.extend(again(&mut tx, &stored.id, now).await?);
            }
        }
    }
}

async fn again(
    tx: &mut Tx,
    id: &ConversationId,
    now: Timestamp,
) -> Result<Vec<Difference>, Failure> {
    match stored::of(tx, id).await? {
        Some(stored) => of_one(tx, &stored, now).await,
        None => Ok(Vec::new()),
    }
}

async fn of_one(tx: &mut Tx, stored: &Stored, now: Timestamp) -> Result<Vec<Difference>, Failure> {
    let facts = timeline::of_conversation(tx, &stored.id).await?;
    let computed = standing(&facts);
    let text = |agent: Option<&StaffId>| agent.map(|id| id.0.clone());
    let number = |at: Option<Timestamp>| at.map(|at| at.0.to_string());
    let mut looks = vec![
        (
            "phase".to_owned(),
            Some(stored.phase.clone()),
            Some(computed.phase.to_owned()),
        ),
        (
            "agent_id".to_owned(),
            text(stored.agent.as_ref()),
            text(computed.agent.as_ref()),
        ),
        (
            "waiting_since".to_owned(),
            number(stored.waiting_since),
            number(computed.waiting_since),
        ),
    ];
    looks.extend(dues::looks(tx, &stored.id, &facts, now).await?);
    let differ = looks.into_iter().filter(|(_, one, other)| one != other);
    let named = differ.map(|(what, stored_value, computed_value)| Difference {
        conversation: Some(stored.id.0.clone()),
        code: Some(stored.code.clone()),
        day: None,
        what,
        stored: stored_value,
        computed: computed_value,
    });
    Ok(named.collect())
}
