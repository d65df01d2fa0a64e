//! The chat's page. Everything that changes is drawn by the script; the words come with the page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::texts::Texts;
use super::wire::TEXT_CHARS_MAX;
use crate::domain::lang::Lang;

const SEND_SIGN: &str = r#"<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M12 19.5V5m0 0-6 6m6-6 6 6" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>"#;
const CLOSE_SIGN: &str = r#"<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M6 9.5l6 6 6-6" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>"#;
const MARK: &str = r#"<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><path d="M16 5.5c6.4 0 11.2 4.1 11.2 9.4S22.4 24.3 16 24.3c-1 0-2-.1-2.9-.3L7.6 27c-.5.3-1-.2-.9-.7l.9-4.3C5.7 20.300 4.800 17.700 4.800 14.900 4.800 9.600 9.600 5.500 16 5.500Z" fill="currentColor"/><path d="M11 15.200c1.400 2 3 3 5 3s3.600-1 5-3" fill="none" stroke="var(--paper)" stroke-width="2.200" stroke-linecap="round"/></svg>"#;

/// The page in that language; `embedded` where it stands in a shop's frame.
pub fn page(texts: &Texts, lang: Lang, embedded: bool, version: &str) -> Markup {
    let say = |name| texts.one(lang, name);
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content";
                meta name="color-scheme" content="light dark";
                title { (say("title")) }
                link rel="stylesheet" href={ "/chat/assets/tokens.css?v=" (version) };
                link rel="stylesheet" href={ "/chat/assets/chat.css?v=" (version) };
                script src={ "/chat/assets/draw.js?v=" (version) } defer {}
                script src={ "/chat/assets/chat.js?v=" (version) } defer {}
            }
            body data-texts=(texts.json(lang)) data-embedded[embedded] data-text-chars-max=(TEXT_CHARS_MAX) {
                main.chat {
                    header.chat-head {
                        span.mark { (PreEscaped(MARK)) }
                        div {
                            h1 { (say("title")) }
                            p #status role="status" { (say("connecting")) }
                        }
                        @if embedded {
                            button #close.quiet type="button" aria-label=(say("close")) { (PreEscaped(CLOSE_SIGN)) }
                        }
                    }
                    div.scroll #scroll tabindex="0" role="region" aria-label=(say("log")) {
                        div.greeting #greeting {
                            p.greeting-first { (say("greeting")) }
                            p { (say("greetingMore")) }
                        }
                        ol #log role="log" aria-live="polite" aria-relevant="additions" {}
                        noscript { p.notice { (say("noScript")) } }
                    }
                    button #newer type="button" hidden { (say("newMessages")) }
                    p #toast role="status" aria-live="polite" hidden {}
                    form #composer autocomplete="off" {
                        textarea #words name="words" rows="1" dir="auto" enterkeyhint="send"
                            placeholder=(say("placeholder")) aria-label=(say("placeholder")) {}
                        button #send type="submit" aria-label=(say("send")) disabled { (PreEscaped(SEND_SIGN)) }
                    }
                }
            }
        }
    }
}
