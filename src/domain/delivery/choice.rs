//! The choice: which of the rows that wait leave now, in which order.
//!
//! A person's words go first, then acknowledgements, then answers; each class that is held back
//! has a floor, a share of what leaves that it gets all the same. Within a class conversations take
//! turns, and of those whose turn it is the earliest due goes first.

use crate::domain::delivery::budgets::{Budgets, calls};
use crate::domain::delivery::class::Class;
use crate::domain::delivery::turns::Turns;
use crate::domain::ids::{ConversationId, OutboxId};
use crate::domain::time::Timestamp;

/// What is left for whoever comes next by those who only take what is spare, in messages.
const RESERVE: i64 = 1;
/// A floor's share is owed a message when it has added up to this many percent.
const ONE_MESSAGE: i64 = 100;

/// The first waiting row of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The row.
    pub id: OutboxId,
    /// Its class.
    pub class: Class,
    /// Whose matter.
    pub conversation: ConversationId,
    /// The chat whose budget it takes from, where there is one.
    pub chat: Option<String>,
    /// How many messages it is there.
    pub weight: i64,
    /// When whoever waits for it is to have it.
    pub due_at: Timestamp,
    /// When it was decided on.
    pub created_at: Timestamp,
}

/// Chooses for one bot.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// What may be sent.
    pub budgets: Budgets,
    turns: Turns,
    /// What each class is owed of its floor, in percent of a message.
    owed: [i64; Class::ALL.len()],
}

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The rows, in the order of leaving.
    pub rows: Vec<Head>,
    /// When the next of those that are left may leave, where only the bot's pace holds them.
    pub again_at: Option<Timestamp>,
    /// How many are held back, and why.
    pub held: Held,
}

/// How many of the rows that were looked at are held back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// By the bot's pace, or because enough is under way.
    pub by_bot: usize,
    /// By their chat's or group's budget.
    pub by_chat: usize,
}

impl Scheduler {
    /// A scheduler with these budgets.
    pub fn new(budgets: Budgets) -> Scheduler {
        Scheduler {
            budgets,
            turns: Turns::default(),
            owed: Default::default(),
        }
    }

    /// Takes at most `most` of the heads, and from the budgets what they need.
    pub fn choose(&mut self, heads: Vec<Head>, most: usize, now: Timestamp) -> Chosen {
        self.budgets.count(now);
        let mut chosen = Chosen::default();
        let mut waiting = self.that_chats_take(heads, now, &mut chosen);
        while !waiting.is_empty() {
            let Some((place, reserve)) = self.next(&waiting, now) else {
                break;
            };
            let messages = calls(waiting[place].weight);
            if chosen.rows.len() == most {
                break;
            }
            if !self.budgets.bot.pace.allows(messages, reserve) {
                chosen.again_at = Some(self.budgets.bot.pace.allows_at(messages, reserve));
                break;
            }
            let head = waiting.swap_remove(place);
            self.leaves(&head, &waiting, now);
            chosen.rows.push(head);
            let before = waiting.len();
            waiting.retain(|head| self.takes(head, now));
            chosen.held.by_chat += before - waiting.len();
        }
        chosen.held.by_bot = waiting.len();
        chosen
    }

    /// The heads that their chats take now.
    fn that_chats_take(
        &self,
        mut heads: Vec<Head>,
        now: Timestamp,
        chosen: &mut Chosen,
    ) -> Vec<Head> {
        let before = heads.len();
        heads.retain(|head| self.takes(head, now));
        chosen.held.by_chat = before - heads.len();
        heads
    }

    fn takes(&self, head: &Head, now: Timestamp) -> bool {
        self.budgets.takes_at(head.chat.as_deref(), head.weight) <= now
    }

    /// Which goes next, and what it must leave behind.
    fn next(&self, waiting: &[Head], now: Timestamp) -> Option<(usize, i64)> {
        let owed = Class::ALL
            .into_iter()
            .filter(|class| self.owed[*class as usize] >= ONE_MESSAGE)
            .filter(|class| claims_its_floor(*class, waiting, now))
            .max_by_key(|class| self.owed[*class as usize]);
        if let Some(class) = owed {
            return self.first_of(class, waiting).map(|place| (place, 0));
        }
        let class = waiting.iter().map(|head| head.class).min()?;
        let reserve = if class.takes_only_what_is_spare() {
            RESERVE
        } else {
            0
        };
        self.first_of(class, waiting).map(|place| (place, reserve))
    }

    /// Whose turn it is within a class; of several the earliest due, then the longest waiting.
    fn first_of(&self, class: Class, waiting: &[Head]) -> Option<usize> {
        let of_class = waiting
            .iter()
            .enumerate()
            .filter(|(_, head)| head.class == class);
        let first = of_class.min_by(|(_, a), (_, b)| {
            let turn = |head: &Head| self.turns.of(class, &head.conversation);
            (turn(a), a.due_at, a.created_at, &a.id).cmp(&(turn(b), b.due_at, b.created_at, &b.id))
        });
        first.map(|(place, _)| place)
    }

    /// It leaves: budgets, turns and floors move on.
    fn leaves(&mut self, head: &Head, waiting: &[Head], now: Timestamp) {
        let messages = calls(head.weight);
        self.budgets.spend(head.chat.as_deref(), head.weight, now);
        self.turns.took(head.class, &head.conversation, messages);
        for class in Class::ALL {
            let owed = &mut self.owed[class as usize];
            let Some(floor) = class.floor() else {
                continue;
            };
            if class == head.class {
                *owed = (*owed + (floor.percent - ONE_MESSAGE) * messages).max(0);
            } else if claims_its_floor(class, waiting, now) {
                // More than two messages are never owed: a class that could not leave for long
                // does not push everybody else aside.
                *owed = (*owed + floor.percent * messages).min(2 * ONE_MESSAGE);
            } else {
                *owed = 0;
            }
        }
    }
}

/// Whether one of the class has waited long enough for its floor to count.
fn claims_its_floor(class: Class, waiting: &[Head], now: Timestamp) -> bool {
    let Some(floor) = class.floor() else {
        return false;
    };
    let mut of_class = waiting.iter().filter(|head| head.class == class);
    of_class.any(|head| now - head.created_at >= floor.after)
}

#[cfg(test)]
mod tests;
