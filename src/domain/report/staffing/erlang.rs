//! Queues with many agents: Erlang B, C and A.
//!
//! Sources: A. K. Erlang (1917) for B and C; C. Palm (1946) for A, in the form of A. Mandelbaum
//! and S. Zeltyn, "Service engineering in action: the Palm/Erlang-A queue" (2007).

/// The most agents that are tried.
pub const AGENTS_MAX: u32 = 5_000;
/// Steps of the numerical integration for Erlang A.
const STEPS: u32 = 2_000;

/// What comes in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traffic {
    /// Arrivals in a millisecond, on average.
    pub per_ms: f64,
    /// How long each is handled, on average, in milliseconds.
    pub handling_ms: f64,
}

impl Traffic {
    /// The offered load: how many are in hand at a time if none has to wait.
    pub fn erlangs(self) -> f64 {
        self.per_ms * self.handling_ms
    }
}

/// The share of arrivals that find all of `agents` busy, where those are turned away.
pub fn erlang_b(load: f64, agents: u32) -> f64 {
    // Its inverse grows: no number overflows that matters.
    let inverse = (1..=agents).fold(1.0, |inverse, busy| 1.0 + inverse * f64::from(busy) / load);
    1.0 / inverse
}

/// The share of arrivals that have to wait, where all do until they are taken; 1 where the agents
/// are too few for ever.
pub fn erlang_c(load: f64, agents: u32) -> f64 {
    let use_of_agents = load / f64::from(agents);
    if use_of_agents >= 1.0 {
        return 1.0;
    }
    let blocked = erlang_b(load, agents);
    blocked / (1.0 - use_of_agents * (1.0 - blocked))
}

/// The share that waits no longer than `target_ms`, where everybody waits for ever.
pub fn within_c(traffic: Traffic, agents: u32, target_ms: f64) -> f64 {
    let load = traffic.erlangs();
    let spare = f64::from(agents) - load;
    if spare <= 0.0 {
        return 0.0;
    }
    1.0 - erlang_c(load, agents) * (-spare * target_ms / traffic.handling_ms).exp()
}

/// How an hour goes with customers who leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WithPatience {
    /// The share that would have to wait no longer than the target, had they stayed.
    pub within: f64,
    /// The share that has to wait.
    pub wait: f64,
    /// The share that leaves.
    pub leave: f64,
}

/// Erlang A: customers leave after an exponential time with the mean `patience_ms`.
pub fn erlang_a(traffic: Traffic, patience_ms: f64, agents: u32, target_ms: f64) -> WithPatience {
    let rate = traffic.per_ms;
    let service = f64::from(agents) / traffic.handling_ms;
    let patience_rate = 1.0 / patience_ms;
    // The density of the wait that an arrival is offered, up to a factor:
    // exp(∫₀ˣ λ·e^(−θu) du − n·μ·x).
    let density =
        |x: f64| (rate / patience_rate * (1.0 - (-patience_rate * x).exp()) - service * x).exp();
    let whole = integral(density, rate, service, patience_rate, 0.0);
    let beyond = integral(density, rate, service, patience_rate, target_ms);
    // The weight of finding an agent free, up to the same factor.
    let free = 1.0 / erlang_b(traffic.erlangs(), agents - 1);
    let sum = free / rate + whole;
    let wait = whole / sum;
    let leave = (1.0 + (rate - service) * whole) / (rate * sum);
    WithPatience {
        within: 1.0 - beyond / sum,
        wait,
        leave: leave.clamp(0.0, 1.0),
    }
}

/// ∫ of the density from `from` on, by Simpson's rule, as far as it weighs anything.
fn integral(
    density: impl Fn(f64) -> f64,
    rate: f64,
    service: f64,
    patience_rate: f64,
    from: f64,
) -> f64 {
    // Where the density has fallen to e^−40 of its peak at the latest.
    let peak = if rate > service {
        (rate / service).ln() / patience_rate
    } else {
        0.0
    };
    let mut end = peak.max(from) + 40.0 / service;
    while density(end) > density(peak.max(from)) * 1e-14 {
        end *= 2.0;
    }
    let step = (end - from) / f64::from(STEPS);
    let weighed = (0..=STEPS).map(|n| {
        let weight = match n {
            0 | STEPS => 1.0,
            n if n % 2 == 1 => 4.0,
            _ => 2.0,
        };
        weight * density(from + step * f64::from(n))
    });
    weighed.sum::<f64>() * step / 3.0
}

/// The fewest agents with which `share` waits no longer than `target_ms`, by Erlang C.
pub fn needed_c(traffic: Traffic, target_ms: f64, share: f64) -> Option<u32> {
    fewest(|agents| within_c(traffic, agents, target_ms) >= share)
}

/// The same by Erlang A.
pub fn needed_a(traffic: Traffic, patience_ms: f64, target_ms: f64, share: f64) -> Option<u32> {
    fewest(|agents| erlang_a(traffic, patience_ms, agents, target_ms).within >= share)
}

/// The smallest number that is enough; what is enough stays so with one more.
fn fewest(is_enough: impl Fn(u32) -> bool) -> Option<u32> {
    let mut too_few = 0;
    let mut enough = 1;
    while !is_enough(enough) {
        too_few = enough;
        enough *= 2;
        if enough > AGENTS_MAX {
            return None;
        }
    }
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if is_enough(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}
