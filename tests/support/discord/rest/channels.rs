//! Channels: read, change, delete, and what hangs below them.

use serde_json::Value;

use super::{Asked, Refusal, Reply, channel, done, messages, require, threads, unknown_route};
use crate::support::discord::shapes;
use crate::support::discord::state::{Channel, DIRECT, Right, World};

pub fn answer(world: &mut World, asked: &Asked, pieces: &[&str]) -> Reply {
    let Some((first, rest)) = pieces.split_first() else {
        return unknown_route();
    };
    let place = channel(world, first)?;
    match (asked.method.as_str(), rest) {
        ("GET", []) => Ok((200, shapes::channel(world, &place))),
        ("PATCH", []) => change(world, &place, &asked.body),
        ("DELETE", []) => {
            let shape = shapes::channel(world, &place);
            if place.kind != DIRECT {
                require(world, &place, Right::ManageThreads)?;
                threads::delete(world, place.id);
            }
            Ok((200, shape))
        }
        ("POST", ["typing"]) => done(),
        (_, ["messages", message, "threads"]) => {
            threads::from_message(world, asked, &place, message)
        }
        (_, ["messages", rest @ ..]) => messages::answer(world, asked, &place, rest),
        ("POST", ["threads"]) => threads::start(world, asked, &place),
        ("GET", ["threads", "archived", "public"]) => threads::archived(world, &place),
        ("PUT" | "DELETE", ["thread-members", _]) => done(),
        _ => unknown_route(),
    }
}

fn change(world: &mut World, place: &Channel, body: &Value) -> Reply {
    if !place.is_thread() {
        return Err(Refusal::new(403, 50013, "Missing Permissions"));
    }
    threads::check_name(body.get("name"))?;
    let wakes = body["archived"] == false;
    let only_state = body.as_object().is_some_and(|fields| {
        let state = ["archived", "locked"];
        fields.keys().all(|name| state.contains(&name.as_str()))
    });
    if place.archived && !wakes && !only_state {
        return Err(Refusal::new(400, 50083, "Thread is archived"));
    }
    let mine = place.owner == Some(world.application.bot);
    if !mine || body.get("locked").is_some() {
        require(world, place, Right::ManageThreads)?;
    }
    threads::change(world, place.id, body);
    Ok((200, shapes::channel(world, &world.channels[&place.id])))
}
