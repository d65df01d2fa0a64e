//! What a customer's doings lead to: each phase hears them in its own way.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{
    ButtonAction, ButtonSpec, Effect, Label, Purpose, RoomAct, RoomSpeech, Rooms, Speech, Tell,
};
use crate::domain::engine::event::{
    CustomerAction, CustomerCommand, CustomerMessage, Press, TimerKind,
};
use crate::domain::engine::phases::choosing::{Choice, chosen};
use crate::domain::engine::phases::{
    answering, flood, handing_over, ladder, late, resolving, targets, timers,
};
use crate::domain::engine::{Step, World};
use crate::domain::handoff::HandoffReason;
use crate::domain::ids::MessageId;
use crate::domain::knowledge::{SmallTalk, recognise_language, small_talk};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::outgoing::Look;
use crate::domain::phrase::Phrase;
use crate::domain::preference::HumanPreference;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

/// The customer wrote.
pub fn wrote(step: &mut Step, message: &CustomerMessage, world: &World<'_>) {
    step.next.place = message.place.clone();
    step.next.last_customer_at = step.next.last_customer_at.max(message.at);
    let words = flood::looked_at(message);
    recognise(step, &words, world);
    flood::tell(step, message, world);
    if let Phase::Resolved { by, .. } = &step.next.state.phase {
        let was_a_persons = by.is_some();
        if small_talk(&words) == Some(SmallTalk::Courtesy) {
            step.record(
                FactKind::CustomerThanked {
                    message: message.message.clone(),
                },
                message.at,
            );
            return;
        }
        resolving::reopen(step, was_a_persons, message, world);
        return;
    }
    step.record(
        FactKind::CustomerWrote {
            message: message.message.clone(),
            seen_late: message.seen_late,
        },
        message.at,
    );
    targets::set_for_conversation(step, world);
    match &step.next.state.phase {
        Phase::Answering { .. } => answering::wrote(step, message, &words, world),
        Phase::Waiting { .. } | Phase::WithAgent { .. } => {
            timers::end_pause(step, message.at, world);
            if let Some(handoff) = step.next.handoff_mut() {
                handoff.customer_wrote(message.at);
            }
            mirror(step, &message.message, &message.parts, world);
            ladder::customer_broke_quiet(step, world);
            timers::restart_wait(step, world);
        }
        // Resolved is dealt with above; a closed conversation is never given a message, since
        // the intake opens a new one.
        Phase::Resolved { .. } | Phase::Closed => {}
    }
}

/// Shows what the customer wrote in the rooms.
pub fn mirror(step: &mut Step, message: &MessageId, parts: &[Part], world: &World<'_>) {
    step.push(Effect::Room(RoomAct::Say {
        say: RoomSpeech::Quoted {
            who: Phrase::new("desk-customer-says").text("name", &world.customer.name),
            parts: parts.to_vec(),
        },
        rooms: Rooms::All,
        buttons: Vec::new(),
        message: Some(message.clone()),
        purpose: Purpose::Mirror,
    }));
}

/// Takes note of the language that the words are in, unless the customer chose one.
fn recognise(step: &mut Step, words: &str, world: &World<'_>) {
    if world.customer.lang_chosen {
        return;
    }
    if let Some(lang) = recognise_language(words, world.customer.lang)
        && world.customer.lang != Some(lang)
    {
        step.push(Effect::SetLang {
            lang,
            chosen: false,
        });
        step.record(FactKind::LangRecognised { lang }, world.now);
    }
}

/// The language to answer words in: theirs, else the customer's.
pub fn lang_for(words: &str, world: &World<'_>) -> Lang {
    if world.customer.lang_chosen {
        return world.customer.lang_or_default();
    }
    recognise_language(words, world.customer.lang)
        .unwrap_or_else(|| world.customer.lang_or_default())
}

/// The customer changed what they wrote: staff see the new words; no clock moves.
pub fn edited(step: &mut Step, message: &MessageId, words: &str, at: Timestamp, world: &World<'_>) {
    step.record(
        FactKind::CustomerEdited {
            message: message.clone(),
        },
        at,
    );
    match &mut step.next.state.phase {
        Phase::Answering { turn } => {
            // The turn that is not decided on yet takes the new words.
            for line in turn.iter_mut().filter(|line| line.message == *message) {
                line.words = words.to_owned();
            }
        }
        Phase::Waiting { .. } | Phase::WithAgent { .. } => {
            step.push(Effect::Room(RoomAct::Say {
                say: RoomSpeech::Quoted {
                    who: Phrase::new("desk-customer-edited").text("name", &world.customer.name),
                    parts: vec![Part::Text {
                        text: words.to_owned(),
                    }],
                },
                rooms: Rooms::All,
                buttons: Vec::new(),
                message: Some(message.clone()),
                purpose: Purpose::Mirror,
            }));
        }
        // An edit asks nothing new once the matter is done.
        Phase::Resolved { .. } | Phase::Closed => {}
    }
}

/// The customer pressed a button of ours.
pub fn pressed(
    step: &mut Step,
    action: &CustomerAction,
    press: &Press,
    at: Timestamp,
    world: &World<'_>,
) {
    let lang = world.customer.lang_or_default();
    let mut answer = None;
    match action {
        CustomerAction::TalkToPerson => {
            answer = wants_person(step, HandoffReason::Asked, at, world);
        }
        CustomerAction::NoneOfThese => {
            answer = wants_person(step, HandoffReason::NoneOfThese, at, world);
        }
        CustomerAction::Helped { yes: true, .. } => {
            step.record(FactKind::Helped { yes: true }, at);
            resolving::helped(step, at, world);
            answer = Some(Phrase::new("customer-glad-it-helped"));
        }
        CustomerAction::Helped { yes: false, .. } => {
            step.record(FactKind::Helped { yes: false }, at);
            answer = wants_person(step, HandoffReason::DidNotHelp, at, world);
        }
        CustomerAction::Choose { entry } => chosen(step, entry, Choice::Offered, at, world),
        CustomerAction::Related { entry } => chosen(step, entry, Choice::Related, at, world),
        CustomerAction::Prefer { preference } => {
            prefer(step, *preference, at);
            answer = Some(Phrase::new(preference_set_key(*preference)));
        }
        CustomerAction::Speak { lang } => {
            step.push(Effect::SetLang {
                lang: *lang,
                chosen: true,
            });
            step.push(Effect::Answer {
                press: press.clone(),
                lang: *lang,
                say: Some(Phrase::new("customer-language-set")),
                buttons: Vec::new(),
            });
            return;
        }
        CustomerAction::WhenLate { choice } => answer = late::chosen(step, *choice, at, world),
    }
    step.push(Effect::Answer {
        press: press.clone(),
        lang,
        say: answer,
        buttons: Vec::new(),
    });
}

fn preference_set_key(preference: HumanPreference) -> &'static str {
    match preference {
        HumanPreference::HumanFirst => "customer-preference-human-first-set",
        HumanPreference::HumanIfUnsure => "customer-preference-human-if-unsure-set",
        HumanPreference::BotIsFine => "customer-preference-bot-is-fine-set",
    }
}

fn prefer(step: &mut Step, preference: HumanPreference, at: Timestamp) {
    step.push(Effect::SetPreference(preference));
    step.record(FactKind::PreferenceSet { preference }, at);
}

/// The customer asks for a person; gives what to answer where one is on the way already.
fn wants_person(
    step: &mut Step,
    reason: HandoffReason,
    at: Timestamp,
    world: &World<'_>,
) -> Option<Phrase> {
    match &step.next.state.phase {
        Phase::Answering { .. } | Phase::Resolved { .. } => {
            if let Phase::Resolved {
                at: resolved_at, ..
            } = step.next.state.phase
            {
                step.record(FactKind::Reopened, at);
                step.push(Effect::StopTimer(TimerKind::Grace));
                targets::go_on(step, resolved_at, at, world);
            }
            handing_over::hand_over(step, reason, at, world);
            None
        }
        Phase::Waiting { .. } | Phase::WithAgent { .. } => Some(handing_over::status(step, world)),
        Phase::Closed => Some(Phrase::new("customer-button-spent")),
    }
}

/// The customer gave a command.
pub fn commanded(
    step: &mut Step,
    command: CustomerCommand,
    press: Option<&Press>,
    at: Timestamp,
    world: &World<'_>,
) {
    let say = match command {
        CustomerCommand::Start => (
            Phrase::new("customer-greeting"),
            vec![vec![person_button()]],
        ),
        CustomerCommand::Human => match wants_person(step, HandoffReason::Asked, at, world) {
            Some(status) => (status, Vec::new()),
            None => {
                if let Some(press) = press {
                    step.push(Effect::Answer {
                        press: press.clone(),
                        lang: world.customer.lang_or_default(),
                        say: Some(Phrase::new("customer-person-called")),
                        buttons: Vec::new(),
                    });
                }
                return;
            }
        },
        CustomerCommand::Status => (handing_over::status(step, world), Vec::new()),
        CustomerCommand::Language(Some(lang)) => {
            step.push(Effect::SetLang { lang, chosen: true });
            respond(
                step,
                press,
                lang,
                Phrase::new("customer-language-set"),
                Vec::new(),
            );
            return;
        }
        CustomerCommand::Language(None) => {
            (Phrase::new("customer-language-ask"), language_buttons())
        }
        CustomerCommand::Preferences => {
            step.push(Effect::PreferenceAsked);
            (Phrase::new("customer-preference-ask"), preference_buttons())
        }
    };
    let lang = world.customer.lang_or_default();
    respond(step, press, lang, say.0, say.1);
}

/// Answers a command where the platform wants an answer, and in the chat otherwise.
fn respond(
    step: &mut Step,
    press: Option<&Press>,
    lang: Lang,
    say: Phrase,
    buttons: Vec<Vec<ButtonSpec>>,
) {
    match press {
        Some(press) => {
            step.push(Effect::Answer {
                press: press.clone(),
                lang,
                say: Some(say),
                buttons,
            });
        }
        None => step.push(Effect::Tell(Tell {
            say: Speech::Phrase(say),
            buttons,
            purpose: Purpose::Notice,
            message: None,
            staff: None,
        })),
    }
}

/// The customer shut the bot out, or let it in again.
pub fn blocked(step: &mut Step, blocked: bool, world: &World<'_>) {
    let (kind, key) = if blocked {
        (FactKind::CustomerBlocked, "desk-customer-blocked")
    } else {
        (FactKind::CustomerUnblocked, "desk-customer-unblocked")
    };
    step.record(kind, world.now);
    if step.next.handoff().is_some() {
        room_notice(step, Phrase::new(key).text("name", &world.customer.name));
    }
}

/// Says a sentence of the machine's in all rooms.
pub fn room_notice(step: &mut Step, phrase: Phrase) {
    step.push(Effect::Room(RoomAct::Say {
        say: RoomSpeech::Phrase(phrase),
        rooms: Rooms::All,
        buttons: Vec::new(),
        message: None,
        purpose: Purpose::RoomNotice,
    }));
}

/// *Talk to a person*.
pub fn person_button() -> ButtonSpec {
    customer_button(
        "customer-button-person",
        CustomerAction::TalkToPerson,
        Look::Plain,
    )
}

/// A customer's button.
pub fn customer_button(key: &'static str, action: CustomerAction, look: Look) -> ButtonSpec {
    ButtonSpec {
        label: Label::Phrase(Phrase::new(key)),
        action: ButtonAction::Customer(action),
        look,
    }
}

/// The three preferences to choose from, one a row: their labels are long.
pub fn preference_buttons() -> Vec<Vec<ButtonSpec>> {
    HumanPreference::ALL
        .into_iter()
        .map(|preference| {
            let key = match preference {
                HumanPreference::HumanFirst => "customer-button-human-first",
                HumanPreference::HumanIfUnsure => "customer-button-human-if-unsure",
                HumanPreference::BotIsFine => "customer-button-bot-is-fine",
            };
            vec![customer_button(
                key,
                CustomerAction::Prefer { preference },
                Look::Plain,
            )]
        })
        .collect()
}

fn language_buttons() -> Vec<Vec<ButtonSpec>> {
    let buttons = Lang::ALL.into_iter().map(|lang| {
        let key = match lang {
            Lang::En => "customer-button-english",
            Lang::Vi => "customer-button-vietnamese",
            Lang::Zh => "customer-button-chinese",
        };
        customer_button(key, CustomerAction::Speak { lang }, Look::Plain)
    });
    vec![buttons.collect()]
}
