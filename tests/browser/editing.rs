//! The knowledge base being written in a real browser: open questions, the editor, its versions.

use careline::clock::Clock;

use super::desk::sign_in;
use crate::support::browser::{Browser, Eyes};
use crate::support::gaps::Asked;
use crate::support::shop::Shop;

/// A shop whose bot could not answer three questions; a person answered one.
async fn shop() -> Shop {
    let mut shop = Shop::new().await;
    let store = shop.store().await;
    let now = shop.clock.now();
    let asked = [
        Asked::new(1, "Ann here: do you ship to Laos by boat?", now)
            .replied("Yes, twice a week. It takes about ten days, and we tell you when it leaves."),
        Asked::new(2, "shipping to Laos by boat", now).by("Bob"),
        Asked::new(3, "my oven explodes when I call 0912 345 678", now).by("Cas"),
    ];
    for one in asked {
        one.happens(&store).await;
    }
    store.close().await;
    shop.opens().await;
    shop
}

/// Without the check against the facts: only facts were put in.
async fn ends(mut shop: Shop) {
    shop.quiet().await;
    shop.closes().await;
    shop.database.remove().await;
}

#[tokio::test]
async fn an_open_question_becomes_an_entry() {
    let shop = shop().await;
    let lead = Browser::start(Eyes::DESK).await;
    sign_in(&lead, &shop).await;
    lead.open(&format!("http://{}/console/knowledge", shop.address()))
        .await;
    lead.picture("console-knowledge-lead").await;
    lead.presses(".changing a[href='/console/gaps']").await;
    lead.sees("section.gap").await;
    let shown = lead.text().await;
    assert!(
        shown.contains("2 without an answer") && !shown.contains("0912"),
        "{shown}"
    );
    lead.presses("section.gap summary").await;
    lead.picture("console-gaps").await;
    lead.presses("section.gap .gap-acts > a.button").await;
    lead.sees("main.editor").await;
    let answer = "return document.querySelector('[name=answer_en]').value";
    let answer = lead.run(answer).await;
    assert!(
        answer
            .as_str()
            .is_some_and(|text| text.contains("twice a week")),
        "{answer}"
    );
    lead.picture("console-editor").await;
    let question = "return document.querySelector('[name=question_en]').value";
    assert_eq!(
        lead.run(question).await,
        "shipping to Laos by boat",
        "nothing struck out"
    );
    lead.types("[name=answer_en]", " **Nice!**").await;
    lead.presses("button[value=draft]").await;
    lead.sees("button[value=discard]").await;
    lead.presses("button[value=publish]").await;
    lead.sees("section.versions").await;
    lead.finds("//strong[.='Nice!']").await;
    lead.presses("section.versions summary").await;
    lead.picture("console-versions").await;
    lead.open(&format!("http://{}/console/gaps", shop.address()))
        .await;
    lead.sees("section.gap").await;
    let left = lead.text().await;
    assert!(!left.contains("Laos") && left.contains("oven"), "{left}");
    lead.close().await;
    ends(shop).await;
}

#[tokio::test]
async fn writing_fits_a_phone_by_night_in_every_language() {
    let shop = shop().await;
    let lead = Browser::start(Eyes::PHONE.at_night()).await;
    sign_in(&lead, &shop).await;
    for lang in ["en", "vi", "zh"] {
        shop.sets_console_lang(lang).await;
        for (name, path) in [
            ("gaps", "/console/gaps"),
            ("editor", "/console/editor?key=refund-time"),
            ("new", "/console/editor"),
            ("knowledge", "/console/knowledge"),
        ] {
            lead.open(&format!("http://{}{path}", shop.address())).await;
            lead.sees(&format!("html[lang={lang}] .top")).await;
            assert_eq!(lead.too_wide_by().await, 0, "{name} in {lang}");
            lead.picture(&format!("console-{name}-phone-night-{lang}"))
                .await;
        }
    }
    lead.close().await;
    ends(shop).await;
}

#[tokio::test]
async fn a_picture_of_an_answer_stands_in_the_web_chat() {
    let shop = shop().await;
    let lead = Browser::start(Eyes::DESK).await;
    sign_in(&lead, &shop).await;
    lead.open(&format!(
        "http://{}/console/editor?key=size-guide",
        shop.address()
    ))
    .await;
    let answer = "document.querySelector('[name=answer_en]').value = 'Look: ![the table](https://127.0.0.1:1/t.png)'";
    lead.run(answer).await;
    lead.presses("button[value=publish]").await;
    lead.sees("section.versions").await;
    let mut shop = shop;
    shop.closes().await;
    shop.opens().await;
    let ann = Browser::start(Eyes::PHONE).await;
    ann.open(&format!("http://{}/chat?lang=en", shop.address()))
        .await;
    ann.sees("#status.on").await;
    ann.types("#words", "Which size should I take?\u{e007}")
        .await;
    ann.sees("img.shown[alt='the table'][src='https://127.0.0.1:1/t.png']")
        .await;
    ann.finds("//em[contains(.,'From our answers:')]").await;
    ann.picture("chat-answer-phone").await;
    ann.close().await;
    lead.close().await;
    ends(shop).await;
}
