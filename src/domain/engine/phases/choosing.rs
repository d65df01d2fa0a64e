//! Entries that the customer chooses among: of "did you mean", and under an answer.
//!
//! Invariant: what the customer chose counts as confirmed by themselves; the answer that was given
//! last is neither offered nor given again.

use crate::domain::engine::conversation::{Answered, Phase, Tried};
use crate::domain::engine::effect::{ButtonAction, ButtonSpec, Effect, Label, Purpose, Speech};
use crate::domain::engine::event::{CustomerAction, TimerKind};
use crate::domain::engine::phases::answering::{give, record_decision, tell, was_just_answered};
use crate::domain::engine::phases::customer::{customer_button, person_button};
use crate::domain::engine::phases::targets;
use crate::domain::engine::{Step, World};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::Verdict;
use crate::domain::lang::Lang;
use crate::domain::outgoing::Look;
use crate::domain::phrase::Phrase;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

/// How the customer came to choose an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It was one of the choices of "did you mean".
    Offered,
    /// It stood under an answer.
    Related,
}

/// The customer chose an entry: as good as a sure answer, and confirmed by themselves.
pub fn chosen(step: &mut Step, entry: &EntryKey, choice: Choice, at: Timestamp, world: &World<'_>) {
    match &step.next.state.phase {
        Phase::Answering { .. } => {}
        Phase::Resolved {
            by: None,
            at: resolved_at,
        } => {
            // Silence had counted as resolved: it was not.
            let resolved_at = *resolved_at;
            step.record(FactKind::Reopened, at);
            targets::go_on(step, resolved_at, at, world);
            step.push(Effect::StopTimer(TimerKind::Grace));
            let idle_at = world.now + world.rules.idle;
            step.push(Effect::StartTimer(TimerKind::Idle, idle_at));
            step.next.state.phase = Phase::Answering { turn: Vec::new() };
            targets::follow(step, world);
        }
        // A person has it, or had it: the choice came too late to be answered by the bot.
        Phase::Waiting { .. }
        | Phase::WithAgent { .. }
        | Phase::Resolved { by: Some(_), .. }
        | Phase::Closed => return,
    }
    let again = was_just_answered(step, entry);
    let decision = match choice {
        _ if again => "same-answer",
        Choice::Offered => "chosen",
        Choice::Related => "related",
    };
    let decided = FactKind::Decided {
        decision: decision.to_owned(),
        entry: Some(entry.clone()),
        confidence_permille: None,
    };
    step.record(decided, world.now);
    if again {
        offer_person(step);
        return;
    }
    let given = Answered {
        entry: entry.clone(),
        lines: Vec::new(),
        at: world.now,
        chosen: true,
    };
    give(step, given, world.customer.lang_or_default(), world);
}

/// Asks which entry is meant, without the answer that was given last: the same answer never comes
/// twice in a row. Where only that is left, a person is offered.
pub fn clarify(
    step: &mut Step,
    entries: &[EntryKey],
    lang: Lang,
    verdict: &Verdict,
    world: &World<'_>,
) {
    record_decision(step, "clarify", entries.first(), verdict, world);
    let entries: Vec<EntryKey> = entries
        .iter()
        .filter(|entry| !was_just_answered(step, entry))
        .cloned()
        .collect();
    if entries.is_empty() {
        offer_person(step);
        return;
    }
    step.next.remember_tried(Tried::Offered {
        entries: entries.clone(),
    });
    let mut buttons: Vec<Vec<ButtonSpec>> = entries
        .iter()
        .map(|entry| {
            vec![ButtonSpec {
                label: Label::Question(entry.clone(), lang),
                action: ButtonAction::Customer(CustomerAction::Choose {
                    entry: entry.clone(),
                }),
                look: Look::Primary,
            }]
        })
        .collect();
    buttons.push(vec![customer_button(
        "customer-button-none-of-these",
        CustomerAction::NoneOfThese,
        Look::Plain,
    )]);
    tell(
        step,
        Speech::Phrase(Phrase::new("customer-did-you-mean")),
        buttons,
        Purpose::Choices,
    );
}

/// There is no other answer than the one that was given: would a person do?
fn offer_person(step: &mut Step) {
    tell(
        step,
        Speech::Phrase(Phrase::new("customer-same-answer")),
        vec![vec![person_button()]],
        Purpose::Choices,
    );
}

/// What is likely to be asked next, one a row, without what was answered in this conversation.
pub fn related(
    step: &Step,
    entry: &EntryKey,
    lang: Lang,
    world: &World<'_>,
) -> Vec<Vec<ButtonSpec>> {
    let given: Vec<&EntryKey> = step
        .next
        .state
        .tried
        .iter()
        .filter_map(|tried| match tried {
            Tried::Answered { entry } => Some(entry),
            Tried::Offered { .. } | Tried::Nothing => None,
        })
        .collect();
    let likely = world.related.after(entry, lang, &given).into_iter();
    likely
        .map(|entry| {
            vec![ButtonSpec {
                label: Label::Question(entry.clone(), lang),
                action: ButtonAction::Customer(CustomerAction::Related { entry }),
                look: Look::Plain,
            }]
        })
        .collect()
}
