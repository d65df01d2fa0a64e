//! What texts mean to an embedding model, where one is in use: entries as directions in its space.
//!
//! Each entry's direction begins at the centroid of its texts and is turned by softmax regression
//! against the entries nearest to it, each text in turn, in few rounds: what stops it early also
//! keeps it from learning few texts by heart.
//!
//! Invariant: all points have the same number of components and length 1; the same points in the
//! same order give the same directions.

use std::sync::Arc;

use super::linear::mix;
use super::processors::on_all;

/// A text's place in a model's space.
pub type Point = Arc<[f32]>;

/// An embedding model, as the knowledge base asks it.
pub trait Sense: Send + Sync {
    /// What it is, for operators: kind, dimensions and folder.
    fn name(&self) -> &str;

    /// The points of these texts, in their order, each of length 1. `None` when the model failed,
    /// of which it has told by itself. May take tens of milliseconds for each text.
    fn points(&self, texts: &[&str]) -> Option<Vec<Point>>;
}

/// How long a direction is at the beginning: how sharply it parts its texts from others'.
const SHARPNESS: f32 = 10.0;
/// Entries that an entry's texts are told from.
const RIVALS: usize = 30;
/// Rounds over all texts; every further one sees a base learnt by heart.
const ROUNDS: usize = 5;
/// The same from so many texts on.
const ROUNDS_OF_LARGE: usize = 3;
const LARGE_FROM: usize = 8_000;
/// How far the first text of all turns a direction; the last one hardly does.
const STEP: f32 = 3.0;

/// The entries of a base by what they mean.
#[derive(Debug, Clone)]
pub struct Meaning {
    /// By number; `None` for an entry without texts.
    entries: Vec<Option<Arc<Meant>>>,
}

#[derive(Debug)]
struct Meant {
    points: Vec<Point>,
    direction: Vec<f32>,
}

impl Meaning {
    /// Learns from the points of each entry's texts.
    pub fn learn(points: Vec<Vec<Point>>) -> Meaning {
        let centroids: Vec<Vec<f32>> = points.iter().map(|points| centroid(points)).collect();
        let rivals = rivals(&centroids);
        let mut directions = centroids;
        for direction in &mut directions {
            lengthen(direction);
        }
        let mut texts: Vec<(usize, &Point)> = points
            .iter()
            .enumerate()
            .flat_map(|(entry, points)| points.iter().map(move |point| (entry, point)))
            .collect();
        let rounds = match texts.len() {
            0..LARGE_FROM => ROUNDS,
            _ => ROUNDS_OF_LARGE,
        };
        let all = (rounds * texts.len()) as f32;
        let mut done = 0.0;
        let mut chance = 0x2545_f491_4f6c_dd1d;
        for _ in 0..rounds {
            mix(&mut texts, &mut chance);
            for (entry, point) in &texts {
                let step = STEP * (1.0 - done / all);
                turn(&mut directions, &rivals[*entry], point, step);
                done += 1.0;
            }
        }
        let entries = points.into_iter().zip(directions);
        Meaning {
            entries: entries
                .map(|(points, direction)| meant(points, direction))
                .collect(),
        }
    }

    /// From now on an entry has these texts: it lies where their centroid is until the whole is
    /// learnt again. Without texts it is taken out.
    pub fn put(&mut self, entry: usize, points: Vec<Point>) {
        if self.entries.len() <= entry {
            self.entries.resize(entry + 1, None);
        }
        let mut direction = centroid(&points);
        lengthen(&mut direction);
        self.entries[entry] = meant(points, direction);
    }

    /// How much each entry is meant by a text, by number, as logarithms of a probability but for
    /// what all have in common; `None` for entries without texts.
    pub fn of(&self, point: &Point) -> Vec<Option<f32>> {
        let values = self.entries.iter().map(|entry| {
            let entry = entry.as_ref()?;
            Some(dot(&entry.direction, point))
        });
        values.collect()
    }

    /// The number among an entry's texts of the one nearest to a text, and its cosine.
    pub fn nearest(&self, entry: usize, point: &Point) -> Option<(usize, f32)> {
        let texts = &self.entries.get(entry)?.as_ref()?.points;
        let cosines = texts.iter().map(|text| dot(text, point)).enumerate();
        cosines.max_by(|left, right| left.1.total_cmp(&right.1).then(right.0.cmp(&left.0)))
    }

    /// What it occupies, in bytes, about.
    pub fn bytes(&self) -> usize {
        let entries = self.entries.iter().flatten();
        entries
            .map(|entry| (1 + entry.points.len()) * size_of_val(&entry.direction[..]))
            .sum()
    }
}

fn meant(points: Vec<Point>, direction: Vec<f32>) -> Option<Arc<Meant>> {
    (!points.is_empty()).then(|| Arc::new(Meant { points, direction }))
}

/// The middle of these points, brought to length 1; empty without points.
fn centroid(points: &[Point]) -> Vec<f32> {
    let Some(first) = points.first() else {
        return Vec::new();
    };
    let mut sum = first.to_vec();
    for point in &points[1..] {
        add(&mut sum, 1.0, point);
    }
    let length = dot(&sum, &sum).sqrt().max(1e-9);
    sum.iter_mut().for_each(|component| *component /= length);
    sum
}

fn lengthen(direction: &mut [f32]) {
    direction
        .iter_mut()
        .for_each(|component| *component *= SHARPNESS);
}

/// For each entry itself and then the entries nearest to it.
fn rivals(centroids: &[Vec<f32>]) -> Vec<Vec<usize>> {
    on_all(centroids.len(), |part| {
        part.map(|own| rivals_of(own, centroids)).collect()
    })
}

fn rivals_of(own: usize, centroids: &[Vec<f32>]) -> Vec<usize> {
    let others = centroids.iter().enumerate();
    let mut near: Vec<(f32, usize)> = others
        .filter(|(other, centroid)| *other != own && !centroid.is_empty())
        .map(|(other, centroid)| (dot(&centroids[own], centroid), other))
        .collect();
    let order = |left: &(f32, usize), right: &(f32, usize)| {
        right.0.total_cmp(&left.0).then(left.1.cmp(&right.1))
    };
    if near.len() > RIVALS {
        near.select_nth_unstable_by(RIVALS, order);
        near.truncate(RIVALS);
    }
    near.sort_unstable_by(order);
    let others = near.into_iter().map(|(_, other)| other);
    std::iter::once(own).chain(others).collect()
}

/// One step of softmax regression: the first of `entries` is the right one.
fn turn(directions: &mut [Vec<f32>], entries: &[usize], point: &Point, step: f32) {
    let mut shares: Vec<f32> = entries
        .iter()
        .map(|entry| dot(&directions[*entry], point))
        .collect();
    let most = shares.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    shares
        .iter_mut()
        .for_each(|share| *share = (*share - most).exp());
    let all: f32 = shares.iter().sum();
    for (place, (entry, share)) in entries.iter().zip(shares).enumerate() {
        let wanted = if place == 0 { 1.0 } else { 0.0 };
        let error = wanted - share / all;
        // A rival that is far off anyway is left where it is.
        if error.abs() > 1e-4 {
            add(&mut directions[*entry], step * error, point);
        }
    }
}

/// The scalar product, in lanes that the processor works on together.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (left, right) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f32 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(left, right)| left * right)
        .sum();
    for (left, right) in left.zip(right) {
        for lane in 0..LANES {
            sums[lane] += left[lane] * right[lane];
        }
    }
    rest + sums.iter().sum::<f32>()
}

fn add(sum: &mut [f32], factor: f32, point: &[f32]) {
    for (sum, component) in sum.iter_mut().zip(point) {
        *sum += factor * component;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(components: &[f32]) -> Point {
        let length = dot(components, components).sqrt();
        components.iter().map(|one| one / length).collect()
    }

    fn first(meaning: &Meaning, asked: &Point) -> usize {
        let values = meaning.of(asked);
        let numbered = values.iter().enumerate();
        let best = numbered.max_by(|left, right| left.1.partial_cmp(right.1).unwrap());
        best.unwrap().0
    }

    #[test]
    fn directions_turn_to_what_tells_entries_apart() {
        // All have the first component in common; the centroids alone would be led by the third,
        // of which the first entry has much by chance.
        let meaning = Meaning::learn(vec![
            vec![point(&[5.0, 1.0, 3.0]), point(&[5.0, 1.0, 0.0])],
            vec![point(&[5.0, -1.0, 1.5]), point(&[5.0, -1.0, 1.0])],
            Vec::new(),
        ]);
        for third in [0.0, 1.0, 2.0, 3.0] {
            assert_eq!(first(&meaning, &point(&[5.0, 1.0, third])), 0, "{third}");
            assert_eq!(first(&meaning, &point(&[5.0, -1.0, third])), 1, "{third}");
        }
        assert_eq!(meaning.of(&point(&[1.0, 0.0, 0.0]))[2], None);
        let (number, cosine) = meaning.nearest(0, &point(&[5.0, 1.0, 0.1])).unwrap();
        assert!(number == 1 && cosine > 0.999, "{number} {cosine}");
    }

    #[test]
    fn an_entry_is_moved_added_and_taken_out() {
        let mut meaning = Meaning::learn(vec![
            vec![point(&[1.0, 0.0, 0.0])],
            vec![point(&[0.0, 1.0, 0.0])],
        ]);
        let asked = point(&[0.1, 0.1, 1.0]);
        meaning.put(3, vec![asked.clone()]);
        assert_eq!(first(&meaning, &asked), 3);
        assert_eq!(meaning.nearest(2, &asked), None);
        meaning.put(3, Vec::new());
        meaning.put(1, vec![point(&[0.0, 0.5, 1.0])]);
        assert_eq!(first(&meaning, &asked), 1);
        assert_eq!(meaning.nearest(3, &asked), None);
    }

    #[test]
    fn the_scalar_product_counts_every_component() {
        for length in [1, 15, 16, 17, 40] {
            let ones = vec![1.0; length];
            assert_eq!(dot(&ones, &ones), length as f32);
        }
    }
}
