//! Text with styles, as we send it: rendered by each channel in its own way (Telegram entities,
//! Discord markdown, HTML), so that foreign text can never break out of it.

pub mod markdown;
pub mod split;

use serde::{Deserialize, Serialize};

use crate::domain::ids::AccountId;

/// Text in pieces. Two adjacent runs may have different styles; a run is never styled within.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RichText(pub Vec<Run>);

/// A piece of text in one style.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The words; may hold line breaks, `- ` at a line's start stands for a list item.
    pub text: String,
    /// How they look.
    #[serde(default, skip_serializing_if = "Style::is_plain")]
    pub style: Style,
}

/// How a run looks. All off is plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// Strong.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bold: bool,
    /// Emphasis.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub italic: bool,
    /// Monospaced.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub code: bool,
    /// Quoted from someone else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub quote: bool,
    /// A link's address; only `http` and `https` ever get here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The account, on the platform that the text goes to, of the person whom the run names: they
    /// are told. Only names that we put there ourselves ever have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mention: Option<AccountId>,
    /// The link leads to a picture or a film, which is shown where the channel can.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shown: bool,
}

impl Style {
    /// Whether the run is plain text.
    pub fn is_plain(&self) -> bool {
        *self == Style::default()
    }
}

impl RichText {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> RichText {
        let text = text.into();
        if text.is_empty() {
            RichText::default()
        } else {
            RichText(vec![Run {
                text,
                style: Style::default(),
            }])
        }
    }

    /// The words without their styles.
    pub fn to_plain(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }

    /// Whether there is nothing in it but white space.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|run| run.text.trim().is_empty())
    }

    /// The address of the first picture or film that is to be shown.
    pub fn shown(&self) -> Option<&str> {
        let shown = self.0.iter().filter(|run| run.style.shown);
        shown.filter_map(|run| run.style.link.as_deref()).next()
    }

    /// Adds plain text at the end.
    pub fn push(&mut self, text: impl Into<String>) {
        self.push_styled(text, Style::default());
    }

    /// Adds text in a style at the end.
    pub fn push_styled(&mut self, text: impl Into<String>, style: Style) {
        let text = text.into();
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.style == style => last.text.push_str(&text),
            _ => self.0.push(Run { text, style }),
        }
    }

    /// Adds all of another text at the end.
    pub fn append(&mut self, other: &RichText) {
        for run in &other.0 {
            self.push_styled(run.text.clone(), run.style.clone());
        }
    }
}

impl From<&str> for RichText {
    fn from(text: &str) -> Self {
        RichText::plain(text)
    }
}
