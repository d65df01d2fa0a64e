//! How probable it is that the first candidate is the right one, and that any of them is.
//!
//! Two logistic regressions on what can be seen of a ranking, fitted on the base itself where it is
//! large enough (see `calibration`), and always held towards weights that were learnt on other
//! bases. They part what is unclear between two entries from what no entry answers: of the one it
//! is worth asking which is meant, the other is for a person.
//!
//! Invariant: a confidence is in 0..=1 and means a share: of all texts with 0.9, nine in ten are
//! right.

use super::model::Scored;

/// How many figures the regression sees, the constant one among them.
pub const FIGURES: usize = 12;
/// How sharply scores are turned into the evidence of how many candidates compete.
pub const SHARPNESS: f64 = 4.0;

/// What can be seen of a ranking.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// Brought to like sizes, so that one penalty suits all.
    pub figures: [f64; FIGURES],
}

/// What share of a text the base and the first candidate know, by rarity.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// Known to the base.
    pub by_base: f64,
    /// Known to the first candidate.
    pub by_first: f64,
    /// Words of the text.
    pub words: usize,
    /// Whether the first candidate has a word or a concept of the text, not only runs of letters.
    pub is_shared: bool,
}

/// The evidence of a ranking, best candidate first; `None` without candidates.
pub fn evidence(ranked: &[Scored], known: Known) -> Option<Evidence> {
    let first = ranked.first()?;
    let second = ranked.get(1).map_or(-1.0, |scored| f64::from(scored.score));
    let score = f64::from(first.score);
    let rest: f64 = ranked[1..]
        .iter()
        .map(|scored| ((f64::from(scored.score) - score) * SHARPNESS).exp())
        .sum();
    // Chance likenesses of letters are no more telling where there is only one of them.
    let (beside_all, beside_second) = match known.is_shared || first.alike.is_some() {
        true => (
            -(rest.max(1e-6)).ln().min(8.0) / 2.0,
            (score - second).min(2.0),
        ),
        false => (0.0, 0.0),
    };
    let meaning = meaning(ranked, first);
    Some(Evidence {
        figures: [
            1.0,
            beside_all,
            beside_second,
            f64::from(first.linear),
            f64::from(first.nearest) * 2.0 - 1.0,
            f64::from(first.centroid) * 2.0 - 1.0,
            known.by_base * 2.0 - 1.0,
            known.by_first * 2.0 - 1.0,
            ((1 + known.words) as f64).ln() - 2.0,
            meaning[0],
            meaning[1],
            meaning[2],
        ],
    })
}

/// What the embedding model says of the first candidate: how much it is meant, by itself and beside
/// the others, and how near its nearest text is. All 0 without a model, so that they weigh nothing.
fn meaning(ranked: &[Scored], first: &Scored) -> [f64; 3] {
    let Some((_, alike)) = first.alike else {
        return [0.0; 3];
    };
    let others = ranked[1..].iter().map(|other| other.meant);
    let margin = first.meant - others.fold(0.0, f32::max);
    [
        f64::from(first.meant) / 5.0 - 1.0,
        f64::from(margin.clamp(-6.0, 6.0)) / 4.0,
        f64::from(alike) * 2.0 - 1.0,
    ]
}

/// The regressions, and where the decision lies.
#[derive(Debug, Clone, Copy)]
pub struct Calibration {
    /// For the first candidate being right, one for each figure.
    pub weights: [f64; FIGURES],
    /// For any entry answering the text, one for each figure.
    pub known_weights: [f64; FIGURES],
    /// How sharply scores tell which of the others is right where the first is not.
    pub sharpness: f64,
    /// From which confidence on a text is answered when the customer leaves it open.
    pub answer_from: f64,
    /// The same when the bot is fine.
    pub answer_from_bot_is_fine: f64,
    /// What an embedding model counts beside the words, where one is in use: 1 is as much.
    pub meaning_weight: f32,
}

/// For bases that are too small to learn from: learnt on bases of 24 to 50 entries with 2 to 10
/// wordings each, in three languages, with a fifth of the questions out of scope. The bounds gave 95
/// and 90 % right answers there. Weights that are fitted on the sample shop alone
/// (`benches/knowledge weights`) trust other bases too much. What any entry answers is fitted on the
/// sample shop, for a tenth of the questions out of scope.
pub const SHIPPED: Calibration = Calibration {
    weights: [
        -0.18, 0.35, 2.27, 1.39, 0.04, 0.0, 0.65, 0.66, 0.64, 0.0, 0.0, 0.0,
    ],
    known_weights: [
        2.5, 0.57, 0.83, 0.91, 0.67, 1.45, 1.35, 0.57, 0.45, 0.0, 0.0, 0.0,
    ],
    sharpness: 12.0,
    answer_from: 0.85,
    answer_from_bot_is_fine: 0.64,
    meaning_weight: 1.0,
};

/// The same where an embedding model reads: about the middle of what bases of 64 to 150 entries with
/// 5 to 10 wordings gave when each was calibrated on itself, and less sure, since it was one model.
pub const SHIPPED_WITH_MEANING: Calibration = Calibration {
    weights: [
        -0.8, 0.25, 0.5, 0.8, -0.3, 0.0, -0.1, 0.9, 0.7, 0.36, 0.9, -0.2,
    ],
    known_weights: [
        2.3, 0.24, -0.4, 0.16, 0.5, 0.3, -0.4, 0.83, -0.1, 1.2, 0.87, 0.0,
    ],
    sharpness: 2.0,
    answer_from: 0.90,
    answer_from_bot_is_fine: 0.72,
    meaning_weight: 4.0,
};

impl Calibration {
    /// The probability that the first candidate is right.
    pub fn confidence(&self, evidence: &Evidence) -> f64 {
        probability(&self.weights, evidence)
    }

    /// The probability that any entry answers the text.
    pub fn known(&self, evidence: &Evidence) -> f64 {
        probability(&self.known_weights, evidence).max(self.confidence(evidence))
    }

    /// The probabilities of all candidates: what remains beside the first, less the part that
    /// belongs to no entry, is shared by the others as their scores come near to the first's.
    pub fn shares(&self, ranked: &[Scored], evidence: &Evidence) -> Vec<f64> {
        if ranked.is_empty() {
            return Vec::new();
        }
        let first = self.confidence(evidence);
        let behind = self.known(evidence) - first;
        let others = parts(&gaps(ranked), self.sharpness);
        let others = others.into_iter().map(|part| (part * behind).min(first));
        std::iter::once(first).chain(others).collect()
    }
}

/// How far the scores of the others are behind the first's, by place.
fn gaps(ranked: &[Scored]) -> Vec<f32> {
    let best = ranked.first().map_or(0.0, |first| first.score);
    let others = ranked.iter().skip(1);
    others.map(|other| best - other.score).collect()
}

/// What part of the others' share each has whose score is that far behind the first's.
pub fn parts(gaps: &[f32], sharpness: f64) -> Vec<f64> {
    let nearest = gaps.iter().copied().fold(f32::INFINITY, f32::min);
    let weight = |gap: &f32| (f64::from(nearest - gap) * sharpness).exp();
    let all: f64 = gaps.iter().map(weight).sum();
    gaps.iter().map(|gap| weight(gap) / all).collect()
}

fn probability(weights: &[f64; FIGURES], evidence: &Evidence) -> f64 {
    let sum: f64 = weights
        .iter()
        .zip(evidence.figures)
        .map(|(weight, figure)| weight * figure)
        .sum();
    logistic(sum).clamp(0.001, 0.999)
}

/// A judged ranking that the regressions learn from.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What was seen.
    pub evidence: Evidence,
    /// Whether any entry answers it.
    pub answerable: bool,
    /// The place of the right one among the candidates, from 0.
    pub place: Option<usize>,
    /// How far the scores of the others are behind the first's, by place.
    pub gaps: Vec<f32>,
    /// How much it counts.
    pub weight: f64,
}

impl Judged {
    /// A ranking whose right entry, if any, is known.
    pub fn of(ranked: &[Scored], evidence: Evidence, entry: Option<usize>) -> Judged {
        let place = |entry| ranked.iter().position(|one| one.entry == entry);
        Judged {
            evidence,
            answerable: entry.is_some(),
            place: entry.and_then(place),
            gaps: gaps(ranked),
            weight: 1.0,
        }
    }

    /// Whether the first candidate is right.
    pub fn right(&self) -> bool {
        self.place == Some(0)
    }
}

/// Fits the weights of what is `so` by Newton's method, held towards `prior` with the force of
/// `hold` examples.
pub fn fit(
    judged: &[Judged],
    so: impl Fn(&Judged) -> bool,
    prior: [f64; FIGURES],
    hold: f64,
) -> [f64; FIGURES] {
    const ROUNDS: usize = 25;
    let mut weights = prior;
    for _ in 0..ROUNDS {
        let mut slope = [0.0; FIGURES];
        let mut curvature = [[0.0; FIGURES]; FIGURES];
        for (place, weight) in weights.iter().enumerate() {
            slope[place] = hold * (weight - prior[place]);
            curvature[place][place] = hold;
        }
        for example in judged {
            let figures = example.evidence.figures;
            let sum: f64 = weights
                .iter()
                .zip(figures)
                .map(|(weight, figure)| weight * figure)
                .sum();
            let said = logistic(sum);
            let error = (said - f64::from(u8::from(so(example)))) * example.weight;
            let spread = said * (1.0 - said) * example.weight;
            for row in 0..FIGURES {
                slope[row] += error * figures[row];
                for column in 0..FIGURES {
                    curvature[row][column] += spread * figures[row] * figures[column];
                }
            }
        }
        let change = solve(curvature, slope);
        let mut largest = 0.0f64;
        for (weight, change) in weights.iter_mut().zip(change) {
            *weight -= change.clamp(-1.0, 1.0);
            largest = largest.max(change.abs());
        }
        if largest < 1e-6 {
            break;
        }
    }
    weights
}

/// Solves a small positive definite system by elimination.
fn solve(mut matrix: [[f64; FIGURES]; FIGURES], mut right: [f64; FIGURES]) -> [f64; FIGURES] {
    for pivot in 0..FIGURES {
        let pivot_row = matrix[pivot];
        let pivot_right = right[pivot];
        let divisor = pivot_row[pivot].max(1e-12);
        for (row, right) in matrix.iter_mut().zip(&mut right).skip(pivot + 1) {
            let factor = row[pivot] / divisor;
            for (cell, above) in row.iter_mut().zip(pivot_row) {
                *cell -= factor * above;
            }
            *right -= factor * pivot_right;
        }
    }
    let mut solution = [0.0; FIGURES];
    for row in (0..FIGURES).rev() {
        let behind = matrix[row].iter().zip(solution).skip(row + 1);
        let known: f64 = behind.map(|(cell, solved)| cell * solved).sum();
        solution[row] = (right[row] - known) / matrix[row][row].max(1e-12);
    }
    solution
}

fn logistic(sum: f64) -> f64 {
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(figure: f64, right: bool) -> Judged {
        let mut figures = [0.0; FIGURES];
        figures[0] = 1.0;
        figures[3] = figure;
        Judged {
            evidence: Evidence { figures },
            answerable: true,
            place: Some(usize::from(!right)),
            gaps: Vec::new(),
            weight: 1.0,
        }
    }

    #[test]
    fn the_fit_gives_the_shares_that_it_saw() {
        // Of the texts with figure 1, nine in ten are right; with figure −1, two in ten.
        let mut examples = Vec::new();
        for number in 0..100 {
            examples.push(judged(1.0, number % 10 != 0));
            examples.push(judged(-1.0, number % 10 < 2));
        }
        let weights = fit(&examples, Judged::right, [0.0; FIGURES], 0.001);
        let calibration = Calibration { weights, ..SHIPPED };
        let at = |figure| calibration.confidence(&judged(figure, true).evidence);
        assert!((at(1.0) - 0.9).abs() < 0.01, "{}", at(1.0));
        assert!((at(-1.0) - 0.2).abs() < 0.01, "{}", at(-1.0));
    }

    #[test]
    fn few_examples_move_the_prior_little() {
        let weights = fit(&[judged(1.0, false)], Judged::right, SHIPPED.weights, 50.0);
        for (weight, prior) in weights.iter().zip(SHIPPED.weights) {
            assert!((weight - prior).abs() < 0.1);
        }
        assert_eq!(
            fit(&[], Judged::right, SHIPPED.weights, 50.0),
            SHIPPED.weights
        );
    }

    #[test]
    fn shares_are_no_more_than_one_and_fall() {
        let scored = |entry, score| Scored {
            entry,
            score,
            linear: score,
            centroid: 0.5,
            nearest: 0.5,
            meant: 0.0,
            alike: None,
        };
        let ranked = [scored(0, 0.9), scored(1, 0.8), scored(2, 0.7)];
        let evidence = judged(0.2, true).evidence;
        let shares = SHIPPED.shares(&ranked, &evidence);
        assert_eq!(shares[0], SHIPPED.confidence(&evidence));
        assert!(shares[0] > shares[1] && shares[1] > shares[2] && shares[2] > 0.0);
        // Together they are what the base knows.
        let known = SHIPPED.known(&evidence);
        assert!((shares.iter().sum::<f64>() - known).abs() < 1e-9);
    }
}
