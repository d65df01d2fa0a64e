//! Styled text as Discord's markdown.
//!
//! Invariant: foreign words stay words. They cannot style, mention, link or quote, and what a
//! text measures is what Discord will count. Only a run that names a person for us mentions them.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::domain::rich::{RichText, Run, Style};

/// The most code points in a message.
pub const UNITS_MAX: usize = 2_000;

/// How many code points the text will be.
pub fn units(text: &RichText) -> usize {
    render(text).chars().count()
}

/// The text as Discord's markdown.
pub fn render(text: &RichText) -> String {
    let mut out = String::new();
    for run in &text.0 {
        push_run(&mut out, run);
    }
    out
}

fn push_run(out: &mut String, run: &Run) {
    let style = &run.style;
    if style.quote {
        push_quote(out, run);
        return;
    }
    // Markers do not work beside white space: it stays outside of them.
    let inner = run.text.trim();
    if inner.is_empty() || style.is_plain() {
        let rendered = escaped(&run.text, at_line_start(out));
        out.push_str(&rendered);
        return;
    }
    let start = run.text.len() - run.text.trim_start().len();
    let (before, after) = (&run.text[..start], &run.text[start + inner.len()..]);
    out.push_str(before);
    let body = styled(inner, style);
    out.push_str(&body);
    out.push_str(after);
}

fn styled(inner: &str, style: &Style) -> String {
    if let Some(id) = mentioned(style) {
        return format!("<@{id}>");
    }
    let mut body = if style.code {
        code(inner)
    } else {
        escaped(inner, false)
    };
    if let Some(link) = &style.link {
        body = linked(inner, &body, link, style.shown);
    }
    if style.italic {
        body = format!("*{body}*");
    }
    if style.bold {
        body = format!("**{body}**");
    }
    body
}

/// Whoever a run names, by their id.
fn mentioned(style: &Style) -> Option<u64> {
    style.mention.as_ref()?.0.parse().ok()
}

/// Everybody whom the text mentions: nobody else may be pinged by it.
pub fn mentions(text: &RichText) -> BTreeSet<u64> {
    text.0
        .iter()
        .filter_map(|run| mentioned(&run.style))
        .collect()
}

fn code(inner: &str) -> String {
    // A backtick could end the code; this sign looks like one.
    let inner = inner.replace('`', "\u{02cb}");
    if inner.contains('\n') {
        return format!("```\n{inner}\n```");
    }
    format!("`{inner}`")
}

fn linked(inner: &str, body: &str, link: &str, shown: bool) -> String {
    if !(link.starts_with("https://") || link.starts_with("http://")) {
        return body.to_owned();
    }
    let mut address = String::new();
    for sign in link.chars() {
        match sign {
            '<' | '>' | '(' | ')' | '\\' | '`' => {
                let _ = write!(address, "%{:02X}", u32::from(sign));
            }
            sign if sign.is_whitespace() || sign.is_control() => {}
            sign => address.push(sign),
        }
    }
    match (inner == link, shown) {
        (true, true) => address,
        (true, false) => format!("<{address}>"),
        (false, true) => format!("[{body}]({address})"),
        (false, false) => format!("[{body}](<{address}>)"),
    }
}

fn push_quote(out: &mut String, run: &Run) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    let plain = Style {
        quote: false,
        ..run.style.clone()
    };
    for line in run.text.trim_end_matches('\n').split('\n') {
        out.push_str("> ");
        let line = Run {
            text: line.to_owned(),
            style: plain.clone(),
        };
        push_run(out, &line);
        out.push('\n');
    }
}

fn at_line_start(out: &str) -> bool {
    out.is_empty() || out.ends_with('\n')
}

/// Takes every meaning from the signs, save a list's dash and a bare address.
fn escaped(text: &str, line_start: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at_start = line_start;
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        if let Some(address) = bare_address(rest) {
            out.push_str(address);
            rest = &rest[address.len()..];
            at_start = false;
            continue;
        }
        match sign {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '(' | ')' => {
                out.push('\\');
                out.push(sign);
            }
            // Headings; a dash that begins small print ("-# ").
            '#' if at_start || out.ends_with('-') => out.push_str("\\#"),
            // @everyone and @here work without brackets; a joiner parts them.
            '@' => out.push_str("@\u{200b}"),
            // A text with NUL is refused as a whole.
            '\0' => out.push('\u{fffd}'),
            sign => out.push(sign),
        }
        at_start = sign == '\n' || (at_start && sign.is_whitespace());
        rest = &rest[sign.len_utf8()..];
    }
    out
}

/// An address at the text's beginning, as far as Discord makes a link of it and nothing else.
fn bare_address(text: &str) -> Option<&str> {
    if !(text.starts_with("https://") || text.starts_with("http://")) {
        return None;
    }
    let ends = |sign: char| sign.is_whitespace() || "<>`*|\\[]()~@\0".contains(sign);
    let length = text.find(ends).unwrap_or(text.len());
    Some(&text[..length])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn style(change: impl FnOnce(&mut Style)) -> Style {
        let mut style = Style::default();
        change(&mut style);
        style
    }

    fn check(text: &str, style: Style, expected: &str) {
        let mut rich = RichText::default();
        rich.push_styled(text, style);
        assert_eq!(render(&rich), expected);
    }

    #[test]
    fn foreign_words_stay_words() {
        let plain = Style::default;
        check(
            "**big** _x_ ~~y~~",
            plain(),
            "\\*\\*big\\*\\* \\_x\\_ \\~\\~y\\~\\~",
        );
        check(
            "@everyone <@1> <@&2>",
            plain(),
            "@\u{200b}everyone \\<@\u{200b}1\\> \\<@\u{200b}&2\\>",
        );
        check("# a\n > b\n-# c", plain(), "\\# a\n \\> b\n-\\# c");
        check(
            "[free](http://evil)",
            plain(),
            "\\[free\\]\\(http://evil\\)",
        );
        check("- one\n- two", plain(), "- one\n- two");
        check(
            "see https://shop.example/a_b#c now",
            plain(),
            "see https://shop.example/a_b#c now",
        );
        check("a\0b", plain(), "a\u{fffd}b");
    }

    #[test]
    fn styles_are_discords() {
        check(" bold ", style(|s| s.bold = true), " **bold** ");
        check("a`b", style(|s| s.code = true), "`a\u{02cb}b`");
        check("one\ntwo", style(|s| s.quote = true), "> one\n> two\n");
        let link = |to: &str| style(|s| s.link = Some(to.to_owned()));
        check(
            "shop",
            link("https://a.example/x)y"),
            "[shop](<https://a.example/x%29y>)",
        );
        check(
            "https://a.example",
            link("https://a.example"),
            "<https://a.example>",
        );
        check("no", link("javascript:alert(1)"), "no");
    }

    proptest! {
        #[test]
        fn no_plain_text_styles_or_mentions(text in "[-*_~`|<>@#a-z \\\\\n\\[\\]()]{0,60}") {
            let rendered = render(&RichText::plain(text.clone()));
            let mut bare = String::new();
            let mut signs = rendered.chars();
            while let Some(sign) = signs.next() {
                if sign == '\\' {
                    bare.push(signs.next().unwrap());
                    continue;
                }
                prop_assert!(!"*_~`|<>[]()".contains(sign), "{rendered:?}");
                if sign == '@' {
                    prop_assert_eq!(signs.next(), Some('\u{200b}'));
                }
                bare.push(sign);
            }
            prop_assert_eq!(bare, text);
        }

        #[test]
        fn what_is_measured_is_what_is_sent(text in "\\PC{0,80}") {
            let rich = RichText::plain(text);
            prop_assert_eq!(units(&rich), render(&rich).chars().count());
        }
    }
}
