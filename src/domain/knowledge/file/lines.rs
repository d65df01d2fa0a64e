//! A file's lines, each checked before it is kept.

use std::io::{BufRead, Read};

/// Longest line, in bytes: an entry with all that the other limits allow has room.
pub const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A line that reads, or why it does not.
pub enum Line {
    /// Its number, from 1, and its text without the end.
    Text(usize, String),
    /// The number of the line at which reading stops, and why.
    Fault(usize, String),
}

/// Reads line by line; ends after the first fault, since what follows cannot be trusted.
pub struct Lines<'a> {
    file: &'a mut dyn BufRead,
    number: usize,
    /// Bytes before the current line.
    offset: u64,
    ended: bool,
}

impl<'a> Lines<'a> {
    /// The lines of a file.
    pub fn of(file: &'a mut dyn BufRead) -> Lines<'a> {
        Lines {
            file,
            number: 0,
            offset: 0,
            ended: false,
        }
    }

    fn fault(&mut self, what: String) -> Option<Line> {
        self.ended = true;
        Some(Line::Fault(self.number, what))
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.ended {
            return None;
        }
        self.number += 1;
        let mut bytes = Vec::new();
        let read = (&mut *self.file)
            .take(LINE_BYTES_MAX as u64 + 1)
            .read_until(b'\n', &mut bytes);
        match read {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => return self.fault(format!("cannot be read further: {error}")),
        }
        if bytes.len() > LINE_BYTES_MAX {
            return self.fault(format!(
                "the line is longer than {} MiB: break it into several entries",
                LINE_BYTES_MAX / (1024 * 1024)
            ));
        }
        let length = bytes.len() as u64;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let place = self.offset + error.utf8_error().valid_up_to() as u64;
                return self.fault(format!(
                    "not UTF-8 at byte {place} of the file: save the file as UTF-8"
                ));
            }
        };
        self.offset += length;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let text = match self.number {
            1 => text.strip_prefix('\u{feff}').unwrap_or(text),
            _ => text,
        };
        Some(Line::Text(self.number, text.to_owned()))
    }
}
