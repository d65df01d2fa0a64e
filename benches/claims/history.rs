//! What the clients saw, and whether one order of all of it explains that.
//!
//! Every operation saved its conversation, and so made a version of it. The versions are the order
//! that is checked: it must hold each number once, agree with real time (what had returned before
//! another was called comes before it), and give every operation the outcome that it had, when
//! they are done one after the other. Such an order exists exactly where a history is linearizable
//! and the versions tell the truth about it; a history without one has an anomaly.

use std::collections::BTreeMap;
use std::fmt;

/// What a client asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To have the conversation.
    Claim,
    /// To give it back.
    Release,
}

/// One operation, as its client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who.
    pub client: u32,
    /// Which conversation.
    pub conversation: u32,
    /// What was asked for.
    pub asked: Asked,
    /// Who had it afterwards, as the client was told.
    pub holder: Option<u32>,
    /// The version that it made.
    pub version: i64,
    /// When it was called and when it had returned: nanoseconds of one clock for all.
    pub called_ns: u64,
    pub returned_ns: u64,
}

/// Why no order explains a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anomaly {
    /// A version is missing, or was made twice.
    Versions { after: i64, next: Operation },
    /// An operation comes before one that had returned before it was called.
    RealTime { first: Operation, second: Operation },
    /// An operation had another outcome than in the order.
    Outcome { should: Option<u32>, was: Operation },
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The anomalies of a history; every conversation begins at `first_version`, and nobody has it.
pub fn anomalies(history: &[Operation], first_version: i64) -> Vec<Anomaly> {
    let mut of_conversation: BTreeMap<u32, Vec<Operation>> = BTreeMap::new();
    for operation in history {
        let own = of_conversation.entry(operation.conversation).or_default();
        own.push(*operation);
    }
    of_conversation
        .into_values()
        .flat_map(|own| anomalies_of_one(own, first_version))
        .collect()
}

fn anomalies_of_one(mut own: Vec<Operation>, first_version: i64) -> Vec<Anomaly> {
    own.sort_by_key(|operation| (operation.version, operation.called_ns));
    let mut found = Vec::new();
    let (mut version, mut holder) = (first_version, None);
    // The latest call so far in the order: whatever comes after must not have returned before it.
    let mut latest: Option<Operation> = None;
    for operation in own {
        if operation.version != version + 1 {
            found.push(Anomaly::Versions {
                after: version,
                next: operation,
            });
        }
        if let Some(first) = latest.filter(|first| operation.returned_ns < first.called_ns) {
            found.push(Anomaly::RealTime {
                first,
                second: operation,
            });
        }
        let should = after(holder, operation);
        if should != operation.holder {
            found.push(Anomaly::Outcome {
                should,
                was: operation,
            });
        }
        version = operation.version;
        holder = operation.holder;
        if latest.is_none_or(|latest| latest.called_ns < operation.called_ns) {
            latest = Some(operation);
        }
    }
    found
}

/// Who has the conversation after an operation on it.
fn after(holder: Option<u32>, operation: Operation) -> Option<u32> {
    match (operation.asked, holder) {
        (Asked::Claim, None) => Some(operation.client),
        (Asked::Release, Some(holder)) if holder == operation.client => None,
        (Asked::Claim | Asked::Release, _) => holder,
    }
}

impl Operation {
    /// The operation as a line.
    pub fn line(&self) -> String {
        let asked = match self.asked {
            Asked::Claim => 'c',
            Asked::Release => 'r',
        };
        let holder = self.holder.map_or(-1, i64::from);
        format!(
            "{} {} {asked} {holder} {} {} {}",
            self.client, self.conversation, self.version, self.called_ns, self.returned_ns
        )
    }

    /// The operation of a line.
    pub fn of_line(line: &str) -> Option<Operation> {
        let mut words = line.split(' ');
        Some(Operation {
            client: words.next()?.parse().ok()?,
            conversation: words.next()?.parse().ok()?,
            asked: match words.next()? {
                "c" => Asked::Claim,
                "r" => Asked::Release,
                _ => return None,
            },
            holder: u32::try_from(words.next()?.parse::<i64>().ok()?).ok(),
            version: words.next()?.parse().ok()?,
            called_ns: words.next()?.parse().ok()?,
            returned_ns: words.next()?.parse().ok()?,
        })
    }
}
