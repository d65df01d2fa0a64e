//! The ground truth: what customers typed, what reached them, and what the platforms hold. Both
//! platforms are state machines here, with the rules that the real ones have.

pub mod call;
pub mod discord;
pub mod limits;
pub mod perform;
pub mod taint;
pub mod telegram;

use std::collections::{BTreeMap, BTreeSet};

use careline::domain::ids::{ButtonToken, OutboxId};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Timestamp;

use self::call::Call;
use self::discord::Discord;
use self::limits::Limits;
use self::taint::Taint;
use self::telegram::Telegram;

/// Telegram's forum of the desk.
pub const TELEGRAM_FORUM: &str = "-100500";
/// Discord's forum of the desk.
pub const DISCORD_FORUM: &str = "900";

/// All that the platforms know.
pub struct Ground {
    /// Telegram's queue of updates.
    pub telegram: Telegram,
    /// Discord's sessions and history.
    pub discord: Discord,
    /// Every chat, topic and post.
    pub chats: BTreeMap<Place, Chat>,
    /// The calls that are under way.
    pub calls: Vec<Call>,
    /// What the platforms allow.
    pub limits: Limits,
    /// Whether the platforms answer at all.
    pub down: BTreeSet<ChannelKind>,
    /// What presses were answered with, by their handle.
    pub answers: BTreeMap<String, Vec<String>>,
    /// How often each row made something, by its id.
    pub made: BTreeMap<OutboxId, u32>,
    /// The most that one message may hold at Telegram, in UTF-16 units.
    pub telegram_units: usize,
    /// What the platforms saw that must never be.
    pub faults: Vec<String>,
    /// All that customers typed and the platform took, in that order.
    pub typed: Vec<Typed>,
    last_id: BTreeMap<ChannelKind, i64>,
}

/// Something that a person did and that a platform took.
#[derive(Clone, Debug)]
pub struct Typed {
    /// The natural key of its arrival.
    pub key: String,
    /// The customer's number, where it was one.
    pub customer: Option<usize>,
    /// Whether the platform must still be able to hand it over.
    pub reachable: bool,
    /// Whether it was a message or a change of one.
    pub what: What,
    /// Where.
    pub place: Place,
    /// The platform's id of it.
    pub id: i64,
}

/// Sorts of what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A message.
    Message,
    /// An edit, a press, a membership.
    Else,
}

/// A chat, a topic or a post.
#[derive(Clone, Debug, Default)]
pub struct Chat {
    /// Whose matter it is: only their words may stand here.
    pub owner: Option<Taint>,
    /// What stands there, oldest first.
    pub lines: Vec<Line>,
    /// The person shut the bot out.
    pub blocked: bool,
    /// It was deleted.
    pub gone: bool,
    /// It is closed or archived.
    pub closed: bool,
    /// The row that opened it, where it is a room.
    pub opened_by: Option<OutboxId>,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Line {
    /// The platform's id.
    pub id: i64,
    /// Who said it.
    pub by: By,
    /// What it says now.
    pub text: String,
    /// The buttons under it.
    pub buttons: Vec<ButtonToken>,
    /// By the platform's clock.
    pub at: Timestamp,
    /// The nonce that it was sent with.
    pub nonce: Option<String>,
}

/// Who said a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A person.
    Person,
    /// We.
    Us(OutboxId),
}

impl Ground {
    /// Empty platforms.
    pub fn new(telegram_units: usize) -> Ground {
        Ground {
            telegram: Telegram::default(),
            discord: Discord::default(),
            chats: BTreeMap::new(),
            calls: Vec::new(),
            limits: Limits::default(),
            down: BTreeSet::new(),
            answers: BTreeMap::new(),
            made: BTreeMap::new(),
            telegram_units,
            faults: Vec::new(),
            typed: Vec::new(),
            last_id: BTreeMap::new(),
        }
    }

    /// An id for a message: it grows; Discord's holds the time.
    pub fn fresh_id(&mut self, channel: ChannelKind, now: Timestamp) -> i64 {
        let last = self.last_id.entry(channel).or_insert(1_000);
        let from_time = match channel {
            ChannelKind::Discord => (now.0 - discord::EPOCH_MS) << 22,
            ChannelKind::Telegram | ChannelKind::Web => 0,
        };
        *last = from_time.max(*last + 1);
        *last
    }

    /// A person writes.
    pub fn hears(&mut self, place: &Place, id: i64, text: &str, at: Timestamp) {
        if let Some(chat) = self.chats.get_mut(place) {
            chat.lines.push(Line {
                id,
                by: By::Person,
                text: text.to_owned(),
                buttons: Vec::new(),
                at,
                nonce: None,
            });
        }
    }

    /// A person changes what they wrote.
    pub fn changes(&mut self, place: &Place, id: i64, text: &str) {
        let chat = self.chats.get_mut(place);
        let line = chat.and_then(|chat| chat.lines.iter_mut().find(|line| line.id == id));
        if let Some(line) = line {
            line.text = text.to_owned();
        }
    }

    /// The rooms of a desk that stand, in the order of their places.
    pub fn rooms(&self, desk: ChannelKind) -> Vec<Place> {
        let rooms = self.chats.iter().filter(|(place, chat)| {
            place.channel == desk && chat.opened_by.is_some() && !chat.gone
        });
        rooms.map(|(place, _)| place.clone()).collect()
    }
}
