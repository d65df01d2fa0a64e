//! From a question that nobody could answer to an entry that does, on the command line.

use serde_json::Value;

use crate::scenarios::telegram_desk::Desk;
use crate::support::database::Database;
use crate::support::program::careline;
use crate::support::shop::Shop;

const QUESTION: &str = "do you tune harmonicas in Laos";
const ANSWER: &str = "Yes, to Laos twice a week.";

/// Two customers ask what no entry answers; a person answers one of them and resolves it.
async fn a_week(database: Database) -> Shop {
    let desk = Desk::open_on(database).await;
    let ann = desk.shop.telegram.person("Canaria", "en");
    ann.alone().says(&format!("Canaria here. {QUESTION}?"));
    desk.shop.settles().await;
    ann.waits_for("passing you on").await;
    let (topic, _) = desk.topic().await;
    let card = desk.in_topic("Why a person").await;
    let ben = desk.ben.within(desk.forum, Some(topic));
    let press = ben.presses(card.id, "Claim");
    ben.toast(&press).await;
    desk.shop.quiet().await;
    ben.says(&format!("/r {ANSWER}"));
    ann.waits_for(ANSWER).await;
    let card = desk.in_topic("Ben has it").await;
    let press = ben.presses(card.id, "Resolve");
    ben.toast(&press).await;
    desk.shop.quiet().await;
    let bob = desk.shop.telegram.person("Bob", "en");
    bob.alone().says("tuning harmonicas in laos");
    desk.shop.settles().await;
    bob.waits_for("passing you on").await;
    desk.shop.quiet().await;
    let mut shop = desk.shop;
    shop.closes().await;
    shop
}

fn report(url: &str, more: &[&str]) -> Value {
    let arguments = [&["report", "knowledge", "--as", "json"], more].concat();
    let ran = careline(url, &arguments);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).expect("is JSON")
}

fn done(url: &str, arguments: &[&str]) -> String {
    let ran = careline(url, arguments);
    assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.stderr);
    ran.stdout
}

#[tokio::test]
async fn a_question_without_an_answer_becomes_an_entry_that_answers_the_next_one() {
    {
        let mut shop = a_week(Database::sqlite().await).await;
        let url = &shop.database.url.clone();
        let told = report(url, &[]);
        let groups = told["groups"].as_array().expect("groups");
        assert_eq!(groups.len(), 1, "{told:#}");
        assert_eq!(groups[0]["gaps"], 2, "{told:#}");
        assert_eq!(groups[0]["kinds"]["no-answer"], 2, "{told:#}");
        assert_eq!(groups[0]["answer"], ANSWER);
        assert!(!told.to_string().contains("Canaria"), "{told:#}");
        let group = groups[0]["group"].as_str().expect("a name");

        let text = done(url, &["report", "knowledge"]);
        assert!(
            text.contains("2 without an answer") && text.contains(ANSWER),
            "{text}"
        );
        let rows = done(url, &["report", "knowledge", "--as", "csv"]);
        assert!(
            rows.lines()
                .nth(1)
                .expect("a row")
                .starts_with(&format!("{group},en,2,2,0,"))
        );
        let none = report(url, &["--to", "2001-01-01"]);
        assert_eq!(none["groups"], serde_json::json!([]));
        let picture = careline(url, &["report", "knowledge", "--as", "svg"]);
        assert_eq!(picture.status, 2);

        let ignore = ["faq", "gaps", "ignore", group];
        done(url, &ignore);
        assert_eq!(report(url, &[])["groups"], serde_json::json!([]));
        assert_eq!(report(url, &["--ignored"])["groups"][0]["ignored"], true);
        done(url, &["faq", "gaps", "reopen", group]);

        let begin = [
            "faq",
            "gaps",
            "entry",
            group,
            "--key",
            "laos",
            "--question",
            QUESTION,
        ];
        let begun = done(url, &begin);
        assert!(begun.contains("careline faq publish laos"), "{begun}");
        assert!(
            !done(url, &["faq", "list"]).contains("laos"),
            "a draft is no entry"
        );
        let drafts = done(url, &["faq", "drafts"]);
        assert!(
            drafts.contains("laos") && drafts.contains("1 drafts"),
            "{drafts}"
        );
        done(url, &["faq", "publish", "laos"]);
        assert!(done(url, &["faq", "show", "laos"]).contains(ANSWER));
        assert!(done(url, &["faq", "drafts"]).contains("0 drafts"));
        assert_eq!(
            report(url, &[])["groups"],
            serde_json::json!([]),
            "it is answered"
        );

        let more = ["faq", "gaps", "phrasing", group, "--key", "laos"];
        let added = done(url, &[&more[..], &["--text", "ferry to laos"]].concat());
        assert!(added.contains("1 phrasings"), "{added}");
        let again = careline(url, &[&more[..], &["--text", "Ferry to Laos"]].concat());
        assert_eq!(again.status, 1, "{}", again.stdout);
        let unknown = careline(url, &["faq", "gaps", "ignore", "nothing"]);
        assert_eq!(unknown.status, 1);
        assert!(
            unknown.stderr.contains("careline report knowledge"),
            "{}",
            unknown.stderr
        );

        shop.opens().await;
        let dora = shop.telegram.person("Dora", "en");
        dora.alone().says(QUESTION);
        dora.waits_for(ANSWER).await;
        shop.ends_well().await;
    }
}

#[tokio::test]
async fn whoever_is_erased_is_in_no_example_any_more() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let shop = a_week(database).await;
        let url = &shop.database.url;
        assert!(
            report(url, &[])
                .to_string()
                .contains("do you tune harmonicas")
        );
        let ann = shop.telegram.with(|state| {
            let mut users = state.users.values();
            let ann = users.find(|user| user.first_name == "Canaria");
            format!("telegram:{}", ann.expect("is there").id)
        });
        done(url, &["customer", "erase", &ann, "--yes"]);
        let told = report(url, &[]);
        assert!(
            !told.to_string().contains("do you tune harmonicas"),
            "{told:#}"
        );
        assert_eq!(told["groups"][0]["gaps"], 1, "{told:#}");
        assert_eq!(told["groups"][0]["answer"], Value::Null);
        shop.database.remove().await;
    }
}
