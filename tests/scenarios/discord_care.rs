//! A shop on Discord: customers in direct messages and a support channel, staff in a forum.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;

use crate::support::discord::state::{Message, World};
use crate::support::shop::Shop;

/// The shop, with two agents listed and Ann who asks.
pub struct Care {
    pub shop: Shop,
    pub guild: u64,
    pub lobby: u64,
    pub forum: u64,
    pub ben: u64,
    pub cho: u64,
    pub ann: u64,
}

impl Care {
    /// Open, without the message-content intent: words in rooms are hidden from the bot.
    pub async fn open() -> Care {
        let mut care = Care::closed().await;
        care.opens().await;
        care
    }

    /// Opens; the commands are there.
    pub async fn opens(&mut self) {
        self.shop.opens().await;
        let desk = Some(self.guild);
        let registered = |world: &World| world.commands.contains_key(&desk).then_some(());
        self.shop.discord.wait_for("the commands", registered).await;
    }

    /// Not open yet.
    pub async fn closed() -> Care {
        let shop = Shop::new().await.with_discord();
        let guild = shop.discord.guild("Shop");
        let lobby = shop.discord.text_channel(guild, "help");
        let forum = shop.discord.forum(guild, "desk");
        let shop = shop.with_discord_desk(forum);
        let person = |name: &str| shop.discord.person(name, guild);
        let (ben, cho, ann) = (person("Ben"), person("Cho"), person("Ann"));
        for (name, person) in [("Ben", ben), ("Cho", cho)] {
            let account = (ChannelKind::Discord, person.to_string());
            shop.lists(name, Role::Agent, &[account]).await;
        }
        Care {
            shop,
            guild,
            lobby,
            forum,
            ben,
            cho,
            ann,
        }
    }

    /// Open, with a support channel and the intent to read it.
    pub async fn with_support_channel() -> Care {
        let mut care = Care::closed().await;
        care.shop = care.shop.with_support_channel(care.lobby);
        care.opens().await;
        care
    }

    /// Waits until the bot has told Ann these words in her direct messages.
    pub async fn ann_reads(&self, words: &str) -> Message {
        let ann = self.ann;
        let told = |world: &World| {
            let all = world.told(ann);
            let found = all
                .iter()
                .rev()
                .find(|message| message.content.contains(words));
            found.map(|message| (*message).clone())
        };
        self.shop.discord.wait_for(words, told).await
    }

    /// The one living post there is.
    pub async fn post(&self) -> u64 {
        self.shop.quiet().await;
        self.shop.discord.read(|world| {
            let posts = world.threads_of(self.forum);
            assert_eq!(posts.len(), 1, "one post for one conversation");
            posts[0].id
        })
    }

    /// Waits until these words stand in the post.
    pub async fn in_post(&self, post: u64, words: &str) -> Message {
        let said = |world: &World| {
            let all = world.bot_messages_in(post);
            let found = all
                .iter()
                .rev()
                .find(|message| message.content.contains(words));
            found.map(|message| (*message).clone())
        };
        self.shop.discord.wait_for(words, said).await
    }

    /// What only the presser was told.
    pub async fn whisper(&self, interaction: u64) -> String {
        let said = |world: &World| {
            world
                .whispers(interaction)
                .first()
                .map(|message| message.content.clone())
        };
        self.shop
            .discord
            .wait_for("an answer to the press", said)
            .await
    }

    /// Fills in the form behind a button of the card; gives the submission.
    pub async fn fills_in(&self, who: u64, post: u64, label: &str, words: &str) -> u64 {
        let offered = |world: &World| {
            let card = world.channels[&post].messages.get(&post)?;
            card.labels().iter().any(|one| one == label).then_some(())
        };
        self.shop.discord.wait_for(label, offered).await;
        let asked = self.shop.discord.presses_label(who, post, post, label);
        let opened = |world: &World| world.modal_of(asked).map(|_| ());
        self.shop.discord.wait_for("the form", opened).await;
        self.shop.discord.submits(who, asked, &[("text", words)])
    }

    /// All that Ann has been told in direct messages.
    pub fn told(&self) -> Vec<String> {
        self.shop.discord.read(|world| {
            let all = world.told(self.ann);
            all.iter().map(|message| message.content.clone()).collect()
        })
    }
}
