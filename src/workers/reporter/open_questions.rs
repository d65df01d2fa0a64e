//! Once a week the desk is told what the bot could not answer in the week before, and which wording
//! of an answer turned out in it to help more.
//!
//! Invariant: each week is told of once, however many processes look: the week and the words about
//! it are written in one commit.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Reporter, add};
use crate::domain::ids::MessageId;
use crate::domain::knowledge::gaps::GapKind;
use crate::domain::knowledge::gaps::summary::{Summary, summaries};
use crate::domain::knowledge::wording_tests::WordingTest;
use crate::domain::outgoing::Act;
use crate::domain::phrase::Phrase;
use crate::domain::place::Place;
use crate::domain::rich::{RichText, Style};
use crate::domain::time::{Millis, Timestamp};
use crate::reporting::wording_tests::{self, better_phrase};
use crate::store::gaps::Looked;
use crate::store::outbox::NewOutgoing;
use crate::store::{StoreError, gaps, knowledge, reports};
use crate::workers::intake::Desk;

const WEEK: Millis = Millis::hours(24 * 7);
/// From when on a week is told of: Monday 01:00 UTC, the morning in Hanoi and in Beijing.
const FIRST_MONDAY: Timestamp = Timestamp((4 * 24 + 1) * 3_600_000);
/// The most groups that are told of; the console has all.
const GROUPS_MAX: usize = 5;
/// The most examples of a group.
const EXAMPLES_MAX: usize = 2;
/// The most characters of the answer that worked.
const ANSWER_CHARS_MAX: usize = 200;
/// The most entries whose wordings are told of.
const TESTS_MAX: usize = 3;
/// The lane of the words: erasing somebody takes them back by it.
const LANE: &str = "gaps";
/// Under which name the last one is remembered among the digests.
const NAME: &str = "open-questions";

/// What is told of a week.
struct News {
    groups: Vec<Summary>,
    /// With what could be told in that week alone.
    tests: Vec<WordingTest>,
}

impl Reporter {
    /// Tells of the last week, where that has not been done yet; says how often it did.
    pub(super) async fn tell_open_questions(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let until = week_of(now);
        if self.desks.is_empty() || self.week_told.load(Ordering::SeqCst) == until.0 {
            return Ok(0);
        }
        let (mut looked, mut tests) = match self.looked_at(until, now).await {
            // It will not read any better the next time: this process tells of the next week again.
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(%error, "the week's open questions are not told");
                self.week_told.store(until.0, Ordering::SeqCst);
                return Ok(0);
            }
            looked => looked?,
        };
        let week = until - WEEK..until;
        looked.placed.retain(|placed| week.contains(&placed.gap.at));
        let mut groups = summaries(&looked.placed, &looked.handled);
        groups.retain(|group| !group.ignored);
        for test in &mut tests {
            test.better.retain(|better| week.contains(&better.at));
        }
        tests.retain(|test| !test.better.is_empty());
        let news = News { groups, tests };
        let rows: Arc<[NewOutgoing]> = if news.groups.is_empty() && news.tests.is_empty() {
            // Silence is the best news, and news that nobody needs to be told.
            Arc::from([])
        } else {
            self.desks
                .iter()
                .zip(0..)
                .map(|(desk, slot)| self.week_for(desk, slot, until, &news))
                .collect()
        };
        let asked = looked.placed.iter();
        let asked: Arc<[MessageId]> = asked.filter_map(|one| one.gap.id().cloned()).collect();
        let told = self.store.write(move |tx| {
            let (rows, asked) = (rows.clone(), asked.clone());
            Box::pin(async move {
                // Somebody was erased meanwhile: it is looked at anew.
                if !gaps::are_there(tx, &asked).await? {
                    return Ok(None);
                }
                if !reports::tell_digest(tx, NAME, &day(until)).await? {
                    return Ok(Some(0));
                }
                add(tx, &rows).await?;
                Ok(Some(usize::from(!rows.is_empty())))
            })
        });
        let Some(told) = told.await? else {
            return Ok(0);
        };
        self.week_told.store(until.0, Ordering::SeqCst);
        Ok(told)
    }

    /// The gaps up to then, and every wording test.
    async fn looked_at(
        &self,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(Looked, Vec<WordingTest>), StoreError> {
        // A conversation may have begun in the week before.
        let looked = self.store.gaps(until - WEEK - WEEK, until, now).await?;
        let mut tx = self.store.read().await?;
        let entries = knowledge::entries(&mut tx).await?;
        let tests = wording_tests::begun(&mut tx, &entries).await?;
        Ok((looked, tests))
    }

    fn week_for(&self, desk: &Desk, slot: i64, until: Timestamp, news: &News) -> NewOutgoing {
        let limit = (self.limits)(desk.kind);
        let of_first = |count: usize| self.week_in_words(until, news, count);
        let fits = |text: &RichText| (limit.units)(text) <= limit.units_max;
        let text = (1..=GROUPS_MAX).rev().map(of_first).find(fits);
        let text = text.unwrap_or_else(|| of_first(0));
        let act = Act::Show {
            title: self.week_title(until),
            text,
            reply_to: None,
            picture: None,
        };
        let cause = format!("{LANE}:{}", until.0).into();
        let forum = Place::chat(desk.kind, desk.forum.clone());
        NewOutgoing {
            lane: LANE.to_owned(),
            ..self.row(cause, slot, forum, act)
        }
    }

    fn week_title(&self, until: Timestamp) -> String {
        let day = day(until - WEEK);
        let title = Phrase::new("desk-gaps-title").text("day", day);
        self.wording.say(self.lang, &title)
    }

    /// The words about the first so many groups.
    fn week_in_words(&self, until: Timestamp, news: &News, shown: usize) -> RichText {
        let bold = || Style {
            bold: true,
            ..Style::default()
        };
        let say = |phrase: &Phrase| self.wording.say(self.lang, phrase);
        let mut text = RichText::default();
        text.push_styled(self.week_title(until), bold());
        let News { groups, tests } = news;
        if !groups.is_empty() {
            let questions: usize = groups.iter().map(Summary::questions).sum();
            let head = Phrase::new("desk-gaps-head")
                .count("questions", questions)
                .count("groups", groups.len());
            text.push(format!("\n{}", say(&head)));
        }
        for group in groups.iter().take(shown) {
            let example = group.examples.first().cloned().unwrap_or_default();
            text.push("\n\n");
            text.push_styled(format!("{} × “{example}”", group.questions()), bold());
            text.push(format!("\n{}", self.kinds(group)));
            for example in group.examples.iter().skip(1).take(EXAMPLES_MAX - 1) {
                text.push(format!("\n“{example}”"));
            }
            if let Some(answer) = &group.answer {
                let answer: String = answer.chars().take(ANSWER_CHARS_MAX).collect();
                let worked = Phrase::new("desk-gaps-answer").text("answer", answer);
                text.push(format!("\n{}", say(&worked)));
            }
        }
        if !groups.is_empty() {
            let link = format!("{}/console/gaps", self.public_url);
            let more = Phrase::new("desk-gaps-more").text("link", link);
            text.push(format!("\n\n{}", say(&more)));
        }
        if !tests.is_empty() {
            text.push("\n\n");
            text.push_styled(say(&Phrase::new("wording-test-title")), bold());
        }
        for test in tests.iter().take(TESTS_MAX) {
            for better in &test.better {
                let said = say(&better_phrase(better));
                text.push(format!("\n{} [{}]: {said}", test.entry, test.lang.code()));
            }
            let link = format!("{}/console/knowledge/{}", self.public_url, test.entry);
            text.push(format!("\n{link}"));
        }
        text
    }

    fn kinds(&self, group: &Summary) -> String {
        let kinds = GapKind::ALL.into_iter().filter_map(|kind| {
            let count = group.of_kind(kind);
            let phrase = Phrase::new(kind.phrase_key()).count("n", count);
            (count > 0).then(|| self.wording.say(self.lang, &phrase))
        });
        kinds.collect::<Vec<_>>().join(" · ")
    }
}

/// The end of the last week that is over at that time.
fn week_of(now: Timestamp) -> Timestamp {
    let since = (now - FIRST_MONDAY).or_zero().0;
    FIRST_MONDAY + Millis(since - since % WEEK.0)
}

fn day(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_ends_on_monday_at_one() {
        let check = |now: &str, end: &str| {
            let at = |text: &str| {
                let instant: jiff::Timestamp = text.parse().expect("is a time");
                Timestamp(instant.as_millisecond())
            };
            assert_eq!(week_of(at(now)), at(end), "{now}");
        };
        check("2026-11-23T00:59:59Z", "2026-11-16T01:00:00Z");
        check("2026-11-23T01:00:00Z", "2026-11-23T01:00:00Z");
        check("2026-11-26T05:00:00Z", "2026-11-23T01:00:00Z");
        assert_eq!(day(week_of(Timestamp(0))), "1970-01-05");
    }
}
