//! `careline doctor`: looks at everything that must be right, and says what to do where it is not.

use super::{Context, Failure};
use crate::channels::{Finding, FindingLevel};
use crate::wording::Wording;

pub(super) async fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let mut findings = Vec::new();
    findings.extend(configuration(context));
    findings.push(database(context).await);
    findings.push(wording());
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

async fn database(context: &Context<'_>) -> Finding {
    let subject = "database.url";
    let store = match context.store().await {
        Ok(store) => store,
        Err(failure) => return finding(FindingLevel::Fail, subject, failure.to_string(), ""),
    };
    let kind = if store.is_sqlite() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    store.close().await;
    finding(
        FindingLevel::Ok,
        subject,
        format!("{kind} opens, its schema is up to date"),
        "",
    )
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
