//! Acts as calls. Each act is one call that counts; others beside it can be repeated without harm.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use teloxide::payloads::{
    AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, SendMessage, SetMessageReaction,
};
use teloxide::types::{
    CallbackQueryId, LinkPreviewOptions, ReactionType, ReplyMarkup, ReplyParameters,
};

use crate::channels::DeliveryError;
use crate::domain::ids::MessageRef;
use crate::domain::message::{Media, Part};
use crate::domain::outgoing::{Act, Button, Outgoing, Receipt};
use crate::domain::picture::Picture;
use crate::domain::rich::RichText;
use crate::domain::time::Timestamp;

use super::api::{CallError, Upload};
use super::fault::{delivery_error, is_done_already, is_file_refused};
use super::ids::{Target, message_id};
use super::keyboard::keyboard;
use super::{Telegram, entities, rooms};

/// What a caption may hold, in UTF-16 units.
const CAPTION_UNITS_MAX: usize = 1_024;
/// What the answer to a press may hold, in UTF-16 units.
const TOAST_UNITS_MAX: usize = 200;
/// A longer answer to a press is shown until it is dismissed.
const GLANCE_UNITS_MAX: usize = 60;
/// The sign on a message that was sent on; one that Telegram offers in every chat.
const SENT_ON: &str = "👌";

/// What we read of a message that the platform made or changed.
#[derive(Deserialize)]
pub struct Sent {
    message_id: i64,
    #[serde(default)]
    date: i64,
    edit_date: Option<i64>,
}

impl Sent {
    /// The receipt for it.
    pub fn receipt(&self) -> Receipt {
        let seconds = self.edit_date.unwrap_or(self.date);
        Receipt {
            message: Some(MessageRef(self.message_id.to_string())),
            at: Timestamp(seconds.saturating_mul(1_000)),
            place: None,
        }
    }
}

/// A message to write.
pub struct Words<'a> {
    pub text: &'a RichText,
    pub buttons: &'a [Vec<Button>],
    pub reply_to: Option<&'a MessageRef>,
}

/// Does one act, once.
pub async fn deliver(telegram: &Telegram, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
    let target = Target::of(&outgoing.place)?;
    match &outgoing.act {
        Act::Say {
            text,
            buttons,
            reply_to,
            files,
        } => {
            let words = Words {
                text,
                buttons,
                reply_to: reply_to.as_ref(),
            };
            say_with_files(telegram, target, &words, files).await
        }
        Act::Show {
            title: _,
            text,
            reply_to,
            picture,
        } => {
            let words = Words {
                text,
                buttons: &[],
                reply_to: reply_to.as_ref(),
            };
            match picture {
                Some(picture) => receipt(show(telegram, target, &words, picture).await, target),
                None => say_with_files(telegram, target, &words, &[]).await,
            }
        }
        Act::Edit {
            message,
            text,
            buttons,
        } => edit(telegram, target, message, text.as_ref(), buttons).await,
        Act::OpenRoom {
            title,
            card,
            buttons,
        } => {
            let words = Words {
                text: card,
                buttons,
                reply_to: None,
            };
            rooms::open(telegram, target, &outgoing.id, title, &words).await
        }
        Act::CloseRoom => rooms::close(telegram, target).await,
        Act::ReopenRoom => rooms::reopen(telegram, target).await,
        Act::Mark { message } => mark(telegram, target, message).await,
        Act::AnswerPress {
            press,
            text,
            buttons,
            further: _,
        } => answer_press(telegram, target, press, text.as_ref(), buttons).await,
    }
}

/// A receipt without a message: the platform gives no time for it.
pub fn done(telegram: &Telegram) -> Receipt {
    Receipt {
        message: None,
        at: telegram.clock.now(),
        place: None,
    }
}

/// One file goes with the words as its caption; more than one, or words that are too long for a
/// caption, go as words alone, which name the files.
async fn say_with_files(
    telegram: &Telegram,
    target: Target,
    words: &Words<'_>,
    files: &[Part],
) -> Result<Receipt, DeliveryError> {
    if let [Part::File { media, source, .. }] = files
        && entities::units(words.text) <= CAPTION_UNITS_MAX
    {
        match send_file(telegram, target, words, *media, source).await {
            // The file is refused for good, so nothing was sent: the words can go alone.
            Err(error) if is_file_refused(&error) && !words.text.is_blank() => {
                tracing::warn!(%error, "a file cannot be sent on; its words go alone");
            }
            outcome => return receipt(outcome, target),
        }
    }
    receipt(
        say(telegram, target, words, telegram.timing.call).await,
        target,
    )
}

fn receipt(outcome: Result<Sent, CallError>, target: Target) -> Result<Receipt, DeliveryError> {
    match outcome {
        Ok(sent) => Ok(sent.receipt()),
        Err(error) => Err(delivery_error(error, target)),
    }
}

/// Writes a message.
pub async fn say(
    telegram: &Telegram,
    target: Target,
    words: &Words<'_>,
    within: Duration,
) -> Result<Sent, CallError> {
    let (text, entities) = entities::render(words.text);
    let mut payload = SendMessage::new(target.recipient(), text);
    payload.message_thread_id = target.thread_id();
    payload.entities = (!entities.is_empty()).then_some(entities);
    payload.link_preview_options = Some(preview(words.text));
    payload.reply_parameters = reply_parameters(words.reply_to);
    payload.reply_markup = keyboard(words.buttons).map(ReplyMarkup::InlineKeyboard);
    telegram.api.call(&payload, within).await
}

/// Sends a file that Telegram keeps already, by its id.
async fn send_file(
    telegram: &Telegram,
    target: Target,
    words: &Words<'_>,
    media: Media,
    source: &str,
) -> Result<Sent, CallError> {
    let (method, field) = match media {
        Media::Photo => ("SendPhoto", "photo"),
        Media::Document => ("SendDocument", "document"),
        Media::Voice => ("SendVoice", "voice"),
        Media::Audio => ("SendAudio", "audio"),
        Media::Video => ("SendVideo", "video"),
        Media::Animation => ("SendAnimation", "animation"),
    };
    let (caption, entities) = entities::render(words.text);
    // teloxide's payloads for files know multipart alone; a file's id needs no upload.
    let mut body = json!({
        "chat_id": target.chat,
        "message_thread_id": target.thread,
        "caption": caption,
        "caption_entities": entities,
        "reply_parameters": reply_parameters(words.reply_to),
        "reply_markup": keyboard(words.buttons),
    });
    body[field] = Value::from(source);
    if let Value::Object(fields) = &mut body {
        fields.retain(|_, value| !value.is_null());
    }
    telegram
        .api
        .call_json(method, &body, telegram.timing.call)
        .await
}

/// Uploads a picture with its words as the caption.
async fn show(
    telegram: &Telegram,
    target: Target,
    words: &Words<'_>,
    picture: &Picture,
) -> Result<Sent, CallError> {
    let mut fields = vec![("chat_id", target.chat.to_string())];
    if let Some(thread) = target.thread {
        fields.push(("message_thread_id", thread.to_string()));
    }
    // Cut words have lost where their styles were.
    if entities::units(words.text) <= CAPTION_UNITS_MAX {
        let (caption, entities) = entities::render(words.text);
        fields.push(("caption", caption));
        fields.push(("caption_entities", json!(entities).to_string()));
    } else {
        let plain = words.text.to_plain();
        fields.push(("caption", entities::cut(plain, CAPTION_UNITS_MAX)));
    }
    if let Some(parameters) = reply_parameters(words.reply_to) {
        fields.push(("reply_parameters", json!(parameters).to_string()));
    }
    let file = Upload {
        field: "photo",
        name: &picture.name,
        bytes: &picture.png,
    };
    let within = telegram.timing.call;
    telegram
        .api
        .upload("SendPhoto", fields, &file, within)
        .await
}

fn reply_parameters(reply_to: Option<&MessageRef>) -> Option<ReplyParameters> {
    let message = message_id(reply_to?).ok()?;
    // The answer matters more than what it answers, should that be gone.
    Some(ReplyParameters::new(message).allow_sending_without_reply())
}

/// No previews of links, but of a picture or a film that is to be shown.
fn preview(text: &RichText) -> LinkPreviewOptions {
    let shown = text.shown().map(str::to_owned);
    LinkPreviewOptions {
        is_disabled: shown.is_none(),
        prefer_small_media: false,
        prefer_large_media: shown.is_some(),
        url: shown,
        show_above_text: false,
    }
}

async fn edit(
    telegram: &Telegram,
    target: Target,
    message: &MessageRef,
    text: Option<&RichText>,
    buttons: &[Vec<Button>],
) -> Result<Receipt, DeliveryError> {
    let id = message_id(message)?;
    let within = telegram.timing.call;
    let outcome: Result<Sent, CallError> = match text {
        Some(original) => {
            let (text, entities) = entities::render(original);
            let mut payload = EditMessageText::new(target.recipient(), id, text);
            payload.entities = (!entities.is_empty()).then_some(entities);
            payload.link_preview_options = Some(preview(original));
            payload.reply_markup = keyboard(buttons);
            telegram.api.call(&payload, within).await
        }
        None => {
            let mut payload = EditMessageReplyMarkup::new(target.recipient(), id);
            payload.reply_markup = keyboard(buttons);
            telegram.api.call(&payload, within).await
        }
    };
    match outcome {
        Ok(sent) => Ok(sent.receipt()),
        Err(error) if is_done_already(&error) => Ok(Receipt {
            message: Some(message.clone()),
            ..done(telegram)
        }),
        Err(error) => Err(delivery_error(error, target)),
    }
}

async fn mark(
    telegram: &Telegram,
    target: Target,
    message: &MessageRef,
) -> Result<Receipt, DeliveryError> {
    let mut payload = SetMessageReaction::new(target.recipient(), message_id(message)?);
    payload.reaction = Some(vec![ReactionType::Emoji {
        emoji: SENT_ON.to_owned(),
    }]);
    match telegram
        .api
        .call::<_, bool>(&payload, telegram.timing.call)
        .await
    {
        Ok(_) => Ok(done(telegram)),
        Err(error) => Err(delivery_error(error, target)),
    }
}

/// Ends the waiting sign on the button, with at most what can be shown there: a longer answer is
/// cut, since a message would be read by everybody in the room. Only an answer with buttons is
/// written as a message; that is then the call that counts.
async fn answer_press(
    telegram: &Telegram,
    target: Target,
    press: &str,
    text: Option<&RichText>,
    buttons: &[Vec<Button>],
) -> Result<Receipt, DeliveryError> {
    let mut payload = AnswerCallbackQuery::new(CallbackQueryId(press.to_owned()));
    let as_message = text.filter(|_| !buttons.is_empty());
    if let (Some(text), None) = (text, as_message) {
        let plain = entities::render(text).0;
        payload.show_alert = Some(plain.encode_utf16().count() > GLANCE_UNITS_MAX);
        payload.text = Some(entities::cut(plain, TOAST_UNITS_MAX));
    }
    let answered = telegram
        .api
        .call::<_, bool>(&payload, telegram.timing.call)
        .await;
    if let Some(text) = as_message {
        let words = Words {
            text,
            buttons,
            reply_to: None,
        };
        return receipt(
            say(telegram, target, &words, telegram.timing.call).await,
            target,
        );
    }
    match answered {
        Ok(_) => Ok(done(telegram)),
        Err(error) if is_done_already(&error) => Ok(done(telegram)),
        // A second answer does no harm: what is unknown may as well be tried again.
        Err(CallError::Unknown(why)) => Err(DeliveryError::NotSent {
            why,
            retry_after: None,
        }),
        Err(error) => Err(delivery_error(error, target)),
    }
}
