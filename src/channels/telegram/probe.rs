//! What `doctor` says of Telegram: the token, the staff forum, the bot's rights in it.

use serde_json::{Value, json};

use crate::channels::{Finding, FindingLevel};

use super::Telegram;
use super::api::CallError;

/// Looks at everything that can be seen without changing anything.
pub async fn probe(telegram: &Telegram) -> Vec<Finding> {
    let me = ask(telegram, "GetMe", json!({})).await;
    let mut findings = vec![token(&me)];
    if me.is_err() {
        return findings;
    }
    match telegram.staff_chat.now() {
        None => findings.push(finding(
            FindingLevel::Warn,
            "telegram.staff_chat",
            "not set: staff do not work on Telegram",
            "to use it, add the bot to a forum group as administrator and set the group's id",
        )),
        Some(chat) => findings.push(staff_forum(telegram, chat).await),
    }
    findings
}

async fn ask(telegram: &Telegram, method: &str, body: Value) -> Result<Value, CallError> {
    telegram
        .api
        .call_json(method, &body, telegram.timing.call)
        .await
}

fn finding(level: FindingLevel, subject: &str, found: &str, remedy: &str) -> Finding {
    Finding {
        level,
        subject: subject.to_owned(),
        found: found.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn token(me: &Result<Value, CallError>) -> Finding {
    let subject = "telegram.token";
    match me {
        Ok(me) => {
            let name = me["username"].as_str().unwrap_or("?");
            finding(
                FindingLevel::Ok,
                subject,
                &format!("the bot is @{name}"),
                "",
            )
        }
        Err(error) if matches!(error.code(), Some(401 | 404)) => finding(
            FindingLevel::Fail,
            subject,
            "Telegram refuses the token",
            "copy it again from BotFather",
        ),
        Err(error) => finding(
            FindingLevel::Fail,
            subject,
            &format!("Telegram does not answer: {error}"),
            "check the network and telegram.api_url",
        ),
    }
}

async fn staff_forum(telegram: &Telegram, chat: i64) -> Finding {
    let subject = "telegram.staff_chat";
    let fail = |found: &str, remedy: &str| finding(FindingLevel::Fail, subject, found, remedy);
    let add = "add the bot to the group as administrator, and check the id";
    let group = match ask(telegram, "GetChat", json!({"chat_id": chat})).await {
        Ok(group) => group,
        Err(error) => return fail(&format!("the group cannot be seen: {error}"), add),
    };
    if group["is_forum"].as_bool() != Some(true) {
        return fail(
            "the group has no topics",
            "turn on Topics in the group's settings",
        );
    }
    let who = json!({"chat_id": chat, "user_id": telegram.bot});
    match ask(telegram, "GetChatMember", who).await {
        Err(error) => fail(&format!("the bot's rights cannot be seen: {error}"), add),
        Ok(bot) if bot["can_manage_topics"].as_bool() != Some(true) => fail(
            "the bot may not manage topics",
            "make the bot an administrator with the right to manage topics",
        ),
        Ok(_) => finding(
            FindingLevel::Ok,
            subject,
            "the bot manages the forum's topics",
            "",
        ),
    }
}
