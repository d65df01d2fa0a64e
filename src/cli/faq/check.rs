//! `careline faq check`: what gets in the way of good answers.

use serde_json::json;

use super::{Context, Failure, entries, lang_codes, write_json};
use crate::domain::knowledge::check::findings;

pub(super) async fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let entries = entries(context).await?;
    let findings = findings(&entries);
    if context.is_json() {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| json!({"kind": finding.kind(), "keys": finding.keys(), "what": finding.to_string()}))
            .collect();
        return write_json(
            context,
            &json!({ "entries": entries.len(), "findings": list }),
        );
    }
    for finding in &findings {
        writeln!(context.out, "{finding}")?;
    }
    let languages: std::collections::BTreeSet<&str> = entries.iter().flat_map(lang_codes).collect();
    let languages: Vec<&str> = languages.into_iter().collect();
    writeln!(
        context.out,
        "{} entries in {}, {} findings",
        entries.len(),
        if languages.is_empty() {
            "no language".to_owned()
        } else {
            languages.join(", ")
        },
        findings.len()
    )?;
    Ok(())
}
