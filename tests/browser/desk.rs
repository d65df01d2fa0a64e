//! The console at work: sign in, queue, claim, reply, note, resolve; and all of it on a phone.

use careline::domain::time::Millis;

use crate::support::browser::{Browser, Eyes};
use crate::support::shop::Shop;

/// Signs in by the link that a first start prints.
pub async fn sign_in(browser: &Browser, shop: &Shop) {
    browser
        .open(&shop.sign_in_link().expect("nobody has signed in yet"))
        .await;
    browser.presses("button.main").await;
    browser.sees("main.queue").await;
}

/// A visitor who asks for a person, in a browser of their own.
async fn visitor(shop: &Shop) -> Browser {
    let browser = Browser::start(Eyes::PHONE).await;
    browser
        .open(&format!("http://{}/chat?lang=en", shop.address()))
        .await;
    browser.sees("#status.on").await;
    browser
        .types("#words", "My parcel came broken\u{e007}")
        .await;
    browser
        .finds("//li[contains(@class,'customer')]//div[@class='under' and contains(.,'Sent')]")
        .await;
    shop.settles().await;
    browser.types("#words", "/human\u{e007}").await;
    browser.finds("(//li[contains(@class,'customer')])[last()]//div[@class='under' and contains(.,'Sent')]").await;
    shop.quiet().await;
    browser
}

#[tokio::test]
async fn an_agent_serves_a_visitor_from_the_console() {
    let mut shop = Shop::new().await;
    shop.opens().await;
    let agent = Browser::start(Eyes::DESK).await;
    sign_in(&agent, &shop).await;
    agent.sees(".empty").await;
    let ann = visitor(&shop).await;
    // The queue follows by itself.
    agent.sees("section.waiting .matter").await;
    shop.passes(Millis::minutes(25)).await;
    agent.sees(".wait.near").await;
    agent.picture("console-queue").await;
    agent.presses("section.waiting .matter").await;
    agent.sees("main.conversation").await;
    agent.picture("console-waiting").await;
    agent
        .finds("//div[@class='acts']//button[contains(.,'Claim')]")
        .await
        .click()
        .await
        .unwrap();
    agent
        .finds("//div[@class='acts']//button[contains(.,'Resolve')]")
        .await;
    agent
        .finds("//div[@class='acts']//button[contains(.,'Release')]")
        .await;

    agent.presses("label[for=mode-note]").await;
    agent
        .types("form.note textarea", "Looks like the courier again")
        .await;
    agent.presses("form.note button").await;
    agent
        .finds("//li[contains(@class,'note')]//div[contains(.,'courier')]")
        .await;
    agent.presses("label[for=mode-reply]").await;
    agent
        .types(
            "form.reply textarea",
            "I am sorry! We send a new one today.",
        )
        .await;
    agent.presses("form.reply button").await;
    agent
        .finds("//li[contains(@class,'agent')]//p[@class='sent']")
        .await;
    let field = agent
        .run("return document.querySelector('form.reply textarea').value")
        .await;
    assert_eq!(field, "");
    agent.picture("console-thread").await;

    ann.finds("//li[contains(@class,'shop')]//div[contains(.,'a new one today')]")
        .await;
    assert!(!ann.text().await.contains("courier"), "a note stays inside");
    ann.picture("chat-agent-phone").await;

    agent
        .finds("//div[@class='acts']//button[contains(.,'Resolve')]")
        .await
        .click()
        .await
        .unwrap();
    agent
        .finds("//span[@class='why' and contains(.,'Resolved')]")
        .await;
    agent.presses("#facts summary").await;
    agent.picture("console-resolved").await;
    for (name, query) in [
        ("report", ""),
        ("report-channel", "?by=channel"),
        ("report-handoffs", "?report=handoffs"),
        ("report-staffing", "?report=staffing"),
    ] {
        agent
            .open(&format!("http://{}/console/report{query}", shop.address()))
            .await;
        agent.sees("figure.chart svg").await;
        assert_eq!(agent.too_wide_by().await, 0, "{name}");
        agent.picture(&format!("console-{name}")).await;
    }
    ann.close().await;
    agent.close().await;
    shop.ends_well().await;
}

#[tokio::test]
async fn the_console_fits_a_phone_by_night_in_every_language() {
    let mut shop = Shop::new().await;
    shop.opens().await;
    let agent = Browser::start(Eyes::PHONE.at_night()).await;
    sign_in(&agent, &shop).await;
    let ann = visitor(&shop).await;
    for lang in ["en", "vi", "zh"] {
        shop.sets_console_lang(lang).await;
        for (name, path) in [
            ("queue", "/console".to_owned()),
            ("knowledge", "/console/knowledge?q=hoan".to_owned()),
            ("entry", "/console/knowledge/refund-time".to_owned()),
            ("report", "/console/report?by=channel".to_owned()),
            ("handoffs", "/console/report?report=handoffs".to_owned()),
        ] {
            agent
                .open(&format!("http://{}{path}", shop.address()))
                .await;
            agent.sees(&format!("html[lang={lang}] .top")).await;
            assert_eq!(agent.too_wide_by().await, 0, "{name} in {lang}");
            agent
                .picture(&format!("console-{name}-phone-night-{lang}"))
                .await;
        }
        agent
            .open(&format!("http://{}/console", shop.address()))
            .await;
        agent.presses(".matter").await;
        agent.sees("main.conversation").await;
        assert_eq!(agent.too_wide_by().await, 0, "a conversation in {lang}");
        agent
            .picture(&format!("console-thread-phone-night-{lang}"))
            .await;
    }
    ann.close().await;
    agent.close().await;
    shop.ends_well().await;
}
