//! What staff and customers do together.

use careline::domain::time::Millis;

use super::world::Ground;
use super::{Flow, database, each_call_fails, settled, telegram};
use crate::support::database::Database;
use crate::support::telegram::faults::Fault;
use crate::support::telegram::people::{At, Person};
use crate::support::telegram::view;

/// A customer whom a person serves, with the room where that happens.
struct Matter {
    ann: Person,
    asked: i64,
    ben: At,
}

impl Matter {
    /// Ann has asked for a person.
    async fn open(ground: &Ground) -> Matter {
        let ann = ground.shop.telegram.person("Ann", "en");
        let asked = ann.says("a human please");
        ground.shop.quiet().await;
        let topics = ground
            .shop
            .telegram
            .with(|state| view::topics(state, ground.forum));
        let ben = ground.ben.within(ground.forum, Some(topics[0].id));
        Matter { ann, asked, ben }
    }

    /// The same, and Ben has it.
    async fn claimed(ground: &Ground) -> Matter {
        let matter = Matter::open(ground).await;
        matter.ben.says("/claim");
        settled(&ground.shop).await;
        matter
    }
}

/// Who wants a person first asks what the bot could answer.
struct WantsAPerson {
    person: Option<Person>,
}

impl Flow for WantsAPerson {
    async fn prepare(&mut self, ground: &Ground, run: usize) {
        let person = ground.shop.telegram.person(&format!("Ann {run}"), "en");
        person.says("/preferences");
        let asked = person.waits_for("Who should answer you first").await;
        person.alone().presses(asked.id, "Always a person");
        self.person = Some(person);
    }

    async fn act(&mut self, _ground: &Ground, _run: usize) {
        let person = self.person.as_ref().expect("prepared");
        person.says("How long does a refund take?");
    }
}

#[tokio::test]
async fn who_wants_a_person_is_handed_over_once_into_one_room() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = WantsAPerson { person: None };
    each_call_fails("handoff", ground, &mut flow, [database()]).await;
}

#[tokio::test]
async fn on_postgresql_who_wants_a_person_is_handed_over_once_into_one_room() {
    let ground = Ground::telegram(Database::postgres().await).await;
    let mut flow = WantsAPerson { person: None };
    each_call_fails("handoff, PostgreSQL", ground, &mut flow, [database()]).await;
}

struct Claims(Matter);

impl Flow for Claims {
    async fn prepare(&mut self, _ground: &Ground, _run: usize) {
        self.0.ben.says("/release");
    }

    async fn act(&mut self, _ground: &Ground, _run: usize) {
        self.0.ben.says("/claim");
    }
}

#[tokio::test]
async fn a_matter_is_claimed_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = Claims(Matter::open(&ground).await);
    each_call_fails("claim", ground, &mut flow, [database(), telegram()]).await;
}

struct Replies(Matter);

impl Flow for Replies {
    async fn act(&mut self, _ground: &Ground, run: usize) {
        self.0.ben.says(&format!("/r Reply number {run}."));
    }
}

#[tokio::test]
async fn a_reply_reaches_the_customer_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = Replies(Matter::claimed(&ground).await);
    each_call_fails("reply", ground, &mut flow, [database(), telegram()]).await;
}

#[tokio::test]
async fn on_postgresql_a_reply_reaches_the_customer_once() {
    let ground = Ground::telegram(Database::postgres().await).await;
    let mut flow = Replies(Matter::claimed(&ground).await);
    each_call_fails("reply, PostgreSQL", ground, &mut flow, [database()]).await;
}

struct Notes(Matter);

impl Flow for Notes {
    async fn act(&mut self, _ground: &Ground, run: usize) {
        self.0.ben.says(&format!("/note Note number {run}."));
    }
}

#[tokio::test]
async fn a_note_is_kept_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = Notes(Matter::claimed(&ground).await);
    each_call_fails("note", ground, &mut flow, [database(), telegram()]).await;
}

struct Resolves(Matter);

impl Flow for Resolves {
    async fn prepare(&mut self, ground: &Ground, run: usize) {
        self.0.ann.says(&format!("And number {run}?"));
        settled(&ground.shop).await;
        self.0.ben.says("/claim");
    }

    async fn act(&mut self, _ground: &Ground, _run: usize) {
        self.0.ben.says("/resolve");
    }
}

#[tokio::test]
async fn a_matter_is_resolved_once_with_a_word_to_the_customer() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = Resolves(Matter::claimed(&ground).await);
    each_call_fails("resolve", ground, &mut flow, [database(), telegram()]).await;
}

struct ComesBack(Matter);

impl Flow for ComesBack {
    async fn prepare(&mut self, ground: &Ground, _run: usize) {
        self.0.ben.says("/claim");
        settled(&ground.shop).await;
        self.0.ben.says("/resolve");
    }

    async fn act(&mut self, _ground: &Ground, run: usize) {
        self.0.ann.says(&format!("Still wet, number {run}."));
    }
}

#[tokio::test]
async fn a_matter_is_reopened_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = ComesBack(Matter::claimed(&ground).await);
    each_call_fails("reopening", ground, &mut flow, [database(), telegram()]).await;
}

struct Edits(Matter);

impl Flow for Edits {
    async fn act(&mut self, _ground: &Ground, run: usize) {
        let words = format!("a human please, about order {run}");
        self.0.ann.alone().edits(self.0.asked, &words);
    }
}

#[tokio::test]
async fn an_edit_is_shown_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let mut flow = Edits(Matter::claimed(&ground).await);
    each_call_fails("edit", ground, &mut flow, [database(), telegram()]).await;
}

/// A reply of which nobody knows whether it arrived; Ben says what to do.
struct Settles {
    matter: Matter,
    notice: i64,
}

impl Flow for Settles {
    async fn prepare(&mut self, ground: &Ground, run: usize) {
        let telegram = &ground.shop.telegram;
        telegram.fail_next("sendMessage", 1, Fault::Reset { effect: false });
        self.matter.ben.says(&format!("/r The code is {run}."));
        settled(&ground.shop).await;
        let topic = self.matter.ben.thread.expect("in a topic");
        let messages = telegram.with(|state| view::in_topic(state, ground.forum, topic));
        let with_buttons = messages.iter().rev().find(|one| {
            let asks = one.buttons().iter().any(|(label, _)| label == "Send again");
            asks && one.text().contains(&format!("The code is {run}."))
        });
        self.notice = with_buttons.expect("staff are asked").id;
    }

    async fn act(&mut self, ground: &Ground, _run: usize) {
        self.matter.ben.presses(self.notice, "Send again");
        ground.shop.passes(Millis::seconds(1)).await;
    }
}

#[tokio::test]
async fn an_unknown_delivery_is_settled_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    let matter = Matter::claimed(&ground).await;
    let mut flow = Settles { matter, notice: 0 };
    each_call_fails("unknown settled", ground, &mut flow, [database()]).await;
}

/// Who waits longer than was said: the desk is told, and they are given the choice.
struct WaitsTooLong {
    person: Option<Person>,
}

impl Flow for WaitsTooLong {
    async fn prepare(&mut self, ground: &Ground, run: usize) {
        let person = ground.shop.telegram.person(&format!("Ann {run}"), "en");
        person.says("a human please");
        self.person = Some(person);
    }

    async fn act(&mut self, ground: &Ground, _run: usize) {
        ground.shop.passes(Millis::minutes(2)).await;
        let person = self.person.as_ref().expect("prepared");
        let word = person.waits_for("taking longer than we said").await;
        person.alone().presses(word.id, "Try the bot again");
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_told_of_once_and_taken_back_once() {
    let ground = Ground::telegram(Database::sqlite().await).await;
    // A day in which nothing is heard ends earlier runs' matters: the runs are not to take so long.
    let short = "[[policies]]\nname = \"short\"\nhuman_wait = \"1m\"\n";
    ground.shop.puts_in_plan(short).await;
    let mut flow = WaitsTooLong { person: None };
    each_call_fails("too long a wait", ground, &mut flow, [database()]).await;
}
