//! What the delivery does when there is far more to say than a platform takes: the real store and
//! the real delivery on a clock that the test moves, against a platform that counts. Each test
//! prints its figures beside their targets (`./scripts/test --no-capture -E 'test(surge)'`).

mod flood;
mod platform;
mod rig;
mod storm;
mod waiting;
