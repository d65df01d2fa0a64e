//! Everything about one customer: out, or gone.
//!
//! Invariant: after [`erase`] no table holds their words, their names or a platform's id of them.
//! The facts of the timeline stay, since figures are computed from them: they hold our own ids
//! only, which lead to nobody any more. What staff took into the knowledge base is the shop's own:
//! it had names struck out before anybody saw it.

use serde::Serialize;

use super::{StoreError, Tx, on};
use crate::domain::ids::CustomerId;

/// Everything about one customer. Structured values are given as they are stored: JSON in text.
#[derive(Debug, Serialize)]
pub struct Everything {
    /// Who.
    pub customer: Who,
    /// Their accounts.
    pub identities: Vec<Identity>,
    /// Their conversations.
    pub conversations: Vec<Conversation>,
    /// What was said in them.
    pub messages: Vec<Message>,
    /// What was sent to them, or to the desk about them.
    pub outgoing: Vec<Outgoing>,
    /// What arrived from them, as the platforms gave it.
    pub arrivals: Vec<Arrival>,
    /// Their rooms at the desk, also those that they had before.
    pub rooms: Vec<Room>,
    /// What their web chat shows.
    pub web_log: Vec<Logged>,
    /// The facts about them.
    pub facts: Vec<StoredFact>,
}

/// Gives a row a name for each of its columns.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident ($($field:ident: $kind:ty),+ $(,)?);)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name {
            $(
                #[doc = concat!("The column `", stringify!($field), "`.")]
                pub $field: $kind,
            )+
        }

        impl From<($($kind,)+)> for $name {
            fn from(($($field,)+): ($($kind,)+)) -> Self {
                $name { $($field),+ }
            }
        }
    )+};
}

rows! {
    /// The customer.
    Who(id: String, name: String, lang: Option<String>, preference: Option<String>, segment: Option<String>, created_at: i64);
    /// An account.
    Identity(channel: String, account: String, name: String, chat: String, blocked_at: Option<i64>);
    /// A conversation.
    Conversation(id: String, code: String, channel: String, phase: String, state: String, opened_at: i64);
    /// A message.
    Message(conversation_id: String, author: String, parts: String, platform_at: i64, edited_at: Option<i64>);
    /// A row of the outbox.
    Outgoing(conversation_id: Option<String>, channel: String, purpose: String, act: String, state: String, created_at: i64);
    /// A row of the inbox.
    Arrival(lane: String, arrival: String, raw: Option<String>, platform_at: i64);
    /// A room at the desk.
    Room(conversation_id: String, desk: String, chat: String, thread: String);
    /// A row of the web chat's log.
    Logged(author: String, entry: String, at: i64);
    /// A fact.
    StoredFact(conversation_id: String, kind: String, at: i64, fact: String);
}

const FIND: &str = "
    SELECT customers.id FROM customers WHERE customers.id = $1
    UNION SELECT customer_id FROM conversations WHERE code = $1
    UNION SELECT customer_id FROM identities WHERE channel || ':' || account = $1";

/// The customer of that id, of the conversation with that code, or of that account, written as
/// `telegram:12345`.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<CustomerId>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(FIND).bind(name).fetch_optional(conn).await?
    });
    Ok(row.map(|(id,)| CustomerId(id)))
}

const WHO: &str =
    "SELECT id, name, lang, preference, segment, created_at FROM customers WHERE id = $1";
const IDENTITIES: &str = "
    SELECT channel, account, name, chat, blocked_at FROM identities WHERE customer_id = $1
    ORDER BY channel, account";
const CONVERSATIONS: &str = "
    SELECT id, code, channel, phase, state, opened_at FROM conversations WHERE customer_id = $1
    ORDER BY id";
const MESSAGES: &str = "
    SELECT conversation_id, author, parts, platform_at, edited_at FROM messages
    WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)
    ORDER BY conversation_id, position, id";
const OUTGOING: &str = "
    SELECT conversation_id, channel, purpose, act, state, created_at FROM outbox
    WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1) ORDER BY id";
const ARRIVALS: &str = "
    SELECT lane, arrival, raw, platform_at FROM inbox
    WHERE lane IN (SELECT 'account:' || channel || ':' || account FROM identities WHERE customer_id = $1)
    ORDER BY id";
const ROOMS: &str = "
    SELECT conversation_id, desk, chat, thread FROM (SELECT * FROM former_rooms
        UNION ALL SELECT conversation_id, desk, chat, thread FROM rooms) AS all_rooms
    WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)
    ORDER BY conversation_id, desk, chat, thread";
const WEB_LOG: &str = "
    SELECT author, entry, at FROM web_log
    WHERE visitor IN (SELECT chat FROM identities WHERE customer_id = $1 AND channel = 'web')
    ORDER BY visitor, seq";
const FACTS: &str = "
    SELECT conversation_id, kind, at, fact FROM timeline WHERE customer_id = $1 ORDER BY id";

/// All rows of one statement about one customer, each as its struct.
macro_rules! all {
    ($tx:expr, $sql:expr, $customer:expr, ($($kind:ty),+)) => {{
        let rows: Vec<($($kind,)+)> = on!($tx, |conn| {
            sqlx::query_as($sql).bind(&$customer.0).fetch_all(conn).await?
        });
        rows.into_iter().map(Into::into).collect()
    }};
}

type Text = Option<String>;

/// Everything about that customer.
pub async fn export(tx: &mut Tx, customer: &CustomerId) -> Result<Option<Everything>, StoreError> {
    let who: Vec<Who> = all!(tx, WHO, customer, (String, String, Text, Text, Text, i64));
    let Some(who) = who.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Everything {
        customer: who,
        identities: all!(
            tx,
            IDENTITIES,
            customer,
            (String, String, String, String, Option<i64>)
        ),
        conversations: all!(
            tx,
            CONVERSATIONS,
            customer,
            (String, String, String, String, String, i64)
        ),
        messages: all!(
            tx,
            MESSAGES,
            customer,
            (String, String, String, i64, Option<i64>)
        ),
        outgoing: all!(
            tx,
            OUTGOING,
            customer,
            (Text, String, String, String, String, i64)
        ),
        arrivals: all!(tx, ARRIVALS, customer, (String, String, Text, i64)),
        rooms: all!(tx, ROOMS, customer, (String, String, String, String)),
        web_log: all!(tx, WEB_LOG, customer, (String, String, i64)),
        facts: all!(tx, FACTS, customer, (String, String, i64, String)),
    }))
}

/// What to delete, in an order that the references allow; each with the table's name.
const ERASE: [(&str, &str); 18] = [
    (
        "inbox",
        "DELETE FROM inbox WHERE lane IN (
            SELECT 'account:' || channel || ':' || account FROM identities WHERE customer_id = $1)",
    ),
    (
        "inbox",
        "DELETE FROM inbox WHERE lane IN (
            SELECT 'conversation:' || id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "inbox",
        "DELETE FROM inbox WHERE lane IN (
            SELECT 'place:' || desk || ':' || chat || CASE WHEN thread = '' THEN '' ELSE ':' || thread END
            FROM (SELECT * FROM former_rooms
                UNION ALL SELECT conversation_id, desk, chat, thread FROM rooms) AS all_rooms
            WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1))",
    ),
    (
        "outbox",
        "DELETE FROM outbox WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        // What the desk was told of questions, theirs perhaps among them.
        "outbox",
        "DELETE FROM outbox WHERE lane = 'gaps' AND EXISTS (SELECT 1 FROM gap_questions
            WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1))",
    ),
    (
        "gap_questions",
        "DELETE FROM gap_questions WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "buttons",
        "DELETE FROM buttons WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "timers",
        "DELETE FROM timers WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "rooms",
        "DELETE FROM former_rooms WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "rooms",
        "DELETE FROM rooms WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "message_refs",
        "DELETE FROM message_refs WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "messages",
        "DELETE FROM messages WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = $1)",
    ),
    (
        "web_log",
        "DELETE FROM web_log WHERE visitor IN (
            SELECT chat FROM identities WHERE customer_id = $1 AND channel = 'web')",
    ),
    (
        "web_visitors",
        "DELETE FROM web_visitors WHERE visitor IN (
            SELECT chat FROM identities WHERE customer_id = $1 AND channel = 'web')",
    ),
    (
        "watermarks",
        "DELETE FROM watermarks WHERE EXISTS (
            SELECT 1 FROM identities WHERE identities.customer_id = $1
            AND identities.channel = watermarks.channel AND identities.chat = watermarks.chat)",
    ),
    (
        "budgets",
        "DELETE FROM budgets WHERE EXISTS (
            SELECT 1 FROM identities WHERE identities.customer_id = $1
            AND identities.channel = budgets.channel AND identities.chat = budgets.chat)",
    ),
    ("conversations", "DELETE FROM conversations WHERE customer_id = $1"),
    ("identities", "DELETE FROM identities WHERE customer_id = $1"),
];
const ERASE_CUSTOMER: &str = "DELETE FROM customers WHERE id = $1";

/// Deletes everything about that customer but the facts; gives the number of rows by table.
pub async fn erase(
    tx: &mut Tx,
    customer: &CustomerId,
) -> Result<Vec<(&'static str, u64)>, StoreError> {
    let mut erased: Vec<(&'static str, u64)> = Vec::new();
    for (table, sql) in ERASE.into_iter().chain([("customers", ERASE_CUSTOMER)]) {
        let rows = on!(tx, |conn| {
            sqlx::query(sql)
                .bind(&customer.0)
                .execute(conn)
                .await?
                .rows_affected()
        });
        match erased.last_mut() {
            Some((last, count)) if *last == table => *count += rows,
            _ => erased.push((table, rows)),
        }
    }
    Ok(erased)
}
