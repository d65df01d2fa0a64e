//! The classes of what leaves: who goes first, and what nobody can take from the others.

use crate::domain::time::Millis;

/// What a row is to whoever waits for it; earlier ones leave first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A person's words to a customer, and the answer to a press.
    HumanReply,
    /// The first word after a handoff.
    Acknowledgement,
    /// The bot's own words.
    Answer,
    /// What staff are shown in their rooms.
    Mirror,
    /// A question how it went. No feature sends any yet.
    Survey,
    /// The same words to many. No feature sends any yet.
    Broadcast,
}

/// The share of what leaves that a class has even while those before it would take everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The share, in percent of the bot's messages.
    pub percent: i64,
    /// How long one of the class must have waited before the share is claimed.
    pub after: Millis,
}

impl Class {
    /// Every class, the first to leave first.
    pub const ALL: [Class; 6] = [
        Class::HumanReply,
        Class::Acknowledgement,
        Class::Answer,
        Class::Mirror,
        Class::Survey,
        Class::Broadcast,
    ];

    /// The number in the database.
    pub fn number(self) -> i64 {
        match self {
            Class::HumanReply => 0,
            Class::Acknowledgement => 1,
            Class::Answer => 2,
            Class::Mirror => 3,
            Class::Survey => 4,
            Class::Broadcast => 5,
        }
    }

    /// The class of that number.
    pub fn from_number(number: i64) -> Option<Class> {
        Class::ALL
            .into_iter()
            .find(|class| class.number() == number)
    }

    /// The name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Class::HumanReply => "human-reply",
            Class::Acknowledgement => "acknowledgement",
            Class::Answer => "answer",
            Class::Mirror => "mirror",
            Class::Survey => "survey",
            Class::Broadcast => "broadcast",
        }
    }

    /// The floor; a person's words need none, since nothing goes before them. Acknowledgements
    /// and answers have theirs by ageing. Together the floors leave persons about half.
    pub fn floor(self) -> Option<Floor> {
        let floor = |percent, after| Some(Floor { percent, after });
        match self {
            Class::HumanReply => None,
            Class::Acknowledgement => floor(5, Millis::seconds(2)),
            Class::Answer => floor(5, Millis::seconds(10)),
            Class::Mirror => floor(30, Millis(0)),
            // A twentieth at least, wherever one begins to count.
            Class::Survey | Class::Broadcast => floor(6, Millis(0)),
        }
    }

    /// Whether it leaves only from what the others spare, its floor apart: then one message's
    /// worth is always left for whoever comes next.
    pub fn takes_only_what_is_spare(self) -> bool {
        matches!(self, Class::Survey | Class::Broadcast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floors_together_leave_persons_about_half() {
        let floors = Class::ALL.into_iter().filter_map(Class::floor);
        let together: i64 = floors.map(|floor| floor.percent).sum();
        assert_eq!(together, 52);
    }

    #[test]
    fn numbers_are_in_the_order_of_leaving_and_read_back() {
        for (place, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(usize::try_from(class.number()), Ok(place));
            assert_eq!(Class::from_number(class.number()), Some(class));
        }
        assert_eq!(Class::from_number(6), None);
    }
}
