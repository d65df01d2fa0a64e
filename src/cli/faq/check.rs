//! `careline faq check`: what gets in the way of good answers, and what an edit would change.

use std::path::PathBuf;

use serde_json::json;

use super::{Context, Failure, entries, import, index, lang_codes, semantic, today, write_json};
use crate::domain::knowledge::check::{Finding, findings};
use crate::domain::knowledge::crossings::crossing_findings;
use crate::domain::knowledge::dry_run::{Difference, Effect, differences};
use crate::domain::knowledge::gaps::struck_out::{Names, struck_out};
use crate::domain::knowledge::usage::{age_findings, unhelpful, upkeep_findings};
use crate::domain::knowledge::{Decision, Entry, changes};
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;
use crate::domain::time::Millis;
use crate::store::{care, staff};

/// How far back answers are looked at.
const ANSWERS_OF: Millis = Millis::hours(90 * 24);
/// Most answers that are looked at.
const ANSWERS_MAX: i64 = 200_000;
/// Most differences of one kind that are shown as text; the rest is counted.
const SHOWN_MAX: usize = 20;

pub(super) async fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let now = context.clock.now();
    let mut tx = store.read().await?;
    let entries = crate::store::knowledge::entries(&mut tx).await?;
    let written = care::written(&mut tx).await?;
    let told = care::told_since(&mut tx, now - ANSWERS_OF, ANSWERS_MAX).await?;
    let today = today(&mut tx, context).await?;
    let at_desk = staff::list(&mut tx).await?.into_iter();
    let at_desk = at_desk.map(|listed| listed.staff.name).collect();
    drop(tx);
    store.close().await;
    let mut findings = findings(&entries);
    for lang in Lang::ALL {
        findings.extend(crossing_findings(&entries, lang));
    }
    findings.extend(age_findings(&written, now));
    findings.extend(upkeep_findings(&entries, today, &at_desk));
    findings.extend(unhelpful(&told));
    tell(&entries, &findings, context)
}

fn tell(entries: &[Entry], findings: &[Finding], context: &mut Context<'_>) -> Result<(), Failure> {
    if context.is_json() {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| json!({"kind": finding.kind(), "keys": finding.keys(), "what": finding.to_string()}))
            .collect();
        return write_json(
            context,
            &json!({ "entries": entries.len(), "findings": list }),
        );
    }
    for finding in findings {
        writeln!(context.out, "{finding}")?;
    }
    let languages: std::collections::BTreeSet<&str> = entries.iter().flat_map(lang_codes).collect();
    let languages: Vec<&str> = languages.into_iter().collect();
    writeln!(
        context.out,
        "{} entries in {}, {} findings",
        entries.len(),
        if languages.is_empty() {
            "no language".to_owned()
        } else {
            languages.join(", ")
        },
        findings.len()
    )?;
    Ok(())
}

/// What the base as these files would make it does differently with the last questions.
pub(super) struct Edit<'a> {
    pub files: &'a [PathBuf],
    pub prune: bool,
    pub questions: u32,
    pub preference: HumanPreference,
}

pub(super) async fn dry_run(edit: Edit<'_>, context: &mut Context<'_>) -> Result<(), Failure> {
    let imported = import::read(edit.files)?;
    let base = entries(context).await?;
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let questions = care::asked_last(&mut tx, edit.questions.into()).await?;
    drop(tx);
    store.close().await;
    let changes = changes(&base, &imported, edit.prune);
    let semantic = semantic(context);
    let before = index(&base, semantic.clone(), context);
    let after = index(&import::applied(base, &changes), semantic, context);
    let mut found = differences(&questions, &before, &after, edit.preference);
    for difference in &mut found {
        difference.text = struck_out(&difference.text, &Names::default());
    }
    if context.is_json() {
        let of = |effect: Effect| -> Vec<serde_json::Value> {
            let of_effect = found.iter().filter(|one| one.effect() == effect);
            of_effect
                .map(|one| json!({"text": one.text, "was": does(&one.before), "is": does(&one.after)}))
                .collect()
        };
        let value = json!({
            "questions": questions.len(),
            "changed_entries": changes.len(),
            "changes": of(Effect::Changes),
            "appears": of(Effect::Appears),
            "vanishes": of(Effect::Vanishes),
        });
        return write_json(context, &value);
    }
    for (effect, name) in [
        (Effect::Vanishes, "vanishes"),
        (Effect::Changes, "changes"),
        (Effect::Appears, "appears"),
    ] {
        let of_effect: Vec<&Difference> =
            found.iter().filter(|one| one.effect() == effect).collect();
        for one in of_effect.iter().take(SHOWN_MAX) {
            writeln!(
                context.out,
                "{name:9} {:?}: {} -> {}",
                one.text,
                does(&one.before),
                does(&one.after)
            )?;
        }
        writeln!(context.out, "{name:9} {} in all", of_effect.len())?;
    }
    writeln!(
        context.out,
        "{} of the last {} messages of customers are decided on differently; {} entries change; nothing was changed",
        found.len(),
        questions.len(),
        changes.len()
    )?;
    Ok(())
}

/// What a decision does, in a few words.
fn does(decision: &Decision) -> String {
    match decision {
        Decision::Answer(key) => format!("answer {key}"),
        Decision::Clarify(keys) => {
            let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
            format!("ask {}", keys.join(" or "))
        }
        Decision::Handoff => "person".to_owned(),
    }
}
