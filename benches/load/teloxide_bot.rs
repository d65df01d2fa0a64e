//! The FAQ bot on teloxide as its manual has it: the dispatcher over its own polling.
//!
//! It runs as a process of its own, in this program's name: `load teloxide-bot`.

use anyhow::{Context, Result};
use teloxide::prelude::*;

use crate::faq;

/// Runs until it is killed.
pub async fn run() -> Result<()> {
    let variable = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let api = reqwest::Url::parse(&variable("BENCH_API")?)?;
    let bot = teloxide::Bot::new(variable("BENCH_TOKEN")?).set_api_url(api);
    let replies = Update::filter_message().endpoint(reply);
    Dispatcher::builder(bot, replies).build().dispatch().await;
    Ok(())
}

async fn reply(bot: teloxide::Bot, message: Message) -> ResponseResult<()> {
    if let Some(text) = message.text() {
        bot.send_message(message.chat.id, faq::answer(text)).await?;
    }
    Ok(())
}
