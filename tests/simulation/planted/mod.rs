//! Faults planted into a copy of the program, to test the tests. The program itself knows nothing
//! of them: `faults.toml` is data, and a test holds that each still fits today's sources.

use std::path::Path;

use serde::Deserialize;

use super::options::{Fault, Options};

const FAULTS: &str = include_str!("faults.toml");

/// What is added to the copy: which of the faults is switched on.
const SWITCH: &str = r#"//! Which of the planted faults is switched on: `PLANTED` names it.

use std::sync::OnceLock;

/// Whether the fault of that name is.
pub fn is(name: &str) -> bool {
    static ON: OnceLock<Option<String>> = OnceLock::new();
    ON.get_or_init(|| std::env::var("PLANTED").ok()).as_deref() == Some(name)
}
"#;

#[derive(Deserialize)]
struct List {
    fault: Vec<Planted>,
}

/// A fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planted {
    /// What it is called.
    pub name: String,
    /// What is wrong with it.
    pub what: String,
    /// The file, from the project's folder on.
    pub file: String,
    /// What stands there, exactly once.
    pub right: String,
    /// What stands there instead.
    pub faulty: String,
    /// The family of faults without which it cannot show, as [`Fault`] names it: only seeds that
    /// have it are hunted with.
    pub needs: Option<String>,
}

impl Planted {
    /// Whether it can show in a run with these options.
    pub fn can_show(&self, options: &Options) -> bool {
        let is_needed = |family: &Fault| self.needs.as_deref() == Some(&format!("{family:?}"));
        self.needs.is_none() || options.faults.iter().any(is_needed)
    }

    /// Puts it into a file's text; the error says why it does not fit.
    pub fn put_into(&self, text: &str) -> Result<String, String> {
        match text.matches(&self.right).count() {
            1 => Ok(text.replacen(&self.right, &self.faulty, 1)),
            times => Err(format!(
                "{}: what it replaces stands {times} times in {}, not once",
                self.name, self.file
            )),
        }
    }
}

/// All of them.
pub fn faults() -> Vec<Planted> {
    let list: List = toml::from_str(FAULTS).expect("the list of faults reads");
    list.fault
}

/// Plants them all into the copy of the project in a folder; each is switched off until it is
/// named.
pub fn plant(copy: &Path) -> Result<(), String> {
    for fault in faults() {
        change(&copy.join(&fault.file), |text| fault.put_into(&text))?;
    }
    std::fs::write(copy.join("src/planted.rs"), SWITCH).map_err(|error| error.to_string())?;
    change(&copy.join("src/lib.rs"), |text| {
        Ok(format!("{text}\npub mod planted;\n"))
    })?;
    // Its program must not take the place of the real one.
    change(&copy.join("Cargo.toml"), |text| {
        Ok(text.replace("name = \"simulate\"", "name = \"planted\""))
    })
}

fn change(file: &Path, how: impl FnOnce(String) -> Result<String, String>) -> Result<(), String> {
    let in_file = |error: std::io::Error| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(in_file)?;
    std::fs::write(file, how(text)?).map_err(in_file)
}
