//! Discord: the fake by itself and by discord.py, then our adapter against the fake.

mod fake;
mod foreign;
