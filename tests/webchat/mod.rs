//! The web chat's socket against a real store: what a page may rely on.

mod socket;
