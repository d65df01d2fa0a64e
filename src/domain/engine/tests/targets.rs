//! The targets that a conversation has once, as they run.

use super::*;
use crate::domain::engine::conversation::TargetsTold;
use crate::domain::engine::effect::RoomSpeech;

/// First answer within 2 minutes, a person's within 10, solved within 8 hours; no ladder.
fn once() -> Plans {
    let target = |length| Target {
        length,
        in_wall_time: true,
    };
    Plans::new(Policy {
        targets: [
            (SlaClock::FirstAnswer, target(Millis::minutes(2))),
            (SlaClock::FirstHumanResponse, target(Millis::minutes(10))),
            (SlaClock::Resolution, target(Millis::hours(8))),
        ]
        .into(),
        ..plans().usual().clone()
    })
}

fn with_targets(phase: Phase) -> Conversation {
    let none = BTreeSet::new();
    let matter = Matter {
        channel: ChannelKind::Web,
        segment: None,
        language: None,
        tags: &none,
        at: ASKED,
    };
    let mut conversation = conversation(phase);
    if let Some(handoff) = conversation.handoff_mut() {
        handoff.due = None;
    }
    let clocks = [
        SlaClock::FirstAnswer,
        SlaClock::FirstHumanResponse,
        SlaClock::Resolution,
    ];
    let dues = clocks.map(|clock| Due::begin(&once(), &matter, clock));
    conversation.state.targets = Some(dues.into_iter().flatten().collect());
    conversation
}

fn due(conversation: &Conversation, minutes: i64, reached: Reached) -> Step {
    let event = Event::TimerDue(TimerKind::Targets);
    decide_by(
        &once(),
        reached,
        conversation,
        &event,
        Millis::minutes(minutes),
    )
}

fn facts(step: &Step) -> Vec<(&'static str, SlaClock)> {
    let kinds = step.effects.iter().filter_map(|effect| match effect {
        Effect::Record { kind, .. } => Some(kind),
        _ => None,
    });
    kinds
        .filter_map(|kind| match kind {
            FactKind::WarningGiven { clock } | FactKind::Breached { clock } => {
                Some((kind.name(), *clock))
            }
            _ => None,
        })
        .collect()
}

fn said(step: &Step) -> Vec<(Vec<&'static str>, Vec<&str>)> {
    let said = step.effects.iter().filter_map(|effect| match effect {
        Effect::Room(RoomAct::Say {
            say: RoomSpeech::Calling { what, whom },
            ..
        }) => Some((what, whom)),
        _ => None,
    });
    said.map(|(what, whom)| {
        let keys = what.iter().map(|phrase| phrase.key).collect();
        (keys, whom.iter().map(|one| one.name.as_str()).collect())
    })
    .collect()
}

fn next(step: &Step) -> Option<Millis> {
    step.effects.iter().find_map(|effect| match effect {
        Effect::StartTimer(TimerKind::Targets, at) => Some(*at - ASKED),
        _ => None,
    })
}

const NOTHING: Reached = Reached {
    answered: false,
    replied: false,
};

#[test]
fn each_is_warned_of_and_missed_once() {
    let waiting = with_targets(waiting());
    let (answer, human) = (SlaClock::FirstAnswer, SlaClock::FirstHumanResponse);
    let near = due(&waiting, 2, NOTHING);
    assert_eq!(
        facts(&near),
        [("breached", answer)],
        "late enough to be missed"
    );
    assert_eq!(said(&near), [(vec!["desk-target-missed"], vec!["Mai"])]);
    assert_eq!(
        next(&near),
        Some(Millis::seconds(450)),
        "the next one's warning"
    );
    let again = due(&near.next, 2, NOTHING);
    assert!(facts(&again).is_empty() && said(&again).is_empty());
    let warned = due(&near.next, 8, NOTHING);
    assert_eq!(facts(&warned), [("warning-given", human)]);
    assert_eq!(said(&warned), [(vec!["desk-target-near"], vec![])]);
    let missed = due(&warned.next, 10, NOTHING);
    assert_eq!(facts(&missed), [("breached", human)]);
    assert_eq!(
        next(&missed),
        Some(Millis::hours(6)),
        "the resolution's warning"
    );
}

#[test]
fn what_has_come_is_not_asked_for() {
    let waiting = with_targets(waiting());
    let reached = Reached {
        answered: true,
        replied: true,
    };
    let step = due(&waiting, 30, reached);
    assert!(facts(&step).is_empty());
    assert_eq!(next(&step), Some(Millis::hours(6)));
}

#[test]
fn a_wait_with_a_ladder_speaks_for_them_all_but_the_resolution() {
    let mut waiting = with_targets(waiting());
    waiting.handoff_mut().expect("waits").due = called().due;
    let step = due(&waiting, 600, NOTHING);
    assert_eq!(facts(&step).len(), 3);
    assert_eq!(said(&step), [(vec!["desk-target-missed"], vec!["Mai"])]);
}

#[test]
fn with_the_bot_nobody_s_first_response_is_waited_for() {
    let answering = with_targets(Phase::Answering { turn: Vec::new() });
    let step = due(&answering, 30, NOTHING);
    assert_eq!(facts(&step), [("breached", SlaClock::FirstAnswer)]);
    assert!(said(&step).is_empty(), "there is no room");
    assert_eq!(next(&step), Some(Millis::hours(6)));
}

#[test]
fn quiet_keeps_the_words_back_and_not_the_facts() {
    let mut waiting = with_targets(waiting());
    let until = ASKED + Millis::minutes(20);
    waiting.handoff_mut().expect("waits").snoozed_until = Some(until);
    let step = due(&waiting, 10, NOTHING);
    assert_eq!(facts(&step).len(), 2);
    assert!(said(&step).is_empty());
    assert_eq!(next(&step), Some(Millis::minutes(20)));
    let later = due(&step.next, 20, NOTHING);
    assert!(facts(&later).is_empty());
    let both = vec!["desk-target-missed", "desk-target-missed"];
    assert_eq!(said(&later), [(both, vec!["Mai"])], "in one word");
    assert_ne!(later.next.state.targets_told, TargetsTold::default());
}
