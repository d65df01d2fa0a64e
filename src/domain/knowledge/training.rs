//! Learns a model: a whole one from a whole base, or the entries that an edit touches.
//!
//! Invariant: the same examples in the same order give the same model, however many processors
//! there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::features::Bag;
use super::linear::{Costs, Linear, Scratch, train};
use super::meaning::{Meaning, Point};
use super::model::{Edited, Example, Ground, Model};
use super::postings::{Postings, Row, Weights};
use super::processors::on_all;
use super::vocabulary::{FeatureId, Vector, Vocabulary};
use crate::domain::lang::Lang;

/// Entries whose texts an entry is trained against.
const RIVALS: usize = 60;
/// Features of a centroid by which its rivals are looked for: the heaviest tell enough.
const TELLING_FEATURES: usize = 48;
/// Entries that are trained again because an edited one came near to them.
const DISTURBED: usize = 5;
/// What an error on an example costs when the linear functions are learnt.
const COSTS: Costs = Costs {
    own: 1.0,
    rival: 1.0,
};
/// Entries whose linear functions a text needs, by their centroids.
const CONCERNED: usize = 10;
/// What an entry far from a text says about it.
const UNLEARNT: Linear = Linear {
    weights: Vec::new(),
    bias: -1.0,
};
/// A weight of less than this in a linear function changes no ranking and is left out.
const LINEAR_MIN: f32 = 0.015;
/// The same in a centroid.
const CENTROID_MIN: f32 = 0.01;

impl Model {
    /// Learns from the examples of `entry_count` entries.
    pub fn train(examples: &[Example], entry_count: usize, lang: Lang) -> Model {
        Model::train_for(None, examples, entry_count, lang)
    }

    /// Learns as well as `asked` need it: in a large base these texts concern few entries, and all
    /// others need no linear function. `None` is the whole base.
    pub(super) fn train_for(
        asked: Option<&[&Bag]>,
        examples: &[Example],
        entry_count: usize,
        lang: Lang,
    ) -> Model {
        let vocabulary = Vocabulary::of(examples.iter().map(|example| &example.bag), lang);
        let features = vocabulary.features();
        let mut vectors: Vec<Vec<Vector>> = Vec::new();
        vectors.resize_with(entry_count, Vec::new);
        for example in examples {
            vectors[example.entry].push(vocabulary.vector(&example.bag));
        }
        let centroids: Vec<Vector> = vectors
            .iter()
            .map(|vectors| Vector::centroid(vectors.iter()))
            .collect();
        // Rivals are found by the centroids; their linear functions do not exist yet.
        let rows = centroids
            .iter()
            .map(|centroid| row(centroid, &Linear::default()));
        let model = Model {
            vocabulary,
            ground: Arc::new(Ground {
                vectors,
                postings: Postings::of(rows.collect(), features),
                biases: vec![0.0; entry_count],
            }),
            edited: Default::default(),
            meaning: None,
        };
        let needed = asked.map(|asked| model.concerned(asked));
        let (rows, biases) = model.learn_all(&centroids, needed.as_ref());
        let Model {
            vocabulary, ground, ..
        } = model;
        let vectors = Arc::into_inner(ground).map_or_else(Vec::new, |ground| ground.vectors);
        Model {
            vocabulary,
            ground: Arc::new(Ground {
                vectors,
                postings: Postings::of(rows, features),
                biases,
            }),
            edited: Default::default(),
            meaning: meaning(examples, entry_count),
        }
    }

    /// The entries that come near to any of these texts.
    fn concerned(&self, asked: &[&Bag]) -> BTreeSet<usize> {
        let near = asked.iter().flat_map(|bag| {
            let text = self.vocabulary.vector(bag);
            self.nearest(&text.weights, CONCERNED)
        });
        near.collect()
    }

    /// The rows and biases of all entries, learnt on all processors.
    fn learn_all(
        &self,
        centroids: &[Vector],
        needed: Option<&BTreeSet<usize>>,
    ) -> (Vec<Row>, Vec<f32>) {
        let learnt = on_all(centroids.len(), |part| {
            let mut scratch = Scratch::new(self.vocabulary.features());
            let learnt = part.map(|number| {
                let linear = match needed.is_none_or(|all| all.contains(&number)) {
                    true => self.linear_of(number, &centroids[number], &mut scratch),
                    false => UNLEARNT,
                };
                (row(&centroids[number], &linear), linear.bias)
            });
            learnt.collect()
        });
        learnt.into_iter().unzip()
    }

    fn linear_of(&self, number: usize, centroid: &Vector, scratch: &mut Scratch) -> Linear {
        let own: Vec<&Vector> = self.texts(number).iter().collect();
        if own.is_empty() {
            return Linear::default();
        }
        // In a small base the heaviest features are hardly shared; without rivals an entry would
        // claim every text.
        let mut near = self.nearest(&heaviest(centroid), RIVALS + 1);
        if near.len() <= RIVALS {
            near = self.nearest(&centroid.weights, RIVALS + 1);
        }
        let rivals: Vec<&Vector> = near
            .into_iter()
            .filter(|rival| *rival != number)
            .flat_map(|rival| self.texts(rival))
            .collect();
        train(&own, &rivals, COSTS, scratch)
    }

    /// The model in which these entries have these texts; an entry without texts is taken out.
    /// They and the entries near to them are learnt again, the others stay as they are.
    pub fn with(&self, texts: &[(usize, Vec<Example>)]) -> Model {
        let mut model = self.clone();
        let mut touched = BTreeSet::new();
        for (number, examples) in texts {
            touched.extend(self.near(*number));
            let bags = examples.iter().map(|example| &example.bag);
            model.vocabulary.add(bags.clone());
            let vectors: Vec<Vector> = bags.map(|bag| model.vocabulary.vector(bag)).collect();
            model.put(*number, vectors, &Linear::default());
            model.put_meaning(*number, examples);
        }
        for (number, _) in texts {
            touched.insert(*number);
            touched.extend(model.near(*number));
        }
        let mut scratch = Scratch::new(model.vocabulary.features());
        for number in touched {
            let centroid = Vector::centroid(model.texts(number).iter());
            let linear = model.linear_of(number, &centroid, &mut scratch);
            model.put(number, model.texts(number).to_vec(), &linear);
        }
        model
    }

    /// The entries nearest to one, itself among them.
    fn near(&self, number: usize) -> Vec<usize> {
        let centroid = Vector::centroid(self.texts(number).iter());
        self.nearest(&heaviest(&centroid), DISTURBED + 1)
    }

    fn put(&mut self, number: usize, vectors: Vec<Vector>, linear: &Linear) {
        let centroid = Vector::centroid(vectors.iter());
        let edited = Edited {
            row: row(&centroid, linear),
            vectors,
            bias: linear.bias,
        };
        self.edited.insert(number, Arc::new(edited));
    }
}

impl Model {
    /// An entry means what its texts do; where one of them has no point, nothing can be said of the
    /// meaning of any entry until the whole is learnt again.
    fn put_meaning(&mut self, number: usize, examples: &[Example]) {
        let points: Option<Vec<Point>> = examples.iter().map(|one| one.point.clone()).collect();
        match (&mut self.meaning, points) {
            (Some(meaning), Some(points)) => meaning.put(number, points),
            (meaning, _) => *meaning = None,
        }
    }
}

/// What the entries mean, where each of their texts has a point.
fn meaning(examples: &[Example], entry_count: usize) -> Option<Meaning> {
    let mut points = vec![Vec::new(); entry_count];
    for example in examples {
        points[example.entry].push(example.point.clone()?);
    }
    (!examples.is_empty()).then(|| Meaning::learn(points))
}

/// The features of a vector that weigh most.
fn heaviest(vector: &Vector) -> Vec<(FeatureId, f32)> {
    let mut weights = vector.weights.clone();
    if weights.len() > TELLING_FEATURES {
        weights.select_nth_unstable_by(TELLING_FEATURES, |left, right| {
            right.1.total_cmp(&left.1).then(left.0.cmp(&right.0))
        });
        weights.truncate(TELLING_FEATURES);
    }
    weights
}

/// An entry's centroid and its linear function in one row.
fn row(centroid: &Vector, linear: &Linear) -> Row {
    let mut row = Row::with_capacity(centroid.weights.len() + linear.weights.len());
    let mut linear = linear.weights.iter().peekable();
    let mut push = |feature: FeatureId, linear: f32, centroid: f32| {
        if linear.abs() >= LINEAR_MIN || centroid >= CENTROID_MIN {
            row.push((feature, Weights::of(linear, centroid)));
        }
    };
    for (feature, weight) in &centroid.weights {
        while let Some((earlier, lone)) = linear.next_if(|(other, _)| other < feature) {
            push(*earlier, *lone, 0.0);
        }
        let same = linear.next_if(|(other, _)| other == feature);
        push(*feature, same.map_or(0.0, |(_, weight)| *weight), *weight);
    }
    for (feature, lone) in linear {
        push(*feature, *lone, 0.0);
    }
    row.shrink_to_fit();
    row
}
