//! What people send besides text.

use serde_json::{Map, json};

use super::methods::media;
use super::people::At;

impl At {
    /// Sends a file of this kind; `seconds` where the kind has a length.
    pub fn sends_file(
        &self,
        kind: &str,
        name: &str,
        size: i64,
        seconds: i64,
        caption: &str,
    ) -> i64 {
        let mut content = self.fake.change(|state| {
            let file = state.keep_file(kind, name, size, Vec::new());
            media::content(&file, kind, seconds)
        });
        if !caption.is_empty() {
            content.insert("caption".into(), json!(caption));
        }
        self.sends(content, None)
    }

    pub fn sends_photo(&self, caption: &str) -> i64 {
        self.sends_file("photo", "photo.jpg", 90_000, 0, caption)
    }

    pub fn sends_document(&self, name: &str, size: i64) -> i64 {
        self.sends_file("document", name, size, 0, "")
    }

    pub fn sends_voice(&self, seconds: i64) -> i64 {
        self.sends_file("voice", "voice.ogg", 30_000, seconds, "")
    }

    pub fn sends_sticker(&self, emoji: &str) -> i64 {
        self.sends_file("sticker", emoji, 20_000, 0, "")
    }

    pub fn sends_location(&self, latitude: f64, longitude: f64) -> i64 {
        let location = json!({"latitude": latitude, "longitude": longitude});
        self.sends(Map::from_iter([("location".to_owned(), location)]), None)
    }

    pub fn sends_contact(&self, name: &str, phone: &str) -> i64 {
        let contact = json!({"first_name": name, "phone_number": phone});
        self.sends(Map::from_iter([("contact".to_owned(), contact)]), None)
    }

    /// Sends an album: that many photos, each a message of its own; the caption is on the first.
    pub fn sends_album(&self, photos: usize, caption: &str) -> Vec<i64> {
        let group = self
            .fake
            .change(|state| format!("album-{}", state.number()));
        let ids = (0..photos).map(|number| {
            let mut content = self.fake.change(|state| {
                let file = state.keep_file("photo", "photo.jpg", 90_000, Vec::new());
                media::content(&file, "photo", 0)
            });
            content.insert("media_group_id".into(), json!(group));
            if number == 0 && !caption.is_empty() {
                content.insert("caption".into(), json!(caption));
            }
            self.sends(content, None)
        });
        ids.collect()
    }
}
