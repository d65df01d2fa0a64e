//! Careline.
#![forbid(unsafe_code)]
