//! The vectors of SLA.md that need no calendar, and what follows from its rules.

use super::*;
use crate::domain::sla::SlaClock;
use crate::domain::timeline::{FactKind, PauseReason};

const DAY: Millis = Millis::hours(24);

/// `10:05` or `10:05:30` as a point in time.
fn at(time: &str) -> Timestamp {
    let numbers: Vec<i64> = time
        .split(':')
        .map(|number| number.parse().expect("is a number"))
        .collect();
    let seconds = numbers.get(2).copied().unwrap_or(0);
    Timestamp(((numbers[0] * 60 + numbers[1]) * 60 + seconds) * 1_000)
}

#[derive(Default)]
struct Story(Vec<Fact>);

impl Story {
    fn fact(mut self, time: Timestamp, staff: Option<&str>, kind: FactKind) -> Story {
        self.0.push(Fact {
            conversation: "c".into(),
            customer: "ann".into(),
            channel: ChannelKind::Telegram,
            at: time,
            recorded_at: time,
            staff: staff.map(Into::into),
            kind,
        });
        self
    }

    fn customer(self, time: Timestamp) -> Story {
        let kind = FactKind::CustomerWrote {
            message: "m".into(),
            seen_late: false,
        };
        self.fact(time, None, kind)
    }

    fn bot(self, time: Timestamp) -> Story {
        let kind = FactKind::BotAnswered {
            outbox: "o".into(),
            entry: None,
            wording: None,
        };
        self.fact(time, None, kind)
    }

    fn asks(self, time: Timestamp) -> Story {
        let kind = FactKind::HandoffAsked {
            handoff: "h1".into(),
            reason: "asked".into(),
        };
        self.fact(time, None, kind)
    }

    fn claims(self, time: Timestamp) -> Story {
        let kind = FactKind::Claimed {
            handoff: "h1".into(),
        };
        self.fact(time, Some("ben"), kind)
    }

    fn person(self, time: Timestamp) -> Story {
        let kind = FactKind::AgentReplied {
            outbox: "o2".into(),
            message: "m2".into(),
        };
        self.fact(time, Some("ben"), kind)
    }

    fn resolved(self, time: Timestamp, by_bot: bool, confirmed: bool) -> Story {
        self.fact(time, None, FactKind::Resolved { by_bot, confirmed })
    }

    fn measures(&self) -> Measures {
        measure(&self.0).expect("there are facts")
    }
}

const NOW: Timestamp = Timestamp(i64::MAX / 2);

fn lengths(waits: &[Wait]) -> Vec<Millis> {
    waits.iter().map(|wait| wait.length(NOW)).collect()
}

fn came_after(wait: Option<&Wait>) -> Option<Millis> {
    wait.filter(|wait| wait.came()).map(|wait| wait.length(NOW))
}

#[test]
fn several_messages_before_a_reply_are_one_wait() {
    let measures = Story::default()
        .customer(at("9:00"))
        .person(at("9:01"))
        .customer(at("10:00"))
        .customer(at("10:05"))
        .customer(at("10:20"))
        .person(at("10:30"))
        .measures();
    assert_eq!(lengths(&measures.next_responses), [Millis::minutes(30)]);

    let first = Story::default()
        .customer(at("10:00"))
        .customer(at("10:05"))
        .customer(at("10:20"))
        .person(at("10:30"))
        .measures();
    let half_an_hour = Some(Millis::minutes(30));
    assert_eq!(
        came_after(first.first_human_response.as_ref()),
        half_an_hour
    );
    assert_eq!(came_after(first.first_answer.as_ref()), half_an_hour);
    assert_eq!(first.next_responses, [], "it is the first response");
}

#[test]
fn silence_after_a_bots_answer_is_nobodys_wait() {
    let back = at("10:00") + Millis(14 * DAY.0);
    let measures = Story::default()
        .customer(at("10:00"))
        .bot(at("10:00:01"))
        .customer(back)
        .person(back + Millis::minutes(5))
        .measures();
    assert_eq!(lengths(&measures.next_responses), [Millis::minutes(5)]);
    let first = came_after(measures.first_answer.as_ref());
    assert_eq!(first, Some(Millis::seconds(1)));
}

#[test]
fn the_human_wait_runs_from_the_handoff_whatever_the_bot_says() {
    let measures = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00"))
        .fact(
            at("10:00:01"),
            None,
            FactKind::AcknowledgementSent { outbox: "o".into() },
        )
        .claims(at("10:10"))
        .person(at("10:12"))
        .measures();
    let handoff = &measures.handoffs[0];
    assert_eq!(came_after(Some(&handoff.claim)), Some(Millis::minutes(10)));
    assert_eq!(came_after(Some(&handoff.reply)), Some(Millis::minutes(12)));
    assert_eq!(handoff.reply.agent, Some("ben".into()));
    assert_eq!(measures.next_responses, [], "there was no reply before");
    let first = came_after(measures.first_answer.as_ref());
    assert_eq!(
        first,
        Some(Millis::minutes(12)),
        "no acknowledgement counts"
    );
}

#[test]
fn a_bots_answer_to_one_who_waits_for_a_person_ends_nothing_but_the_first_answer() {
    let measures = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00"))
        .bot(at("10:01"))
        .measures();
    assert!(measures.handoffs[0].reply.is_open());
    assert!(
        measures
            .first_human_response
            .expect("is waited for")
            .is_open()
    );
    let first = came_after(measures.first_answer.as_ref());
    assert_eq!(first, Some(Millis::minutes(1)));
}

#[test]
fn a_reply_that_does_not_arrive_stops_nothing() {
    let story = || Story::default().customer(at("10:00")).asks(at("10:00"));
    let failed = story()
        .fact(
            at("10:05"),
            Some("ben"),
            FactKind::ReplyFailed {
                outbox: "o".into(),
                why: "forbidden".into(),
            },
        )
        .measures();
    assert!(failed.handoffs[0].reply.is_open());
    assert_eq!(
        failed.handoffs[0].reply.length(at("10:40")),
        Millis::minutes(40)
    );
    assert_eq!(failed.replies_failed, 1);

    let unknown = FactKind::DeliveryUnknown {
        outbox: "o2".into(),
    };
    let story = story().fact(at("10:05"), None, unknown);
    let measures = story.measures();
    assert!(measures.handoffs[0].reply.is_open());
    assert_eq!(measures.deliveries_unknown, 1);
    let settled = story.person(at("10:05")).measures();
    assert_eq!(settled.deliveries_unknown, 0);
    assert_eq!(
        came_after(Some(&settled.handoffs[0].reply)),
        Some(Millis::minutes(5))
    );
}

#[test]
fn thanks_after_resolved_keep_it_resolved() {
    let measures = Story::default()
        .customer(at("10:00"))
        .person(at("10:05"))
        .resolved(at("10:06"), false, true)
        .customer(at("10:07"))
        .measures();
    assert_eq!(measures.standing, Standing::Resolved);
    assert_eq!(
        came_after(measures.total_resolution.as_ref()),
        Some(Millis::minutes(6))
    );
    assert!(measures.next_responses.iter().all(|wait| !wait.is_open()));
}

#[test]
fn a_note_stops_no_clock() {
    let note = FactKind::NoteWritten {
        message: "n".into(),
    };
    let measures = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00"))
        .claims(at("10:01"))
        .fact(at("10:02"), Some("ben"), note)
        .measures();
    assert!(measures.first_answer.expect("waits").is_open());
    assert!(measures.handoffs[0].reply.is_open());
    assert_eq!(measures.handoffs[0].reply.agent, Some("ben".into()));
}

#[test]
fn a_pause_ends_with_the_customers_message_and_is_left_out() {
    let paused = FactKind::Paused {
        why: PauseReason::ThirdParty,
    };
    let story = Story::default()
        .customer(at("9:00"))
        .person(at("9:05"))
        .customer(at("10:00"))
        .fact(at("10:20"), Some("ben"), paused.clone());
    let wait = |story: &Story| story.measures().next_responses[0].clone();
    assert_eq!(wait(&story).length(at("12:00")), Millis::minutes(20));
    let goes_on = story.customer(at("13:20"));
    assert_eq!(wait(&goes_on).length(at("13:25")), Millis::minutes(25));
    let answered = goes_on.person(at("13:30"));
    assert_eq!(
        came_after(Some(&wait(&answered))),
        Some(Millis::minutes(30))
    );
    let resumed = Story::default()
        .customer(at("10:00"))
        .fact(at("10:10"), None, paused.clone())
        .fact(at("10:20"), None, paused)
        .fact(at("10:40"), None, FactKind::Resumed)
        .resolved(at("11:00"), false, true)
        .measures();
    assert_eq!(
        came_after(resumed.total_resolution.as_ref()),
        Some(Millis::minutes(30))
    );
}

#[test]
fn a_reopened_conversation_has_no_new_first_response_and_its_gap_is_left_out() {
    let story = Story::default()
        .customer(at("10:00"))
        .person(at("10:05"))
        .resolved(at("10:10"), false, true)
        .fact(at("12:00"), None, FactKind::Reopened)
        .customer(at("12:00"));
    let open = story.measures();
    assert!(open.total_resolution.expect("runs").is_open());
    assert_eq!(
        came_after(open.first_resolution.as_ref()),
        Some(Millis::minutes(10))
    );
    assert!(open.next_responses[0].is_open());
    let again = story
        .person(at("12:07"))
        .resolved(at("12:10"), false, true)
        .measures();
    assert_eq!(
        came_after(again.total_resolution.as_ref()),
        Some(Millis::minutes(20))
    );
    assert_eq!(
        came_after(again.first_resolution.as_ref()),
        Some(Millis::minutes(10))
    );
    assert_eq!(again.next_responses.len(), 1);
    assert_eq!(
        came_after(again.next_responses.last()),
        Some(Millis::minutes(7))
    );
    let first = came_after(again.first_human_response.as_ref());
    assert_eq!(first, Some(Millis::minutes(5)));
}

#[test]
fn a_reply_whose_arrival_is_told_after_resolved_still_counts() {
    let measures = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00"))
        .claims(at("10:10"))
        .resolved(at("10:12"), false, true)
        .person(at("10:12:02"))
        .measures();
    assert_eq!(
        came_after(Some(&measures.handoffs[0].reply)),
        Some(Millis(12 * 60_000 + 2_000))
    );
    let unanswered = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00"))
        .resolved(at("10:12"), false, true)
        .measures();
    assert_eq!(
        unanswered.handoffs[0].reply.ended,
        Some(Ended::Resolved(at("10:12")))
    );
}

#[test]
fn a_reply_answers_only_what_was_written_before_it() {
    // The customer's second message crossed the reply: it is told first and was written later.
    let measures = Story::default()
        .customer(at("9:00"))
        .person(at("9:01"))
        .customer(at("10:00"))
        .customer(at("10:05:01"))
        .person(at("10:05"))
        .measures();
    let waits = &measures.next_responses;
    assert_eq!(came_after(waits.first()), Some(Millis::minutes(5)));
    assert!(waits[1].is_open());
    assert_eq!(waits[1].since, at("10:05:01"));
}

#[test]
fn a_bots_resolution_counts_only_without_a_person_and_until_the_customer_returns() {
    let story = || Story::default().customer(at("10:00")).bot(at("10:00:01"));
    let confirmed = story().resolved(at("10:05"), true, true);
    let assumed = story().resolved(at("10:05") + DAY, true, false);
    assert_eq!(
        confirmed.measures().bot_resolution,
        Some(BotResolution::Confirmed)
    );
    assert_eq!(
        assumed.measures().bot_resolution,
        Some(BotResolution::Assumed)
    );
    let back = assumed.fact(at("11:00") + DAY, None, FactKind::Reopened);
    assert_eq!(back.measures().bot_resolution, None);
    let with_person = story().asks(at("10:01")).resolved(at("10:05"), true, true);
    assert_eq!(with_person.measures().bot_resolution, None);
    let unanswered = Story::default()
        .customer(at("10:00"))
        .resolved(at("10:05"), true, false);
    assert_eq!(unanswered.measures().bot_resolution, None);
}

#[test]
fn an_unreachable_customer_waits_no_more() {
    let measures = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00"))
        .fact(at("10:05"), None, FactKind::CustomerBlocked)
        .measures();
    assert!(measures.unreachable);
    assert_eq!(
        measures.handoffs[0].reply.ended,
        Some(Ended::Unreachable(at("10:05")))
    );
}

#[test]
fn a_conversation_that_staff_opened_has_no_first_response() {
    let measures = Story::default()
        .person(at("10:00"))
        .customer(at("10:30"))
        .person(at("10:33"))
        .measures();
    assert_eq!(measures.first_answer, None);
    assert_eq!(measures.first_human_response, None);
    assert_eq!(lengths(&measures.next_responses), [Millis::minutes(3)]);
}

#[test]
fn a_take_over_is_no_human_wait_but_its_reply_is_measured() {
    let measures = Story::default()
        .customer(at("9:00"))
        .bot(at("9:00:01"))
        .customer(at("10:00"))
        .fact(
            at("10:08"),
            Some("ben"),
            FactKind::HandoffAsked {
                handoff: "h1".into(),
                reason: "taken-over".into(),
            },
        )
        .claims(at("10:08"))
        .person(at("10:09"))
        .measures();
    assert_eq!(measures.handoffs, []);
    assert_eq!(lengths(&measures.next_responses), [Millis::minutes(9)]);
}

#[test]
fn two_clocks_that_disagree_give_no_negative_wait() {
    let measures = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00:05"))
        .person(at("10:00:02"))
        .measures();
    assert_eq!(measures.handoffs[0].reply.length(NOW), Millis(0));
}

#[test]
fn a_handoff_that_the_customer_takes_back_was_waited_for_in_vain() {
    let taken_back = || FactKind::HandoffTakenBack {
        handoff: "h1".into(),
    };
    let story = || {
        Story::default()
            .customer(at("10:00"))
            .asks(at("10:00"))
            .fact(
                at("10:00"),
                None,
                due(SlaClock::HumanWait, "10:00", "10:30"),
            )
            .fact(at("10:31"), None, taken_back())
    };
    let alone = story().customer(at("10:32")).bot(at("10:33")).measures();
    let wait = &alone.handoffs[0].reply;
    assert_eq!((wait.came(), wait.is_late(NOW)), (false, Some(true)));
    assert_eq!(wait.length(NOW), Millis::minutes(31));
    let response = alone.first_human_response.as_ref().expect("was waited for");
    assert_eq!(response.ended, Some(Ended::Resolved(at("10:31"))));
    let answer = came_after(alone.first_answer.as_ref());
    assert_eq!(
        answer,
        Some(Millis::minutes(33)),
        "the bot's answer, late as it is"
    );

    let again = || story().customer(at("10:40")).asks(at("10:40"));
    let open = again().measures();
    assert_eq!(open.handoffs.len(), 2);
    let response = open
        .first_human_response
        .as_ref()
        .expect("is waited for again");
    assert!(response.is_open() && response.since == at("10:00"));
    let served = again().person(at("10:45")).measures();
    let response = came_after(served.first_human_response.as_ref());
    assert_eq!(response, Some(Millis::minutes(45)));
    assert_eq!(
        came_after(Some(&served.handoffs[1].reply)),
        Some(Millis::minutes(5))
    );
    assert!(!served.handoffs[0].reply.came());
}

#[test]
fn a_further_reply_that_nobody_gave_counts_when_the_bot_is_tried_instead() {
    let measures = Story::default()
        .customer(at("10:00"))
        .asks(at("10:00"))
        .person(at("10:05"))
        .customer(at("10:10"))
        .fact(
            at("10:50"),
            None,
            FactKind::HandoffTakenBack {
                handoff: "h1".into(),
            },
        )
        .bot(at("10:51"))
        .measures();
    let [wait] = measures.next_responses.as_slice() else {
        panic!("one further reply was waited for: {measures:?}");
    };
    assert_eq!(
        (wait.came(), wait.length(NOW)),
        (false, Millis::minutes(40))
    );
    assert!(measures.handoffs[0].reply.came());
}

#[test]
fn the_same_facts_give_the_same_measures() {
    let story = Story::default()
        .customer(at("10:00"))
        .bot(at("10:01"))
        .asks(at("10:02"))
        .person(at("10:09"));
    assert_eq!(story.measures(), story.measures());
    assert_eq!(measure(&[]), None);
}

fn due(clock: SlaClock, since: &str, due_at: &str) -> FactKind {
    FactKind::TargetSet(Due {
        clock,
        since: at(since),
        due_at: at(due_at),
        warn_at: at(since),
        lead_at: None,
        customer_at: None,
        target_ms: at(due_at) - at(since),
        used_ms: Millis(0),
        counts_from: at(since),
        policy: "usual".into(),
        plan: 0,
        zones: None,
    })
}

#[test]
fn each_wait_is_held_against_the_due_time_that_it_had() {
    let measures = Story::default()
        .customer(at("10:00"))
        .fact(
            at("10:00"),
            None,
            due(SlaClock::FirstAnswer, "10:00", "10:02"),
        )
        .fact(
            at("10:00"),
            None,
            due(SlaClock::Resolution, "10:00", "12:00"),
        )
        .bot(at("10:01"))
        .asks(at("10:05"))
        .fact(
            at("10:05"),
            None,
            due(SlaClock::HumanWait, "10:05", "10:35"),
        )
        .person(at("10:36"))
        .customer(at("10:40"))
        .fact(
            at("10:40"),
            None,
            due(SlaClock::NextResponse, "10:40", "10:50"),
        )
        .person(at("10:50"))
        .customer(at("11:00"))
        .resolved(at("12:00"), false, false)
        .fact(at("13:00"), None, FactKind::Reopened)
        .customer(at("13:00"))
        // The hour between is left out, so that the rest ends an hour later.
        .fact(
            at("13:00"),
            None,
            due(SlaClock::Resolution, "10:00", "13:00"),
        )
        .resolved(at("13:10"), false, false)
        .measures();
    let late = |wait: &Wait| wait.is_late(at("20:00"));
    assert_eq!(measures.first_answer.as_ref().and_then(late), Some(false));
    assert_eq!(late(&measures.handoffs[0].reply), Some(true), "a minute");
    let next: Vec<_> = measures.next_responses.iter().map(late).collect();
    assert_eq!(next[..2], [Some(false), None], "the second had no target");
    assert_eq!(
        measures.first_resolution.as_ref().and_then(late),
        Some(false)
    );
    assert_eq!(
        measures.total_resolution.as_ref().and_then(late),
        Some(true)
    );
    assert_eq!(measures.first_human_response.as_ref().and_then(late), None);
}
