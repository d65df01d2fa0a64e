//! From what was heard to the inbox, and then the first answer.

use std::sync::Arc;

use serde_json::{Value, json};
use serenity::http::Route;

use super::gateway::Heard;
use super::inbound::{self, Interacted};
use super::places::Ground;
use super::press::{self, Waiting};
use super::seen::SeenInteraction;
use super::waits::{Waits, take};
use super::{Discord, body, ids};
use crate::channels::forms::{Asked, Forms, Opened};
use crate::channels::{Arrival, Happening, Inlet};
use crate::domain::ids::AccountId;
use crate::domain::place::{ChannelKind, Place};

/// Discord's types of interactions.
const COMMAND: u64 = 2;
const TYPING: u64 = 4;

/// A first answer that is owed once the arrivals are stored.
struct Owed {
    interaction: u64,
    token: String,
    waiting: Waiting,
}

/// Stores what was heard, in its order, then answers the presses.
pub async fn all(
    discord: &Arc<Discord>,
    inlet: &dyn Inlet,
    bot: u64,
    heard: Vec<Heard>,
    waits: &mut Waits,
) {
    let mut arrivals = Vec::new();
    let mut owed = Vec::new();
    for one in heard {
        match one {
            Heard::Message(raw) => {
                let arrival = on_its_ground(discord, bot, &raw, inbound::message, waits).await;
                arrivals.extend(arrival);
            }
            Heard::Edit(raw) => {
                let arrival = on_its_ground(discord, bot, &raw, inbound::edit, waits).await;
                arrivals.extend(arrival);
            }
            Heard::Interaction(kind, raw) => {
                let (arrival, answer) = interaction(discord, bot, kind, &raw, waits).await;
                arrivals.extend(arrival);
                owed.extend(answer);
            }
            Heard::ThreadGone { thread, parent } if discord.staff_forum == Some(parent) => {
                let raw = json!({"thread": thread.to_string(), "parent": parent.to_string()});
                arrivals.push(inbound::room_gone(bot, thread, inlet.now(), &raw));
            }
            Heard::Unreadable(kind, raw) => {
                let error = format!("{kind} could not be read");
                arrivals.push(inbound::unreadable(bot, &kind, &raw, error));
            }
            Heard::ThreadGone { .. }
            | Heard::Ready { .. }
            | Heard::Resumed
            | Heard::Channels(_)
            | Heard::Missed
            | Heard::Ended(_) => {}
        }
    }
    for arrival in &arrivals {
        if let Happening::Echo { nonce, message } = &arrival.what {
            discord.sent.remember(message.as_str(), nonce);
        }
    }
    take(inlet, arrivals, waits).await;
    for answer in owed {
        let discord = discord.clone();
        let answers = discord.answers.clone();
        answers.spawn(async move {
            let first = answer.waiting.first_answer();
            press::first(&discord, answer.interaction, &answer.token, &first).await;
        });
    }
}

async fn on_its_ground(
    discord: &Discord,
    bot: u64,
    raw: &Value,
    convert: impl Fn(u64, Ground, &Value) -> Option<Arrival>,
    waits: &mut Waits,
) -> Option<Arrival> {
    let channel = raw["channel_id"].as_str().and_then(ids::parse);
    let Some(channel) = channel else {
        let error = "a message without a channel".to_owned();
        return Some(inbound::unreadable(bot, "MESSAGE", raw, error));
    };
    if raw["guild_id"].is_null() && discord.places.ground(channel).is_none() {
        // In an event, a message without a server stands in a direct channel.
        discord.places.learn_direct(channel);
    }
    let ground = discord.ground(channel, waits).await?;
    convert(bot, ground, raw)
}

async fn interaction(
    discord: &Arc<Discord>,
    bot: u64,
    kind: u64,
    raw: &Value,
    waits: &mut Waits,
) -> (Option<Arrival>, Option<Owed>) {
    let seen = match SeenInteraction::read(raw) {
        Ok(seen) => seen,
        Err(error) => {
            let kept = inbound::unreadable(bot, "INTERACTION_CREATE", raw, error);
            return (Some(kept), None);
        }
    };
    if raw["channel"].is_object() {
        discord.places.learn_shape(&raw["channel"]);
    }
    let id = ids::parse(&seen.id).unwrap_or(0);
    if let Some(question) = Question::of(discord, &seen, kind) {
        let owner = discord.clone();
        discord.answers.spawn(async move {
            let answer = question.answer(owner.forms.as_ref()).await;
            press::first(&owner, id, &seen.token, &answer).await;
        });
        return (None, None);
    }
    let (place, at_desk) = place_of(discord, &seen, waits).await;
    match inbound::interaction(bot, &seen, kind, place, at_desk, raw) {
        Interacted::Opens { modal } => {
            let (owner, token) = (discord.clone(), seen.token);
            discord.answers.spawn(async move {
                press::first(&owner, id, &token, &modal).await;
            });
            (None, None)
        }
        Interacted::Happened { arrival, waiting } => {
            let owed = Owed {
                interaction: id,
                token: seen.token,
                waiting,
            };
            (Some(*arrival), Some(owed))
        }
    }
}

/// What is asked before anything has happened: it is answered at once and not stored.
enum Question {
    /// What may complete what is typed?
    Complete(Asked, String),
    /// Which form does the command open?
    Open(Asked),
}

impl Question {
    fn of(discord: &Discord, seen: &SeenInteraction, kind: u64) -> Option<Question> {
        if !matches!(kind, COMMAND | TYPING) {
            return None;
        }
        let (verb, options) = seen.verb()?;
        let arguments = options.iter().map(|one| (one.name.clone(), one.words()));
        let asked = Asked {
            channel: ChannelKind::Discord,
            account: AccountId(seen.author()?.id.clone()),
            verb: verb.to_owned(),
            arguments: arguments.collect(),
        };
        if kind == TYPING {
            let typed = options.iter().find(|option| option.focused);
            return Some(Question::Complete(
                asked,
                typed.map_or(String::new(), |one| one.words()),
            ));
        }
        let mut commands = discord.commands.iter();
        let command = commands.find(|command| command.name == seen.data.name)?;
        let verb = command.verbs.iter().find(|known| known.name == verb)?;
        verb.opens_form.then_some(Question::Open(asked))
    }

    async fn answer(self, forms: &dyn Forms) -> Value {
        match self {
            Question::Complete(asked, typed) => {
                body::choices(&forms.complete(&asked, &typed).await)
            }
            Question::Open(asked) => match forms.open(&asked).await {
                Opened::Form(form) => body::fields(&form),
                Opened::Refused(why) => body::refusal(&why),
            },
        }
    }
}

/// Where an interaction counts as done. Outside of our own places a person is talked to in their
/// direct channel, not in front of everybody.
async fn place_of(discord: &Discord, seen: &SeenInteraction, waits: &mut Waits) -> (Place, bool) {
    let channel = ids::parse(&seen.channel_id).unwrap_or(0);
    match discord.ground(channel, waits).await {
        Some(Ground::Desk) => (ids::place(channel), true),
        Some(Ground::Direct | Ground::SupportThread) => (ids::place(channel), false),
        Some(Ground::Support | Ground::Elsewhere) | None => {
            let user = seen.author().and_then(|author| ids::parse(&author.id));
            let direct = match user {
                Some(user) => direct_channel(discord, user).await,
                None => None,
            };
            (ids::place(direct.unwrap_or(channel)), false)
        }
    }
}

async fn direct_channel(discord: &Discord, user: u64) -> Option<u64> {
    let body = json!({"recipient_id": user.to_string()});
    let answer = discord
        .rest
        .post(Route::UserMeDmChannels, &body)
        .await
        .ok()?;
    let channel = answer["id"].as_str().and_then(ids::parse)?;
    discord.places.learn_direct(channel);
    Some(channel)
}
