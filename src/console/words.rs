//! Sentences and times, as pages show them.

use maud::{Markup, html};

use crate::domain::time::Timestamp;

pub(super) use crate::wording::Words;

/// A time of day; the script shows it in the reader's own time zone.
pub(super) fn time(at: Timestamp) -> Markup {
    let Ok(instant) = jiff::Timestamp::from_millisecond(at.0) else {
        return html! {};
    };
    html! {
        time datetime=(instant) { (instant.strftime("%Y-%m-%d %H:%M UTC")) }
    }
}
