//! Every route, for every role and for nobody; and forms that are not ours.

use careline::domain::staff::Role;

use crate::support::console::Desk;
use crate::support::database::{Database, each_store};

const PAGES: [&str; 7] = [
    "/console",
    "/console/live/queue",
    "/console/conversations/co1",
    "/console/live/conversations/co1",
    "/console/knowledge",
    "/console/service-levels",
    "/console/knowledge/no-such-entry",
];
/// Pages that only admins see.
const PAGES_OF_ADMINS: [&str; 2] = ["/console/gaps", "/console/editor"];
const FORMS: [&str; 6] = [
    "/console/editor",
    "/console/gaps/none",
    "/console/conversations/co1/act",
    "/console/service-levels",
    "/console/sign-out",
    "/console/here",
];

#[tokio::test]
async fn nobody_sees_or_does_anything_without_signing_in() {
    let database = Database::sqlite().await;
    let store = database.open().await;
    let desk = Desk::start(&store).await;
    desk.conversation("a secret matter").await;
    let nobody = desk.guest();
    for page in PAGES.into_iter().chain(PAGES_OF_ADMINS) {
        let answer = nobody.opens(page).await;
        assert_eq!(answer.status(), 401, "{page}");
        assert!(
            !answer.text().await.unwrap().contains("secret matter"),
            "{page}"
        );
    }
    for form in FORMS {
        let fields = [("form", "x"), ("click", "c1"), ("act", "claim")];
        let answer = nobody.posts_from("same-origin", form, &fields).await;
        assert_eq!(answer.status(), 401, "{form}");
    }
    desk.stop();
}

#[tokio::test]
async fn every_role_reaches_what_the_policy_gives_it() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        desk.conversation("hello").await;
        for role in Role::ALL {
            let who = desk.signs_in(role.name(), role).await;
            for page in PAGES {
                let expected = if page.ends_with("no-such-entry") {
                    404
                } else {
                    200
                };
                assert_eq!(
                    who.opens(page).await.status(),
                    expected,
                    "{page} as {role:?}"
                );
            }
            for page in PAGES_OF_ADMINS {
                let expected = if role == Role::Admin { 200 } else { 403 };
                let answer = who.opens(page).await;
                assert_eq!(answer.status(), expected, "{page} as {role:?}");
            }
            let missing = who.opens("/console/conversations/none").await;
            assert_eq!(missing.status(), 404);
        }
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn a_form_that_a_page_of_ours_did_not_send_changes_nothing() {
    let database = Database::sqlite().await;
    let store = database.open().await;
    let desk = Desk::start(&store).await;
    desk.conversation("hello").await;
    let mai = desk.signs_in("Mai", Role::Admin).await;
    let ben = desk.signs_in("Ben", Role::Admin).await;
    let (own, of_ben) = (mai.form_token().await, ben.form_token().await);
    for form in FORMS {
        let fields = |token: &str| {
            let of_acts = [("form", token), ("click", "c1"), ("act", "claim")];
            let of_a_plan = [
                ("known", "0"),
                ("text", ""),
                ("file_name", ""),
                ("file_text", ""),
                ("key", "a"),
            ];
            let all: Vec<(&str, &str)> = of_acts.into_iter().chain(of_a_plan).collect();
            all.into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect::<Vec<(String, String)>>()
        };
        for (site, token) in [
            ("cross-site", own.as_str()),
            ("same-site", own.as_str()),
            ("none", own.as_str()),
            ("same-origin", ""),
            ("same-origin", of_ben.as_str()),
        ] {
            let fields = fields(token);
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let answer = mai.posts_from(site, form, &fields).await;
            assert_eq!(answer.status(), 403, "{form} from {site}");
        }
    }
    assert_eq!(mai.opens("/console").await.status(), 200, "still signed in");
    desk.stop();
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_is_not_stored() {
    let database = Database::sqlite().await;
    let store = database.open().await;
    let desk = Desk::start(&store).await;
    let mai = desk.signs_in("Mai", Role::Agent).await;
    for page in ["/console", "/console/nowhere", "/console/knowledge"] {
        let answer = mai.opens(page).await;
        let headers = answer.headers().clone();
        if answer.status() == 200 {
            assert_eq!(headers["cache-control"], "no-store", "{page}");
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
            let text = answer.text().await.unwrap();
            assert!(
                !text.contains("<script>")
                    && !text.contains(" style=")
                    && !text.contains(" onclick=")
            );
        }
    }
    desk.stop();
}
