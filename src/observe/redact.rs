//! Takes tokens and passwords out of text.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in a secret's place.
const REMOVED: &str = "[removed]";

/// Telegram's bot tokens, Discord's, and passwords in addresses.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        \d{6,}:[\w-]{35}
        | [\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}
        | (?P<scheme>[a-z][a-z0-9+]*://[^\s/:@]*:)[^\s/@]+@
        ",
    )
    .ok()
});

/// The text without tokens and without passwords in addresses.
pub fn redact(text: &str) -> Cow<'_, str> {
    let Some(secrets) = SECRETS.as_ref() else {
        // A faulty pattern must not open the door: nothing is better than a token.
        return Cow::Borrowed(REMOVED);
    };
    secrets.replace_all(text, |found: &Captures<'_>| match found.name("scheme") {
        Some(scheme) => format!("{}{REMOVED}@", scheme.as_str()),
        None => REMOVED.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_passwords_are_taken_out() {
        let check = |text: &str, expected: &str| assert_eq!(redact(text), expected);
        let telegram = format!("123456789:{}", "aB3-_".repeat(7));
        check(
            &format!(
                "error sending request for url (https://api.telegram.org/bot{telegram}/getMe)"
            ),
            "error sending request for url (https://api.telegram.org/bot[removed]/getMe)",
        );
        let discord = format!("{}.{}.{}", "MTA".repeat(8), "GaBcDe", "x_y-z".repeat(8));
        check(
            &format!("Authorization: Bot {discord}"),
            "Authorization: Bot [removed]",
        );
        check(
            "postgres://care:hush@db.example/care refused",
            "postgres://care:[removed]@db.example/care refused",
        );
        check(
            "postgres://care@db.example:5432/care",
            "postgres://care@db.example:5432/care",
        );
        check(
            "http://127.0.0.1:8080/chat at 12:30",
            "http://127.0.0.1:8080/chat at 12:30",
        );
        check(
            "conversation 0199b7c2a3f87d0e9c1a",
            "conversation 0199b7c2a3f87d0e9c1a",
        );
    }
}
