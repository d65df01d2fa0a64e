//! Puts the settings together: defaults, then the file, then the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Config;
use super::settings::{self, SETTINGS, Setting};
use super::value::Value;

/// The file that is read when none is named.
const USUAL_FILE: &str = "careline.toml";
/// What our variables begin with.
const PREFIX: &str = "CARELINE_";
/// Variables with our prefix that are no settings: the log's filter.
const OTHER_VARIABLES: [&str; 1] = ["CARELINE_LOG"];
/// What variables of the tests begin with.
const TEST_PREFIX: &str = "CARELINE_TEST_";

/// Settings that were read without a fault.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// What the operator should know.
    pub warnings: Vec<String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a file or a variable.
    pub place: String,
    /// The line of the file, from 1, where it is about one.
    pub line: Option<usize>,
    /// The key it is about; empty where it is about the place as a whole.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "{} ", self.key)?;
        }
        f.write_str(&self.problem)
    }
}

/// All that is wrong, one a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigFaults(pub Vec<Fault>);

/// Reads the settings: `file`, or `careline.toml` in `folder` where that exists; then
/// `environment`. A variable counts over the file, `CARELINE_DATABASE__URL` over `DATABASE_URL`;
/// an empty one counts as not set.
pub fn load(
    file: Option<&Path>,
    folder: &Path,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Loaded, ConfigFaults> {
    let mut reading = Reading {
        config: Config::default(),
        faults: Vec::new(),
        warnings: Vec::new(),
    };
    let usual = folder.join(USUAL_FILE);
    let file = match file {
        Some(named) => Some(named.to_owned()),
        None => usual.exists().then_some(usual),
    };
    if let Some(path) = &file {
        reading.file(path);
    }
    reading.environment(environment);
    if reading.faults.is_empty() {
        Ok(Loaded {
            config: reading.config,
            file,
            warnings: reading.warnings,
        })
    } else {
        Err(ConfigFaults(reading.faults))
    }
}

struct Reading {
    config: Config,
    faults: Vec<Fault>,
    warnings: Vec<String>,
}

impl Reading {
    fn file(&mut self, path: &Path) {
        let place = path.display().to_string();
        let text = match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(error)) => {
                let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
                let at = Place::of_file(&place, line);
                return self.fault(&at, "", "is not UTF-8 here; save the file as UTF-8");
            }
            Err(error) => {
                let problem = format!("cannot be read: {error}");
                return self.fault(&Place::whole(&place), "", &problem);
            }
        };
        let secrets = self.file_text(&place, &text);
        // The parser gives keys in the order of the alphabet, people read by line.
        self.faults.sort_by_key(|fault| fault.line);
        if secrets && is_world_readable(path) {
            self.warnings.push(format!(
                "{place} holds secrets and everybody on this machine can read it; chmod 600 {place}"
            ));
        }
    }

    /// Sets what the text of the file says; tells whether it holds secrets.
    fn file_text(&mut self, file: &str, text: &str) -> bool {
        let at = |byte: usize| Place::of_file(file, line_of(text.as_bytes(), byte));
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            // Only its message: its full text quotes the line, which may hold a secret.
            let byte = error.span().map_or(0, |span| span.start);
            self.fault(&at(byte), "", error.message());
        }
        let mut secrets = false;
        for (section, value) in table.get_ref() {
            let DeValue::Table(keys) = value.get_ref() else {
                let problem = "stands outside of a section; write it under one, such as [http]";
                self.fault(&at(section.span().start), section.get_ref(), problem);
                continue;
            };
            for (key, value) in keys {
                let name = format!("{}.{}", section.get_ref(), key.get_ref());
                secrets |= self.file_value(&at(key.span().start), &name, value);
            }
        }
        secrets
    }

    /// Sets one key of the file; tells whether it is a secret one.
    fn file_value(&mut self, place: &Place, key: &str, value: &Spanned<DeValue<'_>>) -> bool {
        let Some(setting) = settings::of_key(key) else {
            self.unknown(place, key);
            return false;
        };
        self.set(place, setting, &Value::of_file(value.get_ref()));
        setting.secret
    }

    fn environment(&mut self, environment: impl IntoIterator<Item = (OsString, OsString)>) {
        // Sorted, so that faults come in the same order every time; names that are not UTF-8 are
        // nobody's settings.
        let variables: BTreeMap<String, OsString> = environment
            .into_iter()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        for setting in SETTINGS {
            let short = setting.short.map(str::to_owned);
            for name in short.into_iter().chain([setting.variable()]) {
                let Some(value) = variables.get(&name) else {
                    continue;
                };
                let place = Place::whole(&name);
                match value.to_str() {
                    Some(text) => self.set(&place, setting, &Value::Bare(text.to_owned())),
                    None => self.fault(&place, "", "is not UTF-8"),
                }
            }
        }
        for name in variables.keys() {
            let ours = name.starts_with(PREFIX) && !name.starts_with(TEST_PREFIX);
            if !ours || OTHER_VARIABLES.contains(&name.as_str()) {
                continue;
            }
            if SETTINGS.iter().all(|setting| setting.variable() != *name) {
                self.unknown_variable(name);
            }
        }
    }

    fn unknown_variable(&mut self, name: &str) {
        let meant = name
            .trim_start_matches(PREFIX)
            .to_ascii_lowercase()
            .replacen("__", ".", 1);
        // One underscore in place of two is the usual slip.
        let meant = if meant.contains('.') {
            meant
        } else {
            meant.replacen('_', ".", 1)
        };
        let problem = match settings::nearest(&meant).and_then(settings::of_key) {
            Some(setting) => format!(
                "is no variable of ours; did you mean {}?",
                setting.variable()
            ),
            None => "is no variable of ours; they are called CARELINE_<SECTION>__<KEY>".to_owned(),
        };
        self.fault(&Place::whole(name), "", &problem);
    }

    fn unknown(&mut self, place: &Place, key: &str) {
        let problem = match settings::nearest(key) {
            Some(near) => format!("is no key; did you mean {near}?"),
            None => "is no key; `careline example-config` shows them all".to_owned(),
        };
        self.fault(place, key, &problem);
    }

    fn set(&mut self, place: &Place, setting: &Setting, value: &Value) {
        if let Err(problem) = (setting.set)(&mut self.config, value) {
            self.fault(place, setting.key, &problem);
        }
    }

    fn fault(&mut self, place: &Place, key: &str, problem: &str) {
        self.faults.push(Fault {
            place: place.name.clone(),
            line: place.line,
            key: key.to_owned(),
            problem: problem.to_owned(),
        });
    }
}

/// Where something stands.
struct Place {
    name: String,
    line: Option<usize>,
}

impl Place {
    fn whole(name: &str) -> Place {
        Place {
            name: name.to_owned(),
            line: None,
        }
    }

    fn of_file(name: &str, line: usize) -> Place {
        Place {
            name: name.to_owned(),
            line: Some(line),
        }
    }
}

/// The line, from 1, of a byte.
fn line_of(text: &[u8], byte: usize) -> usize {
    1 + text.iter().take(byte).filter(|b| **b == b'\n').count()
}

#[cfg(unix)]
fn is_world_readable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_world_readable(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests;
