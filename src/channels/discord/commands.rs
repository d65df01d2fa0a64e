//! The slash commands, written over as a whole at every start: doing it again changes nothing.

use serde_json::{Map, Value, json};
use serenity::http::Route;
use serenity::model::id::{ApplicationId, ChannelId, GuildId};

use super::fault::Fault;
use super::{Discord, ids};
use crate::domain::lang::Lang;

/// A command as Discord shows it. Its words come from `prompts/`.
#[derive(Clone, Debug)]
pub struct Command {
    /// Without the slash.
    pub name: String,
    /// What it does, per language, at most 100 characters; English is the fallback.
    pub description: Vec<(Lang, String)>,
    /// Its one optional argument, as name and description per language.
    pub argument: Option<(String, Vec<(Lang, String)>)>,
    /// Whether only the desk's server has it.
    pub desk_only: bool,
}

/// Registers the commands.
pub async fn register(discord: &Discord, application: u64) -> Result<(), Fault> {
    let application_id = ApplicationId::new(application);
    let all = &discord.commands;
    let list = |desk_only: bool| {
        let mine = all.iter().filter(|command| command.desk_only == desk_only);
        Value::Array(mine.map(shape).collect())
    };
    let route = Route::Commands { application_id };
    discord.rest.put(route, Some(&list(false))).await?;
    let Some(forum) = discord.staff_forum else {
        return Ok(());
    };
    let channel = Route::Channel {
        channel_id: ChannelId::new(forum),
    };
    let channel = discord.rest.get(channel).await?;
    if let Some(guild) = channel["guild_id"].as_str().and_then(ids::parse) {
        let guild_id = GuildId::new(guild);
        let route = Route::GuildCommands {
            application_id,
            guild_id,
        };
        discord.rest.put(route, Some(&list(true))).await?;
    }
    Ok(())
}

fn shape(command: &Command) -> Value {
    let mut shape = json!({"type": 1, "name": command.name, "options": []});
    describe(&mut shape, &command.description);
    if let Some((name, description)) = &command.argument {
        let mut option = json!({"type": 3, "name": name, "required": false});
        describe(&mut option, description);
        shape["options"] = json!([option]);
    }
    shape
}

fn describe(shape: &mut Value, texts: &[(Lang, String)]) {
    let mut others = Map::new();
    for (lang, text) in texts {
        match lang {
            Lang::En => shape["description"] = json!(text),
            Lang::Vi => drop(others.insert("vi".to_owned(), json!(text))),
            Lang::Zh => drop(others.insert("zh-CN".to_owned(), json!(text))),
        }
    }
    shape["description_localizations"] = Value::Object(others);
}
