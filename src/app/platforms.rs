//! Builds the channels of the platforms that have a token.

use std::sync::Arc;

use axum::Router;
use secrecy::SecretString;

use super::{App, AppError};
use crate::channels::discord::{self, DiscordChannel};
use crate::channels::telegram::{self, Menu, Telegram, Timing, WebhookSettings};
use crate::channels::{Channel, Inlet};
use crate::clock::IdSource;
use crate::domain::desk::card;
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::store::{Store, remembered};
use crate::wording::Wording;
use crate::workers::forms::EntryForms;
use crate::workers::intake::Desk;

/// The name under which the webhook's secret is kept.
const WEBHOOK_SECRET: &str = "telegram.webhook_secret";
/// Random bytes of a webhook's secret.
const WEBHOOK_SECRET_BYTES: usize = 32;
/// The commands that customers are offered, with the wording keys of what they do.
const COMMANDS: [(&str, &str); 4] = [
    ("human", "customer-command-human"),
    ("status", "customer-command-status"),
    ("language", "customer-command-language"),
    ("preferences", "customer-command-preferences"),
];

/// The most events of Discord that wait in memory for a database that is away: some ten megabytes.
const DISCORD_EVENTS_MAX: usize = 5_000;

/// What staff are offered at their desks. On Discord, words that are typed in a room are hidden from
/// a bot without the message-content intent; a slash command's are not.
const DESK_COMMANDS: [(&str, &str); 11] = [
    ("r", "desk-command-reply"),
    ("note", "desk-command-note"),
    ("claim", "desk-command-claim"),
    ("release", "desk-command-release"),
    ("resolve", "desk-command-resolve"),
    ("wait", "desk-command-wait"),
    ("hold", "desk-command-hold"),
    ("resume", "desk-command-resume"),
    ("report", "desk-command-report"),
    ("faq", "faq-command"),
    ("console", "desk-command-console"),
];

/// The platforms that are set up.
pub(super) struct Platforms {
    pub(super) channels: Vec<Arc<dyn Channel>>,
    pub(super) desks: Vec<Desk>,
    telegram: Option<Arc<Telegram>>,
}

pub(super) async fn build(
    app: &App,
    wording: &Arc<Wording>,
    store: &Store,
) -> Result<Platforms, AppError> {
    let config = &app.config;
    let mut platforms = Platforms {
        channels: Vec::new(),
        desks: Vec::new(),
        telegram: None,
    };
    if let Some(token) = &config.telegram.token {
        let telegram = Arc::new(telegram(app, wording, store, token).await?);
        platforms.channels.push(telegram.clone());
        platforms.telegram = Some(telegram);
        if let Some(chat) = config.telegram.staff_chat {
            let forum = chat.to_string();
            platforms.desks.push(Desk {
                kind: ChannelKind::Telegram,
                forum,
            });
        }
    }
    if let Some(token) = &config.discord.token {
        platforms
            .channels
            .push(Arc::new(discord(app, wording, store, token)?));
        if let Some(forum) = config.discord.staff_forum {
            platforms.desks.push(Desk {
                kind: ChannelKind::Discord,
                forum: forum.to_string(),
            });
        }
    }
    Ok(platforms)
}

impl Platforms {
    /// What the platforms push to.
    pub(super) fn routes(&self, inlet: Arc<dyn Inlet>) -> Router {
        match &self.telegram {
            Some(telegram) => telegram::webhook_routes(Arc::clone(telegram), inlet),
            None => Router::new(),
        }
    }
}

async fn telegram(
    app: &App,
    wording: &Wording,
    store: &Store,
    token: &SecretString,
) -> Result<Telegram, AppError> {
    let config = &app.config.telegram;
    let webhook = match &config.webhook_url {
        Some(url) => {
            let secret = match &config.webhook_secret {
                Some(secret) => secret.clone(),
                None => webhook_secret(store, app.ids.as_ref()).await?,
            };
            Some(WebhookSettings {
                url: url.clone(),
                secret,
            })
        }
        None => None,
    };
    let settings = telegram::Settings {
        token: token.clone(),
        api_url: config.api_url.clone(),
        staff_chat: config.staff_chat,
        webhook,
        menus: menus(wording, &COMMANDS),
        desk_menus: menus(wording, &DESK_COMMANDS),
        timing: Timing::default(),
    };
    Telegram::new(settings, app.clock.clone())
        .map_err(|fault| AppError::Platform(fault.to_string()))
}

fn discord(
    app: &App,
    wording: &Arc<Wording>,
    store: &Store,
    token: &SecretString,
) -> Result<DiscordChannel, AppError> {
    let config = &app.config.discord;
    let forms = EntryForms::new(store.clone(), Arc::clone(wording), app.config.desk.lang);
    let settings = discord::Settings {
        token: token.clone(),
        api_url: config.api_url.clone(),
        staff_forum: config.staff_forum,
        support_channels: config.support_channels.iter().copied().collect(),
        message_content: config.message_content,
        commands: slash_commands(wording),
        forms: Arc::new(forms),
        pauses: app.pauses.clone(),
        events_max: DISCORD_EVENTS_MAX,
    };
    DiscordChannel::new(settings, app.clock.clone())
        .map_err(|error| AppError::Platform(error.without_url().to_string()))
}

/// The same commands for Discord, and those that only staff need.
fn slash_commands(wording: &Wording) -> Vec<discord::Command> {
    let command = |word: &str, key, desk_only| discord::Command {
        name: word.to_owned(),
        description: said(wording, key),
        arguments: match word {
            "language" => vec![words(wording, word, "customer-command-language-argument")],
            "report" => vec![words(wording, "what", "desk-command-report-argument")],
            "r" | "note" => vec![words(wording, "text", "desk-command-words")],
            _ => Vec::new(),
        },
        verbs: match word {
            "faq" => faq_verbs(wording),
            _ => Vec::new(),
        },
        desk_only,
    };
    let of = |list: &'static [(&str, &str)], desk_only| {
        list.iter()
            .map(move |(word, key)| command(word, key, desk_only))
    };
    of(&COMMANDS, false)
        .chain(of(&DESK_COMMANDS, true))
        .collect()
}

/// A sentence in every language.
fn said(wording: &Wording, key: &'static str) -> Vec<(Lang, String)> {
    let each = Lang::ALL.into_iter();
    each.map(|lang| (lang, wording.plain(lang, key))).collect()
}

/// An argument of any words, which may be left out.
fn words(wording: &Wording, name: &str, key: &'static str) -> discord::Argument {
    discord::Argument {
        name: name.to_owned(),
        description: said(wording, key),
        is_required: false,
        is_completed: false,
        choices: Vec::new(),
    }
}

/// What admins do with entries.
fn faq_verbs(wording: &Wording) -> Vec<discord::Verb> {
    let known_key = || discord::Argument {
        is_required: true,
        is_completed: true,
        ..words(wording, "key", "faq-argument-key")
    };
    let language = || discord::Argument {
        choices: Lang::ALL
            .map(|lang| {
                (
                    wording.plain(lang, card::language(Some(lang)).key),
                    lang.code().to_owned(),
                )
            })
            .to_vec(),
        ..words(wording, "language", "faq-argument-language")
    };
    let new_key = words(wording, "key", "faq-argument-new-key");
    let text = discord::Argument {
        is_required: true,
        ..words(wording, "text", "faq-argument-text")
    };
    let sought = words(wording, "words", "faq-argument-words");
    let verb = |name: &str, key, arguments, opens_form| discord::Verb {
        name: name.to_owned(),
        description: said(wording, key),
        arguments,
        opens_form,
    };
    vec![
        verb("add", "faq-command-add", vec![new_key, language()], true),
        verb(
            "edit",
            "faq-command-edit",
            vec![known_key(), language()],
            true,
        ),
        verb("test", "faq-command-test", vec![text, language()], false),
        verb("list", "faq-command-list", vec![sought], false),
        verb("history", "faq-command-history", vec![known_key()], false),
        verb("publish", "faq-command-publish", vec![known_key()], false),
        verb("retire", "faq-command-retire", vec![known_key()], false),
    ]
}

/// The secret that was made at an earlier start, or a new one.
async fn webhook_secret(store: &Store, ids: &dyn IdSource) -> Result<SecretString, AppError> {
    let fresh = ids.secret(WEBHOOK_SECRET_BYTES);
    let secret = store
        .write(move |tx| {
            let fresh = fresh.clone();
            Box::pin(async move { remembered::put_first(tx, WEBHOOK_SECRET, &fresh).await })
        })
        .await?;
    Ok(secret.into())
}

/// These commands in each language, and in English for apps in any other.
fn menus(wording: &Wording, list: &[(&str, &'static str)]) -> Vec<Menu> {
    let menu = |lang: Option<Lang>| {
        let said_in = lang.unwrap_or(Lang::En);
        let commands = list.iter();
        let commands =
            commands.map(|(word, key)| ((*word).to_owned(), wording.plain(said_in, key)));
        Menu {
            lang,
            commands: commands.collect(),
        }
    };
    std::iter::once(None)
        .chain(Lang::ALL.into_iter().map(Some))
        .map(menu)
        .collect()
}
