//! An embedding model that reads along: questions that share no word with the base are understood,
//! also by entries that came while the program ran.

use std::time::Duration;

use crate::support::program::careline;
use crate::support::shop::Shop;
use crate::support::static_model::static_model;

const SOFA: &str = "
- key: sofa-care
  en:
    question: sofa
    phrasings: [sofa stain]
    answer: Wipe it with a damp cloth.
";
const PARCEL: &str = "
- key: parcel-late
  en:
    question: parcel
    phrasings: [parcel late]
    answer: It arrives within a week.
";

async fn import(shop: &Shop, yaml: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("base.yaml");
    std::fs::write(&file, yaml).unwrap();
    let url = shop.database.url.clone();
    let import = move || careline(&url, &["faq", "import", file.to_str().unwrap()]);
    let ran = tokio::task::spawn_blocking(import).await.unwrap();
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}

/// Waits until the metrics say so.
async fn tells(shop: &Shop, wanted: &str) {
    let metrics = format!("http://{}/metrics", shop.address());
    let told = async {
        while !reqwest::get(&metrics)
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains(wanted)
        {}
    };
    let within = tokio::time::timeout(Duration::from_secs(20), told).await;
    within.unwrap_or_else(|_| panic!("the metrics never say {wanted:?}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_shares_no_word_is_understood_and_so_is_an_entry_that_comes_later() {
    let model = static_model(&[
        &["sofa", "couch", "settee"],
        &["parcel", "package"],
        &["stain"],
        &["late"],
    ]);
    let mut shop = Shop::new().await.with_telegram();
    shop.config.knowledge.sample = false;
    shop.config.knowledge.semantic_model = Some(model.path().to_owned());
    import(&shop, SOFA).await;
    shop.opens().await;
    tells(&shop, "careline_semantic_model{").await;
    let ann = shop.telegram.person("Ann", "en");
    ann.alone().says("couch settee");
    ann.waits_for("damp cloth").await;
    import(&shop, PARCEL).await;
    tells(&shop, "careline_knowledge_entries 2").await;
    let ben = shop.telegram.person("Ben", "en");
    ben.alone().says("package");
    ben.waits_for("within a week").await;
    shop.quiet().await;
    shop.ends_well().await;
}
