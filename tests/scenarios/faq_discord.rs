//! Admins write entries in Discord: forms, keys that are completed, and two of them at once.

use careline::domain::ids::EntryKey;
use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;
use careline::store::{drafts, knowledge};
use serde_json::Value;

use super::discord_care::Care;
use crate::support::discord::state::World;
use crate::support::program::careline;

/// How often it is asked whether the bot knows something already: it looks once a second.
const ASKS_MAX: usize = 2_000;

/// A shop with two admins, one in the staff post and one anywhere in the server.
struct Admins {
    care: Care,
    mai: u64,
    kim: u64,
    post: u64,
}

impl Admins {
    async fn open() -> Admins {
        let mut care = Care::closed().await;
        let guild = care.guild;
        let person = |name: &str| care.shop.discord.person(name, guild);
        let (mai, kim) = (person("Mai"), person("Kim"));
        for (name, person) in [("Mai", mai), ("Kim", kim)] {
            let account = (ChannelKind::Discord, person.to_string());
            care.shop.lists(name, Role::Admin, &[account]).await;
        }
        care.opens().await;
        care.shop.discord.writes_direct(care.ann, "a human please");
        let post = care.post().await;
        Admins {
            care,
            mai,
            kim,
            post,
        }
    }

    /// Runs a verb in the staff post; gives what only the admin was told, piece by piece.
    async fn asks(&self, who: u64, verb: &str, options: &[(&str, &str)]) -> Vec<String> {
        let discord = &self.care.shop.discord;
        let asked = discord.runs_verb(who, self.post, &format!("faq {verb}"), options);
        self.told(asked).await
    }

    async fn told(&self, interaction: u64) -> Vec<String> {
        self.care.whisper(interaction).await;
        self.care.shop.quiet().await;
        self.care.shop.discord.read(|world| {
            let all = world.whispers(interaction);
            all.iter().map(|one| one.content.clone()).collect()
        })
    }

    /// Opens a form by a verb; gives the interaction and the modal.
    async fn opens_form(
        &self,
        who: u64,
        place: u64,
        verb: &str,
        options: &[(&str, &str)],
    ) -> (u64, Value) {
        let discord = &self.care.shop.discord;
        let asked = discord.runs_verb(who, place, &format!("faq {verb}"), options);
        let opened = |world: &World| world.modal_of(asked).cloned();
        (asked, discord.wait_for("the form", opened).await)
    }

    /// Presses a button under what only the admin sees; gives what they are told then.
    async fn presses(&self, who: u64, after: u64, label: &str) -> Vec<String> {
        let discord = &self.care.shop.discord;
        let shown = discord.read(|world| world.whispers(after).last().map(|one| one.id));
        let shown = shown.expect("something is shown");
        let pressed = discord.presses_label(who, self.post, shown, label);
        self.told(pressed).await
    }

    /// Asks with `/faq test` until the bot does that.
    async fn until_told(&self, text: &str, does: &str) {
        self.until(text, |told| told.contains(does)).await;
    }

    /// Asks with `/faq test` until the bot does that no more.
    async fn until_told_no_more(&self, text: &str, does: &str) {
        self.until(text, |told| !told.contains(does)).await;
    }

    async fn until(&self, text: &str, is_so: impl Fn(&str) -> bool) {
        let mut last = Vec::new();
        for _ in 0..ASKS_MAX {
            last = self.asks(self.mai, "test", &[("text", text)]).await;
            if is_so(&last[0]) {
                return;
            }
            // What Discord takes is counted by the scene's clock.
            self.care.shop.passes(Millis::seconds(1)).await;
        }
        panic!("{text}: still {last:?}");
    }
}

/// The field of a form whose name begins so: its name and what stands in it.
fn field(form: &Value, begins: &str) -> (String, String) {
    let all = form["components"].as_array().expect("fields");
    let found = all.iter().map(|row| &row["components"][0]).find(|input| {
        let name = input["custom_id"].as_str().expect("a name");
        name.starts_with(begins)
    });
    let input = found.unwrap_or_else(|| panic!("no {begins} in {form}"));
    let text = |part: &str| input[part].as_str().unwrap_or_default().to_owned();
    (text("custom_id"), text("value"))
}

#[tokio::test]
async fn an_entry_is_added_by_a_form_published_and_answers_customers() {
    let admins = Admins::open().await;
    let (care, mai) = (&admins.care, admins.mai);
    let discord = &care.shop.discord;
    let options = [("key", "laos"), ("language", "en")];
    // Anywhere in the server: here in a channel that is not the desk's.
    let (asked, form) = admins.opens_form(mai, care.lobby, "add", &options).await;
    let (question, _) = field(&form, "question:");
    let written = [
        (question.as_str(), "Do you ship to Laos?"),
        ("phrasings", "laos\n\n shipping to vientiane \n"),
        ("answer", "Twice a **week**, to Vientiane."),
    ];
    let sent = discord.submits(mai, asked, &written);
    let told = admins.told(sent).await.join("\n");
    assert!(told.contains("The draft of laos is kept"), "{told}");
    assert!(told.contains("2 other ways of asking"), "{told}");
    let nothing = admins.asks(mai, "test", &[("text", "vientiane")]).await;
    assert!(
        !nothing[0].contains("laos"),
        "a draft is no answer: {nothing:?}"
    );
    let told = admins.presses(mai, sent, "Publish").await;
    assert!(told[0].contains("laos is published"), "{told:?}");
    admins
        .until_told("shipping to vientiane", "answers with laos")
        .await;

    let eve = discord.person("Eve", care.guild);
    discord.writes_direct(eve, "do you ship to laos?");
    care.shop.settles().await;
    let reads = move |world: &World| {
        let told = world.told(eve);
        told.iter()
            .any(|one| one.content.contains("Twice a **week**"))
            .then_some(())
    };
    discord.wait_for("the answer", reads).await;

    // What is changed stands in the form already, and the rest of the entry stays.
    let (asked, form) = admins
        .opens_form(mai, admins.post, "edit", &[("key", "laos")])
        .await;
    assert_eq!(field(&form, "phrasings").1, "laos\nshipping to vientiane");
    let sent = discord.submits(mai, asked, &[("answer", "Daily.")]);
    admins.told(sent).await;
    let told = admins.asks(mai, "publish", &[("key", "laos")]).await;
    assert!(told[0].contains("is published"), "{told:?}");
    let told = admins
        .asks(mai, "history", &[("key", "laos")])
        .await
        .join("\n");
    assert!(
        told.contains("2. 2026-01-05 08:00 · Mai · changed: Answer"),
        "{told}"
    );
    assert!(told.contains("1. 2026-01-05 08:00 · Mai"), "{told}");
    let listed = admins
        .asks(admins.kim, "list", &[("words", "ship laos")])
        .await;
    assert!(
        listed[0].contains("`laos` · Do you ship to Laos?"),
        "{listed:?}"
    );
    let told = admins.asks(admins.kim, "retire", &[("key", "laos")]).await;
    assert!(told[0].contains("out of use"), "{told:?}");
    admins
        .until_told_no_more("shipping to vientiane", "answers with laos")
        .await;
    admins.care.shop.ends_well().await;
}

#[tokio::test]
async fn of_two_who_write_at_once_the_second_is_shown_the_difference_and_keeps_their_words() {
    let admins = Admins::open().await;
    let discord = &admins.care.shop.discord;
    let (mai, kim, post) = (admins.mai, admins.kim, admins.post);
    let (first, form) = admins
        .opens_form(mai, post, "add", &[("key", "laos")])
        .await;
    let (second, _) = admins
        .opens_form(kim, post, "add", &[("key", "laos")])
        .await;
    let (question, _) = field(&form, "question:");
    let mine = |answer| vec![(question.as_str(), "Laos?"), ("answer", answer)];
    let sent = discord.submits(mai, first, &mine("Twice a week."));
    admins.told(sent).await;
    let sent = discord.submits(kim, second, &mine("Never."));
    let told = admins.told(sent).await.join("\n");
    for part in [
        "Mai has kept another draft of laos",
        "– Twice a week.",
        "+ Never.",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Their words are not lost: they take Mai's place once they say so.
    let told = admins
        .presses(kim, sent, "Keep mine as draft")
        .await
        .join("\n");
    assert!(told.contains("The draft of laos is kept"), "{told}");
    let (_, form) = admins
        .opens_form(mai, post, "edit", &[("key", "laos")])
        .await;
    assert_eq!(field(&form, "answer").1, "Never.");

    // Over what was published meanwhile, too.
    let (late, _) = admins
        .opens_form(mai, post, "edit", &[("key", "laos")])
        .await;
    admins.asks(kim, "publish", &[("key", "laos")]).await;
    let sent = discord.submits(mai, late, &[("answer", "Always.")]);
    let told = admins.told(sent).await.join("\n");
    assert!(told.contains("Kim has published another version"), "{told}");
    assert!(
        told.contains("– Never.") && told.contains("+ Always."),
        "{told}"
    );
    let told = admins.presses(mai, sent, "Publish mine").await;
    assert!(told[0].contains("laos is published"), "{told:?}");
    let store = admins.care.shop.store().await;
    let key = EntryKey::from("laos");
    let history = knowledge::history(&mut store.read().await.unwrap(), &key)
        .await
        .unwrap();
    let by: Vec<&str> = history.iter().map(|past| past.by_whom.as_str()).collect();
    assert_eq!(by, ["Kim", "Mai"]);
    store.close().await;
    // An older version is taken up again as a draft.
    let asked = discord.runs_verb(kim, post, "faq history", &[("key", "laos")]);
    admins.told(asked).await;
    let told = admins.presses(kim, asked, "Take up 1").await.join("\n");
    assert!(
        told.contains("The draft of laos is kept") && told.contains("Never."),
        "{told}"
    );
    admins.care.shop.ends_well().await;
}

#[tokio::test]
async fn words_that_wait_for_a_decision_make_room_and_are_told_to_their_writer_alone() {
    let admins = Admins::open().await;
    let (mai, kim, post) = (admins.mai, admins.kim, admins.post);
    let (lobby, discord) = (admins.care.lobby, &admins.care.shop.discord);
    // Of two entries Mai keeps a draft while Kim writes another.
    let mut told = String::new();
    for (key, words) in [("laos", "Never."), ("burma", "Weekly.")] {
        let (first, form) = admins.opens_form(mai, post, "add", &[("key", key)]).await;
        let (second, _) = admins.opens_form(kim, lobby, "add", &[("key", key)]).await;
        let (question, _) = field(&form, "question:");
        let written = |answer| {
            vec![
                (question.as_str(), "Do you ship there?"),
                ("answer", answer),
            ]
        };
        let sent = discord.submits(mai, first, &written("Daily."));
        admins.told(sent).await;
        let sent = discord.submits(kim, second, &written(words));
        told = admins.told(sent).await.join("\n");
        let conflict = format!("Mai has kept another draft of {key}");
        assert!(told.contains(&conflict), "{told}");
    }
    for part in ["somebody else's draft of laos", "Never.", "+ Weekly."] {
        assert!(told.contains(part), "{part}: {told}");
    }
    admins.care.shop.passes(Millis::hours(25)).await;
    let listed = discord.runs_verb(kim, lobby, "faq list", &[]);
    let told = admins.told(listed).await.join("\n");
    for part in ["You left burma alone", "Weekly."] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let drafts = {
        let store = admins.care.shop.store().await;
        let all = drafts::all(&mut store.read().await.unwrap()).await.unwrap();
        store.close().await;
        all
    };
    assert!(
        drafts.iter().all(|draft| draft.by_whom == "Mai"),
        "{drafts:?}"
    );
    let seen_by_all = discord.read(|world| {
        let all = [world.bot_messages_in(lobby), world.bot_messages_in(post)].concat();
        all.iter()
            .map(|one| one.content.clone())
            .collect::<String>()
    });
    for words in ["Never.", "Weekly."] {
        assert!(!seen_by_all.contains(words), "{seen_by_all}");
    }
    admins.care.shop.ends_well().await;
}

#[tokio::test]
async fn an_entry_is_answered_from_on_its_days_only() {
    let admins = Admins::open().await;
    let shop = &admins.care.shop;
    // The scene begins on 5 January 2026 at 08:00 UTC.
    let lines = r#"{"key":"umbrellas","lang":"en","question":"Do you sell umbrellas for elephants","answer":"No."}
{"key":"giraffes","lang":"en","question":"Do you paint giraffes at weekends","answer":"Twice.","valid_from":"2026-01-06","valid_to":"2026-01-07"}"#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("days.jsonl");
    std::fs::write(&file, lines).unwrap();
    let import = ["faq", "import", file.to_str().unwrap()];
    let ran = careline(&shop.database.url, &import);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let asked = "do you paint giraffes at weekends";
    admins
        .until_told(
            "do you sell umbrellas for elephants",
            "answers with umbrellas",
        )
        .await;
    let told = admins.asks(admins.mai, "test", &[("text", asked)]).await;
    assert!(
        !told[0].contains("giraffes"),
        "known, but not of today: {told:?}"
    );
    shop.passes(Millis::hours(24)).await;
    admins.until_told(asked, "answers with giraffes").await;
    shop.passes(Millis::hours(24)).await;
    admins.until_told(asked, "answers with giraffes").await;
    shop.passes(Millis::hours(24)).await;
    admins
        .until_told_no_more(asked, "answers with giraffes")
        .await;
    admins.care.shop.ends_well().await;
}

#[tokio::test]
async fn only_admins_write_and_only_they_are_told_keys() {
    let admins = Admins::open().await;
    let care = &admins.care;
    let discord = &care.shop.discord;
    for (who, why) in [
        (care.ben, "Only admins"),
        (care.ann, "not on the list of staff"),
    ] {
        for place in [admins.post, care.lobby] {
            let edit = discord.runs_verb(who, place, "faq edit", &[("key", "refund-time")]);
            assert!(care.whisper(edit).await.contains(why));
            let list = discord.runs_verb(who, place, "faq list", &[]);
            assert!(care.whisper(list).await.contains(why));
        }
    }
    let offered = async |who: u64, verb: &str, typed: &str| {
        let asked = discord.types(who, admins.post, verb, ("key", typed));
        let look = move |world: &World| world.interactions[&asked].offered.clone();
        let all = discord.wait_for("choices", look).await;
        let all = all.as_array().cloned().expect("a list");
        all.iter()
            .map(|one| one["value"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        offered(care.ben, "faq edit", "").await,
        Vec::<String>::new()
    );
    let all = offered(admins.mai, "faq edit", "").await;
    assert_eq!(all.len(), 25, "as many as Discord shows");
    let refunds = offered(admins.mai, "faq history", "refund").await;
    assert!(refunds[0].starts_with("refund"), "{refunds:?}");
    let by_words = offered(admins.mai, "faq retire", "hoan tien").await;
    assert!(!by_words.is_empty(), "in any language, without marks");
    assert_eq!(
        offered(admins.mai, "faq publish", "").await,
        Vec::<String>::new()
    );
    let (asked, form) = admins.opens_form(admins.mai, admins.post, "add", &[]).await;
    let (question, _) = field(&form, "question:");
    let sent = discord.submits(admins.mai, asked, &[(&question, "Do you ship to Laos?")]);
    admins.told(sent).await;
    let drafts = offered(admins.mai, "faq publish", "laos").await;
    assert_eq!(
        drafts,
        ["do-you-ship-to-laos"],
        "a key made of the question"
    );
    admins.care.shop.ends_well().await;
}

#[tokio::test]
async fn what_cannot_be_published_is_told_and_nothing_typed_is_lost() {
    let admins = Admins::open().await;
    let discord = &admins.care.shop.discord;
    let (mai, post) = (admins.mai, admins.post);
    let no_key = discord.runs_verb(mai, post, "faq add", &[("key", "Not a key")]);
    assert!(admins.care.whisper(no_key).await.contains("is no key"));
    let taken = discord.runs_verb(mai, post, "faq add", &[("key", "refund-time")]);
    assert!(
        admins
            .care
            .whisper(taken)
            .await
            .contains("is there already")
    );

    let (asked, form) = admins.opens_form(mai, post, "add", &[("key", "odd")]).await;
    let (question, _) = field(&form, "question:");
    let phrasings = (0..200)
        .map(|n| format!("way {n}"))
        .collect::<Vec<_>>()
        .join("\n");
    let phrasings = format!("{phrasings}\nbell\u{7}\nHow long does a refund take?");
    let answer = "A sentence of some length. ".repeat(140);
    let written = [
        ("phrasings", phrasings.as_str()),
        ("answer", answer.as_str()),
        ("triggers", "(a{1,500}){1,500}"),
        (question.as_str(), " "),
    ];
    let sent = discord.submits(mai, asked, &written);
    let pieces = admins.told(sent).await;
    assert!(pieces.len() > 1, "more than one message");
    let told = pieces.join("\n");
    for part in [
        "The draft of odd is kept",
        "202 other ways of asking",
        "the question is empty",
        "control character U+0007",
        "needs more than 262144 bytes when compiled",
        "On Discord customers get the answer in 2 messages",
        "is a wording of refund-time too",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = admins
        .asks(mai, "publish", &[("key", "odd")])
        .await
        .join("\n");
    assert!(
        told.contains("not published yet") && told.contains("question is empty"),
        "{told}"
    );
    let (asked, form) = admins
        .opens_form(mai, post, "edit", &[("key", "odd")])
        .await;
    assert_eq!(field(&form, "phrasings").1.lines().count(), 202);
    assert_eq!(field(&form, "answer").1, answer.trim());
    let (question, _) = field(&form, "question:");
    let clean = phrasings.replace('\u{7}', "");
    let mended = [
        (question.as_str(), "What is odd?"),
        ("phrasings", clean.as_str()),
        ("triggers", r"\bodd\b"),
    ];
    let sent = discord.submits(mai, asked, &mended);
    admins.told(sent).await;
    let told = admins.asks(mai, "publish", &[("key", "odd")]).await;
    assert!(told[0].contains("odd is published"), "{told:?}");
    admins.care.shop.ends_well().await;
}

#[tokio::test]
async fn what_a_form_has_no_room_for_is_told_and_stays() {
    let admins = Admins::open().await;
    let shop = &admins.care.shop;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.jsonl");
    let phrasings: Vec<String> = (0..100)
        .map(|number| format!("{number} {}", "shipping to laos ".repeat(4)))
        .collect();
    let entry = serde_json::json!({
        "key": "laos", "lang": "en", "question": "Laos?", "phrasings": phrasings,
        "answer": "Daily.",
    });
    std::fs::write(&file, entry.to_string()).unwrap();
    let ran = careline(
        &shop.database.url,
        &["faq", "import", file.to_str().unwrap()],
    );
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (asked, form) = admins
        .opens_form(admins.mai, admins.post, "edit", &[("key", "laos")])
        .await;
    assert!(!form.to_string().contains("\"phrasings\""), "{form}");
    let sent = shop
        .discord
        .submits(admins.mai, asked, &[("answer", "Weekly.")]);
    let told = admins.told(sent).await.join("\n");
    assert!(
        told.contains("so it was not shown and stays as it is: Other ways of asking."),
        "{told}"
    );
    let draft = drafts::of(
        &mut shop.store().await.read().await.unwrap(),
        &"laos".into(),
    )
    .await
    .unwrap()
    .unwrap();
    let text = draft.entry.texts.values().next().unwrap();
    assert_eq!(
        (text.phrasings.len(), text.answer.as_str()),
        (100, "Weekly.")
    );
    admins.care.shop.ends_well().await;
}
