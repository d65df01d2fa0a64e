//! A broadcast and a rush of questions, and people who are answered all the same.

use std::collections::BTreeMap;

use careline::domain::engine::effect::Purpose;
use careline::domain::time::Millis;

use super::rig::{PER_SECOND, Rig, START, Wanted, percentile};

const BROADCAST: usize = 10_000;
const ANSWERS: usize = 500;
/// How long it is looked at; the answers are out after half of it.
const SECONDS: i64 = 40;
/// How often the delivery is asked.
const STEP: Millis = Millis(20);

fn wanted(kind: &str, number: usize, purpose: Purpose) -> Wanted {
    Wanted {
        id: format!("{kind}-{number:05}"),
        chat: format!("{kind}-{number}"),
        purpose,
    }
}

fn answer() -> Purpose {
    Purpose::Answer {
        entry: "shipping".into(),
        wording: None,
    }
}

#[tokio::test]
async fn people_are_answered_at_once_in_a_surge() {
    let rig = Rig::new().await;
    let broadcast = (0..BROADCAST).map(|number| wanted("broadcast", number, Purpose::Broadcast));
    rig.wants(broadcast.collect()).await;
    let answers = (0..ANSWERS).map(|number| wanted("answer", number, answer()));
    rig.wants(answers.collect()).await;
    let mut said_at = BTreeMap::new();
    let mut number = 0;
    while rig.since_start() < Millis::seconds(SECONDS) {
        // One reply of a person and one acknowledgement a second, at no round time.
        if rig.since_start().0 >= i64::try_from(number).expect("is small") * 1_020 {
            let reply = wanted("reply", number, Purpose::AgentReply);
            let word = wanted("word", number, Purpose::Acknowledgement);
            for row in [&reply, &word] {
                said_at.insert(row.id.clone(), START + rig.since_start());
            }
            rig.wants(vec![reply, word]).await;
            number += 1;
        }
        rig.goes_on(STEP).await;
    }
    let sent = rig.platform.requests();
    assert!(sent.iter().all(|request| request.was_taken), "no 429");
    let waits = |kind: &str| -> Vec<i64> {
        let of_kind = sent.iter().filter(|request| request.id.starts_with(kind));
        of_kind
            .map(|request| (request.at - said_at[&request.id]).0)
            .collect()
    };
    let (replies, words) = (waits("reply"), waits("word"));
    assert!(replies.len() + 1 >= number && words.len() + 1 >= number);
    let (reply_p99, word_p99) = (percentile(&replies, 99), percentile(&words, 99));
    let last_answer = sent
        .iter()
        .rposition(|request| request.id.starts_with("answer"));
    let rush = &sent[..=last_answer.expect("answers were sent")];
    let answers = rush
        .iter()
        .filter(|request| request.id.starts_with("answer"));
    assert_eq!(answers.count(), ANSWERS, "all of them");
    let broadcast = rush
        .iter()
        .filter(|request| request.id.starts_with("broadcast"));
    let broadcast = broadcast.count();
    let possible = usize::try_from(i64::from(PER_SECOND) * SECONDS).expect("is small");
    println!(
        "surge: {BROADCAST} broadcast rows, {ANSWERS} answers, a reply and an acknowledgement a second, {PER_SECOND}/s, {SECONDS} s"
    );
    println!("  human reply p99           {reply_p99} ms (target 1000)");
    println!("  first acknowledgement p99 {word_p99} ms (target 3000)");
    println!(
        "  broadcast in the rush     {broadcast} of {} (target 5 %)",
        rush.len()
    );
    println!(
        "  use of the budget         {} of {possible} (target 95 %)",
        sent.len()
    );
    assert!(reply_p99 <= 1_000, "{reply_p99} ms");
    assert!(word_p99 <= 3_000, "{word_p99} ms");
    assert!(
        broadcast * 100 >= rush.len() * 5,
        "{broadcast} of {}",
        rush.len()
    );
    assert!(
        sent.len() * 100 >= possible * 95,
        "{} of {possible}",
        sent.len()
    );
    rig.ends().await;
}
