//! Reads Rust source as these rules need it: code without comments and strings, the strings apart,
//! tests left out.

use std::path::{Path, PathBuf};

/// One source file of the program, without its tests.
pub struct Source {
    /// Its path below `src`, with slashes.
    pub path: String,
    /// The code, line by line as in the file, with comments and the insides of strings blanked.
    pub code: String,
    /// The string literals, in order.
    pub strings: Vec<Literal>,
}

/// A string literal.
pub struct Literal {
    /// Its line, from 1.
    pub line: usize,
    /// The byte of `code` at which its opening quote stands.
    pub at: usize,
    /// Its text, escapes as they are written.
    pub text: String,
}

/// The files of `src/` that are not tests, by path.
pub fn program() -> Vec<Source> {
    let root = root().join("src");
    let mut sources: Vec<Source> = files_below(&root, "rs")
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name != "tests.rs"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("source is UTF-8");
            let below = path.strip_prefix(&root).expect("is below");
            Source::read(&below.to_string_lossy().replace('\\', "/"), &text)
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.len() > 50, "the source was found");
    sources
}

/// The folder of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose names end so.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("is readable").path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|end| end == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

impl Source {
    /// Reads one file's text.
    pub fn read(path: &str, text: &str) -> Source {
        let (code, strings) = split(text);
        let end = tests_begin(&code).unwrap_or(code.len());
        Source {
            path: path.to_owned(),
            strings: strings.into_iter().filter(|s| s.at < end).collect(),
            code: code[..end].to_owned(),
        }
    }

    /// The folder or file of `src` that it belongs to: `domain`, `cli`, `main`.
    pub fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// The line, from 1, of a byte of the code.
    pub fn line_of(&self, at: usize) -> usize {
        1 + self.code[..at].matches('\n').count()
    }
}

/// Where a file's unit tests begin: they stand at its end.
fn tests_begin(code: &str) -> Option<usize> {
    code.find("#[cfg(test)]\nmod tests")
}

/// Blanks comments and the insides of strings with spaces, and gives the strings.
fn split(text: &str) -> (String, Vec<Literal>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut strings = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let end = if rest.starts_with("//") {
            at + rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            at + rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string_hashes(text, at) {
            let open = at + 1 + hashes + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let inside = text[open..].find(&close).unwrap_or(text.len() - open);
            strings.push(literal(text, at, open, open + inside));
            blank(&mut code, open, open + inside);
            at = open + inside + close.len();
            continue;
        } else if let Some(behind) = rest.strip_prefix('"') {
            let inside = string_length(behind);
            strings.push(literal(text, at, at + 1, at + 1 + inside));
            blank(&mut code, at + 1, at + 1 + inside);
            at += inside + 2;
            continue;
        } else if let Some(length) = char_literal(rest) {
            at + length
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        blank(&mut code, at, end);
        at = end;
    }
    let code = String::from_utf8(code).expect("blanking replaces whole characters");
    (code, strings)
}

fn literal(text: &str, at: usize, from: usize, to: usize) -> Literal {
    Literal {
        line: 1 + text[..at].matches('\n').count(),
        at,
        text: text[from..to].to_owned(),
    }
}

fn blank(code: &mut [u8], from: usize, to: usize) {
    for byte in &mut code[from..to] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// The number of hashes of a raw string that begins here.
fn raw_string_hashes(text: &str, at: usize) -> Option<usize> {
    let rest = text[at..].strip_prefix('r')?;
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

fn string_length(inside: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    inside.len()
}

/// The length of a character literal that begins here; a lifetime is none.
fn char_literal(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let mut chars = inside.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    let (at, second) = chars.next()?;
    (second == '\'').then_some(1 + at + 1)
}

#[test]
fn source_is_split_into_code_and_strings() {
    let text = "fn a() { // \"no\"\n  let b = \"say \\\"x\\\"\"; /* 'y' */ let c = r#\"raw \"z\"\"#; let d: &'static str = 'e'; }\n#[cfg(test)]\nmod tests { \"t\" }";
    let source = Source::read("domain/x.rs", text);
    let strings: Vec<&str> = source.strings.iter().map(|s| s.text.as_str()).collect();
    assert_eq!(strings, ["say \\\"x\\\"", "raw \"z\""]);
    assert_eq!(source.strings[0].line, 2);
    assert!(source.code.contains("let d: &'static str =") && !source.code.contains("'e'"));
    assert!(!source.code.contains("no") && !source.code.contains("mod tests"));
    assert_eq!(source.module(), "domain");
}
