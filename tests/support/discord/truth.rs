//! What really happened, as the people at Discord saw it.

use serde_json::Value;

use super::drive::buttons;
use super::mentions::Pings;
use super::state::{Call, Channel, Message, World};

impl World {
    /// The living messages of a channel, oldest first.
    pub fn messages_in(&self, channel: u64) -> Vec<&Message> {
        let found = self.channels.get(&channel).filter(|found| !found.deleted);
        found.map_or(Vec::new(), |found| found.messages.values().collect())
    }

    /// What the bot itself said in a channel, without Discord's own notices.
    pub fn bot_messages_in(&self, channel: u64) -> Vec<&Message> {
        let mut all = self.messages_in(channel);
        all.retain(|message| message.author == self.application.bot && message.kind == 0);
        all
    }

    /// The direct channel with a person, if there is one.
    pub fn direct_with(&self, user: u64) -> Option<u64> {
        let mut all = self.channels.values();
        all.find(|channel| channel.recipient == Some(user))
            .map(|channel| channel.id)
    }

    /// What the bot told a person in direct messages.
    pub fn told(&self, user: u64) -> Vec<&Message> {
        self.direct_with(user)
            .map_or(Vec::new(), |channel| self.bot_messages_in(channel))
    }

    /// The living threads or posts of a channel, oldest first.
    pub fn threads_of(&self, channel: u64) -> Vec<&Channel> {
        let all = self.channels.values();
        all.filter(|found| found.parent == Some(channel) && !found.deleted)
            .collect()
    }

    /// What one person alone was shown in answer to an interaction.
    pub fn whispers(&self, interaction: u64) -> Vec<&Message> {
        let all = self.ephemeral.iter();
        all.filter(|message| message.interaction == Some(interaction))
            .collect()
    }

    /// Interactions that nobody answered yet and still can.
    pub fn unanswered(&self) -> usize {
        let now = self.now_ms();
        let open = self.interactions.values().filter(|one| {
            one.answered.is_none() && now - one.at_ms <= super::rest::interactions::FIRST_ANSWER_MS
        });
        open.count()
    }

    pub fn modal_of(&self, interaction: u64) -> Option<&Value> {
        self.interactions.get(&interaction)?.modal.as_ref()
    }

    pub fn first_answer(&self, interaction: u64) -> Option<u64> {
        self.interactions.get(&interaction)?.answered
    }

    /// Messages and edits that pinged somebody.
    pub fn pinging(&self) -> Vec<&Pings> {
        self.pings.iter().filter(|pings| !pings.nobody()).collect()
    }

    /// The requests with this method whose path has this piece.
    pub fn calls_of(&self, method: &str, part: &str) -> Vec<&Call> {
        let all = self.calls.iter();
        all.filter(|call| call.method == method && call.path.contains(part))
            .collect()
    }
}

impl Message {
    /// The labels of the buttons, row by row.
    pub fn labels(&self) -> Vec<String> {
        let all = buttons(self);
        let labels = all.iter().filter_map(|button| button["label"].as_str());
        labels.map(str::to_owned).collect()
    }
}
