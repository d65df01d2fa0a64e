//! Buttons that were shown. A press names a row by its random token; only the row says what it
//! does, and most rows work once.

use super::{StoreError, Tx, later, on};
use crate::domain::engine::effect::ButtonAction;
use crate::domain::ids::{ButtonToken, ConversationId};
use crate::domain::time::Timestamp;

/// A button's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ButtonRow {
    /// What the platform carries.
    pub token: ButtonToken,
    /// Whose matter.
    pub conversation: ConversationId,
    /// The buttons that are spent together.
    pub family: String,
    /// What it does.
    pub action: ButtonAction,
    /// The desk's turn that it was made for.
    pub made_for: i64,
    /// Whether it works more than once: buttons that open a form do.
    pub reusable: bool,
    /// Whether one of its family was pressed already.
    pub used: bool,
}

const ADD: &str = "
    INSERT INTO buttons (token, conversation_id, family, audience, action, made_for, reusable, made_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Puts a button's row in before the button is shown.
pub async fn add(tx: &mut Tx, row: &ButtonRow, at: Timestamp) -> Result<(), StoreError> {
    let audience = match row.action {
        ButtonAction::Customer(_) => "customer",
        ButtonAction::Staff { .. } => "staff",
    };
    let action = serde_json::to_string(&row.action).map_err(|error| StoreError::Unreadable {
        what: "buttons.action",
        why: error.to_string(),
    })?;
    later!(
        tx,
        ADD,
        &row.token.0,
        &row.conversation.0,
        &row.family,
        audience,
        &action,
        row.made_for,
        row.reusable,
        at.0
    )
}

const BY_TOKEN: &str = "
    SELECT conversation_id, family, action, made_for, reusable, used_at FROM buttons WHERE token = $1";

/// The row of a token, if there is one: anybody can send any token.
pub async fn by_token(tx: &mut Tx, token: &ButtonToken) -> Result<Option<ButtonRow>, StoreError> {
    let row: Option<(String, String, String, i64, bool, Option<i64>)> = on!(tx, |conn| {
        sqlx::query_as(BY_TOKEN)
            .bind(&token.0)
            .fetch_optional(conn)
            .await?
    });
    let Some((conversation, family, action, made_for, reusable, used_at)) = row else {
        return Ok(None);
    };
    let action = serde_json::from_str(&action).map_err(|error| StoreError::Unreadable {
        what: "buttons.action",
        why: error.to_string(),
    })?;
    Ok(Some(ButtonRow {
        token: token.clone(),
        conversation: conversation.into(),
        family,
        action,
        made_for,
        reusable,
        used: used_at.is_some(),
    }))
}

const SPEND: &str = "
    UPDATE buttons SET used_at = $2, used_by = $3 WHERE family = $1 AND used_at IS NULL AND NOT reusable";

/// Spends a button and all of its family.
pub async fn spend(tx: &mut Tx, family: &str, by: &str, at: Timestamp) -> Result<(), StoreError> {
    later!(tx, SPEND, family, at.0, by)
}
