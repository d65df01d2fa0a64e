//! The look that web chat and console share.
//!
//! Invariant: pure constants and functions of them; it imports nothing of ours.

use sha2::{Digest, Sha256};

/// Colours, measures and the ground rules of every page.
pub const TOKENS_CSS: &str = include_str!("tokens.css");

/// A short name for these assets as they are: in their addresses it makes browsers fetch them
/// anew when they have changed.
pub fn fingerprint(assets: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for asset in assets {
        hasher.update(asset.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
