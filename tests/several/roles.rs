//! Roles apart, two of each: whichever process is lost, another goes on; nothing is lost, nothing
//! is said twice, and what a customer writes keeps its order.

use super::team::{TAKEN_OVER_WITHIN, Team, until};

const ROLES: [&str; 4] = ["ingest", "intake", "delivery", "console"];

/// Two processes of each role, at work.
async fn two_of_each() -> Team {
    let mut team = Team::new().await;
    for role in ROLES {
        team.joins(role);
        team.joins(role);
    }
    team.serves().await;
    team
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_process_is_killed_another_goes_on() {
    let mut team = two_of_each().await;
    for role in ROLES {
        let lease = match role {
            "ingest" => Some("listening:telegram"),
            "delivery" => Some("delivery:telegram"),
            _ => None,
        };
        let victim = match lease {
            Some(lease) => team.holder(lease).await,
            None => team
                .members
                .iter()
                .position(|one| one.role == role)
                .expect("one is there"),
        };
        team.asked_by(20);
        let mut lost = team.members.swap_remove(victim);
        let pid = lost.pid();
        lost.process.kill().await.expect("it is killed");
        team.asked_by(10);
        if let Some(lease) = lease {
            let taken_over = team.taken_over(lease, pid).await;
            println!("{role} killed: taken over after {taken_over:.2?}");
            assert!(taken_over < TAKEN_OVER_WITHIN, "{role}: {taken_over:?}");
        }
        let answered = team.serves().await;
        println!("{role} killed: whoever asks now is answered after {answered:.2?}");
        team.joins(role);
    }
    team.settles().await;
    team.holds_its_promises().await;
    team.disbands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_sleeps_longer_than_its_lease_says_nothing_twice() {
    let mut team = two_of_each().await;
    for lease in ["delivery:telegram", "listening:telegram"] {
        team.asked_by(20);
        let sleeper = team.holder(lease).await;
        let pid = team.members[sleeper].pid();
        team.members[sleeper].signal("STOP").await;
        team.asked_by(10);
        let taken_over = team.taken_over(lease, pid).await;
        println!("{lease} asleep: taken over after {taken_over:.2?}");
        assert!(taken_over < TAKEN_OVER_WITHIN, "{lease}: {taken_over:?}");
        team.serves().await;
        team.members[sleeper].signal("CONT").await;
        team.serves().await;
    }
    team.settles().await;
    team.holds_its_promises().await;
    for member in &mut team.members {
        let ended = member.process.try_wait().expect("it can be looked at");
        assert_eq!(ended, None, "{} went on", member.role);
    }
    team.disbands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_customer_writes_keeps_its_order_whoever_decides() {
    const LINES: usize = 12;
    let team = two_of_each().await;
    let people: Vec<_> = (0..8)
        .map(|number| team.telegram.person(&format!("Talker {number}"), "en"))
        .collect();
    for line in 0..LINES {
        for person in &people {
            person.alone().says(&format!("line {line:02}"));
        }
    }
    let said = people.len() * LINES;
    until("all lines", async || {
        let kept = "SELECT COUNT(*) FROM messages WHERE words LIKE 'line %'";
        (team.count(kept).await == said).then_some(())
    })
    .await;
    let out_of_order = "
        SELECT COUNT(*) FROM messages a JOIN messages b ON a.conversation_id = b.conversation_id
        WHERE a.words LIKE 'line %' AND b.words LIKE 'line %' AND a.words < b.words
            AND a.position >= b.position";
    assert_eq!(team.count(out_of_order).await, 0);
    let decided_out_of_order = "
        SELECT COUNT(*) FROM inbox a JOIN inbox b ON a.lane = b.lane AND a.position < b.position
        WHERE a.origin = 'telegram' AND b.origin = 'telegram' AND a.done_at > b.done_at";
    assert_eq!(team.count(decided_out_of_order).await, 0);
    let open = "SELECT COUNT(*) FROM conversations";
    assert_eq!(
        team.count(open).await,
        people.len() + team.customers.len(),
        "one each"
    );
    team.disbands().await;
}
