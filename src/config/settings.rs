//! The closed list of keys: what each is called and where it goes.

use super::Config;
use super::value::Value;
use crate::domain::lang::Lang;

/// One key.
pub(super) struct Setting {
    /// `section.key`, as it stands in the file.
    pub(super) key: &'static str,
    /// Whether its value must never be shown, and a file that holds it never be world-readable.
    pub(super) secret: bool,
    /// The short environment variable for it.
    pub(super) short: Option<&'static str>,
    /// Puts the value where it belongs; the error says what is wanted.
    pub(super) set: fn(&mut Config, &Value) -> Result<(), String>,
}

impl Setting {
    /// The environment variable for it: `CARELINE_<SECTION>__<KEY>`.
    pub(super) fn variable(&self) -> String {
        format!(
            "CARELINE_{}",
            self.key.replace('.', "__").to_ascii_uppercase()
        )
    }
}

/// One key whose value goes to `$field` as `$read` reads it.
macro_rules! setting {
    ($key:literal, $($field:ident).+, $read:expr) => {
        setting!($key, false, None, $($field).+, $read)
    };
    ($key:literal, secret, $short:expr, $($field:ident).+, $read:expr) => {
        setting!($key, true, $short, $($field).+, $read)
    };
    ($key:literal, $secret:literal, $short:expr, $($field:ident).+, $read:expr) => {
        Setting {
            key: $key,
            secret: $secret,
            short: $short,
            set: |config, value| {
                config.$($field).+ = $read(value)?;
                Ok(())
            },
        }
    };
}

/// Every key, in the order of the example.
pub(super) static SETTINGS: &[Setting] = &[
    setting!(
        "database.url",
        secret,
        Some("DATABASE_URL"),
        database.url,
        database_url
    ),
    setting!("database.pooler", database.pooler, Value::flag),
    setting!("http.listen", http.listen, listen_address),
    setting!("http.public_url", http.public_url, |v| web_address(v)
        .map(Some)),
    setting!("http.embed_origins", http.embed_origins, |v: &Value| v
        .list(web_address)),
    setting!(
        "telegram.token",
        secret,
        Some("TELEGRAM_TOKEN"),
        telegram.token,
        |v: &Value| v.secret().map(Some)
    ),
    setting!("telegram.api_url", telegram.api_url, web_address),
    setting!("telegram.staff_chat", telegram.staff_chat, |v: &Value| v
        .number(i64::MIN..=i64::MAX)
        .map(Some)),
    setting!("telegram.webhook_url", telegram.webhook_url, |v| {
        web_address(v).map(Some)
    }),
    setting!(
        "telegram.webhook_secret",
        secret,
        None,
        telegram.webhook_secret,
        |v| webhook_secret(v).map(Some)
    ),
    setting!(
        "discord.token",
        secret,
        Some("DISCORD_TOKEN"),
        discord.token,
        |v: &Value| v.secret().map(Some)
    ),
    setting!("discord.api_url", discord.api_url, web_address),
    setting!("discord.staff_forum", discord.staff_forum, |v| channel_id(
        v
    )
    .map(Some)),
    setting!(
        "discord.support_channels",
        discord.support_channels,
        |v: &Value| v.list(channel_id)
    ),
    setting!(
        "discord.message_content",
        discord.message_content,
        Value::flag
    ),
    setting!(
        "knowledge.semantic_model",
        knowledge.semantic_model,
        |v: &Value| v.text().map(|path| Some(path.into()))
    ),
    setting!("knowledge.sample", knowledge.sample, Value::flag),
    setting!(
        "knowledge.cost_wrong_answer",
        knowledge.costs.wrong_answer,
        cost
    ),
    setting!(
        "knowledge.cost_needless_handoff",
        knowledge.costs.needless_handoff,
        cost
    ),
    setting!("knowledge.cost_question", knowledge.costs.question, cost),
    setting!(
        "knowledge.wording_tests",
        knowledge.wording_tests,
        Value::flag
    ),
    setting!("conversation.settle", conversation.settle, Value::length),
    setting!("conversation.grace", conversation.grace, Value::length),
    setting!("conversation.idle", conversation.idle, Value::length),
    setting!(
        "conversation.ask_preference",
        conversation.ask_preference,
        Value::flag
    ),
    setting!("desk.lang", desk.lang, language),
    setting!(
        "desk.target_human_wait",
        desk.target_human_wait,
        Value::length
    ),
    setting!(
        "desk.target_next_response",
        desk.target_next_response,
        Value::length
    ),
    setting!("desk.warn_at_percent", desk.warn_at_percent, |v: &Value| v
        .number(1..=99)),
    setting!("desk.claim_lease", desk.claim_lease, Value::length),
    setting!("digest.daily", digest.daily, Value::flag),
    setting!("digest.weekly", digest.weekly, Value::flag),
    setting!("digest.at", digest.at, time_of_day),
    setting!("digest.zone", digest.zone, |v| time_zone(v).map(Some)),
    setting!(
        "delivery.telegram_window",
        delivery.telegram_window,
        |v: &Value| v.number(1..=64)
    ),
    setting!(
        "delivery.telegram_per_second",
        delivery.telegram_per_second,
        |v: &Value| v.number(1..=100_000)
    ),
    setting!(
        "delivery.telegram_chat_per_second",
        delivery.telegram_chat_per_second,
        |v: &Value| v.number(1..=100_000)
    ),
];

/// The setting of that key.
pub(super) fn of_key(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The key nearest to one that does not exist, where one is near enough to be meant.
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    let letters_max = 1 + key.chars().count() / 4;
    SETTINGS
        .iter()
        .map(|setting| (distance(key, setting.key), setting.key))
        .min()
        .filter(|(letters, _)| *letters <= letters_max)
        .map(|(_, key)| key)
}

/// How many letters must be put in, taken out or changed to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

fn database_url(value: &Value) -> Result<secrecy::SecretString, String> {
    let url = value.text()?;
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| url.starts_with(scheme)) {
        Ok(url.into())
    } else {
        Err("must be sqlite:FILE or postgres://USER@HOST/NAME".to_owned())
    }
}

fn listen_address(value: &Value) -> Result<String, String> {
    let text = value.text()?;
    match text.parse::<std::net::SocketAddr>() {
        Ok(_) => Ok(text),
        Err(_) => Err("must be an address and a port, such as \"127.0.0.1:8080\"".to_owned()),
    }
}

/// An `http://` or `https://` address, without the slash at its end.
fn web_address(value: &Value) -> Result<String, String> {
    let text = value.text()?;
    let address = text.trim_end_matches('/');
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => {
            Ok(address.to_owned())
        }
        _ => Err("must be an address that begins with https:// or http://".to_owned()),
    }
}

/// Telegram takes 1 to 256 letters, digits, `_` and `-`.
fn webhook_secret(value: &Value) -> Result<secrecy::SecretString, String> {
    let text = value.text()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.len() <= 256 && text.chars().all(fits) {
        Ok(text.into())
    } else {
        Err("must be at most 256 letters, digits, _ and -".to_owned())
    }
}

/// A time of day, or `opening` for none of its own.
fn time_of_day(value: &Value) -> Result<Option<jiff::civil::Time>, String> {
    match value.text()?.as_str() {
        "opening" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            "must be \"opening\" or a time of day in quotes, such as \"08:30\"".to_owned()
        }),
    }
}

fn time_zone(value: &Value) -> Result<jiff::tz::TimeZone, String> {
    let found = jiff::tz::TimeZoneDatabase::bundled().get(&value.text()?);
    found.map_err(|_| "must be an IANA time zone, such as \"Asia/Ho_Chi_Minh\"".to_owned())
}

fn channel_id(value: &Value) -> Result<u64, String> {
    value.number(1..=u64::MAX)
}

/// A cost: only the proportions of several count.
fn cost(value: &Value) -> Result<u32, String> {
    value.number(1..=1_000_000)
}

fn language(value: &Value) -> Result<Lang, String> {
    let text = value.text()?;
    Lang::ALL
        .into_iter()
        .find(|lang| lang.code() == text)
        .ok_or_else(|| {
            let codes: Vec<&str> = Lang::ALL.iter().map(|lang| lang.code()).collect();
            format!("must be one of {}", codes.join(", "))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("telegram.tokn"), Some("telegram.token"));
        assert_eq!(nearest("discord.stafforum"), Some("discord.staff_forum"));
        assert_eq!(nearest("desk.colour"), None);
        assert_eq!(nearest(""), None);
    }

    #[test]
    fn keys_are_unique_and_have_their_variable() {
        let mut keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), SETTINGS.len());
        let setting = of_key("desk.claim_lease").expect("is a key");
        assert_eq!(setting.variable(), "CARELINE_DESK__CLAIM_LEASE");
    }
}
