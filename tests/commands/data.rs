//! What the commands do with what is stored: the check, the report, the copy, one person's data.

use careline::domain::time::Millis;
use sqlx::{AssertSqlSafe, Connection};

use crate::scenarios::telegram_desk::Desk;
use crate::support::database::{Database, each_database};
use crate::support::program::{assert_verified, careline};
use crate::support::shop::Shop;

const NAME: &str = "Canaria";
const WORDS: &str = "my canary has flown";

/// A customer asks for a person after the bot answered, is claimed, waits 40 minutes, is answered.
pub async fn an_afternoon(database: Database) -> Shop {
    let desk = Desk::open_on(database).await;
    let ann = desk.shop.telegram.person(NAME, "en");
    ann.alone().says("I want to talk to a person");
    ann.waits_for("passing you on").await;
    ann.alone().says(WORDS);
    let (topic, _) = desk.topic().await;
    let card = desk.in_topic("Why a person").await;
    let ben = desk.ben.within(desk.forum, Some(topic));
    let press = ben.presses(card.id, "Claim");
    ben.toast(&press).await;
    let shown = desk.in_topic(WORDS).await;
    desk.shop.passes(Millis::minutes(40)).await;
    ben.replies(shown.id, "It is back.");
    ann.waits_for("It is back.").await;
    desk.shop.quiet().await;
    let mut shop = desk.shop;
    shop.closes().await;
    shop
}

async fn execute(database: &Database, sql: String) {
    let sql = AssertSqlSafe(sql);
    if database.is_sqlite() {
        let conn = sqlx::SqliteConnection::connect(&database.url).await;
        let mut conn = conn.expect("connects");
        sqlx::raw_sql(sql).execute(&mut conn).await.expect("runs");
    } else {
        let conn = sqlx::PgConnection::connect(&database.url).await;
        let mut conn = conn.expect("connects");
        sqlx::raw_sql(sql).execute(&mut conn).await.expect("runs");
    }
}

#[tokio::test]
async fn verify_names_what_differs_from_the_facts() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let shop = an_afternoon(database).await;
        assert_verified(&shop.database.url);
        let tampered =
            "UPDATE conversations SET phase = 'waiting', agent_id = NULL, waiting_since = 5";
        execute(&shop.database, tampered.to_owned()).await;
        let ran = careline(&shop.database.url, &["db", "verify"]);
        assert_eq!(ran.status, 1);
        for told in [
            "phase is waiting, and by the timeline with-agent",
            "agent_id is nothing, and by the timeline",
            "waiting_since is 5, and by the timeline nothing",
        ] {
            assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
        }
        assert!(
            ran.stderr.contains("3 stored values differ"),
            "{}",
            ran.stderr
        );
        shop.database.remove().await;
    }
}

#[tokio::test]
async fn verify_names_each_stored_figure_and_due_time_that_differs() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let shop = an_afternoon(database).await;
        let url = &shop.database.url;
        // A report brings the figures up to date.
        assert_eq!(careline(url, &["report", "sla"]).status, 0);
        let right = careline(url, &["db", "verify"]);
        let counted = "Figures of 1 conversations and 1 days held against the facts; 0 are not";
        assert!(right.stdout.contains(counted), "{}", right.stdout);
        for (tampered, told) in [
            (
                "UPDATE figures SET line = REPLACE(line, '\"human-wait\"', '\"next-response\"')",
                ".m is next-response, and by the timeline human-wait",
            ),
            (
                "UPDATE figures_cells SET n = n + 1 WHERE split = 'agent' AND part = 'human-wait'",
                "human-wait.wall.n is 2, and by the timeline 1",
            ),
            (
                "UPDATE figures_cells SET sketch = 'AB' WHERE split = 'all' AND part = 'human-wait'",
                "cells all \"\" human-wait.wall.sketch is AB, and by the timeline",
            ),
            (
                "UPDATE figures_cells SET counts = REPLACE(counts, '\"came_in\":1', '\"came_in\":7')",
                "conversations.counts.came_in is 7, and by the timeline 1",
            ),
            (
                "DELETE FROM figures_cells WHERE split = 'channel'",
                "cells channel \"telegram\" conversations is nothing, and by the timeline",
            ),
            (
                "DELETE FROM figures",
                "figures is nothing, and by the timeline",
            ),
        ] {
            execute(&shop.database, tampered.to_owned()).await;
            let ran = careline(url, &["db", "verify"]);
            assert_eq!(ran.status, 1, "{tampered}");
            assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
            // Computed anew from the facts, it is right again.
            let anew = "INSERT INTO figures_due (conversation_id, fact)
                    SELECT DISTINCT conversation_id, 'anew' FROM timeline;
                UPDATE figures SET rules = 'older';
                INSERT INTO figures_days_due (day, change) SELECT DISTINCT day, 'anew' FROM figures_cells
                    WHERE day NOT IN (SELECT day FROM figures_days_due)";
            execute(&shop.database, anew.to_owned()).await;
            assert_eq!(careline(url, &["report", "sla"]).status, 0);
            assert_verified(url);
        }
        shop.database.remove().await;
    }
}

#[tokio::test]
async fn verify_names_due_times_and_timers_that_differ() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let desk = Desk::open_on(database).await;
        let ann = desk.shop.telegram.person(NAME, "en");
        ann.alone().says("I want to talk to a person");
        ann.waits_for("passing you on").await;
        desk.shop.quiet().await;
        let mut shop = desk.shop;
        shop.closes().await;
        let url = &shop.database.url;
        assert_verified(url);
        for (tampered, told) in [
            (
                "UPDATE timers SET due_at = 5 WHERE kind = 'breach'",
                "timer breach is 5, and by the timeline",
            ),
            (
                "UPDATE conversations SET state = REPLACE(state, '\"due_at\":', '\"due_at\":9')",
                ": due is 9",
            ),
        ] {
            execute(&shop.database, tampered.to_owned()).await;
            let ran = careline(url, &["db", "verify"]);
            assert_eq!(ran.status, 1, "{tampered}");
            assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
        }
        shop.database.remove().await;
    }
}

#[tokio::test]
async fn the_report_tells_how_long_was_waited() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let shop = an_afternoon(database).await;
        let url = &shop.database.url;
        let ran = careline(url, &["report", "sla", "--by", "agent", "--format", "json"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("is JSON");
        let groups = report["groups"].as_array().expect("groups");
        let named = |name: &str| groups.iter().find(|group| group["group"] == name);
        let wait = |group: &serde_json::Value| {
            let clocks = group["clocks"].as_array().expect("clocks").clone();
            clocks
                .into_iter()
                .find(|clock| clock["clock"] == "human-wait")
                .expect("is there")
        };
        let all = wait(named("all").expect("is there"));
        assert_eq!(
            (&all["n"], &all["breached"]),
            (&1.into(), &1.into()),
            "{all}"
        );
        let median = all["median_ms"].as_i64().expect("a number");
        assert!((40 * 60_000..45 * 60_000).contains(&median), "{median}");
        assert_eq!(wait(named("Ben").expect("is there"))["n"], 1);

        let table = careline(url, &["report", "sla"]).stdout;
        assert!(
            table.contains("human-wait") && table.contains("1 handed to a person"),
            "{table}"
        );
        let csv = careline(url, &["report", "sla", "--as", "csv", "--by", "channel"]).stdout;
        assert!(
            csv.lines()
                .any(|line| line.starts_with("telegram,human-wait,1,")),
            "{csv}"
        );
        let none = careline(
            url,
            &["report", "sla", "--to", "2001-01-01", "--format", "json"],
        );
        let none: serde_json::Value = serde_json::from_str(&none.stdout).expect("is JSON");
        assert_eq!(none["groups"][0]["came_in"], 0);

        let picture = careline(url, &["report", "sla", "--as", "svg", "--lang", "vi"]).stdout;
        assert!(
            picture.starts_with("<svg ") && picture.contains("Chờ nhân viên"),
            "{picture}"
        );
        let week = [
            "report",
            "sla",
            "--by",
            "hour-of-week",
            "--as",
            "svg",
            "--lang",
            "zh",
        ];
        let week = careline(url, &week).stdout;
        assert!(
            week.contains("星期一") && week.contains("#8c1e28"),
            "{week}"
        );
        let staffing = careline(url, &["report", "staffing"]).stdout;
        for told in ["1 requests for a person", "Erlang C", "Assumed:"] {
            assert!(staffing.contains(told), "{told}: {staffing}");
        }
        let rows = careline(url, &["report", "staffing", "--as", "csv"]).stdout;
        assert_eq!(rows.lines().count(), 1 + 7 * 24);
        let wrong = careline(url, &["report", "staffing", "--zone", "Hanoi"]);
        assert_eq!(wrong.status, 2);
        assert!(wrong.stderr.contains("--zone Hanoi"), "{}", wrong.stderr);

        let facts = careline(url, &["timeline", "export"]).stdout;
        assert!(facts.lines().count() > 5);
        for line in facts.lines() {
            let fact: careline::domain::timeline::Fact =
                serde_json::from_str(line).expect("each line is a fact");
            assert!(!fact.conversation.0.is_empty());
        }
        assert!(!facts.contains("canary"), "facts hold no words");
        shop.database.remove().await;
    }
}

#[tokio::test]
async fn one_persons_data_comes_out_and_goes_away() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let shop = an_afternoon(database).await;
        let url = &shop.database.url;
        let ann = shop.telegram.with(|state| {
            let mut users = state.users.values();
            let ann = users.find(|user| user.first_name == NAME);
            format!("telegram:{}", ann.expect("is there").id)
        });
        let out = careline(url, &["customer", "export", &ann]);
        assert_eq!(out.status, 0, "{}", out.stderr);
        assert!(
            out.stdout.contains(NAME) && out.stdout.contains(WORDS),
            "{}",
            out.stdout
        );
        let look = careline(url, &["customer", "erase", &ann]);
        assert!(look.stdout.contains("would be deleted"), "{}", look.stdout);
        assert!(
            everything_stored(&shop.database).await.contains(WORDS),
            "not yet"
        );
        let gone = careline(url, &["customer", "erase", &ann, "--yes"]);
        assert_eq!(gone.status, 0, "{}", gone.stderr);
        assert!(
            gone.stdout.contains("Delete these rooms"),
            "{}",
            gone.stdout
        );
        let left = everything_stored(&shop.database).await;
        let account = ann.trim_start_matches("telegram:");
        for trace in [NAME, WORDS, account] {
            let at = left.find(trace);
            let around = at.map(|at| &left[at.saturating_sub(200)..left.len().min(at + 80)]);
            assert_eq!(around, None, "{trace} is left");
        }
        assert_verified(url);
        let again = careline(url, &["customer", "export", &ann]);
        assert_eq!(again.status, 1, "{}", again.stdout);
        shop.database.remove().await;
    }
}

/// All that the database holds, as text.
async fn everything_stored(database: &Database) -> String {
    if database.is_sqlite() {
        // A copy has only what is stored now, without the pages that were given back.
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.db");
        let ran = careline(&database.url, &["db", "backup", &copy.to_string_lossy()]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let bytes = std::fs::read(copy).expect("is there");
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    let mut conn = sqlx::PgConnection::connect(&database.url)
        .await
        .expect("connects");
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut conn)
        .await
        .expect("lists");
    let mut text = String::new();
    for table in tables {
        let sql = AssertSqlSafe(format!(
            "SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t"
        ));
        let rows: Vec<String> = sqlx::query_scalar(sql)
            .fetch_all(&mut conn)
            .await
            .expect("reads");
        text.push_str(&rows.join("\n"));
    }
    text
}

#[tokio::test]
async fn a_backup_is_a_database_of_its_own_and_overwrites_nothing() {
    each_database(async |database: &Database| {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.db");
        let copy = copy.to_string_lossy();
        let ran = careline(&database.url, &["db", "backup", &copy]);
        if !database.is_sqlite() {
            assert_eq!(ran.status, 2);
            assert!(ran.stderr.contains("pg_dump"), "{}", ran.stderr);
            return;
        }
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert_verified(&format!("sqlite:{copy}"));
        let again = careline(&database.url, &["db", "backup", &copy]);
        assert_eq!(again.status, 2);
        assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    })
    .await;
}
