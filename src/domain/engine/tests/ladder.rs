//! The ladder of a wait, rung by rung.

use super::*;
use crate::domain::engine::effect::{RoomSpeech, Speech};
use crate::domain::engine::event::CustomerMessage;
use crate::domain::handoff::LateChoice;
use crate::domain::phrase::Phrase;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::plan;

mod quiet;

/// Rungs at 22:30, 27, 30 and 36 minutes.
fn apart() -> Plans {
    let usual = plans().usual().clone();
    Plans::new(Policy {
        ladder: Ladder {
            lead_at_percent: 90,
            customer_at_percent: 120,
            snooze: Millis::minutes(15),
        },
        ..usual
    })
}

/// A conversation with what has happened to it.
struct Scene {
    plans: Plans,
    conversation: Conversation,
    last: Vec<Effect>,
    facts: Vec<&'static str>,
}

impl Scene {
    fn waits(plans: Plans) -> Scene {
        let mut called = called();
        called.clocked_since = None;
        called.due = None;
        let mut scene = Scene {
            plans,
            conversation: conversation(Phase::Waiting { handoff: called }),
            last: Vec::new(),
            facts: Vec::new(),
        };
        scene.happens(&wrote(), Millis(0));
        scene.facts.clear();
        scene
    }

    fn happens(&mut self, event: &Event, after: Millis) {
        let reached = Reached::default();
        let step = decide_by(&self.plans, reached, &self.conversation, event, after);
        self.conversation = step.next;
        self.facts
            .extend(step.effects.iter().filter_map(|effect| match effect {
                Effect::Record { kind, .. } => Some(kind.name()),
                _ => None,
            }));
        self.last = step.effects;
    }

    fn due(&mut self, kind: TimerKind, minutes: i64) {
        self.happens(&Event::TimerDue(kind), Millis::minutes(minutes));
    }

    /// What was said in rooms just now, and to whom.
    fn called(&self) -> Vec<(&'static str, Vec<&str>)> {
        let said = self.last.iter().filter_map(|effect| match effect {
            Effect::Room(RoomAct::Say {
                say: RoomSpeech::Calling { what, whom },
                ..
            }) => Some((what, whom)),
            _ => None,
        });
        said.map(|(what, whom)| {
            let names = whom.iter().map(|called| called.name.as_str());
            (what[0].key, names.collect())
        })
        .collect()
    }

    /// What the customer was told just now.
    fn told(&self) -> Vec<&Phrase> {
        let told = self.last.iter().filter_map(|effect| match effect {
            Effect::Tell(tell) => Some(&tell.say),
            _ => None,
        });
        told.filter_map(|say| match say {
            Speech::Phrase(phrase) => Some(phrase),
            Speech::Entry { .. } | Speech::Parts(_) => None,
        })
        .collect()
    }

    fn starts_at(&self, kind: TimerKind) -> Option<Millis> {
        self.last.iter().find_map(|effect| match effect {
            Effect::StartTimer(one, at) if *one == kind => Some(*at - ASKED),
            _ => None,
        })
    }

    fn chooses(&mut self, choice: LateChoice, minutes: i64) {
        let event = Event::CustomerPressed {
            action: CustomerAction::WhenLate { choice },
            press: Press {
                place: place(),
                handle: "p".to_owned(),
            },
            at: ASKED + Millis::minutes(minutes),
        };
        self.happens(&event, Millis::minutes(minutes));
    }
}

fn wrote() -> Event {
    wrote_at(Millis(0), "where is it?")
}

fn wrote_at(after: Millis, words: &str) -> Event {
    Event::CustomerWrote(CustomerMessage {
        message: "m1".into(),
        parts: vec![Part::Text {
            text: words.to_owned(),
        }],
        at: ASKED + after,
        place: place(),
        seen_late: false,
        more_waiting: false,
        read_together: 0,
    })
}

fn reply() -> StaffAct {
    StaffAct::Reply {
        parts: vec![Part::Text {
            text: "looking".to_owned(),
        }],
    }
}

#[test]
fn each_rung_is_climbed_once_in_its_order() {
    let mut scene = Scene::waits(apart());
    let nobody: Vec<&str> = Vec::new();
    scene.due(TimerKind::Warn, 23);
    assert_eq!(scene.called(), [("desk-warning", nobody.clone())]);
    scene.due(TimerKind::CallLeads, 27);
    assert_eq!(scene.called(), [("desk-still-waiting", vec!["Mai"])]);
    scene.due(TimerKind::Breach, 30);
    assert_eq!(scene.called(), [("desk-breach", vec!["Mai"])]);
    assert!(scene.told().is_empty(), "not yet");
    scene.due(TimerKind::TellCustomer, 36);
    assert_eq!(scene.told()[0].key, "customer-late");
    assert!(scene.called().is_empty());
    for kind in TimerKind::ALL {
        if kind.may_call_leads() {
            scene.due(kind, 40);
            assert!(
                scene.called().is_empty() && scene.told().is_empty(),
                "{kind:?} again"
            );
        }
    }
    let facts = [
        "warning-given",
        "leads-called",
        "breached",
        "choice-offered",
    ];
    assert_eq!(scene.facts, facts);
}

#[test]
fn by_default_the_breach_calls_the_lead_and_tells_the_customer() {
    let mut scene = Scene::waits(plans());
    scene.due(TimerKind::Breach, 30);
    assert_eq!(scene.called(), [("desk-breach", vec!["Mai"])]);
    assert_eq!(scene.told().len(), 1);
}

#[test]
fn a_downtime_is_followed_by_one_word_with_the_whole_wait() {
    for plans in [plans(), apart()] {
        let mut scene = Scene::waits(plans);
        scene.due(TimerKind::Warn, 180);
        assert_eq!(scene.called(), [("desk-breach", vec!["Mai"])]);
        let whole = Phrase::new("customer-late").minutes("waited", Millis::hours(3));
        assert_eq!(scene.told(), [&whole]);
        for kind in [
            TimerKind::CallLeads,
            TimerKind::Breach,
            TimerKind::TellCustomer,
        ] {
            scene.due(kind, 180);
            assert!(
                scene.called().is_empty() && scene.told().is_empty(),
                "{kind:?}"
            );
        }
        assert_eq!(scene.facts, ["breached", "leads-called", "choice-offered"]);
    }
}

#[test]
fn a_timer_of_an_earlier_wait_climbs_nothing_before_its_time() {
    for plans in [plans(), apart()] {
        let mut scene = Scene::waits(plans);
        for kind in [
            TimerKind::Warn,
            TimerKind::CallLeads,
            TimerKind::Breach,
            TimerKind::TellCustomer,
        ] {
            scene.due(kind, 10);
            assert!(
                scene.called().is_empty() && scene.told().is_empty(),
                "{kind:?}"
            );
        }
        assert!(scene.facts.is_empty(), "{:?}", scene.facts);
    }
}

#[test]
fn an_older_message_that_comes_late_moves_the_wait_back_and_says_nothing_twice() {
    let mut scene = Scene::waits(plans());
    let handoff = scene.conversation.handoff_mut().expect("is handed over");
    *handoff = Handoff {
        first_reply_at: Some(ASKED),
        ..called()
    };
    (handoff.clocked_since, handoff.due) = (None, None);
    handoff.unanswered.clear();
    let minute = Millis::minutes;
    scene.happens(&wrote_at(minute(5), "and now?"), minute(5));
    scene.due(TimerKind::Breach, 35);
    assert_eq!(scene.called(), [("desk-breach", vec!["Mai"])]);
    assert_eq!(scene.told().len(), 1);
    scene.facts.clear();
    scene.happens(&wrote_at(minute(3), "this came late"), minute(36));
    assert_eq!(scene.starts_at(TimerKind::Breach), Some(minute(33)));
    for kind in [TimerKind::Warn, TimerKind::Breach] {
        scene.due(kind, 36);
        assert!(scene.called().is_empty() && scene.told().is_empty());
    }
    let climbed = [
        "warning-given",
        "breached",
        "leads-called",
        "choice-offered",
    ];
    assert!(
        !scene.facts.iter().any(|fact| climbed.contains(fact)),
        "{:?}",
        scene.facts
    );
}

#[test]
fn a_silent_agent_is_called_first_and_the_lead_with_them_then() {
    let mut scene = Scene::waits(plans());
    scene.happens(&by_ben(StaffAct::Claim), Millis::minutes(1));
    scene.due(TimerKind::Warn, 23);
    assert_eq!(scene.called(), [("desk-warning", vec!["Ben"])]);
    scene.due(TimerKind::Breach, 30);
    assert_eq!(scene.called(), [("desk-breach", vec!["Ben", "Mai"])]);
}

#[test]
fn only_who_may_act_snoozes() {
    let mut scene = Scene::waits(plans());
    scene.happens(&by_ben(StaffAct::Claim), Millis::minutes(1));
    let staff = Staff {
        id: "lan".into(),
        name: "Lan".to_owned(),
        role: Role::Agent,
        lang: Lang::En,
    };
    let event = Event::StaffActed {
        staff,
        act: StaffAct::Snooze,
        origin: StaffOrigin::Console,
    };
    scene.happens(&event, Millis::minutes(2));
    assert_eq!(scene.facts.last(), Some(&"refused-act"));
    assert_eq!(scene.starts_at(TimerKind::QuietOver), None);
}

#[test]
fn who_keeps_waiting_or_leaves_keeps_the_handoff() {
    for (choice, key) in [
        (LateChoice::Wait, "customer-status-waiting"),
        (LateChoice::Leave, "customer-left"),
    ] {
        let mut scene = Scene::waits(plans());
        scene.due(TimerKind::Breach, 30);
        scene.chooses(choice, 31);
        assert_eq!(scene.told()[0].key, key);
        let handoff = scene.conversation.handoff().expect("it goes on");
        assert_eq!((handoff.asked_at, handoff.choice), (ASKED, Some(choice)));
        assert_eq!(scene.facts.last(), Some(&"choice-made"));
        assert!(!scene.last.contains(&Effect::StopTimer(TimerKind::Breach)));
    }
}

#[test]
fn who_leaves_is_told_when_people_are_there() {
    let text = "[calendars.office]\nzone = \"Asia/Ho_Chi_Minh\"\nmon = [\"09:00-17:00\"]\n\
        [[policies]]\nname = \"office\"\ncalendar = \"office\"\nhuman_wait = \"30m wall\"\n";
    let read = plan::read(text, &std::collections::BTreeMap::new()).expect("reads");
    let office: &Calendar = &read.calendars["office"];
    // The scenes begin on 1 January 1970, a Thursday.
    assert!(!office.is_open(ASKED));
    let mut scene = Scene::waits(plans().with(1, read));
    scene.due(TimerKind::Breach, 30);
    scene.chooses(LateChoice::Leave, 31);
    let when = Phrase::new("customer-there-from")
        .phrase("day", Phrase::new("report-mon"))
        .text("date", "1970-01-05")
        .text("time", "09:00")
        .text("zone", "Asia/Ho_Chi_Minh");
    let words = Phrase::new("customer-left").phrase("when", when);
    assert_eq!(scene.told(), [&words]);
}

#[test]
fn who_tries_the_bot_has_it_even_where_they_prefer_a_person_until_they_call_one_again() {
    let mut scene = Scene::waits(plans());
    scene.due(TimerKind::Breach, 30);
    scene.chooses(LateChoice::Bot, 31);
    assert!(matches!(
        scene.conversation.state.phase,
        Phase::Answering { .. }
    ));
    assert!(
        scene
            .facts
            .ends_with(&["choice-made", "handoff-taken-back"])
    );
    assert_eq!(scene.told()[0].key, "customer-bot-again");
    for kind in [TimerKind::Warn, TimerKind::Breach, TimerKind::QuietOver] {
        assert!(scene.last.contains(&Effect::StopTimer(kind)), "{kind:?}");
    }
    assert!(scene.last.contains(&Effect::Room(RoomAct::Close)));
    assert!(scene.conversation.state.tries_bot);
    let at = Millis::minutes(32);
    scene.happens(&wrote_at(at, "a human please"), at);
    assert!(scene.conversation.handoff().is_some() && !scene.conversation.state.tries_bot);
    let since = scene.conversation.handoff().map(|handoff| handoff.asked_at);
    assert_eq!(since, Some(ASKED + at), "a wait of its own");
}

#[test]
fn a_choice_that_comes_too_late_changes_nothing() {
    let mut scene = Scene::waits(plans());
    scene.due(TimerKind::Breach, 30);
    scene.happens(&by_ben(StaffAct::Claim), Millis::minutes(31));
    scene.chooses(LateChoice::Bot, 32);
    assert!(matches!(
        scene.conversation.state.phase,
        Phase::WithAgent { .. }
    ));
    let answered = |effect: &Effect| matches!(effect, Effect::Answer { say: Some(say), .. } if say.key == "customer-status-with-agent");
    assert!(scene.last.iter().any(answered));
}
