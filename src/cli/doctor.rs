//! `careline doctor`: looks at everything that must be right, and says what to do where it is not.

use super::{Context, Failure};
use crate::app::{self, App, ServeRole};
use crate::channels::{Finding, FindingLevel};
use crate::semantic;
use crate::store::{Store, inbox, knowledge, staff};
use crate::wording::Wording;

pub(super) async fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let mut findings = Vec::new();
    findings.extend(configuration(context));
    findings.push(wording());
    findings.extend(semantic_model(context));
    findings.push(address(context).await);
    match context.store().await {
        Ok(store) => {
            findings.push(database(&store));
            findings.extend(contents(&store).await?);
            findings.extend(platforms(context, &store).await);
            store.close().await;
        }
        Err(failure) => {
            let why = failure.to_string();
            findings.push(finding(FindingLevel::Fail, "database.url", why, ""));
        }
    }
    write(&findings, context)?;
    if findings.iter().any(|f| f.level == FindingLevel::Fail) {
        return Err(Failure::not_done(
            "Something does not work; see the lines marked fail.",
        ));
    }
    Ok(())
}

fn finding(level: FindingLevel, subject: &str, found: impl Into<String>, remedy: &str) -> Finding {
    Finding {
        level,
        subject: subject.to_owned(),
        found: found.into(),
        remedy: remedy.to_owned(),
    }
}

fn configuration(context: &Context<'_>) -> Vec<Finding> {
    let found = match &context.loaded.file {
        Some(file) => format!("read from {}", file.display()),
        None => "no careline.toml here: defaults and environment".to_owned(),
    };
    let mut findings = vec![finding(FindingLevel::Ok, "configuration", found, "")];
    for warning in &context.loaded.warnings {
        findings.push(finding(FindingLevel::Warn, "configuration", warning, ""));
    }
    findings
}

/// Whether the embedding model can be used, where one is set; nobody has to have one.
fn semantic_model(context: &Context<'_>) -> Option<Finding> {
    let subject = "knowledge.semantic_model";
    let folder = context.config().knowledge.semantic_model.as_deref()?;
    Some(match semantic::load(folder) {
        Ok(sense) => finding(FindingLevel::Ok, subject, sense.name(), ""),
        Err(fault) => finding(
            FindingLevel::Warn,
            subject,
            fault.to_string(),
            "until then the knowledge base does without it",
        ),
    })
}

/// Whether the address could be listened at; that a running careline has it is no fault.
async fn address(context: &Context<'_>) -> Finding {
    let subject = "http.listen";
    let address = &context.config().http.listen;
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => {
            let found = format!("{address} is free");
            finding(FindingLevel::Ok, subject, found, "")
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => finding(
            FindingLevel::Warn,
            subject,
            format!("{address} is taken"),
            "fine where careline is running; otherwise choose another port",
        ),
        Err(error) => finding(
            FindingLevel::Fail,
            subject,
            format!("{address} cannot be listened at: {error}"),
            "choose an address of this machine",
        ),
    }
}

fn database(store: &Store) -> Finding {
    let kind = if store.is_sqlite() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let found = format!("{kind} opens, its schema is up to date");
    finding(FindingLevel::Ok, "database.url", found, "")
}

/// What must be in the database for customers to be served.
async fn contents(store: &Store) -> Result<Vec<Finding>, Failure> {
    let mut tx = store.read().await?;
    let entries = knowledge::entries(&mut tx).await?.len();
    let people = staff::list(&mut tx).await?.len();
    let set_aside = inbox::set_aside_count(&mut tx).await?;
    let some = |count: usize| {
        if count > 0 {
            FindingLevel::Ok
        } else {
            FindingLevel::Warn
        }
    };
    let remedy = |count: usize, remedy| if count > 0 { "" } else { remedy };
    let mut findings = vec![
        finding(
            some(entries),
            "knowledge base",
            format!("{entries} entries"),
            remedy(
                entries,
                "careline faq import FILE; until then every question goes to a person",
            ),
        ),
        finding(
            some(people),
            "staff",
            format!("{people} listed"),
            remedy(
                people,
                "careline staff add NAME --role agent; nobody else may act",
            ),
        ),
    ];
    if set_aside > 0 {
        findings.push(finding(
            FindingLevel::Warn,
            "inbox",
            format!("{set_aside} arrivals were set aside: deciding on them failed"),
            "see their outcome in the table inbox, and report it: it is a fault of careline's",
        ));
    }
    Ok(findings)
}

/// Asks each platform that has a token what it says of it.
async fn platforms(context: &Context<'_>, store: &Store) -> Vec<Finding> {
    let app = App {
        config: context.config().clone(),
        roles: ServeRole::all(),
        clock: context.clock.clone(),
        ids: context.ids.clone(),
        pauses: app::Pauses::default(),
        wire: None,
    };
    match app::probe(&app, store).await {
        Ok(findings) if findings.is_empty() => {
            let found = "neither telegram.token nor discord.token is set: web chat only";
            vec![finding(FindingLevel::Ok, "platforms", found, "")]
        }
        Ok(findings) => findings,
        Err(error) => vec![finding(
            FindingLevel::Fail,
            "platforms",
            error.to_string(),
            "",
        )],
    }
}

fn wording() -> Finding {
    match Wording::load() {
        Ok(_) => finding(
            FindingLevel::Ok,
            "wording",
            "complete in every language",
            "",
        ),
        Err(faults) => finding(
            FindingLevel::Fail,
            "wording",
            faults.to_string(),
            "complete the files named",
        ),
    }
}

fn write(findings: &[Finding], context: &mut Context<'_>) -> Result<(), Failure> {
    if context.is_json() {
        let text = serde_json::to_string_pretty(findings).map_err(Failure::not_done)?;
        writeln!(context.out, "{text}")?;
        return Ok(());
    }
    for finding in findings {
        let level = match finding.level {
            FindingLevel::Ok => "ok  ",
            FindingLevel::Warn => "warn",
            FindingLevel::Fail => "fail",
        };
        writeln!(
            context.out,
            "{level}  {}: {}",
            finding.subject, finding.found
        )?;
        if !finding.remedy.is_empty() {
            writeln!(context.out, "      -> {}", finding.remedy)?;
        }
    }
    Ok(())
}
