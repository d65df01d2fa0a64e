//! What the staffing report is reckoned for.

use clap::Args;

use super::super::{Context, Failure};
use crate::domain::report::staffing::Wanted;
use crate::domain::sla::plan;
use crate::domain::time::Millis;

#[derive(Args, Debug)]
pub(in crate::cli) struct Need {
    /// How long customers may wait until somebody takes the matter; the settings' target without it.
    #[arg(long, value_name = "LENGTH")]
    target: Option<String>,
    /// How many in a hundred are to wait no longer.
    #[arg(long, value_name = "PERCENT", default_value_t = 80,
        value_parser = clap::value_parser!(u8).range(1..=99))]
    share: u8,
    /// How many conversations an agent handles at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(1..=50))]
    at_once: u32,
}

impl Need {
    pub(super) fn wanted(&self, context: &Context<'_>) -> Result<Wanted, Failure> {
        let usual = Wanted::usual(&context.config().usual_policy());
        let target_ms = match &self.target {
            None => usual.target_ms,
            Some(text) => plan::length(text)
                .filter(|length| *length > Millis(0))
                .ok_or_else(|| {
                    Failure::wrong(format!(
                        "--target {text}: write a length of time such as 90s, 10m or 1h"
                    ))
                })?,
        };
        Ok(Wanted {
            target_ms,
            share: f64::from(self.share) / 100.0,
            at_once: self.at_once,
        })
    }
}
