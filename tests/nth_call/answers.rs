//! What customers do by themselves.

use std::time::Duration;

use careline::domain::time::Millis;
use serde_json::json;

use super::world::Ground;
use super::{Flow, database, discord, each_call_fails, settled, telegram};
use crate::support::database::Database;
use crate::support::discord::state::World;
use crate::support::webchat::Tab;

const QUESTION: &str = "How long does a refund take?";
const ANSWER: &str = "3–5 working days";
/// How long a page hears nothing before a second passes.
const PAGE_WAIT: Duration = Duration::from_millis(300);

struct AsksOnTelegram;

impl Flow for AsksOnTelegram {
    async fn act(&mut self, ground: &Ground, run: usize) {
        let person = ground.shop.telegram.person(&format!("Ann {run}"), "en");
        person.says(QUESTION);
    }
}

#[tokio::test]
async fn a_question_on_telegram_is_answered_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let ways = [database(), telegram()];
    each_call_fails("answer on Telegram", ground, &mut AsksOnTelegram, ways).await;
}

#[tokio::test]
async fn a_question_on_telegram_and_postgresql_is_answered_once() {
    let ground = Ground::telegram(Database::postgres().await).await;
    let name = "answer on Telegram, PostgreSQL";
    each_call_fails(name, ground, &mut AsksOnTelegram, [database()]).await;
}

struct AsksOnDiscord;

impl Flow for AsksOnDiscord {
    async fn act(&mut self, ground: &Ground, run: usize) {
        let discord = &ground.shop.discord;
        let person = discord.person(&format!("Ann {run}"), ground.guild);
        discord.writes_direct(person, QUESTION);
        let told = |world: &World| {
            let told = world.told(person);
            let found = told.iter().any(|one| one.content.contains(ANSWER));
            found.then_some(())
        };
        // What a broken request has put off comes with the clock.
        settled(&ground.shop).await;
        discord.wait_for("the answer", told).await;
    }
}

#[tokio::test]
async fn a_question_on_discord_is_answered_once() {
    let ground = Ground::discord(Database::sqlite().await).await;
    let ways = [database(), discord()];
    each_call_fails("answer on Discord", ground, &mut AsksOnDiscord, ways).await;
}

/// A page that says its words again until they are taken, as ours does.
struct AsksOnThePage;

impl Flow for AsksOnThePage {
    async fn act(&mut self, ground: &Ground, run: usize) {
        let secret = format!("{run:032x}");
        let mut since = 0;
        let mut taken = false;
        let mut answered = 0;
        while answered == 0 {
            let mut page = opened(ground, &secret, since).await;
            if !taken {
                page.say("1", QUESTION).await;
            }
            loop {
                // What a broken call has put off comes with the clock.
                let heard = tokio::time::timeout(PAGE_WAIT, page.next()).await;
                let Ok(frame) = heard else {
                    ground.shop.clock.pass(Millis::seconds(1));
                    continue;
                };
                let Some(frame) = frame else {
                    break;
                };
                match frame["t"].as_str() {
                    Some("taken") => taken = true,
                    Some("refused") => page.say("1", QUESTION).await,
                    Some("entry") => {
                        since = frame["seq"].as_i64().expect("a number");
                        answered += usize::from(frame.to_string().contains(ANSWER));
                    }
                    _ => {}
                }
                if answered > 0 {
                    break;
                }
            }
        }
    }
}

async fn opened(ground: &Ground, secret: &str, since: i64) -> Tab {
    let address = ground.shop.address();
    let mut page = Tab::connect(&address, &format!("http://{address}"))
        .await
        .expect("the chat opens");
    let hello = json!({"t": "hello", "secret": secret, "since": since, "lang": "en"});
    page.send(&hello.to_string()).await;
    page
}

#[tokio::test]
async fn a_question_on_the_page_is_answered_once() {
    let ground = Ground::web(Database::sqlite().await).await;
    each_call_fails(
        "answer on the page",
        ground,
        &mut AsksOnThePage,
        [database()],
    )
    .await;
}

/// Presses for a person, and the app sends the press a second time.
#[derive(Default)]
struct PressesTwice {
    press: Option<(crate::support::telegram::people::At, i64)>,
}

impl Flow for PressesTwice {
    async fn prepare(&mut self, ground: &Ground, run: usize) {
        let person = ground.shop.telegram.person(&format!("Ann {run}"), "en");
        person.says(QUESTION);
        let answer = person.waits_for(ANSWER).await;
        self.press = Some((person.alone(), answer.id));
    }

    async fn act(&mut self, _ground: &Ground, _run: usize) {
        let (person, answer) = self.press.as_ref().expect("prepared");
        let press = person.presses(*answer, "Talk to a person");
        person.replays(&press);
    }
}

#[tokio::test]
async fn a_press_that_comes_twice_counts_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = PressesTwice::default();
    each_call_fails("button replay", ground, &mut flow, [database()]).await;
}

/// Changes the language there and back.
struct ChoosesLanguage;

impl Flow for ChoosesLanguage {
    async fn act(&mut self, ground: &Ground, run: usize) {
        let person = ground.shop.telegram.person(&format!("Ann {run}"), "en");
        person.says("/language vi");
        person.says("/language en");
    }
}

#[tokio::test]
async fn a_language_is_chosen_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let ways = [database(), telegram()];
    each_call_fails("language", ground, &mut ChoosesLanguage, ways).await;
}
