//! A visitor's page: writing, answers, buttons, reloads, downtime, phones.

use careline::domain::time::Millis;

use crate::support::browser::{Browser, Eyes};
use crate::support::shop::Shop;

async fn open_shop() -> Shop {
    let mut shop = Shop::new().await;
    shop.opens().await;
    shop
}

#[tokio::test]
async fn a_visitor_asks_is_answered_and_finds_it_all_again_after_a_reload() {
    let shop = open_shop().await;
    let browser = Browser::start(Eyes::DESK).await;
    browser
        .open(&format!("http://{}/chat?lang=en", shop.address()))
        .await;
    browser.sees("#status.on").await;
    browser
        .types("#words", "How long does a refund take?\u{e007}")
        .await;
    browser
        .finds("//li[contains(@class,'customer')]//div[@class='under' and contains(.,'Sent')]")
        .await;
    shop.settles().await;
    let answer = browser.sees(".turn.shop .bubble").await;
    assert!(answer.text().await.unwrap().contains("working days"));
    browser.picture("chat-answer").await;

    browser.types("#words", "half a thou").await;
    browser
        .open(&format!("http://{}/chat?lang=en", shop.address()))
        .await;
    browser.sees(".turn.shop .bubble").await;
    let draft = browser
        .run("return document.querySelector('#words').value")
        .await;
    assert_eq!(draft, "half a thou");
    let turns = browser
        .run("return document.querySelectorAll('.turn.customer').length")
        .await;
    assert_eq!(turns, 1);
    browser.close().await;
    shop.ends_well().await;
}

#[tokio::test]
async fn a_pressed_button_is_spent_and_calls_a_person() {
    let shop = open_shop().await;
    let browser = Browser::start(Eyes::PHONE).await;
    browser
        .open(&format!("http://{}/chat?lang=vi", shop.address()))
        .await;
    browser
        .types("#words", "Bao lâu thì được hoàn tiền?\u{e007}")
        .await;
    browser
        .finds("//li[contains(@class,'customer')]//div[@class='under' and contains(.,'Đã gửi')]")
        .await;
    shop.settles().await;
    browser.sees(".turn.shop .press").await;
    browser.picture("chat-buttons-phone").await;
    browser
        .finds("//button[contains(@class,'press') and normalize-space(.)='Gặp nhân viên']")
        .await
        .click()
        .await
        .unwrap();
    // The shop's word below the choice: it was taken, decided on and answered.
    let below =
        "//li[.//div[contains(@class,'choice')]]/following-sibling::li[contains(@class,'shop')]";
    browser.finds(below).await;
    shop.quiet().await;
    let waiting = "SELECT CAST(COUNT(*) AS BIGINT) FROM conversations WHERE phase = 'waiting' AND opened_at <> $1";
    assert_eq!(shop.count(waiting, -1).await, 1);
    browser.picture("chat-called-phone").await;
    assert_eq!(browser.too_wide_by().await, 0);
    browser.close().await;
    shop.ends_well().await;
}

#[tokio::test]
async fn what_is_written_while_the_program_is_down_is_sent_when_it_is_back() {
    let mut shop = Shop::new().await;
    shop.opens().await;
    let address = shop.address();
    let browser = Browser::start(Eyes::DESK).await;
    browser
        .open(&format!("http://{address}/chat?lang=en"))
        .await;
    browser.sees("#status.on").await;
    shop.closes().await;
    browser.sees("#status.off").await;
    browser.types("#words", "/human\u{e007}").await;
    browser.finds("//li[contains(@class,'customer')]//div[contains(@class,'waiting') and contains(.,'Sending')]").await;
    browser.picture("chat-offline").await;
    shop.config.http.listen = address;
    shop.opens().await;
    browser.sees("#status.on").await;
    browser
        .finds("//li[contains(@class,'customer')]//div[@class='under' and contains(.,'Sent')]")
        .await;
    browser.sees(".turn.shop .bubble").await;
    browser.close().await;
    shop.ends_well().await;
}

#[tokio::test]
async fn foreign_words_stay_words_and_lines_fit_the_phone() {
    let shop = open_shop().await;
    let browser = Browser::start(Eyes::PHONE.at_night()).await;
    browser
        .open(&format!("http://{}/chat?lang=zh", shop.address()))
        .await;
    browser.sees("#status.on").await;
    let texts = [
        "<img src=x onerror=document.title=1>".to_owned(),
        "שלום, אפשר לשאול משהו?".to_owned(),
        "x".repeat(400),
    ];
    for text in &texts {
        browser.types("#words", &format!("{text}\u{e007}")).await;
    }
    shop.passes(Millis(700)).await;
    browser
        .finds(
            "(//li[contains(@class,'customer')])[3]//div[@class='under' and contains(.,'已发送')]",
        )
        .await;
    let shown = browser
        .run("return [...document.querySelectorAll('.customer .bubble')].map((one) => one.textContent)")
        .await;
    assert_eq!(shown, serde_json::json!(texts));
    assert_eq!(browser.run("return document.images.length").await, 0);
    assert_eq!(browser.too_wide_by().await, 0);
    browser.picture("chat-foreign-phone-night").await;
    browser.close().await;
    shop.ends_well().await;
}
