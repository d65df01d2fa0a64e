//! Builds the channels of the platforms that have a token.

use std::sync::Arc;

use axum::Router;

use super::AppError;
use crate::channels::{Channel, Inlet};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::place::ChannelKind;
use crate::store::Store;
use crate::wording::Wording;
use crate::workers::intake::Desk;

/// The platforms that are set up.
pub(super) struct Platforms {
    pub(super) channels: Vec<Arc<dyn Channel>>,
    pub(super) desks: Vec<Desk>,
}

pub(super) async fn build(
    config: &Config,
    _wording: &Wording,
    _store: &Store,
    _clock: &Arc<dyn Clock>,
) -> Result<Platforms, AppError> {
    let channels: Vec<Arc<dyn Channel>> = Vec::new();
    let mut desks = Vec::new();
    if let (Some(_), Some(chat)) = (&config.telegram.token, config.telegram.staff_chat) {
        desks.push(Desk {
            kind: ChannelKind::Telegram,
            forum: chat.to_string(),
        });
    }
    if let (Some(_), Some(forum)) = (&config.discord.token, config.discord.staff_forum) {
        desks.push(Desk {
            kind: ChannelKind::Discord,
            forum: forum.to_string(),
        });
    }
    Ok(Platforms { channels, desks })
}

impl Platforms {
    /// What the platforms push to.
    pub(super) fn routes(&self, _inlet: Arc<dyn Inlet>) -> Router {
        Router::new()
    }
}
