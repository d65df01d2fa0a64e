//! Buttons as Telegram's inline keyboards.

use reqwest::Url;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use crate::domain::outgoing::{Button, Press};

use super::entities::one_line;

const LABEL_LETTERS_MAX: usize = 40;

/// The keyboard for these rows; `None` where no button is left. Forms are left out: Telegram has
/// none.
pub fn keyboard(rows: &[Vec<Button>]) -> Option<InlineKeyboardMarkup> {
    let rows = rows
        .iter()
        .map(|row| row.iter().filter_map(button).collect::<Vec<_>>());
    let rows: Vec<Vec<InlineKeyboardButton>> = rows.filter(|row| !row.is_empty()).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn button(button: &Button) -> Option<InlineKeyboardButton> {
    let label = one_line(&button.label, LABEL_LETTERS_MAX);
    match &button.press {
        Press::Token { token } => Some(InlineKeyboardButton::callback(label, token.as_str())),
        Press::Link { url } => {
            let url = Url::parse(url).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"))?;
            Some(InlineKeyboardButton::url(label, url))
        }
        Press::Form { .. } => None,
    }
}
