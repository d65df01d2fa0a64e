//! Knowledge-base files: YAML, JSONL, CSV; read with the place of every fault, and written.
//!
//! Invariants: a file is read line by line and no line may be longer than [`LINE_BYTES_MAX`], so
//! memory is bounded by the entries in it; all faults of all files are told at once, and with a
//! single fault nothing is given back; what is written reads back as the same entries.

mod csv_file;
mod gathering;
mod jsonl;
mod lines;
mod yaml;

use std::fmt;
use std::io::BufRead;

use super::changes::Imported;
use super::entry::Entry;
use gathering::Gathering;

pub use lines::{LINE_BYTES_MAX, Line, Lines};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A list of entries.
    Yaml,
    /// One entry in one language a line.
    Jsonl,
    /// The same as a table.
    Csv,
}

impl FileKind {
    /// By the name's end: `.yaml`, `.yml`, `.jsonl`, `.ndjson`, `.csv`.
    pub fn of_name(name: &str) -> Option<FileKind> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(FileKind::Yaml),
            "jsonl" | "ndjson" => Some(FileKind::Jsonl),
            "csv" => Some(FileKind::Csv),
            _ => None,
        }
    }
}

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The entry, where it is known.
    pub key: Option<String>,
    /// What is wrong and what to do about it.
    pub what: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Reads several files as one base.
#[derive(Default)]
pub struct Reading {
    gathering: Gathering,
}

impl Reading {
    /// Reads one file, named as the operator named it.
    pub fn read(&mut self, name: &str, kind: FileKind, file: &mut dyn BufRead) {
        match kind {
            FileKind::Yaml => yaml::read(name, file, &mut self.gathering),
            FileKind::Jsonl => jsonl::read(name, file, &mut self.gathering),
            FileKind::Csv => csv_file::read(name, file, &mut self.gathering),
        }
    }

    /// The entries of all files, by key.
    ///
    /// # Errors
    /// Every fault of every file, in the order in which they were met.
    pub fn finish(self) -> Result<Vec<Imported>, Vec<FileFault>> {
        self.gathering.finish()
    }
}

/// The entries as a file of that kind.
pub fn write(entries: &[Entry], kind: FileKind) -> String {
    match kind {
        FileKind::Yaml => yaml::write(entries),
        FileKind::Jsonl => jsonl::write(entries),
        FileKind::Csv => csv_file::write(entries),
    }
}

#[cfg(test)]
mod tests;
