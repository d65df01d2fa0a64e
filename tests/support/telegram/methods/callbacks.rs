//! Answering of pressed buttons: once, and not too late.

use serde_json::json;

use super::super::entities::units;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::state::{State, Toast};
use super::Outcome;

const TEXT_UNITS_MAX: usize = 200;
/// The platform does not say how long it waits; this is of the order that is reported.
pub const ANSWER_MS_MAX: i64 = 5 * 60_000;

pub fn answer(state: &mut State, params: &Params) -> Outcome {
    let text = params.text("text").unwrap_or_default();
    if units(&text) > TEXT_UNITS_MAX {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    let now_ms = state.now_ms();
    let id = params.text("callback_query_id").unwrap_or_default();
    let press = state.presses.get_mut(&id);
    let Some(press) =
        press.filter(|press| press.answer.is_none() && now_ms - press.at_ms <= ANSWER_MS_MAX)
    else {
        return Err(Refusal::bad_request(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    };
    press.answer = Some(Toast {
        text,
        alert: params.flag("show_alert"),
    });
    Ok(json!(true))
}
