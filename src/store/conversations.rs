//! Conversations: one row each, its phase as JSON, locked while a decision is made.

use super::later::Value;
use super::{StoreError, Tx, on};
use crate::domain::engine::conversation::{Conversation, State};
use crate::domain::engine::waiting_since;
use crate::domain::ids::{AccountId, ConversationId, CustomerId};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

pub(super) type Row = (
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

pub(super) fn read(row: Row) -> Result<Conversation, StoreError> {
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
    INSERT INTO conversations (id, code, customer_id, channel, account, previous_id, opened_at,
        chat, thread, phase, state, last_customer_at, agent_id, waiting_since, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)";
/// Which of the values are what `SAVE` changes, in the order in which it names them.
const CHANGING_FROM: usize = 7;

/// A new conversation.
pub async fn add(
    tx: &mut Tx,
    conversation: &Conversation,
    previous: Option<&ConversationId>,
) -> Result<(), StoreError> {
    let mut values = vec![
        Value::from(&conversation.id.0),
        Value::from(&conversation.code),
        Value::from(&conversation.customer.0),
        Value::from(conversation.place.channel.name()),
        Value::from(&conversation.account.0),
        Value::from(previous.map(|id| id.0.as_str())),
        Value::from(conversation.opened_at.0),
    ];
    values.extend(changing(conversation)?);
    tx.later(ADD, values).await
}

const SAVE: &str = "
    UPDATE conversations SET chat = $2, thread = $3, phase = $4, state = $5, last_customer_at = $6,
        agent_id = $7, waiting_since = $8, version = version + 1
    WHERE id = $1";

/// The conversation as a decision left it.
pub async fn save(tx: &mut Tx, conversation: &Conversation) -> Result<(), StoreError> {
    let id = Value::from(&conversation.id.0);
    let changed = changing(conversation)?;
    if tx.amend(ADD, std::slice::from_ref(&id), CHANGING_FROM, &changed) {
        return Ok(());
    }
    let values = std::iter::once(id).chain(changed).collect();
    tx.later(SAVE, values).await
}

/// What decisions change of a conversation.
fn changing(conversation: &Conversation) -> Result<[Value; 7], StoreError> {
    Ok([
        Value::from(&conversation.place.chat),
        Value::from(&conversation.place.thread),
        Value::from(conversation.state.phase.name()),
        Value::from(state_text(conversation)?),
        Value::from(conversation.last_customer_at.0),
        Value::from(conversation.agent().map(|agent| agent.0.as_str())),
        Value::from(waiting_since(conversation).map(|since| since.0)),
    ])
}

const VERSION: &str = "SELECT version FROM conversations WHERE id = $1";

/// How often a conversation was written; 0 where there is none.
pub async fn version(tx: &mut Tx, id: &ConversationId) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = on!(tx, |conn| {
        sqlx::query_as(VERSION)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map_or(0, |(version,)| version))
}

const WAITING: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM conversations WHERE waiting_since IS NOT NULL";

/// How many conversations wait for a person.
pub async fn waiting(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, |conn| sqlx::query_as(WAITING).fetch_one(conn).await?);
    Ok(count)
}
