//! Reports as charts, their words in the language of whoever looks at them.

use crate::domain::handoff::HandoffReason;
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::report::chart::{Bar, Field, Labels, bars, heat_map};
use crate::domain::report::figures::Figures;
use crate::domain::report::handoffs::Handoffs;
use crate::domain::report::sla::{ALL, BOT, By, Group, Measure, NONE, hour_of_week_name};
use crate::domain::report::staffing::{HOURS_OF_WEEK, Staffing};
use crate::wording::Words;

const BANDS: [&str; 4] = [
    "report-band-quick",
    "report-band-same-day",
    "report-band-next-day",
    "report-band-later",
];
const DAYS: [&str; 7] = [
    "report-mon",
    "report-tue",
    "report-wed",
    "report-thu",
    "report-fri",
    "report-sat",
    "report-sun",
];
/// The most groups that are drawn; the table has them all.
const GROUPS_MAX: usize = 40;
/// Agents needed in an hour from which on it is drawn as dark as can be.
const MANY_AGENTS: i64 = 10;

/// The days that a report is about, as people write them; `None` where it has no such bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
}

/// The waits: without a breakdown each measure, else each group's wait for a person; by hour of the
/// week as a heat map.
pub fn sla(groups: &[Group], by: Option<By>, span: &Span, words: &Words<'_>) -> String {
    let n = groups.first().map_or(0, |all| all.conversations.came_in);
    let under = said_under(words, "report-under", span, n);
    if by == Some(By::HourOfWeek) {
        let labels = labels(words, "report-week", under, &DAYS);
        return heat_map(&labels, &week(groups));
    }
    let drawn: Vec<Bar> = match by {
        None => groups
            .first()
            .iter()
            .flat_map(|all| &all.clocks)
            .map(|clock| bar(words, words.say(name_of(clock.clock)), &clock.figures))
            .collect(),
        Some(by) => {
            let groups = groups.iter().take(GROUPS_MAX);
            let human = groups.filter_map(|group| Some((group, human_wait(group)?)));
            human
                .map(|(group, figures)| bar(words, group_name(words, by, &group.group), figures))
                .collect()
        }
    };
    let title = match by {
        None => "report-waits",
        Some(_) => "report-human-waits",
    };
    bars(&labels(words, title, under, &BANDS), &drawn)
}

/// How soon a person replied, by the reason for which one was called.
pub fn handoffs(handoffs: &Handoffs, span: &Span, words: &Words<'_>) -> String {
    let n = handoffs.reasons.first().map_or(0, |all| all.n);
    let drawn: Vec<Bar> = handoffs
        .reasons
        .iter()
        .map(|reason| {
            bar(
                words,
                reason_name(words, &reason.reason),
                &reason.until_reply,
            )
        })
        .collect();
    let under = said_under(words, "report-under-handoffs", span, n);
    bars(&labels(words, "report-handoffs", under, &BANDS), &drawn)
}

/// How many agents each hour of the week needs.
pub fn staffing(staffing: &Staffing, span: &Span, words: &Words<'_>) -> String {
    let fields: Vec<Field> = staffing
        .hours
        .iter()
        .map(|hour| match hour.needed_c {
            Some(needed) if needed > 0 => Field {
                darkness: Some((i64::from(needed) * 100 / MANY_AGENTS).min(100)),
                n: needed as usize,
            },
            Some(_) | None => Field::default(),
        })
        .collect();
    let under = said_under(words, "report-under-handoffs", span, staffing.requests);
    heat_map(
        &labels(words, "report-agents-needed", under, &DAYS),
        &fields,
    )
}

/// A group's name for people: a channel's or a language's own, whatever stands for nobody.
pub fn group_name(words: &Words<'_>, by: By, name: &str) -> String {
    match (by, name) {
        (_, ALL) => words.say("report-all"),
        (_, NONE) => words.say("report-none"),
        (By::Agent, BOT) => words.say("report-bot"),
        (By::Channel, name) => match ChannelKind::from_name(name) {
            Some(channel) => words.channel(channel),
            None => name.to_owned(),
        },
        (By::Language, name) => words.language(Lang::from_code(name)),
        (By::Agent | By::Segment | By::Hour | By::HourOfWeek, name) => name.to_owned(),
    }
}

/// A reason's name for people.
pub fn reason_name(words: &Words<'_>, name: &str) -> String {
    if name == ALL {
        return words.say("report-all");
    }
    match HandoffReason::from_name(name) {
        Some(reason) => words.say(reason.phrase_key()),
        None => name.to_owned(),
    }
}

/// A measure's name for people.
pub fn measure_name(words: &Words<'_>, measure: Measure) -> String {
    words.say(name_of(measure))
}

/// The names of the days of the week, Monday first.
pub fn day_names(words: &Words<'_>) -> Vec<String> {
    DAYS.iter().map(|key| words.say(key)).collect()
}

/// The names of the bands, from quick to late.
pub fn band_names(words: &Words<'_>) -> Vec<String> {
    BANDS.iter().map(|key| words.say(key)).collect()
}

fn human_wait(group: &Group) -> Option<&Figures> {
    let mut clocks = group.clocks.iter();
    let found = clocks.find(|clock| clock.clock == Measure::HumanWait);
    found.map(|clock| &clock.figures)
}

/// Each hour's waits for a person; the longest median is the darkest.
fn week(groups: &[Group]) -> Vec<Field> {
    let figures = |hour: usize| {
        let name = hour_of_week_name(hour);
        groups
            .iter()
            .find(|group| group.group == name)
            .and_then(human_wait)
    };
    let all: Vec<Option<&Figures>> = (0..HOURS_OF_WEEK).map(figures).collect();
    let median = |figures: &Figures| figures.median_ms.unwrap_or_default();
    let longest = all.iter().flatten().map(|figures| median(figures)).max();
    let longest = longest.unwrap_or_default().max(1);
    let field = |figures: &Option<&Figures>| match figures {
        Some(figures) if figures.n > 0 => Field {
            darkness: Some(median(figures) * 100 / longest),
            n: figures.n,
        },
        Some(_) | None => Field::default(),
    };
    all.iter().map(field).collect()
}

fn name_of(measure: Measure) -> &'static str {
    match measure {
        Measure::FirstAnswer => "report-first-answer",
        Measure::FirstHumanResponse => "report-first-human-response",
        Measure::HumanWait => "report-human-wait",
        Measure::HandoffToClaim => "report-handoff-to-claim",
        Measure::NextResponse => "report-next-response",
        Measure::FirstResolution => "report-first-resolution",
        Measure::TotalResolution => "report-total-resolution",
    }
}

fn labels(words: &Words<'_>, title: &'static str, under: String, names: &[&'static str]) -> Labels {
    Labels {
        title: words.say(title),
        under,
        names: names.iter().map(|key| words.say(key)).collect(),
    }
}

/// The period and how many it is about.
fn said_under(words: &Words<'_>, key: &'static str, span: &Span, n: usize) -> String {
    let from = span.from.clone();
    let from = from.unwrap_or_else(|| words.say("report-beginning"));
    let to = span.to.clone().unwrap_or_else(|| words.say("report-now"));
    let phrase = Phrase::new(key).text("from", from).text("to", to);
    words.phrase(&phrase.count("n", n))
}

fn bar(words: &Words<'_>, label: String, figures: &Figures) -> Bar {
    let note = match figures.attainment {
        Some(attained) => Phrase::new("report-note-attained")
            .count("n", figures.n)
            .text("percent", format!("{:.0}", attained * 100.0)),
        None => Phrase::new("report-note").count("n", figures.n),
    };
    Bar {
        label,
        bands: figures.bands,
        note: words.phrase(&note),
    }
}
