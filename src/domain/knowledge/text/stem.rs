//! English words without their endings.

use rust_stemmers::{Algorithm, Stemmer};

/// The stem of a lower-case English word; other words come back as they are.
pub fn english(word: &str) -> String {
    if !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}
