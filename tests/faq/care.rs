//! Looking after the base: `faq check`, its dry run, what costs move, and large files.

use std::fmt::Write as _;
use std::process::Command;

use super::{Shop, sample, text};

const CROSSED: &str = "
- key: refund-when
  en: {question: when does the refund arrive, phrasings: [refund arrival date, how long is a refund, refund takes long], answer: Soon.}
- key: refund-wait
  en: {question: when will the refund arrive, phrasings: [refund arrival day, how long for a refund, refund takes so long], answer: Soon.}
- key: size-chart
  en: {question: which shoe size fits, phrasings: [size chart for shoes, what size am i, shoes too small], answer: Below the pictures.}
  vi: {question: Chọn cỡ nào?, phrasings: [bảng size, cỡ giày], answer: Dưới ảnh.}
";

#[test]
fn check_names_pairs_that_cross_and_what_to_do() {
    let shop = Shop::new();
    let base = shop.file("base.yaml", CROSSED);
    shop.done(&["faq", "import", text(&base)]);
    let checked = shop.json(&["faq", "check"]);
    let findings = checked["findings"].as_array().unwrap();
    let of = |kind: &str| {
        findings
            .iter()
            .find(|finding| finding["kind"] == kind)
            .cloned()
    };
    let confused = of("confused").unwrap_or_else(|| panic!("{checked:#}"));
    assert_eq!(
        confused["keys"],
        serde_json::json!(["refund-wait", "refund-when"])
    );
    let what = confused["what"].as_str().unwrap();
    assert!(
        what.contains("refund") && what.contains("make them one entry"),
        "{what}"
    );
    assert!(of("missing-languages").is_some(), "{checked:#}");
    assert!(
        of("stale").is_none() && of("left-behind").is_none(),
        "{checked:#}"
    );
}

#[test]
fn an_answer_over_the_limits_is_told_and_shown_in_pieces() {
    let shop = Shop::new();
    let answer = "One sentence of the answer. ".repeat(200);
    let line = format!(
        "{{\"key\":\"long\",\"lang\":\"en\",\"question\":\"q\",\"answer\":\"{answer}\"}}\n"
    );
    let base = shop.file("base.jsonl", line);
    shop.done(&["faq", "import", text(&base)]);
    let checked = shop.done(&["faq", "check"]);
    assert!(
        checked.contains("3 messages on Discord and 2 messages on Telegram"),
        "{checked}"
    );
    let shown = shop.done(&["faq", "show", "long"]);
    assert!(
        shown.contains("on Discord 3 messages:") && shown.contains("1. One sentence of"),
        "{shown}"
    );
}

#[test]
fn a_dry_run_without_questions_changes_nothing_and_says_so() {
    let shop = Shop::new();
    shop.done(&["faq", "import", &sample("sample.yaml")]);
    let edited = shop.file("edited.yaml", CROSSED);
    let before = shop.done(&["faq", "export"]);
    let said = shop.json(&["faq", "check", "--edited", text(&edited), "--prune"]);
    assert_eq!(said["questions"], 0);
    assert!(said["changed_entries"].as_u64().unwrap() > 40, "{said}");
    assert_eq!(shop.done(&["faq", "export"]), before);
    shop.refused(&["faq", "check", "--prune"], 2);
}

#[test]
fn costs_are_settings_that_move_the_decision() {
    let shop = Shop::new();
    shop.done(&["faq", "import", &sample("sample.yaml")]);
    let question = ["faq", "match", "money back slow"];
    let usual = shop.json(&question);
    let reason = usual["reason"].as_str().unwrap();
    let first = usual["candidates"][0]["because"].as_str().unwrap();
    assert!(
        reason.contains(first) && first.contains("second was "),
        "{reason}"
    );
    // Where a wrong answer costs next to nothing, anything is answered; where a handoff costs
    // nothing and an answer everything, nothing is.
    let settings = |wrong: u32, handoff: u32| {
        let settings = format!(
            "[knowledge]\ncost_wrong_answer = {wrong}\ncost_needless_handoff = {handoff}\ncost_question = 3\n"
        );
        shop.file("costs.toml", settings);
        let with_costs = [&question[..], &["--config", "costs.toml"]].concat();
        shop.json(&with_costs)["decision"].clone()
    };
    assert_eq!(settings(1_000, 1), "handoff");
    shop.file("costs.toml", "[knowledge]\ncost_question = 0\n");
    shop.refused(&["faq", "list", "--config", "costs.toml"], 2);
}

/// Most memory that the data of the program may take, in KiB.
const DATA_KIB_MAX: usize = 600 * 1024;

#[test]
fn a_hundred_thousand_entries_are_read_in_bounded_memory_and_it_tells_how_far_it_is() {
    let shop = Shop::new();
    let mut lines = String::new();
    for number in 0..100_000 {
        writeln!(
            lines,
            r#"{{"key":"k{number}","lang":"en","question":"what about thing {number}","phrasings":["thing {number} please"],"answer":"It is {number}."}}"#
        )
        .unwrap();
    }
    let base = shop.file("base.jsonl", lines);
    let import = |kib: usize| {
        Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -d {kib} && exec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_careline"))
            .args(["faq", "import", text(&base), "--dry-run"])
            .current_dir(shop.folder.path())
            .env("DATABASE_URL", "sqlite:careline.db")
            .output()
            .unwrap()
    };
    let output = import(DATA_KIB_MAX);
    let said = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("100000 new"), "{said} {told}");
    assert!(told.contains("% read"), "{told}");
    // The limit is one that counts: with a tenth of it there is no room.
    assert!(!import(DATA_KIB_MAX / 10).status.success());
}
