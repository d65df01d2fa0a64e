//! Whose turn it is: conversations of one class take turns, so that one with much to say holds no
//! other up.
//!
//! Each message moves its conversation's next turn on by its weight; whoever's turn is earliest
//! goes first. A conversation that was silent has no turn saved up.

use std::collections::BTreeMap;

use crate::domain::delivery::class::Class;
use crate::domain::ids::ConversationId;

/// The most conversations that are remembered for a class; more, and all begin anew.
const REMEMBERED_MAX: usize = 4_096;

/// The turns of all classes. Kept in memory only: after a restart all begin anew.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    classes: [Round; Class::ALL.len()],
}

#[derive(Clone, Debug, Default)]
struct Round {
    now: i64,
    next: BTreeMap<ConversationId, i64>,
}

impl Turns {
    /// When the conversation's turn is; lower is earlier.
    pub fn of(&self, class: Class, conversation: &ConversationId) -> i64 {
        let round = &self.classes[class as usize];
        round.next.get(conversation).copied().unwrap_or(round.now)
    }

    /// It took its turn with something of that weight.
    pub fn took(&mut self, class: Class, conversation: &ConversationId, weight: i64) {
        let turn = self.of(class, conversation);
        let round = &mut self.classes[class as usize];
        if turn > round.now {
            round.now = turn;
            round.next.retain(|_, next| *next > turn);
        }
        if round.next.len() == REMEMBERED_MAX {
            round.next.clear();
        }
        round
            .next
            .insert(conversation.clone(), turn + weight.max(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who goes next of those that all have something to say, the first named first on a tie.
    fn next<'c>(turns: &mut Turns, all: &'c [ConversationId], weight: i64) -> &'c str {
        let whose = all
            .iter()
            .min_by_key(|one| turns.of(Class::Answer, one))
            .expect("there are some");
        turns.took(Class::Answer, whose, weight);
        &whose.0
    }

    #[test]
    fn everybody_gets_a_turn_before_anybody_gets_two() {
        let all: Vec<ConversationId> = ["a", "b", "c"].map(ConversationId::from).into();
        let mut turns = Turns::default();
        let order: Vec<&str> = (0..6).map(|_| next(&mut turns, &all, 1)).collect();
        assert_eq!(order, ["a", "b", "c", "a", "b", "c"]);
    }

    #[test]
    fn who_was_silent_has_saved_nothing_up() {
        let (a, b) = (ConversationId::from("a"), ConversationId::from("b"));
        let mut turns = Turns::default();
        for _ in 0..100 {
            turns.took(Class::Answer, &a, 1);
        }
        let both = [a, b];
        let order: Vec<&str> = (0..4).map(|_| next(&mut turns, &both, 1)).collect();
        assert_eq!(order, ["b", "a", "b", "a"]);
    }

    #[test]
    fn what_weighs_double_takes_two_turns() {
        let (a, b) = (ConversationId::from("a"), ConversationId::from("b"));
        let mut turns = Turns::default();
        turns.took(Class::Mirror, &a, 2);
        turns.took(Class::Mirror, &b, 1);
        turns.took(Class::Mirror, &b, 1);
        assert_eq!(turns.of(Class::Mirror, &a), turns.of(Class::Mirror, &b));
    }

    #[test]
    fn no_more_are_remembered_than_fit() {
        let mut turns = Turns::default();
        for number in 0..REMEMBERED_MAX * 3 {
            let whose = ConversationId(number.to_string());
            turns.took(Class::Broadcast, &whose, 1);
        }
        assert!(turns.classes[Class::Broadcast as usize].next.len() <= REMEMBERED_MAX);
    }
}
