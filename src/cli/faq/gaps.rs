//! `careline faq gaps`, `drafts`, `publish` and `discard`: from questions without an answer to
//! entries. `careline report knowledge` lists the groups of questions.

use clap::Subcommand;
use serde_json::json;

use super::{Context, Failure, key_of, write_json};
use crate::cli::printable;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::Entry;
use crate::domain::knowledge::gaps::STRUCK;
use crate::domain::knowledge::gaps::draft::{draft, has_struck, with_phrasings};
use crate::domain::knowledge::gaps::summary::{Handled, How, Summary, summaries};
use crate::domain::knowledge::triggers::faults_in_base;
use crate::domain::time::Timestamp;
use crate::store::drafts::{self, Draft, Edit};
use crate::store::{Store, knowledge};

/// Who the history names for what is done here.
const BY_WHOM: &str = "command line";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Begin an entry that answers a group: a draft of the question, its phrasings and what a person
    /// answered. Customers see nothing of it until it is published.
    Entry {
        /// The group's name, as `careline report knowledge` shows it.
        group: String,
        /// The entry's key; made of the question without it.
        #[arg(long)]
        key: Option<String>,
        /// The question; the group's most typical one without it.
        #[arg(long)]
        question: Option<String>,
        /// The answer; what a person answered without it.
        #[arg(long)]
        answer: Option<String>,
    },
    /// Add a group's questions to an entry, as further ways of asking it.
    Phrasing {
        /// The group's name.
        group: String,
        /// The entry's key.
        #[arg(long)]
        key: String,
        /// What to add; the group's examples without it, those with something struck out left out.
        #[arg(long)]
        text: Vec<String>,
    },
    /// Hear no more of a group.
    Ignore {
        /// The group's name.
        group: String,
    },
    /// Hear of a group again.
    Reopen {
        /// The group's name.
        group: String,
    },
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let done = match command {
        Command::Entry {
            group,
            key,
            question,
            answer,
        } => {
            let summary = group_of(&store, &group, context).await?;
            let entry = begun(&summary, key.as_deref(), question, answer)?;
            begin(&store, entry, &group, context).await?
        }
        Command::Phrasing { group, key, text } => {
            let summary = group_of(&store, &group, context).await?;
            add_phrasings(&store, &summary, &key_of(&key)?, text, context).await?
        }
        Command::Ignore { group } => {
            let handled = Handled {
                how: How::Ignored,
                by_whom: BY_WHOM.to_owned(),
                at: context.clock.now(),
            };
            handle(&store, &group, Some(handled)).await?;
            format!("{group} is ignored from now on")
        }
        Command::Reopen { group } => {
            handle(&store, &group, None).await?;
            format!("{group} is told of again")
        }
    };
    store.close().await;
    tell(&done, context)
}

fn tell(done: &str, context: &mut Context<'_>) -> Result<(), Failure> {
    if context.is_json() {
        return write_json(context, &json!({ "done": done }));
    }
    writeln!(context.out, "{done}")?;
    Ok(())
}

async fn handle(store: &Store, group: &str, handled: Option<Handled>) -> Result<(), Failure> {
    match store.handle_gap(group, handled).await? {
        true => Ok(()),
        false => Err(no_such_group(group)),
    }
}

fn no_such_group(group: &str) -> Failure {
    Failure::not_done(format!(
        "no group is named {group}: careline report knowledge lists them"
    ))
}

async fn group_of(store: &Store, group: &str, context: &Context<'_>) -> Result<Summary, Failure> {
    let looked = store.gaps_of_group(group, context.clock.now()).await?;
    // Also what was dealt with before: whoever names it wants it.
    let found = summaries(&looked.placed, &Default::default());
    found.into_iter().next().ok_or_else(|| no_such_group(group))
}

fn begun(
    summary: &Summary,
    key: Option<&str>,
    question: Option<String>,
    answer: Option<String>,
) -> Result<Entry, Failure> {
    let mut entry = draft(summary);
    if let Some(key) = key {
        entry.key = key_of(key)?;
    }
    if let Some(text) = entry.texts.get_mut(&summary.lang) {
        text.question = question.unwrap_or_else(|| text.question.clone());
        text.answer = answer.unwrap_or_else(|| text.answer.clone());
    }
    Ok(entry)
}

async fn begin(
    store: &Store,
    entry: Entry,
    group: &str,
    context: &Context<'_>,
) -> Result<String, Failure> {
    let mut tx = store.read().await?;
    let taken = knowledge::entries(&mut tx).await?;
    let based_on = drafts::newest(&mut tx, &entry.key).await?;
    let draft = drafts::of(&mut tx, &entry.key).await?;
    drop(tx);
    if let Some(draft) = draft {
        return Err(Failure::not_done(format!(
            "{} is being written by {}: name another --key, or go on with it in the console",
            entry.key, draft.by_whom
        )));
    }
    if taken.iter().any(|known| known.key == entry.key) {
        return Err(Failure::not_done(format!(
            "there is an entry {}: name another --key, or add to it with careline faq gaps phrasing",
            entry.key
        )));
    }
    let key = entry.key.clone();
    let draft = Draft {
        entry,
        based_on,
        gap: Some(group.to_owned()),
        at: context.clock.now(),
        by_whom: BY_WHOM.to_owned(),
    };
    store.keep_draft(draft).await?;
    Ok(format!(
        "{key} is a draft: edit it in the console, or publish it with careline faq publish {key}"
    ))
}

async fn add_phrasings(
    store: &Store,
    summary: &Summary,
    key: &EntryKey,
    text: Vec<String>,
    context: &Context<'_>,
) -> Result<String, Failure> {
    let mut tx = store.read().await?;
    let entries = knowledge::entries(&mut tx).await?;
    let known = drafts::newest(&mut tx, key).await?;
    drop(tx);
    let entry = entries.iter().find(|entry| entry.key == *key);
    let entry = entry.ok_or_else(|| Failure::not_done(format!("no entry has the key {key}")))?;
    let questions = if text.is_empty() {
        summary.whole_examples().map(str::to_owned).collect()
    } else {
        text
    };
    let more = with_phrasings(entry, summary.lang, &questions);
    let count = |entry: &Entry| {
        let text = entry.texts.get(&summary.lang);
        text.map_or(0, |text| text.phrasings.len())
    };
    let added = count(&more) - count(entry);
    if added == 0 {
        return Err(Failure::not_done(format!(
            "nothing was added: {key} has these wordings, or no text in {}",
            summary.lang.code()
        )));
    }
    let gap = Some(summary.group.clone());
    let edit = edit(more, known, gap, None, context);
    publish_edit(store, edit, &entries).await?;
    Ok(format!("{added} phrasings were added to {key}"))
}

fn edit(
    entry: Entry,
    known: String,
    gap: Option<String>,
    draft_at: Option<Timestamp>,
    context: &Context<'_>,
) -> Edit {
    Edit {
        id: context.ids.id(),
        entry,
        retires: false,
        known,
        gap,
        draft_at,
        at: context.clock.now(),
        by_whom: BY_WHOM.to_owned(),
    }
}

async fn publish_edit(store: &Store, edit: Edit, entries: &[Entry]) -> Result<(), Failure> {
    let faults = faults_in_base(&edit.entry, entries);
    if !faults.is_empty() {
        return Err(Failure::not_done(faults.join("\n")));
    }
    if has_struck(&edit.entry) {
        return Err(Failure::not_done(format!(
            "something in {} is still struck out ({STRUCK}): write it, or take it out, in the console",
            edit.entry.key
        )));
    }
    let key = edit.entry.key.clone();
    match store.publish(edit).await? {
        true => Ok(()),
        false => Err(Failure::not_done(format!(
            "{key} was changed meanwhile (careline faq history {key}): look at it in the console"
        ))),
    }
}

/// `careline faq drafts`
pub(super) async fn list(context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let drafts = drafts::all(&mut store.read().await?).await?;
    store.close().await;
    for draft in &drafts {
        if context.is_json() {
            let value = json!({
                "key": draft.entry.key, "at": draft.at, "by": draft.by_whom,
                "group": draft.gap, "entry": draft.entry,
            });
            write_json(context, &value)?;
        } else {
            let (key, by) = (&draft.entry.key, &draft.by_whom);
            let texts = draft.entry.texts.values();
            let question = texts.map(|text| text.question.as_str()).next();
            writeln!(
                context.out,
                "{:32} by {by}  {}",
                key.as_str(),
                printable(question.unwrap_or_default())
            )?;
        }
    }
    if !context.is_json() {
        writeln!(context.out, "{} drafts", drafts.len())?;
    }
    Ok(())
}

/// `careline faq publish KEY`
pub(super) async fn publish(key: &EntryKey, context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let draft = drafts::of(&mut tx, key).await?;
    let entries = knowledge::entries(&mut tx).await?;
    drop(tx);
    let Draft {
        entry,
        based_on,
        gap,
        at,
        ..
    } = draft.ok_or_else(|| no_draft(key))?;
    let edit = edit(entry, based_on, gap, Some(at), context);
    publish_edit(&store, edit, &entries).await?;
    store.close().await;
    tell(&format!("{key} is published"), context)
}

/// `careline faq discard KEY`
pub(super) async fn discard(key: &EntryKey, context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let draft = drafts::of(&mut store.read().await?, key).await?;
    let gone = draft.ok_or_else(|| no_draft(key))?;
    let discarded = store.write(move |tx| {
        let gone = gone.clone();
        Box::pin(async move { drafts::discard(tx, &gone.entry.key, gone.at).await })
    });
    if !discarded.await? {
        return Err(no_draft(key));
    }
    store.close().await;
    tell(&format!("the draft {key} is gone"), context)
}

fn no_draft(key: &EntryKey) -> Failure {
    Failure::not_done(format!(
        "no draft has the key {key}: careline faq drafts lists them"
    ))
}
