//! The bot has the conversation: it answers what it is sure of, asks where it is between, and
//! calls a person for the rest. The customer's preference comes before any of that.

use crate::domain::engine::conversation::{Answered, Phase, Tried, TurnLine};
use crate::domain::engine::effect::{ButtonSpec, Effect, Purpose, Speech, Tell};
use crate::domain::engine::event::{CustomerAction, CustomerMessage, TimerKind};
use crate::domain::engine::phases::customer::{
    customer_button, lang_for, person_button, preference_buttons,
};
use crate::domain::engine::phases::{choosing, handing_over};
use crate::domain::engine::{Step, World};
use crate::domain::handoff::HandoffReason;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::wording_tests::{ShownWording, shown_to};
use crate::domain::knowledge::{Decision, SmallTalk, Verdict, small_talk};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::outgoing::Look;
use crate::domain::phrase::Phrase;
use crate::domain::preference::HumanPreference;
use crate::domain::timeline::FactKind;

/// How many settle times after an answer a further line still belongs to the same turn.
const SAME_TURN_SETTLES: i64 = 4;
/// The most lines of one turn that are looked at together.
const TURN_LINES_MAX: usize = 20;

/// The customer wrote while the bot has the conversation.
pub fn wrote(step: &mut Step, message: &CustomerMessage, words: &str, world: &World<'_>) {
    step.push(Effect::StartTimer(
        TimerKind::Idle,
        world.now + world.rules.idle,
    ));
    let talk = small_talk(words);
    if talk == Some(SmallTalk::WantsPerson) {
        handing_over::hand_over(step, HandoffReason::Asked, message.at, world);
        return;
    }
    let is_courtesy = talk == Some(SmallTalk::Courtesy);
    if preference(step, world) == HumanPreference::HumanFirst && !is_courtesy {
        handing_over::hand_over(step, HandoffReason::PrefersPerson, message.at, world);
        return;
    }
    if words.trim().is_empty() {
        without_words(step, message, world);
        return;
    }
    if let (false, Some(last)) = (is_courtesy, &mut step.next.state.last_answer) {
        // What they chose was not all that they wanted to know.
        last.chosen = false;
    }
    let Phase::Answering { turn } = &mut step.next.state.phase else {
        return;
    };
    turn.push(TurnLine {
        message: message.message.clone(),
        words: words.to_owned(),
    });
    if turn.len() > TURN_LINES_MAX {
        turn.remove(0);
    }
    let lines: Vec<String> = turn.iter().map(|line| line.words.clone()).collect();
    if talk.is_none() && !message.more_waiting && sure(step, &lines, world) {
        return;
    }
    step.push(Effect::StartTimer(
        TimerKind::Settle,
        world.now + world.rules.settle,
    ));
}

/// A message without any words: a person looks at it, unless it is only a sticker.
fn without_words(step: &mut Step, message: &CustomerMessage, world: &World<'_>) {
    let only_stickers = message
        .parts
        .iter()
        .all(|part| matches!(part, Part::Sticker { .. }));
    if let (true, Phase::Answering { turn }) = (only_stickers, &mut step.next.state.phase) {
        turn.push(TurnLine {
            message: message.message.clone(),
            words: String::new(),
        });
        step.push(Effect::StartTimer(
            TimerKind::Settle,
            world.now + world.rules.settle,
        ));
    } else {
        handing_over::hand_over(step, HandoffReason::CannotRead, message.at, world);
    }
}

/// Answers at once where the lines leave no doubt; says whether it did.
fn sure(step: &mut Step, lines: &[String], world: &World<'_>) -> bool {
    let (verdict, lang) = understood(step, lines, world);
    let Decision::Answer(entry) = &verdict.decision else {
        return false;
    };
    if was_just_answered(step, entry) {
        return false;
    }
    answer(step, entry, lang, &verdict, lines.to_vec(), world);
    true
}

/// The customer has been quiet for the settle time: decide on the whole turn.
pub fn settled(step: &mut Step, world: &World<'_>) {
    let Phase::Answering { turn } = &mut step.next.state.phase else {
        return;
    };
    let lines: Vec<String> = std::mem::take(turn)
        .into_iter()
        .map(|line| line.words)
        .collect();
    if lines.is_empty() {
        // The turn was decided on before its timer came due.
        return;
    }
    let asks = |line: &&String| !line.trim().is_empty() && small_talk(line).is_none();
    let asking: Vec<String> = lines.iter().filter(asks).cloned().collect();
    if asking.is_empty() {
        small_talk_only(step, &lines, world);
        return;
    }
    let (verdict, lang) = understood(step, &asking, world);
    match &verdict.decision {
        Decision::Answer(entry) if belongs_to_last_answer(step, entry, world) => {
            record_decision(step, "same-turn", Some(entry), &verdict, world);
        }
        Decision::Answer(entry) if was_just_answered(step, entry) => {
            record_decision(step, "same-answer", Some(entry), &verdict, world);
            handing_over::hand_over(step, HandoffReason::SameAnswerAgain, world.now, world);
        }
        Decision::Answer(entry) => answer(step, entry, lang, &verdict, asking, world),
        Decision::Clarify(entries) => choosing::clarify(step, entries, lang, &verdict, world),
        Decision::Handoff => {
            step.next.remember_tried(Tried::Nothing);
            record_decision(step, "handoff", None, &verdict, world);
            handing_over::hand_over(step, HandoffReason::Unsure, world.now, world);
        }
    }
}

/// Nothing but a greeting, a thank-you or a sticker was said.
fn small_talk_only(step: &mut Step, lines: &[String], world: &World<'_>) {
    let thanked = lines
        .iter()
        .all(|line| small_talk(line) == Some(SmallTalk::Courtesy));
    let key = if thanked {
        "customer-courtesy"
    } else {
        "customer-greeting"
    };
    tell(
        step,
        Speech::Phrase(Phrase::new(key)),
        vec![vec![person_button()]],
        Purpose::Notice,
    );
    if !thanked {
        ask_preference(step, world);
    }
}

/// What the lines ask. Right after an answer they may go on from its question, and are then looked
/// up with it, unless by themselves they are surely another one.
fn understood(step: &Step, lines: &[String], world: &World<'_>) -> (Verdict, Lang) {
    let text = lines.join("\n");
    let lang = lang_for(&text, world);
    let alone = decide(step, &text, lang, world);
    let verdict = match (&step.next.state.last_answer, &alone.decision) {
        (Some(last), Decision::Answer(entry)) if last.entry != *entry => alone,
        (Some(last), _) if in_same_turn(step, world) => {
            let together = format!("{}\n{text}", last.lines.join("\n"));
            decide(step, &together, lang, world)
        }
        (Some(_) | None, _) => alone,
    };
    (verdict, lang)
}

fn in_same_turn(step: &Step, world: &World<'_>) -> bool {
    step.next
        .state
        .last_answer
        .as_ref()
        .is_some_and(|last| (world.now - last.at).0 <= world.rules.settle.0 * SAME_TURN_SETTLES)
}

fn belongs_to_last_answer(step: &Step, entry: &EntryKey, world: &World<'_>) -> bool {
    in_same_turn(step, world) && was_just_answered(step, entry)
}

/// Whether that answer was the last one.
pub fn was_just_answered(step: &Step, entry: &EntryKey) -> bool {
    step.next
        .state
        .last_answer
        .as_ref()
        .is_some_and(|last| last.entry == *entry)
}

fn decide(step: &Step, text: &str, lang: Lang, world: &World<'_>) -> Verdict {
    let preference = preference(step, world);
    world.knowledge.decide(text, Some(lang), preference)
}

/// Who is to answer first: as the customer prefers, unless they have just chosen the bot over
/// waiting on.
fn preference(step: &Step, world: &World<'_>) -> HumanPreference {
    match world.customer.preference_or_default() {
        HumanPreference::HumanFirst if step.next.state.tries_bot => HumanPreference::HumanIfUnsure,
        preference => preference,
    }
}

/// Gives an entry's answer.
fn answer(
    step: &mut Step,
    entry: &EntryKey,
    lang: Lang,
    verdict: &Verdict,
    lines: Vec<String>,
    world: &World<'_>,
) {
    record_decision(step, "answer", Some(entry), verdict, world);
    let given = Answered {
        entry: entry.clone(),
        lines,
        at: world.now,
        chosen: false,
    };
    give(step, given, lang, world);
}

/// Gives an answer, with what the customer may do next.
pub fn give(step: &mut Step, given: Answered, lang: Lang, world: &World<'_>) {
    let entry = given.entry.clone();
    if let Phase::Answering { turn } = &mut step.next.state.phase {
        turn.clear();
    }
    step.push(Effect::StopTimer(TimerKind::Settle));
    step.next.remember_tried(Tried::Answered {
        entry: entry.clone(),
    });
    step.next.state.last_answer = Some(given);
    let helped = |yes| CustomerAction::Helped {
        yes,
        entry: entry.clone(),
    };
    let mut buttons = vec![vec![
        customer_button("customer-button-helped", helped(true), Look::Good),
        customer_button("customer-button-did-not-help", helped(false), Look::Plain),
    ]];
    buttons.extend(choosing::related(step, &entry, lang, world));
    buttons.push(vec![person_button()]);
    let wording = wording_for(&entry, lang, world);
    let say = Speech::Entry {
        key: entry.clone(),
        lang,
        wording: wording.as_ref().map(|wording| wording.shown),
    };
    tell(step, say, buttons, Purpose::Answer { entry, wording });
    ask_preference(step, world);
}

/// Which wording of an answer the customer is shown, where several are compared.
fn wording_for(entry: &EntryKey, lang: Lang, world: &World<'_>) -> Option<ShownWording> {
    if !world.rules.wording_tests {
        return None;
    }
    let (text, found) = world.knowledge.entry(entry)?.text_in(lang)?;
    shown_to(&world.customer.id, entry, found, text)
}

/// Asks for the preference, once in a customer's life.
pub fn ask_preference(step: &mut Step, world: &World<'_>) {
    let asked = world.customer.preference_asked || world.customer.preference.is_some();
    if asked || !world.rules.ask_preference {
        return;
    }
    step.push(Effect::PreferenceAsked);
    step.record(FactKind::PreferenceAsked, world.now);
    tell(
        step,
        Speech::Phrase(Phrase::new("customer-preference-ask")),
        preference_buttons(),
        Purpose::Notice,
    );
}

/// Says something of the bot's to the customer.
pub fn tell(step: &mut Step, say: Speech, buttons: Vec<Vec<ButtonSpec>>, purpose: Purpose) {
    step.push(Effect::Tell(Tell {
        say,
        buttons,
        purpose,
        message: None,
        staff: None,
    }));
}

/// Writes down what was decided, and how sure that was.
pub fn record_decision(
    step: &mut Step,
    decision: &str,
    entry: Option<&EntryKey>,
    verdict: &Verdict,
    world: &World<'_>,
) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a probability in thousandths fits"
    )]
    let permille = verdict
        .candidates
        .first()
        .map(|best| (best.confidence * 1_000.0).round() as i64);
    step.record(
        FactKind::Decided {
            decision: decision.to_owned(),
            entry: entry.cloned(),
            confidence_permille: permille,
        },
        world.now,
    );
}
