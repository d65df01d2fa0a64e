//! What is told to the platform before updates are taken: how they are to come, and the menus.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::api::CallError;
use super::{Menu, Telegram, WebhookSettings};

/// The kinds of updates that mean something to us.
pub const WANTED: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
];
const WEBHOOK_CONNECTIONS_MAX: u8 = 20;

/// Learns the bot's name, offers the commands, and chooses how updates come.
pub async fn prepare(telegram: &Telegram) -> Result<(), CallError> {
    let within = telegram.timing.call;
    let me: Value = telegram.api.call_json("GetMe", &json!({}), within).await?;
    if let Some(username) = me["username"].as_str() {
        let _ = telegram.username.set(username.to_owned());
    }
    match &telegram.webhook {
        Some(webhook) => set_webhook(telegram, webhook).await?,
        None => leave_webhook(telegram).await?,
    }
    let private = json!({"type": "all_private_chats"});
    offer_commands(telegram, &telegram.menus, &private).await;
    if let Some(chat) = telegram.staff_chat.now() {
        let desk = json!({"type": "chat", "chat_id": chat});
        offer_commands(telegram, &telegram.desk_menus, &desk).await;
    }
    Ok(())
}

async fn set_webhook(telegram: &Telegram, webhook: &WebhookSettings) -> Result<(), CallError> {
    let body = json!({
        "url": webhook.url,
        "secret_token": webhook.secret.expose_secret(),
        "allowed_updates": WANTED,
        "max_connections": WEBHOOK_CONNECTIONS_MAX,
    });
    let done: bool = telegram
        .api
        .call_json("SetWebhook", &body, telegram.timing.call)
        .await?;
    tracing::debug!(done, "updates are pushed to our webhook");
    Ok(())
}

/// While a webhook is set nothing can be fetched; what waits for it is kept.
async fn leave_webhook(telegram: &Telegram) -> Result<(), CallError> {
    let within = telegram.timing.call;
    let webhook: Value = telegram
        .api
        .call_json("GetWebhookInfo", &json!({}), within)
        .await?;
    if webhook["url"].as_str().unwrap_or_default().is_empty() {
        return Ok(());
    }
    tracing::warn!("a webhook was set at this bot; it is removed, since updates are to be fetched");
    let body = json!({"drop_pending_updates": false});
    let _: bool = telegram
        .api
        .call_json("DeleteWebhook", &body, within)
        .await?;
    Ok(())
}

/// The menus are a convenience: without them the bot works all the same.
async fn offer_commands(telegram: &Telegram, menus: &[Menu], scope: &Value) {
    for menu in menus {
        let commands = menu
            .commands
            .iter()
            .map(|(word, does)| json!({"command": word, "description": does}));
        let mut body = json!({
            "commands": commands.collect::<Vec<_>>(),
            "scope": scope,
        });
        if let Some(lang) = menu.lang {
            body["language_code"] = json!(lang.code());
        }
        let within = telegram.timing.call;
        let offered: Result<bool, CallError> =
            telegram.api.call_json("SetMyCommands", &body, within).await;
        if let Err(error) = offered {
            tracing::warn!(%error, %scope, "the commands could not be offered");
            return;
        }
    }
}
