//! Our charts as PNG, with the letters that they need: Latin with Vietnamese, and Chinese.
//!
//! The fonts are part of the program and are read where they lie: they cost memory only while a
//! picture is drawn. A letter that neither has becomes a question mark and is told in the log,
//! rather than being left out in silence.

use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree};
use resvg::{render, tiny_skia};
use skrifa::{FontRef, MetadataProvider};

static LATIN: &[u8] = include_bytes!("fonts/NotoSans.ttf");
static CHINESE: &[u8] = include_bytes!("fonts/NotoSansSC.otf");
/// The family of the Latin font, which others stand in for.
const FAMILY: &str = "Noto Sans";
/// How many points of the picture a point of the chart is on each side: sharp on a good screen.
const SCALE: f32 = 2.0;
/// What stands for a letter that no font has.
const UNKNOWN: char = '?';

/// Why a picture was not drawn.
#[derive(Debug, thiserror::Error)]
#[error("the picture could not be drawn: {0}")]
pub struct NotDrawn(String);

/// Draws a chart of ours.
pub fn png(svg: &str) -> Result<Vec<u8>, NotDrawn> {
    let mut fonts = Database::new();
    for font in [LATIN, CHINESE] {
        fonts.load_font_source(Source::Binary(Arc::new(font)));
    }
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    let tree = Tree::from_str(&known_letters(svg), &options);
    let tree = tree.map_err(|error| NotDrawn(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(SCALE);
    let canvas = size.and_then(|size| tiny_skia::Pixmap::new(size.width(), size.height()));
    let mut canvas = canvas.ok_or_else(|| NotDrawn("it has no size".to_owned()))?;
    let transform = tiny_skia::Transform::from_scale(SCALE, SCALE);
    render(&tree, transform, &mut canvas.as_mut());
    canvas
        .encode_png()
        .map_err(|error| NotDrawn(error.to_string()))
}

/// The chart with a question mark for each letter that no font has. What is not ASCII in it is
/// words: its markup is ours.
fn known_letters(svg: &str) -> String {
    let unknown = missing(svg);
    if unknown.is_empty() {
        return svg.to_owned();
    }
    tracing::warn!(
        letters = unknown.len(),
        "a picture's words have letters that its fonts have not"
    );
    let known = |c: char| if unknown.contains(&c) { UNKNOWN } else { c };
    svg.chars().map(known).collect()
}

/// The letters of a text that would not be drawn, each once.
pub fn missing(text: &str) -> Vec<char> {
    let fonts: Vec<FontRef<'_>> = [LATIN, CHINESE]
        .into_iter()
        .filter_map(|font| FontRef::new(font).ok())
        .collect();
    let has = |c: char| fonts.iter().any(|font| font.charmap().map(c).is_some());
    let mut letters: Vec<char> = text
        .chars()
        .filter(|c| !c.is_control() && !c.is_ascii())
        .collect();
    letters.sort_unstable();
    letters.dedup();
    letters.retain(|c| !has(*c));
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::chart::{Bar, Labels, bars};

    fn chart(label: &str) -> String {
        let labels = Labels {
            title: "Chờ nhân viên · 等待人工".to_owned(),
            under: String::new(),
            names: Vec::new(),
        };
        let bar = Bar {
            label: label.to_owned(),
            bands: crate::domain::report::figures::Bands::default(),
            note: String::new(),
        };
        bars(&labels, &[bar])
    }

    #[test]
    fn a_chart_becomes_a_picture_of_twice_its_size() {
        let png = png(&chart("Ben")).expect("is drawn");
        let picture = tiny_skia::Pixmap::decode_png(&png).expect("is a PNG");
        assert_eq!((picture.width(), picture.height()), (1_800, 296));
        assert!(png.len() < 100_000, "{} bytes", png.len());
    }

    /// How many points are not white where the label stands.
    fn ink(label: &str) -> usize {
        let png = png(&chart(label)).expect("is drawn");
        let picture = tiny_skia::Pixmap::decode_png(&png).expect("is a PNG");
        let left = |n: usize| n % 1_800 < 480;
        let below_the_title = |n: usize| n / 1_800 > 160;
        let points = picture.pixels().iter().enumerate();
        points
            .filter(|(n, _)| left(*n) && below_the_title(*n))
            .filter(|(_, point)| point.red() < 200)
            .count()
    }

    #[test]
    fn letters_of_every_language_leave_ink() {
        assert_eq!(ink(""), 0);
        let words = ["Ben", "Nguyễn Thị Hường", "等待人工", "鑫", "Иван", "Ελένη"];
        for word in words {
            let ink = ink(word);
            assert!(ink > 40, "{word}: {ink}");
        }
        assert_eq!(
            ink("\u{16a0}"),
            ink("?"),
            "a letter that no font has is told"
        );
    }

    /// Signs that stand in chat and never in a chart.
    const ONLY_IN_CHAT: [char; 7] = ['⏳', '✓', '⚠', '✗', '🔴', '🔔', '🔕'];

    #[test]
    fn every_letter_of_the_wording_has_a_form() {
        let mut files = 0;
        for lang in ["en", "vi", "zh"] {
            let folder = format!("{}/prompts/{lang}", env!("CARGO_MANIFEST_DIR"));
            for file in std::fs::read_dir(folder).expect("is there") {
                let path = file.expect("is there").path();
                if path.extension().is_none_or(|ending| ending != "ftl") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("is UTF-8");
                let mut unknown = missing(&text);
                unknown.retain(|c| !ONLY_IN_CHAT.contains(c));
                assert_eq!(unknown, Vec::<char>::new(), "{}", path.display());
                for line in text.lines().filter(|line| line.starts_with("report-")) {
                    assert_eq!(missing(line), Vec::<char>::new(), "{line}");
                }
                files += 1;
            }
        }
        assert_eq!(files, 15);
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        assert_eq!(missing("ABC ắ 们 ￥"), Vec::<char>::new());
        assert_eq!(missing("ᚠ a ᚠ 🂡"), vec!['ᚠ', '🂡']);
    }
}
