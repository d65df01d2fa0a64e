//! An entry's answer is written in markdown; here it becomes text with styles, once for all
//! channels. A picture or a film (`![words](address)`) becomes a link that is to be shown; what chat
//! cannot show (tables, headings' sizes) comes out as plain words.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{RichText, Style};

/// Reads markdown. Never fails: what is not markdown is text.
pub fn from_markdown(text: &str) -> RichText {
    let mut reading = Reading::default();
    for event in Parser::new(text) {
        reading.event(event);
    }
    reading.finish()
}

/// Markdown that reads as this plain text: no sign in it means anything.
pub fn markdown_of(plain: &str) -> String {
    let lines = plain.lines().map(|line| {
        let line = line.trim();
        let mut out = String::with_capacity(line.len());
        for (at, sign) in line.char_indices() {
            let begins_list = matches!(sign, '.' | ')')
                && at > 0
                && line[..at].bytes().all(|byte| byte.is_ascii_digit());
            let begins_block = at == 0 && matches!(sign, '#' | '+' | '-' | '=' | '~');
            let means_something =
                matches!(sign, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&');
            if begins_list || begins_block || means_something {
                out.push('\\');
            }
            out.push(sign);
        }
        out
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[derive(Default)]
struct Reading {
    text: RichText,
    styles: Vec<Style>,
    lists: Vec<Option<u64>>,
    /// How long the text was where a picture began.
    image_at: Option<usize>,
}

impl Reading {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(words) => self.push(&words),
            Event::Code(words) => {
                let code = Style {
                    code: true,
                    ..self.style()
                };
                self.text.push_styled(words.to_string(), code);
            }
            Event::SoftBreak | Event::HardBreak => self.push("\n"),
            Event::Rule => self.paragraph(),
            // Markup of other kinds is shown as it was typed: it is never interpreted.
            Event::Html(words) | Event::InlineHtml(words) => self.push(&words),
            Event::InlineMath(words) | Event::DisplayMath(words) => self.push(&words),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                if self.lists.is_empty() {
                    self.paragraph();
                }
            }
            Tag::Heading { .. } => {
                self.paragraph();
                self.enter(|style| style.bold = true);
            }
            Tag::BlockQuote(_) => self.enter(|style| style.quote = true),
            Tag::CodeBlock(_) => {
                self.paragraph();
                self.enter(|style| style.code = true);
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.paragraph();
                }
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Emphasis => self.enter(|style| style.italic = true),
            Tag::Strong => self.enter(|style| style.bold = true),
            Tag::Link { dest_url, .. } => self.link(&dest_url, false),
            Tag::Image { dest_url, .. } => {
                self.link(&dest_url, true);
                self.image_at = Some(self.text.to_plain().len());
            }
            _ => self.enter(|_| {}),
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph | TagEnd::Item => {}
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Image => {
                // A picture without words is named by its address.
                let is_nameless = self.image_at.take() == Some(self.text.to_plain().len());
                if let (true, Some(address)) = (is_nameless, self.style().link) {
                    self.push(&address);
                }
                self.styles.pop();
            }
            _ => {
                self.styles.pop();
            }
        }
    }

    fn link(&mut self, address: &str, shown: bool) {
        let web = address.starts_with("https://") || address.starts_with("http://");
        self.enter(|style| {
            style.link = web.then(|| address.to_owned());
            style.shown = shown && web;
        });
    }

    fn item(&mut self) {
        if !self.text.0.is_empty() && !self.ends_with("\n") {
            self.push("\n");
        }
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number += 1;
                mark
            }
            Some(None) | None => "- ".to_owned(),
        };
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        self.push(&format!("{indent}{mark}"));
    }

    fn enter(&mut self, change: impl FnOnce(&mut Style)) {
        let mut style = self.style();
        change(&mut style);
        self.styles.push(style);
    }

    fn style(&self) -> Style {
        self.styles.last().cloned().unwrap_or_default()
    }

    fn push(&mut self, words: &str) {
        self.text.push_styled(words, self.style());
    }

    fn ends_with(&self, end: &str) -> bool {
        self.text
            .0
            .last()
            .is_some_and(|run| run.text.ends_with(end))
    }

    fn paragraph(&mut self) {
        if !self.text.0.is_empty() && !self.ends_with("\n\n") {
            let breaks = if self.ends_with("\n") { "\n" } else { "\n\n" };
            self.text.push(breaks);
        }
    }

    fn finish(mut self) -> RichText {
        if let Some(last) = self.text.0.last_mut() {
            last.text.truncate(last.text.trim_end().len());
        }
        self.text.0.retain(|run| !run.text.is_empty());
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_reads_as_it_is() {
        for plain in [
            "#1 is *yours*, 5*3*2 = 30",
            "- one\n+ two\n1. three\n2) four",
            "a_b_c &copy; <b>now</b> [x](y) `z` \\ ![w](https://v)",
            "Đơn của anh đang ở kho Đà Nẵng, mai sẽ giao ạ.",
            "first\n=====\nsecond\n---\n~~~\n> quote",
            "您的订单 #12 已发货",
        ] {
            assert_eq!(from_markdown(&markdown_of(plain)).to_plain(), plain);
        }
        assert_eq!(markdown_of("Five days."), "Five days.");
    }

    #[test]
    fn bold_lists_and_links_come_through() {
        let text =
            from_markdown("Within **5 days**:\n\n- [track](https://shop.example/t) it\n- wait\n");
        assert_eq!(text.to_plain(), "Within 5 days:\n\n- track it\n- wait");
        assert!(
            text.0
                .iter()
                .any(|run| run.style.bold && run.text == "5 days")
        );
        let link = text.0.iter().find_map(|run| run.style.link.as_deref());
        assert_eq!(link, Some("https://shop.example/t"));
    }

    #[test]
    fn a_link_that_is_not_of_the_web_is_only_its_words() {
        let text = from_markdown("[press](javascript:alert(1))");
        assert_eq!(text, RichText::plain("press"));
    }

    #[test]
    fn a_picture_is_a_link_that_is_to_be_shown() {
        let text = from_markdown("See:\n\n![the form](https://shop.example/form.png)\n");
        assert_eq!(text.to_plain(), "See:\n\nthe form");
        assert_eq!(text.shown(), Some("https://shop.example/form.png"));
        let nameless = from_markdown("![](https://shop.example/a.png)");
        assert_eq!(nameless.to_plain(), "https://shop.example/a.png");
        assert_eq!(nameless.shown(), Some("https://shop.example/a.png"));
        assert_eq!(
            from_markdown("![x](data:image/png;base64,AA)").shown(),
            None
        );
        assert_eq!(
            from_markdown("[x](https://shop.example/a.png)").shown(),
            None
        );
    }

    #[test]
    fn html_is_shown_not_obeyed() {
        assert_eq!(from_markdown("a <b>c</b>").to_plain(), "a <b>c</b>");
    }
}
