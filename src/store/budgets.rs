//! The budgets of bots, chats and groups: what was spent, what is closed until when. Written in
//! the commits that take rows and write outcomes, so that they outlive whoever spent them.

use serde::Serialize;

use super::{StoreError, Tx, on};
use crate::domain::delivery::budgets::{Bot, ChatBudget};
use crate::domain::delivery::recent::Recent;
use crate::domain::place::ChannelKind;
use crate::domain::time::Timestamp;

/// The name of the bot's own row; no chat has it.
const BOT: &str = "";

const OF_CHANNEL: &str = "
    SELECT chat, state FROM budgets WHERE channel = $1 AND (chat = '' OR whole_at > $2)";

/// The budgets that still say something. One that does not read counts as whole: better a message
/// too many than a bot that is silent for ever.
pub async fn of(
    tx: &mut Tx,
    channel: ChannelKind,
    now: Timestamp,
) -> Result<(Option<Bot>, Vec<(String, Recent)>), StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(OF_CHANNEL)
            .bind(channel.name())
            .bind(now.0)
            .fetch_all(conn)
            .await?
    });
    let (mut bot, mut chats) = (None, Vec::new());
    for (chat, state) in rows {
        if chat == BOT {
            bot = read(&state);
        } else if let Some(recent) = read(&state) {
            chats.push((chat, recent));
        }
    }
    Ok((bot, chats))
}

fn read<T: serde::de::DeserializeOwned>(state: &str) -> Option<T> {
    match serde_json::from_str(state) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::error!(%error, "a budget cannot be read and counts as whole");
            None
        }
    }
}

/// Budgets as they are written, all in one statement.
#[derive(Clone, Debug, Default)]
pub struct Written(String);

#[derive(Serialize)]
struct Row<'b> {
    chat: &'b str,
    state: String,
    takes_at: i64,
    whole_at: i64,
}

impl Written {
    /// The bot as a whole, and the chats that changed.
    pub fn new(bot: &Bot, chats: &[ChatBudget]) -> Result<Written, serde_json::Error> {
        let mut rows = vec![Row {
            chat: BOT,
            state: serde_json::to_string(bot)?,
            takes_at: 0,
            whole_at: 0,
        }];
        for budget in chats {
            rows.push(Row {
                chat: &budget.chat,
                state: serde_json::to_string(&budget.recent)?,
                takes_at: budget.takes_at.0,
                whole_at: budget.whole_at.0,
            });
        }
        serde_json::to_string(&rows).map(Written)
    }
}

const PUT: &str = "
    INSERT INTO budgets (channel, chat, state, takes_at, whole_at)
    SELECT $1, json_extract(value, '$.chat'), json_extract(value, '$.state'),
        json_extract(value, '$.takes_at'), json_extract(value, '$.whole_at')
    FROM json_each($2) WHERE true
    ON CONFLICT (channel, chat) DO UPDATE SET state = excluded.state, takes_at = excluded.takes_at,
        whole_at = excluded.whole_at";
const PUT_POSTGRES: &str = "
    INSERT INTO budgets (channel, chat, state, takes_at, whole_at)
    SELECT $1, chat, state, takes_at, whole_at
    FROM jsonb_to_recordset(CAST($2 AS JSONB)) AS b (chat TEXT, state TEXT, takes_at BIGINT, whole_at BIGINT)
    ON CONFLICT (channel, chat) DO UPDATE SET state = excluded.state, takes_at = excluded.takes_at,
        whole_at = excluded.whole_at";

/// Writes budgets in place of earlier ones.
pub async fn put(tx: &mut Tx, channel: ChannelKind, written: &Written) -> Result<(), StoreError> {
    let sql = tx.either(PUT, PUT_POSTGRES);
    on!(tx, |conn| {
        sqlx::query(sql)
            .bind(channel.name())
            .bind(&written.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const FORGET: &str = "DELETE FROM budgets WHERE channel = $1 AND chat <> '' AND whole_at <= $2";

/// Forgets the chats' budgets that say nothing any more.
pub async fn forget(tx: &mut Tx, channel: ChannelKind, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(FORGET)
            .bind(channel.name())
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}
