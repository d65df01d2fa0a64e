//! The ground that flows run on, and what can be counted there: in the books and at the
//! platforms.

use std::collections::BTreeMap;
use std::sync::Arc;

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;

use crate::support::database::Database;
use crate::support::discord::state::World;
use crate::support::fuse::Fuse;
use crate::support::serving::pairs;
use crate::support::shop::Shop;
use crate::support::telegram::people::Person;
use crate::support::telegram::state::{ChatKind, State};

/// How often each thing is there.
pub type Counts = BTreeMap<String, i64>;

/// An open shop whose way to the database can be cut.
pub struct Ground {
    pub shop: Shop,
    pub fuse: Arc<Fuse>,
    /// Telegram's forum, where Ben works.
    pub forum: i64,
    pub ben: Person,
    /// A server on Discord.
    pub guild: u64,
}

impl Ground {
    /// On Telegram, with a desk there.
    pub async fn telegram(database: Database) -> Ground {
        let shop = Shop::on(database).await.with_telegram();
        let forum = shop.telegram.forum("Desk");
        let ben = shop.telegram.person("Ben", "en");
        shop.telegram.joins(forum, &ben, "member");
        let account = (ChannelKind::Telegram, ben.id.to_string());
        shop.lists("Ben", Role::Agent, &[account]).await;
        Ground::open(shop.with_telegram_desk(forum), forum, ben).await
    }

    /// On Discord, without a desk.
    pub async fn discord(database: Database) -> Ground {
        let shop = Shop::on(database).await.with_discord();
        let ben = shop.telegram.person("Ben", "en");
        let mut ground = Ground::open(shop, 0, ben).await;
        ground.guild = ground.shop.discord.guild("Shop");
        ground
    }

    /// Only the web chat.
    pub async fn web(database: Database) -> Ground {
        let shop = Shop::on(database).await;
        let ben = shop.telegram.person("Ben", "en");
        Ground::open(shop, 0, ben).await
    }

    async fn open(mut shop: Shop, forum: i64, ben: Person) -> Ground {
        let fuse = Fuse::new();
        shop.wire = Some(fuse.clone());
        shop.opens().await;
        Ground {
            shop,
            fuse,
            forum,
            ben,
            guild: 0,
        }
    }
}

const BOOKS: &str = "
    SELECT 'fact: ' || kind, CAST(COUNT(*) AS BIGINT) FROM timeline GROUP BY kind
    UNION ALL SELECT 'messages: ' || author, CAST(COUNT(*) AS BIGINT) FROM messages GROUP BY author
    UNION ALL SELECT 'outbox: ' || state, CAST(COUNT(*) AS BIGINT) FROM outbox GROUP BY state
    UNION ALL SELECT 'inbox: ' || state, CAST(COUNT(*) AS BIGINT) FROM inbox
        WHERE origin <> 'delivery' GROUP BY state
    UNION ALL SELECT 'web log: ' || author, CAST(COUNT(*) AS BIGINT) FROM web_log GROUP BY author
    UNION ALL SELECT 'rooms', CAST(COUNT(*) AS BIGINT) FROM rooms
    UNION ALL SELECT 'entries', CAST(COUNT(*) AS BIGINT) FROM kb_entries
    UNION ALL SELECT 'changes of entries', CAST(COUNT(*) AS BIGINT) FROM kb_history";

/// Everything that there is now.
pub async fn counts(ground: &Ground) -> Counts {
    let mut counts: Counts = pairs(&ground.shop.database, BOOKS)
        .await
        .into_iter()
        .collect();
    ground.shop.telegram.with(|state| {
        counts.insert(
            "telegram: to customers".into(),
            on_telegram(state, ChatKind::Private),
        );
        counts.insert(
            "telegram: at the desk".into(),
            on_telegram(state, ChatKind::Supergroup),
        );
        let topics = state
            .chats
            .values()
            .map(|chat| chat.topics.len())
            .sum::<usize>();
        counts.insert("spare: topics".into(), number(topics));
    });
    let on_discord = ground.shop.discord.read(on_discord);
    counts.insert("discord: from the bot".into(), on_discord);
    counts
}

fn on_telegram(state: &State, kind: ChatKind) -> i64 {
    let chats = state.chats.values().filter(|chat| chat.kind == kind);
    let messages = chats.flat_map(|chat| chat.messages.values());
    let ours = messages.filter(|one| one.is_from_bot() && !one.service && !one.deleted);
    number(ours.count())
}

fn on_discord(world: &World) -> i64 {
    let messages = world
        .channels
        .values()
        .flat_map(|one| one.messages.values());
    let ours = messages.filter(|one| one.author == world.application.bot && one.kind == 0);
    number(ours.count())
}

fn number(count: usize) -> i64 {
    i64::try_from(count).expect("few")
}
