//! The optional embedding model: a folder with a BERT-type model or a static one, read and run in
//! this process. Only programs built with the feature `semantic` can; the others say so.
//!
//! Invariant: a point has the model's dimensions and length 1, or 0 where the model knows nothing of the
//! text; the same text gives the same point.

#[cfg(feature = "semantic")]
mod files;
#[cfg(feature = "semantic")]
mod kept;
#[cfg(feature = "semantic")]
mod model;
#[cfg(all(test, feature = "semantic"))]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::domain::knowledge::meaning::Sense;

/// Why a folder cannot be used; each message says where and what to do.
#[derive(Debug, Error)]
pub enum SemanticFault {
    /// This program cannot read any.
    #[error(
        "this careline was built without embedding models: build it with \
         `cargo build --release --features semantic`, or take the setting out"
    )]
    NotBuiltIn,
    /// A file is missing, or is not what it should be.
    #[error("{}: {why}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What is wrong, and what to do.
        why: String,
    },
}

/// The model of the folder that is set. Where it cannot be used the log says why, and the program
/// goes on without.
pub fn of_settings(folder: Option<&Path>) -> Option<Arc<dyn Sense>> {
    match load(folder?) {
        Ok(sense) => Some(sense),
        Err(fault) => {
            tracing::warn!("knowledge.semantic_model: {fault}; going on without it");
            None
        }
    }
}

/// Loads the model of a folder and has it read a first text. It keeps the points of the texts that
/// are in use. Takes up to seconds.
///
/// # Errors
/// Everything that keeps it from being used: nothing is found out later.
#[cfg(feature = "semantic")]
pub fn load(folder: &Path) -> Result<Arc<dyn Sense>, SemanticFault> {
    let model = files::load(folder)?;
    let name = format!(
        "{}, {} dimensions, from {}",
        model.kind(),
        model.dimensions(),
        folder.display()
    );
    Ok(Arc::new(kept::Kept::of(model, name)))
}

/// Says that this program cannot.
///
/// # Errors
/// Always `NotBuiltIn`.
#[cfg(not(feature = "semantic"))]
pub fn load(_: &Path) -> Result<Arc<dyn Sense>, SemanticFault> {
    Err(SemanticFault::NotBuiltIn)
}
