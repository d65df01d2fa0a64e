//! Whether one of two wordings helps more, told so that it may be looked at after every customer.
//!
//! A test by betting. Where two wordings help alike, what a customer says does not tell which of
//! the two they were shown: each was as likely, since chance (a hash of the customer) chose. So
//! whoever bets on it at fair odds wins nothing in the long run, however they bet and whenever they
//! stop: their fortune from 1 on ever reaches 1/α with a probability of at most α (Ville, 1939).
//! The bet here: with h the share of all customers so far who were helped, and d half the
//! difference that is bet on, whoever was helped was shown the better wording with odds of h + d to
//! h - d, whoever was not with 1 - h - d to 1 - h + d. The stake is shared out evenly among several
//! d, since nobody knows the difference. A bet on one wording gains nothing either where that one
//! helps less, so it says which of the two is better. Nothing is assumed of h, which may also change
//! over time.
//!
//! Source: R. Turner, A. Ly, P. Grünwald, "Generic E-variables for exact sequential k-sample tests
//! that allow for optional stopping", Journal of Statistical Planning and Inference 230 (2024),
//! arXiv:2106.02693; here with the wordings drawn by chance, one customer at a time.

/// In how many of a hundred tests of wordings that help alike one is ever called better, at most.
pub const FALSE_VERDICTS_PERCENT_MAX: usize = 5;
/// Of how many customers of each of two wordings something must be heard before one of them is
/// called better: fewer convince nobody.
pub const HEARD_MIN: usize = 30;
/// Halves of the differences that are bet on.
const HALVES: [f64; 9] = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28];
/// The most of h, and of 1 - h, that is bet: nobody is ever without a fortune.
const STAKE_MAX: f64 = 0.95;

/// One of two wordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one.
    First,
    /// The other.
    Second,
}

/// The evidence so far that either of two wordings helps more.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Of each wording: customers of whom something was heard.
    heard: [usize; 2],
    /// Of both: customers who were helped.
    helped: usize,
    /// The logarithms of the fortunes of those who bet on each wording, by [`HALVES`].
    fortunes: [[f64; HALVES.len()]; 2],
}

impl Evidence {
    /// One more customer was heard of.
    pub fn hear(&mut self, side: Side, helped: bool) {
        // What customers before this one say about the share, one helped and one not added.
        let heard = self.heard.iter().sum::<usize>();
        let share = (self.helped as f64 + 1.0) / (heard as f64 + 2.0);
        let half_max = STAKE_MAX * share.min(1.0 - share);
        for (better, fortunes) in [Side::First, Side::Second].iter().zip(&mut self.fortunes) {
            for (fortune, half) in fortunes.iter_mut().zip(HALVES) {
                let half = half.min(half_max);
                let gain = if helped {
                    half / share
                } else {
                    -half / (1.0 - share)
                };
                *fortune += if side == *better { gain } else { -gain }.ln_1p();
            }
        }
        self.helped += usize::from(helped);
        self.heard[side as usize] += 1;
    }

    /// How many customers were heard of.
    pub fn heard(&self) -> usize {
        self.heard.iter().sum()
    }

    /// The wording that helps more, where so much is heard that it can be told; `statements` is how
    /// many could be made of the whole test (one of each wording over each other one), since any of
    /// them may come out by chance.
    pub fn better(&self, statements: usize) -> Option<Side> {
        if self.heard.iter().any(|heard| *heard < HEARD_MIN) {
            return None;
        }
        let needed = statements as f64 * 100.0 / FALSE_VERDICTS_PERCENT_MAX as f64;
        let fortune = |of: &[f64; HALVES.len()]| {
            of.iter().map(|log| log.exp()).sum::<f64>() / HALVES.len() as f64
        };
        let [first, second] = &self.fortunes;
        match (fortune(first) >= needed, fortune(second) >= needed) {
            (true, false) => Some(Side::First),
            (false, true) => Some(Side::Second),
            // Neither, or each was better for a time.
            (false, false) | (true, true) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::wording_tests::made::Chance;

    /// After how many customers a difference is told, looked at after each, and which.
    fn told(
        chance: &mut Chance,
        customers: usize,
        helped: impl Fn(usize) -> [f64; 2],
    ) -> Option<(Side, usize)> {
        let mut evidence = Evidence::default();
        for number in 0..customers {
            let side = [Side::First, Side::Second][usize::from(chance.happens(0.5))];
            let helped = chance.happens(helped(number)[side as usize]);
            evidence.hear(side, helped);
            if let Some(better) = evidence.better(2) {
                return Some((better, number + 1));
            }
        }
        None
    }

    #[test]
    fn equal_wordings_are_seldom_told_apart_however_often_one_looks() {
        let mut chance = Chance(0x5eed);
        let tests = 300;
        let mut check = |name: &str, helped: &dyn Fn(usize) -> f64| {
            let told = (0..tests).filter(|_| {
                let told = told(&mut chance, 1_000, |number| [helped(number); 2]);
                told.is_some()
            });
            let told = told.count();
            println!("{name}: {told} of {tests} told apart");
            let most = tests * FALSE_VERDICTS_PERCENT_MAX / 100;
            assert!(told <= most, "{name}: {told} of {tests}");
        };
        check("60 % helped", &|_| 0.6);
        check("95 % helped", &|_| 0.95);
        check("40 %, then 90 % helped", &|number| {
            if number < 500 { 0.4 } else { 0.9 }
        });
    }

    #[test]
    fn a_real_difference_is_found() {
        let mut chance = Chance(0xca11);
        let mut check = |worse: f64, better: f64, usual_max: usize, most: usize| {
            let mut after: Vec<usize> = (0..200)
                .map(|_| match told(&mut chance, 20_000, |_| [worse, better]) {
                    Some((Side::Second, after)) => after,
                    Some((Side::First, _)) => usize::MAX,
                    None => usize::MAX,
                })
                .collect();
            after.sort_unstable();
            let (usual, nine_in_ten) = (after[100], after[180]);
            println!("{worse} and {better}: half within {usual}, nine in ten within {nine_in_ten}");
            assert!(
                usual <= usual_max && nine_in_ten <= most,
                "{usual}, {nine_in_ten}"
            );
        };
        check(0.6, 0.75, 600, 1_000);
        check(0.4, 0.7, 200, 300);
    }

    #[test]
    fn nothing_is_told_of_few() {
        let mut evidence = Evidence::default();
        for _ in 0..HEARD_MIN - 1 {
            evidence.hear(Side::First, true);
            evidence.hear(Side::Second, false);
        }
        evidence.hear(Side::First, true);
        assert_eq!(evidence.better(2), None);
        evidence.hear(Side::Second, false);
        assert_eq!(evidence.better(2), Some(Side::First));
        assert_eq!(evidence.heard(), 2 * HEARD_MIN);
    }

    #[test]
    fn a_bet_is_fair_where_the_wordings_help_alike() {
        // What one customer more makes of each fortune, on the average over both wordings and both
        // outcomes, whatever was heard before.
        let mut evidence = Evidence::default();
        for (side, helped) in [
            (Side::First, true),
            (Side::Second, false),
            (Side::First, true),
        ] {
            evidence.hear(side, helped);
        }
        for share in [0.1, 0.5, 0.97] {
            let mut average = 0.0;
            for side in [Side::First, Side::Second] {
                for (helped, likely) in [(true, share), (false, 1.0 - share)] {
                    let mut next = evidence.clone();
                    next.hear(side, helped);
                    let gain = next.fortunes[0][8] - evidence.fortunes[0][8];
                    average += 0.5 * likely * gain.exp();
                }
            }
            assert!((average - 1.0).abs() < 1e-12, "{share}: {average}");
        }
    }
}
