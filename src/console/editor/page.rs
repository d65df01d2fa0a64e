//! The editor's page.

use maud::{Markup, html};

use crate::console::Console;
use crate::console::access::{Authorised, ToChangeKnowledge};
use crate::console::layout::{self, Place};
use crate::console::versions::told;
use crate::console::words::Words;
use crate::domain::knowledge::differences::{Difference, Part};
use crate::domain::knowledge::entry::OTHER_ANSWERS_MAX;
use crate::domain::knowledge::upkeep::Upkeep;
use crate::domain::knowledge::{Entry, EntryText};
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::reporting::wording_tests::letter;
use crate::store::drafts::NO_VERSION;

/// What the editor shows.
pub(super) struct Shown {
    pub(super) entry: Entry,
    /// The version that it is written over.
    pub(super) known: String,
    /// When the draft that is shown was kept; 0 for none.
    pub(super) draft_at: i64,
    /// Whether the key is settled.
    pub(super) is_known: bool,
    /// Whether customers have the entry.
    pub(super) in_use: bool,
    /// The group of questions that it is to answer.
    pub(super) gap: Option<String>,
    /// What stands in the way.
    pub(super) problems: Vec<String>,
    /// What somebody else has made meanwhile, beside what is written here.
    pub(super) differences: Vec<Difference>,
}

impl Shown {
    /// An entry that nobody has written yet.
    pub(super) fn new(entry: Entry, gap: Option<String>) -> Shown {
        Shown {
            entry,
            known: NO_VERSION.to_owned(),
            draft_at: 0,
            is_known: false,
            in_use: false,
            gap,
            problems: Vec::new(),
            differences: Vec::new(),
        }
    }
}

pub(super) fn whole(
    console: &Console,
    who: &Authorised<ToChangeKnowledge>,
    shown: &Shown,
) -> Markup {
    let words = Words::new(&console.wording, who.staff().lang);
    let title = words.say(if shown.is_known {
        "console-edit-entry"
    } else {
        "console-new-entry"
    });
    let body = html! {
        main.knowledge.editor {
            p { a.back href="/console/knowledge" { "← " (words.say("console-knowledge")) } }
            h1 { (title) @if shown.is_known { " " code { (shown.entry.key) } } }
            @if shown.draft_at > 0 { p.count { (words.say("console-is-draft")) } }
            @if !shown.problems.is_empty() {
                ul.problems role="alert" { @for problem in &shown.problems { li { (problem) } } }
            }
            @if !shown.differences.is_empty() {
                section.differences {
                    h2 { (words.say("console-theirs-and-yours")) }
                    (told(&words, &shown.differences))
                }
            }
            (fields(&words, who, shown))
        }
    };
    layout::page(&words, who, Place::Knowledge, &title, &body)
}

fn fields(words: &Words<'_>, who: &Authorised<ToChangeKnowledge>, shown: &Shown) -> Markup {
    let entry = &shown.entry;
    html! {
        form.edit method="post" action="/console/editor" {
            input type="hidden" name="form" value=(who.form_token());
            input type="hidden" name="known" value=(shown.known);
            input type="hidden" name="draft_at" value=(shown.draft_at);
            input type="hidden" name="is_known" value=(shown.is_known);
            input type="hidden" name="in_use" value=(shown.in_use);
            @if let Some(gap) = &shown.gap { input type="hidden" name="gap" value=(gap); }
            @if shown.is_known {
                input type="hidden" name="key" value=(entry.key);
            } @else {
                label { (words.say("console-key"))
                    input name="key" value=(entry.key) required pattern="[a-z0-9]+(-+[a-z0-9]+)*" maxlength="80" autocomplete="off";
                }
            }
            label { (words.say("console-tags")) input name="tags" value=(entry.tags.join(", ")) autocomplete="off"; }
            @for lang in Lang::ALL { (text(words, lang, entry.texts.get(&lang))) }
            details open[!entry.triggers.is_empty()] {
                summary { (words.say("console-triggers")) }
                textarea name="triggers" rows="3" spellcheck="false" aria-label=(words.say("console-triggers")) { "\n" (entry.triggers.join("\n")) }
            }
            (upkeep(words, entry))
            div.buttons {
                button.main type="submit" name="act" value="publish" { (words.say("console-publish")) }
                button.plain type="submit" name="act" value="draft" { (words.say("console-keep-draft")) }
                @if shown.draft_at > 0 {
                    button.plain type="submit" name="act" value="discard" formnovalidate { (words.say("console-discard-draft")) }
                }
                @if shown.in_use {
                    button.plain type="submit" name="act" value="retire" formnovalidate { (words.say("console-retire")) }
                }
            }
        }
    }
}

fn upkeep(words: &Words<'_>, entry: &Entry) -> Markup {
    let [valid_from, valid_to, review_on, owner] = entry.upkeep.written();
    let days = [
        ("valid_from", Part::ValidFrom, valid_from),
        ("valid_to", Part::ValidTo, valid_to),
        ("review_on", Part::ReviewOn, review_on),
    ];
    html! {
        details open[entry.upkeep != Upkeep::default()] {
            summary { (words.say("console-upkeep")) }
            @for (name, part, day) in days {
                label { (words.part(part)) input type="date" name=(name) value=[day]; }
            }
            label { (words.part(Part::Owner))
                input name="owner" value=[owner] dir="auto" maxlength="100" autocomplete="off";
            }
        }
    }
}

/// Fields for the other wordings of an answer.
fn other_answers(words: &Words<'_>, code: &str, others: &[String]) -> Markup {
    html! {
        details open[!others.is_empty()] {
            summary { (words.say("console-other-answers")) }
            p.count { (words.say("console-other-answers-what")) }
            @for number in 0..OTHER_ANSWERS_MAX {
                @let label = words.phrase(&Phrase::new("wording-test-name").text("name", letter(number + 1).to_string()));
                label { (label)
                    textarea name={ "other_answer_" (number + 1) "_" (code) } rows="4" lang=(code) dir="auto" { "\n" (others.get(number).map_or("", String::as_str)) }
                }
            }
        }
    }
}

fn text(words: &Words<'_>, lang: Lang, text: Option<&EntryText>) -> Markup {
    let code = lang.code();
    let question = text.map(|text| text.question.as_str()).unwrap_or_default();
    let phrasings = text
        .map(|text| text.phrasings.join("\n"))
        .unwrap_or_default();
    let answer = text.map(|text| text.answer.as_str()).unwrap_or_default();
    html! {
        fieldset {
            legend { (words.language(Some(lang))) }
            label { (words.say("console-question"))
                input name={ "question_" (code) } value=(question) lang=(code) dir="auto" maxlength="500" autocomplete="off";
            }
            label { (words.say("console-phrasings-lines"))
                textarea name={ "phrasings_" (code) } rows="4" lang=(code) dir="auto" { "\n" (phrasings) }
            }
            label { (words.say("console-answer"))
                textarea name={ "answer_" (code) } rows="6" lang=(code) dir="auto" { "\n" (answer) }
            }
            (other_answers(words, code, text.map_or(&[][..], |text| &text.other_answers)))
        }
    }
}
