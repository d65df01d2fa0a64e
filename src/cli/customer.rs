//! `careline customer`: everything about one person, out or gone.

use clap::Subcommand;

use super::{Context, Failure};
use crate::domain::ids::CustomerId;
use crate::store::one_person::{self, Room};
use crate::store::{Store, customers};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write everything about a customer to stdout, as one JSON object.
    Export {
        /// The customer's id, a conversation's code, or an account such as telegram:12345.
        id: String,
    },
    /// Put a customer into a segment, which service levels can name; without one, out of it.
    Segment {
        /// The customer's id, a conversation's code, or an account such as telegram:12345.
        id: String,
        /// The segment, such as vip.
        segment: Option<String>,
    },
    /// Delete everything about a customer. What stays: facts without words or platform ids, from
    /// which figures are computed; and the platforms' own copies.
    Erase {
        /// The customer's id, a conversation's code, or an account such as telegram:12345.
        id: String,
        /// Do it; without this, only say what would be deleted.
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let done = match &command {
        Command::Export { id } => export(&store, id, context).await,
        Command::Segment { id, segment } => {
            put_into_segment(&store, id, segment.as_deref(), context).await
        }
        Command::Erase { id, yes } => erase(&store, id, *yes, context).await,
    };
    store.close().await;
    done
}

async fn find(store: &Store, name: &str) -> Result<CustomerId, Failure> {
    let found = one_person::find(&mut store.read().await?, name).await?;
    found.ok_or_else(|| {
        Failure::not_done(format!(
            "no customer {name}: give an id, a conversation's code, or an account such as telegram:12345"
        ))
    })
}

/// The most characters of a segment's name.
const SEGMENT_CHARS_MAX: usize = 60;

async fn put_into_segment(
    store: &Store,
    name: &str,
    segment: Option<&str>,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let segment = segment.map(str::trim).map(str::to_owned);
    if let Some(segment) = &segment
        && (segment.is_empty() || segment.chars().count() > SEGMENT_CHARS_MAX)
    {
        return Err(Failure::wrong(format!(
            "a segment's name has from 1 to {SEGMENT_CHARS_MAX} characters"
        )));
    }
    let customer = find(store, name).await?;
    let (who, into) = (customer.clone(), segment.clone());
    store
        .write(move |tx| {
            let (who, into) = (who.clone(), into.clone());
            Box::pin(async move { customers::set_segment(tx, &who, into.as_deref()).await })
        })
        .await?;
    if context.is_json() {
        let line = serde_json::json!({ "customer": customer, "segment": segment });
        writeln!(context.out, "{line}")?;
    } else {
        let segment = segment.as_deref().unwrap_or("no segment");
        writeln!(
            context.out,
            "{customer}: {segment}, for what begins from now on"
        )?;
    }
    Ok(())
}

async fn export(store: &Store, name: &str, context: &mut Context<'_>) -> Result<(), Failure> {
    let customer = find(store, name).await?;
    let everything = one_person::export(&mut store.read().await?, &customer).await?;
    let text = serde_json::to_string_pretty(&everything).map_err(Failure::not_done)?;
    writeln!(context.out, "{text}")?;
    Ok(())
}

async fn erase(
    store: &Store,
    name: &str,
    yes: bool,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let customer = find(store, name).await?;
    let Some(everything) = one_person::export(&mut store.read().await?, &customer).await? else {
        return Err(Failure::not_done(format!("no customer {name}")));
    };
    if !yes {
        writeln!(
            context.out,
            "{}: {} conversations, {} messages, {} accounts would be deleted; to do it: --yes",
            customer,
            everything.conversations.len(),
            everything.messages.len(),
            everything.identities.len(),
        )?;
        return Ok(());
    }
    let erased = store
        .write(move |tx| {
            let customer = customer.clone();
            Box::pin(async move { one_person::erase(tx, &customer).await })
        })
        .await?;
    report(&erased, &everything.rooms, context)
}

fn report(
    erased: &[(&'static str, u64)],
    rooms: &[Room],
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    if context.is_json() {
        let rows: serde_json::Map<String, serde_json::Value> = erased
            .iter()
            .map(|(table, rows)| ((*table).to_owned(), (*rows).into()))
            .collect();
        let line = serde_json::json!({ "erased": rows, "rooms_left": rooms });
        writeln!(context.out, "{line}")?;
        return Ok(());
    }
    for (table, rows) in erased.iter().filter(|(_, rows)| *rows > 0) {
        writeln!(context.out, "{rows:>6}  {table}")?;
    }
    if !rooms.is_empty() {
        writeln!(
            context.out,
            "The platforms keep their own copies. Delete these rooms at the desk by hand:"
        )?;
    }
    for room in rooms {
        writeln!(context.out, "  {} {} {}", room.desk, room.chat, room.thread)?;
    }
    Ok(())
}
