//! `careline staff`: who may do what, and by which accounts each platform knows them.

use clap::{Args, Subcommand, ValueEnum};

use super::{Context, Failure};
use crate::domain::ids::AccountId;
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::staff::{Role, Staff};
use crate::store::staff::{self, Listed};
use crate::store::{Store, StoreError, Tx};

/// The longest name: it stands in room titles and on buttons.
const NAME_CHARS_MAX: usize = 40;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add somebody.
    Add {
        /// The name that customers and colleagues see.
        name: String,
        /// What they may do.
        #[arg(long, value_enum)]
        role: RoleName,
        /// The language of their console.
        #[arg(long, value_enum, default_value_t = LangName::En)]
        lang: LangName,
        #[command(flatten)]
        accounts: Accounts,
    },
    /// Give somebody another role.
    Role {
        /// Whom.
        name: String,
        /// What they may do from now on.
        #[arg(value_enum)]
        role: RoleName,
    },
    /// Link an account on a platform to somebody.
    Identity {
        /// To whom.
        name: String,
        #[command(flatten)]
        accounts: Accounts,
    },
    /// Take every access from somebody: accounts, console, sign-in links.
    Remove {
        /// From whom.
        name: String,
    },
    /// Everybody who works here.
    List,
}

/// An account on a platform.
type Account = (ChannelKind, AccountId);

/// Accounts on the platforms.
#[derive(Args, Debug)]
pub(super) struct Accounts {
    /// Their user id on Telegram: a number.
    #[arg(long, value_name = "ID")]
    telegram: Option<i64>,
    /// Their user id on Discord: a number.
    #[arg(long, value_name = "ID")]
    discord: Option<u64>,
}

impl Accounts {
    fn listed(&self) -> Vec<Account> {
        let telegram = self
            .telegram
            .map(|id| (ChannelKind::Telegram, id.to_string()));
        let discord = self
            .discord
            .map(|id| (ChannelKind::Discord, id.to_string()));
        [telegram, discord]
            .into_iter()
            .flatten()
            .map(|(channel, id)| (channel, AccountId(id)))
            .collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    /// Claims and answers.
    Agent,
    /// Also assigns, sees everybody's figures and is told of breaches.
    Lead,
    /// Also edits the knowledge base, staff and settings.
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Agent => Role::Agent,
            RoleName::Lead => Role::Lead,
            RoleName::Admin => Role::Admin,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LangName {
    /// English.
    En,
    /// Vietnamese.
    Vi,
    /// Chinese.
    Zh,
}

impl From<LangName> for Lang {
    fn from(name: LangName) -> Lang {
        match name {
            LangName::En => Lang::En,
            LangName::Vi => Lang::Vi,
            LangName::Zh => Lang::Zh,
        }
    }
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Add {
            name,
            role,
            lang,
            accounts,
        } => {
            let name = checked_name(&name)?;
            let new = Staff {
                id: context.ids.id().into(),
                name,
                role: role.into(),
                lang: lang.into(),
            };
            add(new, accounts.listed(), context).await
        }
        Command::Role { name, role } => set_role(&name, role.into(), context).await,
        Command::Identity { name, accounts } => link(&name, accounts.listed(), context).await,
        Command::Remove { name } => remove(&name, context).await,
        Command::List => list(context).await,
    }
}

/// Whoever has that name; the failure names those who are there.
pub(super) async fn named(store: &Store, name: &str) -> Result<Staff, Failure> {
    let mut tx = store.read().await?;
    if let Some(found) = staff::by_name(&mut tx, name).await? {
        return Ok(found);
    }
    let names: Vec<String> = staff::list(&mut tx)
        .await?
        .into_iter()
        .map(|listed| listed.staff.name)
        .collect();
    Err(Failure::wrong(if names.is_empty() {
        format!("nobody works here yet; add them: careline staff add {name:?} --role admin")
    } else {
        format!(
            "nobody here is called {name:?}; here are: {}",
            names.join(", ")
        )
    }))
}

fn checked_name(name: &str) -> Result<String, Failure> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Failure::wrong(format!(
            "a name has 1 to {NAME_CHARS_MAX} characters and no control characters"
        )));
    }
    Ok(name.to_owned())
}

async fn add(new: Staff, accounts: Vec<Account>, context: &mut Context<'_>) -> Result<(), Failure> {
    let (store, now) = (context.store().await?, context.clock.now());
    let name = new.name.clone();
    let outcome = store
        .write(move |tx| {
            let (new, accounts) = (new.clone(), accounts.clone());
            Box::pin(async move {
                if let Some(taken) = of_others(tx, &new, &accounts).await? {
                    return Ok(Added::AccountTaken(taken));
                }
                let Some(added) = staff::add(tx, &new, now).await? else {
                    return Ok(Added::NameTaken);
                };
                link_all(tx, &added, &accounts).await?;
                Ok(Added::Now(added))
            })
        })
        .await?;
    store.close().await;
    match outcome {
        Added::Now(added) => say(context, &added, "added"),
        Added::NameTaken => Err(Failure::wrong(format!(
            "somebody called {name:?} works here already; to change their role: careline staff role {name:?} ROLE"
        ))),
        Added::AccountTaken(account) => Err(account_taken(&account)),
    }
}

enum Added {
    Now(Staff),
    NameTaken,
    AccountTaken(Account),
}

async fn link(
    name: &str,
    accounts: Vec<Account>,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    if accounts.is_empty() {
        return Err(Failure::wrong(
            "name an account: --telegram ID or --discord ID",
        ));
    }
    let store = context.store().await?;
    let found = named(&store, name).await?;
    let to = found.clone();
    let taken = store
        .write(move |tx| {
            let (to, accounts) = (to.clone(), accounts.clone());
            Box::pin(async move {
                let taken = of_others(tx, &to, &accounts).await?;
                if taken.is_none() {
                    link_all(tx, &to, &accounts).await?;
                }
                Ok(taken)
            })
        })
        .await?;
    store.close().await;
    match taken {
        None => say(context, &found, "linked"),
        Some(account) => Err(account_taken(&account)),
    }
}

/// The first of these accounts that acts for somebody else.
async fn of_others(
    tx: &mut Tx,
    staff: &Staff,
    accounts: &[Account],
) -> Result<Option<Account>, StoreError> {
    for (channel, account) in accounts {
        let owner = staff::by_account(tx, *channel, account).await?;
        if owner.is_some_and(|owner| owner.id != staff.id) {
            return Ok(Some((*channel, account.clone())));
        }
    }
    Ok(None)
}

async fn link_all(tx: &mut Tx, to: &Staff, accounts: &[Account]) -> Result<(), StoreError> {
    for (channel, account) in accounts {
        staff::link_identity(tx, &to.id, *channel, account).await?;
    }
    Ok(())
}

fn account_taken((channel, account): &Account) -> Failure {
    Failure::wrong(format!(
        "the {channel} account {account} acts for somebody else; nothing was changed"
    ))
}

async fn set_role(name: &str, role: Role, context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let found = named(&store, name).await?;
    let id = found.id.clone();
    store
        .write(move |tx| {
            let id = id.clone();
            Box::pin(async move { staff::set_role(tx, &id, role).await })
        })
        .await?;
    store.close().await;
    say(context, &Staff { role, ..found }, "changed")
}

async fn remove(name: &str, context: &mut Context<'_>) -> Result<(), Failure> {
    let (store, now) = (context.store().await?, context.clock.now());
    let found = named(&store, name).await?;
    let id = found.id.clone();
    store
        .write(move |tx| {
            let id = id.clone();
            Box::pin(async move { staff::remove(tx, &id, now).await })
        })
        .await?;
    store.close().await;
    say(context, &found, "removed")
}

async fn list(context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let everybody = staff::list(&mut store.read().await?).await?;
    store.close().await;
    if context.is_json() {
        let all: Vec<serde_json::Value> = everybody.iter().map(json).collect();
        writeln!(context.out, "{}", serde_json::Value::from(all))?;
    } else if everybody.is_empty() {
        writeln!(
            context.out,
            "Nobody yet: careline staff add NAME --role admin"
        )?;
    } else {
        writeln!(context.out, "{}", table(&everybody))?;
    }
    Ok(())
}

fn table(everybody: &[Listed]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["name", "role", "lang", "accounts"]);
    for listed in everybody {
        let accounts: Vec<String> = listed
            .accounts
            .iter()
            .map(|(channel, account)| format!("{channel} {account}"))
            .collect();
        table.add_row([
            listed.staff.name.as_str(),
            listed.staff.role.name(),
            listed.staff.lang.code(),
            &accounts.join(", "),
        ]);
    }
    table
}

fn json(listed: &Listed) -> serde_json::Value {
    let accounts: Vec<serde_json::Value> = listed
        .accounts
        .iter()
        .map(|(channel, account)| serde_json::json!({ "channel": channel, "account": account }))
        .collect();
    serde_json::json!({
        "id": listed.staff.id,
        "name": listed.staff.name,
        "role": listed.staff.role,
        "lang": listed.staff.lang,
        "accounts": accounts,
    })
}

fn say(context: &mut Context<'_>, staff: &Staff, done: &str) -> Result<(), Failure> {
    if context.is_json() {
        let line = serde_json::json!({
            "id": staff.id, "name": staff.name, "role": staff.role, "lang": staff.lang, "done": done,
        });
        writeln!(context.out, "{line}")?;
    } else {
        writeln!(
            context.out,
            "{} ({}): {done}",
            staff.name,
            staff.role.name()
        )?;
    }
    Ok(())
}
