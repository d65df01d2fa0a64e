//! `careline sla`: calendars and policies, in by file and out again, version by version.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::{Context, Failure};
use crate::domain::sla::calendar::zone_release;
use crate::domain::sla::plan::{self, NO_PLAN, Plan, Plans, Policy, PolicyText};
use crate::domain::time::Timestamp;
use crate::store::plans::{self as stored, PlanText, with_version};

/// Who the history names for an import.
const BY_WHOM: &str = "import";
/// The most bytes of a plan or of a file that it names.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show the policies, from top to bottom, with their calendars.
    Show {
        /// An earlier version.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Read a plan from a TOML file, with the .ics files beside it that it names; all or nothing.
    Import {
        /// The plan.
        file: PathBuf,
        /// Only say what is wrong with it.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the plan as it was put in.
    Export {
        /// An earlier version.
        #[arg(long)]
        version: Option<i64>,
        /// A folder for sla.toml and the .ics files; without it, the plan goes to stdout.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Who changed it when.
    History,
    /// Print an example of a plan.
    Example,
}

/// An example that shows every key.
const EXAMPLE: &str = include_str!("../../sla.example.toml");

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Show { version } => show(version, context).await,
        Command::Import { file, dry_run } => import(&file, dry_run, context).await,
        Command::Export { version, out } => export(version, out.as_deref(), context).await,
        Command::History => history(context).await,
        Command::Example => Ok(context.out.write_all(EXAMPLE.as_bytes())?),
    }
}

async fn versions(context: &Context<'_>) -> Result<Vec<PlanText>, Failure> {
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let versions = stored::after(&mut tx, NO_PLAN).await?;
    drop(tx);
    store.close().await;
    Ok(versions)
}

/// That version, or the newest; `None` where none was ever put in.
fn wanted(versions: Vec<PlanText>, number: Option<i64>) -> Result<Option<PlanText>, Failure> {
    let Some(number) = number else {
        return Ok(versions.into_iter().next_back());
    };
    let newest = versions.last().map_or(NO_PLAN, |last| last.version);
    let found = versions.into_iter().find(|plan| plan.version == number);
    found
        .map(Some)
        .ok_or_else(|| Failure::wrong(format!("--version {number}: the newest is {newest}")))
}

async fn show(version: Option<i64>, context: &mut Context<'_>) -> Result<(), Failure> {
    let text = wanted(versions(context).await?, version)?;
    let number = text.as_ref().map_or(NO_PLAN, |text| text.version);
    let plans = text
        .iter()
        .fold(Plans::new(context.config().usual_policy()), with_version);
    let none = Plan::default();
    let plan = plans.plan(number).unwrap_or(&none);
    let policies: Vec<&Policy> = plan.policies.iter().chain([plans.usual()]).collect();
    if context.is_json() {
        let policies: Vec<PolicyText> = policies.iter().map(|policy| policy.text()).collect();
        let calendars: BTreeMap<&String, &str> = plan
            .calendars
            .iter()
            .map(|(name, calendar)| (name, calendar.zone_name()))
            .collect();
        let line = json!({
            "version": number, "zones": zone_release(),
            "calendars": calendars, "policies": policies,
        });
        writeln!(context.out, "{line}")?;
        return Ok(());
    }
    writeln!(
        context.out,
        "Version {number}; time-zone data {}",
        zone_release()
    )?;
    for (name, calendar) in &plan.calendars {
        let text = calendar.text();
        writeln!(context.out, "\ncalendar {name} ({})", calendar.zone_name())?;
        for line in text {
            writeln!(context.out, "  {line}")?;
        }
    }
    for (number, policy) in (1..).zip(policies) {
        let text = policy.text();
        writeln!(context.out, "\n{number}. {}: {}", text.name, text.when)?;
        writeln!(context.out, "   {}", text.targets)?;
    }
    Ok(())
}

async fn import(path: &Path, dry_run: bool, context: &mut Context<'_>) -> Result<(), Failure> {
    let text = read(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut files = BTreeMap::new();
    for name in plan::named_files(&text) {
        if name.contains(['/', '\\']) {
            return Err(Failure::wrong(format!(
                "{}: {name} must stand beside the plan; take the folder away from its name",
                path.display()
            )));
        }
        let file = folder.join(&name);
        if file.exists() {
            files.insert(name, read(&file)?);
        }
    }
    let plan = plan::read(&text, &files).map_err(|faults| {
        let place = path.display();
        let lines = faults.iter().map(|fault| format!("{place}, {fault}"));
        let mut lines: Vec<String> = lines.collect();
        lines.push("Nothing was imported.".to_owned());
        Failure::wrong(lines.join("\n"))
    })?;
    let found = format!(
        "{} policies, {} calendars",
        plan.policies.len(),
        plan.calendars.len()
    );
    if dry_run {
        writeln!(
            context.out,
            "{found}: nothing is wrong with it; nothing was imported."
        )?;
        return Ok(());
    }
    let newest = versions(context).await?.pop();
    if newest
        .as_ref()
        .is_some_and(|known| known.text == text && known.files == files)
    {
        writeln!(context.out, "It is the plan already.")?;
        return Ok(());
    }
    let known = newest.map_or(NO_PLAN, |known| known.version);
    let version = put(known, text, files, context).await?;
    if context.is_json() {
        writeln!(context.out, "{}", json!({ "version": version }))?;
    } else {
        writeln!(
            context.out,
            "{found}: version {version} counts from now on; waits that run go on from what they have used."
        )?;
    }
    Ok(())
}

async fn put(
    known: i64,
    text: String,
    files: BTreeMap<String, String>,
    context: &Context<'_>,
) -> Result<i64, Failure> {
    let plan = PlanText {
        version: known,
        at: context.clock.now(),
        by_whom: BY_WHOM.to_owned(),
        text,
        files,
    };
    let store = context.store().await?;
    let put = store.write(move |tx| {
        let plan = plan.clone();
        Box::pin(async move { stored::put(tx, known, &plan).await })
    });
    let version = put.await?;
    store.close().await;
    version.ok_or_else(|| {
        Failure::not_done("somebody else changed the plan just now; look at it, and import again")
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| Failure::wrong(format!("{}: {error}", path.display()));
    let bytes = std::fs::metadata(path)
        .map_err(|error| wrong(&error))?
        .len();
    if bytes > FILE_BYTES_MAX {
        return Err(wrong(&format!("is larger than {FILE_BYTES_MAX} bytes")));
    }
    std::fs::read_to_string(path).map_err(|error| wrong(&error))
}

async fn export(
    version: Option<i64>,
    out: Option<&Path>,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let Some(plan) = wanted(versions(context).await?, version)? else {
        return Err(Failure::not_done(
            "there is no plan yet: the settings' targets count; `careline sla example` shows one",
        ));
    };
    let Some(folder) = out else {
        return Ok(context.out.write_all(plan.text.as_bytes())?);
    };
    let mut files = plan.files;
    files.insert("sla.toml".to_owned(), plan.text);
    for (name, text) in files {
        let path = folder.join(name);
        super::report::write_new(&path, text.as_bytes())?;
        writeln!(context.out, "{}", path.display())?;
    }
    Ok(())
}

async fn history(context: &mut Context<'_>) -> Result<(), Failure> {
    for plan in versions(context).await? {
        if context.is_json() {
            let line = json!({ "version": plan.version, "at": plan.at, "by": plan.by_whom });
            writeln!(context.out, "{line}")?;
        } else {
            writeln!(
                context.out,
                "{:>4}  {}  {}",
                plan.version,
                day_and_time(plan.at),
                plan.by_whom
            )?;
        }
    }
    Ok(())
}

fn day_and_time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.0.to_string(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_plan() {
        let files = plan::named_files(EXAMPLE);
        assert!(files.is_empty(), "it stands alone");
        let read = plan::read(EXAMPLE, &BTreeMap::new());
        let plan = read.unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!((plan.policies.len(), plan.calendars.len()), (3, 2));
    }
}
