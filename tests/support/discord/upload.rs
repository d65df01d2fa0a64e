//! Files that come with a message, by multipart: the message itself is the part `payload_json`,
//! the files are `files[n]`, and the message's `attachments` name them by n.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::rest::Refusal;

/// Where the files are put beside the message's own fields, for [`taken`].
const FILES: &str = "files of the upload";
const FILE_BYTES_MAX: usize = 10 << 20;
const DESCRIPTION_MAX: usize = 1_024;

/// A file, by the number that stands in its part's name.
pub struct File {
    number: u64,
    name: String,
    kind: String,
    bytes: Bytes,
}

/// The message's own bytes and the files that come with it; `None` where the body does not read.
pub async fn read(kind: &str, body: Bytes) -> Option<(Bytes, Vec<File>)> {
    if !kind.starts_with("multipart/form-data") {
        return Some((body, Vec::new()));
    }
    let request = Request::builder()
        .header(CONTENT_TYPE, kind)
        .body(Body::from(body));
    let mut parts = Multipart::from_request(request.ok()?, &()).await.ok()?;
    let (mut payload, mut files) = (Bytes::new(), Vec::new());
    while let Some(part) = parts.next_field().await.ok()? {
        let part_name = part.name()?.to_owned();
        let name = part.file_name().unwrap_or_default().to_owned();
        let kind = part.content_type().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.ok()?;
        if part_name == "payload_json" {
            payload = bytes;
            continue;
        }
        let number = part_name.strip_prefix("files[")?.strip_suffix(']')?;
        files.push(File {
            number: number.parse().ok()?,
            name,
            kind,
            bytes,
        });
    }
    Some((payload, files))
}

/// Puts the files beside the message's fields: a post's first message is one level deeper.
pub fn put(body: &mut Value, files: &[File]) {
    if files.is_empty() {
        return;
    }
    let shown: Vec<Value> = files
        .iter()
        .map(|file| {
            json!({
                "number": file.number, "filename": file.name, "content_type": file.kind,
                "size": file.bytes.len(), "is_png": file.bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            })
        })
        .collect();
    let message = if body["message"].is_object() {
        &mut body["message"]
    } else {
        body
    };
    message[FILES] = Value::Array(shown);
}

/// The attachments of a message: its files with the descriptions that it gives them.
pub fn taken(body: &Value) -> Result<Vec<Value>, Refusal> {
    let files = body[FILES].as_array().cloned().unwrap_or_default();
    let named = body["attachments"].as_array().cloned().unwrap_or_default();
    for one in &named {
        let number = one["id"].as_u64();
        if !files.iter().any(|file| file["number"].as_u64() == number) {
            let message = "Attachment does not exist";
            return Err(Refusal::form("attachments", "INVALID_ATTACHMENT", message));
        }
        let described = one["description"].as_str().unwrap_or_default();
        if described.chars().count() > DESCRIPTION_MAX {
            let message = "Must be 1024 or fewer in length.";
            return Err(Refusal::form(
                "attachments",
                "BASE_TYPE_MAX_LENGTH",
                message,
            ));
        }
    }
    let mut attachments = Vec::new();
    for mut file in files {
        let size = file["size"].as_u64().unwrap_or_default();
        if size > FILE_BYTES_MAX as u64 {
            return Err(Refusal::new(413, 40005, "Request entity too large"));
        }
        let number = file["number"].as_u64();
        let one = named.iter().find(|one| one["id"].as_u64() == number);
        if let Some(one) = one {
            file["description"] = one["description"].clone();
        }
        attachments.push(file);
    }
    Ok(attachments)
}
