//! The bodies of messages, made in one place so that no create and no edit can forget that
//! nobody is to be pinged but those whom we mention ourselves.
//!
//! Invariant: every body has `allowed_mentions` with nothing allowed but the people by name of
//! whom the text was made; an edit without it would be parsed anew and ping.

use serde_json::{Value, json};

use super::markdown;
use crate::channels::forms::{Choice, FIELD_CHARS_MAX, Field, Form};
use crate::domain::message::Part;
use crate::domain::outgoing::{Button, Look, Press};
use crate::domain::picture::{ALT_CHARS_MAX, Picture};
use crate::domain::rich::RichText;

/// No previews of links: what a customer sends does not unfold in the room, nor the reverse.
const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// Only the one who pressed sees it.
pub const EPHEMERAL: u64 = 1 << 6;
const LABEL_MAX: usize = 80;
/// Discord's limit for what a button carries.
const CUSTOM_ID_MAX: usize = 100;
/// What a form's button keeps of the field's label, so that the title has room beside it.
const FIELD_KEPT: usize = 27;
const FORM_TEXT_MAX: usize = 45;
const REPLY_MAX: usize = 4_000;

/// The most choices that are offered for what is typed.
const CHOICES_MAX: usize = 25;

/// A picture's number among a message's files, of which it is the only one.
const PICTURE_ID: u64 = 0;

const TOKEN: &str = "t:";
const FORM: &str = "f:";
const SENT_FORM: &str = "s:";
const FIELDS: &str = "e:";
const HINT_MAX: usize = 100;
const BETWEEN: char = '\u{1f}';

/// A message's body. Buttons are always written: an edit without any takes them away.
pub fn message(text: Option<&RichText>, buttons: &[Vec<Button>]) -> Value {
    let mut allowed = json!({"parse": []});
    let mentions = text.map(markdown::mentions).unwrap_or_default();
    if !mentions.is_empty() {
        let users = mentions.iter().map(u64::to_string);
        allowed["users"] = users.collect();
    }
    let mut body = json!({
        "allowed_mentions": allowed,
        "flags": SUPPRESS_EMBEDS,
        "components": rows(buttons),
    });
    if let Some(text) = text {
        body["content"] = json!(markdown::render(text));
        if text.shown().is_some() {
            // Here the preview is what is wanted; other links say themselves that they have none.
            body["flags"] = json!(0);
        }
    }
    body
}

/// Adds the links of files that Discord keeps, as far as they fit; the text names them already.
pub fn add_files(body: &mut Value, files: &[Part]) {
    let mut content = body["content"].as_str().unwrap_or_default().to_owned();
    let mut added = false;
    for file in files {
        let Part::File { source, .. } = file else {
            continue;
        };
        let kept = [
            "https://cdn.discordapp.com/",
            "https://media.discordapp.net/",
        ];
        let fits = content.chars().count() + source.chars().count() < markdown::UNITS_MAX;
        if fits && kept.iter().any(|host| source.starts_with(host)) {
            content.push('\n');
            content.push_str(source);
            added = true;
        }
    }
    if added {
        // Here the preview is what is wanted: the picture itself.
        body["flags"] = json!(0);
        body["content"] = json!(content);
    }
}

/// Adds a picture, which goes along as the message's one file.
pub fn add_picture(body: &mut Value, picture: &Picture) {
    let alt = cut(&picture.alt, ALT_CHARS_MAX);
    body["attachments"] = json!([{"id": PICTURE_ID, "filename": picture.name, "description": alt}]);
}

fn rows(buttons: &[Vec<Button>]) -> Value {
    let rows = buttons.iter().filter(|row| !row.is_empty()).map(|row| {
        let row: Vec<Value> = row.iter().map(button).collect();
        json!({"type": 1, "components": row})
    });
    Value::Array(rows.collect())
}

fn button(button: &Button) -> Value {
    let label = cut(&button.label, LABEL_MAX);
    let style = match button.look {
        Look::Primary => 1,
        Look::Plain => 2,
        Look::Good => 3,
        Look::Danger => 4,
    };
    match &button.press {
        Press::Link { url } => json!({"type": 2, "style": 5, "label": label, "url": url}),
        Press::Token { token } => {
            let custom_id = format!("{TOKEN}{token}");
            json!({"type": 2, "style": style, "label": label, "custom_id": custom_id})
        }
        Press::Form {
            token,
            title,
            field,
        } => {
            let custom_id = form_id(token.as_str(), title, field);
            json!({"type": 2, "style": style, "label": label, "custom_id": custom_id})
        }
    }
}

/// A form must open at once, without a look into the store: its button carries its words.
fn form_id(token: &str, title: &str, field: &str) -> String {
    let field = cut(field, FIELD_KEPT);
    let used = FORM.len() + token.chars().count() + 2 + field.chars().count();
    let title = cut(title, CUSTOM_ID_MAX.saturating_sub(used).min(FORM_TEXT_MAX));
    format!("{FORM}{token}{BETWEEN}{title}{BETWEEN}{field}")
}

/// What a pressed button or a sent form carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// A token: the press is an arrival.
    Token(String),
    /// A form is to be opened; only its submission is an arrival.
    Form {
        /// The token that the submission brings.
        token: String,
        /// The form's heading.
        title: String,
        /// What stands above the field.
        field: String,
    },
    /// A form with several fields was sent, of that name.
    Fields(String),
}

/// Reads a `custom_id`. What is not ours counts as a token that nobody knows.
pub fn carried(custom_id: &str) -> Carried {
    if let Some(form) = custom_id.strip_prefix(FORM) {
        let mut pieces = form.splitn(3, BETWEEN);
        if let (Some(token), Some(title), Some(field)) =
            (pieces.next(), pieces.next(), pieces.next())
        {
            let (token, title, field) = (token.to_owned(), title.to_owned(), field.to_owned());
            return Carried::Form {
                token,
                title,
                field,
            };
        }
    }
    if let Some(name) = custom_id.strip_prefix(FIELDS) {
        return Carried::Fields(name.to_owned());
    }
    let ours = [TOKEN, SENT_FORM];
    let token = ours
        .iter()
        .find_map(|prefix| custom_id.strip_prefix(prefix));
    Carried::Token(token.unwrap_or(custom_id).to_owned())
}

/// The answer to a press that opens a form.
pub fn modal(token: &str, title: &str, field: &str) -> Value {
    let input = json!({
        "type": 4, "custom_id": "text", "style": 2, "required": true, "min_length": 1,
        "max_length": REPLY_MAX, "label": filled(field),
    });
    json!({"type": 9, "data": {
        "custom_id": format!("{SENT_FORM}{token}"), "title": filled(title),
        "components": [{"type": 1, "components": [input]}],
    }})
}

/// The answer to a command that opens a form with several fields, each in a row: of the newer
/// labels serenity would lose what was written when it reads them back.
pub fn fields(form: &Form) -> Value {
    let field = |field: &Field| {
        let mut input = json!({
            "type": 4, "custom_id": field.name, "style": if field.is_long { 2 } else { 1 },
            "required": false, "max_length": FIELD_CHARS_MAX, "label": filled(&field.label),
        });
        if !field.value.is_empty() {
            input["value"] = json!(field.value);
        }
        if !field.hint.is_empty() {
            input["placeholder"] = json!(cut(&field.hint, HINT_MAX));
        }
        json!({"type": 1, "components": [input]})
    };
    json!({"type": 9, "data": {
        "custom_id": format!("{FIELDS}{}", form.name), "title": filled(&form.title),
        "components": form.fields.iter().map(field).collect::<Vec<_>>(),
    }})
}

/// The answer to a command that opens no form; only whoever gave it sees it.
pub fn refusal(words: &str) -> Value {
    let mut data = message(
        Some(&RichText::plain(cut(words, markdown::UNITS_MAX / 2))),
        &[],
    );
    data["flags"] = json!(EPHEMERAL);
    json!({"type": 4, "data": data})
}

/// The answer to what is being typed.
pub fn choices(choices: &[Choice]) -> Value {
    let shown =
        |choice: &Choice| json!({"name": cut(&choice.label, CUSTOM_ID_MAX), "value": choice.value});
    let first = choices.iter().take(CHOICES_MAX);
    json!({"type": 8, "data": {"choices": first.map(shown).collect::<Vec<_>>()}})
}

/// A form refuses empty words above its field; a dash stands for none.
fn filled(words: &str) -> String {
    if words.trim().is_empty() {
        return "–".to_owned();
    }
    cut(words, FORM_TEXT_MAX)
}

/// The first characters of a text.
pub fn cut(text: &str, length_max: usize) -> String {
    if text.chars().count() <= length_max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(length_max.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rich::Style;

    #[test]
    fn every_body_pings_nobody() {
        for text in [None, Some(&RichText::plain("@everyone"))] {
            let body = message(text, &[]);
            assert_eq!(body["allowed_mentions"], json!({"parse": []}));
            assert_eq!(body["components"], json!([]));
        }
    }

    #[test]
    fn only_whom_we_mention_is_pinged() {
        let mut text = RichText::plain("<@1> ");
        let style = Style {
            mention: Some("2".into()),
            ..Style::default()
        };
        text.push_styled("Mai", style);
        let body = message(Some(&text), &[]);
        let allowed = json!({"parse": [], "users": ["2"]});
        assert_eq!(body["allowed_mentions"], allowed);
        assert_eq!(body["content"], "\\<@\u{200b}1\\> <@2>");
    }

    #[test]
    fn only_what_is_to_be_shown_unfolds() {
        let text = |markdown: &str| crate::domain::rich::markdown::from_markdown(markdown);
        let link = message(Some(&text("[a](https://shop.example/a.png)")), &[]);
        assert_eq!(link["flags"], json!(SUPPRESS_EMBEDS));
        assert_eq!(link["content"], "[a](<https://shop.example/a.png>)");
        let both = "[b](https://shop.example/b) ![a](https://shop.example/a.png)";
        let picture = message(Some(&text(both)), &[]);
        assert_eq!(picture["flags"], json!(0));
        let shown = "[b](<https://shop.example/b>) [a](https://shop.example/a.png)";
        assert_eq!(picture["content"], shown);
    }

    #[test]
    fn a_forms_button_carries_its_words_within_the_limit() {
        let token = "0123456789abcdef01234567";
        let long = "đ".repeat(45);
        let custom_id = form_id(token, &long, &long);
        assert!(custom_id.chars().count() <= CUSTOM_ID_MAX);
        let Carried::Form {
            token: read,
            title,
            field,
        } = carried(&custom_id)
        else {
            panic!("not read as a form");
        };
        assert_eq!(read, token);
        assert_eq!(
            (title.chars().count(), field.chars().count()),
            (45, FIELD_KEPT)
        );
    }

    #[test]
    fn what_is_not_ours_is_a_token_that_nobody_knows() {
        assert_eq!(carried("t:abc"), Carried::Token("abc".to_owned()));
        assert_eq!(carried("s:abc"), Carried::Token("abc".to_owned()));
        assert_eq!(carried("f:abc"), Carried::Token("f:abc".to_owned()));
        assert_eq!(carried("claim"), Carried::Token("claim".to_owned()));
    }
}
