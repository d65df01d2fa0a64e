//! Outgoing acts as calls.
//!
//! Invariant: each act makes its one effect at most once; where an earlier attempt's outcome is
//! unknown, `reconcile` looks before anything is sent again.

use serde_json::{Value, json};
use serenity::http::Route;
use serenity::model::id::{ChannelId, MessageId};

use super::fault::{Fault, code};
use super::ids::{self, Target};
use super::{Discord, body, press, reconcile, rooms};
use crate::channels::DeliveryError;
use crate::domain::ids::MessageRef;
use crate::domain::outgoing::{Act, Outgoing, Receipt};
use crate::domain::picture::Picture;
use crate::domain::place::Place;

/// What a message of staff is marked with once it was sent on.
const SENT_MARK: &str = "✅";

/// Does one act.
pub async fn deliver(discord: &Discord, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
    let place = &outgoing.place;
    match &outgoing.act {
        Act::Say {
            text,
            buttons,
            reply_to,
            files,
        } => {
            let mut body = body::message(Some(text), buttons);
            body::add_files(&mut body, files);
            let body = Body {
                body,
                reply_to: reply_to.as_ref(),
                picture: None,
            };
            post(discord, outgoing, body).await
        }
        Act::Show {
            title,
            text,
            reply_to,
            picture,
        } => {
            let mut body = body::message(Some(text), &[]);
            if let Some(picture) = picture {
                body::add_picture(&mut body, picture);
            }
            let is_forum = |forum: u64| ids::place(forum) == *place;
            if discord.staff_forum.is_some_and(is_forum) {
                let picture = picture.as_ref();
                return rooms::open_with(discord, outgoing, title, body, picture).await;
            }
            let body = Body {
                body,
                reply_to: reply_to.as_ref(),
                picture: picture.as_ref(),
            };
            post(discord, outgoing, body).await
        }
        Act::Edit {
            message,
            text,
            buttons,
        } => {
            let target = ids::target(place)?;
            let body = body::message(text.as_ref(), buttons);
            edit(discord, target.channel(), ids::message(message)?, &body).await
        }
        Act::OpenRoom {
            title,
            card,
            buttons,
        } => {
            let first = body::message(Some(card), buttons);
            rooms::open(discord, outgoing, title, first).await
        }
        Act::CloseRoom => rooms::close(discord, place).await,
        Act::ReopenRoom => rooms::reopen(discord, place).await,
        Act::Mark { message } => mark(discord, place, message).await,
        Act::AnswerPress {
            press,
            text,
            buttons,
            further,
        } => {
            let answer = press::Answer {
                text: text.as_ref(),
                buttons,
                further: *further,
                again: outgoing.unknown_since.is_some(),
            };
            press::answer(discord, press, &answer).await
        }
    }
}

/// A message to post.
struct Body<'a> {
    body: Value,
    reply_to: Option<&'a MessageRef>,
    picture: Option<&'a Picture>,
}

async fn post(
    discord: &Discord,
    outgoing: &Outgoing,
    message: Body<'_>,
) -> Result<Receipt, DeliveryError> {
    let Body {
        mut body,
        reply_to,
        picture,
    } = message;
    let target = ids::target(&outgoing.place)?;
    if let Target::ThreadOn { channel, message } = target {
        rooms::open_thread(discord, channel, message).await?;
    }
    body["nonce"] = json!(outgoing.nonce);
    body["enforce_nonce"] = json!(true);
    // A message of a support channel does not stand in its thread: no reply to it from there.
    if let (Some(reply_to), Target::Channel(channel)) = (reply_to, target) {
        body["message_reference"] = json!({
            "message_id": ids::message(reply_to)?.to_string(),
            "channel_id": channel.to_string(),
            "fail_if_not_exists": false,
        });
    }
    let channel = target.channel();
    if let Some(receipt) = reconcile::said_already(discord, outgoing, channel, &body).await? {
        return Ok(at_new_place(receipt, target));
    }
    let route = Route::ChannelMessages {
        channel_id: ChannelId::new(channel),
    };
    let answer = discord.rest.post_with(route, &body, picture).await?;
    let receipt = receipt_of(discord, &answer)?;
    if let Some(message) = &receipt.message {
        discord.sent.remember(message.as_str(), &outgoing.nonce);
    }
    Ok(at_new_place(receipt, target))
}

/// A support channel's conversation goes on in its thread.
fn at_new_place(mut receipt: Receipt, target: Target) -> Receipt {
    if let Target::ThreadOn { message, .. } = target {
        receipt.place = Some(ids::place(message));
    }
    receipt
}

/// The receipt for a message as Discord shows it.
pub fn receipt_of(discord: &Discord, message: &Value) -> Result<Receipt, DeliveryError> {
    let id = message["id"].as_str().and_then(ids::parse);
    let Some(id) = id else {
        let why = "Discord took it but named no message".to_owned();
        return Err(DeliveryError::Unknown { why });
    };
    let edited = message["edited_timestamp"].is_string();
    let at = if edited {
        discord.now()
    } else {
        ids::time_of(id)
    };
    Ok(Receipt {
        message: Some(MessageRef(id.to_string())),
        at,
        place: None,
    })
}

async fn edit(
    discord: &Discord,
    channel: u64,
    message: u64,
    body: &Value,
) -> Result<Receipt, DeliveryError> {
    let route = Route::ChannelMessage {
        channel_id: ChannelId::new(channel),
        message_id: MessageId::new(message),
    };
    match discord.rest.patch(route, body).await {
        Err(fault) if fault.is(code::THREAD_ARCHIVED) => {
            // A closed room is opened for the change and closed again.
            rooms::set_archived(discord, channel, false).await?;
            let answer = discord.rest.patch(route, body).await;
            rooms::set_archived(discord, channel, true).await?;
            receipt_of(discord, &answer?)
        }
        answer => receipt_of(discord, &answer?),
    }
}

async fn mark(
    discord: &Discord,
    place: &Place,
    message: &MessageRef,
) -> Result<Receipt, DeliveryError> {
    let target = ids::target(place)?;
    let route = Route::ChannelMessageReactionMe {
        channel_id: ChannelId::new(target.channel()),
        message_id: MessageId::new(ids::message(message)?),
        reaction: SENT_MARK,
    };
    match discord.rest.put(route, None).await {
        Ok(_) => {}
        // The room was closed meanwhile: it is only a sign, not worth opening it for.
        Err(fault) if fault.is(code::THREAD_ARCHIVED) => {}
        Err(fault) => return Err(fault.into()),
    }
    Ok(receipt(discord, Some(message.clone())))
}

/// A receipt for what made no message.
pub fn receipt(discord: &Discord, message: Option<MessageRef>) -> Receipt {
    Receipt {
        message,
        at: discord.now(),
        place: None,
    }
}

/// Success for what is done already, whatever Discord calls that.
pub fn done_already(result: Result<Value, Fault>, codes: &[u64]) -> Result<(), DeliveryError> {
    match result {
        Ok(_) => Ok(()),
        Err(fault) if codes.iter().any(|code| fault.is(*code)) => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}
