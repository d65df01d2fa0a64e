//! The people's side over HTTP, for foreign clients and for playing by hand: `POST /play` with
//! `{"do": "says", "who": "Ann", "text": "hello"}`; `GET /play` shows what everybody received.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State as Given;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::faults::Fault;
use super::people::Person;
use super::state::{BOT_ID, Message, State};
use super::{FakeTelegram, Shared, view};

pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/play", get(show).post(act))
}

async fn show(Given(shared): Given<Arc<Shared>>) -> Json<Value> {
    Json(shared.look(|state| {
        let chats = state.chats.values().map(|chat| {
            let received: Vec<Value> = view::received(state, chat.id).iter().map(shown).collect();
            let topics: Vec<Value> = chat
                .topics
                .values()
                .map(|t| json!({"id": t.id, "name": t.name, "closed": t.closed, "deleted": t.deleted}))
                .collect();
            json!({"chat": chat.id, "title": chat.title, "received": received, "topics": topics})
        });
        let chats: Vec<Value> = chats.collect();
        let toasts: Vec<Value> = state
            .presses
            .values()
            .filter_map(|press| press.answer.as_ref().map(|toast| json!(toast.text)))
            .collect();
        let calls: Vec<Value> = state
            .calls
            .iter()
            .map(|call| json!({"method": call.method, "status": call.status}))
            .collect();
        json!({"chats": chats, "toasts": toasts, "waiting": state.queue.len(), "polls": state.polls, "calls": calls})
    }))
}

fn shown(message: &Message) -> Value {
    json!({
        "id": message.id,
        "text": message.text(),
        "entities": message.entities(),
        "buttons": message.buttons(),
        "thread": message.thread,
        "edited": message.edit_date.is_some(),
        "reactions": message.reactions,
    })
}

async fn act(
    Given(shared): Given<Arc<Shared>>,
    Json(order): Json<Value>,
) -> (StatusCode, Json<Value>) {
    // The guard of this copy must not stop the fake: it gets a token of its own.
    let guard = CancellationToken::new().drop_guard();
    let fake = FakeTelegram {
        shared,
        _stop: Arc::new(guard),
    };
    match perform(&fake, &order) {
        Some(done) => (StatusCode::OK, Json(done)),
        None => (
            StatusCode::BAD_REQUEST,
            Json(json!({"fault": "the order is not understood"})),
        ),
    }
}

fn person(fake: &FakeTelegram, name: &str) -> Person {
    let known = fake.with(|state: &State| {
        let mut others = state.users.values().filter(|user| user.id != BOT_ID);
        others
            .find(|user| user.first_name == name)
            .map(|user| user.id)
    });
    match known {
        Some(id) => Person {
            fake: fake.clone(),
            id,
        },
        None => fake.person(name, "en"),
    }
}

fn perform(fake: &FakeTelegram, order: &Value) -> Option<Value> {
    let word = |name: &str| order[name].as_str().unwrap_or_default();
    let who = person(fake, order["who"].as_str().unwrap_or("Ann"));
    let thread = order["thread"].as_i64();
    let at = match order["chat"].as_i64() {
        Some(chat) => who.within(chat, thread),
        None => who.alone(),
    };
    let message = order["message"].as_i64();
    let count = usize::try_from(order["times"].as_i64().unwrap_or(1)).ok()?;
    Some(match word("do") {
        "meets" => json!({"user": who.id}),
        "says" => json!({"message": at.says(word("text"))}),
        "replies" => json!({"message": at.replies(message?, word("text"))}),
        "photo" => json!({"message": at.sends_photo(word("text"))}),
        "voice" => json!({"message": at.sends_voice(order["seconds"].as_i64().unwrap_or(3))}),
        "album" => json!({"messages": at.sends_album(count, word("text"))}),
        "edits" => {
            at.edits(message?, word("text"));
            json!({})
        }
        "presses" => json!({"press": at.presses(message?, word("text"))}),
        "forges" => json!({"press": at.forges(message?, word("text"))}),
        "blocks" => {
            who.blocks();
            json!({})
        }
        "unblocks" => {
            who.unblocks();
            json!({})
        }
        "forum" => json!({"chat": fake.forum(word("text"))}),
        "group" => json!({"chat": fake.group(word("text"))}),
        "joins" => {
            fake.joins(order["chat"].as_i64()?, &who, "member");
            json!({})
        }
        "migrates" => json!({"chat": fake.migrates(order["chat"].as_i64()?)}),
        "unknown" => json!({"update": fake.unknown_update()}),
        "toomany" => {
            let retry_after = order["seconds"].as_i64().unwrap_or(1);
            fake.fail_next(word("text"), count, Fault::TooMany { retry_after });
            json!({})
        }
        "broken" => {
            fake.fail_next(
                word("text"),
                count,
                Fault::Broken {
                    status: 500,
                    effect: false,
                },
            );
            json!({})
        }
        _ => return None,
    })
}
