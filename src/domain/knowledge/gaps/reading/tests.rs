//! Conversations as their facts, and the gaps that are read from them.

use super::*;
use crate::domain::place::ChannelKind;

/// A conversation being told: what was said, and what was written down about it.
#[derive(Default)]
struct Told {
    facts: Vec<Fact>,
    words: Words,
}

impl Told {
    fn fact(mut self, kind: FactKind) -> Told {
        let at = Timestamp(1_000 * i64::try_from(self.facts.len()).expect("few"));
        self.facts.push(Fact {
            conversation: "c1".into(),
            customer: "u1".into(),
            channel: ChannelKind::Telegram,
            at,
            recorded_at: at,
            staff: None,
            kind,
        });
        self
    }

    fn says(mut self, id: &str, words: &str) -> Told {
        self.words.insert(id.into(), words.to_owned());
        self.fact(FactKind::CustomerWrote {
            message: id.into(),
            seen_late: false,
        })
    }

    fn decides(self, decision: &str, entry: Option<&str>) -> Told {
        self.fact(FactKind::Decided {
            decision: decision.to_owned(),
            entry: entry.map(EntryKey::from),
            confidence_permille: None,
        })
    }

    fn calls(self, reason: HandoffReason) -> Told {
        self.fact(FactKind::HandoffAsked {
            handoff: "h1".into(),
            reason: reason.name().to_owned(),
        })
    }

    fn replies(mut self, id: &str, words: &str) -> Told {
        self.words.insert(id.into(), words.to_owned());
        self.fact(FactKind::AgentReplied {
            outbox: "o1".into(),
            message: id.into(),
        })
    }

    fn resolved(self, by_bot: bool) -> Told {
        self.fact(FactKind::Resolved {
            by_bot,
            confirmed: false,
        })
    }

    fn reads(&self) -> Vec<Gap> {
        gaps(&self.facts, &self.words)
    }

    /// The kinds with the words, and the entry where there is one.
    fn shows(&self, expected: &[&str]) {
        let shown: Vec<String> = self
            .reads()
            .iter()
            .map(|gap| {
                let entry = gap.entry.as_ref().map(|entry| format!(" ({entry})"));
                let words = gap.words.replace('\n', " / ");
                format!("{}: {words}{}", gap.kind.name(), entry.unwrap_or_default())
            })
            .collect();
        assert_eq!(shown, expected);
    }
}

#[test]
fn what_no_entry_answers_is_a_gap_with_the_answer_that_worked() {
    let told = Told::default()
        .says("m1", "hello")
        .says("m2", "do you ship to Laos")
        .says("m3", "by truck?")
        .decides("handoff", None)
        .calls(HandoffReason::Unsure)
        .says("m4", "anybody there?")
        .replies("r1", "Yes, twice a week.")
        .resolved(false)
        .fact(FactKind::CustomerThanked {
            message: "m5".into(),
        });
    told.shows(&["no-answer: do you ship to Laos / by truck?"]);
    let gap = &told.reads()[0];
    assert_eq!(gap.lines, vec!["m2".into(), "m3".into()]);
    assert_eq!(gap.replies, vec!["r1".into()]);
    assert_eq!(gap.evidence, Evidence::Thanked);
    let back = told.fact(FactKind::Reopened);
    assert_eq!(
        back.reads()[0].evidence,
        Evidence::None,
        "it was not enough"
    );
}

#[test]
fn an_answer_that_did_not_help_is_a_gap_of_its_question() {
    let answered = Told::default()
        .says("m1", "where is it")
        .decides("answer", Some("track"));
    answered.shows(&[]);
    answered
        .fact(FactKind::Helped { yes: false })
        .calls(HandoffReason::DidNotHelp)
        .shows(&["did-not-help: where is it (track)"]);
}

#[test]
fn asking_for_a_person_after_an_answer_is_a_gap_of_that_answer() {
    let answered = || {
        Told::default()
            .says("m1", "where is it")
            .decides("answer", Some("track"))
    };
    answered()
        .calls(HandoffReason::Asked)
        .shows(&["handoff: where is it (track)"]);
    answered()
        .says("m2", "I want to talk to a human")
        .calls(HandoffReason::Asked)
        .shows(&["handoff: where is it (track)"]);
    // The way to the customer failed: the base is not to blame.
    answered().calls(HandoffReason::AnswerFailed).shows(&[]);
}

#[test]
fn whoever_asks_for_a_person_first_says_then_what_it_is_about() {
    Told::default()
        .says("m1", "human please")
        .calls(HandoffReason::Asked)
        .says("m2", "hello")
        .says("m3", "my parcel is wet")
        .says("m4", "really wet")
        .replies("r1", "Sorry!")
        .says("m5", "and torn")
        .shows(&["handoff: my parcel is wet"]);
    Told::default()
        .says("m1", "how much is shipping")
        .calls(HandoffReason::PrefersPerson)
        .shows(&["handoff: how much is shipping"]);
}

#[test]
fn choices_that_nobody_takes_are_a_gap_once_that_is_known() {
    let offered = || {
        Told::default()
            .says("m1", "money")
            .decides("clarify", Some("refund"))
    };
    offered().shows(&[]);
    let over = ["no-choice: money (refund)"];
    offered().calls(HandoffReason::NoneOfThese).shows(&over);
    offered().resolved(true).shows(&over);
    offered()
        .says("m2", "never mind, is it open on Sunday")
        .decides("answer", Some("hours"))
        .shows(&over);
}

#[test]
fn a_choice_tells_how_else_its_entry_is_asked_for() {
    let chosen = || {
        Told::default()
            .says("m1", "money")
            .decides("clarify", Some("refund"))
            .decides("chosen", Some("payment"))
    };
    chosen().shows(&["chosen: money (payment)"]);
    chosen()
        .fact(FactKind::Helped { yes: true })
        .shows(&["chosen: money (payment)"]);
    chosen()
        .fact(FactKind::Helped { yes: false })
        .shows(&["did-not-help: money (payment)"]);
    // Late is not never: silence had counted as over.
    Told::default()
        .says("m1", "money")
        .decides("clarify", Some("refund"))
        .resolved(true)
        .fact(FactKind::Reopened)
        .decides("chosen", Some("payment"))
        .shows(&["chosen: money (payment)"]);
    // Pressing what else is asked often says nothing about any words.
    Told::default()
        .says("m1", "money")
        .decides("answer", Some("refund"))
        .decides("related", Some("payment"))
        .fact(FactKind::Helped { yes: false })
        .shows(&[]);
}

#[test]
fn erased_words_are_no_question() {
    let mut told = Told::default()
        .says("m1", "do you ship to Laos")
        .decides("handoff", None)
        .calls(HandoffReason::Unsure);
    told.words.clear();
    told.shows(&[]);
}
