//! A picture of our own making: small enough to be kept with the row that sends it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A picture to send.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The file's name, such as `report.png`.
    pub name: String,
    /// What it shows, for those who do not see it; at most [`ALT_CHARS_MAX`] characters.
    pub alt: String,
    /// The file, a PNG; empty once it was sent, so that the outbox does not keep it for ever.
    #[serde(with = "as_text")]
    pub png: Vec<u8>,
}

/// What Discord takes of a description.
pub const ALT_CHARS_MAX: usize = 1_024;

impl Picture {
    /// The same without the file: what is kept of a picture that was sent.
    #[must_use]
    pub fn spent(&self) -> Picture {
        Picture {
            png: Vec::new(),
            ..self.clone()
        }
    }
}

/// The file is counted, not shown.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("name", &self.name)
            .field("alt", &self.alt)
            .field("png_bytes", &self.png.len())
            .finish()
    }
}

/// The file as base64, since rows of the outbox are JSON.
mod as_text {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(png: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(png))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_as_it_was_stored() {
        let picture = Picture {
            name: "report.png".to_owned(),
            alt: "Chờ nhân viên".to_owned(),
            png: (0..=255).collect(),
        };
        let stored = serde_json::to_string(&picture).expect("is JSON");
        assert_eq!(
            serde_json::from_str::<Picture>(&stored).expect("reads"),
            picture
        );
        assert!(!format!("{picture:?}").contains("255, "), "{picture:?}");
        assert!(picture.spent().png.is_empty());
    }
}
