//! The console's handlers over HTTP, against a real store: who gets in, and what a click becomes.

mod acts;
mod editing;
mod levels;
mod marks;
mod reports;
mod rights;
mod sign_in;
