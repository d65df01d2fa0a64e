//! Decisions that went wrong once, or would hurt most if they did.

mod ladder;
mod targets;

use std::collections::BTreeSet;

use super::conversation::{Conversation, Phase};
use super::effect::{Effect, Purpose, RoomAct, Rooms, Speech};
use super::event::{CardAct, CustomerAction, Dispatch, Event, Press, StaffOrigin, TimerKind};
use super::{DeskLoad, Reached, Rules, Step, World, step};
use crate::domain::customer::Customer;
use crate::domain::desk::act::StaffAct;
use crate::domain::handoff::{Handoff, HandoffReason};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::related::Related;
use crate::domain::knowledge::wording_tests::shown_to;
use crate::domain::knowledge::{Entry, EntryText, KnowledgeIndex};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::{Conditions, Due, Ladder, Matter, Plans, Policy, Target};
use crate::domain::staff::{Role, Staff};
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::FactKind;

const ASKED: Timestamp = Timestamp(1_000_000);
const DESKS: [ChannelKind; 2] = [ChannelKind::Telegram, ChannelKind::Discord];

fn place() -> Place {
    Place::chat(ChannelKind::Web, "ann")
}

fn conversation(phase: Phase) -> Conversation {
    let mut conversation = Conversation::open(
        "c".into(),
        "CODE".to_owned(),
        "ann".into(),
        "ann".into(),
        place(),
        ASKED,
    );
    conversation.state.phase = phase;
    conversation.state.rooms = DESKS.into();
    conversation
}

fn called() -> Handoff {
    let mut handoff = Handoff::called("h".into(), HandoffReason::Asked, ASKED);
    handoff.customer_wrote(ASKED);
    handoff.clocked_since = Some(ASKED);
    handoff.due = Due::begin(
        &plans(),
        &Matter {
            channel: ChannelKind::Web,
            segment: None,
            language: None,
            tags: &BTreeSet::new(),
            at: ASKED,
        },
        SlaClock::HumanWait,
    );
    handoff
}

/// Half an hour for each wait, and a warning at three quarters of it.
fn plans() -> Plans {
    let half_an_hour = Target {
        length: Millis::minutes(30),
        in_wall_time: true,
    };
    Plans::new(Policy {
        name: "usual".into(),
        when: Conditions::default(),
        calendar: None,
        targets: [SlaClock::HumanWait, SlaClock::NextResponse]
            .map(|clock| (clock, half_an_hour))
            .into(),
        warn_at_percent: 75,
        ladder: Ladder::default(),
    })
}

fn waiting() -> Phase {
    Phase::Waiting { handoff: called() }
}

fn decide(conversation: &Conversation, event: &Event, after: Millis) -> Step {
    decide_by(&plans(), Reached::default(), conversation, event, after)
}

/// The same by other plans, with what the timer of targets knows; Mai is the lead.
fn decide_by(
    plans: &Plans,
    reached: Reached,
    conversation: &Conversation,
    event: &Event,
    after: Millis,
) -> Step {
    decide_with(plans, reached, conversation, event, after, None)
}

/// The same with a base, whose wordings are compared or not.
fn decide_with(
    plans: &Plans,
    reached: Reached,
    conversation: &Conversation,
    event: &Event,
    after: Millis,
    base: Option<(&KnowledgeIndex, bool)>,
) -> Step {
    let empty = KnowledgeIndex::build(&[]);
    let (knowledge, wordings) = base.unwrap_or((&empty, false));
    let mai = Staff {
        id: "mai".into(),
        name: "Mai".to_owned(),
        role: Role::Lead,
        lang: Lang::En,
    };
    let customer = Customer {
        id: "ann".into(),
        name: "Ann".to_owned(),
        lang: Some(Lang::En),
        lang_chosen: true,
        preference: None,
        segment: None,
        preference_asked: true,
    };
    let rules = Rules {
        settle: Millis(700),
        grace: Millis::hours(24),
        idle: Millis::hours(24),
        ask_preference: true,
        wording_tests: wordings,
        claim_lease: Millis::minutes(30),
        desk_lang: Lang::En,
    };
    let world = World {
        now: ASKED + after,
        customer: &customer,
        knowledge,
        related: &Related::default(),
        desks: &DESKS,
        load: DeskLoad::default(),
        rules: &rules,
        plans,
        leads: &[mai],
        reached,
        fresh_handoff: "h2".into(),
        fresh_message: "m".into(),
    };
    step(conversation, event, &world)
}

fn by_ben(act: StaffAct) -> Event {
    let staff = Staff {
        id: "ben".into(),
        name: "Ben".to_owned(),
        role: Role::Agent,
        lang: Lang::En,
    };
    let origin = StaffOrigin::Console;
    Event::StaffActed { staff, act, origin }
}

fn failed(purpose: Purpose, card: Option<CardAct>, blocked: bool) -> Event {
    Event::SendFailed {
        dispatch: Dispatch {
            outbox: "o".into(),
            purpose,
            message: None,
            staff: None,
            words: "words".to_owned(),
            desk: card.map(|_| ChannelKind::Discord),
            card,
            said_in: None,
        },
        why: "why".to_owned(),
        blocked,
    }
}

fn chooses_refund() -> Event {
    Event::CustomerPressed {
        action: CustomerAction::Choose {
            entry: "refund".into(),
        },
        press: Press {
            place: place(),
            handle: "p".to_owned(),
        },
        at: ASKED,
    }
}

fn starts(step: &Step, kind: TimerKind) -> bool {
    let is_it = |effect: &Effect| matches!(effect, Effect::StartTimer(one, _) if *one == kind);
    step.effects.iter().any(is_it)
}

fn opens(step: &Step, desk: ChannelKind) -> bool {
    step.effects.contains(&Effect::Room(RoomAct::Open(desk)))
}

#[test]
fn a_claim_after_the_breach_breaches_nothing_again() {
    let claimed = decide(
        &conversation(waiting()),
        &by_ben(StaffAct::Claim),
        Millis::minutes(35),
    );
    assert!(matches!(claimed.next.state.phase, Phase::WithAgent { .. }));
    assert!(!starts(&claimed, TimerKind::Warn) && !starts(&claimed, TimerKind::Breach));
    assert!(
        starts(&claimed, TimerKind::Lease),
        "the agent's own time begins"
    );
}

#[test]
fn an_empty_reply_claims_nothing() {
    let parts = vec![Part::Text {
        text: "  ".to_owned(),
    }];
    let refused = decide(
        &conversation(waiting()),
        &by_ben(StaffAct::Reply { parts }),
        Millis(0),
    );
    assert_eq!(refused.next.state.phase, waiting());
}

#[test]
fn an_answer_that_failed_goes_to_a_person_unless_the_customer_shut_the_bot_out() {
    let answering = conversation(Phase::Answering { turn: Vec::new() });
    let answer = || Purpose::Answer {
        entry: "refund".into(),
        wording: None,
    };
    let handed = decide(&answering, &failed(answer(), None, false), Millis(0));
    let reason = handed.next.handoff().map(|handoff| handoff.reason);
    assert_eq!(reason, Some(HandoffReason::AnswerFailed));
    let left = decide(&answering, &failed(answer(), None, true), Millis(0));
    assert_eq!(left.next.state.phase, answering.state.phase);
}

#[test]
fn an_answer_that_came_too_late_goes_to_a_person_once() {
    let answering = conversation(Phase::Answering { turn: Vec::new() });
    let failed = failed(
        Purpose::Answer {
            entry: "refund".into(),
            wording: None,
        },
        None,
        false,
    );
    let Event::SendFailed { dispatch, .. } = failed else {
        panic!("it is one");
    };
    let event = Event::AnswerTooOld(dispatch);
    let handed = decide(&answering, &event, Millis::minutes(10));
    let reason = handed.next.handoff().map(|handoff| handoff.reason);
    assert_eq!(reason, Some(HandoffReason::AnswerTooOld));
    let again = decide(&handed.next, &event, Millis::minutes(10));
    assert_eq!(
        again.next, handed.next,
        "the rest of it changes nothing more"
    );
}

#[test]
fn a_person_who_answers_first_takes_the_acknowledgement_back() {
    let parts = vec![Part::Text {
        text: "Here I am.".to_owned(),
    }];
    for act in [
        StaffAct::Reply { parts },
        StaffAct::Claim,
        StaffAct::Resolve,
    ] {
        let after = decide(&conversation(waiting()), &by_ben(act), Millis(0));
        let place = |wanted: &dyn Fn(&Effect) -> bool| after.effects.iter().position(wanted);
        let taken_back = place(&|effect| *effect == Effect::Withdraw(Purpose::Acknowledgement));
        let told = place(
            &|effect| matches!(effect, Effect::Tell(tell) if tell.purpose != Purpose::Acknowledgement),
        );
        assert!(taken_back.is_some(), "{:?}", after.effects);
        assert!(told.is_none() || taken_back < told, "{:?}", after.effects);
    }
}

#[test]
fn a_card_that_could_not_be_brought_up_to_date_leaves_the_room_its_ears() {
    let failed = failed(Purpose::Card, Some(CardAct::Refresh), false);
    let after = decide(&conversation(waiting()), &failed, Millis(0));
    assert_eq!(after.next.state.rooms, DESKS.into());
    let new_card = Effect::Room(RoomAct::Reopen(ChannelKind::Discord));
    assert!(after.effects.contains(&new_card));
}

#[test]
fn a_room_that_could_not_be_opened_is_told_of_and_tried_again_at_the_warning() {
    let failed = failed(Purpose::Card, Some(CardAct::Open), false);
    let after = decide(&conversation(waiting()), &failed, Millis(0));
    assert_eq!(after.next.state.rooms, [ChannelKind::Telegram].into());
    let told = |effect: &Effect| {
        matches!(
            effect,
            Effect::Room(RoomAct::Say {
                rooms: Rooms::All,
                ..
            })
        )
    };
    assert!(after.effects.iter().any(told), "the other desk hears of it");
    let warn = Event::TimerDue(TimerKind::Warn);
    let warned = decide(&after.next, &warn, Millis::minutes(23));
    assert!(opens(&warned, ChannelKind::Discord) && !opens(&warned, ChannelKind::Telegram));
}

#[test]
fn a_choice_made_after_a_long_silence_is_still_answered() {
    let silent = conversation(Phase::Resolved {
        at: ASKED,
        by: None,
    });
    let event = chooses_refund();
    let after = decide(&silent, &event, Millis::hours(25));
    assert!(matches!(after.next.state.phase, Phase::Answering { .. }));
    let answers = |effect: &Effect| matches!(effect, Effect::Tell(tell) if matches!(tell.purpose, Purpose::Answer { .. }));
    assert!(after.effects.iter().any(answers));
    let reopened = |effect: &Effect| {
        matches!(
            effect,
            Effect::Record {
                kind: FactKind::Reopened,
                ..
            }
        )
    };
    assert!(after.effects.iter().any(reopened));
}

#[test]
fn a_customer_is_shown_one_of_the_wordings_and_always_the_same() {
    let mut entry = Entry::blank("refund".into());
    let text = EntryText {
        question: "How long?".to_owned(),
        answer: "Five days.".to_owned(),
        other_answers: vec!["A week.".to_owned(), "Soon.".to_owned()],
        ..EntryText::default()
    };
    // The customer's language is English, and finds the text that there is.
    entry.texts.insert(Lang::Vi, text.clone());
    let index = KnowledgeIndex::build(&[entry]);
    let event = chooses_refund();
    let told = |compared: bool, after| {
        let answering = conversation(Phase::Answering { turn: Vec::new() });
        let base = Some((&index, compared));
        let step = decide_with(
            &plans(),
            Reached::default(),
            &answering,
            &event,
            after,
            base,
        );
        let tell = step.effects.iter().find_map(|effect| match effect {
            Effect::Tell(tell) => Some((tell.say.clone(), tell.purpose.clone())),
            _ => None,
        });
        tell.expect("an answer")
    };
    let expected = shown_to(&"ann".into(), &"refund".into(), Lang::Vi, &text);
    let (say, purpose) = told(true, Millis(0));
    assert_eq!((say.clone(), purpose.clone()), told(true, Millis::hours(9)));
    let shown = expected.as_ref().map(|wording| wording.shown);
    assert!(shown.is_some());
    assert_eq!(
        say,
        Speech::Entry {
            key: "refund".into(),
            lang: Lang::En,
            wording: shown,
        }
    );
    let entry = EntryKey::from("refund");
    assert_eq!(
        purpose,
        Purpose::Answer {
            entry: entry.clone(),
            wording: expected,
        }
    );
    let without = Purpose::Answer {
        entry,
        wording: None,
    };
    assert_eq!(told(false, Millis(0)).1, without);
}
