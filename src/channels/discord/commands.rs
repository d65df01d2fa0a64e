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
    /// Its arguments; none where it has verbs.
    pub arguments: Vec<Argument>,
    /// What it does by a further word, such as `edit`.
    pub verbs: Vec<Verb>,
    /// Whether only the desk's server has it.
    pub desk_only: bool,
}

/// A further word of a command.
#[derive(Clone, Debug)]
pub struct Verb {
    /// The word.
    pub name: String,
    /// What it does, per language, at most 100 characters.
    pub description: Vec<(Lang, String)>,
    /// Its arguments, those that are required first.
    pub arguments: Vec<Argument>,
    /// Whether it opens a form; nothing has happened until that is sent.
    pub opens_form: bool,
}

/// An argument of a command: words.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// What it is, per language, at most 100 characters.
    pub description: Vec<(Lang, String)>,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether what is typed is completed.
    pub is_completed: bool,
    /// The only words that it takes, each as it is shown and as it is sent; any, where there are none.
    pub choices: Vec<(String, String)>,
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
    let verbs = command.verbs.iter().map(|verb| {
        let mut shape = json!({"type": 1, "name": verb.name, "options": options(&verb.arguments)});
        describe(&mut shape, &verb.description);
        shape
    });
    let mut inside = options(&command.arguments);
    inside.extend(verbs);
    let mut shape = json!({"type": 1, "name": command.name, "options": inside});
    describe(&mut shape, &command.description);
    shape
}

fn options(arguments: &[Argument]) -> Vec<Value> {
    let option = |argument: &Argument| {
        let mut option =
            json!({"type": 3, "name": argument.name, "required": argument.is_required});
        if argument.is_completed {
            option["autocomplete"] = json!(true);
        }
        if !argument.choices.is_empty() {
            let choices = argument.choices.iter();
            option["choices"] = choices
                .map(|(shown, sent)| json!({"name": shown, "value": sent}))
                .collect();
        }
        describe(&mut option, &argument.description);
        option
    };
    arguments.iter().map(option).collect()
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
