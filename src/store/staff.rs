//! Those who work at the desk, and the accounts by which each platform knows them.
//!
//! Invariant: whoever was removed is found by nobody: no account, no session and no sign-in link
//! leads to them; their name stays with what they wrote.

use std::collections::BTreeMap;

use super::{StoreError, Tx, on};
use crate::domain::ids::{AccountId, StaffId};
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::staff::{Role, Staff};
use crate::domain::time::Timestamp;

/// A member of staff with the accounts that act for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub staff: Staff,
    /// Their accounts, by platform.
    pub accounts: Vec<(ChannelKind, AccountId)>,
}

/// How an account was linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It acts for them from now on.
    Now,
    /// It did so before.
    Already,
    /// It belongs to somebody else at the desk.
    TakenByOther,
}

type Row = (String, String, String, String);

const BY_ID: &str = "SELECT id, name, role, lang FROM staff WHERE id = $1 AND removed_at IS NULL";

/// Whoever has that id and still works here.
pub async fn by_id(tx: &mut Tx, id: &StaffId) -> Result<Option<Staff>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(BY_ID)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    row.map(staff).transpose()
}

const EVER: &str = "SELECT id, name, role, lang FROM staff WHERE id = $1";

/// Whoever has that id, also where they have left since.
pub async fn ever(tx: &mut Tx, id: &StaffId) -> Result<Option<Staff>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(EVER)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    row.map(staff).transpose()
}

const BY_NAME: &str =
    "SELECT id, name, role, lang FROM staff WHERE name = $1 AND removed_at IS NULL";

/// Whoever has that name and still works here.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Staff>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(BY_NAME)
            .bind(name)
            .fetch_optional(conn)
            .await?
    });
    row.map(staff).transpose()
}

const BY_ACCOUNT: &str = "
    SELECT staff.id, staff.name, staff.role, staff.lang
    FROM staff_identities JOIN staff ON staff.id = staff_identities.staff_id
    WHERE staff_identities.channel = $1 AND staff_identities.account = $2
      AND staff.removed_at IS NULL";

/// Whoever an account on a platform acts for.
pub async fn by_account(
    tx: &mut Tx,
    channel: ChannelKind,
    account: &AccountId,
) -> Result<Option<Staff>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(BY_ACCOUNT)
            .bind(channel.name())
            .bind(&account.0)
            .fetch_optional(conn)
            .await?
    });
    row.map(staff).transpose()
}

const LEADS: &str = "
    SELECT id, name, role, lang FROM staff
    WHERE removed_at IS NULL AND role IN ('lead', 'admin') ORDER BY name";

/// Whom to call when a wait goes on too long, by name: the leads, or the admins where nobody is
/// lead.
pub async fn leads(tx: &mut Tx) -> Result<Vec<Staff>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(LEADS).fetch_all(conn).await?);
    let mut found = rows.into_iter().map(staff).collect::<Result<Vec<_>, _>>()?;
    if found.iter().any(|staff| staff.role == Role::Lead) {
        found.retain(|staff| staff.role == Role::Lead);
    }
    Ok(found)
}

const ACCOUNTS: &str = "
    SELECT account FROM staff_identities WHERE staff_id = $1 AND channel = $2 ORDER BY account";

/// The accounts by which a platform knows somebody.
pub async fn accounts(
    tx: &mut Tx,
    id: &StaffId,
    channel: ChannelKind,
) -> Result<Vec<AccountId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(ACCOUNTS)
            .bind(&id.0)
            .bind(channel.name())
            .fetch_all(conn)
            .await?
    });
    Ok(rows
        .into_iter()
        .map(|(account,)| AccountId(account))
        .collect())
}

const ALL: &str = "SELECT id, name, role, lang FROM staff WHERE removed_at IS NULL ORDER BY name";
const ALL_ACCOUNTS: &str =
    "SELECT staff_id, channel, account FROM staff_identities ORDER BY channel, account";

/// Everybody who works here, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Listed>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(ALL).fetch_all(conn).await?);
    let links: Vec<(String, String, String)> = on!(tx, |conn| {
        sqlx::query_as(ALL_ACCOUNTS).fetch_all(conn).await?
    });
    rows.into_iter()
        .map(|row| {
            let staff = staff(row)?;
            let accounts = links
                .iter()
                .filter(|(owner, _, _)| *owner == staff.id.0)
                .map(|(_, channel, account)| Ok((channel_of(channel)?, AccountId(account.clone()))))
                .collect::<Result<_, StoreError>>()?;
            Ok(Listed { staff, accounts })
        })
        .collect()
}

const NAMES: &str = "SELECT id, name FROM staff";

/// The name of everybody who works or worked here.
pub async fn names(tx: &mut Tx) -> Result<BTreeMap<StaffId, String>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| sqlx::query_as(NAMES).fetch_all(conn).await?);
    let named = |(id, name)| (StaffId(id), name);
    Ok(rows.into_iter().map(named).collect())
}

const ADD: &str = "
    INSERT INTO staff (id, name, role, lang, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (name) DO UPDATE
        SET role = excluded.role, lang = excluded.lang, removed_at = NULL
        WHERE staff.removed_at IS NOT NULL
    RETURNING id, name, role, lang";

/// Adds somebody. One who was removed and comes back keeps their id. `None` where somebody of
/// that name works here already: nothing was changed.
pub async fn add(tx: &mut Tx, new: &Staff, at: Timestamp) -> Result<Option<Staff>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(ADD)
            .bind(&new.id.0)
            .bind(&new.name)
            .bind(new.role.name())
            .bind(new.lang.code())
            .bind(at.0)
            .fetch_optional(conn)
            .await?
    });
    row.map(staff).transpose()
}

const SET_ROLE: &str = "UPDATE staff SET role = $2 WHERE id = $1 AND removed_at IS NULL";

/// Gives somebody another role; `false` where nobody has that id.
pub async fn set_role(tx: &mut Tx, id: &StaffId, role: Role) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(SET_ROLE)
            .bind(&id.0)
            .bind(role.name())
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const REMOVE: &str = "UPDATE staff SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL";
const REMOVE_ACCESS: [&str; 3] = [
    "DELETE FROM staff_identities WHERE staff_id = $1",
    "DELETE FROM sign_ins WHERE staff_id = $1",
    "DELETE FROM sign_in_links WHERE staff_id = $1",
];

/// Takes every access from somebody: accounts, sessions, sign-in links. `false` where nobody has
/// that id.
pub async fn remove(tx: &mut Tx, id: &StaffId, at: Timestamp) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(REMOVE)
            .bind(&id.0)
            .bind(at.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    for statement in REMOVE_ACCESS {
        on!(tx, |conn| {
            sqlx::query(statement).bind(&id.0).execute(conn).await?;
        });
    }
    Ok(rows == 1)
}

const LINK: &str = "
    INSERT INTO staff_identities (channel, account, staff_id) VALUES ($1, $2, $3)
    ON CONFLICT (channel, account) DO NOTHING";
const LINKED_TO: &str = "SELECT staff_id FROM staff_identities WHERE channel = $1 AND account = $2";

/// Lets an account on a platform act for somebody.
pub async fn link_identity(
    tx: &mut Tx,
    id: &StaffId,
    channel: ChannelKind,
    account: &AccountId,
) -> Result<Linked, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(LINK)
            .bind(channel.name())
            .bind(&account.0)
            .bind(&id.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    if rows == 1 {
        return Ok(Linked::Now);
    }
    let owner: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(LINKED_TO)
            .bind(channel.name())
            .bind(&account.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(match owner {
        Some((owner,)) if owner == id.0 => Linked::Already,
        _ => Linked::TakenByOther,
    })
}

fn staff((id, name, role, lang): Row) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: StaffId(id),
        name,
        role: Role::from_name(&role).ok_or_else(|| unreadable("staff.role"))?,
        lang: Lang::from_code(&lang).ok_or_else(|| unreadable("staff.lang"))?,
    })
}

fn channel_of(name: &str) -> Result<ChannelKind, StoreError> {
    ChannelKind::from_name(name).ok_or_else(|| unreadable("staff_identities.channel"))
}

fn unreadable(what: &'static str) -> StoreError {
    StoreError::Unreadable {
        what,
        why: "it is none of the known values".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        (folder, Store::open(&url).await.unwrap())
    }

    fn mai() -> Staff {
        Staff {
            id: "s1".into(),
            name: "Mai".to_owned(),
            role: Role::Agent,
            lang: Lang::Vi,
        }
    }

    #[tokio::test]
    async fn an_account_acts_for_whoever_it_was_linked_to_until_they_are_removed() {
        let (_folder, store) = store().await;
        let seen = store
            .write(|tx| {
                Box::pin(async move {
                    let at = Timestamp(1);
                    let account = AccountId::from("42");
                    add(tx, &mai(), at).await?;
                    let twice = add(tx, &mai(), at).await?;
                    let linked =
                        link_identity(tx, &mai().id, ChannelKind::Telegram, &account).await?;
                    let again =
                        link_identity(tx, &mai().id, ChannelKind::Telegram, &account).await?;
                    let other =
                        link_identity(tx, &"s2".into(), ChannelKind::Telegram, &account).await?;
                    set_role(tx, &mai().id, Role::Lead).await?;
                    let found = by_account(tx, ChannelKind::Telegram, &account).await?;
                    let elsewhere = by_account(tx, ChannelKind::Discord, &account).await?;
                    let listed = list(tx).await?;
                    remove(tx, &mai().id, at).await?;
                    let gone = by_account(tx, ChannelKind::Telegram, &account).await?;
                    let back = add(
                        tx,
                        &Staff {
                            id: "s9".into(),
                            ..mai()
                        },
                        at,
                    )
                    .await?;
                    Ok((
                        twice, linked, again, other, found, elsewhere, listed, gone, back,
                    ))
                })
            })
            .await
            .unwrap();
        let (twice, linked, again, other, found, elsewhere, listed, gone, back) = seen;
        let lead = Staff {
            role: Role::Lead,
            ..mai()
        };
        assert_eq!(twice, None);
        assert_eq!(
            (linked, again, other),
            (Linked::Now, Linked::Already, Linked::TakenByOther)
        );
        assert_eq!(found, Some(lead.clone()));
        assert_eq!(elsewhere, None);
        let accounts = vec![(ChannelKind::Telegram, AccountId::from("42"))];
        assert_eq!(
            listed,
            vec![Listed {
                staff: lead,
                accounts
            }]
        );
        assert_eq!(gone, None);
        assert_eq!(
            back,
            Some(mai()),
            "who comes back keeps the id and has no old role"
        );
    }
}
