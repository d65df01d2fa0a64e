//! All that a run left behind in the database.

use std::collections::BTreeMap;

use careline::domain::place::ChannelKind;
use careline::domain::time::Timestamp;
use careline::domain::timeline::{Fact, FactKind};
use sqlx::Row;

use crate::simulation::inspector::Inspector;

/// A row of the inbox.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub key: String,
    pub origin: String,
    pub state: String,
    pub outcome: Option<String>,
    pub arrival: String,
    pub platform_at: i64,
    pub received_at: i64,
    pub done_at: Option<i64>,
}

/// A row of the outbox.
#[derive(Clone, Debug)]
pub struct Left {
    pub id: String,
    pub conversation: String,
    pub lane: String,
    pub channel: String,
    pub to_room: bool,
    pub class: i64,
    pub act: String,
    pub state: String,
    pub attempts: i64,
    pub created_at: i64,
    pub sent_at: Option<i64>,
}

/// A fact.
#[derive(Clone, Debug)]
pub struct Stored {
    pub fact: Fact,
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Matter {
    pub id: String,
    pub phase: String,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Said {
    pub id: String,
    pub author: String,
    pub staff: Option<String>,
}

/// All of it.
pub struct Evidence {
    pub inbox: Vec<Arrived>,
    pub outbox: Vec<Left>,
    pub facts: Vec<Stored>,
    pub conversations: BTreeMap<String, Matter>,
    pub messages: Vec<Said>,
    /// Our messages by the platform's name of them: channel, chat, id.
    pub named: Vec<(String, String, String, String)>,
    /// What was logged.
    pub log: String,
}

impl Evidence {
    /// Reads it all.
    pub fn read(inspector: &mut Inspector, log: String) -> Evidence {
        Evidence {
            inbox: inbox(inspector),
            outbox: outbox(inspector),
            facts: facts(inspector),
            conversations: conversations(inspector),
            messages: messages(inspector),
            named: inspector
                .rows("SELECT channel, chat, ref, message_id FROM message_refs ORDER BY 1, 2, 3")
                .iter()
                .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
                .collect(),
            log,
        }
    }

    /// The facts of a conversation, in the order in which they were written.
    pub fn facts_of<'a>(&'a self, conversation: &'a str) -> impl Iterator<Item = &'a Stored> {
        let facts = self.facts.iter();
        facts.filter(move |one| one.fact.conversation.0 == conversation)
    }
}

fn inbox(inspector: &mut Inspector) -> Vec<Arrived> {
    let rows = inspector.rows(
        "SELECT natural_key, origin, state, outcome, arrival, platform_at, received_at, done_at
         FROM inbox ORDER BY id",
    );
    let read = rows.iter().map(|row| Arrived {
        key: row.get(0),
        origin: row.get(1),
        state: row.get(2),
        outcome: row.get(3),
        arrival: row.get(4),
        platform_at: row.get(5),
        received_at: row.get(6),
        done_at: row.get(7),
    });
    read.collect()
}

fn outbox(inspector: &mut Inspector) -> Vec<Left> {
    let rows = inspector.rows(
        "SELECT id, conversation_id, lane, channel, to_room, class, act, state, attempts,
            created_at, sent_at
         FROM outbox ORDER BY id",
    );
    let read = rows.iter().map(|row| Left {
        id: row.get(0),
        conversation: row.get(1),
        lane: row.get(2),
        channel: row.get(3),
        to_room: row.get(4),
        class: row.get(5),
        act: row.get(6),
        state: row.get(7),
        attempts: row.get(8),
        created_at: row.get(9),
        sent_at: row.get(10),
    });
    read.collect()
}

fn facts(inspector: &mut Inspector) -> Vec<Stored> {
    let rows = inspector.rows(
        "SELECT id, conversation_id, customer_id, channel, at, recorded_at, staff_id, fact
         FROM timeline ORDER BY id",
    );
    let read = rows.iter().map(|row| {
        let kind: FactKind =
            serde_json::from_str(row.get::<&str, _>(7)).expect("a fact reads back");
        let staff: Option<String> = row.get(6);
        Stored {
            fact: Fact {
                conversation: row.get::<String, _>(1).into(),
                customer: row.get::<String, _>(2).into(),
                channel: ChannelKind::from_name(row.get(3)).expect("a known channel"),
                at: Timestamp(row.get(4)),
                recorded_at: Timestamp(row.get(5)),
                staff: staff.map(Into::into),
                kind,
            },
        }
    });
    read.collect()
}

fn conversations(inspector: &mut Inspector) -> BTreeMap<String, Matter> {
    let rows = inspector.rows("SELECT id, phase FROM conversations ORDER BY id");
    let read = rows.iter().map(|row| {
        let id: String = row.get(0);
        let matter = Matter {
            id: id.clone(),
            phase: row.get(1),
        };
        (id, matter)
    });
    read.collect()
}

fn messages(inspector: &mut Inspector) -> Vec<Said> {
    let rows = inspector
        .rows("SELECT id, author, staff_id FROM messages ORDER BY conversation_id, position, id");
    let read = rows.iter().map(|row| Said {
        id: row.get(0),
        author: row.get(1),
        staff: row.get(2),
    });
    read.collect()
}
