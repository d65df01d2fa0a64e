//! Points that are kept: those of the base's texts for as long as an index uses them, so that an
//! edit costs what it changes, and those of the last texts asked, since each is asked more than once.
//!
//! Invariant: a text that is kept is not computed again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::domain::knowledge::meaning::{Point, Sense};

/// How many of the last points asked for stay, whether an index uses them or not.
const RECENT_MAX: usize = 512;
/// From how many known texts on those are looked for that nobody uses any more.
const SWEPT_FROM: usize = 4_096;

/// What computes points.
pub trait Embed: Send + Sync {
    /// The points of these texts, in their order, each of length 1; on failure what is wrong.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String>;
}

/// A model, and the points that it gave.
pub struct Kept<E> {
    model: E,
    name: String,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    points: HashMap<Box<str>, Weak<[f32]>>,
    recent: VecDeque<Point>,
    swept_at: usize,
}

impl<E: Embed> Kept<E> {
    /// With no points yet.
    pub fn of(model: E, name: String) -> Kept<E> {
        Kept {
            model,
            name,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: Embed> Sense for Kept<E> {
    fn name(&self) -> &str {
        &self.name
    }

    fn points(&self, texts: &[&str]) -> Option<Vec<Point>> {
        let mut points: Vec<Option<Point>> = {
            let known = self.known();
            texts.iter().map(|text| known.point(text)).collect()
        };
        let numbered = texts.iter().zip(&points).enumerate();
        let mut missing: Vec<usize> = numbered
            .filter(|(_, (_, point))| point.is_none())
            .map(|(number, _)| number)
            .collect();
        if !missing.is_empty() {
            // Texts of like length go through the model together: little of a batch is padding.
            missing.sort_by_key(|number| (texts[*number].len(), *number));
            let asked: Vec<&str> = missing.iter().map(|number| texts[*number]).collect();
            let computed = off_the_tasks(|| self.model.embed(&asked));
            let computed = computed
                .inspect_err(|why| tracing::error!(why, "the embedding model failed"))
                .ok()?;
            let mut known = self.known();
            for (number, point) in missing.into_iter().zip(computed) {
                let point: Point = point.into();
                known.keep(texts[number], &point);
                points[number] = Some(point);
            }
        }
        points.into_iter().collect()
    }
}

impl Known {
    fn point(&self, text: &str) -> Option<Point> {
        self.points.get(text)?.upgrade()
    }

    fn keep(&mut self, text: &str, point: &Point) {
        self.points.insert(text.into(), Arc::downgrade(point));
        self.recent.push_back(Arc::clone(point));
        if self.recent.len() > RECENT_MAX {
            self.recent.pop_front();
        }
        if self.points.len() > 2 * self.swept_at.max(SWEPT_FROM) {
            self.points.retain(|_, point| point.strong_count() > 0);
            self.swept_at = self.points.len();
        }
    }
}

/// Computes where no task of the program waits for it: on a worker thread the other tasks move on.
fn off_the_tasks<T>(compute: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(compute),
        _ => compute(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts what it is asked, and fails at one text.
    #[derive(Default)]
    struct Lengths {
        asked: Mutex<Vec<String>>,
    }

    impl Embed for Lengths {
        fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
            let mut asked = self.asked.lock().unwrap();
            asked.extend(texts.iter().map(|text| (*text).to_owned()));
            match texts.contains(&"bad") {
                true => Err("bad".to_owned()),
                false => Ok(texts.iter().map(|text| vec![text.len() as f32]).collect()),
            }
        }
    }

    #[test]
    fn points_come_in_the_order_of_their_texts_and_each_is_computed_once() {
        let kept = Kept::of(Lengths::default(), String::new());
        let points = kept.points(&["four", "a", "seven77"]).unwrap();
        let lengths: Vec<f32> = points.iter().map(|point| point[0]).collect();
        assert_eq!(lengths, [4.0, 1.0, 7.0]);
        let again = kept.points(&["a", "bb", "four"]).unwrap();
        assert!(Arc::ptr_eq(&again[0], &points[1]) && again[1][0] == 2.0);
        assert_eq!(kept.model.asked.lock().unwrap().len(), 4);
        assert!(kept.points(&["a", "bad"]).is_none());
    }

    #[test]
    fn points_in_use_are_kept_whatever_else_is_asked_and_others_are_not() {
        let kept = Kept::of(Lengths::default(), String::new());
        let used = kept.points(&["in use"]).unwrap();
        kept.points(&["once"]).unwrap();
        let others: Vec<String> = (0..3 * SWEPT_FROM)
            .map(|number| number.to_string())
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        for some in others.chunks(1_000) {
            kept.points(some).unwrap();
        }
        assert!(kept.known().points.len() <= 2 * SWEPT_FROM + 1);
        let computed = kept.model.asked.lock().unwrap().len();
        let again = kept.points(&["in use"]).unwrap();
        assert!(Arc::ptr_eq(&used[0], &again[0]));
        assert_eq!(kept.model.asked.lock().unwrap().len(), computed);
        kept.points(&["once"]).unwrap();
        assert_eq!(kept.model.asked.lock().unwrap().len(), computed + 1);
    }
}
