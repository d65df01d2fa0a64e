//! Admins change the knowledge base in the console, and make entries of questions without an answer.

use careline::domain::staff::Role;
use careline::domain::time::Millis;
use careline::store::knowledge;
use reqwest::Response;

use crate::support::console::{Desk, Guest};
use crate::support::database::each_store;
use crate::support::gaps::Asked;

const EDITOR: &str = "/console/editor";

/// The values of a page's hidden fields.
fn field(page: &str, name: &str) -> String {
    let named = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&named)
        .unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

async fn text(answer: Response) -> String {
    answer.text().await.unwrap()
}

async fn page(who: &Guest, path: &str) -> String {
    let answer = who.opens(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    text(answer).await
}

/// Sends the editor's form as that page of it has it.
async fn sends(who: &Guest, page: &str, act: &str, fields: &[(&str, &str)]) -> Response {
    let known = ["key", "known", "draft_at", "is_known", "in_use"];
    let mut all: Vec<(String, String)> = known
        .iter()
        .map(|name| ((*name).to_owned(), field(page, name)))
        .collect();
    if page.contains("name=\"gap\"") {
        all.push(("gap".to_owned(), field(page, "gap")));
    }
    for (name, value) in fields {
        all.retain(|(known, _)| known != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    all.push(("act".to_owned(), act.to_owned()));
    let all: Vec<(&str, &str)> = all
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    who.posts(EDITOR, &all).await
}

async fn answers(desk: &Desk) -> Vec<String> {
    let mut tx = desk.store.read().await.unwrap();
    let entries = knowledge::entries(&mut tx).await.unwrap();
    let texts = entries.into_iter().flat_map(|entry| entry.texts);
    texts.map(|(_, text)| text.answer).collect()
}

const WRITTEN: [(&str, &str); 3] = [
    ("key", "laos"),
    ("question_en", "Do you ship to Laos?"),
    ("answer_en", "Twice a **week**."),
];

#[tokio::test]
async fn an_entry_is_drafted_published_changed_restored_and_retired() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let mai = desk.signs_in("Mai", Role::Admin).await;
        let new = page(&mai, EDITOR).await;
        let wrong = sends(&mai, &new, "publish", &[("key", "Not A Key")]).await;
        assert_eq!(wrong.status(), 422);
        let empty = sends(&mai, &new, "publish", &[("key", "laos")]).await;
        assert_eq!(empty.status(), 422);
        assert!(text(empty).await.contains("has no language"));

        assert_eq!(sends(&mai, &new, "draft", &WRITTEN).await.status(), 303);
        assert_eq!(
            answers(&desk).await,
            Vec::<String>::new(),
            "nobody sees a draft"
        );
        let list = page(&mai, "/console/knowledge").await;
        assert!(list.contains("editor?key=laos"), "{list}");
        let draft = page(&mai, "/console/editor?key=laos").await;
        assert!(draft.contains("Twice a **week**."), "{draft}");
        let done = sends(&mai, &draft, "publish", &WRITTEN).await;
        assert_eq!(done.status(), 303);
        assert_eq!(answers(&desk).await, ["Twice a **week**."]);

        desk.clock.pass(Millis::minutes(1));
        let editor = page(&mai, "/console/editor?key=laos").await;
        let changed = [("question_en", "Laos?"), ("answer_en", "Daily.")];
        assert_eq!(
            sends(&mai, &editor, "publish", &changed).await.status(),
            303
        );
        let shown = page(&mai, "/console/knowledge/laos").await;
        assert!(
            shown.contains("<del dir=\"auto\">Twice a **week**.</del>"),
            "{shown}"
        );
        assert!(shown.contains("Mai"), "who did it: {shown}");
        let agent = desk.signs_in("Ben", Role::Agent).await;
        let read = page(&agent, "/console/knowledge/laos").await;
        assert!(
            !read.contains("/console/editor"),
            "agents only read: {read}"
        );

        let (_, rest) = shown.split_once("&amp;version=").expect("an older version");
        let version = rest.split('"').next().unwrap();
        let old = page(&mai, &format!("/console/editor?key=laos&version={version}")).await;
        assert!(old.contains("Twice a **week**."), "{old}");
        let restored = sends(&mai, &old, "publish", &WRITTEN).await;
        assert_eq!(restored.status(), 303);
        assert_eq!(answers(&desk).await, ["Twice a **week**."]);

        let editor = page(&mai, "/console/editor?key=laos").await;
        assert_eq!(sends(&mai, &editor, "retire", &[]).await.status(), 303);
        assert_eq!(answers(&desk).await, Vec::<String>::new());
        let gone = page(&mai, "/console/knowledge/laos").await;
        assert!(
            gone.contains("out of use") && gone.contains("version="),
            "{gone}"
        );
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn of_two_who_edit_at_once_the_second_is_shown_the_difference() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let (mai, dana) = (
            desk.signs_in("Mai", Role::Admin).await,
            desk.signs_in("Dana", Role::Admin).await,
        );
        let new = page(&mai, EDITOR).await;
        sends(&mai, &new, "publish", &WRITTEN).await;
        let of_mai = page(&mai, "/console/editor?key=laos").await;
        let of_dana = page(&dana, "/console/editor?key=laos").await;
        let with = |answer| [("question_en", "Laos?"), ("answer_en", answer)];
        desk.clock.pass(Millis::minutes(1));
        let first = sends(&mai, &of_mai, "publish", &with("Daily.")).await;
        assert_eq!(first.status(), 303);
        let second = sends(&dana, &of_dana, "publish", &with("Never.")).await;
        assert_eq!(second.status(), 422);
        let told = text(second).await;
        assert!(told.contains("Mai changed this entry"), "{told}");
        assert!(told.contains("<del dir=\"auto\">Daily.</del>"), "{told}");
        assert!(told.contains("<ins dir=\"auto\">Never.</ins>"), "{told}");
        assert_eq!(
            answers(&desk).await,
            ["Daily."],
            "nothing is written over unseen"
        );
        let again = sends(&dana, &told, "publish", &with("Never.")).await;
        assert_eq!(
            again.status(),
            303,
            "having seen it, it is theirs to decide"
        );
        assert_eq!(answers(&desk).await, ["Never."]);

        let (of_mai, of_dana) = (
            page(&mai, "/console/editor?key=laos").await,
            page(&dana, "/console/editor?key=laos").await,
        );
        let kept = sends(&mai, &of_mai, "draft", &with("One.")).await;
        assert_eq!(kept.status(), 303);
        let second = sends(&dana, &of_dana, "draft", &with("Two.")).await;
        assert_eq!(second.status(), 422, "drafts too");
        let told = text(second).await;
        assert!(told.contains("Mai kept another draft"), "{told}");
        assert_eq!(
            sends(&dana, &told, "draft", &with("Two.")).await.status(),
            303
        );
        let draft = page(&mai, "/console/editor?key=laos").await;
        assert!(draft.contains("Two."), "{draft}");
        assert_eq!(sends(&mai, &draft, "discard", &[]).await.status(), 303);
        assert_eq!(answers(&desk).await, ["Never."]);
        desk.stop();
    })
    .await;
}

async fn group(who: &Guest) -> String {
    let shown = page(who, "/console/gaps").await;
    let (_, rest) = shown.split_once("/console/gaps/").expect("a group");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_open_question_becomes_an_entry_a_phrasing_or_nothing() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let mai = desk.signs_in("Mai", Role::Admin).await;
        let shown = page(&mai, "/console/gaps").await;
        assert!(shown.contains("Nothing is open"), "{shown}");
        let now = careline::clock::Clock::now(desk.clock.as_ref());
        Asked::new(1, "Carola asks: do you ship to Laos <b>?", now)
            .by("Carola")
            .replied("Yes, twice a week.")
            .happens(store)
            .await;
        Asked::new(2, "shipping to Laos?", now).happens(store).await;
        let shown = page(&mai, "/console/gaps").await;
        assert!(shown.contains("2 without an answer"), "{shown}");
        assert!(
            shown.contains("&lt;b&gt;") && !shown.contains("Carola"),
            "{shown}"
        );
        let laos = group(&mai).await;

        let draft = page(&mai, &format!("/console/editor?gap={laos}")).await;
        assert!(draft.contains("Yes, twice a week."), "{draft}");
        let made = sends(&mai, &draft, "publish", &WRITTEN).await;
        assert_eq!(made.status(), 303);
        let after = page(&mai, "/console/gaps").await;
        assert!(after.contains("Nothing is open"), "{after}");

        desk.clock.pass(Millis::minutes(5));
        let now = careline::clock::Clock::now(desk.clock.as_ref());
        Asked::new(3, "ship to laos", now).happens(store).await;
        assert_eq!(group(&mai).await, laos, "it is the same group");
        let here = format!("/console/gaps/{laos}");
        let phrasing = |lines| [("act", "phrasing"), ("key", "laos"), ("phrasings", lines)];
        let nothing = mai.posts(&here, &phrasing("Do you ship to Laos?")).await;
        assert_eq!(nothing.status(), 422);
        assert!(text(nothing).await.contains("Nothing was added"));
        let added = mai
            .posts(&here, &phrasing("ship to laos\r\nlaos by boat"))
            .await;
        assert_eq!(added.status(), 303);
        let entry = page(&mai, "/console/knowledge/laos").await;
        assert!(entry.contains("laos by boat"), "{entry}");

        desk.clock.pass(Millis::minutes(5));
        let now = careline::clock::Clock::now(desk.clock.as_ref());
        Asked::new(4, "my oven explodes", now).happens(store).await;
        let oven = group(&mai).await;
        let here = format!("/console/gaps/{oven}");
        assert_eq!(mai.posts(&here, &[("act", "ignore")]).await.status(), 303);
        let ignored = page(&mai, "/console/gaps").await;
        assert!(ignored.contains("· ignored"), "{ignored}");
        assert_eq!(mai.posts(&here, &[("act", "reopen")]).await.status(), 303);
        let open = page(&mai, "/console/gaps?weeks=1").await;
        assert!(
            !open.contains("· ignored") && open.contains("oven"),
            "{open}"
        );
        let none = mai.posts("/console/gaps/none", &[("act", "ignore")]).await;
        assert_eq!(none.status(), 404);
        let strange = mai.posts(&here, &[("act", "burn")]).await;
        assert_eq!(strange.status(), 400);
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn other_wordings_are_written_shown_and_taken_up_again() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let mai = desk.signs_in("Mai", Role::Admin).await;
        let new = page(&mai, EDITOR).await;
        assert!(new.contains("Other wordings of the answer"), "{new}");
        let both = [&WRITTEN[..], &[("other_answer_2_en", "Two times a week.")]].concat();
        assert_eq!(sends(&mai, &new, "draft", &both).await.status(), 303);
        let draft = page(&mai, "/console/editor?key=laos").await;
        assert!(draft.contains("Two times a week."), "{draft}");
        assert_eq!(sends(&mai, &draft, "publish", &both).await.status(), 303);
        let shown = page(&mai, "/console/knowledge/laos").await;
        for words in [
            "Wording B",
            "Two times a week.",
            "Which wording helps more",
            "No difference yet: no customer has reacted",
            "at most 5 ever tell one from another",
        ] {
            assert!(shown.contains(words), "{words} in {shown}");
        }
        let editor = page(&mai, "/console/editor?key=laos").await;
        let same = [("other_answer_1_en", "twice a **week**.")];
        let same = [&WRITTEN[..], &same].concat();
        let equal = [&same[..], &[("other_answer_2_en", "Twice a\n**week**.")]].concat();
        let refused = sends(&mai, &editor, "publish", &equal).await;
        assert_eq!(refused.status(), 422);
        let refused = text(refused).await;
        assert!(
            refused.contains("other answer 2 says the same as the answer"),
            "{refused}"
        );
        assert_eq!(
            sends(&mai, &editor, "publish", &WRITTEN).await.status(),
            303
        );
        let shown = page(&mai, "/console/knowledge/laos").await;
        assert!(!shown.contains("Which wording helps more"), "{shown}");
        assert!(
            shown.contains("<del dir=\"auto\">1. Two times a week.</del>"),
            "{shown}"
        );
        let (_, rest) = shown.split_once("&amp;version=").expect("an older version");
        let version = rest.split('"').next().unwrap();
        let old = page(&mai, &format!("/console/editor?key=laos&version={version}")).await;
        assert!(old.contains("Two times a week."), "{old}");
        desk.stop();
    })
    .await;
}
