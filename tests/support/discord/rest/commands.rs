//! Slash commands: the whole list is written over at once.

use serde_json::{Value, json};

use super::{Asked, Refusal, Reply, id, unknown_route};
use crate::support::discord::shapes;
use crate::support::discord::state::World;

pub fn answer(world: &mut World, asked: &Asked, pieces: &[&str]) -> Reply {
    if id(pieces[0])? != world.application.id {
        return Err(Refusal::new(404, 10002, "Unknown Application"));
    }
    let scope = match &pieces[1..] {
        ["commands"] => None,
        ["guilds", guild, "commands"] => Some(id(guild)?),
        _ => return unknown_route(),
    };
    match asked.method.as_str() {
        "GET" => {
            let known = world.commands.get(&scope).cloned().unwrap_or_default();
            Ok((200, Value::Array(known)))
        }
        "PUT" => overwrite(world, scope, &asked.body),
        _ => unknown_route(),
    }
}

fn overwrite(world: &mut World, scope: Option<u64>, body: &Value) -> Reply {
    let Some(list) = body.as_array() else {
        return Err(Refusal::form(
            "commands",
            "LIST_TYPE_CONVERT",
            "Only iterables may be used",
        ));
    };
    if list.len() > 100 {
        return Err(Refusal::form(
            "commands",
            "BASE_TYPE_MAX_LENGTH",
            "Must be 100 or fewer",
        ));
    }
    for command in list {
        check(command)?;
    }
    let mut written = Vec::new();
    for command in list {
        let mut full = json!({
            "id": world.next_id().to_string(), "type": 1, "options": [], "nsfw": false,
            "application_id": world.application.id.to_string(),
            "version": world.next_id().to_string(), "default_member_permissions": null,
            "integration_types": [0], "contexts": null, "name_localizations": null,
            "description_localizations": null,
        });
        if let Some(guild) = scope {
            full["guild_id"] = json!(guild.to_string());
        }
        shapes::merge(&mut full, command.clone());
        written.push(full);
    }
    world.commands.insert(scope, written.clone());
    Ok((200, Value::Array(written)))
}

fn check(command: &Value) -> Result<(), Refusal> {
    let name = command["name"].as_str().unwrap_or_default();
    let fits = |sign: char| sign.is_lowercase() || sign.is_numeric() || "-_'".contains(sign);
    let long = name.chars().count() > 32;
    if name.is_empty() || long || !name.chars().all(fits) {
        return Err(Refusal::form(
            "name",
            "APPLICATION_COMMAND_INVALID_NAME",
            "Invalid name",
        ));
    }
    let words = command["description"].as_str().unwrap_or_default();
    if command["type"].as_u64().unwrap_or(1) == 1 && !(1..=100).contains(&words.chars().count()) {
        return Err(Refusal::form(
            "description",
            "BASE_TYPE_BAD_LENGTH",
            "Must be 1 to 100",
        ));
    }
    let options = command["options"].as_array().map_or(&[][..], Vec::as_slice);
    check_options(options)
}

/// Verbs or arguments, at most 25 of them; what is required comes first, and what is completed has
/// no fixed choices.
fn check_options(options: &[Value]) -> Result<(), Refusal> {
    let wrong = |code: &str, words: &str| Err(Refusal::form("options", code, words));
    if options.len() > 25 {
        return wrong("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
    }
    let is_verb = |option: &Value| option["type"] == 1;
    if options.iter().any(is_verb) && !options.iter().all(is_verb) {
        let words = "Sub-command and sub-command group option types are mutually exclusive";
        return wrong("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words);
    }
    let mut optional_before = false;
    for option in options {
        check(&serde_json::json!({"name": option["name"], "description": option["description"]}))?;
        if is_verb(option) {
            let inside = option["options"].as_array().map_or(&[][..], Vec::as_slice);
            check_options(inside)?;
            continue;
        }
        let is_required = option["required"] == true;
        if is_required && optional_before {
            let words = "Required options must be placed before non-required options";
            return wrong("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words);
        }
        optional_before |= !is_required;
        let choices = option["choices"].as_array().map_or(0, Vec::len);
        if choices > 25 || (choices > 0 && option["autocomplete"] == true) {
            let words = "Choices: 25 at most, and none where autocomplete is set";
            return wrong("BASE_TYPE_MAX_LENGTH", words);
        }
    }
    Ok(())
}
