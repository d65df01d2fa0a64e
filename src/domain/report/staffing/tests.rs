use super::erlang::*;
use super::*;
use crate::domain::ids::ConversationId;
use crate::domain::place::ChannelKind;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};
use jiff::tz::TimeZone;

fn close(found: f64, expected: f64, within: f64) {
    assert!(
        (found - expected).abs() <= within,
        "{found} is not {expected}"
    );
}

/// The published Erlang B tables: the load that so many agents carry at 1 % and at 0.1 %.
#[test]
fn erlang_b_is_that_of_the_published_tables() {
    let at_one_percent = [
        (1, 0.0101),
        (2, 0.153),
        (5, 1.361),
        (10, 4.461),
        (20, 12.031),
        (50, 37.901),
        (100, 84.064),
    ];
    for (agents, load) in at_one_percent {
        close(erlang_b(load, agents), 0.01, 0.000_05);
    }
    for (agents, load) in [(10, 3.092), (20, 9.411), (50, 32.512)] {
        close(erlang_b(load, agents), 0.001, 0.000_005);
    }
    for (agents, load) in [(10, 6.216), (20, 15.249)] {
        close(erlang_b(load, agents), 0.05, 0.000_05);
    }
}

#[test]
fn erlang_c_is_that_of_its_closed_forms_and_of_the_usual_example() {
    close(erlang_c(0.5, 1), 0.5, 1e-12);
    close(erlang_c(1.0, 2), 1.0 / 3.0, 1e-12);
    assert_eq!(erlang_c(3.0, 3).to_bits(), 1.0_f64.to_bits());
    // 200 calls an hour of 3 minutes, 14 agents, 20 seconds: 17.4 % wait, 88.8 % in time.
    let calls = Traffic {
        per_ms: 200.0 / 3_600_000.0,
        handling_ms: 180_000.0,
    };
    close(calls.erlangs(), 10.0, 1e-9);
    close(erlang_c(10.0, 14), 0.174, 0.000_5);
    close(within_c(calls, 14, 20_000.0), 0.888, 0.000_5);
    assert_eq!(needed_c(calls, 20_000.0, 0.8), Some(14));
    assert!(within_c(calls, 13, 20_000.0) < 0.8);
}

/// Palm's own series for the share that has to wait: another way to the same number.
fn palm(load: f64, agents: u32, service: f64, patience_rate: f64) -> f64 {
    let (x, y) = (
        service / patience_rate,
        load * service / f64::from(agents) / patience_rate,
    );
    let mut a = 1.0;
    let mut term = 1.0;
    for j in 1..20_000 {
        term *= y / (x + f64::from(j));
        a += term;
    }
    let blocked = erlang_b(load, agents);
    a * blocked / (1.0 + (a - 1.0) * blocked)
}

#[test]
fn erlang_a_agrees_with_palm_s_series_and_with_erlang_c_for_endless_patience() {
    for (per_hour, agents, patience_ms) in [
        (60.0, 8, 120_000.0),
        (120.0, 5, 300_000.0),
        (30.0, 3, 900_000.0),
    ] {
        let traffic = Traffic {
            per_ms: per_hour / 3_600_000.0,
            handling_ms: 300_000.0,
        };
        let found = erlang_a(traffic, patience_ms, agents, 30_000.0);
        let service = f64::from(agents) / traffic.handling_ms;
        close(
            found.wait,
            palm(traffic.erlangs(), agents, service, 1.0 / patience_ms),
            1e-6,
        );
    }
    let calls = Traffic {
        per_ms: 200.0 / 3_600_000.0,
        handling_ms: 180_000.0,
    };
    let endless = erlang_a(calls, 1e12, 14, 20_000.0);
    close(endless.within, within_c(calls, 14, 20_000.0), 1e-4);
    close(endless.leave, 0.0, 1e-4);
}

/// A small generator, so that the simulation is the same every time.
struct Chance(u64);

impl Chance {
    fn exponential(&mut self, mean: f64) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let top = u32::try_from(self.0 >> 33).expect("31 bits");
        let uniform = (f64::from(top) + 0.5) / f64::from(1_u32 << 31);
        -mean * uniform.ln()
    }
}

/// So many customers come, wait in order, are served or leave: the shares within the target, that
/// wait, that leave.
fn simulated(
    traffic: Traffic,
    patience_ms: f64,
    agents: u32,
    target_ms: f64,
    n: u32,
) -> WithPatience {
    let mut chance = Chance(20_261_125);
    let mut free_at = vec![0.0_f64; usize::try_from(agents).expect("few")];
    let (mut now, mut within, mut wait, mut leave) = (0.0, 0_u32, 0_u32, 0_u32);
    for _ in 0..n {
        now += chance.exponential(1.0 / traffic.per_ms);
        let (place, free) = free_at
            .iter()
            .copied()
            .enumerate()
            .min_by(|one, other| one.1.total_cmp(&other.1))
            .expect("some");
        // What an arrival who never leaves would wait: those before who leave take no place.
        let offered = (free - now).max(0.0);
        let (service, patience) = (
            chance.exponential(traffic.handling_ms),
            chance.exponential(patience_ms),
        );
        wait += u32::from(offered > 0.0);
        within += u32::from(offered <= target_ms);
        if patience < offered {
            leave += 1;
        } else {
            free_at[place] = now + offered + service;
        }
    }
    let share = |count: u32| f64::from(count) / f64::from(n);
    WithPatience {
        within: share(within),
        wait: share(wait),
        leave: share(leave),
    }
}

#[test]
fn a_simulation_comes_out_the_same() {
    let traffic = Traffic {
        per_ms: 60.0 / 3_600_000.0,
        handling_ms: 600_000.0,
    };
    let target = 120_000.0;
    for (agents, patience) in [(9, 600_000.0), (11, 1_800_000.0)] {
        let computed = erlang_a(traffic, patience, agents, target);
        let seen = simulated(traffic, patience, agents, target, 150_000);
        close(seen.within, computed.within, 0.02);
        close(seen.wait, computed.wait, 0.02);
        close(seen.leave, computed.leave, 0.02);
    }
    let computed = within_c(traffic, 12, target);
    let seen = simulated(traffic, 1e15, 12, target, 150_000);
    close(seen.within, computed, 0.02);
    close(seen.wait, erlang_c(traffic.erlangs(), 12), 0.02);
}

#[test]
fn the_fewest_that_are_enough_are_found() {
    let quiet = Traffic {
        per_ms: 1.0 / 3_600_000.0,
        handling_ms: 60_000.0,
    };
    assert_eq!(needed_c(quiet, 60_000.0, 0.8), Some(1));
    let flood = Traffic {
        per_ms: 1.0,
        handling_ms: 3_600_000.0,
    };
    assert_eq!(
        needed_c(flood, 60_000.0, 0.8),
        None,
        "nobody has so many agents"
    );
    let busy = Traffic {
        per_ms: 120.0 / 3_600_000.0,
        handling_ms: 600_000.0,
    };
    let with_patience = needed_a(busy, 300_000.0, 60_000.0, 0.8).expect("is found");
    assert!(with_patience < needed_c(busy, 60_000.0, 0.8).expect("is found"));
}

fn fact(conversation: &str, minutes: i64, staff: Option<&str>, kind: FactKind) -> Fact {
    let at = Timestamp(0) + Millis::minutes(minutes);
    Fact {
        conversation: ConversationId::from(conversation),
        customer: "ann".into(),
        channel: ChannelKind::Web,
        at,
        recorded_at: at,
        staff: staff.map(Into::into),
        kind,
    }
}

#[test]
fn the_load_is_measured_from_the_facts() {
    let asked = || FactKind::HandoffAsked {
        handoff: "h".into(),
        reason: "asked".into(),
    };
    let claimed = || FactKind::Claimed {
        handoff: "h".into(),
    };
    let resolved = || FactKind::Resolved {
        by_bot: false,
        confirmed: false,
    };
    // 1 January 1970 was a Thursday.
    let facts = [
        fact("c1", 5, None, asked()),
        fact("c1", 10, Some("ben"), claimed()),
        fact("c1", 30, Some("ben"), resolved()),
        fact("c2", 15, None, asked()),
        fact("c2", 70, None, FactKind::CustomerBlocked),
        fact("c3", 7 * 24 * 60 + 20, None, asked()),
    ];
    let until = Timestamp(0) + Millis::hours(14 * 24);
    let load = load(&facts, Timestamp(0), until, &TimeZone::UTC);
    let thursday = 3 * 24;
    close(load.hours[thursday].arrivals(), 1.5, 1e-9);
    close(load.hours[thursday].on_duty(), 0.5, 1e-9);
    close(
        load.handling().expect("one was handled"),
        20.0 * 60_000.0,
        1e-6,
    );
    close(load.patience().expect("one left"), 60.0 * 60_000.0, 1e-6);
    let wanted = Wanted {
        target_ms: Millis::minutes(10),
        share: 0.8,
        at_once: 2,
    };
    let staffing = staffing(&load, wanted);
    assert_eq!(
        (staffing.requests, staffing.handled, staffing.left),
        (3, 1, 1)
    );
    assert_eq!(
        staffing.hours[thursday].needed_c,
        Some(1),
        "two places, one agent"
    );
    assert_eq!(staffing.hours[0].needed_c, None);
}
