//! How often we may introduce ourselves: after 1,000 IDENTIFYs within 24 hours Discord resets the
//! token and ends every session.
//!
//! Invariant: each IDENTIFY is remembered before it is sent, across restarts, so that a crash
//! loop runs into our limit and never into Discord's.

use serde::{Deserialize, Serialize};

use crate::channels::{Inlet, NotTaken};
use crate::domain::time::{Millis, Timestamp};

/// Under this key the channel remembers.
const KEY: &str = "discord.identifies";
const WINDOW: Millis = Millis::hours(24);
/// Of Discord's 1,000 the rest is for what else runs with this token.
const IDENTIFIES_MAX: u32 = 900;
/// With fewer than these left by Discord's own count we wait for its reset.
const LEFT_MIN: u64 = 20;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Spent {
    since: Timestamp,
    count: u32,
}

/// Takes one IDENTIFY from the budget, or says how long to wait for one. `left` and
/// `reset_after` are Discord's own count.
pub async fn take(
    inlet: &dyn Inlet,
    left: u64,
    reset_after: Millis,
) -> Result<Result<(), Millis>, NotTaken> {
    if left < LEFT_MIN {
        return Ok(Err(reset_after));
    }
    let text = inlet.recall(KEY).await?;
    let spent = text.and_then(|text| serde_json::from_str(&text).ok());
    match next(spent.unwrap_or_default(), inlet.now()) {
        Err(wait) => Ok(Err(wait)),
        Ok(spent) => {
            let text =
                serde_json::to_string(&spent).map_err(|error| NotTaken(error.to_string()))?;
            inlet.remember(KEY, &text).await?;
            Ok(Ok(()))
        }
    }
}

fn next(spent: Spent, now: Timestamp) -> Result<Spent, Millis> {
    let age = now - spent.since;
    if age >= WINDOW || age < Millis(0) {
        return Ok(Spent {
            since: now,
            count: 1,
        });
    }
    if spent.count >= IDENTIFIES_MAX {
        return Err(Millis(WINDOW.0 - age.0));
    }
    Ok(Spent {
        count: spent.count + 1,
        ..spent
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_ends_before_discords_and_comes_back_after_a_day() {
        let start = Timestamp(1_795_000_000_000);
        let mut spent = next(Spent::default(), start).unwrap_or_default();
        for _ in 1..IDENTIFIES_MAX {
            spent = next(spent, start + Millis::hours(1)).expect("within the budget");
        }
        let wait = next(spent, start + Millis::hours(1));
        assert_eq!(wait, Err(Millis::hours(23)));
        let fresh = next(spent, start + WINDOW).expect("a new day");
        assert_eq!(fresh.count, 1);
    }
}
