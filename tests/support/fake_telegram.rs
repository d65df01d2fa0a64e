//! Starts the fake of the Telegram Bot API on its own, for foreign clients and for playing by hand:
//! `cargo run --example fake-telegram -- 127.0.0.1:8081`, then point a bot at it and drive the
//! people with `curl -d '{"do":"says","who":"Ann","text":"hello"}' -H 'content-type:
//! application/json' localhost:8081/play`. It runs on the machine's clock until it is interrupted.

use std::sync::Arc;

use careline::clock::{Clock, SystemClock};

#[expect(dead_code, reason = "tests use what playing by hand does not")]
mod telegram;

#[tokio::main]
async fn main() {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let now: telegram::state::Now = Arc::new(|| SystemClock.now().0);
    let fake = telegram::FakeTelegram::start_at(&address, now, Arc::default()).await;
    println!("api_url = {:?}\ntoken = {:?}", fake.url(), fake.token());
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("cannot wait for an interrupt: {error}");
    }
}
