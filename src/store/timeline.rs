//! The timeline: facts are put in and read, never changed.

use super::{StoreError, Tx, figures, later, on};
use crate::domain::engine::Reached;
use crate::domain::ids::{ConversationId, EntryKey};
use crate::domain::place::ChannelKind;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::{Fact, FactKind};

const APPEND: &str = "
    INSERT INTO timeline (id, conversation_id, customer_id, channel, kind, at, recorded_at, staff_id, fact,
        tested_entry)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Writes a fact down under a new id (of `IdSource::id`: facts are read in the order of ids), and
/// that the figures of its conversation are to be computed anew.
pub async fn append(tx: &mut Tx, id: &str, fact: &Fact) -> Result<(), StoreError> {
    let kind = serde_json::to_string(&fact.kind).map_err(|error| StoreError::Unreadable {
        what: "timeline.fact",
        why: error.to_string(),
    })?;
    figures::mark(tx, &fact.conversation, id).await?;
    if matches!(fact.kind, FactKind::PreferenceSet { .. }) {
        figures::mark_later_ones(tx, &fact.customer, fact.at, id).await?;
    }
    later!(
        tx,
        APPEND,
        id,
        &fact.conversation.0,
        &fact.customer.0,
        fact.channel.name(),
        fact.kind.name(),
        fact.at.0,
        fact.recorded_at.0,
        fact.staff.as_ref().map(|staff| staff.0.as_str()),
        &kind,
        tested_entry(&fact.kind)
    )
}

/// The entry of which the fact says which wording was shown.
fn tested_entry(kind: &FactKind) -> Option<&str> {
    match kind {
        FactKind::BotAnswered {
            entry: Some(entry),
            wording: Some(_),
            ..
        } => Some(entry.as_str()),
        _ => None,
    }
}

const OF_CONVERSATION: &str = "
    SELECT conversation_id, customer_id, channel, at, recorded_at, staff_id, fact
    FROM timeline WHERE conversation_id = $1 ORDER BY id";

/// The facts of one conversation, in the order in which they were written down.
pub async fn of_conversation(
    tx: &mut Tx,
    conversation: &ConversationId,
) -> Result<Vec<Fact>, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, StoredFact>(OF_CONVERSATION)
            .bind(&conversation.0)
            .fetch_all(conn)
            .await?
    });
    rows.into_iter().map(read).collect()
}

const CONVERSATIONS: &str = "
    SELECT DISTINCT conversation_id FROM timeline WHERE conversation_id > $1
    ORDER BY conversation_id LIMIT $2 + 0";

/// The conversations that have facts, after that one ('' for the first), at most `most`.
pub async fn conversations(
    tx: &mut Tx,
    after: &str,
    most: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(CONVERSATIONS)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(|(id,)| ConversationId(id)).collect())
}

const OF_PERIOD: &str = "
    SELECT conversation_id, customer_id, channel, at, recorded_at, staff_id, fact
    FROM timeline WHERE at >= $1 AND at < $2 ORDER BY id";

/// The facts with a time in `from <= at < until`, in the order in which they were written down.
pub async fn of_period(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Fact>, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, StoredFact>(OF_PERIOD)
            .bind(from.0)
            .bind(until.0)
            .fetch_all(conn)
            .await?
    });
    rows.into_iter().map(read).collect()
}

const OF_CONVERSATIONS_OPENED: &str = "
    SELECT conversation_id, customer_id, channel, at, recorded_at, staff_id, fact
    FROM timeline WHERE conversation_id IN (
        SELECT conversation_id FROM timeline WHERE kind = 'opened' AND at >= $1 AND at < $2)
    ORDER BY id";

/// All facts of the conversations that were opened in `from <= at < until`, also later ones, in
/// the order in which they were written down: what a report over that period is computed from.
pub async fn of_conversations_opened(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Fact>, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, StoredFact>(OF_CONVERSATIONS_OPENED)
            .bind(from.0)
            .bind(until.0)
            .fetch_all(conn)
            .await?
    });
    rows.into_iter().map(read).collect()
}

const OF_TESTED: &str = "
    SELECT conversation_id, customer_id, channel, at, recorded_at, staff_id, fact
    FROM timeline WHERE conversation_id IN (
        SELECT DISTINCT conversation_id FROM timeline
        WHERE tested_entry = $1 AND conversation_id > $2
        ORDER BY conversation_id LIMIT $3 + 0)
    AND kind IN ('bot-answered', 'decided', 'helped', 'handoff-asked')
    ORDER BY conversation_id, id";

/// What was answered, asked and said of answers in conversations whose customer was shown one of
/// several wordings of that entry: of the first `most` after that one ('' for the first),
/// conversation by conversation.
pub async fn of_tested(
    tx: &mut Tx,
    entry: &EntryKey,
    after: &str,
    most: i64,
) -> Result<Vec<Fact>, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, StoredFact>(OF_TESTED)
            .bind(&entry.0)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    rows.into_iter().map(read).collect()
}

const HUMAN_WAITS: &str = "
    SELECT h.at, (SELECT MIN(r.at) FROM timeline r
        WHERE r.conversation_id = h.conversation_id AND r.kind = 'agent-replied' AND r.id > h.id)
    FROM timeline h WHERE h.kind = 'handoff-asked' AND h.at >= $1
        AND NOT EXISTS (SELECT 1 FROM timeline b
            WHERE b.conversation_id = h.conversation_id AND b.kind = 'handoff-taken-back' AND b.id > h.id
                AND NOT EXISTS (SELECT 1 FROM timeline n WHERE n.conversation_id = h.conversation_id
                    AND n.kind = 'handoff-asked' AND n.id > h.id AND n.id < b.id))
    ORDER BY h.at DESC, h.id LIMIT $2 + 0";

/// How long the last customers (at most `most`, asking since `since`) waited from the handoff
/// until a person's reply, those still waiting, and those who took the bot instead, left out; in
/// no order.
pub async fn human_waits(
    tx: &mut Tx,
    since: Timestamp,
    most: i64,
) -> Result<Vec<Millis>, StoreError> {
    let rows: Vec<(i64, Option<i64>)> = on!(tx, |conn| {
        sqlx::query_as(HUMAN_WAITS)
            .bind(since.0)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    let waits = rows
        .into_iter()
        .filter_map(|(asked, replied)| Some(Millis(replied? - asked)));
    Ok(waits.map(Millis::or_zero).collect())
}

const REACHED: &str = "
    SELECT kind FROM timeline
    WHERE conversation_id = $1 AND kind IN ('bot-answered', 'agent-replied') GROUP BY kind";

/// What has reached the customer of a conversation so far.
pub async fn reached(tx: &mut Tx, conversation: &ConversationId) -> Result<Reached, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(REACHED)
            .bind(&conversation.0)
            .fetch_all(conn)
            .await?
    });
    Ok(Reached {
        answered: !rows.is_empty(),
        replied: rows.iter().any(|(kind,)| kind == "agent-replied"),
    })
}

/// A row as both drivers give it: conversation, customer, channel, at, recorded at, staff, fact.
type StoredFact = (String, String, String, i64, i64, Option<String>, String);

fn read(row: StoredFact) -> Result<Fact, StoreError> {
    let (conversation, customer, channel, at, recorded_at, staff, fact) = row;
    let channel = ChannelKind::from_name(&channel).ok_or_else(|| StoreError::Unreadable {
        what: "timeline.channel",
        why: "no such channel".to_owned(),
    })?;
    let kind: FactKind = serde_json::from_str(&fact).map_err(|error| StoreError::Unreadable {
        what: "timeline.fact",
        why: error.to_string(),
    })?;
    Ok(Fact {
        conversation: conversation.into(),
        customer: customer.into(),
        channel,
        at: Timestamp(at),
        recorded_at: Timestamp(recorded_at),
        staff: staff.map(Into::into),
        kind,
    })
}
