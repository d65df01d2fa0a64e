//! What the desk does not want to hear, or need not.

use super::*;

#[test]
fn quiet_that_is_asked_for_twice_is_asked_for_once() {
    let mut scene = Scene::waits(plans());
    scene.due(TimerKind::Warn, 23);
    scene.happens(&by_ben(StaffAct::Snooze), Millis::minutes(24));
    let again = Millis::minutes(24) + Millis::seconds(1);
    scene.happens(&by_ben(StaffAct::Snooze), again);
    assert_eq!(scene.starts_at(TimerKind::QuietOver), None);
    let snoozed = scene.facts.iter().filter(|fact| **fact == "snoozed");
    assert_eq!(snoozed.count(), 1);
}

#[test]
fn who_has_just_written_is_not_reminded_until_it_is_clear_that_nothing_came() {
    let mut scene = Scene::waits(plans());
    scene.happens(&by_ben(reply()), Millis::minutes(29));
    scene.due(TimerKind::Breach, 30);
    assert!(scene.called().is_empty() && scene.told().is_empty());
    assert!(scene.facts.contains(&"breached"), "the clock runs on");
    let again = Some(Millis::minutes(31));
    assert_eq!(scene.starts_at(TimerKind::QuietOver), again);
    assert_eq!(scene.starts_at(TimerKind::TellCustomer), again);
    scene.due(TimerKind::QuietOver, 31);
    assert_eq!(scene.called(), [("desk-breach", vec!["Ben", "Mai"])]);
    assert_eq!(scene.told().len(), 1);
}

#[test]
fn a_snooze_keeps_words_back_and_no_facts() {
    let mut scene = Scene::waits(plans());
    scene.due(TimerKind::Warn, 23);
    scene.happens(&by_ben(StaffAct::Snooze), Millis::minutes(24));
    let over = Some(Millis::minutes(39));
    assert_eq!(scene.starts_at(TimerKind::QuietOver), over);
    scene.due(TimerKind::Breach, 30);
    assert!(scene.called().is_empty());
    assert_eq!(scene.told().len(), 1, "the customer is told all the same");
    assert!(scene.facts.contains(&"breached") && !scene.facts.contains(&"leads-called"));
    scene.due(TimerKind::QuietOver, 39);
    assert_eq!(scene.called(), [("desk-breach", vec!["Mai"])]);
    scene.happens(&by_ben(StaffAct::Snooze), Millis::minutes(40));
    scene.due(TimerKind::QuietOver, 55);
    let nobody: Vec<&str> = Vec::new();
    assert_eq!(
        scene.called(),
        [("desk-breach", nobody)],
        "reminded, the lead not twice"
    );
}

#[test]
fn the_customer_s_word_ends_a_snooze_with_what_was_kept_back() {
    let mut scene = Scene::waits(plans());
    scene.due(TimerKind::Warn, 23);
    scene.happens(&by_ben(StaffAct::Snooze), Millis::minutes(24));
    let at = Millis::minutes(25);
    scene.happens(&wrote_at(at, "hello?"), at);
    assert_eq!(
        scene.starts_at(TimerKind::QuietOver),
        None,
        "nothing was kept back"
    );
    scene.happens(&by_ben(StaffAct::Snooze), Millis::minutes(26));
    scene.due(TimerKind::Breach, 30);
    let at = Millis::minutes(31);
    scene.happens(&wrote_at(at, "hello??"), at);
    assert_eq!(scene.starts_at(TimerKind::QuietOver), Some(at));
    scene.due(TimerKind::QuietOver, 31);
    assert_eq!(scene.called(), [("desk-breach", vec!["Mai"])]);
}
