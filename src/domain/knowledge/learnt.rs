//! What was learnt of a base in one language, asked by text.
//!
//! Invariant: `find` names each entry at most once, best first, with probabilities that fall.

use std::sync::Arc;

use super::calibration::calibrate;
use super::confidence::{Calibration, SHIPPED};
use super::entry::EntryText;
use super::features::{Bag, Script, Token, tokens, word_feature, wording_feature};
use super::meaning::{Point, Sense};
use super::model::{Example, Model, Scored, Seen};
use super::phrases::comparable;
use super::repair::WordList;
use super::wordings::Wordings;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

/// How sure a text is that is an entry's wording letter by letter.
const SAME_WORDING_CONFIDENCE: f64 = 0.985;
/// Most words that a reason quotes.
const QUOTED_MAX: usize = 3;

/// A base in one language.
#[derive(Clone)]
pub struct Learnt {
    model: Model,
    /// How far rankings are trusted.
    pub calibration: Calibration,
    /// The entries' places in the whole base.
    places: Vec<usize>,
    words: WordList,
    wordings: Wordings,
    /// The embedding model that texts are read with.
    sense: Option<Arc<dyn Sense>>,
}

/// The wordings of an entry, ready to be learnt from.
#[derive(Default)]
struct Taken {
    /// What is learnt from: the wordings, and the key where it says something.
    texts: Vec<String>,
    bags: Vec<Bag>,
    tokens: Vec<Vec<Token>>,
    wordings: Vec<u64>,
}

/// An entry found for a text.
#[derive(Debug)]
pub struct Found {
    /// Its place in the whole base.
    pub place: usize,
    /// The probability that it is right.
    pub confidence: f64,
    /// The number of its wording that is nearest in meaning, where the meaning speaks for it; that
    /// after the last is its key.
    pub near_in_meaning: Option<usize>,
    shared: Vec<String>,
    unknown: Vec<String>,
    same_wording: bool,
}

impl Learnt {
    /// Learns from the entries' texts, each with its place in the whole base, read with `sense`
    /// where there is one.
    pub fn from(
        texts: &[(usize, &EntryKey, &EntryText)],
        lang: Lang,
        sense: Option<Arc<dyn Sense>>,
    ) -> Learnt {
        let mut examples = Vec::new();
        let mut said = Vec::new();
        let mut words = WordList::default();
        let mut wordings = Vec::new();
        for (number, (_, key, text)) in texts.iter().enumerate() {
            let taken = taken(key, text, lang);
            taken.tokens.iter().for_each(|tokens| words.add(tokens));
            wordings.extend(taken.wordings.into_iter().map(|wording| (wording, number)));
            examples.extend(taken.bags.into_iter().map(|bag| example(number, bag)));
            said.extend(taken.texts);
        }
        read(examples.iter_mut(), &said, sense.as_deref());
        Learnt {
            calibration: calibrate(&examples, texts.len(), lang),
            model: Model::train(&examples, texts.len(), lang),
            places: texts.iter().map(|(place, _, _)| *place).collect(),
            words: words.settled(),
            wordings: Wordings::of(wordings),
            sense,
        }
    }

    /// The base with these entries as they are now, `None` where one has no text in this language
    /// any more. Only they and what is near to them are learnt again; the calibration stays.
    pub fn with(&self, texts: &[(usize, &EntryKey, Option<&EntryText>)], lang: Lang) -> Learnt {
        let mut learnt = self.clone();
        let mut examples = Vec::new();
        let mut said = Vec::new();
        let mut tokens = Vec::new();
        for (place, key, text) in texts {
            let known = learnt.places.iter().position(|known| known == place);
            if known.is_none() && text.is_none() {
                continue;
            }
            let number = known.unwrap_or_else(|| {
                learnt.places.push(*place);
                learnt.places.len() - 1
            });
            let taken = text.map_or_else(Taken::default, |text| taken(key, text, lang));
            learnt.wordings.replace(number, taken.wordings);
            tokens.extend(taken.tokens);
            said.extend(taken.texts);
            let of_entry = taken.bags.into_iter().map(|bag| example(number, bag));
            examples.push((number, of_entry.collect::<Vec<Example>>()));
        }
        let all = examples.iter_mut().flat_map(|(_, of_entry)| of_entry);
        read(all, &said, self.sense.as_deref());
        learnt.words = self.words.with(tokens.iter().map(Vec::as_slice));
        learnt.model = self.model.with(&examples);
        learnt
    }

    /// How many entries were learnt again since the whole was.
    pub fn edited_count(&self) -> usize {
        self.model.edited_count()
    }

    /// Stands for what the training of the whole gave: the same for all that share it.
    #[cfg(test)]
    pub fn ground(&self) -> usize {
        self.model.ground_address()
    }

    /// What it occupies, in bytes, about.
    pub fn bytes(&self) -> usize {
        self.model.bytes() + self.wordings.bytes()
    }

    /// What the model sees in a text, its slips repaired, and the tokens that it looked at.
    pub fn look(&self, text: &str, lang: Lang) -> (Vec<Token>, Seen) {
        let mut tokens = tokens(text, lang);
        self.words.repair(&mut tokens, lang);
        let point = self.point(text, &tokens);
        let weight = self.calibration.meaning_weight;
        let seen = self
            .model
            .look(&Bag::of(&tokens, lang), point.as_ref(), weight);
        (tokens, seen)
    }

    /// The point of a text that has words, where the entries have points too.
    fn point(&self, text: &str, tokens: &[Token]) -> Option<Point> {
        let sense = self.sense.as_ref()?;
        (self.model.meaning.is_some() && !tokens.is_empty())
            .then(|| sense.points(&[text])?.pop())
            .flatten()
    }

    /// The entries for a text, best first, at most `most`.
    pub fn find(&self, text: &str, lang: Lang, most: usize) -> Vec<Found> {
        let (tokens, seen) = self.look(text, lang);
        let Some(evidence) = seen.evidence else {
            return Vec::new();
        };
        let unread = self.sense.is_some() && seen.ranked.iter().all(|one| one.alike.is_none());
        let calibration = match unread {
            // What it was calibrated with cannot be seen: as careful as in a small base.
            true => &SHIPPED,
            false => &self.calibration,
        };
        let speaks = meaning_speaks_for(&seen.ranked);
        let confidences = calibration.shares(&seen.ranked, &evidence);
        let unknown = self.unknown(&tokens);
        let mut found: Vec<Found> = seen
            .ranked
            .iter()
            .zip(confidences)
            .take(most)
            .map(|(scored, confidence)| Found {
                place: self.places[scored.entry],
                confidence,
                shared: self.shared(&tokens, scored.entry),
                unknown: unknown.clone(),
                same_wording: false,
                near_in_meaning: scored
                    .alike
                    .filter(|_| speaks(scored))
                    .map(|(number, _)| number),
            })
            .collect();
        self.put_same_wording_first(text, &mut found);
        found
    }

    fn put_same_wording_first(&self, text: &str, found: &mut [Found]) {
        let said = comparable(text);
        let same = self.wordings.with(wording_feature(&said));
        if said.is_empty() || same.is_empty() {
            return;
        }
        let confidence = SAME_WORDING_CONFIDENCE / same.len() as f64;
        let left = 1.0 - SAME_WORDING_CONFIDENCE;
        let places: Vec<usize> = same.iter().map(|number| self.places[*number]).collect();
        for one in found.iter_mut() {
            one.same_wording = places.contains(&one.place);
            one.confidence = if one.same_wording {
                confidence.max(if same.len() == 1 { one.confidence } else { 0.0 })
            } else {
                one.confidence.min(1.0) * left
            };
        }
        found.sort_by(|left, right| right.confidence.total_cmp(&left.confidence));
    }

    /// The words of a text that speak most for an entry.
    fn shared(&self, tokens: &[Token], entry: usize) -> Vec<String> {
        let mut weighed: Vec<(f32, &str)> = tokens
            .iter()
            .map(|token| {
                let feature = word_feature(&token.base);
                let rarity = self.model.vocabulary.idf(feature);
                (
                    self.model.weight_for(entry, feature) * rarity,
                    token.shown.as_str(),
                )
            })
            .filter(|(weight, _)| *weight > 0.0)
            .collect();
        weighed.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
        weighed.dedup_by(|left, right| left.1 == right.1);
        weighed
            .into_iter()
            .take(QUOTED_MAX)
            .map(|(_, word)| word.to_owned())
            .collect()
    }

    /// The words of a text that no wording of the base has.
    fn unknown(&self, tokens: &[Token]) -> Vec<String> {
        let mut unknown: Vec<String> = Vec::new();
        for token in tokens {
            let known = self
                .model
                .vocabulary
                .id(word_feature(&token.base))
                .is_some();
            if !known && token.script != Script::Digits && !unknown.contains(&token.shown) {
                unknown.push(token.shown.clone());
            }
        }
        unknown.truncate(QUOTED_MAX);
        unknown
    }
}

/// What is learnt of one entry's wording.
fn taken(key: &EntryKey, text: &EntryText, lang: Lang) -> Taken {
    let mut taken = Taken::default();
    for wording in text.wordings() {
        let tokens = tokens(wording, lang);
        taken.bags.push(Bag::of(&tokens, lang));
        taken.tokens.push(tokens);
        taken.wordings.push(wording_feature(&comparable(wording)));
    }
    // Keys are mostly English words that say what it is about.
    taken.texts = text.wordings().map(str::to_owned).collect();
    if lang == Lang::En {
        let said = key.as_str().replace('-', " ");
        taken.bags.push(Bag::of(&tokens(&said, lang), lang));
        taken.texts.push(said);
    }
    taken
}

fn example(entry: usize, bag: Bag) -> Example {
    Example {
        entry,
        bag,
        point: None,
    }
}

/// Gives each example the point of its text, where there is a model that reads.
fn read<'e>(
    examples: impl Iterator<Item = &'e mut Example>,
    texts: &[String],
    sense: Option<&dyn Sense>,
) {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let points = sense.and_then(|sense| sense.points(&texts));
    for (example, point) in examples.zip(points.into_iter().flatten()) {
        example.point = Some(point);
    }
}

/// Whether the meaning alone would give a candidate a fair chance.
fn meaning_speaks_for(ranked: &[Scored]) -> impl Fn(&Scored) -> bool {
    const FAIR_CHANCE: f32 = 0.2;
    let most = ranked.iter().map(|one| one.meant).fold(0.0, f32::max);
    let all: f32 = ranked.iter().map(|one| (one.meant - most).exp()).sum();
    move |one| (one.meant - most).exp() / all >= FAIR_CHANCE
}

impl Found {
    /// Why this entry, in plain English; `rival` is the entry that it competes with, `near` the
    /// wording that is nearest in meaning.
    pub fn because(&self, rank: usize, rival: Option<&EntryKey>, near: Option<&str>) -> String {
        let mut said = Vec::new();
        if self.same_wording {
            said.push("it is one of its wordings".to_owned());
        } else if !self.shared.is_empty() {
            said.push(format!("shares {}", quoted(&self.shared)));
        } else if near.is_none() {
            said.push("similar letters only".to_owned());
        }
        if let Some(near) = near.filter(|_| !self.same_wording) {
            said.push(format!("near in meaning to “{near}”"));
        }
        if let Some(rival) = rival {
            let place = if rank == 0 { "second" } else { "first" };
            said.push(format!("{place} was {rival}"));
        }
        if !self.unknown.is_empty() {
            said.push(format!("never seen: {}", quoted(&self.unknown)));
        }
        said.join("; ")
    }
}

fn quoted(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
    quoted.join(", ")
}
