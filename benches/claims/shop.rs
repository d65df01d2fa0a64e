//! A shop full of conversations that wait for a person, and agents who claim them and give them
//! back: each time what the program itself does (lock the conversation, decide, save) in one
//! transaction.

use std::sync::Arc;

use careline::clock::{Clock, IdSource, SystemClock, SystemIds};
use careline::config::Config;
use careline::domain::customer::Customer;
use careline::domain::desk::act::StaffAct;
use careline::domain::engine::conversation::Conversation;
use careline::domain::engine::event::{CustomerCommand, Event, StaffOrigin};
use careline::domain::engine::{DeskLoad, Reached, Rules, World, step};
use careline::domain::knowledge::KnowledgeIndex;
use careline::domain::knowledge::related::Related;
use careline::domain::lang::Lang;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::sla::plan::Plans;
use careline::domain::staff::{Role, Staff};
use careline::domain::time::{Millis, Timestamp};
use careline::store::{Store, StoreError, Tx, conversations, customers};

use super::history::Asked;

/// The version of a conversation that [`fill`] made: written once, as the handing over left it.
pub const FIRST_VERSION: i64 = 1;

/// What every decision goes by.
pub struct Shop {
    ids: SystemIds,
    knowledge: KnowledgeIndex,
    related: Related,
    rules: Rules,
    plans: Plans,
}

/// What a client was told.
pub struct Told {
    /// Who has the conversation now.
    pub holder: Option<u32>,
    /// The version that was made.
    pub version: i64,
}

impl Shop {
    pub fn new() -> Arc<Shop> {
        let half_an_hour = Millis::minutes(30);
        Arc::new(Shop {
            ids: SystemIds::default(),
            knowledge: KnowledgeIndex::build(&[]),
            related: Related::default(),
            rules: Rules {
                settle: Millis(700),
                grace: Millis::hours(24),
                idle: Millis::hours(24),
                ask_preference: false,
                wording_tests: false,
                claim_lease: half_an_hour,
                desk_lang: Lang::En,
            },
            plans: Plans::new(Config::default().usual_policy()),
        })
    }

    /// Adds so many conversations, each of a customer of its own who waits for a person.
    pub async fn fill(self: &Arc<Shop>, store: &Store, conversations: u32) {
        for first in (0..conversations).step_by(100) {
            let shop = Arc::clone(self);
            let filled = store.write(move |tx| {
                let shop = Arc::clone(&shop);
                Box::pin(async move {
                    for number in first..conversations.min(first + 100) {
                        shop.add(tx, number).await?;
                    }
                    Ok(())
                })
            });
            filled.await.expect("the conversations are added");
        }
    }

    async fn add(&self, tx: &mut Tx, number: u32) -> Result<(), StoreError> {
        let now = SystemClock.now();
        let customer = customer(number);
        let account = format!("account-{number}");
        customers::add(
            tx,
            &customer,
            ChannelKind::Web,
            &account.as_str().into(),
            &account,
            now,
        )
        .await?;
        let opened = Conversation::open(
            id(number).into(),
            format!("C{number}"),
            customer.id.clone(),
            account.as_str().into(),
            Place::chat(ChannelKind::Web, account),
            now,
        );
        conversations::add(tx, &opened, None).await?;
        let asks = Event::CustomerCommanded {
            command: CustomerCommand::Human,
            press: None,
            at: now,
        };
        let next = step(&opened, &asks, &self.world(&customer, now)).next;
        conversations::save(tx, &next).await?;
        Ok(())
    }

    /// One claim or release.
    pub async fn act(
        self: &Arc<Shop>,
        store: &Store,
        client: u32,
        conversation: u32,
        asked: Asked,
    ) -> Result<Told, StoreError> {
        let shop = Arc::clone(self);
        store
            .write(move |tx| {
                let shop = Arc::clone(&shop);
                Box::pin(async move { shop.act_in(tx, client, conversation, asked).await })
            })
            .await
    }

    async fn act_in(
        &self,
        tx: &mut Tx,
        client: u32,
        number: u32,
        asked: Asked,
    ) -> Result<Told, StoreError> {
        let locked = conversations::lock(tx, &id(number).into()).await?;
        let before = locked.expect("the conversation was added");
        let event = Event::StaffActed {
            staff: agent(client),
            act: match asked {
                Asked::Claim => StaffAct::Claim,
                Asked::Release => StaffAct::Release,
            },
            origin: StaffOrigin::Console,
        };
        let customer = customer(number);
        let next = step(&before, &event, &self.world(&customer, SystemClock.now())).next;
        conversations::save(tx, &next).await?;
        let version = conversations::version(tx, &next.id).await?;
        let holder = next.agent().and_then(|agent| agent.0.parse().ok());
        Ok(Told { holder, version })
    }

    fn world<'w>(&'w self, customer: &'w Customer, now: Timestamp) -> World<'w> {
        World {
            now,
            customer,
            knowledge: &self.knowledge,
            related: &self.related,
            desks: &[],
            load: DeskLoad::default(),
            rules: &self.rules,
            plans: &self.plans,
            leads: &[],
            reached: Reached::default(),
            fresh_handoff: self.ids.id().into(),
            fresh_message: self.ids.id().into(),
        }
    }
}

fn id(number: u32) -> String {
    format!("conversation-{number}")
}

fn customer(number: u32) -> Customer {
    Customer {
        id: format!("customer-{number}").into(),
        name: format!("Customer {number}"),
        lang: Some(Lang::En),
        lang_chosen: true,
        preference: None,
        segment: None,
        preference_asked: true,
    }
}

fn agent(client: u32) -> Staff {
    Staff {
        id: client.to_string().into(),
        name: format!("Agent {client}"),
        role: Role::Agent,
        lang: Lang::En,
    }
}
