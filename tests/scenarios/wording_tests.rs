//! An answer in several wordings: each customer keeps theirs, and it is counted what came of each.

use careline::domain::lang::Lang;
use careline::domain::time::Millis;
use serde_json::Value;

use super::choosing::{entry, knows};
use crate::support::program::careline_with;
use crate::support::shop::Shop;
use crate::support::telegram::people::Person;

const QUESTION: &str = "How long does a refund take?";
const FIVE_DAYS: &str = "Within five days.";
const A_WEEK: &str = "It takes about a week.";
/// Customers come until both wordings were seen; that many see the same one once in 2^39 times.
const CUSTOMERS_MAX: usize = 40;

async fn shop(compares: bool) -> Shop {
    let mut shop = Shop::new().await.with_telegram();
    let mut refund = entry("refund", QUESTION, &["refund time"], FIVE_DAYS);
    let text = refund.texts.get_mut(&Lang::En).expect("is English");
    text.other_answers = vec![A_WEEK.to_owned()];
    knows(&mut shop, vec![refund]).await;
    shop.config.knowledge.wording_tests = compares;
    shop.opens().await;
    shop
}

/// The wordings that somebody has read so far, in their order.
fn read_by(person: &Person) -> Vec<&'static str> {
    let messages = person.reads();
    let wording = |text: &str| {
        let wordings = [FIVE_DAYS, A_WEEK];
        wordings.into_iter().find(|wording| text.contains(wording))
    };
    let texts = messages.iter().map(|message| message.text());
    texts.filter_map(wording).collect()
}

/// Asks, and gives the wording that was answered.
async fn asks(shop: &Shop, person: &Person) -> &'static str {
    let before = read_by(person).len();
    person.alone().says(QUESTION);
    shop.quiet().await;
    let read = read_by(person);
    assert_eq!(read.len(), before + 1, "one answer: {read:?}");
    read[before]
}

async fn presses(shop: &Shop, person: &Person, label: &str) {
    let answer = person.waits_for("From our answers").await;
    let press = person.alone().presses(answer.id, label);
    person.alone().toast(&press).await;
    shop.quiet().await;
}

fn report(shop: &Shop, form: &str) -> String {
    let variables = [
        ("DATABASE_URL", shop.database.url.as_str()),
        ("CARELINE_KNOWLEDGE__WORDING_TESTS", "true"),
    ];
    let ran = careline_with(&["report", "knowledge", "--as", form], &variables);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    ran.stdout
}

#[tokio::test]
async fn each_customer_keeps_their_wording_and_what_came_of_it_is_counted() {
    let mut shop = shop(true).await;
    // One customer of each wording, and how many have seen each.
    let mut first: [Option<Person>; 2] = [None, None];
    let mut seen = [0_u64; 2];
    for number in 0..CUSTOMERS_MAX {
        let person = shop.telegram.person(&format!("Customer {number}"), "en");
        let place = usize::from(asks(&shop, &person).await == A_WEEK);
        seen[place] += 1;
        first[place].get_or_insert(person);
        if seen.iter().all(|seen| *seen > 0) {
            break;
        }
    }
    let [Some(ann), Some(bob)] = &first else {
        panic!("{CUSTOMERS_MAX} customers saw the same wording");
    };
    presses(&shop, ann, "That helped").await;
    presses(&shop, bob, "Talk to a person").await;

    // Ann comes back after a day, and after a restart once more.
    shop.passes(Millis::hours(25)).await;
    assert_eq!(asks(&shop, ann).await, FIVE_DAYS);
    shop.closes().await;
    shop.opens().await;
    // Silence ends the matter after a day, and the time to come back on it is another.
    for _ in 0..2 {
        shop.passes(Millis::hours(25)).await;
    }
    assert_eq!(asks(&shop, ann).await, FIVE_DAYS);
    shop.closes().await;

    let told: Value = serde_json::from_str(&report(&shop, "json")).expect("is JSON");
    let test = &told["wording_tests"]["tests"][0];
    assert_eq!(
        (&test["entry"], &test["lang"]),
        (&"refund".into(), &"en".into())
    );
    assert_eq!(told["wording_tests"]["on"], true);
    let counts = |place: usize| {
        let wording = &test["wordings"][place];
        ["customers", "helped", "did_not_help", "to_person"].map(|name| wording[name].as_u64())
    };
    assert_eq!(counts(0), [seen[0], 1, 0, 0].map(Some), "{test:#}");
    assert_eq!(counts(1), [seen[1], 0, 1, 1].map(Some), "{test:#}");
    assert_eq!(test["wordings"][0]["answer"], FIVE_DAYS);
    assert_eq!(test["better"], Value::Array(vec![]));
    let verdict = test["verdict"].as_str().expect("a sentence");
    assert!(
        verdict.starts_with("No difference yet: 2 customers have reacted"),
        "{verdict}"
    );
    let told = report(&shop, "table");
    for words in [
        "refund [en]",
        "A  Within five days.",
        "B  It takes about a week.",
        "1 reacted: 1 (100 %) helped, 0 not; 0 (0 %) went to a person",
        "No difference yet",
        "at most 5 ever tell one from another",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    shop.ends_well().await;
}

#[tokio::test]
async fn everybody_gets_the_answer_itself_unless_wordings_are_compared() {
    let shop = shop(false).await;
    for number in 0..8 {
        let person = shop.telegram.person(&format!("Customer {number}"), "en");
        assert_eq!(asks(&shop, &person).await, FIVE_DAYS);
    }
    let named = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE tested_entry IS NOT NULL AND at <> $1";
    assert_eq!(shop.count(named, -1).await, 0);
    assert!(!report(&shop, "table").contains("helps more"));
    shop.ends_well().await;
}
