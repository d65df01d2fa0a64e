//! Answers to presses, forms and commands: the first within three seconds, by Discord's rule;
//! the words, once they are decided on, as something that only the presser sees.
//!
//! Invariant: nothing is answered before the arrival is stored, save that a form opens at once
//! (nothing has happened until it is sent).

use serde_json::{Value, json};
use serenity::http::Route;
use serenity::model::id::{ApplicationId, InteractionId};

use super::fault::code;
use super::outbound::{done_already, receipt, receipt_of};
use super::{Discord, body, ids};
use crate::channels::{DeliveryError, Refusal};
use crate::domain::outgoing::{Button, Receipt};
use crate::domain::rich::RichText;

/// How the first answer left the press: what later words have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The presser sees "thinking": the words take its place.
    Sign,
    /// The presser sees nothing: words are a message of their own.
    Silent,
}

impl Waiting {
    /// The first answer: a deferred one, shown to the presser alone.
    pub fn first_answer(self) -> Value {
        match self {
            Waiting::Sign => json!({"type": 5, "data": {"flags": body::EPHEMERAL}}),
            Waiting::Silent => json!({"type": 6}),
        }
    }
}

/// The handle by which later words find the press: application, token and how it waits.
pub fn handle(application: u64, token: &str, waiting: Waiting) -> String {
    let sign = match waiting {
        Waiting::Sign => 's',
        Waiting::Silent => 'q',
    };
    format!("{application}:{sign}:{token}")
}

fn read(handle: &str) -> Option<(u64, Waiting, &str)> {
    let mut pieces = handle.splitn(3, ':');
    let application = pieces.next().and_then(ids::parse)?;
    let waiting = match pieces.next()? {
        "s" => Waiting::Sign,
        "q" => Waiting::Silent,
        _ => return None,
    };
    let token = pieces.next().filter(|token| is_token(token))?;
    Some((application, waiting, token))
}

/// A token goes into an address: only what a token has.
fn is_token(text: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || "-_.=".contains(sign);
    !text.is_empty() && text.chars().all(fits)
}

/// The first answer. Too late or repeated changes nothing and is no failure.
pub async fn first(discord: &Discord, interaction: u64, token: &str, answer: &Value) {
    if !is_token(token) {
        return;
    }
    let route = Route::InteractionResponse {
        interaction_id: InteractionId::new(interaction),
        token,
    };
    if let Err(fault) = discord.rest.post(route, answer).await {
        tracing::debug!(interaction, ?fault, "a press could not be answered in time");
    }
}

/// The words for a press.
pub struct Answer<'a> {
    pub text: Option<&'a RichText>,
    pub buttons: &'a [Vec<Button>],
    /// Whether others before it have taken the place of the waiting sign.
    pub further: bool,
    /// Whether they may have been shown already.
    pub again: bool,
}

/// Shows the words for a press.
pub async fn answer(
    discord: &Discord,
    press: &str,
    answer: &Answer<'_>,
) -> Result<Receipt, DeliveryError> {
    let Answer {
        text,
        buttons,
        further,
        again,
    } = *answer;
    let Some((application, waiting, token)) = read(press) else {
        return Err(DeliveryError::Refused {
            refusal: Refusal::Invalid,
            why: "the press is not one of Discord's".to_owned(),
        });
    };
    let application_id = ApplicationId::new(application);
    let original = Route::WebhookOriginalInteractionResponse {
        application_id,
        token,
    };
    let text = text.filter(|text| !text.is_blank());
    let waiting = if further { Waiting::Silent } else { waiting };
    let result = match (text, waiting) {
        (None, Waiting::Silent) => return Ok(receipt(discord, None)),
        (None, Waiting::Sign) => discord.rest.delete(original).await,
        // Changing the sign into words is the same however often it is done.
        (Some(text), Waiting::Sign) => {
            let body = body::message(Some(text), buttons);
            discord.rest.patch(original, &body).await
        }
        (Some(_), Waiting::Silent) if again => return Ok(receipt(discord, None)),
        (Some(text), Waiting::Silent) => {
            let mut body = body::message(Some(text), buttons);
            let flags = body["flags"].as_u64().unwrap_or(0) | body::EPHEMERAL;
            body["flags"] = json!(flags);
            let route = Route::WebhookFollowupMessages {
                application_id,
                token,
            };
            discord.rest.post(route, &body).await
        }
    };
    if let Ok(shown) = &result
        && shown["id"].is_string()
    {
        return receipt_of(discord, shown);
    }
    let late = [
        code::UNKNOWN_WEBHOOK,
        code::INVALID_WEBHOOK_TOKEN,
        code::UNKNOWN_INTERACTION,
        code::UNKNOWN_MESSAGE,
        code::ALREADY_ANSWERED,
    ];
    done_already(result, &late)?;
    Ok(receipt(discord, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_as_it_was_made() {
        let made = handle(12, "aW50.x-_=", Waiting::Sign);
        assert_eq!(read(&made), Some((12, Waiting::Sign, "aW50.x-_=")));
        for wrong in ["", "0:s:a", "12:x:a", "12:s:", "12:s:../../x", "12:s:a/b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
