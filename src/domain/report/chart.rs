//! Numbers as pictures: bars of what came within which time, and a heat map of the week. SVG, with
//! every label also as text for those who do not see it.

use std::fmt::Write as _;

use crate::domain::report::figures::Bands;

/// The fonts that have Vietnamese and Chinese letters, in the order in which they are looked for.
const FONTS: &str =
    "'Noto Sans','Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif";
/// From quick to late: told apart also by those who see no red and green, and in grey.
const BAND_COLOURS: [&str; 4] = ["#1b7f79", "#63b7af", "#f2b84b", "#c8443c"];
const PAPER: &str = "#ffffff";
const INK: &str = "#1f2a2e";
const SOFT: &str = "#5b6b70";
const LINE: &str = "#d9e0e2";
const WIDTH: usize = 900;
const LEFT: usize = 250;
const RIGHT: usize = 170;
const ROW: usize = 30;
const TOP: usize = 94;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is about.
    pub label: String,
    /// How many came within which time.
    pub bands: Bands,
    /// What stands behind it: n, attainment.
    pub note: String,
}

/// Labels of a chart, in the reader's language.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// The heading.
    pub title: String,
    /// Under it: the period and the basis.
    pub under: String,
    /// The bands from quick to late, or the days from Monday.
    pub names: Vec<String>,
}

/// Bars of the shares that came within which time.
pub fn bars(labels: &Labels, bars: &[Bar]) -> String {
    let height = TOP + bars.len() * ROW + 24;
    let mut svg = begin(labels, height);
    let mut x = LEFT;
    for (name, colour) in labels.names.iter().zip(BAND_COLOURS) {
        let _ = write!(
            svg,
            r#"<rect x="{x}" y="66" width="12" height="12" rx="2" fill="{colour}"/>"#
        );
        text(&mut svg, x + 18, 77, 12, SOFT, "start", name);
        x += 40 + width_of(name);
    }
    for (row, bar) in bars.iter().enumerate() {
        let y = TOP + row * ROW;
        text(
            &mut svg,
            LEFT - 12,
            y + 17,
            13,
            INK,
            "end",
            &cut(&bar.label),
        );
        stacked(&mut svg, y + 4, bar);
        text(
            &mut svg,
            WIDTH - RIGHT + 12,
            y + 17,
            12,
            SOFT,
            "start",
            &bar.note,
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn stacked(svg: &mut String, y: usize, bar: &Bar) {
    let counts = [
        bar.bands.within_30_min,
        bar.bands.within_4_h,
        bar.bands.within_24_h,
        bar.bands.later,
    ];
    let whole = WIDTH - LEFT - RIGHT;
    let sum: usize = counts.iter().sum();
    let _ = write!(
        svg,
        r#"<rect x="{LEFT}" y="{y}" width="{whole}" height="18" rx="3" fill="{LINE}"/>"#
    );
    let mut before = 0;
    for (count, colour) in counts.into_iter().zip(BAND_COLOURS) {
        if count == 0 {
            continue;
        }
        // Edges, not widths, are rounded: the parts meet without a gap.
        let (from, to) = (whole * before / sum, whole * (before + count) / sum);
        let x = LEFT + from;
        let _ = write!(
            svg,
            r#"<rect x="{x}" y="{y}" width="{}" height="18" fill="{colour}"/>"#,
            to - from
        );
        before += count;
    }
}

/// One field of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// How dark it is, in percent; `None` where nothing happened.
    pub darkness: Option<i64>,
    /// How many it stands for.
    pub n: usize,
}

/// A heat map of the 168 hours of a week, from Monday 00:00.
pub fn heat_map(labels: &Labels, fields: &[Field]) -> String {
    const CELL: usize = 28;
    let left = 110;
    let mut svg = begin(labels, TOP + 7 * CELL + 34);
    for hour in (0..24).step_by(2) {
        text(
            &mut svg,
            left + hour * CELL + CELL / 2,
            TOP - 6,
            11,
            SOFT,
            "middle",
            &format!("{hour:02}"),
        );
    }
    for (day, name) in labels.names.iter().enumerate().take(7) {
        let y = TOP + day * CELL;
        text(&mut svg, left - 12, y + 18, 13, INK, "end", name);
        for hour in 0..24 {
            let field = fields.get(day * 24 + hour).copied().unwrap_or_default();
            let x = left + hour * CELL;
            let (fill, ink) = shade(field.darkness);
            let _ = write!(
                svg,
                r#"<rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="{fill}"/>"#,
                x + 1,
                y + 1,
                CELL - 2,
                CELL - 2
            );
            if field.n > 0 {
                text(
                    &mut svg,
                    x + CELL / 2,
                    y + 18,
                    10,
                    ink,
                    "middle",
                    &field.n.to_string(),
                );
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// From pale to dark, and what can be read on it.
fn shade(darkness: Option<i64>) -> (String, &'static str) {
    let Some(darkness) = darkness else {
        return ("#f1f4f5".to_owned(), SOFT);
    };
    let darkness = darkness.clamp(0, 100);
    let mix = |pale: i64, dark: i64| pale + (dark - pale) * darkness / 100;
    let (red, green, blue) = (mix(222, 140), mix(238, 30), mix(236, 40));
    let ink = if darkness > 45 { "#ffffff" } else { INK };
    (format!("#{red:02x}{green:02x}{blue:02x}"), ink)
}

fn begin(labels: &Labels, height: usize) -> String {
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="{FONTS}" role="img"><title>{}</title><rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>"#,
        escaped(&labels.title)
    );
    text(&mut svg, 24, 30, 18, INK, "start", &labels.title);
    text(&mut svg, 24, 50, 12, SOFT, "start", &labels.under);
    svg
}

fn text(
    svg: &mut String,
    x: usize,
    y: usize,
    size: usize,
    colour: &str,
    anchor: &str,
    words: &str,
) {
    let _ = write!(
        svg,
        r#"<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{}</text>"#,
        escaped(words)
    );
}

/// About how wide a label is: wide letters are twice as wide.
fn width_of(label: &str) -> usize {
    label
        .chars()
        .map(|c| if c > '\u{2e80}' { 13 } else { 7 })
        .sum()
}

/// A label as long as there is room for it.
fn cut(label: &str) -> String {
    let mut room = LEFT - 30;
    let mut short = String::new();
    for c in label.chars() {
        let width = if c > '\u{2e80}' { 13 } else { 7 };
        if width > room {
            short.push('…');
            break;
        }
        room -= width;
        short.push(c);
    }
    short
}

fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            // What XML does not know.
            c if c.is_control() => text.push('\u{fffd}'),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        Labels {
            title: "Thời gian chờ <b> 等待时间".to_owned(),
            under: "n = 4".to_owned(),
            names: ["≤ 30", "≤ 4 h", "≤ 24 h", "later"]
                .map(str::to_owned)
                .into(),
        }
    }

    #[test]
    fn foreign_words_are_never_markup() {
        let bar = Bar {
            label: "<script>alert(1)</script>\u{0}".to_owned(),
            bands: Bands::default(),
            note: "\"&".to_owned(),
        };
        let svg = bars(&labels(), &[bar]);
        assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains('\u{0}'));
        assert!(svg.contains("Thời gian chờ &lt;b&gt; 等待时间"));
    }

    #[test]
    fn the_parts_of_a_bar_fill_it() {
        let bar = Bar {
            label: "Ben".to_owned(),
            bands: Bands {
                within_30_min: 1,
                within_4_h: 1,
                within_24_h: 0,
                later: 1,
            },
            note: "n = 3".to_owned(),
        };
        let svg = bars(&labels(), &[bar]);
        let parts = svg
            .split("<rect ")
            .filter(|part| part.contains("height=\"18\" fill="));
        let width = |part: &str| -> usize {
            let (_, rest) = part.split_once("width=\"").expect("has one");
            rest.split('"')
                .next()
                .expect("ends")
                .parse()
                .expect("is a number")
        };
        let widths: Vec<usize> = parts.map(width).collect();
        assert_eq!(widths.len(), 3, "one for each that is not empty");
        assert_eq!(widths.iter().sum::<usize>(), WIDTH - LEFT - RIGHT);
    }

    #[test]
    fn a_week_has_a_field_for_each_hour() {
        let fields: Vec<Field> = (0..168)
            .map(|n| Field {
                darkness: (n % 2 == 0).then_some(100),
                n,
            })
            .collect();
        let svg = heat_map(&labels(), &fields);
        assert_eq!(
            svg.matches("rx=\"3\"").count(),
            7.min(labels().names.len()) * 24
        );
        assert!(svg.contains("#8c1e28") && svg.contains("#f1f4f5"));
    }
}
