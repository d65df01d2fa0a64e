//! The mark in every generated text: whose matter it belongs to. Where a mark stands in a chat of
//! somebody else, words have crossed.

/// Whose: a customer's number and how often they were erased before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taint {
    /// The customer's number.
    pub customer: usize,
    /// How often everything about them was erased before.
    pub era: usize,
}

impl Taint {
    /// The mark with a number of its own.
    pub fn mark(self, number: usize) -> String {
        format!("⟦{}e{}.{number}⟧", self.customer, self.era)
    }

    /// What every mark of this customer's era begins with.
    pub fn prefix(self) -> String {
        format!("⟦{}e{}.", self.customer, self.era)
    }
}

/// The marks in a text.
pub fn taints(text: &str) -> Vec<Taint> {
    let mut found = Vec::new();
    for piece in text.split('⟦').skip(1) {
        let Some((whose, _)) = piece.split_once('.') else {
            continue;
        };
        let Some((customer, era)) = whose.split_once('e') else {
            continue;
        };
        if let (Ok(customer), Ok(era)) = (customer.parse(), era.parse()) {
            found.push(Taint { customer, era });
        }
    }
    found
}
