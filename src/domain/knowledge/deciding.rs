//! What the base makes of a text: candidates in every language that may answer, then a decision.
//!
//! Invariant: candidates come best first, each entry once.

use super::decision::{Candidate, Verdict, decide, thresholds};
use super::entry::Entry;
use super::index::KnowledgeIndex;
use super::learnt::Learnt;
use super::text::chinese;
use super::text::language::recognise_language;
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;

/// Most candidates that a verdict names.
const CANDIDATES_NAMED_MAX: usize = 10;
/// How sure a matching pattern of an admin is.
const TRIGGER_CONFIDENCE: f64 = 0.97;

impl KnowledgeIndex {
    /// What to do with a text of a customer whose language so far is `prior`.
    pub fn decide(&self, text: &str, prior: Option<Lang>, preference: HumanPreference) -> Verdict {
        let recognised = recognise_language(text, prior).or(prior);
        let mut lang = recognised.unwrap_or(Lang::En);
        let mut candidates = Vec::new();
        let mut calibration = super::confidence::SHIPPED;
        if recognised.is_some()
            && let Some(learnt) = self.learnt_in(lang)
        {
            candidates = self.named(learnt, text, lang);
            calibration = learnt.calibration;
        }
        let unsure = thresholds(preference, &calibration, self.costs).is_none_or(|thresholds| {
            candidates
                .first()
                .is_none_or(|first| first.confidence < thresholds.answer)
        });
        if unsure {
            for other in self
                .learnt
                .keys()
                .filter(|other| recognised != Some(**other))
            {
                let found = self.found_in_other(text, *other, recognised);
                let best = candidates
                    .first()
                    .map_or(0.0, |first: &Candidate| first.confidence);
                let better = found.first().is_some_and(|found| found.confidence > best);
                if better && recognised.is_none() {
                    lang = *other;
                }
                merge(&mut candidates, found);
            }
        }
        self.put_triggered_first(text, lang, &mut candidates);
        candidates.truncate(CANDIDATES_NAMED_MAX);
        let (decision, reason) = decide(
            &candidates,
            thresholds(preference, &calibration, self.costs),
        );
        Verdict {
            lang,
            decision,
            candidates,
            reason,
        }
    }

    fn named(&self, learnt: &Learnt, text: &str, lang: Lang) -> Vec<Candidate> {
        let found = learnt.find(text, lang, CANDIDATES_NAMED_MAX);
        let second = found.get(1).map(|found| &self.entries[found.place].key);
        let first = found.first().map(|found| &self.entries[found.place].key);
        found
            .iter()
            .enumerate()
            .map(|(rank, found)| {
                let rival = if rank == 0 { second } else { first };
                let entry = &self.entries[found.place];
                let near = found.near_in_meaning.map(|number| {
                    let wording = entry
                        .texts
                        .get(&lang)
                        .and_then(|text| text.wordings().nth(number));
                    wording.unwrap_or(entry.key.as_str())
                });
                Candidate {
                    key: entry.key.clone(),
                    lang,
                    confidence: found.confidence,
                    because: found.because(rank, rival, near),
                }
            })
            .collect()
    }

    /// What another language than the recognised one finds. A text in one language has little to
    /// say in another, and chance likenesses would shadow its own entries: only entries that the
    /// recognised language lacks count, or all where Latin words stand among Chinese ones.
    fn found_in_other(&self, text: &str, other: Lang, recognised: Option<Lang>) -> Vec<Candidate> {
        let lacks = |entry: &Entry| recognised.is_none_or(|lang| !entry.texts.contains_key(&lang));
        let mixed = is_mixed(text);
        let asked = mixed
            || self
                .entries()
                .any(|entry| entry.texts.contains_key(&other) && lacks(entry));
        let Some(learnt) = asked.then(|| self.learnt_in(other)).flatten() else {
            return Vec::new();
        };
        let mut found = self.named(learnt, text, other);
        found.retain(|candidate| mixed || self.entry(&candidate.key).is_some_and(lacks));
        found
    }

    /// Entries with a matching pattern come first; several of them share the certainty.
    fn put_triggered_first(&self, text: &str, lang: Lang, candidates: &mut Vec<Candidate>) {
        let mut triggered: Vec<(usize, &str)> = Vec::new();
        for (place, pattern) in self.triggers.matching(text) {
            if !triggered.iter().any(|(known, _)| *known == place) {
                triggered.push((place, pattern));
            }
        }
        if triggered.is_empty() {
            return;
        }
        let confidence = TRIGGER_CONFIDENCE / triggered.len() as f64;
        let left = (1.0 - TRIGGER_CONFIDENCE).max(0.0);
        let mut ordered: Vec<Candidate> = triggered
            .into_iter()
            .map(|(place, pattern)| Candidate {
                key: self.entries[place].key.clone(),
                lang: wording_lang(&self.entries[place], lang),
                confidence,
                because: format!("its trigger {pattern:?} matches"),
            })
            .collect();
        for mut other in candidates.drain(..) {
            if !ordered.iter().any(|candidate| candidate.key == other.key) {
                other.confidence *= left;
                ordered.push(other);
            }
        }
        *candidates = ordered;
    }
}

/// Whether Chinese characters and Latin words stand together.
fn is_mixed(text: &str) -> bool {
    text.chars().any(chinese::is_han) && text.chars().any(|char| char.is_ascii_alphabetic())
}

/// The language of the wording that a customer gets: their own where the entry has it.
fn wording_lang(entry: &Entry, wanted: Lang) -> Lang {
    if entry.texts.contains_key(&wanted) {
        return wanted;
    }
    entry.texts.keys().next().copied().unwrap_or(wanted)
}

/// Adds candidates found in another language; an entry in both keeps its better confidence.
fn merge(candidates: &mut Vec<Candidate>, found: Vec<Candidate>) {
    for candidate in found {
        match candidates
            .iter_mut()
            .find(|known| known.key == candidate.key)
        {
            Some(known) if known.confidence < candidate.confidence => *known = candidate,
            Some(_) => {}
            None => candidates.push(candidate),
        }
    }
    candidates.sort_by(|left, right| {
        right
            .confidence
            .total_cmp(&left.confidence)
            .then_with(|| left.key.cmp(&right.key))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::Decision;
    use crate::domain::knowledge::made::entry;

    fn shop() -> Vec<Entry> {
        vec![
            entry(
                "refund-time",
                &[
                    (
                        Lang::En,
                        &[
                            "How long does a refund take?",
                            "when do I get my money back",
                            "refund still not here",
                        ],
                    ),
                    (
                        Lang::Vi,
                        &[
                            "Hoàn tiền mất bao lâu?",
                            "bao giờ tôi được hoàn tiền",
                            "chưa nhận được tiền hoàn",
                        ],
                    ),
                    (Lang::Zh, &["退款要多久？", "什么时候退钱", "退款还没到账"]),
                ],
            ),
            entry(
                "shipping-time",
                &[
                    (
                        Lang::En,
                        &[
                            "How long does shipping take?",
                            "when will my parcel arrive",
                            "delivery time",
                        ],
                    ),
                    (
                        Lang::Vi,
                        &[
                            "Giao hàng mất bao lâu?",
                            "mấy ngày thì nhận được hàng",
                            "ship bao lâu",
                        ],
                    ),
                    (Lang::Zh, &["多久能送到？", "几天到货", "配送时间"]),
                ],
            ),
            entry(
                "vat-invoice",
                &[(
                    Lang::Vi,
                    &[
                        "Shop có xuất hóa đơn VAT không?",
                        "lấy hóa đơn đỏ thế nào",
                        "xuất hoá đơn công ty",
                    ],
                )],
            ),
        ]
    }

    fn decided(text: &str) -> Verdict {
        KnowledgeIndex::build(&shop()).decide(text, None, HumanPreference::HumanIfUnsure)
    }

    fn check(text: &str, lang: Lang, best: &str) {
        let verdict = decided(text);
        let first = verdict.candidates.first().map(|first| first.key.as_str());
        assert_eq!(
            (first, verdict.lang),
            (Some(best), lang),
            "{text:?}: {verdict:#?}"
        );
    }

    #[test]
    fn questions_find_their_entry_however_they_are_typed() {
        check("how long until the refund arrives", Lang::En, "refund-time");
        check("refnud taking so long", Lang::En, "refund-time");
        check("hoàn tiền lâu không", Lang::Vi, "refund-time");
        check("khi nao dc hoan tien z", Lang::Vi, "refund-time");
        check("ship COD bao lâu ạ", Lang::Vi, "shipping-time");
        check("我的退款什麼時候到", Lang::Zh, "refund-time");
        check("请问几天能送到呀🙏", Lang::Zh, "shipping-time");
    }

    #[test]
    fn an_entry_in_another_language_is_found_by_what_it_shares() {
        let index = KnowledgeIndex::build(&shop());
        let verdict = index.decide(
            "VAT invoice",
            Some(Lang::En),
            HumanPreference::HumanIfUnsure,
        );
        let first = &verdict.candidates[0];
        assert_eq!(
            (first.key.as_str(), first.lang, verdict.lang),
            ("vat-invoice", Lang::Vi, Lang::En)
        );
    }

    #[test]
    fn a_wording_letter_by_letter_is_answered_and_a_doubled_one_is_asked_about() {
        let verdict = decided("WHEN do I get my money back??");
        assert_eq!(
            verdict.decision,
            Decision::Answer("refund-time".into()),
            "{verdict:#?}"
        );
        let mut doubled = shop();
        doubled.push(entry(
            "money-back",
            &[(Lang::En, &["Money back?", "when do i get my money back"])],
        ));
        let verdict = KnowledgeIndex::build(&doubled).decide(
            "when do i get my money back",
            None,
            HumanPreference::HumanIfUnsure,
        );
        let Decision::Clarify(choices) = &verdict.decision else {
            panic!("{verdict:#?}");
        };
        assert!(choices.contains(&"money-back".into()) && choices.contains(&"refund-time".into()));
    }

    #[test]
    fn a_trigger_goes_before_everything_but_the_wish_for_a_person() {
        let mut entries = shop();
        entries[2].triggers = vec![r"\bvat\b".to_owned()];
        let index = KnowledgeIndex::build(&entries);
        let text = "how long does a refund of the VAT take";
        let verdict = index.decide(text, None, HumanPreference::HumanIfUnsure);
        assert_eq!(verdict.decision, Decision::Answer("vat-invoice".into()));
        assert!(verdict.candidates[0].because.contains("trigger"));
        let verdict = index.decide(text, None, HumanPreference::HumanFirst);
        assert_eq!(verdict.decision, Decision::Handoff);
    }

    #[test]
    fn what_no_entry_answers_is_not_answered() {
        for text in [
            "do you know a good song about the moon",
            "đội nào vô địch năm ngoái",
            "今天天气怎么样",
        ] {
            let verdict = decided(text);
            assert!(
                !matches!(verdict.decision, Decision::Answer(_)),
                "{text}: {verdict:#?}"
            );
        }
    }

    #[test]
    fn texts_of_any_kind_get_a_verdict() {
        let index = KnowledgeIndex::build(&shop());
        let emoji = "🙂".repeat(4_096);
        let long = "refund ".repeat(9_000);
        for text in [
            "",
            "\0",
            "?",
            "👍",
            &emoji,
            &long,
            "\u{202e}dnufer",
            "שלום",
            "'/'//'",
            "\u{fdfa}",
        ] {
            let verdict = index.decide(text, None, HumanPreference::BotIsFine);
            for candidate in verdict.candidates {
                assert!((0.0..=1.0).contains(&candidate.confidence), "{text:.20}");
            }
        }
    }

    #[test]
    fn an_empty_base_hands_everything_over() {
        let index = KnowledgeIndex::build(&[]);
        index.prepare();
        let verdict = index.decide("ok?", Some(Lang::Vi), HumanPreference::BotIsFine);
        assert_eq!(
            (verdict.decision, verdict.lang),
            (Decision::Handoff, Lang::Vi)
        );
        assert!(verdict.candidates.is_empty());
    }

    #[test]
    fn confidences_fall_from_candidate_to_candidate() {
        for text in ["bao lâu", "how long", "when", "多久", "hoan tien ship"] {
            let verdict = decided(text);
            let falling = verdict
                .candidates
                .windows(2)
                .all(|two| two[0].confidence >= two[1].confidence);
            assert!(falling, "{text}: {:?}", verdict.candidates);
        }
    }
}
