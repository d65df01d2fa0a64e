//! Scenes: the whole program, as customers and staff meet it.

mod telegram_desk;
