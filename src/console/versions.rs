//! Versions of an entry: who made them when, and what differs from the one before.

use maud::{Markup, html};

use super::words::{Words, time};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::ChangeKind;
use crate::domain::knowledge::differences::{Difference, differences};
use crate::store::knowledge::PastChange;

/// The most versions that are shown: the newest.
const VERSIONS_MAX: usize = 30;

/// The versions, newest first; whoever may change the entry can take an older one up again.
pub(super) fn history(
    words: &Words<'_>,
    key: &EntryKey,
    past: &[PastChange],
    may_change: bool,
) -> Markup {
    let before = |number: usize| {
        let earlier = past[..number].iter().rev();
        earlier
            .take(1)
            .filter(|past| past.kind != ChangeKind::Retired)
            .find_map(|past| past.entry.as_ref())
    };
    html! {
        section.versions {
            h2 { (words.say("console-versions")) }
            ol reversed {
                @for (number, version) in past.iter().enumerate().rev().take(VERSIONS_MAX) {
                    li value=(number + 1) {
                        (time(version.at)) " · " span dir="auto" { (version.by_whom) } " · " (words.change(version.kind))
                        @if let Some(entry) = &version.entry {
                            @if version.kind != ChangeKind::Retired {
                                details {
                                    summary { (words.say("console-what-changed")) }
                                    (told(words, &differences(before(number), entry)))
                                }
                            }
                            @if may_change && (number + 1 < past.len() || version.kind == ChangeKind::Retired) {
                                a href={ "/console/editor?key=" (key) "&version=" (version.id) } { (words.say("console-take-up")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What differs, place by place: what is gone, then what is new.
pub(super) fn told(words: &Words<'_>, differences: &[Difference]) -> Markup {
    html! {
        dl.differences {
            @for difference in differences {
                dt { (words.part(difference.part)) }
                @for line in &difference.gone { dd { del dir="auto" { (line) } } }
                @for line in &difference.new { dd { ins dir="auto" { (line) } } }
            }
        }
    }
}
