//! The launcher in a shop's own page, which comes from another origin and forbids inline styles.

use std::time::Duration;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::support::browser::{Browser, Eyes};
use crate::support::shop::Shop;

/// A shop's page on an origin of its own.
async fn shop_page(listener: TcpListener, careline: String) {
    let policy = format!(
        "default-src 'none'; script-src http://{careline}; frame-src http://{careline}; style-src 'self'"
    );
    let page = format!(
        "<!doctype html><html lang=vi><meta name=viewport content='width=device-width'><title>Shop</title>\
         <h1>Cửa hàng</h1><p>Hàng mới về.</p>\
         <script src='http://{careline}/chat/embed.js' data-lang='vi' async></script>"
    );
    let routes = Router::new().route(
        "/",
        get(move || async move {
            (
                [
                    (CONTENT_SECURITY_POLICY, policy),
                    (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                ],
                page,
            )
        }),
    );
    axum::serve(listener, routes).await.unwrap();
}

#[tokio::test]
async fn a_shop_embeds_the_chat_in_its_own_page() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let mut shop = Shop::new().await;
    shop.config.http.embed_origins = vec![origin.clone()];
    shop.opens().await;
    let page = tokio::spawn(shop_page(listener, shop.address()));

    let browser = Browser::start(Eyes::DESK).await;
    browser.open(&origin).await;
    let launcher = browser
        .sees("careline-chat")
        .await
        .shadow_root()
        .await
        .unwrap();
    let button = launcher
        .find(fantoccini::Locator::Css("button"))
        .await
        .unwrap();
    assert_eq!(
        button.attr("aria-label").await.unwrap().as_deref(),
        Some("Mở trò chuyện")
    );
    assert_eq!(
        button.attr("aria-expanded").await.unwrap().as_deref(),
        Some("false")
    );
    button.click().await.unwrap();
    assert_eq!(
        button.attr("aria-expanded").await.unwrap().as_deref(),
        Some("true")
    );
    let frame = launcher
        .find(fantoccini::Locator::Css("iframe"))
        .await
        .unwrap();
    frame.enter_frame().await.unwrap();
    browser.sees("#status.on").await;
    browser.types("#words", "/human\u{e007}").await;
    browser.sees(".turn.shop .bubble").await;
    browser.client.enter_parent_frame().await.unwrap();
    browser.picture("embed-open").await;

    frame.enter_frame().await.unwrap();
    browser.presses("#close").await;
    browser.client.enter_parent_frame().await.unwrap();
    // The frame tells the page by a message of its own: it arrives when it arrives.
    let closed = async {
        let mut every = tokio::time::interval(Duration::from_millis(20));
        while button.attr("aria-expanded").await.unwrap().as_deref() != Some("false") {
            every.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed)
        .await
        .expect("the panel closes");
    browser.picture("embed-closed").await;
    browser.close().await;
    page.abort();
    shop.ends_well().await;
}

#[tokio::test]
async fn a_page_that_is_not_listed_cannot_frame_the_chat() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let mut shop = Shop::new().await;
    shop.opens().await;
    let page = tokio::spawn(shop_page(listener, shop.address()));
    let browser = Browser::start(Eyes::DESK).await;
    browser.open(&origin).await;
    let launcher = browser
        .sees("careline-chat")
        .await
        .shadow_root()
        .await
        .unwrap();
    launcher
        .find(fantoccini::Locator::Css("button"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    launcher
        .find(fantoccini::Locator::Css("iframe"))
        .await
        .unwrap()
        .enter_frame()
        .await
        .unwrap();
    let chat = browser
        .run("return document.querySelectorAll('#words').length")
        .await;
    assert_eq!(chat, 0, "the frame shows the browser's refusal instead");
    browser.close().await;
    page.abort();
    shop.ends_well().await;
}
