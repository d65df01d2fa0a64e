//! Service levels by file: what is wrong is named, what is right is a version.

use crate::support::database::Database;
use crate::support::program::careline;

const PLAN: &str = r#"
[calendars.office]
zone = "Asia/Ho_Chi_Minh"
mon = ["09:00-17:00"]
holidays = ["tet.ics"]

[[policies]]
name = "office"
calendar = "office"
human_wait = "1h"
first_answer = "2m wall"
"#;
const HOLIDAYS: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Tết\nDTSTART;VALUE=DATE:20260217\nDTEND;VALUE=DATE:20260222\nEND:VEVENT\nEND:VCALENDAR\n";

#[tokio::test]
async fn a_plan_goes_in_by_file_and_comes_out_as_it_was() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let url = &database.url;
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let write = |name: &str, text: &str| std::fs::write(path(name), text).expect("is written");
        let usual = careline(url, &["sla", "show"]).stdout;
        assert!(
            usual.contains("human-wait 30 min, next-response 30 min"),
            "{usual}"
        );
        assert_eq!(
            careline(url, &["sla", "export"]).status,
            1,
            "there is none yet"
        );

        write("sla.toml", PLAN);
        let refused = careline(url, &["sla", "import", &path("sla.toml")]);
        assert_eq!(refused.status, 2);
        for told in [
            "line 5: calendars.office.holidays tet.ics is not there",
            "Nothing was imported.",
        ] {
            assert!(refused.stderr.contains(told), "{}", refused.stderr);
        }
        write("tet.ics", HOLIDAYS);
        let dry = careline(url, &["sla", "import", "--dry-run", &path("sla.toml")]);
        assert!(
            dry.stdout
                .contains("1 policies, 1 calendars: nothing is wrong"),
            "{}",
            dry.stdout
        );
        assert!(careline(url, &["sla", "history"]).stdout.is_empty());
        let imported = careline(url, &["sla", "import", &path("sla.toml")]);
        assert!(
            imported.stdout.contains("version 1 counts from now on"),
            "{}",
            imported.stderr
        );
        let again = careline(url, &["sla", "import", &path("sla.toml")]);
        assert!(
            again.stdout.contains("It is the plan already."),
            "{}",
            again.stdout
        );

        let shown = careline(url, &["sla", "show"]).stdout;
        for told in [
            "calendar office (Asia/Ho_Chi_Minh)",
            "mon 09:00-17:00",
            "tue–sun closed",
            "holidays: 1",
            "1. office: all",
            "first-answer 2 min, human-wait 1 h of office",
            "2. usual: all",
        ] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
        let json = careline(url, &["--format", "json", "sla", "show"]).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
        assert_eq!(json["version"], 1);
        assert_eq!(careline(url, &["sla", "export"]).stdout, PLAN);
        let out = tempfile::tempdir().expect("a folder");
        let to = out.path().display().to_string();
        assert_eq!(careline(url, &["sla", "export", "--out", &to]).status, 0);
        let file = std::fs::read_to_string(out.path().join("tet.ics")).expect("is there");
        assert_eq!(file, HOLIDAYS);
        assert_eq!(careline(url, &["sla", "show", "--version", "7"]).status, 2);
        assert!(careline(url, &["sla", "history"]).stdout.contains("import"));
        database.remove().await;
    }
}
