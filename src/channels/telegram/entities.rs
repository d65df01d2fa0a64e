//! Styled text as Telegram takes it: plain text and entities that count UTF-16 units.
//!
//! Never a parse mode: foreign text cannot break out of entities. The text is cleaned here by the
//! rules of the platform, so that the offsets stay true on its side.

use teloxide::types::{MessageEntity, MessageEntityKind, User, UserId};

use crate::domain::ids::AccountId;
use crate::domain::rich::{RichText, Style};

/// What Telegram takes in one message, in UTF-16 units.
pub const TEXT_UNITS_MAX: usize = 4_096;

/// The units of a text as it will be written.
pub fn units(text: &RichText) -> usize {
    render(text).0.encode_utf16().count()
}

/// The text and its entities.
pub fn render(text: &RichText) -> (String, Vec<MessageEntity>) {
    let mut spans = Spans::default();
    let mut plain = String::new();
    let mut at = 0;
    for run in &text.0 {
        let clean: String = run.text.chars().filter_map(cleaned).collect();
        let units = clean.encode_utf16().count();
        spans.add(&run.style, at, units);
        plain.push_str(&clean);
        at += units;
    }
    trim(&plain, spans.finish())
}

/// What the platform makes of a symbol; what it would drop or blank is done here already.
fn cleaned(symbol: char) -> Option<char> {
    match symbol {
        '\n' => Some('\n'),
        '\r' => None,
        '\0'..=' ' | '\u{7f}' => Some(' '),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        // Overriding the writing direction would turn what follows around.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\u{333}' | '\u{33f}' | '\u{30a}' => None,
        other => Some(other),
    }
}

/// A stretch of text in one look.
type Span = (MessageEntityKind, usize, usize);

/// Collects stretches; a stretch that goes on in the next run stays one.
#[derive(Default)]
struct Spans {
    done: Vec<Span>,
}

impl Spans {
    fn add(&mut self, style: &Style, at: usize, units: usize) {
        if units == 0 {
            return;
        }
        for kind in kinds(style) {
            let open = self
                .done
                .iter_mut()
                .find(|(known, start, length)| *known == kind && start + *length == at);
            match open {
                Some((_, _, length)) => *length += units,
                None => self.done.push((kind, at, units)),
            }
        }
    }

    /// In the order of their beginnings, the longer (outer) first.
    fn finish(mut self) -> Vec<Span> {
        self.done
            .sort_by_key(|(_, at, units)| (*at, std::cmp::Reverse(*units)));
        self.done
    }
}

fn kinds(style: &Style) -> Vec<MessageEntityKind> {
    let mut kinds = Vec::new();
    if style.quote {
        kinds.push(MessageEntityKind::Blockquote);
    }
    if style.code {
        // Telegram lets nothing else stand in code.
        kinds.push(MessageEntityKind::Code);
        return kinds;
    }
    let link = style
        .link
        .as_deref()
        .and_then(|link| reqwest::Url::parse(link).ok());
    if let Some(url) = link.filter(|url| matches!(url.scheme(), "http" | "https")) {
        kinds.push(MessageEntityKind::TextLink { url });
    }
    if let Some(user) = style.mention.as_ref().and_then(mentioned) {
        kinds.push(MessageEntityKind::TextMention { user });
    }
    if style.bold {
        kinds.push(MessageEntityKind::Bold);
    }
    if style.italic {
        kinds.push(MessageEntityKind::Italic);
    }
    kinds
}

/// Whoever an entity names by their id; the platform looks at nothing else of them.
fn mentioned(account: &AccountId) -> Option<User> {
    Some(User {
        id: UserId(account.0.parse().ok()?),
        is_bot: false,
        first_name: String::new(),
        last_name: None,
        username: None,
        language_code: None,
        is_premium: false,
        added_to_attachment_menu: false,
    })
}

/// Cuts blanks off both ends, as the platform does, and the entities with them.
fn trim(plain: &str, spans: Vec<Span>) -> (String, Vec<MessageEntity>) {
    let from_start = plain.trim_start_matches([' ', '\n']);
    let before = plain.encode_utf16().count() - from_start.encode_utf16().count();
    let text = from_start.trim_end_matches([' ', '\n']);
    let after = text.encode_utf16().count();
    let entities = spans.into_iter().filter_map(|(kind, at, units)| {
        let start = at.saturating_sub(before).min(after);
        let end = (at + units).saturating_sub(before).min(after);
        (start < end).then(|| MessageEntity::new(kind, start, end - start))
    });
    (text.to_owned(), entities.collect())
}

/// A button's label or a topic's title: one line, at most `letters_max` letters, never empty.
pub fn one_line(text: &str, letters_max: usize) -> String {
    let clean = text.chars().filter_map(cleaned);
    let line: String = clean.map(|c| if c == '\n' { ' ' } else { c }).collect();
    let line: String = line.trim().chars().take(letters_max).collect();
    if line.is_empty() {
        "…".to_owned()
    } else {
        line
    }
}

/// At most so many UTF-16 units of a text; what is left out is shown as an ellipsis.
pub fn cut(text: String, units_max: usize) -> String {
    if text.encode_utf16().count() <= units_max {
        return text;
    }
    let mut kept = String::new();
    let mut left = units_max.saturating_sub(1);
    for symbol in text.chars() {
        let Some(after) = left.checked_sub(symbol.len_utf16()) else {
            break;
        };
        left = after;
        kept.push(symbol);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::rich::Run;

    fn bold() -> Style {
        Style {
            bold: true,
            ..Style::default()
        }
    }

    #[test]
    fn offsets_count_utf16_units() {
        let mut text = RichText::plain("🙂 ");
        text.push_styled("né", bold());
        let (plain, entities) = render(&text);
        assert_eq!(plain, "🙂 né");
        assert_eq!(entities, [MessageEntity::bold(3, 2)]);
    }

    #[test]
    fn blanks_and_controls_do_not_move_what_follows() {
        let mut text = RichText::plain(" \n\u{202e}a\0");
        text.push_styled("b ", bold());
        let (plain, entities) = render(&text);
        assert_eq!(plain, "a b");
        assert_eq!(entities, [MessageEntity::bold(2, 1)]);
    }

    #[test]
    fn a_cut_goes_through_no_symbol() {
        assert_eq!(cut("🙂🙂🙂".to_owned(), 6), "🙂🙂🙂");
        assert_eq!(cut("🙂🙂🙂".to_owned(), 5), "🙂🙂…");
        assert_eq!(cut("🙂🙂🙂".to_owned(), 4), "🙂…");
    }

    #[test]
    fn a_person_is_mentioned_by_their_id() {
        let mention = |account: &str| {
            let style = Style {
                mention: Some(account.into()),
                ..Style::default()
            };
            let mut text = RichText::plain("Look: ");
            text.push_styled("Mai", style);
            serde_json::to_value(render(&text).1).expect("is JSON")
        };
        let entities = mention("77");
        assert_eq!(entities[0]["type"], "text_mention");
        assert_eq!(entities[0]["user"]["id"], 77);
        assert_eq!(
            (&entities[0]["offset"], &entities[0]["length"]),
            (&6.into(), &3.into())
        );
        assert_eq!(mention("@mai"), serde_json::json!([]), "not an id");
    }

    #[test]
    fn only_the_web_is_linked_to() {
        let link = |url: &str| {
            let style = Style {
                link: Some(url.to_owned()),
                ..Style::default()
            };
            render(&RichText(vec![Run {
                text: "x".into(),
                style,
            }]))
            .1
            .len()
        };
        assert_eq!(link("https://shop.example/a?b=c"), 1);
        assert_eq!(link("tg://resolve?domain=x"), 0);
        assert_eq!(link("javascript:alert(1)"), 0);
    }

    fn styles() -> impl Strategy<Value = Style> {
        let link = prop::option::of(Just("https://shop.example/".to_owned()));
        (any::<[bool; 4]>(), link).prop_map(|([bold, italic, code, quote], link)| Style {
            bold,
            italic,
            code,
            quote,
            link,
            mention: None,
            shown: false,
        })
    }

    proptest! {
        /// Whatever is said: each entity lies inside the text, starts and ends between symbols,
        /// and covers exactly the words that have its style.
        #[test]
        fn entities_cover_the_words_that_were_styled(
            runs in prop::collection::vec((any::<String>(), styles()), 0..8)
        ) {
            let text = RichText(runs.into_iter().map(|(text, style)| Run { text, style }).collect());
            let (plain, entities) = render(&text);
            let utf16: Vec<u16> = plain.encode_utf16().collect();
            let mut is_bold = vec![false; utf16.len()];
            for entity in &entities {
                let end = entity.offset + entity.length;
                prop_assert!(entity.length > 0 && end <= utf16.len());
                let covered = String::from_utf16(&utf16[entity.offset..end]);
                prop_assert!(covered.is_ok(), "cut through a symbol");
                if entity.kind == MessageEntityKind::Bold {
                    is_bold[entity.offset..end].fill(true);
                }
            }
            let all: Vec<bool> = text.0.iter().flat_map(|run| {
                let units: usize = run.text.chars().filter_map(cleaned).map(char::len_utf16).sum();
                std::iter::repeat_n(run.style.bold && !run.style.code, units)
            }).collect();
            let whole: String = text.to_plain().chars().filter_map(cleaned).collect();
            let start = whole.encode_utf16().count()
                - whole.trim_start_matches([' ', '\n']).encode_utf16().count();
            prop_assert_eq!(&is_bold[..], &all[start..start + utf16.len()]);
        }
    }
}
