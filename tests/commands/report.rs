//! `careline report`: every report in every form.

use super::data::an_afternoon;
use crate::support::database::{Database, each_store};
use crate::support::program::careline;

#[tokio::test]
async fn every_report_comes_in_every_form() {
    let shop = an_afternoon(Database::sqlite().await).await;
    let url = &shop.database.url;
    let folder = tempfile::tempdir().expect("a folder");
    for report in ["sla", "handoffs", "staffing"] {
        // Each language once: the wording's letters have a test of their own.
        let lang = match report {
            "sla" => "vi",
            "handoffs" => "zh",
            _ => "en",
        };
        let file = folder.path().join(format!("{report}-{lang}.png"));
        let path = file.display().to_string();
        let png = [
            "report", report, "--as", "png", "--lang", lang, "--out", &path,
        ];
        let ran = careline(url, &png);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{report}");
        let bytes = std::fs::read(&file).expect("is there");
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{report}");
        assert!(bytes.len() < 200_000, "{report}: {} bytes", bytes.len());
        let svg = careline(url, &["report", report, "--as", "svg"]).stdout;
        assert!(svg.starts_with("<svg "), "{report}: {svg}");
        let json = careline(url, &["report", report, "--as", "json"]).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
        assert_eq!(json["report"], report);
    }
    let json = careline(url, &["report", "sla", "--as", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
    assert_eq!(
        json["groups"][0]["promises_broken"], 1,
        "forty minutes are too many: {json}"
    );
    assert_eq!(json["groups"][0]["promises_share"], 0.0);
    assert_eq!(json["backlog"]["waiting"], 0);
    assert!(json["expectation_basis"].is_string());
    let text = careline(url, &["report", "sla"]).stdout;
    for told in [
        "promises kept: 0 % (0 of 1)",
        "a person first, as wished: – (0 of 0)",
        "waiting now: 0, 0 of them not taken",
        "37 % of customers expect a first answer within 30 min",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }

    let handoffs = careline(url, &["report", "handoffs", "--as", "json"]).stdout;
    let handoffs: serde_json::Value = serde_json::from_str(&handoffs).expect("is JSON");
    let reasons = handoffs["reasons"].as_array().expect("reasons");
    assert_eq!(reasons.len(), 2, "{handoffs}");
    assert_eq!(
        (&reasons[1]["reason"], &reasons[1]["n"]),
        (&"asked".into(), &1.into())
    );
    assert_eq!(reasons[1]["ways"]["with_agent"], 1);
    assert_eq!(handoffs["takers"][0]["agent"], "Ben");
    let csv = careline(url, &["report", "handoffs", "--as", "csv"]).stdout;
    // Taken, given back, and taken again.
    assert!(csv.contains("\nagent,Ben,2,2,"), "{csv}");
    let text = careline(url, &["report", "handoffs"]).stdout;
    assert!(
        text.contains("taken by") && text.contains("asked"),
        "{text}"
    );
    shop.database.remove().await;
}

#[tokio::test]
async fn a_digest_is_told_by_one_alone() {
    use careline::store::{Store, reports};
    each_store(async |store: &Store| {
        let tell = |day: &'static str| {
            let store = store.clone();
            async move {
                let tell = store.write(move |tx| {
                    Box::pin(async move { reports::tell_digest(tx, "daily", day).await })
                });
                tell.await.expect("the database is there")
            }
        };
        let all = futures_util::future::join_all((0..8).map(|_| tell("2026-01-06"))).await;
        assert_eq!(all.iter().filter(|told| **told).count(), 1, "{all:?}");
        assert!(!tell("2026-01-05").await, "an older one comes too late");
        assert!(tell("2026-01-10").await);
        let mut tx = store.read().await.expect("a connection");
        let last = reports::last_digest(&mut tx, "daily").await.expect("reads");
        assert_eq!(last.as_deref(), Some("2026-01-10"));
        assert_eq!(
            reports::last_digest(&mut tx, "weekly")
                .await
                .expect("reads"),
            None
        );
    })
    .await;
}
