//! One gateway connection: hello, identify or resume, heartbeats, until either side goes.
//!
//! Invariant: a connection serves at most one session; what it cannot serve it closes with
//! Discord's own code.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::Shared;
use super::gateway::{Down, GUILDS, PRIVILEGED, Session};
use super::shapes;
use super::state::World;

/// Why a connection ends here.
enum End {
    Close(u16),
    Cut,
    Gone(Option<u16>),
}

pub async fn serve(shared: Arc<Shared>, mut socket: WebSocket) {
    let interval = shared.read(|world| world.gateway.heartbeat_interval_ms);
    let hello = json!({
        "op": 10, "t": null, "s": null, "d": {"heartbeat_interval": interval, "_trace": []},
    });
    let (pipe, mut down) = unbounded_channel();
    let _ = pipe.send(Down::Frame(hello));
    let mut session = None;
    let end = loop {
        tokio::select! {
            next = down.recv() => match next {
                Some(Down::Frame(frame)) => {
                    let text = Message::Text(frame.to_string().into());
                    if socket.send(text).await.is_err() {
                        break End::Gone(None);
                    }
                }
                Some(Down::Close(code)) => break End::Close(code),
                Some(Down::Cut) | None => break End::Cut,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Message::Text(text))) => {
                    let heard = hear(&shared, &text, &pipe, &mut session);
                    if let Err(code) = heard {
                        break End::Close(code);
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    break End::Gone(frame.map(|frame| frame.code));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break End::Gone(None),
            },
        }
    };
    leave(&shared, session.as_deref(), &end, &pipe);
    if let End::Close(code) = end {
        let reason = "".into();
        let _ = socket
            .send(Message::Close(Some(CloseFrame { code, reason })))
            .await;
    }
}

fn leave(shared: &Shared, session: Option<&str>, end: &End, pipe: &UnboundedSender<Down>) {
    shared.act(|world| {
        let now = world.now_ms();
        if let End::Gone(code) = end {
            world.gateway.closed_by_client.push(*code);
        }
        let found = session.and_then(|id| world.gateway.sessions.get_mut(id));
        let Some(found) = found else { return };
        let mine = found
            .pipe
            .as_ref()
            .is_some_and(|open| open.same_channel(pipe));
        if !mine {
            return;
        }
        found.pipe = None;
        found.dropped_at_ms = Some(now);
        found.ended |= matches!(end, End::Gone(Some(1000 | 1001)));
    });
}

/// Takes one frame; an error is the code to close with.
fn hear(
    shared: &Shared,
    text: &str,
    pipe: &UnboundedSender<Down>,
    session: &mut Option<String>,
) -> Result<(), u16> {
    let frame: Value = serde_json::from_str(text).map_err(|_| 4002_u16)?;
    shared.act(|world| match frame["op"].as_u64() {
        Some(1) => {
            world.gateway.heartbeats += 1;
            if !world.gateway.silent {
                let ack = json!({"op": 11, "t": null, "s": null, "d": null});
                let _ = pipe.send(Down::Frame(ack));
            }
            Ok(())
        }
        Some(2) if session.is_some() => Err(4005),
        Some(2) => {
            *session = identify(world, &frame["d"], pipe)?;
            Ok(())
        }
        Some(6) if session.is_some() => Err(4005),
        Some(6) => {
            *session = resume(world, &frame["d"], pipe)?;
            Ok(())
        }
        Some(3 | 4 | 8) if session.is_none() => Err(4003),
        Some(3 | 4 | 8) => Ok(()),
        _ => Err(4001),
    })
}

fn token_fits(world: &World, body: &Value) -> bool {
    let given = body["token"].as_str().unwrap_or_default();
    given.trim_start_matches("Bot ") == world.application.token
}

fn invalid_session(pipe: &UnboundedSender<Down>) {
    let frame = json!({"op": 9, "t": null, "s": null, "d": false});
    let _ = pipe.send(Down::Frame(frame));
}

fn identify(
    world: &mut World,
    body: &Value,
    pipe: &UnboundedSender<Down>,
) -> Result<Option<String>, u16> {
    world.gateway.identifies += 1;
    if !token_fits(world, body) {
        return Err(4004);
    }
    if world.gateway.identify_remaining == 0 {
        // Discord ends all sessions and makes the token worthless.
        world.application.token.push_str("-reset");
        return Err(4004);
    }
    world.gateway.identify_remaining -= 1;
    if let Some(code) = world.gateway.close_identifies_with {
        return Err(code);
    }
    let intents = body["intents"].as_u64().ok_or(4013_u16)?;
    if intents & PRIVILEGED & !world.application.privileged_intents != 0 {
        return Err(4014);
    }
    if body["shard"].is_array() && body["shard"][0].as_u64() >= body["shard"][1].as_u64() {
        return Err(4010);
    }
    if world.gateway.refuse_identifies > 0 {
        world.gateway.refuse_identifies -= 1;
        invalid_session(pipe);
        return Ok(None);
    }
    Ok(Some(open_session(world, intents, pipe)))
}

fn open_session(world: &mut World, intents: u64, pipe: &UnboundedSender<Down>) -> String {
    let id = format!("session{}", world.next_id());
    let mut session = Session {
        id: id.clone(),
        intents,
        seq: 0,
        log: Vec::new(),
        pipe: Some(pipe.clone()),
        dropped_at_ms: None,
        ended: false,
    };
    session.dispatch("READY", ready(world, &id));
    if intents & GUILDS != 0 {
        for guild in world.guilds.values() {
            session.dispatch("GUILD_CREATE", shapes::guild_arrival(world, guild));
        }
    }
    world.gateway.sessions.insert(id.clone(), session);
    id
}

fn ready(world: &World, session: &str) -> Value {
    let guilds = world.guilds.keys();
    let waiting = guilds.map(|id| json!({"id": id.to_string(), "unavailable": true}));
    let url = world.gateway.url.clone().unwrap_or_default();
    json!({
        "v": 10, "user": shapes::user(&world.users[&world.application.bot]),
        "guilds": waiting.collect::<Vec<_>>(), "session_id": session,
        "resume_gateway_url": url, "shard": [0, 1], "session_type": "normal",
        "private_channels": [], "presences": [], "relationships": [], "user_settings": {},
        "application": {"id": world.application.id.to_string(), "flags": 0},
        "_trace": [],
    })
}

fn resume(
    world: &mut World,
    body: &Value,
    pipe: &UnboundedSender<Down>,
) -> Result<Option<String>, u16> {
    world.gateway.resumes += 1;
    if !token_fits(world, body) {
        return Err(4004);
    }
    let (now, window) = (world.now_ms(), world.gateway.resume_window_ms);
    let id = body["session_id"].as_str().unwrap_or_default();
    let seq = body["seq"].as_u64().unwrap_or(0);
    let found = world.gateway.sessions.get_mut(id).filter(|session| {
        let late = session.dropped_at_ms.is_some_and(|at| now - at > window);
        !session.ended && !late
    });
    let Some(session) = found else {
        invalid_session(pipe);
        return Ok(None);
    };
    if seq > session.seq {
        return Err(4007);
    }
    session.pipe = Some(pipe.clone());
    session.dropped_at_ms = None;
    let missed = session.log.iter().filter(|(number, _)| *number > seq);
    for (_, frame) in missed {
        let _ = pipe.send(Down::Frame(frame.clone()));
    }
    session.dispatch("RESUMED", json!({"_trace": []}));
    Ok(Some(session.id.clone()))
}
