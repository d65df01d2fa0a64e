//! One opening of a day: `09:00-17:00`, or `22:00-06:00` into the next.

use std::fmt;

/// Minutes of a day by the clock on the wall.
const DAY_MINUTES: u16 = 24 * 60;

/// From when until when, in minutes after the midnight that its day begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// From `0` to `1439`.
    opens_minute: u16,
    /// Later than it opens, by a day at most: beyond `1440` on the next day.
    closes_minute: u16,
}

impl Opening {
    /// Reads `HH:MM-HH:MM`; `24:00` is the day's end, and a closing that is earlier than the
    /// opening is on the next day. The error says what is wanted.
    pub fn read(text: &str) -> Result<Opening, String> {
        let wanted = || {
            format!(
                "\"{text}\" must be two times with a dash, such as \"09:00-17:30\", or \"22:00-06:00\" into the next day"
            )
        };
        let (opens, closes) = text.split_once(['-', '–']).ok_or_else(wanted)?;
        let opens = minute(opens).filter(|minute| *minute < DAY_MINUTES);
        let opens_minute = opens.ok_or_else(wanted)?;
        let closes_minute = minute(closes).ok_or_else(wanted)?;
        if opens_minute == closes_minute {
            return Err(format!(
                "\"{text}\" opens for no time; for a whole day write \"00:00-24:00\", for a closed one []"
            ));
        }
        let into_next = if closes_minute < opens_minute {
            DAY_MINUTES
        } else {
            0
        };
        Ok(Opening {
            opens_minute,
            closes_minute: closes_minute + into_next,
        })
    }

    /// The minute of its day at which it opens.
    pub fn opens_minute(self) -> u16 {
        self.opens_minute
    }

    /// The minute of its day at which it closes; from 1440 on, of the next day.
    pub fn closes_minute(self) -> u16 {
        self.closes_minute
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let closes = match self.closes_minute {
            minute if minute > DAY_MINUTES => minute - DAY_MINUTES,
            minute => minute,
        };
        write!(f, "{}-{}", clock(self.opens_minute), clock(closes))
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= DAY_MINUTES).then_some(of_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_are_read_and_written() {
        let check = |text: &str, expected: Option<(u16, u16)>| {
            let read = Opening::read(text);
            let minutes = |opening: &Opening| (opening.opens_minute, opening.closes_minute);
            assert_eq!(read.as_ref().ok().map(minutes), expected, "{text}");
        };
        check("09:00-17:30", Some((540, 1_050)));
        check("22:00-06:00", Some((1_320, 1_800)));
        check("00:00-24:00", Some((0, 1_440)));
        check("18:00-24:00", Some((1_080, 1_440)));
        check("09:00 – 12:00", Some((540, 720)));
        check("18:00-00:00", Some((1_080, 1_440)));
        check("09:00-09:00", None);
        check("24:00-25:00", None);
        check("24:00-06:00", None);
        check("9-17", None);
        check("09:60-10:00", None);
        check("+9:00-10:00", None);
        check("", None);
        for text in ["09:00-17:30", "22:00-06:00", "00:00-24:00"] {
            assert_eq!(
                Opening::read(text).map(|o| o.to_string()).as_deref(),
                Ok(text)
            );
        }
    }
}
