//! The REST side as one function: state and request in, answer or refusal out.
//!
//! Invariant: a refusal leaves the state as it was, and carries Discord's own code.

mod channels;
mod commands;
pub mod compose;
mod guilds;
pub mod interactions;
pub mod messages;
pub mod threads;
mod users;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::state::{Channel, Right, World};

/// A request, read once.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub body: Value,
    pub malformed: bool,
    pub authorisation: Option<String>,
}

impl Asked {
    pub fn new(
        method: &str,
        path: &str,
        query: &str,
        bytes: &[u8],
        authorisation: Option<&str>,
    ) -> Self {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let parsed = serde_json::from_slice(bytes);
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            malformed: !bytes.is_empty() && parsed.is_err(),
            body: parsed.unwrap_or(Value::Null),
            authorisation: authorisation.map(str::to_owned),
        }
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.query.get(name).and_then(|text| text.parse().ok())
    }
}

/// A status and a body.
pub type Reply = Result<(u16, Value), Refusal>;

#[derive(Debug)]
pub struct Refusal {
    pub status: u16,
    pub code: u64,
    pub message: &'static str,
    pub errors: Value,
}

impl Refusal {
    pub fn new(status: u16, code: u64, message: &'static str) -> Self {
        Self {
            status,
            code,
            message,
            errors: Value::Null,
        }
    }

    /// 50035, with the field that is wrong.
    pub fn form(field: &str, code: &str, message: &str) -> Self {
        let mut errors = json!({"_errors": [{"code": code, "message": message}]});
        for piece in field.rsplit('.') {
            errors = json!({piece: errors});
        }
        Self {
            status: 400,
            code: 50035,
            message: "Invalid Form Body",
            errors,
        }
    }

    pub fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if !self.errors.is_null() {
            body["errors"] = self.errors.clone();
        }
        body
    }
}

pub fn done() -> Reply {
    Ok((204, Value::Null))
}

pub fn answer(world: &mut World, asked: &Asked) -> Reply {
    let pieces: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
    let open = matches!(pieces[0], "interactions" | "webhooks")
        || (pieces[0] == "gateway" && pieces.len() == 1);
    if !open {
        let expected = format!("Bot {}", world.application.token);
        if asked.authorisation.as_deref() != Some(expected.as_str()) {
            return Err(Refusal::new(401, 0, "401: Unauthorized"));
        }
    }
    if asked.malformed {
        return Err(Refusal::new(
            400,
            50109,
            "The request body contains invalid JSON.",
        ));
    }
    match pieces[0] {
        "gateway" => gateway(world, pieces.len() > 1),
        "users" => users::answer(world, asked, &pieces[1..]),
        "applications" if pieces.len() > 2 => commands::answer(world, asked, &pieces[1..]),
        "applications" | "oauth2" => users::application(world),
        "guilds" => guilds::answer(world, asked, &pieces[1..]),
        "channels" => channels::answer(world, asked, &pieces[1..]),
        "interactions" => interactions::callback(world, asked, &pieces[1..]),
        "webhooks" => interactions::follow_up(world, asked, &pieces[1..]),
        _ => unknown_route(),
    }
}

pub fn unknown_route() -> Reply {
    Err(Refusal::new(404, 0, "404: Not Found"))
}

fn gateway(world: &World, of_bot: bool) -> Reply {
    let url = world.gateway.url.clone().unwrap_or_default();
    if !of_bot {
        return Ok((200, json!({"url": url})));
    }
    let gateway = &world.gateway;
    let body = json!({
        "url": url, "shards": gateway.shards,
        "session_start_limit": {
            "total": gateway.identify_total, "remaining": gateway.identify_remaining,
            "reset_after": 14_400_000, "max_concurrency": 1,
        },
    });
    Ok((200, body))
}

/// An id in a path.
pub fn id(piece: &str) -> Result<u64, Refusal> {
    let wrong = || Refusal::form("id", "NUMBER_TYPE_COERCE", "Value is not snowflake.");
    piece.parse().map_err(|_| wrong())
}

/// The channel, if it is there and the bot may see it.
pub fn channel(world: &World, piece: &str) -> Result<Channel, Refusal> {
    let found = world.channels.get(&id(piece)?);
    let channel = found.filter(|channel| !channel.deleted);
    let channel = channel.ok_or(Refusal::new(404, 10003, "Unknown Channel"))?;
    if !world.allows(channel, Right::View) {
        return Err(Refusal::new(403, 50001, "Missing Access"));
    }
    Ok(channel.clone())
}

pub fn require(world: &World, channel: &Channel, right: Right) -> Result<(), Refusal> {
    if world.allows(channel, right) {
        return Ok(());
    }
    Err(Refusal::new(403, 50013, "Missing Permissions"))
}
