//! `careline console link`: a one-time sign-in link.

use clap::Subcommand;

use super::staff::named;
use super::{Context, Failure};
use crate::config::Http;
use crate::store::sign_in;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a sign-in link that can be used once, within 15 minutes.
    Link {
        /// Whose console: the name that `careline staff list` shows.
        #[arg(long = "as", value_name = "STAFF")]
        staff: String,
    },
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    let Command::Link { staff: name } = command;
    let store = context.store().await?;
    let staff = named(&store, &name).await?;
    let (secret, now) = (
        context.ids.secret(sign_in::SECRET_BYTES),
        context.clock.now(),
    );
    let address = sign_in::address(&public_url(&context.config().http), &secret);
    store
        .write(move |tx| {
            let (secret, staff) = (secret.clone(), staff.id.clone());
            Box::pin(async move { sign_in::add_link(tx, &secret, &staff, now).await })
        })
        .await?;
    store.close().await;
    if context.is_json() {
        let expires_at = (now + sign_in::LINK_VALID).0;
        let line = serde_json::json!({ "link": address, "expires_at": expires_at });
        writeln!(context.out, "{line}")?;
    } else {
        writeln!(context.out, "{address}")?;
    }
    Ok(())
}

fn public_url(http: &Http) -> String {
    http.public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", http.listen))
}
