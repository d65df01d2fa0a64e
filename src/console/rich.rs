//! Text with styles as HTML; a link names the host that it leads to.

use maud::{Markup, html};

use crate::domain::rich::{RichText, Run};

/// The text as markup; its words are escaped.
pub(super) fn rich(text: &RichText) -> Markup {
    html! { @for run in &text.0 { (styled(run)) } }
}

fn styled(run: &Run) -> Markup {
    let style = &run.style;
    let mut markup = html! { (run.text) };
    if style.code {
        markup = html! { code { (markup) } };
    }
    if style.bold {
        markup = html! { strong { (markup) } };
    }
    if style.italic {
        markup = html! { em { (markup) } };
    }
    if style.quote {
        markup = html! { q { (markup) } };
    }
    match style
        .link
        .as_deref()
        .and_then(|link| Some((link, host(link)?)))
    {
        Some((link, host)) => html! {
            a href=(link) target="_blank" rel="noopener noreferrer nofollow" { (markup) }
            @if !run.text.contains(host) { span.host { " (" (host) ")" } }
        },
        None => markup,
    }
}

/// The host of a web address; `None` for every other kind of address.
fn host(link: &str) -> Option<&str> {
    let rest = link
        .strip_prefix("https://")
        .or_else(|| link.strip_prefix("http://"))?;
    rest.split(['/', '?', '#']).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rich::Style;

    #[test]
    fn words_are_escaped_and_only_web_links_lead_anywhere() {
        let link = |address: &str| Style {
            link: Some(address.to_owned()),
            ..Style::default()
        };
        let mut text = RichText::plain("<b>&");
        text.push_styled("here", link("https://shop.example/x"));
        text.push_styled("there", link("javascript:alert(1)"));
        let html = rich(&text).into_string();
        assert!(html.starts_with("&lt;b&gt;&amp;"));
        assert!(html.contains("(shop.example)"));
        assert!(!html.contains("javascript:"));
    }
}
