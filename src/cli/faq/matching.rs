//! `careline faq match`: what the bot would do with a text, and why.

use std::time::Instant;

use serde_json::json;

use super::{Context, Failure, entries_today, index, semantic, write_json};
use crate::domain::knowledge::{Decision, Verdict};
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;

pub(super) struct Asked<'a> {
    pub text: &'a str,
    pub lang: Option<Lang>,
    pub preference: HumanPreference,
    pub top: usize,
}

pub(super) async fn run(asked: Asked<'_>, context: &mut Context<'_>) -> Result<(), Failure> {
    let entries = entries_today(context).await?;
    if entries.is_empty() && !context.is_json() {
        writeln!(
            context.out,
            "The base is empty: fill it with careline faq import FILE."
        )?;
    }
    let semantic = semantic(context);
    let index = index(&entries, semantic, context);
    index.prepare();
    let start = Instant::now();
    let mut verdict = index.decide(asked.text, asked.lang, asked.preference);
    let took_us = start.elapsed().as_micros();
    verdict.candidates.truncate(asked.top);
    if context.is_json() {
        let value = json!({
            "text": asked.text,
            "lang": verdict.lang.code(),
            "decision": name(&verdict.decision),
            "reason": verdict.reason,
            "candidates": verdict.candidates.iter().map(|candidate| json!({
                "key": candidate.key,
                "lang": candidate.lang.code(),
                "confidence": candidate.confidence,
                "because": candidate.because,
            })).collect::<Vec<_>>(),
            "took_us": took_us,
        });
        return write_json(context, &value);
    }
    tell(&verdict, context)
}

/// The decision's name in JSON.
pub(super) fn name(decision: &Decision) -> &'static str {
    match decision {
        Decision::Answer(_) => "answer",
        Decision::Clarify(_) => "clarify",
        Decision::Handoff => "handoff",
    }
}

fn tell(verdict: &Verdict, context: &mut Context<'_>) -> Result<(), Failure> {
    let does = match &verdict.decision {
        Decision::Answer(key) => format!("answers with {key}"),
        Decision::Clarify(keys) => {
            let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
            format!("asks which is meant: {}", keys.join(", "))
        }
        Decision::Handoff => "calls a person".to_owned(),
    };
    writeln!(context.out, "The bot {does}, since {}.", verdict.reason)?;
    for candidate in &verdict.candidates {
        writeln!(
            context.out,
            "{:5.1} %  {} [{}]  {}",
            candidate.confidence * 100.0,
            candidate.key,
            candidate.lang.code(),
            candidate.because
        )?;
    }
    Ok(())
}
