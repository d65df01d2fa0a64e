//! Hearing Discord: one session after the other, until we are told to stop or Discord does not
//! want us.
//!
//! Invariant: nothing is answered before it is stored. While the history is caught up with,
//! messages wait in their order behind it; presses do not, they have three seconds.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use serenity::all::GatewayIntents;
use serenity::http::Route;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::fault::Fault;
use super::gateway::{self, Ending, Entry, Heard, Session};
use super::waits::Waits;
use super::{Discord, attend, budget, catch_up, commands};
use crate::channels::{ChannelStopped, Inlet};
use crate::domain::place::ChannelKind;
use crate::domain::time::Millis;

/// What ends listening, or one session of it.
enum Over {
    Stop,
    Fatal(ChannelStopped),
    Lost { why: String, stood: bool },
}

/// Listens until `stop`.
pub async fn listen(
    discord: Arc<Discord>,
    inlet: Arc<dyn Inlet>,
    ready: Arc<Notify>,
    stop: CancellationToken,
) -> Result<(), ChannelStopped> {
    let mut waits = Waits::new(&discord.pauses);
    // It may be our turn once more.
    discord.answers.reopen();
    loop {
        let over = tokio::select! {
            () = stop.cancelled() => Over::Stop,
            () = discord.rest.token_refused.cancelled() => Over::Fatal(wrong_token()),
            over = one_session(&discord, &inlet, &ready, &mut waits) => over,
        };
        match over {
            Over::Stop => break,
            Over::Fatal(stopped) => return Err(stopped),
            Over::Lost { why, stood } => {
                if stood {
                    waits.reset();
                }
                tracing::warn!(why, "the connection to Discord is lost; trying again");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = waits.pause(None) => {}
                }
            }
        }
    }
    // First answers that are on their way may arrive; nothing new begins.
    discord.answers.close();
    let _ = tokio::time::timeout(discord.pauses.farewell, discord.answers.wait()).await;
    Ok(())
}

fn wrong_token() -> ChannelStopped {
    ChannelStopped::WrongToken {
        channel: ChannelKind::Discord,
        remedy: "set discord.token (or DISCORD_TOKEN) to the bot's current token".to_owned(),
    }
}

fn refused(why: &str, remedy: &str) -> Over {
    Over::Fatal(ChannelStopped::Refused {
        channel: ChannelKind::Discord,
        why: why.to_owned(),
        remedy: remedy.to_owned(),
    })
}

fn intents(discord: &Discord) -> GatewayIntents {
    let plain =
        GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
    if discord.message_content {
        plain | GatewayIntents::MESSAGE_CONTENT
    } else {
        plain
    }
}

/// The gateway's address, once there is an IDENTIFY left for it.
async fn way_in(discord: &Discord, inlet: &dyn Inlet) -> Result<(String, u64), Over> {
    let lost = |why: String| Over::Lost { why, stood: false };
    let answer = discord.rest.get(Route::GatewayBot).await;
    let answer = answer.map_err(|fault| match fault {
        Fault::Unauthorised => Over::Fatal(wrong_token()),
        fault => lost(format!("GET /gateway/bot: {fault:?}")),
    })?;
    // serenity would fall back to the public address by itself; we do not.
    let url = answer["url"].as_str().filter(|url| url.starts_with("ws"));
    let url = url.ok_or_else(|| lost("GET /gateway/bot names no address".to_owned()))?;
    let limit = &answer["session_start_limit"];
    let left = limit["remaining"].as_u64().unwrap_or(u64::MAX);
    let reset_after = Millis(limit["reset_after"].as_i64().unwrap_or(0));
    let granted = budget::take(inlet, left, reset_after).await;
    match granted.map_err(|error| lost(error.to_string()))? {
        Ok(()) => Ok((
            url.trim_end_matches('/').to_owned(),
            answer["shards"].as_u64().unwrap_or(1),
        )),
        Err(wait) => {
            let minutes = wait.minutes_up();
            tracing::error!(
                minutes,
                "too many new sessions today: waiting, or Discord would reset the token"
            );
            tokio::time::sleep(wait.as_std()).await;
            Err(lost("waited for a new budget of sessions".to_owned()))
        }
    }
}

async fn one_session(
    discord: &Arc<Discord>,
    inlet: &Arc<dyn Inlet>,
    ready: &Notify,
    waits: &mut Waits,
) -> Over {
    let (url, shards) = match way_in(discord, inlet.as_ref()).await {
        Ok(way) => way,
        Err(over) => return over,
    };
    let opened = gateway::open(Entry {
        url,
        token: discord.rest.token().clone(),
        api_url: discord.rest.api_url().to_owned(),
        intents: intents(discord),
        events_max: discord.events_max,
    });
    let mut session = match opened {
        Ok(session) => session,
        Err(error) => {
            return Over::Lost {
                why: error.to_string(),
                stood: false,
            };
        }
    };
    let mut hearing = Hearing {
        discord,
        inlet,
        bot: None,
        catching_up: None,
        behind: VecDeque::new(),
        missed: false,
    };
    let ending = hearing.until_the_end(&mut session, ready, waits).await;
    let stood = hearing.bot.is_some();
    match ending {
        Ending::WrongToken => Over::Fatal(wrong_token()),
        Ending::DisallowedIntents => refused(
            "the message-content intent is not enabled for this bot",
            "enable it in the developer portal (Bot, Privileged Gateway Intents), or set \
             discord.message_content = false",
        ),
        Ending::InvalidIntents => refused(
            "Discord does not know the intents that were asked for",
            "this version of Careline is too old for Discord: update it",
        ),
        Ending::Lost(_) if !stood && shards > 2 => refused(
            "the bot is in so many servers that Discord wants several shards",
            "use a bot of its own for customer care, in fewer than 2,500 servers",
        ),
        Ending::Lost(why) => Over::Lost { why, stood },
    }
}

struct Hearing<'a> {
    discord: &'a Arc<Discord>,
    inlet: &'a Arc<dyn Inlet>,
    /// Known once the session stands.
    bot: Option<u64>,
    catching_up: Option<BoxFuture<'a, ()>>,
    /// What was said while the history is read.
    behind: VecDeque<Heard>,
    /// Whether more was said meanwhile than could wait.
    missed: bool,
}

impl Hearing<'_> {
    async fn until_the_end(
        &mut self,
        session: &mut Session,
        ready: &Notify,
        waits: &mut Waits,
    ) -> Ending {
        loop {
            let heard = tokio::select! {
                heard = session.heard.hear() => heard,
                () = maybe(&mut self.catching_up) => {
                    self.catching_up = None;
                    let behind = std::mem::take(&mut self.behind);
                    self.attend(behind.into(), waits).await;
                    if std::mem::take(&mut self.missed) {
                        self.catch_up();
                    }
                    continue;
                }
            };
            let Some(heard) = heard else {
                return Ending::Lost("the gateway's thread ended".to_owned());
            };
            match heard {
                Heard::Ended(ending) => {
                    // What waits behind an unfinished history stands in the history too, save
                    // edits and ends of rooms.
                    let mut behind: Vec<Heard> = std::mem::take(&mut self.behind).into();
                    behind.retain(|heard| !matches!(heard, Heard::Message(_)));
                    self.attend(behind, waits).await;
                    return ending;
                }
                Heard::Ready { bot, application } => {
                    tracing::info!(bot, "Discord is heard");
                    self.bot = Some(bot);
                    self.begin(bot, application);
                    ready.notify_one();
                }
                Heard::Resumed => {
                    tracing::info!("the session was resumed");
                    self.catch_up();
                }
                Heard::Missed => {
                    tracing::warn!(
                        "more was said than could wait for the store: reading the history"
                    );
                    self.catch_up();
                }
                Heard::Channels(shapes) => self.learn(&shapes),
                press @ Heard::Interaction(..) => self.attend(vec![press], waits).await,
                other if self.catching_up.is_some() => self.waits_behind(other),
                other => self.attend(vec![other], waits).await,
            }
        }
    }

    fn waits_behind(&mut self, heard: Heard) {
        if self.behind.len() < self.discord.events_max {
            self.behind.push_back(heard);
        } else {
            self.missed = true;
        }
    }

    fn begin(&mut self, bot: u64, application: u64) {
        let _ = self.discord.bot.set(bot);
        let discord = self.discord.clone();
        self.discord.answers.spawn(async move {
            if let Err(fault) = commands::register(&discord, application).await {
                tracing::warn!(?fault, "the slash commands could not be registered");
            }
        });
        self.catch_up();
    }

    fn catch_up(&mut self) {
        let (discord, inlet) = (self.discord.clone(), self.inlet.clone());
        let Some(bot) = self.bot else { return };
        self.catching_up = Some(Box::pin(async move {
            catch_up::run(&discord, inlet.as_ref(), bot).await;
        }));
    }

    fn learn(&self, shapes: &[Value]) {
        for shape in shapes {
            self.discord.places.learn_shape(shape);
        }
    }

    async fn attend(&mut self, heard: Vec<Heard>, waits: &mut Waits) {
        let Some(bot) = self.bot else { return };
        attend::all(self.discord, self.inlet.as_ref(), bot, heard, waits).await;
    }
}

async fn maybe(future: &mut Option<BoxFuture<'_, ()>>) {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
