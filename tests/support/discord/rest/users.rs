//! Who the bot is, and its direct channels.

use serde_json::{Value, json};

use super::{Asked, Refusal, Reply, id, unknown_route};
use crate::support::discord::mentions;
use crate::support::discord::shapes;
use crate::support::discord::state::World;

pub fn answer(world: &mut World, asked: &Asked, pieces: &[&str]) -> Reply {
    match (asked.method.as_str(), pieces) {
        ("GET", ["@me"]) => {
            let mut me = shapes::user(&world.users[&world.application.bot]);
            shapes::merge(
                &mut me,
                json!({"verified": true, "email": null, "locale": "en-US"}),
            );
            Ok((200, me))
        }
        ("GET", ["@me", "guilds"]) => {
            let guilds = world.guilds.values().map(|guild| {
                json!({
                    "id": guild.id.to_string(), "name": guild.name, "icon": null, "owner": false,
                    "permissions": shapes::ALL_PERMISSIONS, "features": [],
                })
            });
            Ok((200, Value::Array(guilds.collect())))
        }
        ("POST", ["@me", "channels"]) => open_direct(world, &asked.body["recipient_id"]),
        ("GET", [user]) => {
            let found = world.users.get(&id(user)?);
            let user = found.ok_or(Refusal::new(404, 10013, "Unknown User"))?;
            Ok((200, shapes::user(user)))
        }
        _ => unknown_route(),
    }
}

fn open_direct(world: &mut World, recipient: &Value) -> Reply {
    let user = mentions::id(recipient).filter(|id| world.users.contains_key(id));
    let Some(user) = user.filter(|id| *id != world.application.bot) else {
        return Err(Refusal::new(400, 50033, "Invalid Recipient(s)"));
    };
    let channel = world.direct_channel(user);
    Ok((200, shapes::channel(world, &world.channels[&channel])))
}

pub fn application(world: &World) -> Reply {
    let body = json!({
        "id": world.application.id.to_string(), "name": "Care", "icon": null, "description": "",
        "bot_public": true, "bot_require_code_grant": false, "verify_key": "00", "flags": 0,
        "owner": shapes::user(&world.users[&world.application.bot]), "team": null, "summary": "",
        "rpc_origins": [], "integration_types_config": {},
        "bot": shapes::user(&world.users[&world.application.bot]),
    });
    Ok((200, body))
}
