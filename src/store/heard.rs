//! What decisions about accounts that were heard from begin with, in one look for many: nine in ten
//! of them need nothing else from the database.

use std::collections::BTreeMap;

use super::conversations::{self, Row};
use super::{Conn, StoreError, Tx, on};
use crate::domain::customer::Customer;
use crate::domain::engine::conversation::Conversation;
use crate::domain::ids::{AccountId, ArrivalId, CustomerId};
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::preference::HumanPreference;

/// What is known when an account is heard from.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Whether more of the arrival's lane waits.
    pub more_waiting: bool,
    /// The customer behind the account.
    pub known: Option<Known>,
    /// The account's conversation that is not closed, locked until the transaction ends.
    pub open: Option<Conversation>,
}

/// A customer as the account shows them.
#[derive(Clone, Debug)]
pub struct Known {
    /// The customer, named as the account was last.
    pub customer: Customer,
    /// The chat by which the account was last written to.
    pub chat: String,
}

/// An account that was heard from.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// By which arrival.
    pub arrival: &'a ArrivalId,
    /// On which platform.
    pub channel: ChannelKind,
    /// Which.
    pub account: &'a AccountId,
}

const FROM_ACCOUNTS: &str = "
    WITH asked AS MATERIALIZED (
        SELECT value ->> 0 AS id, value ->> 1 AS channel, value ->> 2 AS account FROM json_each($1))
    SELECT i.id,
        EXISTS (SELECT 1 FROM inbox m WHERE m.lane = i.lane AND m.state = 'new' AND m.id <> i.id),
        c.id, a.name, a.chat, c.lang, c.lang_chosen, COALESCE(c.preference, '') || '/' || COALESCE(c.segment, ''), c.preference_asked,
        v.id, v.code, v.chat, v.thread, v.opened_at, v.last_customer_at, v.state
    FROM asked CROSS JOIN inbox i ON i.id = asked.id AND i.state = 'new'
    LEFT JOIN identities a ON a.channel = asked.channel AND a.account = asked.account
    LEFT JOIN customers c ON c.id = a.customer_id
    LEFT JOIN conversations v ON v.channel = asked.channel AND v.account = asked.account
        AND v.phase <> 'closed'";
// Locked by a statement before: what another process is deciding on there changes the customer
// too, and a statement that waits for a lock reads other rows as they were before. On SQLite
// nobody else is writing.
const LOCK_OPEN_POSTGRES: &str = "
    SELECT 1 FROM conversations o JOIN json_array_elements(CAST($1 AS JSON)) AS asked (value)
        ON o.channel = asked.value ->> 1 AND o.account = asked.value ->> 2
    WHERE o.phase <> 'closed' ORDER BY o.id FOR UPDATE OF o";
// Rows are locked in lists of their own, in one order: the optional side of a join cannot be.
const FROM_ACCOUNTS_POSTGRES: &str = "
    WITH asked AS MATERIALIZED (
        SELECT value ->> 0 AS id, value ->> 1 AS channel, value ->> 2 AS account
        FROM json_array_elements(CAST($1 AS JSON))),
    i AS MATERIALIZED (
        SELECT n.id, n.lane, asked.channel, asked.account FROM inbox n JOIN asked ON asked.id = n.id
        WHERE n.state = 'new' ORDER BY n.id FOR UPDATE OF n SKIP LOCKED),
    v AS MATERIALIZED (
        SELECT o.* FROM conversations o JOIN i ON i.channel = o.channel AND i.account = o.account
        WHERE o.phase <> 'closed' ORDER BY o.id FOR UPDATE OF o)
    SELECT i.id,
        EXISTS (SELECT 1 FROM inbox m WHERE m.lane = i.lane AND m.state = 'new' AND m.id <> i.id),
        c.id, a.name, a.chat, c.lang, c.lang_chosen, COALESCE(c.preference, '') || '/' || COALESCE(c.segment, ''), c.preference_asked,
        v.id, v.code, v.chat, v.thread, v.opened_at, v.last_customer_at, v.state
    FROM i
    LEFT JOIN identities a ON a.channel = i.channel AND a.account = i.account
    LEFT JOIN customers c ON c.id = a.customer_id
    LEFT JOIN v ON v.channel = i.channel AND v.account = i.account";

type Found = (
    String,
    bool,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<bool>,
    Option<String>,
    Option<bool>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
);

/// Locks arrivals of accounts for their decisions and says what is known of each account, by
/// arrival; those that are decided on already, or being so, are left out.
pub async fn from_accounts(
    tx: &mut Tx,
    accounts: &[Account<'_>],
) -> Result<BTreeMap<ArrivalId, Heard>, StoreError> {
    let sql = tx.either(FROM_ACCOUNTS, FROM_ACCOUNTS_POSTGRES);
    let asked: Vec<[&str; 3]> = accounts
        .iter()
        .map(|asked| {
            [
                asked.arrival.0.as_str(),
                asked.channel.name(),
                asked.account.0.as_str(),
            ]
        })
        .collect();
    let asked = serde_json::json!(asked).to_string();
    if let Conn::Postgres(conn) = tx.conn().await? {
        let lock = sqlx::query(LOCK_OPEN_POSTGRES).bind(&asked);
        lock.execute(conn).await?;
    }
    let rows: Vec<Found> = on!(tx, |conn| {
        sqlx::query_as(sql).bind(&asked).fetch_all(conn).await?
    });
    let by_arrival: BTreeMap<&ArrivalId, &Account<'_>> = accounts
        .iter()
        .map(|asked| (asked.arrival, asked))
        .collect();
    let mut heard = BTreeMap::new();
    for row in rows {
        let arrival = ArrivalId(row.0.clone());
        if let Some(account) = by_arrival.get(&arrival) {
            heard.insert(arrival, read(row, account)?);
        }
    }
    Ok(heard)
}

fn read(found: Found, account: &Account<'_>) -> Result<Heard, StoreError> {
    let (_, more_waiting, customer, name, known_chat, lang, lang_chosen, kind, asked, ..) = &found;
    // Preference and segment come as one: the driver reads sixteen columns at the most.
    let (preference, segment) = kind
        .as_deref()
        .and_then(|kind| kind.split_once('/'))
        .unwrap_or_default();
    let known = customer.as_ref().map(|id| Known {
        customer: Customer {
            id: CustomerId(id.clone()),
            name: name.clone().unwrap_or_default(),
            lang: lang.as_deref().and_then(Lang::from_code),
            lang_chosen: lang_chosen.unwrap_or_default(),
            preference: HumanPreference::from_name(preference),
            preference_asked: asked.unwrap_or_default(),
            segment: (!segment.is_empty()).then(|| segment.to_owned()),
        },
        chat: known_chat.clone().unwrap_or_default(),
    });
    let more_waiting = *more_waiting;
    let customer = customer.clone();
    let (.., id, code, chat, thread, opened_at, last_customer_at, state) = found;
    let open = match (id, code, customer, chat, opened_at, last_customer_at, state) {
        (
            Some(id),
            Some(code),
            Some(customer),
            Some(chat),
            Some(opened),
            Some(last),
            Some(state),
        ) => {
            let (whose, channel) = (account.account.0.clone(), account.channel.name().to_owned());
            let row: Row = (
                id, code, customer, whose, channel, chat, thread, opened, last, state,
            );
            Some(conversations::read(row)?)
        }
        _ => None,
    };
    Ok(Heard {
        more_waiting,
        known,
        open,
    })
}
