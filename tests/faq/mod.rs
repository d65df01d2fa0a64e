//! `careline faq`, the real program on a database file of its own.

mod care;
mod other_answers;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder with a database that only this test uses.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Shop {
        Shop {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn careline(&self, arguments: &[&str]) -> Output {
        let database = self.folder.path().join("careline.db");
        Command::new(env!("CARGO_BIN_EXE_careline"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("DATABASE_URL", format!("sqlite:{}", database.display()))
            .output()
            .unwrap()
    }

    /// What a command that works prints.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.careline(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--format", "json"]].concat();
        serde_json::from_str(&self.done(&arguments)).unwrap()
    }

    /// What a command that does not work says.
    fn refused(&self, arguments: &[&str], status: i32) -> String {
        let output = self.careline(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn sample(name: &str) -> String {
    format!("{}/knowledge/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

const TWO: &str = "
- key: refund-time
  tags: [refund]
  en: {question: How long does a refund take?, phrasings: [when do I get my money back], answer: Five days.}
- key: odd
  en: {question: '=1+1?', phrasings: ['-2', '@a'], answer: '+3'}
";

#[test]
fn an_import_says_what_changes_and_can_be_told_not_to() {
    let shop = Shop::new();
    let base = shop.file("base.yaml", TWO);
    let import = ["faq", "import", text(&base)];
    let dry = shop.json(&[&import[..], &["--dry-run"]].concat());
    assert_eq!(dry["new"], serde_json::json!(["odd", "refund-time"]));
    assert_eq!(shop.done(&["faq", "list"]).trim(), "0 entries");

    shop.done(&import);
    let again = shop.json(&import);
    assert_eq!(
        (again["new"].as_array().unwrap().len(), &again["unchanged"]),
        (0, &2.into())
    );

    let other = shop.file(
        "other.jsonl",
        "{\"key\":\"refund-time\",\"lang\":\"vi\",\"question\":\"Hoàn tiền bao lâu?\",\"answer\":\"5 ngày.\"}\n",
    );
    let merged = shop.json(&["faq", "import", text(&other)]);
    assert_eq!(merged["changed"], serde_json::json!(["refund-time"]));
    let pruned = shop.json(&["faq", "import", text(&other), "--prune"]);
    assert_eq!(pruned["gone"], serde_json::json!(["odd"]));
    let history = shop.done(&["faq", "history", "odd"]);
    assert!(
        history.contains("new") && history.contains("retired"),
        "{history}"
    );
}

#[test]
fn an_export_imports_as_the_same_in_every_kind() {
    let shop = Shop::new();
    let base = shop.file("base.yaml", TWO.replace("refund-time", "refund-days"));
    shop.done(&["faq", "import", text(&base), &sample("sample.yaml")]);
    for kind in ["yaml", "jsonl", "csv"] {
        let exported = shop.done(&["faq", "export", "--as", kind]);
        let file = shop.file(&format!("export.{kind}"), exported);
        let again = shop.json(&["faq", "import", text(&file), "--prune", "--dry-run"]);
        for what in ["new", "changed", "gone"] {
            assert_eq!(again[what], serde_json::json!([]), "{kind} {what}");
        }
    }
}

#[test]
fn match_and_eval_print_what_scripts_read() {
    let shop = Shop::new();
    shop.done(&["faq", "import", &sample("sample.yaml")]);
    let matched = shop.json(&["faq", "match", "bao gio dc hoan tien", "--top", "2"]);
    assert_eq!(
        names(&matched),
        [
            "candidates",
            "decision",
            "lang",
            "reason",
            "text",
            "took_us"
        ]
    );
    assert_eq!(
        (&matched["lang"], &matched["decision"]),
        (&"vi".into(), &"answer".into())
    );
    let first = &matched["candidates"][0];
    assert_eq!(names(first), ["because", "confidence", "key", "lang"]);
    assert_eq!(first["key"], "refund-time");
    assert_eq!(matched["candidates"].as_array().unwrap().len(), 2);
    let asked = [
        "faq",
        "match",
        "bao gio dc hoan tien",
        "--preference",
        "human-first",
    ];
    assert_eq!(shop.json(&asked)["decision"], "handoff");

    let labelled = "{\"text\":\"when do i get my money back\",\"lang\":\"en\",\"key\":\"refund-time\"}\n{\"text\":\"sing me a song\",\"lang\":\"en\",\"key\":null}\n";
    let labelled = shop.file("labelled.jsonl", labelled);
    let measured = shop.json(&["faq", "eval", text(&labelled)]);
    for name in [
        "n",
        "n_in_scope",
        "top1",
        "recall_at_3",
        "mrr",
        "answered",
        "answered_right",
        "precision",
        "coverage",
        "coverage_at_95_precision",
        "oos_auroc",
        "index_build_ms",
        "p50_us",
        "p99_us",
    ] {
        assert!(measured[name].is_number(), "{name}: {measured}");
    }
    assert_eq!(
        (&measured["n"], &measured["top1"]),
        (&2.into(), &1.0.into())
    );
    let checked = shop.json(&["faq", "check"]);
    assert_eq!(checked["entries"], 49);
}

#[test]
fn bad_files_are_refused_whole_with_place_and_key() {
    let shop = Shop::new();
    let good = shop.file("good.yaml", TWO);
    let check = |name: &str, content: &[u8], says: &str| {
        let bad = shop.file(name, content);
        let said = shop.refused(&["faq", "import", text(&good), text(&bad)], 1);
        let place = format!("{}{says}", bad.display());
        assert!(
            said.contains(&place) && said.contains("Nothing was imported"),
            "{said} / {place}"
        );
    };
    check(
        "key.yaml",
        b"- key: Not Good\n  en: {question: q, answer: a}\n",
        ":1: the key \"Not Good\"",
    );
    check(
        "field.yaml",
        b"- key: a\n  en: {question: q, answer: a, color: red}\n",
        ":2: a: ",
    );
    check(
        "double.yaml",
        b"- key: odd\n  en: {question: q, answer: a}\n",
        ":1: odd: en: stands in ",
    );
    check(
        "latin.csv",
        b"key,lang,question,answer\na,en,caf\xe9,a\n",
        ":2: not UTF-8 at byte 33",
    );
    check(
        "long.jsonl",
        &vec![b'{'; 5 << 20],
        ":1: the line is longer than 4 MiB",
    );
    check(
        "trigger.yaml",
        b"- key: a\n  triggers: ['(x{1,900}){1,900}']\n  en: {question: q, answer: a}\n",
        ":1: a: the trigger ",
    );
    assert_eq!(shop.done(&["faq", "list"]).trim(), "0 entries");
    shop.refused(&["faq", "import", "nowhere.yaml"], 1);
    shop.refused(&["faq", "import", "base.docx"], 2);
    shop.refused(&["faq", "show", "Not Good"], 2);
    shop.refused(&["faq", "show", "nothing"], 1);
    shop.refused(&["faq", "match", "x", "--lang", "fr"], 2);
}

#[test]
fn a_wording_in_two_entries_is_taken_and_named() {
    let shop = Shop::new();
    let base = "- key: a\n  en: {question: Same?, answer: a}\n- key: b\n  en: {question: same, answer: b}\n";
    let base = shop.file("base.yaml", base);
    let said = shop.done(&["faq", "import", text(&base)]);
    assert!(said.contains("\"Same?\" is a wording of a and b"), "{said}");
    assert!(
        said.contains("2 new, 0 changed, 0 gone, 0 unchanged"),
        "{said}"
    );
}

#[test]
fn a_model_that_cannot_be_used_is_told_of_and_done_without() {
    let shop = Shop::new();
    let base = shop.file("base.yaml", TWO);
    shop.file(
        "careline.toml",
        "[knowledge]\nsemantic_model = \"no-model-here\"\n",
    );
    shop.done(&["faq", "import", text(&base)]);
    for command in [
        &["faq", "match", "how long does a refund take"][..],
        &[
            "faq",
            "eval",
            text(&shop.file("asked.jsonl", "{\"text\":\"refund?\",\"key\":null}")),
        ],
    ] {
        let output = shop.careline(command);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(!output.stdout.is_empty());
        assert_eq!(
            told.matches("knowledge.semantic_model: ").count(),
            1,
            "{told}"
        );
        let why = match cfg!(feature = "semantic") {
            true => "no-model-here: is no folder",
            false => "--features semantic",
        };
        assert!(
            told.contains(why) && told.contains("going on without it"),
            "{told}"
        );
    }
    let eval = shop.json(&["faq", "eval", text(&shop.file("none.jsonl", ""))]);
    assert_eq!(eval["semantic_model"], Value::Null);
    let doctor = shop.careline(&["doctor"]);
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains("warn  knowledge.semantic_model: "), "{said}");
}
