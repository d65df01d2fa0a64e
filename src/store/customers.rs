//! Customers and their accounts on the platforms.

use super::{StoreError, Tx, later, on};
use crate::domain::customer::Customer;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::preference::HumanPreference;
use crate::domain::time::Timestamp;

const COLUMNS_OF: &str = "
    SELECT c.id, i.name, c.lang, c.lang_chosen, c.preference, c.preference_asked, c.segment
    FROM identities i JOIN customers c ON c.id = i.customer_id
    WHERE i.channel = $1 AND i.account = $2";

/// The customer behind an account, named as that account is.
pub async fn by_account(
    tx: &mut Tx,
    channel: ChannelKind,
    account: &AccountId,
) -> Result<Option<Customer>, StoreError> {
    let row = on!(tx, |conn| {
        sqlx::query_as::<_, Row>(COLUMNS_OF)
            .bind(channel.name())
            .bind(&account.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(read))
}

type Row = (
    String,
    String,
    Option<String>,
    bool,
    Option<String>,
    bool,
    Option<String>,
);

fn read((id, name, lang, lang_chosen, preference, preference_asked, segment): Row) -> Customer {
    Customer {
        id: CustomerId(id),
        name,
        lang: lang.as_deref().and_then(Lang::from_code),
        lang_chosen,
        preference: preference.as_deref().and_then(HumanPreference::from_name),
        preference_asked,
        segment,
    }
}

const ADD: &str = "
    INSERT INTO customers (id, name, lang, lang_chosen, preference_asked, created_at)
    VALUES ($1, $2, $3, FALSE, FALSE, $4)";
const ADD_IDENTITY: &str = "
    INSERT INTO identities (channel, account, customer_id, name, chat) VALUES ($1, $2, $3, $4, $5)";

/// A new customer with their first account.
pub async fn add(
    tx: &mut Tx,
    customer: &Customer,
    channel: ChannelKind,
    account: &AccountId,
    chat: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let lang = customer.lang.map(Lang::code);
    later!(tx, ADD, &customer.id.0, &customer.name, lang, at.0)?;
    later!(
        tx,
        ADD_IDENTITY,
        channel.name(),
        &account.0,
        &customer.id.0,
        &customer.name,
        chat
    )
}

const RENAME: &str =
    "UPDATE identities SET name = $3, chat = $4 WHERE channel = $1 AND account = $2
    AND (name <> $3 OR chat <> $4)";

/// The account's name and chat as the platform shows them now.
pub async fn seen(
    tx: &mut Tx,
    channel: ChannelKind,
    account: &AccountId,
    name: &str,
    chat: &str,
) -> Result<(), StoreError> {
    later!(tx, RENAME, channel.name(), &account.0, name, chat)
}

const SET_LANG: &str = "UPDATE customers SET lang = $2, lang_chosen = $3 WHERE id = $1";

/// The customer's language is now this.
pub async fn set_lang(
    tx: &mut Tx,
    customer: &CustomerId,
    lang: Lang,
    chosen: bool,
) -> Result<(), StoreError> {
    later!(tx, SET_LANG, &customer.0, lang.code(), chosen)
}

const SET_PREFERENCE: &str =
    "UPDATE customers SET preference = $2, preference_asked = TRUE WHERE id = $1";

/// The customer's preference is now this.
pub async fn set_preference(
    tx: &mut Tx,
    customer: &CustomerId,
    preference: HumanPreference,
) -> Result<(), StoreError> {
    later!(tx, SET_PREFERENCE, &customer.0, preference.name())
}

const SET_ASKED: &str = "UPDATE customers SET preference_asked = TRUE WHERE id = $1";

/// The customer has been asked for their preference.
pub async fn set_preference_asked(tx: &mut Tx, customer: &CustomerId) -> Result<(), StoreError> {
    later!(tx, SET_ASKED, &customer.0)
}

const SET_BLOCKED: &str =
    "UPDATE identities SET blocked_at = $3 WHERE channel = $1 AND account = $2";

/// The account shut the bot out at that time, or (`None`) let it in again.
pub async fn set_blocked(
    tx: &mut Tx,
    channel: ChannelKind,
    account: &AccountId,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    later!(
        tx,
        SET_BLOCKED,
        channel.name(),
        &account.0,
        at.map(|at| at.0)
    )
}

const SET_SEGMENT: &str = "UPDATE customers SET segment = $2 WHERE id = $1";

/// Puts the customer into a segment, or (`None`) out of the one that they are in; says whether
/// there is such a customer.
pub async fn set_segment(
    tx: &mut Tx,
    customer: &CustomerId,
    segment: Option<&str>,
) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(SET_SEGMENT)
            .bind(&customer.0)
            .bind(segment)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}
