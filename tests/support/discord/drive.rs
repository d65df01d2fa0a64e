//! What people do: write, edit, delete, press, fill in, run a command.
//!
//! Invariant: a person can only do what Discord's own client lets a person do; whatever a forged
//! client could send has `forges` in its name.

use serde_json::{Value, json};

use super::rest::{messages, threads};
use super::state::{DIRECT, Interaction, Message, World};
use super::{Discord, shapes};

/// Something a person is about to write.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub text: String,
    pub reply_to: Option<u64>,
    /// Name, type and size in bytes of each file.
    pub files: Vec<(String, String, u64)>,
    pub stickers: Vec<String>,
}

impl From<&str> for Draft {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

impl Draft {
    pub fn replying_to(mut self, message: u64) -> Self {
        self.reply_to = Some(message);
        self
    }

    pub fn with_file(mut self, name: &str, kind: &str, bytes: u64) -> Self {
        self.files.push((name.to_owned(), kind.to_owned(), bytes));
        self
    }

    pub fn with_sticker(mut self, name: &str) -> Self {
        self.stickers.push(name.to_owned());
        self
    }
}

impl Discord {
    /// A person who shares the given server with the bot.
    pub fn person(&self, name: &str, guild: u64) -> u64 {
        self.shared.act(|world| {
            let user = world.add_user(name, false);
            if let Some(guild) = world.guilds.get_mut(&guild) {
                guild.members.insert(user);
            }
            user
        })
    }

    /// A direct message to the bot; gives its id.
    pub fn writes_direct(&self, user: u64, draft: impl Into<Draft>) -> u64 {
        let channel = self.shared.act(|world| world.direct_channel(user));
        self.writes(user, channel, draft)
    }

    /// A message in a channel, thread or post; gives its id.
    pub fn writes(&self, user: u64, channel: u64, draft: impl Into<Draft>) -> u64 {
        let draft = draft.into();
        self.shared.act(|world| {
            assert!(
                !world.channels[&channel].locked,
                "nobody can write in a locked thread"
            );
            let message = written(world, user, channel, &draft);
            let id = message.id;
            world.written += 1;
            messages::wake_thread(world, channel);
            messages::put(world, message);
            id
        })
    }

    pub fn edits(&self, channel: u64, message: u64, text: &str) {
        self.shared.act(|world| {
            let mut message = world.channels[&channel].messages[&message].clone();
            text.clone_into(&mut message.content);
            message.edited_at_ms = Some(world.now_ms());
            message.mentions = mentioned(world, text);
            messages::replace(world, &message);
        });
    }

    pub fn deletes(&self, channel: u64, message: u64) {
        self.shared.act(|world| {
            let message = world.channels[&channel].messages[&message].clone();
            messages::remove(world, &message);
        });
    }

    /// A moderator deletes a thread, a post or a whole channel.
    pub fn deletes_channel(&self, channel: u64) {
        self.shared.act(|world| threads::delete(world, channel));
    }

    /// Archives or wakes a thread, locks or unlocks it.
    pub fn changes_thread(&self, thread: u64, change: Value) {
        self.shared
            .act(|world| threads::change(world, thread, &change));
    }

    /// Presses a button that the person sees; gives the interaction's id.
    pub fn presses(&self, user: u64, channel: u64, message: u64, custom_id: &str) -> u64 {
        self.shared.act(|world| {
            let hidden = world.ephemeral.iter().find(|one| one.id == message);
            let found = hidden.or_else(|| world.channels[&channel].messages.get(&message));
            let found = found.expect("the message with the button is there");
            let button = buttons(found)
                .into_iter()
                .find(|one| one["custom_id"] == custom_id);
            let button = button.expect("the button is there");
            assert_ne!(
                button["disabled"], true,
                "a disabled button cannot be pressed"
            );
            press(world, user, channel, message, custom_id)
        })
    }

    /// Presses the button with this label.
    pub fn presses_label(&self, user: u64, channel: u64, message: u64, label: &str) -> u64 {
        let custom_id = self.shared.read(|world| {
            let hidden = world.ephemeral.iter().find(|one| one.id == message);
            let found = hidden.or_else(|| world.channels[&channel].messages.get(&message));
            let found = found.expect("the message with the button is there");
            let all = buttons(found);
            let button = all.iter().find(|one| one["label"] == label);
            let button = button.unwrap_or_else(|| panic!("no button {label:?} in {all:?}"));
            button["custom_id"].as_str().unwrap().to_owned()
        });
        self.presses(user, channel, message, &custom_id)
    }

    /// Sends a press of something that is not there.
    pub fn forges_press(&self, user: u64, channel: u64, message: u64, custom_id: &str) -> u64 {
        self.shared
            .act(|world| press(world, user, channel, message, custom_id))
    }

    /// Fills in and submits the modal that an interaction opened.
    pub fn submits(&self, user: u64, interaction: u64, fields: &[(&str, &str)]) -> u64 {
        self.shared.act(|world| {
            let of = &world.interactions[&interaction];
            let (channel, message) = (of.channel, of.message);
            let modal = of.modal.clone().expect("the interaction opened a modal");
            let components = modal["components"].as_array().cloned().unwrap_or_default();
            for (name, _) in fields {
                let known = components
                    .iter()
                    .any(|one| input(one)["custom_id"] == *name);
                assert!(known, "no field {name} in {modal}");
            }
            // Every field comes back, with what stood in it where nobody wrote anything else.
            let inputs = components.iter().map(|component| {
                let input = input(component);
                let typed = fields.iter().find(|(name, _)| input["custom_id"] == *name);
                let value = typed.map_or(input["value"].as_str().unwrap_or_default(), |one| one.1);
                let most = input["max_length"].as_u64().unwrap_or(4_000);
                assert!(
                    value.chars().count() as u64 <= most,
                    "longer than the field"
                );
                let inside =
                    json!({"type": 4, "id": 2, "custom_id": input["custom_id"], "value": value});
                match component["type"].as_u64() {
                    Some(18) => json!({"type": 18, "id": 1, "component": inside}),
                    _ => json!({"type": 1, "id": 1, "components": [inside]}),
                }
            });
            let data = json!({
                "custom_id": modal["custom_id"], "components": inputs.collect::<Vec<_>>(),
            });
            interact(world, user, channel, message, 5, data)
        })
    }

    /// Runs a verb of a slash command: `name` is both, as people type them.
    pub fn runs_verb(&self, user: u64, channel: u64, name: &str, options: &[(&str, &str)]) -> u64 {
        self.shared.act(|world| {
            let data = verb(world, channel, name, options, None);
            interact(world, user, channel, None, 2, data)
        })
    }

    /// Types an argument of a verb: the client asks for what may complete it.
    pub fn types(
        &self,
        user: u64,
        channel: u64,
        name: &str,
        (argument, typed): (&str, &str),
    ) -> u64 {
        self.shared.act(|world| {
            let data = verb(world, channel, name, &[], Some((argument, typed)));
            interact(world, user, channel, None, 4, data)
        })
    }

    /// Runs a slash command that is registered for the place.
    pub fn runs(&self, user: u64, channel: u64, name: &str, options: &[(&str, &str)]) -> u64 {
        self.shared.act(|world| {
            let command = registered(world, channel, name);
            let options: Vec<Value> = options
                .iter()
                .map(|(name, value)| json!({"name": name, "type": 3, "value": value}))
                .collect();
            let data = json!({
                "id": command["id"], "name": name, "type": 1, "options": options,
            });
            interact(world, user, channel, None, 2, data)
        })
    }
}

/// The command of that name that is registered for the place.
fn registered(world: &World, channel: u64, name: &str) -> Value {
    let scopes = [None, world.channels[&channel].guild];
    let mut known = scopes
        .iter()
        .filter_map(|scope| world.commands.get(scope))
        .flatten();
    let command = known.find(|command| command["name"] == name);
    command
        .unwrap_or_else(|| panic!("/{name} is not registered"))
        .clone()
}

/// A verb with its arguments, as the client sends it: only what is registered can be sent, and what
/// is required must be.
fn verb(
    world: &World,
    channel: u64,
    name: &str,
    arguments: &[(&str, &str)],
    typed: Option<(&str, &str)>,
) -> Value {
    let (name, verb) = name.split_once(' ').expect("a command and its verb");
    let command = registered(world, channel, name);
    let named = |list: &Value, name: &str| {
        let all = list.as_array().cloned().unwrap_or_default();
        let found = all.into_iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("{name} is not registered in {list}"))
    };
    let known = named(&command["options"], verb);
    assert_eq!(known["type"], 1, "{verb} is a verb");
    let mut options = Vec::new();
    for (argument, value) in arguments {
        let known = named(&known["options"], argument);
        let choices = known["choices"].as_array();
        let fits = choices.is_none_or(|all| all.iter().any(|one| one["value"] == *value));
        assert!(fits, "{value} is not among the choices of {argument}");
        options.push(json!({"name": argument, "type": 3, "value": value}));
    }
    match typed {
        Some((argument, value)) => {
            let known = named(&known["options"], argument);
            assert_eq!(known["autocomplete"], true, "{argument} is completed");
            options.push(json!({"name": argument, "type": 3, "value": value, "focused": true}));
        }
        None => {
            let all = known["options"].as_array().cloned().unwrap_or_default();
            for required in all.iter().filter(|one| one["required"] == true) {
                let given = options.iter().any(|one| one["name"] == required["name"]);
                assert!(given, "{required} is required");
            }
        }
    }
    json!({
        "id": command["id"], "name": name, "type": 1,
        "options": [{"name": verb, "type": 1, "options": options}],
    })
}

/// The input of a modal's row or label.
fn input(component: &Value) -> &Value {
    match component["type"].as_u64() {
        Some(18) => &component["component"],
        _ => &component["components"][0],
    }
}

fn written(world: &mut World, user: u64, channel: u64, draft: &Draft) -> Message {
    let mut message = world.blank_message(channel, user);
    message.content.clone_from(&draft.text);
    message.mentions = mentioned(world, &draft.text);
    message.reference = draft.reply_to;
    // A reply pings the one replied to, as Discord's client does unless it is switched off.
    let target = draft
        .reply_to
        .and_then(|id| world.channels[&channel].messages.get(&id));
    message.mentions.extend(target.map(|target| target.author));
    for (name, kind, bytes) in &draft.files {
        let id = world.next_id();
        let url = format!("https://cdn.discordapp.com/attachments/{channel}/{id}/{name}");
        message.attachments.push(json!({
            "id": id.to_string(), "filename": name, "content_type": kind, "size": bytes,
            "url": url, "proxy_url": url,
        }));
    }
    for name in &draft.stickers {
        let id = world.next_id().to_string();
        message
            .stickers
            .push(json!({"id": id, "name": name, "format_type": 1}));
    }
    message
}

fn mentioned(world: &World, text: &str) -> std::collections::BTreeSet<u64> {
    let mut users = super::mentions::pings(text, None, None).users;
    users.retain(|user| world.users.contains_key(user));
    users
}

/// The buttons of a message, row by row.
pub fn buttons(message: &Message) -> Vec<Value> {
    let rows = message.components.iter();
    let inside = rows.filter_map(|row| row["components"].as_array());
    inside.flatten().cloned().collect()
}

fn press(world: &mut World, user: u64, channel: u64, message: u64, custom_id: &str) -> u64 {
    let data = json!({"custom_id": custom_id, "component_type": 2, "id": 1});
    interact(world, user, channel, Some(message), 3, data)
}

fn interact(
    world: &mut World,
    user: u64,
    channel: u64,
    message: Option<u64>,
    kind: u8,
    data: Value,
) -> u64 {
    let id = world.next_id();
    let token = format!("aW50ZXJhY3Rpb246{id}");
    let interaction = Interaction {
        id,
        token: token.clone(),
        user,
        channel,
        message,
        at_ms: world.now_ms(),
        kind,
        offered: None,
        answered: None,
        original: None,
        modal: None,
        choices: None,
    };
    world.interactions.insert(id, interaction);
    let place = &world.channels[&channel];
    let direct = place.kind == DIRECT;
    let mut body = json!({
        "id": id.to_string(), "application_id": world.application.id.to_string(), "type": kind,
        "token": token, "version": 1, "channel_id": channel.to_string(), "data": data,
        "channel": shapes::channel(world, place), "locale": world.users[&user].locale,
        "app_permissions": shapes::ALL_PERMISSIONS, "entitlements": [],
        "authorizing_integration_owners": {}, "context": if direct { 1 } else { 0 },
        "attachment_size_limit": 10_485_760,
    });
    if let Some(guild) = place.guild {
        body["guild_id"] = json!(guild.to_string());
        body["guild_locale"] = json!("en-US");
        body["member"] = shapes::member(world, user);
    } else {
        body["user"] = shapes::user(&world.users[&user]);
    }
    let hidden = message.and_then(|id| world.ephemeral.iter().find(|one| one.id == id));
    let found = hidden.or_else(|| place.messages.get(&message?));
    if let Some(found) = found {
        body["message"] = shapes::message(world, found, u64::MAX);
    }
    world.emit("INTERACTION_CREATE", 0, |_, _| body.clone());
    id
}
