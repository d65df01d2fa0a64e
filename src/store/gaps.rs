//! The gap loop: which questions belong together, and what staff did about them.
//!
//! Invariants: a question's group is written once and stays; no words are kept here, only which
//! messages they stand in, so that what is erased there is gone here too.

mod handling;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use self::handling::handle;
use self::handling::handled;
use self::words::{Said, names_of, words_of};
use super::{Store, StoreError, Tx, knowledge, on, remembered, timeline};
use crate::domain::ids::{ConversationId, CustomerId, MessageId};
use crate::domain::knowledge::gaps::grouping::{Question, assign};
use crate::domain::knowledge::gaps::reading::{Words, gaps, says_something};
use crate::domain::knowledge::gaps::summary::{Handled, Placed};
use crate::domain::knowledge::gaps::{Gap, Names, struck_out};
use crate::domain::knowledge::{Entry, recognise_language};
use crate::domain::lang::Lang;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};

/// What was written last by whoever groups: taking it is taking turns.
const GROUPED: &str = "knowledge.gaps.grouped";
/// How many of a group's newest questions say what it is about.
const MEMBERS_MAX: i64 = 20;
/// How many questions a new one is compared with, in each language.
const KNOWN_MAX: i64 = 5_000;
/// The most human words that count as one answer.
const REPLIES_MAX: usize = 5;

/// The gaps of a period, each in its group, with what was done about the groups.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// The gaps, in the order of their conversations.
    pub placed: Vec<Placed>,
    /// What staff did, by group; open groups are not named.
    pub handled: BTreeMap<String, Handled>,
}

impl Store {
    /// The gaps of the conversations that began in `from <= at < until`. Questions that have no
    /// group yet are given one, for good.
    pub async fn gaps(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Looked, StoreError> {
        let mut tx = self.read().await?;
        let facts = timeline::of_conversations_opened(&mut tx, from, until).await?;
        let found = found(&mut tx, facts).await?;
        drop(tx);
        self.place(found, now).await
    }

    /// All gaps of one group, whenever they were; none where there is no such group.
    pub async fn gaps_of_group(&self, group: &str, now: Timestamp) -> Result<Looked, StoreError> {
        let mut tx = self.read().await?;
        let conversations: Vec<(String,)> = on!(tx, |conn| {
            sqlx::query_as(CONVERSATIONS)
                .bind(group)
                .fetch_all(conn)
                .await?
        });
        let mut facts = Vec::new();
        for (conversation,) in conversations {
            facts.extend(timeline::of_conversation(&mut tx, &conversation.into()).await?);
        }
        let found = found(&mut tx, facts).await?;
        drop(tx);
        let mut looked = self.place(found, now).await?;
        looked.placed.retain(|placed| placed.group == group);
        Ok(looked)
    }

    async fn place(&self, found: Vec<Found>, now: Timestamp) -> Result<Looked, StoreError> {
        let mut tx = self.read().await?;
        let ids: Vec<&MessageId> = found.iter().filter_map(|one| one.gap.id()).collect();
        let mut groups = groups_of(&mut tx, &ids).await?;
        drop(tx);
        let fresh: Vec<Found> = found
            .iter()
            .filter(|one| one.gap.id().is_some_and(|id| !groups.contains_key(id)))
            .cloned()
            .collect();
        if !fresh.is_empty() {
            groups.extend(self.group(fresh, now).await?);
        }
        let placed = found.into_iter().filter_map(|one| {
            let (group, lang) = groups.get(one.gap.id()?)?.clone();
            Some(Placed {
                gap: one.gap,
                group,
                lang,
                words: one.words,
                answer: one.answer,
            })
        });
        let placed = placed.collect();
        let handled = handled(&mut self.read().await?).await?;
        Ok(Looked { placed, handled })
    }

    async fn group(&self, fresh: Vec<Found>, now: Timestamp) -> Result<Groups, StoreError> {
        let fresh: Arc<[Found]> = fresh.into();
        self.write(move |tx| {
            let fresh = Arc::clone(&fresh);
            Box::pin(async move { group(tx, &fresh, now).await })
        })
        .await
    }
}

/// A gap as it was found, names struck out.
#[derive(Clone)]
struct Found {
    gap: Gap,
    lang: Lang,
    words: String,
    answer: Option<String>,
}

/// Each question's group with its language.
type Groups = BTreeMap<MessageId, (String, Lang)>;

const CONVERSATIONS: &str = "
    SELECT DISTINCT conversation_id FROM gap_questions WHERE group_id = $1 ORDER BY conversation_id";

/// The gaps that facts of whole conversations tell of.
async fn found(tx: &mut Tx, facts: Vec<Fact>) -> Result<Vec<Found>, StoreError> {
    let mut conversations: BTreeMap<ConversationId, Vec<Fact>> = BTreeMap::new();
    for fact in facts {
        let of_one = conversations.entry(fact.conversation.clone()).or_default();
        of_one.push(fact);
    }
    conversations.retain(|_, facts| facts.iter().any(tells_of_a_gap));
    let ids: Vec<&ConversationId> = conversations.keys().collect();
    let Said { words, replies } = words_of(tx, &ids).await?;
    let customers: BTreeSet<&CustomerId> = conversations
        .values()
        .filter_map(|facts| Some(&facts.first()?.customer))
        .collect();
    let people = names_of(tx, &customers).await?;
    let mut found = Vec::new();
    for gap in conversations.values().flat_map(|facts| gaps(facts, &words)) {
        let person = people.get(&gap.customer);
        let names = person
            .map(|person| person.names.clone())
            .unwrap_or_default();
        let prior = person.and_then(|person| person.lang);
        found.push(Found {
            lang: recognise_language(&gap.words, prior).unwrap_or(Lang::En),
            words: struck_out(&gap.words, &names),
            answer: answer(&gap, &replies, &names),
            gap,
        });
    }
    Ok(found)
}

/// Whether something happened after which a question may be a gap.
fn tells_of_a_gap(fact: &Fact) -> bool {
    match &fact.kind {
        FactKind::HandoffAsked { .. } | FactKind::Helped { yes: false } => true,
        FactKind::Decided { decision, .. } => decision != "answer",
        _ => false,
    }
}

/// What people answered, greetings left out.
fn answer(gap: &Gap, replies: &Words, names: &Names) -> Option<String> {
    let said: Vec<String> = gap
        .replies
        .iter()
        .filter(|reply| says_something(replies, reply))
        .filter_map(|reply| replies.get(reply))
        .take(REPLIES_MAX)
        .map(|reply| struck_out(reply.trim(), names))
        .collect();
    (!said.is_empty()).then(|| said.join("\n\n"))
}

const GROUPS_OF: (&str, &str) = (
    "SELECT q.message_id, q.group_id, g.lang FROM gap_questions q
     JOIN gap_groups g ON g.id = q.group_id
     WHERE q.message_id IN (SELECT value FROM json_each($1))",
    "SELECT q.message_id, q.group_id, g.lang FROM gap_questions q
     JOIN gap_groups g ON g.id = q.group_id
     WHERE q.message_id IN (SELECT value FROM json_array_elements_text($1::json))",
);

async fn groups_of(tx: &mut Tx, questions: &[&MessageId]) -> Result<Groups, StoreError> {
    let mut groups = Groups::new();
    let sql = tx.either(GROUPS_OF.0, GROUPS_OF.1);
    for batch in questions.chunks(words::BATCH) {
        let ids = json(&batch)?;
        let rows: Vec<(String, String, String)> = on!(tx, |conn| {
            sqlx::query_as(sql).bind(&ids).fetch_all(conn).await?
        });
        for (question, group, lang) in rows {
            groups.insert(MessageId(question), (group, lang_of(&lang)?));
        }
    }
    Ok(groups)
}

/// Whether all of these questions are still there: one is gone when its customer is erased.
pub async fn are_there(tx: &mut Tx, questions: &[MessageId]) -> Result<bool, StoreError> {
    let ids: Vec<&MessageId> = questions.iter().collect();
    let there = groups_of(tx, &ids).await?;
    Ok(ids.iter().all(|id| there.contains_key(*id)))
}

/// Gives questions their groups; those that somebody else has grouped meanwhile keep theirs.
async fn group(tx: &mut Tx, fresh: &[Found], now: Timestamp) -> Result<Groups, StoreError> {
    // Whoever groups waits here for whoever does so already.
    remembered::put(tx, GROUPED, &now.0.to_string()).await?;
    let ids: Vec<&MessageId> = fresh.iter().filter_map(|one| one.gap.id()).collect();
    let mut groups = groups_of(tx, &ids).await?;
    let entries = knowledge::entries(tx).await?;
    for lang in Lang::ALL {
        let mut of_lang: Vec<(&MessageId, &Found)> = fresh
            .iter()
            .filter(|one| one.lang == lang)
            .filter_map(|one| Some((one.gap.id()?, one)))
            .filter(|(id, _)| !groups.contains_key(*id))
            .collect();
        // In the order in which they were asked, whatever order they were found in.
        of_lang.sort_by(|left, right| left.0.cmp(right.0));
        of_lang.dedup_by(|left, right| left.0 == right.0);
        if of_lang.is_empty() {
            continue;
        }
        let questions: Vec<Question> = of_lang
            .iter()
            .map(|(id, found)| Question {
                id: (*id).clone(),
                words: found.words.clone(),
            })
            .collect();
        let known = members(tx, lang).await?;
        let assigned = assign(lang, &known, &questions, wordings(&entries, lang));
        for ((id, found), group) in of_lang.into_iter().zip(assigned) {
            put(tx, &group, lang, id, found).await?;
            groups.insert(id.clone(), (group, lang));
        }
    }
    Ok(groups)
}

fn wordings(entries: &[Entry], lang: Lang) -> impl Iterator<Item = &str> {
    let texts = entries
        .iter()
        .filter_map(move |entry| entry.texts.get(&lang));
    texts.flat_map(|text| text.wordings())
}

const PUT_GROUP: &str = "
    INSERT INTO gap_groups (id, lang, state) VALUES ($1, $2, 'open') ON CONFLICT (id) DO NOTHING";
const PUT_QUESTION: &str = "
    INSERT INTO gap_questions (message_id, conversation_id, group_id, lines) VALUES ($1, $2, $3, $4)
    ON CONFLICT (message_id) DO NOTHING";

async fn put(
    tx: &mut Tx,
    group: &str,
    lang: Lang,
    id: &MessageId,
    found: &Found,
) -> Result<(), StoreError> {
    let lines = json(&found.gap.lines)?;
    on!(tx, |conn| {
        sqlx::query(PUT_GROUP)
            .bind(group)
            .bind(lang.code())
            .execute(conn)
            .await?;
    });
    on!(tx, |conn| {
        sqlx::query(PUT_QUESTION)
            .bind(&id.0)
            .bind(&found.gap.conversation.0)
            .bind(group)
            .bind(&lines)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const MEMBERS: &str = "
    SELECT group_id, message_id, lines, conversation_id, customer_id FROM (
        SELECT q.group_id, q.message_id, q.lines, q.conversation_id, c.customer_id,
            ROW_NUMBER() OVER (PARTITION BY q.group_id ORDER BY q.message_id DESC) AS newest
        FROM gap_questions q JOIN gap_groups g ON g.id = q.group_id
        JOIN conversations c ON c.id = q.conversation_id
        WHERE g.lang = $1) AS numbered
    WHERE newest <= $2 ORDER BY message_id DESC LIMIT $3 + 0";

/// The newest questions of each group in that language, oldest first, names struck out; of more
/// than [`KNOWN_MAX`] the newest.
async fn members(tx: &mut Tx, lang: Lang) -> Result<Vec<(Question, String)>, StoreError> {
    let rows: Vec<(String, String, String, String, String)> = on!(tx, |conn| {
        sqlx::query_as(MEMBERS)
            .bind(lang.code())
            .bind(MEMBERS_MAX)
            .bind(KNOWN_MAX)
            .fetch_all(conn)
            .await?
    });
    let conversations: BTreeSet<ConversationId> =
        rows.iter().map(|row| row.3.as_str().into()).collect();
    let conversations: Vec<&ConversationId> = conversations.iter().collect();
    let words = words_of(tx, &conversations).await?.words;
    let customers: BTreeSet<CustomerId> = rows.iter().map(|row| row.4.as_str().into()).collect();
    let people = names_of(tx, &customers.iter().collect()).await?;
    let mut members = Vec::with_capacity(rows.len());
    for (group, id, lines, _, customer) in rows.into_iter().rev() {
        let lines: Vec<MessageId> =
            serde_json::from_str(&lines).map_err(|error| StoreError::Unreadable {
                what: "gap_questions.lines",
                why: error.to_string(),
            })?;
        let said: Vec<&str> = lines
            .iter()
            .filter_map(|line| words.get(line).map(|words| words.trim()))
            .collect();
        let person = people.get(&CustomerId(customer));
        let names = person
            .map(|person| person.names.clone())
            .unwrap_or_default();
        let question = Question {
            id: MessageId(id),
            words: struck_out(&said.join("\n"), &names),
        };
        members.push((question, group));
    }
    Ok(members)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable {
        what: "ids as JSON",
        why: error.to_string(),
    })
}

fn lang_of(code: &str) -> Result<Lang, StoreError> {
    Lang::from_code(code).ok_or_else(|| StoreError::Unreadable {
        what: "gap_groups.lang",
        why: "not a language".to_owned(),
    })
}
