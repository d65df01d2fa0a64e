//! From a body to a message: the checks that every create and edit goes through.
//!
//! Invariant: what Discord refuses is refused here, with the field named.

use serde_json::Value;

use super::Refusal;
use crate::support::discord::mentions;
use crate::support::discord::state::{Message, World};
use crate::support::discord::upload;

/// Code points in a message.
pub const CONTENT_MAX: usize = 2_000;
const ROWS_MAX: usize = 5;
const BUTTONS_IN_ROW_MAX: usize = 5;
const LABEL_MAX: usize = 80;
const CUSTOM_ID_MAX: usize = 100;
const EMBEDS_MAX: usize = 10;
const NONCE_MAX: usize = 25;

/// Flags that a client may set: suppressed embeds, ephemeral, silent.
const SETTABLE_FLAGS: u64 = 1 << 2 | 1 << 6 | 1 << 12;

/// Puts the body's fields into the message, and notes whom it pings.
pub fn apply(
    world: &mut World,
    message: &mut Message,
    body: &Value,
    by_edit: bool,
) -> Result<(), Refusal> {
    check(body)?;
    if let Some(content) = body["content"].as_str() {
        content.clone_into(&mut message.content);
    } else if body.get("content").is_some_and(Value::is_null) {
        message.content.clear();
    }
    for (name, list) in [
        ("components", &mut message.components),
        ("embeds", &mut message.embeds),
    ] {
        if let Some(given) = body[name].as_array() {
            given.clone_into(list);
        }
    }
    if !by_edit {
        let files = upload::taken(body)?;
        message
            .attachments
            .extend(files.into_iter().map(|mut file| {
                let id = world.next_id();
                let name = file["filename"].as_str().unwrap_or_default();
                let url = format!(
                    "https://cdn.discordapp.com/attachments/{}/{id}/{name}",
                    message.channel
                );
                file["id"] = Value::from(id.to_string());
                file["url"] = Value::from(url);
                file
            }));
    }
    if let Some(flags) = body["flags"].as_u64() {
        message.flags = flags & SETTABLE_FLAGS;
    }
    let empty = message.content.trim().is_empty()
        && message.embeds.is_empty()
        && message.attachments.is_empty()
        && message.stickers.is_empty();
    if empty {
        return Err(Refusal::new(400, 50006, "Cannot send an empty message"));
    }
    note_pings(world, message, body, by_edit);
    Ok(())
}

fn note_pings(world: &mut World, message: &mut Message, body: &Value, by_edit: bool) {
    let place = world.channels.get(&message.channel);
    let replied = message
        .reference
        .and_then(|id| place?.messages.get(&id))
        .map(|target| target.author);
    let allowed = body.get("allowed_mentions");
    let mut pings = mentions::pings(&message.content, allowed, replied);
    pings.users.retain(|user| world.users.contains_key(user));
    pings.message = message.id;
    pings.by_edit = by_edit;
    message.mentions.clone_from(&pings.users);
    world.pings.push(pings);
}

fn too_long(field: &str, max: usize) -> Refusal {
    let message = format!("Must be {max} or fewer in length.");
    Refusal::form(field, "BASE_TYPE_MAX_LENGTH", &message)
}

fn check(body: &Value) -> Result<(), Refusal> {
    match &body["content"] {
        Value::Null => {}
        Value::String(text) if text.chars().count() > CONTENT_MAX => {
            return Err(too_long("content", CONTENT_MAX));
        }
        Value::String(_) => {}
        _ => {
            return Err(Refusal::form(
                "content",
                "STRING_TYPE_CONVERT",
                "Not a string",
            ));
        }
    }
    if let Some(nonce) = body["nonce"].as_str()
        && nonce.chars().count() > NONCE_MAX
    {
        return Err(too_long("nonce", NONCE_MAX));
    }
    if body["embeds"]
        .as_array()
        .is_some_and(|list| list.len() > EMBEDS_MAX)
    {
        return Err(too_long("embeds", EMBEDS_MAX));
    }
    check_allowed_mentions(&body["allowed_mentions"])?;
    check_components(&body["components"])
}

fn check_allowed_mentions(allowed: &Value) -> Result<(), Refusal> {
    let kinds = ["users", "roles", "everyone"];
    let parse = allowed["parse"].as_array().cloned().unwrap_or_default();
    let known = |entry: &Value| entry.as_str().is_some_and(|kind| kinds.contains(&kind));
    if !parse.iter().all(known) {
        let message = "Value must be one of ('everyone', 'users', 'roles').";
        return Err(Refusal::form(
            "allowed_mentions.parse",
            "BASE_TYPE_CHOICES",
            message,
        ));
    }
    for kind in ["users", "roles"] {
        let listed = allowed[kind]
            .as_array()
            .is_some_and(|list| !list.is_empty());
        if listed && parse.iter().any(|entry| entry == kind) {
            let message = "parse and a list of ids are mutually exclusive";
            return Err(Refusal::form(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS",
                message,
            ));
        }
    }
    Ok(())
}

fn check_components(components: &Value) -> Result<(), Refusal> {
    let rows = match components {
        Value::Null => return Ok(()),
        Value::Array(rows) => rows,
        _ => {
            return Err(Refusal::form(
                "components",
                "LIST_TYPE_CONVERT",
                "Not a list",
            ));
        }
    };
    if rows.len() > ROWS_MAX {
        return Err(Refusal::form(
            "components",
            "BASE_TYPE_BAD_LENGTH",
            "Must be 1 to 5",
        ));
    }
    let mut seen = Vec::new();
    for row in rows {
        let inside = row["components"].as_array().map_or(&[][..], Vec::as_slice);
        if row["type"] != 1 || inside.is_empty() || inside.len() > BUTTONS_IN_ROW_MAX {
            let message = "Must be a row of 1 to 5 components.";
            return Err(Refusal::form("components", "BASE_TYPE_BAD_LENGTH", message));
        }
        for component in inside {
            check_component(component, &mut seen)?;
        }
    }
    Ok(())
}

fn check_component(component: &Value, seen: &mut Vec<String>) -> Result<(), Refusal> {
    let wrong = |code: &str, message: &str| Err(Refusal::form("components", code, message));
    let label = component["label"].as_str().unwrap_or_default();
    if label.chars().count() > LABEL_MAX {
        return Err(too_long("components.label", LABEL_MAX));
    }
    let custom_id = component["custom_id"].as_str();
    if component["type"] == 2 {
        if label.is_empty() && component["emoji"].is_null() {
            return wrong(
                "BUTTON_COMPONENT_INVALID",
                "A button needs a label or an emoji",
            );
        }
        if component["style"] == 5 {
            let url = component["url"].as_str().unwrap_or_default();
            let fits = ["https://", "http://", "discord://"];
            if custom_id.is_some() || !fits.iter().any(|scheme| url.starts_with(scheme)) {
                return wrong(
                    "BUTTON_COMPONENT_INVALID_URL",
                    "Scheme must be http or https",
                );
            }
            return Ok(());
        }
        if !(1..=4).contains(&component["style"].as_u64().unwrap_or(0)) {
            return wrong(
                "BASE_TYPE_CHOICES",
                "Value must be one of (1, 2, 3, 4, 5, 6).",
            );
        }
    }
    let Some(custom_id) = custom_id.filter(|id| !id.is_empty()) else {
        return wrong("BASE_TYPE_REQUIRED", "A custom id required");
    };
    if custom_id.chars().count() > CUSTOM_ID_MAX {
        return Err(too_long("components.custom_id", CUSTOM_ID_MAX));
    }
    if seen.iter().any(|other| other == custom_id) {
        let message = "Component custom id cannot be duplicated";
        return wrong("COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    seen.push(custom_id.to_owned());
    Ok(())
}

/// A modal's own limits.
pub fn check_modal(data: &Value) -> Result<(), Refusal> {
    let title = data["title"].as_str().unwrap_or_default();
    if !(1..=45).contains(&title.chars().count()) {
        return Err(Refusal::form(
            "title",
            "BASE_TYPE_BAD_LENGTH",
            "Must be 1 to 45",
        ));
    }
    let custom_id = data["custom_id"].as_str().unwrap_or_default();
    if !(1..=CUSTOM_ID_MAX).contains(&custom_id.chars().count()) {
        return Err(Refusal::form(
            "custom_id",
            "BASE_TYPE_BAD_LENGTH",
            "Must be 1 to 100",
        ));
    }
    let rows = data["components"].as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() || rows.len() > ROWS_MAX {
        return Err(Refusal::form(
            "components",
            "BASE_TYPE_BAD_LENGTH",
            "Must be 1 to 5",
        ));
    }
    let mut seen = Vec::new();
    for row in rows {
        // A row with a text input, or a label around one.
        let input = match row["type"].as_u64() {
            Some(18) => &row["component"],
            _ => &row["components"][0],
        };
        let label = match row["type"].as_u64() {
            Some(18) => row["label"].as_str(),
            _ => input["label"].as_str(),
        };
        let label = label.unwrap_or_default();
        if input["type"] != 4 || !(1..=45).contains(&label.chars().count()) {
            return Err(Refusal::form(
                "components",
                "BASE_TYPE_BAD_LENGTH",
                "label: 1 to 45",
            ));
        }
        check_component(input, &mut seen)?;
        check_input(row, input)?;
    }
    Ok(())
}

/// A text input's own limits.
fn check_input(around: &Value, input: &Value) -> Result<(), Refusal> {
    const TEXT_MAX: u64 = 4_000;
    const DESCRIPTION_MAX: usize = 100;
    if !(1..=2).contains(&input["style"].as_u64().unwrap_or(0)) {
        let words = "Value must be one of (1, 2).";
        return Err(Refusal::form(
            "components.style",
            "BASE_TYPE_CHOICES",
            words,
        ));
    }
    let most = input["max_length"].as_u64().unwrap_or(TEXT_MAX);
    if !(1..=TEXT_MAX).contains(&most) {
        let words = "int value should be between 1 and 4000";
        return Err(Refusal::form(
            "components.max_length",
            "NUMBER_TYPE_MAX",
            words,
        ));
    }
    let value = input["value"].as_str().unwrap_or_default();
    if value.chars().count() as u64 > most {
        return Err(too_long("components.value", TEXT_MAX as usize));
    }
    let described = around["description"].as_str().unwrap_or_default();
    if described.chars().count() > DESCRIPTION_MAX {
        return Err(too_long("components.description", DESCRIPTION_MAX));
    }
    let hint = input["placeholder"].as_str().unwrap_or_default();
    if hint.chars().count() > DESCRIPTION_MAX {
        return Err(too_long("components.placeholder", DESCRIPTION_MAX));
    }
    // A label names its input; only in a row the input has a name of its own.
    if around["type"] == 18 && !input["label"].is_null() {
        let words = "label is not allowed here";
        return Err(Refusal::form(
            "components.label",
            "COMPONENT_INVALID",
            words,
        ));
    }
    Ok(())
}

/// What may be offered for what is being typed.
pub fn check_choices(data: &Value) -> Result<(), Refusal> {
    const CHOICES_MAX: usize = 25;
    const CHOICE_MAX: usize = 100;
    let choices = data["choices"].as_array().map_or(&[][..], Vec::as_slice);
    if choices.len() > CHOICES_MAX {
        return Err(too_long("choices", CHOICES_MAX));
    }
    for choice in choices {
        for part in ["name", "value"] {
            let length = choice[part].as_str().unwrap_or_default().chars().count();
            if !(1..=CHOICE_MAX).contains(&length) {
                let words = "Must be between 1 and 100 in length.";
                return Err(Refusal::form("choices", "BASE_TYPE_BAD_LENGTH", words));
            }
        }
    }
    Ok(())
}
