//! The service levels in the console: leads change them, faults are named, nothing is overwritten.

use careline::domain::staff::Role;
use careline::store::plans;

use crate::support::console::Desk;
use crate::support::database::each_store;

const PAGE: &str = "/console/service-levels";
const PLAN: &str =
    "[[policies]]\nname = \"quick <b>\"\nchannels = [\"web\"]\nhuman_wait = \"5m\"\n";

#[tokio::test]
async fn a_lead_changes_them_and_an_agent_only_sees_them() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let agent = desk.signs_in("Ben", Role::Agent).await;
        let lead = desk.signs_in("Mai", Role::Lead).await;
        let fields = |known, text| [("known", known), ("text", text)];
        let refused = agent.posts(PAGE, &fields("0", PLAN)).await;
        assert_eq!(refused.status(), 403);
        let wrong = lead
            .posts(PAGE, &fields("0", "[[policies]]\nname = \"x\"\n"))
            .await;
        assert_eq!(wrong.status(), 422);
        let page = wrong.text().await.unwrap();
        assert!(page.contains("policies[1] sets no target"), "{page}");
        let changed = lead.posts(PAGE, &fields("0", PLAN)).await;
        assert_eq!(changed.status(), 303);
        let late = lead.posts(PAGE, &fields("0", PLAN)).await;
        assert_eq!(late.status(), 422, "somebody else was faster");
        assert!(late.text().await.unwrap().contains("Somebody else changed"));
        let seen = agent.opens(PAGE).await.text().await.unwrap();
        assert!(
            seen.contains("quick &lt;b&gt;") && seen.contains("human-wait 5 min"),
            "{seen}"
        );
        assert!(!seen.contains("<textarea"), "an agent changes nothing");
        let mut tx = store.read().await.unwrap();
        let versions = plans::after(&mut tx, 0).await.unwrap();
        assert_eq!((versions.len(), versions[0].by_whom.as_str()), (1, "Mai"));
        drop(tx);
        desk.stop();
    })
    .await;
}
