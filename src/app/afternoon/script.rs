//! The demo's script, as `prompts/demo.yaml` has it.

use serde::Deserialize;

use crate::domain::lang::Lang;

/// The afternoon.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The names of those at the desk.
    pub agents: Vec<String>,
    /// What customers bring, in the order of time.
    pub stories: Vec<Story>,
}

/// One customer's matter. All times are minutes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// From the start of the afternoon.
    pub at: i64,
    /// The customer's name.
    pub who: String,
    /// Their language.
    pub lang: Lang,
    /// What they write first.
    pub says: Vec<String>,
    /// What they say to "did that help?".
    #[serde(default)]
    pub helped: Option<bool>,
    /// Who takes it.
    #[serde(default)]
    pub agent: Option<String>,
    /// After the customer's message.
    #[serde(default)]
    pub claims: i64,
    /// Each after what came before it.
    #[serde(default)]
    pub replies: Vec<(i64, String)>,
    /// What the customer says after each reply, a minute later.
    #[serde(default)]
    pub answers: Vec<String>,
    /// After the last reply; without it the matter stays open.
    #[serde(default)]
    pub resolves: Option<i64>,
}

/// Something that happens at one minute.
#[derive(Clone, Debug)]
pub enum Move {
    /// The customer writes.
    Says(String),
    /// The customer answers "did that help?".
    Helped(bool),
    /// The agent takes it.
    Claims,
    /// The agent writes.
    Replies(String),
    /// The agent ends it.
    Resolves,
}

impl Script {
    /// Reads the embedded script.
    pub fn load() -> Result<Script, serde_saphyr::Error> {
        serde_saphyr::from_str(include_str!("../../../prompts/demo.yaml"))
    }

    /// All moves with their minute and their story's number, in the order of time.
    pub fn moves(&self) -> Vec<(i64, usize, Move)> {
        let mut moves: Vec<_> = self
            .stories
            .iter()
            .enumerate()
            .flat_map(|(number, story)| {
                story
                    .moves()
                    .into_iter()
                    .map(move |(minute, one)| (minute, number, one))
            })
            .collect();
        moves.sort_by_key(|(minute, number, _)| (*minute, *number));
        moves
    }
}

impl Story {
    fn moves(&self) -> Vec<(i64, Move)> {
        let mut moves: Vec<_> = self
            .says
            .iter()
            .map(|words| (self.at, Move::Says(words.clone())))
            .collect();
        let mut minute = self.at;
        if let Some(yes) = self.helped {
            minute += 1;
            moves.push((minute, Move::Helped(yes)));
        }
        if self.agent.is_none() {
            return moves;
        }
        minute += self.claims;
        moves.push((minute, Move::Claims));
        let mut answers = self.answers.iter();
        for (after, words) in &self.replies {
            minute += after;
            moves.push((minute, Move::Replies(words.clone())));
            if let Some(words) = answers.next() {
                minute += 1;
                moves.push((minute, Move::Says(words.clone())));
            }
        }
        if let Some(after) = self.resolves {
            moves.push((minute + after, Move::Resolves));
        }
        moves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_reads_and_every_agent_in_it_is_listed() {
        let script = Script::load().expect("prompts/demo.yaml reads");
        assert!(script.stories.len() >= 20);
        for story in &script.stories {
            assert!(
                story
                    .agent
                    .iter()
                    .all(|agent| script.agents.contains(agent)),
                "{}",
                story.who
            );
        }
    }
}
