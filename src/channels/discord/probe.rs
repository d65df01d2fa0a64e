//! What `doctor` looks at: the token, the rooms, the channels, the intent.

use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;

use super::Discord;
use super::fault::Fault;
use crate::channels::{Finding, FindingLevel};

const FORUM: u64 = 15;
const TEXT: u64 = 0;

/// One harmless call, then a look at each configured channel.
pub async fn run(discord: &Discord) -> Vec<Finding> {
    let mut findings = vec![token(discord.rest.get(Route::UserMe).await)];
    if findings[0].level == FindingLevel::Fail {
        return findings;
    }
    if let Some(forum) = discord.staff_forum {
        let wanted = (FORUM, "a forum channel");
        findings.push(channel(discord, "discord.staff_forum", forum, wanted).await);
    }
    for support in &discord.support_channels {
        let wanted = (TEXT, "a text channel");
        findings.push(channel(discord, "discord.support_channels", *support, wanted).await);
    }
    findings.push(intent(discord));
    findings
}

fn finding(level: FindingLevel, subject: &str, found: String, remedy: &str) -> Finding {
    let (subject, remedy) = (subject.to_owned(), remedy.to_owned());
    Finding {
        level,
        subject,
        found,
        remedy,
    }
}

fn token(answer: Result<Value, Fault>) -> Finding {
    let subject = "discord.token";
    match answer {
        Ok(me) => {
            let name = me["username"].as_str().unwrap_or_default();
            finding(FindingLevel::Ok, subject, format!("speaks as {name}"), "")
        }
        Err(Fault::Unauthorised) => {
            let found = "Discord refuses the token".to_owned();
            let remedy = "copy the bot's token from the developer portal";
            finding(FindingLevel::Fail, subject, found, remedy)
        }
        Err(fault) => {
            let found = format!("Discord does not answer: {fault:?}");
            let remedy = "check the network and discord.api_url";
            finding(FindingLevel::Fail, subject, found, remedy)
        }
    }
}

async fn channel(discord: &Discord, subject: &str, id: u64, wanted: (u64, &str)) -> Finding {
    let Some(channel_id) = (id != 0).then(|| ChannelId::new(id)) else {
        let found = "0 is no channel".to_owned();
        return finding(FindingLevel::Fail, subject, found, "set the channel's id");
    };
    match discord.rest.get(Route::Channel { channel_id }).await {
        Ok(shape) if shape["type"].as_u64() == Some(wanted.0) => finding(
            FindingLevel::Ok,
            subject,
            format!("{id} is {}", wanted.1),
            "",
        ),
        Ok(_) => {
            let found = format!("{id} is not {}", wanted.1);
            finding(FindingLevel::Fail, subject, found, "choose another channel")
        }
        Err(fault) => {
            let found = format!("{id} cannot be seen: {fault:?}");
            let remedy = "invite the bot and let it see the channel, send messages, create and \
                          manage threads, read the history and add reactions";
            finding(FindingLevel::Fail, subject, found, remedy)
        }
    }
}

fn intent(discord: &Discord) -> Finding {
    let subject = "discord.message_content";
    if discord.message_content {
        let found = "on: messages in channels are read in full".to_owned();
        return finding(FindingLevel::Ok, subject, found, "");
    }
    let found = "off: direct messages, mentions, buttons and commands work; other words in \
                 channels and rooms are not shown to the bot"
        .to_owned();
    let needed = !discord.support_channels.is_empty() || discord.staff_forum.is_some();
    let level = if needed {
        FindingLevel::Warn
    } else {
        FindingLevel::Ok
    };
    let remedy = "enable the message-content intent in the developer portal and set \
                  discord.message_content = true";
    finding(level, subject, found, if needed { remedy } else { "" })
}
