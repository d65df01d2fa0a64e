//! What runs gave, as medians with ranges, in tables of Markdown.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::bots::work_folder;

/// The values of one row over all rounds.
#[derive(Default)]
pub struct Values {
    values: BTreeMap<&'static str, Vec<f64>>,
    sums: BTreeMap<&'static str, u64>,
}

impl Values {
    /// One round's value.
    pub fn add(&mut self, name: &'static str, value: f64) {
        self.values.entry(name).or_default().push(value);
    }

    /// One round's count.
    pub fn sum(&mut self, name: &'static str, count: u64) {
        *self.sums.entry(name).or_default() += count;
    }

    /// The middle value.
    pub fn median(&self, name: &str) -> Option<f64> {
        let mut values = self.values.get(name)?.clone();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    /// The middle value, written.
    pub fn median_text(&self, name: &str, digits: usize) -> String {
        let median = self.median(name);
        median.map_or_else(|| "–".to_owned(), |median| format!("{median:.digits$}"))
    }

    /// The middle value with the smallest and the largest.
    pub fn spread(&self, name: &str, digits: usize) -> String {
        let Some(median) = self.median(name) else {
            return "–".to_owned();
        };
        let all = &self.values[name];
        let least = all.iter().copied().fold(f64::INFINITY, f64::min);
        let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        format!("{median:.digits$} ({least:.digits$}–{most:.digits$})")
    }

    /// A count over all rounds, written.
    pub fn total(&self, name: &str) -> String {
        self.sums.get(name).copied().unwrap_or_default().to_string()
    }
}

/// A table.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one with these columns.
    pub fn new(head: &[&str]) -> Table {
        Table {
            head: head.iter().map(|&text| text.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// One more row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// As Markdown.
    pub fn text(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule = vec!["---".to_owned(); self.head.len()];
        let rows = self.rows.iter().map(|row| line(row));
        let head = [line(&self.head), line(&rule)];
        head.into_iter().chain(rows).collect()
    }

    /// Prints it with `below`, and keeps it for `benches/run write-up`.
    pub fn publish(&self, name: &str, below: &str) -> Result<()> {
        let text = format!("{}\n{below}", self.text());
        println!("\n{text}");
        let folder = work_folder().join("results");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.md")), text)?;
        Ok(())
    }
}
