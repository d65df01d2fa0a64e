//! What must be true at the end of every run, one function for each rule of the list. Some are
//! watched while the run goes on (by the platforms and the healing); those say so.

mod conversations;
mod evidence;
mod figures;
mod inbound;
mod ladder;
mod outbound;
mod privacy;
mod stored;

pub use evidence::Evidence;

use super::world::World;

/// What is wrong; empty where nothing is.
pub type Faults = Vec<String>;

/// A rule.
pub type Invariant = (&'static str, fn(&World, &Evidence) -> Faults);

/// All of them. I20 and I21 are checked where a run ends and where it is repeated.
pub const ALL: [Invariant; 21] = [
    (
        "i01",
        inbound::i01_all_that_could_be_fetched_is_in_the_inbox,
    ),
    ("i02", inbound::i02_each_arrival_takes_effect_once),
    ("i03", outbound::i03_nothing_is_said_twice),
    ("i04", conversations::i04_nobody_is_forgotten),
    ("i05", outbound::i05_unknown_outcomes_are_few_and_reported),
    ("i06", outbound::i06_answers_leave_in_order),
    ("i07", outbound::i07_no_words_cross),
    ("i08", conversations::i08_a_claim_has_one_winner),
    ("i09", conversations::i09_only_staff_act),
    ("i10", figures::i10_figures_follow_from_the_facts),
    ("i10", stored::i10_stored_figures_are_those_of_the_facts),
    ("i11", inbound::i11_timers_fire_once_and_not_early),
    ("i12", outbound::i12_limits_are_kept),
    ("i13", outbound::i13_people_come_first),
    ("i14", outbound::i14_what_is_under_way_is_bounded),
    ("i15", inbound::i15_a_flood_holds_nobody_else_up),
    ("i16", privacy::i16_logs_hold_no_words),
    ("i17", conversations::i17_every_act_has_an_actor),
    ("i18", privacy::i18_erased_is_erased),
    ("i19", conversations::i19_the_facts_tell_where_it_stands),
    ("i22", ladder::i22_each_rung_is_climbed_once),
];

/// Everything that is wrong with a run that has come to rest.
pub fn check(world: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    for (name, rule) in ALL {
        let found = rule(world, evidence);
        faults.extend(
            found
                .into_iter()
                .take(5)
                .map(|fault| format!("{name}: {fault}")),
        );
    }
    faults
}

/// What the platforms saw of that rule during the run.
fn watched(world: &World, name: &str) -> Faults {
    let ground = world.ground();
    let faults = ground.faults.iter().filter(|fault| fault.starts_with(name));
    faults.cloned().collect()
}
