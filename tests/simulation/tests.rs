//! What every run of the tests holds of the simulator.

use super::planted::faults;

#[test]
fn every_planted_fault_fits_the_sources() {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let faults = faults();
    assert!(faults.len() >= 25, "{} faults", faults.len());
    let misfits: Vec<String> = faults
        .iter()
        .filter_map(|fault| {
            let text = std::fs::read_to_string(root.join(&fault.file)).unwrap_or_default();
            fault.put_into(&text).err()
        })
        .collect();
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
}
