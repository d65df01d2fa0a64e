//! Checks the buttons that come with a message.

use serde_json::Value;

use super::params::Params;
use super::refusal::Refusal;

const DATA_BYTES_MAX: usize = 64;
const BUTTONS_MAX: usize = 100;
const ACTIONS: [&str; 9] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "pay",
];

/// The reply markup of a call, if it has one and it is well-formed.
pub fn given(params: &Params) -> Result<Option<Value>, Refusal> {
    let Some(markup) = params.json("reply_markup")? else {
        return Ok(None);
    };
    if !markup.is_object() {
        return Err(Refusal::bad_request("object expected as reply markup"));
    }
    let Some(rows) = markup.get("inline_keyboard") else {
        return Ok(Some(markup));
    };
    let Some(rows) = rows.as_array() else {
        return Err(Refusal::bad_request(
            "field \"inline_keyboard\" must be of type Array",
        ));
    };
    let mut count = 0;
    for row in rows {
        let Some(row) = row.as_array() else {
            return Err(Refusal::bad_request("inline keyboard row must be an Array"));
        };
        for button in row {
            check(button)?;
            count += 1;
        }
    }
    if count > BUTTONS_MAX {
        return Err(Refusal::bad_request("REPLY_MARKUP_TOO_LONG"));
    }
    Ok((count > 0).then_some(markup))
}

fn check(button: &Value) -> Result<(), Refusal> {
    if button["text"]
        .as_str()
        .unwrap_or_default()
        .trim()
        .is_empty()
    {
        return Err(Refusal::bad_request(
            "can't parse inline keyboard button: text buttons must be non-empty",
        ));
    }
    let actions: Vec<&str> = ACTIONS
        .into_iter()
        .filter(|action| button.get(action).is_some_and(|value| !value.is_null()))
        .collect();
    match actions.as_slice() {
        ["callback_data"] => {
            let data = button["callback_data"].as_str().unwrap_or_default();
            if data.is_empty() || data.len() > DATA_BYTES_MAX {
                return Err(Refusal::bad_request("BUTTON_DATA_INVALID"));
            }
            Ok(())
        }
        ["url"] => {
            let url = button["url"].as_str().unwrap_or_default();
            if ["http://", "https://", "tg://"]
                .iter()
                .any(|scheme| url.starts_with(scheme))
            {
                return Ok(());
            }
            Err(Refusal::bad_request(format!(
                "inline keyboard button URL '{url}' is invalid: wrong HTTP URL"
            )))
        }
        [_] => Ok(()),
        [] => Err(Refusal::bad_request(
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
        )),
        _ => Err(Refusal::bad_request(
            "can't parse inline keyboard button: exactly one action is expected",
        )),
    }
}
