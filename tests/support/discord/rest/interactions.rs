//! Answers to presses, modals and commands: the first within three seconds, the rest with the
//! interaction's token for fifteen minutes.
//!
//! Invariant: an interaction has one first answer.

use serde_json::{Value, json};

use super::{Asked, Refusal, Reply, compose, done, id, messages, unknown_route};
use crate::support::discord::shapes;
use crate::support::discord::state::{Message, World};

/// Time for the first answer.
pub const FIRST_ANSWER_MS: i64 = 3_000;
/// Life of the token.
pub const TOKEN_MS: i64 = 15 * 60 * 1_000;
const EPHEMERAL: u64 = 1 << 6;

const REPLY: u64 = 4;
const DEFERRED_REPLY: u64 = 5;
const DEFERRED_UPDATE: u64 = 6;
const UPDATE: u64 = 7;
const CHOICES: u64 = 8;
const MODAL: u64 = 9;
/// The kinds of interactions that are answered in their own way only.
const TYPING: u8 = 4;
const SUBMITTED: u8 = 5;

pub fn callback(world: &mut World, asked: &Asked, pieces: &[&str]) -> Reply {
    let [interaction, token, "callback"] = pieces else {
        return unknown_route();
    };
    let number = id(interaction)?;
    let now = world.now_ms();
    let unknown = || Refusal::new(404, 10062, "Unknown interaction");
    let found = world
        .interactions
        .get(&number)
        .filter(|found| found.token == *token);
    let found = found.ok_or_else(unknown)?;
    if found.answered.is_some() {
        let words = "Interaction has already been acknowledged.";
        return Err(Refusal::new(400, 40060, words));
    }
    if now - found.at_ms > FIRST_ANSWER_MS {
        return Err(unknown());
    }
    let of_message = found.message.is_some();
    let of_kind = found.kind;
    let kind = asked.body["type"].as_u64().unwrap_or(0);
    match kind {
        CHOICES if of_kind == TYPING => {
            compose::check_choices(&asked.body["data"])?;
            let offered = asked.body["data"]["choices"].clone();
            note(world, number, |found| found.offered = Some(offered));
        }
        // What is being typed is answered with choices, and with nothing else.
        _ if of_kind == TYPING => {
            let words = "Value must be one of (8,).";
            return Err(Refusal::form("type", "BASE_TYPE_CHOICES", words));
        }
        REPLY => {
            let original = say(world, number, &asked.body["data"])?;
            note(world, number, |found| found.original = Some(original.id));
        }
        DEFERRED_REPLY => {
            let choices = asked.body["data"].clone();
            note(world, number, |found| found.choices = Some(choices));
        }
        DEFERRED_UPDATE if of_message => {}
        UPDATE if of_message => update(world, number, &asked.body["data"])?,
        MODAL if of_kind != SUBMITTED => {
            compose::check_modal(&asked.body["data"])?;
            let modal = asked.body["data"].clone();
            note(world, number, |found| found.modal = Some(modal));
        }
        _ => {
            let words = "Value must be one of (4, 5, 6, 7, 9).";
            return Err(Refusal::form("type", "BASE_TYPE_CHOICES", words));
        }
    }
    note(world, number, |found| found.answered = Some(kind));
    let wanted = asked.query.get("with_response");
    if wanted.is_some_and(|wanted| wanted == "1" || wanted == "true") {
        return Ok((200, response_of(world, number, kind)));
    }
    done()
}

/// What a client that asks for it is told about its own first answer.
fn response_of(world: &World, interaction: u64, kind: u64) -> Value {
    let found = &world.interactions[&interaction];
    let message = found.original.and_then(|id| anywhere(world, id));
    json!({
        "interaction": {
            "id": interaction.to_string(), "type": 2,
            "response_message_id": found.original.map(|id| id.to_string()),
            "response_message_loading": kind == DEFERRED_REPLY,
        },
        "resource": message.map(|message| {
            json!({"type": kind, "message": shapes::message(world, &message, 0)})
        }),
    })
}

fn note(
    world: &mut World,
    interaction: u64,
    change: impl FnOnce(&mut crate::support::discord::state::Interaction),
) {
    if let Some(found) = world.interactions.get_mut(&interaction) {
        change(found);
    }
}

/// A message that answers an interaction; ephemeral ones stay out of the history.
fn say(world: &mut World, interaction: u64, data: &Value) -> Result<Message, Refusal> {
    let (user, channel) = {
        let found = &world.interactions[&interaction];
        (found.user, found.channel)
    };
    let bot = world.application.bot;
    let mut message = world.blank_message(channel, bot);
    message.interaction = Some(interaction);
    compose::apply(world, &mut message, data, false)?;
    if message.flags & EPHEMERAL != 0 {
        message.ephemeral_for = Some(user);
        world.ephemeral.push(message.clone());
    } else {
        messages::put(world, message.clone());
    }
    Ok(message)
}

fn update(world: &mut World, interaction: u64, data: &Value) -> Result<(), Refusal> {
    let (channel, target) = {
        let found = &world.interactions[&interaction];
        (found.channel, found.message)
    };
    let place = world.channels.get(&channel);
    let found = target.and_then(|target| place?.messages.get(&target).cloned());
    let mut message = found.ok_or(Refusal::new(404, 10008, "Unknown Message"))?;
    compose::apply(world, &mut message, data, true)?;
    messages::replace(world, &message);
    Ok(())
}

pub fn follow_up(world: &mut World, asked: &Asked, pieces: &[&str]) -> Reply {
    let [application, token, rest @ ..] = pieces else {
        return unknown_route();
    };
    let now = world.now_ms();
    let known = id(application)? == world.application.id;
    let mut of_token = world.interactions.values();
    let found = of_token.find(|found| known && found.token == *token);
    let found = found.ok_or(Refusal::new(404, 10015, "Unknown Webhook"))?;
    if now - found.at_ms > TOKEN_MS {
        return Err(Refusal::new(401, 50027, "Invalid Webhook Token"));
    }
    if found.answered.is_none() {
        return Err(Refusal::new(404, 10015, "Unknown Webhook"));
    }
    let number = found.id;
    match (asked.method.as_str(), rest) {
        ("POST", []) => first_or_next(world, number, &asked.body),
        ("PATCH", ["messages", "@original"]) => edit_original(world, number, &asked.body),
        ("PATCH", ["messages", message]) => edit_one(world, id(message)?, &asked.body),
        ("DELETE", ["messages", "@original"]) => {
            // A deferred answer that is taken back ends the waiting sign.
            let found = &world.interactions[&number];
            match (found.answered, found.original) {
                (_, Some(original)) => world.ephemeral.retain(|one| one.id != original),
                (Some(DEFERRED_REPLY), None) => {
                    note(world, number, |found| {
                        found.answered = Some(DEFERRED_UPDATE)
                    });
                }
                _ => return Err(Refusal::new(404, 10008, "Unknown Message")),
            }
            done()
        }
        ("GET", ["messages", "@original"]) => {
            let original = world.interactions[&number].original;
            let message = original.and_then(|id| anywhere(world, id));
            let message = message.ok_or(Refusal::new(404, 10008, "Unknown Message"))?;
            Ok((200, shapes::message(world, &message, 0)))
        }
        _ => unknown_route(),
    }
}

/// The first follow-up to a deferred reply takes its place, with the deferral's own visibility.
fn first_or_next(world: &mut World, interaction: u64, body: &Value) -> Reply {
    let found = &world.interactions[&interaction];
    let mut body = body.clone();
    let fills = found.answered == Some(DEFERRED_REPLY) && found.original.is_none();
    if fills {
        let choices = found
            .choices
            .as_ref()
            .and_then(|data| data["flags"].as_u64());
        let others = body["flags"].as_u64().unwrap_or(0) & !EPHEMERAL;
        body["flags"] = json!(others | choices.unwrap_or(0) & EPHEMERAL);
    }
    let message = say(world, interaction, &body)?;
    if fills {
        note(world, interaction, |found| {
            found.original = Some(message.id)
        });
    }
    Ok((200, shapes::message(world, &message, 0)))
}

fn edit_original(world: &mut World, interaction: u64, body: &Value) -> Reply {
    let found = &world.interactions[&interaction];
    match (found.answered, found.original, found.message) {
        (_, Some(original), _) => edit_one(world, original, body),
        (Some(DEFERRED_REPLY), None, _) => first_or_next(world, interaction, body),
        (Some(DEFERRED_UPDATE | UPDATE), None, Some(message)) => edit_one(world, message, body),
        _ => Err(Refusal::new(404, 10008, "Unknown Message")),
    }
}

fn anywhere(world: &World, message: u64) -> Option<Message> {
    let hidden = world.ephemeral.iter().find(|one| one.id == message);
    let mut open = world.channels.values();
    let shown = || open.find_map(|place| place.messages.get(&message));
    hidden.or_else(shown).cloned()
}

fn edit_one(world: &mut World, message: u64, body: &Value) -> Reply {
    let found = anywhere(world, message);
    let mut message = found.ok_or(Refusal::new(404, 10008, "Unknown Message"))?;
    compose::apply(world, &mut message, body, true)?;
    message.edited_at_ms = Some(world.now_ms());
    let hidden = world.ephemeral.iter_mut().find(|one| one.id == message.id);
    if let Some(hidden) = hidden {
        *hidden = message.clone();
    } else {
        messages::replace(world, &message);
    }
    Ok((200, shapes::message(world, &message, 0)))
}
