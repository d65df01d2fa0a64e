//! The report as a picture, its words in the language of whoever looks at it.

use super::super::{Context, Failure};
use super::Arguments;
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::report::chart::{Bar, Field, Labels, bars, heat_map};
use crate::domain::report::figures::Figures;
use crate::domain::report::sla::{By, Group, Measure, hour_of_week_name};
use crate::domain::report::staffing::HOURS_OF_WEEK;
use crate::wording::Wording;

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

/// Without a breakdown each measure, else each group's wait for a person; by hour of the week as a
/// heat map.
pub(super) fn svg(
    groups: &[Group],
    by: Option<By>,
    arguments: &Arguments,
    context: &Context<'_>,
) -> Result<String, Failure> {
    let wording = Wording::load().map_err(Failure::not_done)?;
    let lang = arguments.lang.as_deref().and_then(Lang::from_code);
    let words = Words {
        wording,
        lang: lang.unwrap_or(context.config().desk.lang),
    };
    let Some(all) = groups.first() else {
        return Err(Failure::not_done("there is nothing to draw"));
    };
    let under = words.under(arguments, all);
    if by == Some(By::HourOfWeek) {
        let labels = words.labels("report-week", under, &DAYS);
        return Ok(heat_map(&labels, &week(groups)));
    }
    let drawn: Vec<Bar> = match by {
        None => all
            .clocks
            .iter()
            .map(|clock| words.bar(words.say(name_of(clock.clock)), &clock.figures))
            .collect(),
        Some(_) => {
            let groups = groups.iter().take(GROUPS_MAX);
            let human = groups.filter_map(|group| Some((group, human_wait(group)?)));
            human
                .map(|(group, figures)| words.bar(group.group.clone(), figures))
                .collect()
        }
    };
    Ok(bars(&words.labels("report-waits", under, &BANDS), &drawn))
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

struct Words {
    wording: Wording,
    lang: Lang,
}

impl Words {
    fn say(&self, key: &'static str) -> String {
        self.wording.plain(self.lang, key)
    }

    fn labels(&self, title: &'static str, under: String, names: &[&'static str]) -> Labels {
        Labels {
            title: self.say(title),
            under,
            names: names.iter().map(|key| self.say(key)).collect(),
        }
    }

    fn under(&self, arguments: &Arguments, all: &Group) -> String {
        let from = arguments
            .period
            .from()
            .unwrap_or_else(|| self.say("report-beginning"));
        let to = arguments
            .period
            .to()
            .unwrap_or_else(|| self.say("report-now"));
        let n = i64::try_from(all.conversations.came_in).unwrap_or(i64::MAX);
        let phrase = Phrase::new("report-under")
            .text("from", from)
            .text("to", to);
        self.wording.say(self.lang, &phrase.number("n", n))
    }

    fn bar(&self, label: String, figures: &Figures) -> Bar {
        let n = i64::try_from(figures.n).unwrap_or(i64::MAX);
        let note = match figures.attainment {
            Some(attained) => Phrase::new("report-note-attained")
                .number("n", n)
                .text("percent", format!("{:.0}", attained * 100.0)),
            None => Phrase::new("report-note").number("n", n),
        };
        Bar {
            label,
            bands: figures.bands,
            note: self.wording.say(self.lang, &note),
        }
    }
}
