//! Discord: the fake by itself and by discord.py, then our adapter against the fake.

mod deliveries;
mod fake;
mod foreign;
mod gaps;
mod hearing;
mod pressing;
mod rig;
