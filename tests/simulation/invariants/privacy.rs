//! What must not be found where it does not belong.

use super::{Evidence, Faults, watched};
use crate::simulation::world::World;

/// I16: no words and no names of people are in the log.
pub fn i16_logs_hold_no_words(_: &World, evidence: &Evidence) -> Faults {
    let lines = evidence.log.lines().filter(|line| line.contains('⟦'));
    lines.map(|line| format!("the log says {line}")).collect()
}

/// I18: of somebody who is erased no words remain in any table. Looked at the moment that they
/// are; what comes from them later makes somebody new of them.
pub fn i18_erased_is_erased(world: &World, _: &Evidence) -> Faults {
    watched(world, "i18")
}
