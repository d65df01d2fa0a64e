use super::*;
use jiff::civil::date;

fn file(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn event(lines: &[&str]) -> String {
    format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"))
}

fn one(lines: &[&str]) -> Holiday {
    let mut read = read(&file(&event(lines))).expect("is read");
    assert_eq!(read.len(), 1);
    read.remove(0)
}

fn fault(lines: &[&str]) -> String {
    let faults = read(&file(&event(lines))).expect_err("is refused");
    let texts: Vec<String> = faults.iter().map(IcsFault::to_string).collect();
    texts.join("\n")
}

#[test]
fn a_holiday_of_several_days_ends_before_its_dtend() {
    let tet = one(&[
        "SUMMARY:Tết Nguyên Đán\\, mùng 1 đến mùng",
        "  3",
        "DTSTART;VALUE=DATE:20260217",
        "DTEND;VALUE=DATE:20260220",
        "BEGIN:VALARM",
        "TRIGGER:-P1D",
        "DTSTART:nonsense",
        "END:VALARM",
    ]);
    assert_eq!(tet.name, "Tết Nguyên Đán, mùng 1 đến mùng 3");
    let falls = |day| tet.falls_on(date(2026, 2, day));
    assert_eq!(
        [16, 17, 18, 19, 20].map(falls),
        [false, true, true, true, false]
    );
    assert!(!tet.falls_on(date(2027, 2, 17)), "it comes once");
}

#[test]
fn yearly_holidays_come_every_year_within_their_bounds() {
    let labour = one(&[
        "DTSTART:20240501",
        "RRULE:FREQ=YEARLY;UNTIL=20260501T000000Z",
    ]);
    let years = |year| labour.falls_on(date(year, 5, 1));
    assert_eq!(
        [2023, 2024, 2025, 2026, 2027].map(years),
        [false, true, true, true, false]
    );
    let thanks = one(&[
        "DTSTART;VALUE=DATE:20241128",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2",
    ]);
    assert!(thanks.falls_on(date(2024, 11, 28)) && thanks.falls_on(date(2025, 11, 27)));
    assert!(!thanks.falls_on(date(2026, 11, 26)), "it comes twice");
    let memorial = one(&["DTSTART:20240527", "RRULE:FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5"]);
    assert!(memorial.falls_on(date(2026, 5, 25)));
    let leap = one(&["DTSTART:20240229", "RRULE:FREQ=YEARLY"]);
    assert!(!leap.falls_on(date(2025, 2, 28)) && leap.falls_on(date(2028, 2, 29)));
    let eve = one(&[
        "DTSTART:20241230",
        "DURATION:P4D",
        "RRULE:FREQ=YEARLY",
        "EXDATE:20251230",
    ]);
    assert!(eve.falls_on(date(2025, 1, 2)), "it lasts into the new year");
    assert!(!eve.falls_on(date(2025, 12, 31)) && eve.falls_on(date(2026, 12, 31)));
    let olympic = one(&["DTSTART:20240101", "RRULE:FREQ=YEARLY;INTERVAL=4"]);
    assert!(!olympic.falls_on(date(2026, 1, 1)) && olympic.falls_on(date(2028, 1, 1)));
}

#[test]
fn what_is_not_understood_is_named_with_its_line() {
    assert_eq!(
        fault(&[
            "SUMMARY:Meeting",
            "DTSTART;TZID=Europe/Paris:20260501T093000"
        ]),
        "line 5: 20260501T093000 is a time of day; holidays are events of whole days, such as DTSTART;VALUE=DATE:20261225"
    );
    assert!(fault(&["DTSTART:20260230"]).starts_with("line 4: 20260230 is no day"));
    assert!(fault(&["SUMMARY:Someday"]).contains("no DTSTART"));
    assert!(fault(&["DTSTART:20260501", "DTEND:20260501"]).contains("lasts 0 days"));
    assert!(fault(&["DTSTART:20260501", "DTEND:20261001"]).contains("lasts 153 days"));
    assert!(
        fault(&["DTSTART:20260501", "RRULE:FREQ=WEEKLY"])
            .contains("line 5: the RRULE part FREQ=WEEKLY")
    );
    assert!(fault(&["DTSTART:20260501", "RRULE:FREQ=YEARLY;BYSETPOS=1"]).contains("BYSETPOS"));
    assert!(fault(&["DTSTART:20260501", "RRULE:FREQ=YEARLY;BYMONTHDAY=2"]).contains("another day"));
    assert!(fault(&["DTSTART:20260501", "RDATE:20260601"]).contains("RDATE"));
    let faults = read("Date,Name\n2026-05-01,Labour\n").expect_err("is refused");
    assert!(faults[0].to_string().contains("BEGIN:VCALENDAR"));
    assert!(read("").is_err() && read(&file("")).is_err());
    assert!(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260501\n").is_err());
}

#[test]
fn a_cancelled_event_is_no_holiday() {
    let events = event(&["DTSTART:20260501", "STATUS:CANCELLED"]) + &event(&["DTSTART:20260902"]);
    let read = read(&file(&events)).expect("is read");
    assert_eq!(read, [Holiday::once("", date(2026, 9, 2))]);
}
