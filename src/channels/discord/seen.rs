//! What Discord sends, read as leniently as it can be: only what we use has to be there.
//!
//! serenity drops an event whose newest field it does not know; whatever it could not read comes
//! through here all the same, from its JSON.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::ids;

/// A message, from an event or from the history.
#[derive(Debug, Deserialize)]
pub struct SeenMessage {
    pub id: String,
    pub channel_id: String,
    pub author: Author,
    #[serde(default, deserialize_with = "or_default")]
    pub content: String,
    #[serde(default)]
    pub member: Option<Membership>,
    #[serde(default, deserialize_with = "or_default")]
    pub attachments: Vec<Attachment>,
    #[serde(default, deserialize_with = "or_default")]
    pub sticker_items: Vec<Sticker>,
    #[serde(default, deserialize_with = "or_default")]
    pub message_snapshots: Vec<Snapshot>,
    #[serde(default)]
    pub poll: Option<Value>,
    #[serde(default, deserialize_with = "or_default", rename = "type")]
    pub kind: u64,
    #[serde(default)]
    pub nonce: Option<Value>,
    #[serde(default)]
    pub message_reference: Option<Reference>,
    #[serde(default)]
    pub edited_timestamp: Option<String>,
    #[serde(default)]
    pub webhook_id: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Author {
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub username: String,
    #[serde(default)]
    pub global_name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub bot: bool,
}

#[derive(Debug, Default, Deserialize)]
pub struct Membership {
    #[serde(default)]
    pub nick: Option<String>,
    #[serde(default)]
    pub user: Option<Author>,
}

#[derive(Debug, Deserialize)]
pub struct Attachment {
    #[serde(default, deserialize_with = "or_default")]
    pub filename: String,
    #[serde(default, deserialize_with = "or_default")]
    pub url: String,
    #[serde(default, deserialize_with = "or_default")]
    pub size: u64,
    #[serde(default)]
    pub content_type: Option<String>,
    #[serde(default)]
    pub duration_secs: Option<f64>,
    #[serde(default)]
    pub waveform: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Sticker {
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// A forwarded message.
#[derive(Debug, Deserialize)]
pub struct Snapshot {
    #[serde(default, deserialize_with = "or_default")]
    pub message: SnapshotMessage,
}

#[derive(Debug, Default, Deserialize)]
pub struct SnapshotMessage {
    #[serde(default, deserialize_with = "or_default")]
    pub content: String,
    #[serde(default, deserialize_with = "or_default")]
    pub attachments: Vec<Attachment>,
}

#[derive(Debug, Deserialize)]
pub struct Reference {
    #[serde(default, deserialize_with = "or_default", rename = "type")]
    pub kind: u64,
    #[serde(default)]
    pub message_id: Option<String>,
}

/// A press, a form or a command.
#[derive(Debug, Deserialize)]
pub struct SeenInteraction {
    pub id: String,
    pub application_id: String,
    pub token: String,
    pub channel_id: String,
    #[serde(default)]
    pub user: Option<Author>,
    #[serde(default)]
    pub member: Option<Membership>,
    #[serde(default, deserialize_with = "or_default")]
    pub locale: String,
    #[serde(default)]
    pub message: Option<MessageId>,
    #[serde(default, deserialize_with = "or_default")]
    pub data: InteractionBody,
}

#[derive(Debug, Deserialize)]
pub struct MessageId {
    pub id: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct InteractionBody {
    #[serde(default, deserialize_with = "or_default")]
    pub custom_id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub options: Vec<CommandOption>,
    #[serde(default)]
    pub components: Value,
}

#[derive(Debug, Deserialize)]
pub struct CommandOption {
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    #[serde(default)]
    pub value: Value,
    /// Whether it is being typed.
    #[serde(default, deserialize_with = "or_default")]
    pub focused: bool,
    /// The arguments of a verb; an argument has none.
    #[serde(default)]
    pub options: Option<Vec<CommandOption>>,
}

/// serenity writes what was absent as `null`.
fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(from).map(Option::unwrap_or_default)
}

impl SeenMessage {
    /// The message, if it can be read at all.
    pub fn read(value: &Value) -> Result<SeenMessage, String> {
        let message = SeenMessage::deserialize(value).map_err(|error| error.to_string())?;
        let sound = [&message.id, &message.channel_id, &message.author.id];
        if sound.iter().all(|id| ids::parse(id).is_some()) {
            return Ok(message);
        }
        Err("an id is not a snowflake".to_owned())
    }
}

impl SeenInteraction {
    /// The interaction, if it can be read at all.
    pub fn read(value: &Value) -> Result<SeenInteraction, String> {
        let seen = SeenInteraction::deserialize(value).map_err(|error| error.to_string())?;
        let sound = [&seen.id, &seen.channel_id, &seen.application_id];
        if sound.iter().all(|id| ids::parse(id).is_some()) {
            return Ok(seen);
        }
        Err("an id is not a snowflake".to_owned())
    }

    /// Who did it; in a server Discord tells it through the membership.
    pub fn author(&self) -> Option<&Author> {
        let member = self.member.as_ref().and_then(|member| member.user.as_ref());
        member.or(self.user.as_ref())
    }

    /// The words of the form's first field.
    pub fn form_text(&self) -> Option<String> {
        first_value(&self.data.components)
    }

    /// The fields of a form, by their names.
    pub fn form_fields(&self) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        gather(&self.data.components, &mut fields);
        fields
    }

    /// The command's verb, with its arguments; `None` for a command without verbs.
    pub fn verb(&self) -> Option<(&str, &[CommandOption])> {
        let [verb] = self.data.options.as_slice() else {
            return None;
        };
        Some((&verb.name, verb.options.as_ref()?))
    }

    /// The command's options, as somebody would have typed them: a verb, then the language that it
    /// is about, then the rest.
    pub fn command_rest(&self) -> String {
        let (verb, options) = match self.verb() {
            Some((verb, options)) => (Some(verb.to_owned()), options),
            None => (None, self.data.options.as_slice()),
        };
        let mut options: Vec<&CommandOption> = options.iter().collect();
        options.sort_by_key(|option| option.name != "language");
        let words = options.iter().map(|option| option.words());
        let words: Vec<String> = verb.into_iter().chain(words).collect();
        words.join(" ").trim().to_owned()
    }
}

impl CommandOption {
    /// What was typed.
    pub fn words(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}

/// Every field with a name and a value in there.
fn gather(components: &Value, fields: &mut BTreeMap<String, String>) {
    match components {
        Value::Array(list) => list.iter().for_each(|inside| gather(inside, fields)),
        Value::Object(of) => {
            let text = |name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
            if let (Some(name), Some(value)) = (text("custom_id"), text("value")) {
                fields.insert(name, value);
            }
            for below in ["components", "component"] {
                gather(of.get(below).unwrap_or(&Value::Null), fields);
            }
        }
        _ => {}
    }
}

/// Fields stand in rows, or in labels of their own; the words are the first `value` in there.
fn first_value(components: &Value) -> Option<String> {
    match components {
        Value::Array(list) => list.iter().find_map(first_value),
        Value::Object(fields) => {
            let own = fields
                .get("value")
                .and_then(Value::as_str)
                .map(str::to_owned);
            let below = ["components", "component"];
            own.or_else(|| {
                let mut inside = below.iter().filter_map(|name| fields.get(*name));
                inside.find_map(first_value)
            })
        }
        _ => None,
    }
}
