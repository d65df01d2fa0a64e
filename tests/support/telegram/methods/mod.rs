//! The methods of the platform, one function each: `(state, params) -> result or refusal`.
//!
//! Invariant: a method that refuses changes nothing.

pub mod callbacks;
pub mod chats;
pub mod editing;
pub mod media;
pub mod own;
pub mod place;
pub mod sending;
pub mod topics;

use serde_json::Value;

use super::params::Params;
use super::refusal::Refusal;
use super::state::State;

/// What a method gives back.
pub type Outcome = Result<Value, Refusal>;

/// Every method that the fake plays, in the platform's spelling.
const NAMES: [&str; 41] = [
    "getMe",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendVoice",
    "sendVideo",
    "sendAudio",
    "sendAnimation",
    "sendSticker",
    "sendLocation",
    "sendContact",
    "copyMessage",
    "forwardMessage",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "deleteMessage",
    "answerCallbackQuery",
    "createForumTopic",
    "editForumTopic",
    "closeForumTopic",
    "reopenForumTopic",
    "deleteForumTopic",
    "getChat",
    "getChatMember",
    "getChatAdministrators",
    "getChatMemberCount",
    "setMyCommands",
    "getMyCommands",
    "deleteMyCommands",
    "setMessageReaction",
    "getFile",
    "sendChatAction",
    "pinChatMessage",
    "unpinChatMessage",
    "logOut",
    "close",
];

/// The platform's spelling of a method, whatever the caller's.
pub fn canonical(method: &str) -> Option<&'static str> {
    NAMES
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(method))
}

/// Runs a method that does not wait. `getUpdates` and the webhook methods live in `polling` and
/// `webhook`, where they can wait and start work.
pub fn run(state: &mut State, method: &str, params: &Params) -> Outcome {
    match method {
        "getMe" => own::get_me(state),
        "getFile" => own::get_file(state, params),
        "setMyCommands" => own::set_my_commands(state, params),
        "getMyCommands" => own::get_my_commands(state, params),
        "deleteMyCommands" => own::delete_my_commands(state, params),
        "logOut" | "close" => Ok(Value::Bool(true)),
        "sendMessage" => sending::send_message(state, params),
        "sendLocation" => sending::send_location(state, params),
        "sendContact" => sending::send_contact(state, params),
        "copyMessage" => sending::copy_message(state, params),
        "forwardMessage" => sending::forward_message(state, params),
        "sendPhoto" => media::send(state, params, "photo"),
        "sendDocument" => media::send(state, params, "document"),
        "sendVoice" => media::send(state, params, "voice"),
        "sendVideo" => media::send(state, params, "video"),
        "sendAudio" => media::send(state, params, "audio"),
        "sendAnimation" => media::send(state, params, "animation"),
        "sendSticker" => media::send(state, params, "sticker"),
        "editMessageText" => editing::edit_text(state, params),
        "editMessageCaption" => editing::edit_caption(state, params),
        "editMessageReplyMarkup" => editing::edit_markup(state, params),
        "deleteMessage" => editing::delete_message(state, params),
        "setMessageReaction" => editing::set_reaction(state, params),
        "answerCallbackQuery" => callbacks::answer(state, params),
        "createForumTopic" => topics::create(state, params),
        "editForumTopic" => topics::edit(state, params),
        "closeForumTopic" => topics::set_closed(state, params, true),
        "reopenForumTopic" => topics::set_closed(state, params, false),
        "deleteForumTopic" => topics::delete(state, params),
        "getChat" => chats::get_chat(state, params),
        "getChatMember" => chats::get_member(state, params),
        "getChatAdministrators" => chats::administrators(state, params),
        "getChatMemberCount" => chats::member_count(state, params),
        "sendChatAction" => chats::send_action(state, params),
        "pinChatMessage" => chats::pin(state, params),
        "unpinChatMessage" => chats::unpin(state, params),
        _ => Err(Refusal::new(404, "Not Found: method not found")),
    }
}
