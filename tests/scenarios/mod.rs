//! Scenes: the whole program, as customers and staff meet it.

mod answers;
pub mod both_desks;
mod choosing;
mod discord_care;
mod discord_customers;
mod discord_desk;
mod faq_discord;
mod faq_telegram;
mod ladder;
mod late_customers;
mod reports;
mod telegram_answers;
mod telegram_customers;
pub mod telegram_desk;
mod telegram_trouble;
mod telegram_webhook;
mod weekly_gaps;
#[cfg(feature = "semantic")]
mod with_a_model;
mod wording_tests;
