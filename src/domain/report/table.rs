//! Rows and columns of a report, and their text as CSV that a spreadsheet cannot be made to run.

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<&'static str>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words, perhaps somebody else's.
    Text(String),
    /// A count, or a length in milliseconds.
    Number(i64),
    /// A share from 0 to 1.
    Share(f64),
    /// Nothing is known.
    Nothing,
}

impl Cell {
    /// A count.
    pub fn count(count: usize) -> Cell {
        Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// What a spreadsheet takes for the beginning of a formula, also in its wide forms.
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

impl Table {
    /// The table as CSV (RFC 4180). Words that a spreadsheet would take for a formula get an
    /// apostrophe before them; line breaks in words become spaces.
    pub fn to_csv(&self) -> String {
        let mut text = self.header.join(",") + "\r\n";
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(csv_cell).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text
    }
}

fn csv_cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) => csv_words(words),
        Cell::Number(number) => number.to_string(),
        Cell::Share(share) => format!("{share:.4}"),
        Cell::Nothing => String::new(),
    }
}

fn csv_words(words: &str) -> String {
    let line = words.replace(['\r', '\n'], " ");
    let guard = if line
        .trim_start_matches([' ', '"'])
        .starts_with(FORMULA_STARTS)
    {
        "'"
    } else {
        ""
    };
    if line.contains([',', '"', ';', '\t']) {
        format!("\"{guard}{}\"", line.replace('"', "\"\""))
    } else {
        format!("{guard}{line}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_never_become_formulas() {
        let check = |words: &str, expected: &str| assert_eq!(csv_words(words), expected);
        check("Ben", "Ben");
        check("Nguyễn, An", "\"Nguyễn, An\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check("=1+1", "'=1+1");
        check("-2", "'-2");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\t=1", "\"'\t=1\"");
        check(" =1", "' =1");
        check("\"=1\"", "\"'\"\"=1\"\"\"");
        check("a\n=1", "a =1");
        check("\r=1", "' =1");
        check("＝1", "'＝1");
    }

    #[test]
    fn the_csv_reads_back_cell_by_cell() {
        let table = Table {
            header: vec!["group", "n", "attainment", "p95_ms"],
            rows: vec![vec![
                Cell::Text("An, \"Ben\"".to_owned()),
                Cell::Number(-3),
                Cell::Share(2.0 / 3.0),
                Cell::Nothing,
            ]],
        };
        let text = table.to_csv();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let row = reader.records().next().expect("a row").expect("reads");
        assert_eq!(row, vec!["An, \"Ben\"", "-3", "0.6667", ""]);
    }
}
