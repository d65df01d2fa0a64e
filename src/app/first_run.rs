//! What only the first run needs: somebody who may sign in, and the link to do it with.

use super::App;
use crate::domain::staff::{Role, Staff};
use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, Tx, sign_in, staff};

/// The name of the admin whom a first run lists, where nobody is listed yet.
const FIRST_ADMIN: &str = "Admin";

/// A one-time sign-in link for an admin, where nobody has ever signed in; it lists one where
/// nobody is.
pub(super) async fn sign_in_link(
    app: &App,
    store: &Store,
    public_url: &str,
) -> Result<Option<String>, StoreError> {
    let first_admin = Staff {
        id: app.ids.id().into(),
        name: FIRST_ADMIN.to_owned(),
        role: Role::Admin,
        lang: app.config.desk.lang,
    };
    let (secret, now) = (app.ids.secret(sign_in::SECRET_BYTES), app.clock.now());
    let address = sign_in::address(public_url, &secret);
    let made = store
        .write(move |tx| {
            let (first_admin, secret) = (first_admin.clone(), secret.clone());
            Box::pin(async move {
                if sign_in::anyone_has(tx).await? {
                    return Ok(false);
                }
                let listed = staff::list(tx).await?;
                let admin = listed
                    .into_iter()
                    .map(|listed| listed.staff)
                    .find(|one| one.role == Role::Admin);
                let admin = match admin {
                    Some(admin) => admin,
                    None => list_admin(tx, &first_admin, now).await?,
                };
                sign_in::add_link(tx, &secret, &admin.id, now).await?;
                Ok(true)
            })
        })
        .await?;
    Ok(made.then_some(address))
}

/// Lists the first admin. One of that name who was removed comes back under the old id; one who
/// works here with another role is made admin, since nobody else could do so.
async fn list_admin(tx: &mut Tx, first: &Staff, now: Timestamp) -> Result<Staff, StoreError> {
    if let Some(admin) = staff::add(tx, first, now).await? {
        return Ok(admin);
    }
    let Some(present) = staff::by_name(tx, &first.name).await? else {
        return Err(StoreError::Unreadable {
            what: "staff.name",
            why: "it is taken, and nobody has it".to_owned(),
        });
    };
    staff::set_role(tx, &present.id, Role::Admin).await?;
    Ok(Staff {
        role: Role::Admin,
        ..present
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lang::Lang;

    fn admin(id: &str) -> Staff {
        Staff {
            id: id.into(),
            name: FIRST_ADMIN.to_owned(),
            role: Role::Admin,
            lang: Lang::En,
        }
    }

    /// What becomes of an earlier "Admin" when a start lists one, with a sign-in link for it.
    async fn listed_after(removed: bool) -> Staff {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::open(&url).await.unwrap();
        let listed = store
            .write(move |tx| {
                Box::pin(async move {
                    let at = Timestamp(1);
                    staff::add(tx, &admin("old"), at).await?;
                    if removed {
                        staff::remove(tx, &"old".into(), at).await?;
                    } else {
                        staff::set_role(tx, &"old".into(), Role::Agent).await?;
                    }
                    let listed = list_admin(tx, &admin("new"), at).await?;
                    sign_in::add_link(tx, "secret", &listed.id, at).await?;
                    assert_eq!(
                        staff::by_id(tx, &listed.id).await?.as_ref(),
                        Some(&listed),
                        "it is in the database as it is told"
                    );
                    Ok(listed)
                })
            })
            .await
            .unwrap();
        store.close().await;
        listed
    }

    #[tokio::test]
    async fn an_earlier_admin_of_that_name_is_the_first_admin_again() {
        for removed in [true, false] {
            assert_eq!(listed_after(removed).await, admin("old"));
        }
    }
}
