//! The frame around every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::access::{Authorised, Right};
use super::assets::VERSION;
use super::words::Words;

const MARK: &str = r#"<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path d="M16 5.500c6.400 0 11.200 4.100 11.200 9.400S22.400 24.300 16 24.300c-1 0-2-.1-2.900-.3L7.600 27c-.5.3-1-.2-.9-.7l.9-4.300C5.700 20.300 4.800 17.700 4.800 14.900 4.800 9.600 9.600 5.500 16 5.500Z" fill="currentColor"/><path d="M11 15.200c1.400 2 3 3 5 3s3.600-1 5-3" fill="none" stroke="var(--paper)" stroke-width="2.200" stroke-linecap="round"/></svg>"#;

/// Where in the console a page is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Queue,
    Conversation,
    Report,
    Knowledge,
    ServiceLevels,
}

/// A page for somebody who is signed in.
pub(super) fn page<R: Right>(
    words: &Words<'_>,
    who: &Authorised<R>,
    place: Place,
    title: &str,
    body: &Markup,
) -> Markup {
    let here = |at: Place| (place == at).then_some("page");
    let content = html! {
        header.top {
            a.brand href="/console" aria-label=(words.say("console-queue")) { (PreEscaped(MARK)) }
            nav {
                a href="/console" aria-current=[here(Place::Queue)] { (words.say("console-queue")) }
                a href="/console/report" aria-current=[here(Place::Report)] { (words.say("console-report")) }
                a href="/console/knowledge" aria-current=[here(Place::Knowledge)] { (words.say("console-knowledge")) }
                a href="/console/service-levels" aria-current=[here(Place::ServiceLevels)] { (words.say("console-service-levels")) }
            }
            form.me method="post" action="/console/sign-out" {
                input type="hidden" name="form" value=(who.form_token());
                span.name dir="auto" { (who.staff().name) }
                button.link type="submit" { (words.say("console-sign-out")) }
            }
        }
        (body)
    };
    document(words, title, who.form_token(), &content)
}

/// A page for anybody: a title and a few words.
pub(super) fn plain(words: &Words<'_>, title: &'static str, body: &Markup) -> Markup {
    let title = words.say(title);
    let content = html! {
        main.alone {
            span.brand { (PreEscaped(MARK)) }
            h1 { (title) }
            (body)
        }
    };
    document(words, &title, "", &content)
}

fn document(words: &Words<'_>, title: &str, form_token: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(words.lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · Careline" }
                link rel="stylesheet" href={ "/console/assets/tokens.css?v=" (*VERSION) };
                link rel="stylesheet" href={ "/console/assets/console.css?v=" (*VERSION) };
                script src={ "/console/assets/console.js?v=" (*VERSION) } defer {}
            }
            body data-form=[(!form_token.is_empty()).then_some(form_token)]
                data-lost=(words.say("console-lost")) { (content) }
        }
    }
}
