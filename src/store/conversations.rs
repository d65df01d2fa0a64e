//! Conversations: one row each, its phase as JSON, locked while a decision is made.

use super::{Conn, StoreError, Tx, on};
use crate::domain::engine::conversation::{Conversation, State};
use crate::domain::engine::waiting_since;
use crate::domain::ids::{AccountId, ConversationId, CustomerId};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

type Row = (
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    i64,
    i64,
    String,
);

fn read(row: Row) -> Result<Conversation, StoreError> {
    let (id, code, customer, account, channel, chat, thread, opened_at, last_customer_at, state) =
        row;
    let unreadable = |what, why: String| StoreError::Unreadable { what, why };
    let channel = ChannelKind::from_name(&channel)
        .ok_or_else(|| unreadable("conversations.channel", channel.clone()))?;
    let state: State = serde_json::from_str(&state)
        .map_err(|error| unreadable("conversations.state", error.to_string()))?;
    Ok(Conversation {
        id: ConversationId(id),
        code,
        customer: CustomerId(customer),
        account: AccountId(account),
        place: Place {
            channel,
            chat,
            thread,
        },
        opened_at: Timestamp(opened_at),
        last_customer_at: Timestamp(last_customer_at),
        state,
    })
}

fn state_text(conversation: &Conversation) -> Result<String, StoreError> {
    serde_json::to_string(&conversation.state).map_err(|error| StoreError::Unreadable {
        what: "conversations.state",
        why: error.to_string(),
    })
}

const LOCK_OPEN: &str = "
    SELECT id, code, customer_id, account, channel, chat, thread, opened_at, last_customer_at, state
    FROM conversations WHERE channel = $1 AND account = $2 AND phase <> 'closed'";
const LOCK_OPEN_POSTGRES: &str = "
    SELECT id, code, customer_id, account, channel, chat, thread, opened_at, last_customer_at, state
    FROM conversations WHERE channel = $1 AND account = $2 AND phase <> 'closed' FOR UPDATE";

/// The account's conversation that is not closed, locked until the transaction ends.
pub async fn lock_open(
    tx: &mut Tx,
    channel: ChannelKind,
    account: &AccountId,
) -> Result<Option<Conversation>, StoreError> {
    let sql = tx.either(LOCK_OPEN, LOCK_OPEN_POSTGRES);
    let row = on!(tx, |conn| {
        sqlx::query_as::<_, Row>(sql)
            .bind(channel.name())
            .bind(&account.0)
            .fetch_optional(conn)
            .await?
    });
    row.map(read).transpose()
}

const LOCK_ACCOUNT: &str = "
    SELECT 1 FROM conversations WHERE channel = $1 AND account = $2 AND phase <> 'closed' FOR UPDATE";

/// Locks the account's conversation that is not closed. On SQLite nobody else is writing.
pub async fn lock_account(
    tx: &mut Tx,
    channel: ChannelKind,
    account: &AccountId,
) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = tx.conn()? {
        sqlx::query(LOCK_ACCOUNT)
            .bind(channel.name())
            .bind(&account.0)
            .execute(conn)
            .await?;
    }
    Ok(())
}

const LOCK: &str = "
    SELECT id, code, customer_id, account, channel, chat, thread, opened_at, last_customer_at, state
    FROM conversations WHERE id = $1";
const LOCK_POSTGRES: &str = "
    SELECT id, code, customer_id, account, channel, chat, thread, opened_at, last_customer_at, state
    FROM conversations WHERE id = $1 FOR UPDATE";

/// A conversation, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
    let sql = tx.either(LOCK, LOCK_POSTGRES);
    let row = on!(tx, |conn| {
        sqlx::query_as::<_, Row>(sql)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    row.map(read).transpose()
}

const LAST_CLOSED: &str = "
    SELECT id FROM conversations
    WHERE customer_id = $1 AND channel = $2 AND account = $3 AND phase = 'closed'
    ORDER BY opened_at DESC, id DESC LIMIT 1";

/// The account's last closed conversation: what a new one is linked to.
pub async fn last_closed(
    tx: &mut Tx,
    customer: &CustomerId,
    channel: ChannelKind,
    account: &AccountId,
) -> Result<Option<ConversationId>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(LAST_CLOSED)
            .bind(&customer.0)
            .bind(channel.name())
            .bind(&account.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(id,)| ConversationId(id)))
}

const ADD: &str = "
    INSERT INTO conversations (id, code, customer_id, channel, account, chat, thread, phase, state,
        version, opened_at, last_customer_at, agent_id, waiting_since, previous_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, NULL, NULL, $12)";

/// A new conversation.
pub async fn add(
    tx: &mut Tx,
    conversation: &Conversation,
    previous: Option<&ConversationId>,
) -> Result<(), StoreError> {
    let state = state_text(conversation)?;
    on!(tx, |conn| {
        sqlx::query(ADD)
            .bind(&conversation.id.0)
            .bind(&conversation.code)
            .bind(&conversation.customer.0)
            .bind(conversation.place.channel.name())
            .bind(&conversation.account.0)
            .bind(&conversation.place.chat)
            .bind(&conversation.place.thread)
            .bind(conversation.state.phase.name())
            .bind(&state)
            .bind(conversation.opened_at.0)
            .bind(conversation.last_customer_at.0)
            .bind(previous.map(|id| id.0.as_str()))
            .execute(conn)
            .await?;
    });
    Ok(())
}

const SAVE: &str = "
    UPDATE conversations SET chat = $2, thread = $3, phase = $4, state = $5, version = version + 1,
        last_customer_at = $6, agent_id = $7, waiting_since = $8
    WHERE id = $1 RETURNING version";

/// The conversation as a decision left it; gives the number of that version.
pub async fn save(tx: &mut Tx, conversation: &Conversation) -> Result<i64, StoreError> {
    let state = state_text(conversation)?;
    let (version,): (i64,) = on!(tx, |conn| {
        sqlx::query_as(SAVE)
            .bind(&conversation.id.0)
            .bind(&conversation.place.chat)
            .bind(&conversation.place.thread)
            .bind(conversation.state.phase.name())
            .bind(&state)
            .bind(conversation.last_customer_at.0)
            .bind(conversation.agent().map(|agent| agent.0.as_str()))
            .bind(waiting_since(conversation).map(|since| since.0))
            .fetch_one(conn)
            .await?
    });
    Ok(version)
}

const WAITING: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM conversations WHERE waiting_since IS NOT NULL AND id <> $1";

/// How many other conversations wait for a person.
pub async fn waiting_besides(tx: &mut Tx, id: &ConversationId) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, |conn| {
        sqlx::query_as(WAITING).bind(&id.0).fetch_one(conn).await?
    });
    Ok(count)
}
