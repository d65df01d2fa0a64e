//! What only the first run needs: somebody who may sign in, and the link to do it with.

use super::App;
use crate::domain::staff::{Role, Staff};
use crate::store::{Store, StoreError, sign_in, staff};

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
                    None => {
                        staff::add(tx, &first_admin, now).await?;
                        first_admin.clone()
                    }
                };
                sign_in::add_link(tx, &secret, &admin.id, now).await?;
                Ok(true)
            })
        })
        .await?;
    Ok(made.then_some(address))
}
