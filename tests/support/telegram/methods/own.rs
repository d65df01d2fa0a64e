//! What concerns the bot itself: its account, its commands, its files.

use serde_json::{Value, json};

use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::render;
use super::super::state::{BOT_ID, State};
use super::Outcome;

/// Larger files cannot be fetched through the public Bot API.
const FETCH_BYTES_MAX: i64 = 20 * 1024 * 1024;
const COMMANDS_MAX: usize = 100;

pub fn get_me(state: &mut State) -> Outcome {
    let mut me = render::user(&state.users[&BOT_ID]);
    for (name, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", true),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[name] = json!(value);
    }
    Ok(me)
}

pub fn get_file(state: &mut State, params: &Params) -> Outcome {
    let id = params.text("file_id").unwrap_or_default();
    let Some(file) = state.files.get(&id) else {
        return Err(Refusal::bad_request("invalid file_id"));
    };
    if file.size > FETCH_BYTES_MAX {
        return Err(Refusal::bad_request("file is too big"));
    }
    Ok(json!({
        "file_id": file.id,
        "file_unique_id": format!("u-{}", file.id),
        "file_size": file.size,
        "file_path": format!("{}/{}", file.kind, file.id),
    }))
}

fn scope_and_language(params: &Params) -> Result<(String, String), Refusal> {
    let scope = params
        .json("scope")?
        .unwrap_or_else(|| json!({"type": "default"}));
    let kind = scope["type"].as_str().unwrap_or("default").to_owned();
    let key = match scope["chat_id"].as_i64() {
        Some(chat) => format!("{kind}:{chat}"),
        None => kind,
    };
    let language = params.text("language_code").unwrap_or_default();
    let two_letters = language.len() == 2 && language.chars().all(|c| c.is_ascii_lowercase());
    if !language.is_empty() && !two_letters {
        return Err(Refusal::bad_request("invalid language code specified"));
    }
    Ok((key, language))
}

pub fn set_my_commands(state: &mut State, params: &Params) -> Outcome {
    let key = scope_and_language(params)?;
    let given = params.json("commands")?.unwrap_or(Value::Null);
    let Some(given) = given.as_array().filter(|given| given.len() <= COMMANDS_MAX) else {
        return Err(Refusal::bad_request("can't parse commands"));
    };
    let mut commands = Vec::new();
    for command in given {
        let name = command["command"].as_str().unwrap_or_default();
        let name = name.strip_prefix('/').unwrap_or(name);
        let description = command["description"].as_str().unwrap_or_default().trim();
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || name.len() > 32 || !name.chars().all(letters) {
            return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
        }
        if description.is_empty() || description.chars().count() > 256 {
            return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
        commands.push((name.to_owned(), description.to_owned()));
    }
    state.commands.insert(key, commands);
    Ok(json!(true))
}

pub fn get_my_commands(state: &mut State, params: &Params) -> Outcome {
    let key = scope_and_language(params)?;
    let commands = state.commands.get(&key).cloned().unwrap_or_default();
    let shown = commands
        .iter()
        .map(|(name, description)| json!({"command": name, "description": description}));
    Ok(Value::Array(shown.collect()))
}

pub fn delete_my_commands(state: &mut State, params: &Params) -> Outcome {
    let key = scope_and_language(params)?;
    state.commands.remove(&key);
    Ok(json!(true))
}
