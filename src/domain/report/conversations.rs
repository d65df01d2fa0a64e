//! How conversations went, counted.

use serde::{Deserialize, Serialize};

use crate::domain::sla::measures::{BotResolution, Measures, Standing};

/// How conversations went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversations {
    /// How many came in.
    pub came_in: usize,
    /// How many are resolved.
    pub resolved: usize,
    /// How many go on.
    pub open: usize,
    /// How many were opened again at least once.
    pub reopened: usize,
    /// How many were settled by one reply of a person and never opened again.
    pub first_contact_resolved: usize,
    /// How many the bot settled alone, and the customer said so.
    pub bot_resolved_confirmed: usize,
    /// How many the bot settled alone, as the customer's silence lets assume.
    pub bot_resolved_assumed: usize,
    /// How many had a handoff.
    pub handed_off: usize,
    /// How many customers shut the bot out.
    pub unreachable: usize,
    /// How many replies will never arrive.
    pub replies_failed: usize,
    /// How many messages may or may not have arrived.
    pub deliveries_unknown: usize,
    /// How long clocks stood still while a customer waited for a person.
    pub paused_while_waiting_ms: i64,
    /// How many customers wanted a person first, and got one first.
    pub preferences_honoured: usize,
    /// How many of these the bot answered first.
    pub preferences_passed_over: usize,
}

impl Conversations {
    /// What one conversation counts as; `honoured` tells whether a wish for a person was, where
    /// there was one.
    pub fn of(one: &Measures, honoured: Option<bool>) -> Conversations {
        let resolved = one.standing == Standing::Resolved;
        let reopened = one.reopened > 0;
        let settled = |by| usize::from(one.bot_resolution == Some(by));
        let replies = one.handoffs.iter().map(|handoff| &handoff.reply);
        let waits = replies.chain(&one.next_responses);
        Conversations {
            came_in: 1,
            resolved: usize::from(resolved),
            open: usize::from(one.standing == Standing::Open),
            reopened: usize::from(reopened),
            first_contact_resolved: usize::from(resolved && !reopened && one.replies == 1),
            bot_resolved_confirmed: settled(BotResolution::Confirmed),
            bot_resolved_assumed: settled(BotResolution::Assumed),
            handed_off: usize::from(!one.handoffs.is_empty()),
            unreachable: usize::from(one.unreachable),
            replies_failed: one.replies_failed,
            deliveries_unknown: one.deliveries_unknown,
            paused_while_waiting_ms: waits.map(|wait| wait.paused.0).sum(),
            preferences_honoured: usize::from(honoured == Some(true)),
            preferences_passed_over: usize::from(honoured == Some(false)),
        }
    }

    /// Adds others.
    pub fn merge(&mut self, other: &Conversations) {
        self.came_in += other.came_in;
        self.resolved += other.resolved;
        self.open += other.open;
        self.reopened += other.reopened;
        self.first_contact_resolved += other.first_contact_resolved;
        self.bot_resolved_confirmed += other.bot_resolved_confirmed;
        self.bot_resolved_assumed += other.bot_resolved_assumed;
        self.handed_off += other.handed_off;
        self.unreachable += other.unreachable;
        self.replies_failed += other.replies_failed;
        self.deliveries_unknown += other.deliveries_unknown;
        self.paused_while_waiting_ms += other.paused_while_waiting_ms;
        self.preferences_honoured += other.preferences_honoured;
        self.preferences_passed_over += other.preferences_passed_over;
    }
}

/// The counts as a list: a row for every conversation is kept small.
pub(super) mod as_list {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Conversations;

    type List = (
        (usize, usize, usize, usize, usize, usize, usize),
        (usize, usize, usize, usize, usize, usize, i64),
    );

    pub(in super::super) fn serialize<S: Serializer>(
        counts: &Conversations,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let list: List = (
            (
                counts.came_in,
                counts.resolved,
                counts.open,
                counts.reopened,
                counts.first_contact_resolved,
                counts.bot_resolved_confirmed,
                counts.bot_resolved_assumed,
            ),
            (
                counts.handed_off,
                counts.unreachable,
                counts.replies_failed,
                counts.deliveries_unknown,
                counts.preferences_honoured,
                counts.preferences_passed_over,
                counts.paused_while_waiting_ms,
            ),
        );
        list.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Conversations, D::Error> {
        let (first, second) = List::deserialize(from)?;
        Ok(Conversations {
            came_in: first.0,
            resolved: first.1,
            open: first.2,
            reopened: first.3,
            first_contact_resolved: first.4,
            bot_resolved_confirmed: first.5,
            bot_resolved_assumed: first.6,
            handed_off: second.0,
            unreachable: second.1,
            replies_failed: second.2,
            deliveries_unknown: second.3,
            preferences_honoured: second.4,
            preferences_passed_over: second.5,
            paused_while_waiting_ms: second.6,
        })
    }
}
