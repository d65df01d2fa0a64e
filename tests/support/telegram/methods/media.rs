//! Sending of files: uploaded, known by their id, or named by an address.

use serde_json::{Map, Value, json};

use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::state::{State, StoredFile};
use super::Outcome;
use super::place;
use super::sending::{post, set_caption};

const PHOTO_BYTES_MAX: i64 = 10 * 1024 * 1024;

pub fn send(state: &mut State, params: &Params, kind: &str) -> Outcome {
    let place = place::place(state, params)?;
    let file = given_file(state, params, kind)?;
    if kind == "photo" && file.size > PHOTO_BYTES_MAX {
        return Err(Refusal::bad_request("PHOTO_FILE_TOO_BIG"));
    }
    let mut content = content(&file, kind, params.int("duration").unwrap_or(1));
    if kind != "sticker" {
        set_caption(&mut content, params)?;
    }
    post(state, params, place, content)
}

fn given_file(state: &mut State, params: &Params, kind: &str) -> Result<StoredFile, Refusal> {
    let named = params.text(kind);
    let part = named
        .as_deref()
        .and_then(|text| text.strip_prefix("attach://"))
        .unwrap_or(kind);
    if let Some(upload) = params.uploads.get(part) {
        if upload.bytes.is_empty() {
            return Err(Refusal::bad_request("file must be non-empty"));
        }
        let size = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
        return Ok(state.keep_file(kind, &upload.name.clone(), size, upload.bytes.to_vec()));
    }
    let Some(named) = named else {
        return Err(Refusal::bad_request(format!(
            "there is no {kind} in the request"
        )));
    };
    if let Some(known) = state.files.get(&named) {
        if known.kind != kind && kind != "document" {
            return Err(Refusal::bad_request(format!(
                "can't use file of type {} as {kind}",
                known.kind
            )));
        }
        return Ok(known.clone());
    }
    if named.starts_with("http://") || named.starts_with("https://") {
        return Ok(state.keep_file(kind, "from-the-web", 1_000, Vec::new()));
    }
    Err(Refusal::bad_request(
        "wrong remote file identifier specified: can't unserialize it",
    ))
}

/// The content of a message that shows this file; `seconds` where its kind has a length.
pub fn content(file: &StoredFile, kind: &str, seconds: i64) -> Map<String, Value> {
    let mut shown = json!({
        "file_id": file.id,
        "file_unique_id": format!("u-{}", file.id),
        "file_size": file.size,
    });
    match kind {
        "photo" => {
            shown["width"] = json!(800);
            shown["height"] = json!(600);
            shown = json!([shown]);
        }
        "sticker" => {
            for (name, value) in [
                ("type", json!("regular")),
                ("width", json!(512)),
                ("height", json!(512)),
                ("is_animated", json!(false)),
                ("is_video", json!(false)),
                ("emoji", json!(file.name)),
            ] {
                shown[name] = value;
            }
        }
        "voice" | "audio" => {
            shown["duration"] = json!(seconds);
            shown["mime_type"] = json!(if kind == "voice" {
                "audio/ogg"
            } else {
                "audio/mpeg"
            });
        }
        "video" | "animation" => {
            shown["duration"] = json!(seconds);
            shown["width"] = json!(640);
            shown["height"] = json!(480);
            shown["file_name"] = json!(file.name);
        }
        "video_note" => {
            shown["duration"] = json!(seconds);
            shown["length"] = json!(240);
        }
        _ => {
            shown["file_name"] = json!(file.name);
            shown["mime_type"] = json!("application/octet-stream");
        }
    }
    let mut content = Map::from_iter([(kind.to_owned(), shown.clone())]);
    if kind == "animation" {
        // The platform gives old clients the same thing as a document too.
        content.insert("document".into(), shown);
    }
    content
}
