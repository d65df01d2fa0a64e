//! `/healthz`, `/readyz` and `/metrics`: for whoever watches over the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::domain::place::ChannelKind;
use crate::store::Store;

/// How long the store may take to answer a probe.
const STORE_ANSWER_WAIT: Duration = Duration::from_secs(2);

/// Whether the program can do its work: shared by whoever knows and the probe that tells.
pub struct Readiness {
    store: Store,
    channels: Mutex<BTreeMap<ChannelKind, bool>>,
    metrics: Option<PrometheusHandle>,
}

impl Readiness {
    /// For a program with this store; `metrics` where they are recorded.
    pub fn new(store: Store, metrics: Option<PrometheusHandle>) -> Arc<Readiness> {
        Arc::new(Readiness {
            store,
            channels: Mutex::new(BTreeMap::new()),
            metrics,
        })
    }

    /// Notes whether a channel hears its platform. One that was never noted is not waited for.
    pub fn note(&self, channel: ChannelKind, ready: bool) {
        self.channels
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(channel, ready);
    }

    /// What is not ready, one line each; empty when everything is.
    pub async fn lacking(&self) -> Vec<String> {
        let mut lacking = Vec::new();
        match tokio::time::timeout(STORE_ANSWER_WAIT, self.store.answers()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "the store does not answer a probe");
                lacking.push("store: does not answer, or takes nothing".to_owned());
            }
            Err(_) => lacking.push("store: did not answer in time".to_owned()),
        }
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = channels.iter().filter(|(_, ready)| !**ready);
        lacking.extend(silent.map(|(channel, _)| format!("{channel}: not connected yet")));
        lacking
    }
}

/// Records metrics from now on; `None` where somebody else in this process does already.
pub fn record_metrics() -> Option<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().ok()
}

/// The three routes.
pub fn routes(readiness: Arc<Readiness>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(readiness)
}

async fn ready(State(readiness): State<Arc<Readiness>>) -> Response {
    let lacking = readiness.lacking().await;
    if lacking.is_empty() {
        "ready\n".into_response()
    } else {
        let lines = lacking.join("\n") + "\n";
        (StatusCode::SERVICE_UNAVAILABLE, lines).into_response()
    }
}

async fn metrics(State(readiness): State<Arc<Readiness>>) -> Response {
    let Some(handle) = &readiness.metrics else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Histograms are drained when they are read: nothing else needs to wake up for them.
    handle.run_upkeep();
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], handle.render()).into_response()
}
