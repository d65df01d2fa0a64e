//! A report in a few lines, as it stands above its chart in chat.

use super::gathered::Sla;
use super::picture::{Span, measure_name};
use crate::domain::phrase::Phrase;
use crate::domain::report::figures::{Figures, share};
use crate::domain::report::handoffs::Handoffs;
use crate::domain::report::sla::Measure;
use crate::domain::report::staffing::Staffing;
use crate::domain::time::Millis;
use crate::wording::Words;

/// The measures that are told in chat: the others are in the chart.
const TOLD: [Measure; 2] = [Measure::FirstAnswer, Measure::HumanWait];
/// The most reasons that are told in chat.
const REASONS_MAX: usize = 3;

/// The report on waits: what came in, the waits, what was kept, and who waits now. Every figure
/// with its n; what is not known is left out.
pub fn sla(sla: &Sla, words: &Words<'_>) -> Vec<String> {
    let Some(all) = sla.all() else {
        return Vec::new();
    };
    let counts = &all.conversations;
    let by_bot = counts.bot_resolved_confirmed + counts.bot_resolved_assumed;
    let mut lines = vec![
        words.phrase(
            &Phrase::new("report-line-came-in")
                .count("n", counts.came_in)
                .count("resolved", counts.resolved)
                .count("handed", counts.handed_off),
        ),
    ];
    if by_bot > 0 {
        let phrase = Phrase::new("report-line-by-bot")
            .count("confirmed", counts.bot_resolved_confirmed)
            .count("assumed", counts.bot_resolved_assumed);
        lines.push(words.phrase(&phrase));
    }
    let clocks = all.clocks.iter();
    let told = clocks.filter(|clock| TOLD.contains(&clock.clock));
    lines.extend(told.filter_map(|clock| wait(words, clock.clock, &clock.figures)));
    let first_answers = all
        .clocks
        .iter()
        .find(|clock| clock.clock == Measure::FirstAnswer);
    if let (Some(coverage), Some(first)) = (all.expectation_coverage, first_answers) {
        let phrase = Phrase::new("report-line-coverage")
            .text("percent", percent(coverage))
            .count("n", first.figures.n);
        lines.push(words.phrase(&phrase));
    }
    let kept = &all.kept;
    let of = |key, kept: usize, lost: usize| {
        let share = share(kept, kept + lost)?;
        let phrase = Phrase::new(key).text("percent", percent(share));
        Some(words.phrase(&phrase.count("n", kept + lost)))
    };
    let (made, broken) = (kept.promises_kept, kept.promises_broken);
    lines.extend(of("report-line-promises", made, broken));
    let honoured = counts.preferences_honoured;
    let passed_over = counts.preferences_passed_over;
    lines.extend(of("report-line-preferences", honoured, passed_over));
    if counts.replies_failed + counts.deliveries_unknown > 0 {
        let phrase = Phrase::new("report-line-trouble")
            .count("failed", counts.replies_failed)
            .count("unknown", counts.deliveries_unknown);
        lines.push(words.phrase(&phrase));
    }
    lines.push(backlog(sla, words));
    lines
}

/// Who waits now.
fn backlog(sla: &Sla, words: &Words<'_>) -> String {
    let backlog = &sla.backlog;
    let phrase = match backlog.oldest() {
        None => Phrase::new("report-line-nobody-waits"),
        Some(oldest) => Phrase::new("report-line-backlog")
            .count("n", backlog.waiting)
            .count("untaken", backlog.untaken)
            .text("oldest", length(words, oldest)),
    };
    words.phrase(&phrase)
}

fn wait(words: &Words<'_>, measure: Measure, figures: &Figures) -> Option<String> {
    let (median, p90) = figures.median_ms.zip(figures.p90_ms)?;
    let name = measure_name(words, measure);
    let told = |ms| percentile(words, Millis(ms), figures.exact);
    let (median, ninety) = (told(median), told(p90));
    let phrase = match figures.attainment {
        None => Phrase::new("report-line-wait")
            .text("name", name)
            .text("median", median)
            .text("ninety", ninety)
            .count("n", figures.n),
        Some(share) => Phrase::new("report-line-wait-attained")
            .text("name", name)
            .text("median", median)
            .text("ninety", ninety)
            .count("n", figures.n)
            .text("percent", percent(share)),
    };
    Some(words.phrase(&phrase))
}

/// The report on how many agents are needed: the busiest hour, and what it was reckoned from.
pub fn staffing(staffing: &Staffing, words: &Words<'_>) -> Vec<String> {
    let mut lines =
        vec![words.phrase(&Phrase::new("report-line-requests").count("n", staffing.requests))];
    if let Some(handling) = staffing.handling_ms {
        let phrase = Phrase::new("report-line-handling")
            .text("handling", length(words, Millis(handling)))
            .count("n", staffing.handled);
        lines.push(words.phrase(&phrase));
    }
    let most = staffing.hours.iter().filter_map(|hour| hour.needed_c).max();
    if let Some(most) = most {
        let wanted = &staffing.wanted;
        let phrase = Phrase::new("report-line-agents")
            .number("n", i64::from(most))
            .text("percent", percent(wanted.share))
            .text("target", length(words, wanted.target_ms))
            .number("once", i64::from(wanted.at_once));
        lines.push(words.phrase(&phrase));
    }
    lines
}

/// The report on handoffs: the commonest reasons, and how soon they were taken.
pub fn handoffs(handoffs: &Handoffs, words: &Words<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for reason in handoffs.reasons.iter().take(1 + REASONS_MAX) {
        let name = super::picture::reason_name(words, &reason.reason);
        let claimed = &reason.until_claimed;
        let phrase = match claimed.median_ms {
            None => Phrase::new("report-line-reason")
                .text("name", name)
                .count("n", reason.n),
            Some(median) => Phrase::new("report-line-reason-taken")
                .text("name", name)
                .count("n", reason.n)
                .text("median", length(words, Millis(median)))
                .count("taken", claimed.n),
        };
        lines.push(words.phrase(&phrase));
    }
    lines
}

/// The heading of a report in chat.
pub fn heading(words: &Words<'_>, key: &'static str, span: &Span) -> String {
    let title = words.say(key);
    let phrase = match (&span.from, &span.to) {
        (Some(from), Some(to)) if from == to => Phrase::new("report-heading-day")
            .text("title", title)
            .text("day", from.clone()),
        (from, to) => Phrase::new("report-heading-days")
            .text("title", title)
            .text("from", from.clone().unwrap_or_default())
            .text("to", to.clone().unwrap_or_default()),
    };
    words.phrase(&phrase)
}

/// A percentile for people; one that is only near is marked.
pub fn percentile(words: &Words<'_>, percentile: Millis, exact: bool) -> String {
    match exact {
        true => length(words, percentile),
        false => format!("≈ {}", length(words, percentile)),
    }
}

/// A length of time for people; what is below a minute is said to be that.
pub fn length(words: &Words<'_>, length: Millis) -> String {
    if length < Millis::minutes(1) {
        return words.say("report-below-a-minute");
    }
    words.length(length)
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}
