//! The queue of updates that wait to be fetched, with the platform's true offset semantics.
//!
//! Invariant: an update leaves the queue only because a poll passed it, a webhook took it, it was
//! dropped on request, or its 24 hours were over. Ids only grow, unless a restart is asked for.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

/// How far past the end an offset is still believed (and swallows what comes below it).
const OFFSET_AHEAD_MAX: i64 = 10;
/// How far before the end an offset is still believed.
const OFFSET_BEHIND_MAX: i64 = 2_000_000;
/// How long an update waits, from its own date.
const KEPT_SECONDS: i64 = 86_400;
/// Kinds that are sent only to who asks for them by name.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// One update that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub id: i64,
    /// The webhook keeps the order within this key.
    pub lane: i64,
    pub expires_at: i64,
    pub update: Value,
}

/// All updates that wait, oldest first.
#[derive(Debug)]
pub struct UpdateQueue {
    waiting: VecDeque<Waiting>,
    next_id: i64,
    allowed: Vec<String>,
    /// How many were ever put in.
    pub accepted: usize,
    /// Ids that a poll passed with a higher offset: told to be done by the client.
    pub confirmed: Vec<i64>,
}

impl Default for UpdateQueue {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            next_id: 731_000_001,
            allowed: Vec::new(),
            accepted: 0,
            confirmed: Vec::new(),
        }
    }
}

impl UpdateQueue {
    /// Puts an update in if its kind is asked for, and gives its id. `date` in seconds.
    pub fn push(&mut self, kind: &str, payload: Value, lane: i64, date: i64) -> Option<i64> {
        if !self.wants(kind) {
            return None;
        }
        let mut update = Map::new();
        update.insert("update_id".into(), json!(self.next_id));
        update.insert(kind.into(), payload);
        Some(self.push_whole(Value::Object(update), lane, date))
    }

    /// Puts in any value as it is; its id is stamped where it is an object.
    pub fn push_whole(&mut self, mut update: Value, lane: i64, date: i64) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.accepted += 1;
        if let Value::Object(fields) = &mut update {
            fields.insert("update_id".into(), json!(id));
        }
        self.waiting.push_back(Waiting {
            id,
            lane,
            expires_at: date + KEPT_SECONDS,
            update,
        });
        id
    }

    fn wants(&self, kind: &str) -> bool {
        if self.allowed.is_empty() {
            return !ON_REQUEST.contains(&kind);
        }
        self.allowed.iter().any(|allowed| allowed == kind)
    }

    /// Sets what is put in from now on; what already waits stays.
    pub fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = kinds;
    }

    /// Forgets everything below the offset and gives what follows, at most `limit`.
    pub fn fetch(&mut self, offset: i64, limit: usize, now_seconds: i64) -> Vec<Value> {
        self.expire(now_seconds);
        let from = match offset {
            0 => self.head(),
            1.. => offset,
            // A negative offset keeps the last |n| and forgets the rest.
            ..0 => self.head().max(self.next_id + offset),
        };
        let believed =
            from <= self.next_id + OFFSET_AHEAD_MAX && from >= self.next_id - OFFSET_BEHIND_MAX;
        if believed {
            while self.waiting.front().is_some_and(|first| first.id < from) {
                self.confirmed
                    .extend(self.waiting.pop_front().map(|gone| gone.id));
            }
        }
        let fetched = self.waiting.iter().take(limit);
        fetched.map(|waiting| waiting.update.clone()).collect()
    }

    fn head(&self) -> i64 {
        self.waiting.front().map_or(self.next_id, |first| first.id)
    }

    fn expire(&mut self, now_seconds: i64) {
        self.waiting
            .retain(|waiting| waiting.expires_at > now_seconds);
    }

    /// The oldest waiting update of each lane, oldest lane first: what a webhook may be told next.
    pub fn heads_of_lanes(&self) -> Vec<Waiting> {
        let mut heads: Vec<Waiting> = Vec::new();
        for waiting in &self.waiting {
            if heads.iter().all(|head| head.lane != waiting.lane) {
                heads.push(waiting.clone());
            }
        }
        heads
    }

    /// A webhook took it.
    pub fn taken(&mut self, id: i64) {
        self.waiting.retain(|waiting| waiting.id != id);
        self.confirmed.push(id);
    }

    pub fn drop_all(&mut self) {
        self.waiting.clear();
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Starts the ids anew, as the platform does after a week without updates.
    pub fn restart_ids(&mut self, at: i64) {
        self.next_id = at;
    }

    pub fn next_id(&self) -> i64 {
        self.next_id
    }
}
