//! Several wordings of an answer, in and out of files.

use serde_json::json;

use super::{Shop, text};

const COMPARED: &str = "
- key: refund-time
  en:
    question: How long does a refund take?
    answer: Five days.
    other_answers:
    - |
      Within a **week**:

      - by card
    - By Friday, as a rule.
";

#[test]
fn wordings_go_in_and_out_and_are_shown_with_their_differences() {
    let shop = Shop::new();
    let base = shop.file("base.yaml", COMPARED);
    shop.done(&["faq", "import", text(&base)]);
    let shown = shop.json(&["faq", "show", "refund-time"]);
    assert_eq!(
        shown["texts"]["en"]["other_answers"],
        json!(["Within a **week**:\n\n- by card\n", "By Friday, as a rule."])
    );
    let shown = shop.done(&["faq", "show", "refund-time"]);
    assert!(
        shown.contains("  Five days.\n  other answer 1:\n  Within a **week**:"),
        "{shown}"
    );
    for kind in ["yaml", "jsonl", "csv"] {
        let exported = shop.done(&["faq", "export", "--as", kind]);
        let file = shop.file(&format!("export.{kind}"), exported);
        let again = shop.json(&["faq", "import", text(&file), "--prune"]);
        for what in ["new", "changed", "gone"] {
            assert_eq!(again[what], json!([]), "{kind} {what}");
        }
    }
    let edited = COMPARED.replace("By Friday, as a rule.", "By Monday.");
    let edited = shop.file("edited.yaml", edited);
    let dry = shop.done(&["faq", "import", text(&edited), "--dry-run"]);
    for words in [
        "other_answers.en",
        "- 2. By Friday, as a rule.",
        "+ 2. By Monday.",
    ] {
        assert!(dry.contains(words), "{words} in {dry}");
    }
    shop.done(&["faq", "import", text(&edited)]);
    let history = shop.done(&["faq", "history", "refund-time"]);
    assert!(history.contains("+ 2. By Monday."), "{history}");
}

#[test]
fn too_many_and_equal_wordings_are_refused_with_place_and_remedy() {
    let shop = Shop::new();
    let five = "
- key: five
  en: {question: Q, answer: A, other_answers: [B, C, D, E]}
- key: twice
  vi: {question: Q, answer: A, other_answers: [B, 'B ']}
";
    let five = shop.file("five.yaml", five);
    let said = shop.refused(&["faq", "import", text(&five)], 1);
    for words in [
        "five.yaml:2: five: en: 4 other answers, 3 are the most: keep those that you want to compare",
        "five.yaml:4: twice: vi: other answer 2 says the same as other answer 1: word it otherwise or take it out",
        "Nothing was imported.",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
    assert_eq!(shop.done(&["faq", "list"]).trim(), "0 entries");
}
