//! Servers: what is in them, who is in them, which threads are alive.

use serde_json::{Value, json};

use super::{Asked, Refusal, Reply, id, unknown_route};
use crate::support::discord::shapes;
use crate::support::discord::state::World;

pub fn answer(world: &mut World, asked: &Asked, pieces: &[&str]) -> Reply {
    let Some((first, rest)) = pieces.split_first() else {
        return unknown_route();
    };
    let found = world.guilds.get(&id(first)?);
    let guild = found.ok_or(Refusal::new(404, 10004, "Unknown Guild"))?;
    match (asked.method.as_str(), rest) {
        ("GET", []) => Ok((200, shapes::guild(world, guild))),
        ("GET", ["channels"]) => Ok((200, channels(world, guild.id, false))),
        ("GET", ["roles"]) => Ok((200, shapes::guild(world, guild)["roles"].clone())),
        ("GET", ["threads", "active"]) => {
            let threads = channels(world, guild.id, true);
            Ok((
                200,
                json!({"threads": threads, "members": [], "has_more": false}),
            ))
        }
        ("GET", ["members"]) => {
            let members = guild.members.iter().map(|id| shapes::member(world, *id));
            Ok((200, Value::Array(members.collect())))
        }
        ("GET", ["members", "@me"]) => Ok((200, shapes::member(world, world.application.bot))),
        ("GET", ["members", user]) => {
            let user = id(user)?;
            if !guild.members.contains(&user) {
                return Err(Refusal::new(404, 10007, "Unknown Member"));
            }
            Ok((200, shapes::member(world, user)))
        }
        _ => unknown_route(),
    }
}

fn channels(world: &World, guild: u64, threads: bool) -> Value {
    let inside = world.channels.values().filter(|channel| {
        channel.guild == Some(guild)
            && !channel.deleted
            && channel.is_thread() == threads
            && !(threads && channel.archived)
    });
    Value::Array(
        inside
            .map(|channel| shapes::channel(world, channel))
            .collect(),
    )
}
