//! Bad weather: the disk is full, the database is away, the clock jumps. What cannot be kept is
//! not acknowledged, what was done is written down as soon as that can be, and afterwards nothing
//! is lost, nothing doubled, and no storm of reminders comes.

mod away;
mod backup;
mod clock;
mod disk;

use careline::domain::time::Millis;
use serde_json::{Value, json};

use crate::support::shop::Shop;
use crate::support::webchat::Tab;

/// What the sample base answers.
const QUESTION: &str = "How long does a refund take?";
const ANSWER: &str = "3–5 working days";

/// A page of the shop's web chat, of the visitor with that number.
async fn page(shop: &Shop, visitor: usize) -> Tab {
    let address = shop.address();
    let mut page = Tab::connect(&address, &format!("http://{address}"))
        .await
        .expect("the chat opens");
    let hello =
        json!({"t": "hello", "secret": format!("{visitor:032x}"), "since": 0, "lang": "en"});
    page.send(&hello.to_string()).await;
    page
}

/// Reads the page's frames up to one of that kind with these words.
async fn shown(page: &mut Tab, kind: &str, words: &str) -> Value {
    while let Some(frame) = page.next().await {
        if frame["t"] == kind && frame.to_string().contains(words) {
            return frame;
        }
    }
    panic!("the page closed before {words:?}");
}

/// What `/readyz` says: its status.
async fn readiness(shop: &Shop) -> u16 {
    let url = format!("http://{}/readyz", shop.address());
    let answer = reqwest::get(url).await.expect("it answers");
    answer.status().as_u16()
}

/// All has been said and done, also what was put off.
async fn settled(shop: &Shop) {
    let later = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state IN ('ready', 'sending') AND created_at > $1";
    for _ in 0..90 {
        shop.passes(Millis::seconds(1)).await;
        if shop.count(later, 0).await == 0 {
            return;
        }
    }
    panic!("something is put off for ever");
}
