//! What a text is made of: normalised, folded, cut into terms, and in which language it is.
//!
//! Invariant: nothing in here fails or panics, whatever the text: NUL, unpaired marks,
//! right-to-left controls and 4,096 emoji are all just text with few or no terms.

pub mod chinese;
pub mod language;
pub mod normalise;
pub mod stem;
pub mod terms;
pub mod vietnamese;
