//! Conversations whose question the bot did not answer, put straight into a store.

use careline::domain::customer::Customer;
use careline::domain::engine::conversation::Conversation;
use careline::domain::handoff::HandoffReason;
use careline::domain::ids::{AccountId, ConversationId, MessageId};
use careline::domain::lang::Lang;
use careline::domain::message::Part;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Timestamp;
use careline::domain::timeline::{Fact, FactKind};
use careline::store::messages::{Author, Kept};
use careline::store::{Store, StoreError, Tx, conversations, customers, messages, timeline};

/// A question that a person answered, or nobody.
#[derive(Clone, Copy)]
pub struct Asked {
    /// Tells it from others; ids are made of it.
    pub number: u32,
    /// Who asked.
    pub name: &'static str,
    pub words: &'static str,
    /// What a person answered and what was then resolved.
    pub reply: Option<&'static str>,
    pub at: Timestamp,
}

impl Asked {
    /// One that nobody has answered.
    pub fn new(number: u32, words: &'static str, at: Timestamp) -> Asked {
        Asked {
            number,
            name: "Ann",
            words,
            reply: None,
            at,
        }
    }

    /// A person answered it, and that was all.
    pub fn replied(self, reply: &'static str) -> Asked {
        Asked {
            reply: Some(reply),
            ..self
        }
    }

    /// Asked by that customer.
    pub fn by(self, name: &'static str) -> Asked {
        Asked { name, ..self }
    }

    pub fn customer(&self) -> String {
        format!("cu{:030}", self.number)
    }

    /// Writes all of it down.
    pub async fn happens(self, store: &Store) {
        let written = store.write(move |tx| Box::pin(async move { self.put(tx).await }));
        written.await.expect("it is written");
    }

    async fn put(self, tx: &mut Tx) -> Result<(), StoreError> {
        let account = AccountId(format!("v{}", self.number));
        let customer = Customer {
            id: self.customer().into(),
            name: self.name.to_owned(),
            lang: Some(Lang::En),
            lang_chosen: false,
            preference: None,
            segment: None,
            preference_asked: true,
        };
        let chat = account.0.as_str();
        customers::add(tx, &customer, ChannelKind::Web, &account, chat, self.at).await?;
        let id = ConversationId(format!("co{:030}", self.number));
        let conversation = Conversation::open(
            id.clone(),
            format!("G{}", self.number),
            customer.id.clone(),
            account.clone(),
            Place::chat(ChannelKind::Web, chat),
            self.at,
        );
        conversations::add(tx, &conversation, None).await?;
        let asked = MessageId(format!("m1{:030}", self.number));
        let replied = MessageId(format!("m2{:030}", self.number));
        self.keep(tx, &id, &asked, Author::Customer, self.words)
            .await?;
        let mut facts = vec![
            FactKind::Opened { previous: None },
            FactKind::CustomerWrote {
                message: asked,
                seen_late: false,
            },
            FactKind::Decided {
                decision: "handoff".to_owned(),
                entry: None,
                confidence_permille: None,
            },
            FactKind::HandoffAsked {
                handoff: format!("h{}", self.number).into(),
                reason: HandoffReason::Unsure.name().to_owned(),
            },
        ];
        if let Some(reply) = self.reply {
            self.keep(tx, &id, &replied, Author::Agent, reply).await?;
            facts.push(FactKind::AgentReplied {
                outbox: format!("o{}", self.number).into(),
                message: replied,
            });
            facts.push(FactKind::Resolved {
                by_bot: false,
                confirmed: false,
            });
        }
        for (place, kind) in facts.into_iter().enumerate() {
            let fact = Fact {
                conversation: id.clone(),
                customer: customer.id.clone(),
                channel: ChannelKind::Web,
                at: self.at,
                recorded_at: self.at,
                staff: None,
                kind,
            };
            timeline::append(tx, &format!("f{:020}{place:03}", self.number), &fact).await?;
        }
        Ok(())
    }

    async fn keep(
        &self,
        tx: &mut Tx,
        conversation: &ConversationId,
        id: &MessageId,
        author: Author,
        words: &str,
    ) -> Result<(), StoreError> {
        let kept = Kept {
            id: id.clone(),
            conversation: conversation.clone(),
            position: self.at.0,
            author,
            staff: None,
            parts: vec![Part::Text {
                text: words.to_owned(),
            }],
            at: self.at,
        };
        messages::add(tx, &kept).await
    }
}
