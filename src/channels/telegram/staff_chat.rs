//! Which chat is the staff forum: the configured one, followed when it moves.
//!
//! Invariant: a move that an update told of is known before that update is taken, and after a
//! restart too (the inlet remembers it), so that no message of staff is ever read as a stranger's.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::channels::Inlet;

/// No chat has this id.
const NONE: i64 = 0;
/// A chat moves once in its life; more steps than this are a circle.
const MOVES_MAX: usize = 4;

/// The staff forum's id as it is now.
pub struct StaffChat(AtomicI64);

impl StaffChat {
    pub fn new(configured: Option<i64>) -> StaffChat {
        StaffChat(AtomicI64::new(configured.unwrap_or(NONE)))
    }

    /// The id, where there is a staff forum.
    pub fn now(&self) -> Option<i64> {
        let chat = self.0.load(Ordering::SeqCst);
        (chat != NONE).then_some(chat)
    }

    /// Follows the moves that earlier runs heard of.
    pub async fn recall(&self, bot: i64, inlet: &dyn Inlet) {
        for _ in 0..MOVES_MAX {
            let Some(chat) = self.now() else { return };
            match inlet.recall(&key(bot, chat)).await {
                Ok(Some(moved)) => {
                    let Ok(to) = moved.parse() else { return };
                    tracing::warn!(
                        chat,
                        to,
                        "the staff forum has moved: set telegram.staff_chat"
                    );
                    self.0.store(to, Ordering::SeqCst);
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "cannot recall whether the staff forum moved");
                    return;
                }
            }
        }
    }

    /// A chat moved; if it is the staff forum, that is followed and remembered.
    pub async fn moved(&self, bot: i64, from: i64, to: i64, inlet: &dyn Inlet) {
        let followed = self
            .0
            .compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok();
        if !followed {
            return;
        }
        tracing::warn!(
            from,
            to,
            "the staff forum has moved: set telegram.staff_chat"
        );
        if let Err(error) = inlet.remember(&key(bot, from), &to.to_string()).await {
            tracing::error!(%error, "cannot remember that the staff forum moved");
        }
    }
}

fn key(bot: i64, chat: i64) -> String {
    format!("telegram:{bot}:moved:{chat}")
}
