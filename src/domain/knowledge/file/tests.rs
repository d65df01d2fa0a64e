use super::*;
use crate::domain::knowledge::changes::changes;
use crate::domain::lang::Lang;

fn read(kind: FileKind, bytes: &[u8]) -> Result<Vec<Imported>, Vec<String>> {
    let mut reading = Reading::default();
    reading.read("base", kind, &mut &*bytes);
    reading
        .finish()
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn entries(kind: FileKind, text: &str) -> Vec<Entry> {
    let imported = read(kind, text.as_bytes()).unwrap();
    let changes = changes(&[], &imported, false);
    changes.into_iter().map(|change| change.entry).collect()
}

/// Every fault, in order; each must begin with what is given.
fn refused(kind: FileKind, bytes: &[u8], wanted: &[&str]) {
    let faults = read(kind, bytes).unwrap_err();
    assert_eq!(faults.len(), wanted.len(), "{faults:#?}");
    for (fault, wanted) in faults.iter().zip(wanted) {
        assert!(
            fault.contains(wanted),
            "{fault:?} does not contain {wanted:?}"
        );
    }
}

const BASE: &str = r#"# The shop's base
- key: refund-time
  tags: [refund]
  en:
    question: How long does a refund take?
    phrasings: ["when do I get my money back", "refund still not here"]
    answer: |
      Refunds arrive within **5 working days**.

      - by card: 3
  vi:
    question: Hoàn tiền mất bao lâu?
    answer: Tiền hoàn về trong **5 ngày làm việc**.
- key: odd-texts
  triggers: ['\bvat\b', '^=1']
  zh:
    question: "=SUM(A1) 怎么算？"
    phrasings: ["'=x", "-5 度", "a,b \"c\"", "@@", "yes", "1e3"]
    answer: "+1\n\t- 两\n"
"#;

#[test]
fn yaml_is_read_as_documented() {
    let entries = entries(FileKind::Yaml, BASE);
    assert_eq!(entries.len(), 2);
    let refund = &entries[1];
    assert_eq!(refund.key.as_str(), "refund-time");
    assert_eq!(refund.tags, vec!["refund"]);
    assert_eq!(refund.texts[&Lang::En].phrasings.len(), 2);
    assert!(refund.texts[&Lang::En].answer.ends_with("- by card: 3\n"));
    assert!(refund.texts[&Lang::Vi].phrasings.is_empty());
}

#[test]
fn what_is_written_reads_back_as_the_same() {
    let first = entries(FileKind::Yaml, BASE);
    for kind in [FileKind::Yaml, FileKind::Jsonl, FileKind::Csv] {
        let written = write(&first, kind);
        assert_eq!(entries(kind, &written), first, "{kind:?}:\n{written}");
    }
    assert!(entries(FileKind::Yaml, &write(&[], FileKind::Yaml)).is_empty());
}

#[test]
fn no_cell_is_a_formula() {
    let written = write(&entries(FileKind::Yaml, BASE), FileKind::Csv);
    let mut rows = csv::Reader::from_reader(written.as_bytes());
    for cell in rows
        .records()
        .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell:?}"
        );
    }
}

#[test]
fn every_fault_is_told_with_its_line_and_key() {
    let yaml = "- key: Bad Key\n  en: {question: q, answer: a}\n- key: two\n  colour: red\n  en: {question: q, answer: a}\n- key: three\n  en: {question: '', answer: a}\n- key: four\n  en: {question: q, answer: a}\n- key: four\n  en: {question: q, answer: b}\n";
    refused(
        FileKind::Yaml,
        yaml.as_bytes(),
        &[
            "base:1: the key \"Bad Key\" is not usable",
            "base:4: two: ",
            "base:6: three: en: the question is empty",
            "base:10: four: en: stands in base:8 already",
        ],
    );
    let jsonl = "{\"key\":\"a\",\"lang\":\"en\",\"question\":\"q\",\"answer\":\"a\"}\n\nno json\n{\"key\":\"b\",\"lang\":\"fr\",\"question\":\"q\",\"answer\":\"a\"}\n{\"key\":\"a\",\"lang\":\"en\",\"question\":\"q\",\"answer\":\"a\"}\n{\"key\":\"c\",\"lang\":\"en\",\"question\":\"q\",\"answer\":\"a\",\"tag\":[]}\n";
    refused(
        FileKind::Jsonl,
        jsonl.as_bytes(),
        &[
            "base:3: ",
            "base:4: b: unknown language \"fr\"",
            "base:5: a: en: stands in base:1 already",
            "base:6: unknown field `tag`",
        ],
    );
    refused(
        FileKind::Csv,
        b"key,lang,question,answer\na,en,q,\"two\nlines\"\nb,de,q,a\n,en,q,a\n",
        &[
            "base:4: b: unknown language \"de\"",
            "base:5: the key \"\" is not usable",
        ],
    );
    refused(
        FileKind::Csv,
        b"key,lang,colour\n",
        &["base:1: unknown column \"colour\""],
    );
    refused(
        FileKind::Csv,
        b"key,lang,question\n",
        &["base:1: the column \"answer\" is missing"],
    );
}

#[test]
fn what_is_not_utf_8_is_named_by_line_and_byte() {
    let mut bytes = b"- key: a\n  en:\n    question: caf".to_vec();
    let place = bytes.len();
    bytes.extend(b"\xe9\n    answer: x\n");
    for kind in [FileKind::Yaml, FileKind::Csv, FileKind::Jsonl] {
        let faults = read(kind, &bytes).unwrap_err();
        let last = faults.last().unwrap();
        assert!(
            last.contains(&format!("base:3: not UTF-8 at byte {place} of the file")),
            "{faults:?}"
        );
    }
}

#[test]
fn a_line_without_end_is_refused_after_its_limit() {
    for kind in [FileKind::Yaml, FileKind::Jsonl, FileKind::Csv] {
        let mut endless = std::io::BufReader::new(std::io::repeat(b'x'));
        let mut reading = Reading::default();
        reading.read("base", kind, &mut endless);
        let faults = reading.finish().unwrap_err();
        assert!(
            faults[0]
                .to_string()
                .contains("base:1: the line is longer than 4 MiB"),
            "{faults:?}"
        );
    }
}

#[test]
fn what_is_no_list_of_entries_says_so() {
    refused(
        FileKind::Yaml,
        b"key: a\nen: {}\n",
        &["base:1: the file is no list of entries"],
    );
    refused(FileKind::Yaml, b"- just words\n", &["base:1: "]);
    refused(FileKind::Yaml, b"- key: a\n  en: [\n", &["a: "]);
    assert!(entries(FileKind::Yaml, "").is_empty());
    assert!(entries(FileKind::Yaml, "# nothing yet\n---\n[]\n").is_empty());
}

#[test]
fn control_characters_are_refused_with_their_place() {
    refused(
        FileKind::Jsonl,
        b"{\"key\":\"a\",\"lang\":\"en\",\"question\":\"q\\u0000\",\"answer\":\"a\\u001b\"}\n",
        &[
            "base:1: a: en: the question has the control character U+0000",
            "base:1: a: en: the answer has the control character U+001B",
        ],
    );
}

#[test]
fn an_indented_list_a_byte_order_mark_and_windows_line_ends_are_fine() {
    let text = "\u{feff}  - key: a\r\n    en:\r\n      question: q\r\n      answer: |\r\n        - one\r\n        - two\r\n  - key: b\r\n    en: {question: q, answer: a}\r\n";
    let entries = entries(FileKind::Yaml, text);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].texts[&Lang::En].answer, "- one\n- two\n");
}

#[test]
fn lines_of_one_entry_in_several_languages_are_one_entry() {
    let text = "{\"key\":\"a\",\"lang\":\"en\",\"question\":\"q\",\"answer\":\"a\",\"tags\":[\"x\"]}\n{\"key\":\"a\",\"lang\":\"zh\",\"question\":\"问\",\"answer\":\"答\",\"tags\":[\"x\",\"y\"]}\n";
    let entries = entries(FileKind::Jsonl, text);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].tags, vec!["x", "y"]);
    assert_eq!(entries[0].texts.len(), 2);
}

#[test]
fn other_wordings_of_an_answer_read_back_from_every_kind_of_file() {
    let base = "- key: a
  en:
    question: Q
    answer: Five days.
    other_answers:
    - |
      By Friday:

      - by card
    - '=A week, \"about\"'
  vi: {question: H, answer: Đ}
- key: b
  owner: Mai
  en: {question: B, answer: A, other_answers: [B, C, D]}
";
    let read_in = entries(FileKind::Yaml, base);
    let others = |entry: usize| read_in[entry].texts[&Lang::En].other_answers.len();
    assert_eq!((others(0), others(1)), (2, 3));
    for kind in [FileKind::Yaml, FileKind::Jsonl, FileKind::Csv] {
        for some in [&read_in[..], &read_in[..1]] {
            let text = write(some, kind);
            assert_eq!(entries(kind, &text), some, "{kind:?}: {text}");
        }
    }
    let two = write(&read_in[..1], FileKind::Csv);
    let head = "key,lang,question,phrasings,answer,tags,triggers,other_answer_1,other_answer_2\n";
    assert!(two.starts_with(head), "no column without need: {two}");
    refused(
        FileKind::Yaml,
        b"- key: a\n  en: {question: Q, answer: A, other_answers: [B, C, D, E]}\n- key: b\n  en: {question: Q, answer: A, other_answers: [B, ' A']}\n",
        &[
            "base:1: a: en: 4 other answers, 3 are the most: keep those that you want to compare",
            "base:3: b: en: other answer 2 says the same as the answer: word it otherwise or take it out",
        ],
    );
    refused(
        FileKind::Csv,
        b"key,lang,question,answer,other_answer_4\na,en,Q,A,B\n",
        &["base:1: unknown column \"other_answer_4\""],
    );
}

#[test]
fn days_and_owner_read_back_from_every_kind_of_file() {
    let base = "- key: a
  valid_from: 2026-01-05
  review_on: '2026-06-01'
  owner: Mai
  en: {question: Q, answer: A}
  vi: {question: H, answer: Đ}
- key: b
  en: {question: B, answer: A}
";
    let read_in = entries(FileKind::Yaml, base);
    let written = read_in[0].upkeep.written();
    let owner = written[3].as_deref();
    assert_eq!(
        (written[0].as_deref(), owner),
        (Some("2026-01-05"), Some("Mai"))
    );
    for kind in [FileKind::Yaml, FileKind::Jsonl, FileKind::Csv] {
        let text = write(&read_in, kind);
        assert_eq!(entries(kind, &text), read_in, "{kind:?}: {text}");
    }
    let without = write(&read_in[1..], FileKind::Csv);
    assert!(
        !without.contains("owner"),
        "no column without need: {without}"
    );
    refused(
        FileKind::Yaml,
        b"- key: a\n  valid_to: tomorrow\n  en: {question: Q, answer: A}\n",
        &["\"tomorrow\" is no day"],
    );
    let two = "key,lang,question,answer,owner\na,en,Q,A,Mai\na,vi,H,A,Ben\n";
    refused(
        FileKind::Csv,
        two.as_bytes(),
        &["owner: is \"Mai\" elsewhere"],
    );
}
