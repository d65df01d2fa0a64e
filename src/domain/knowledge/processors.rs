//! Work on many entries, shared among all processors.
//!
//! Invariant: what comes out is in the order of the entries, however many processors there are.

use std::ops::Range;

/// What `work` makes of each part of `0..count`, one after another.
pub fn on_all<R: Send>(count: usize, work: impl Fn(Range<usize>) -> Vec<R> + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = count.div_ceil(threads).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..count)
            .step_by(share)
            .map(|start| scope.spawn(move || work(start..count.min(start + share))))
            .collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_default())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_worked_on_once_and_in_order() {
        for count in [0, 1, 2, 7, 100] {
            let done = on_all(count, |part| part.map(|number| number * 2).collect());
            let wanted: Vec<usize> = (0..count).map(|number| number * 2).collect();
            assert_eq!(done, wanted);
        }
    }
}
