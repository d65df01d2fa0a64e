//! The wordings of an entry's answer beside what came of each, on the entry's page.

use maud::{Markup, html};

use super::words::Words;
use crate::domain::knowledge::wording_tests::{WordingFigures, WordingTest};
use crate::domain::phrase::Phrase;
use crate::reporting::wording_tests::{letter, method, percent, verdict};

/// A test's table, its verdict, and how that is come to.
pub(super) fn card(words: &Words<'_>, test: &WordingTest, are_on: bool) -> Markup {
    html! {
        section.text {
            h3 { (words.say("wording-test-title")) }
            div.wide tabindex="0" { table.figures {
                thead { tr {
                    th scope="col" { (words.say("wording-test-wording")) }
                    th scope="col" { (words.say("wording-test-customers")) }
                    th scope="col" { (words.say("wording-test-reacted")) }
                    th scope="col" { (words.say("wording-test-helped")) }
                    th scope="col" { (words.say("wording-test-to-person")) }
                } }
                tbody { @for (place, wording) in test.wordings.iter().enumerate() { (row(words, place, wording)) } }
            } }
            @for sentence in verdict(words, test) { p.verdict { strong { (sentence) } } }
            @if !are_on { p.problems { (words.say("wording-test-off")) } }
            p.count { (method(words)) }
        }
    }
}

fn row(words: &Words<'_>, place: usize, wording: &WordingFigures) -> Markup {
    let share = |part: usize, of: usize| {
        let percent = percent(part, of);
        percent.map(|percent| words.phrase(&Phrase::new("wording-test-share").count("n", percent)))
    };
    let number = |part: usize, of: usize| {
        html! { (part) @if let Some(share) = share(part, of) { " " span.of { (share) } } }
    };
    html! {
        tr {
            th scope="row" { (letter(place)) }
            td { (wording.customers) }
            td { (wording.heard()) }
            td { (number(wording.helped, wording.heard())) }
            td { (number(wording.to_person, wording.customers)) }
        }
    }
}
