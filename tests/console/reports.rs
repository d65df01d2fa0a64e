//! The reports in the console: for everybody at the desk, single colleagues' figures for leads.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::{Millis, Timestamp};
use careline::domain::timeline::{Fact, FactKind};
use careline::store::{Store, timeline};

use crate::support::console::Desk;
use crate::support::database::each_store;

const PAGE: &str = "/console/report";

/// Two handoffs of one conversation each: the one is Ben's, the other Cho's.
async fn two_handoffs(store: &Store, now: Timestamp) {
    let facts = |name: &str, agent: &str| {
        let fact = |minutes: i64, staff: Option<&str>, kind| Fact {
            conversation: name.into(),
            customer: "ann".into(),
            channel: ChannelKind::Telegram,
            at: now - Millis::minutes(60 - minutes),
            recorded_at: now,
            staff: staff.map(Into::into),
            kind,
        };
        let handoff = || format!("h-{name}").into();
        vec![
            fact(0, None, FactKind::Opened { previous: None }),
            fact(
                0,
                None,
                FactKind::CustomerWrote {
                    message: "m".into(),
                    seen_late: false,
                },
            ),
            fact(
                0,
                None,
                FactKind::HandoffAsked {
                    handoff: handoff(),
                    reason: "asked".to_owned(),
                },
            ),
            fact(5, Some(agent), FactKind::Claimed { handoff: handoff() }),
            fact(
                12,
                Some(agent),
                FactKind::AgentReplied {
                    outbox: "o".into(),
                    message: "r".into(),
                },
            ),
        ]
    };
    let all = [facts("c1", "staff-Ben"), facts("c2", "staff-Cho")].concat();
    store
        .write(move |tx| {
            let all = all.clone();
            Box::pin(async move {
                for (n, fact) in all.iter().enumerate() {
                    timeline::append(tx, &format!("{n:04}"), fact).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn an_agent_sees_the_figures_but_of_single_people_only_their_own() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        two_handoffs(store, careline::clock::Clock::now(&*desk.clock)).await;
        let ben = desk.signs_in("Ben", Role::Agent).await;
        let mai = desk.signs_in("Mai", Role::Lead).await;
        desk.lists("Cho", Role::Agent).await;

        let page = ben.opens(PAGE).await.text().await.unwrap();
        for told in [
            "Came in: 2; resolved: 0; handed to a person: 2",
            "Wait for a person: median 12 min, nine in ten within 12 min (n = 2)",
            "<svg ",
            "Waits for a person by hour of the week",
            "as=png",
        ] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(
            !page.contains("style=\""),
            "the page's policy takes no inline style"
        );
        let by_agent = format!("{PAGE}?by=agent");
        let own = ben.opens(&by_agent).await.text().await.unwrap();
        assert!(own.contains(">Ben<") && !own.contains("Cho"), "{own}");
        let everybody = mai.opens(&by_agent).await.text().await.unwrap();
        assert!(
            everybody.contains(">Ben<") && everybody.contains(">Cho<"),
            "{everybody}"
        );
        let csv = format!("{PAGE}/file?by=agent&as=csv");
        let own = ben.opens(&csv).await.text().await.unwrap();
        assert!(
            own.contains("Ben,human-wait,1") && !own.contains("Cho"),
            "{own}"
        );
        let everybody = mai.opens(&csv).await.text().await.unwrap();
        assert!(everybody.contains("Cho,human-wait,1"), "{everybody}");

        let handoffs = format!("{PAGE}?report=handoffs");
        let own = ben.opens(&handoffs).await.text().await.unwrap();
        assert!(
            own.contains("they asked for one") && !own.contains("Cho"),
            "{own}"
        );
        let everybody = mai.opens(&handoffs).await.text().await.unwrap();
        assert!(
            everybody.contains("Who took them") && everybody.contains("Cho"),
            "{everybody}"
        );
        let staffing = mai.opens(&format!("{PAGE}?report=staffing")).await;
        let staffing = staffing.text().await.unwrap();
        assert!(staffing.contains("Requests for a person: 2"), "{staffing}");

        let stranger = desk.guest();
        for path in [PAGE, &csv] {
            assert_eq!(stranger.opens(path).await.status(), 401, "{path}");
        }
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn a_report_is_taken_away_in_each_form() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        two_handoffs(store, careline::clock::Clock::now(&*desk.clock)).await;
        let mai = desk.signs_in("Mai", Role::Lead).await;
        for (form, kind, begins) in [
            ("csv", "text/csv; charset=utf-8", &b"group,clock"[..]),
            ("json", "application/json", b"{"),
            ("svg", "image/svg+xml", b"<svg "),
            ("png", "image/png", b"\x89PNG\r\n\x1a\n"),
        ] {
            let path = format!("{PAGE}/file?from=2027-01-09&to=2027-01-15&as={form}");
            let answer = mai.opens(&path).await;
            assert_eq!(answer.status(), 200, "{form}");
            assert_eq!(answer.headers()["content-type"], kind);
            let file = format!("attachment; filename=\"sla-2027-01-09-2027-01-15.{form}\"");
            assert_eq!(answer.headers()["content-disposition"], file.as_str());
            assert_eq!(answer.headers()["cache-control"], "no-store");
            let bytes = answer.bytes().await.unwrap();
            assert!(bytes.starts_with(begins), "{form}");
        }
        let unknown = format!("{PAGE}/file?as=exe");
        assert_eq!(mai.opens(&unknown).await.status(), 404);
        let odd = format!("{PAGE}?from=%22%3E%3Cb%3E&to=x&by=%3Cscript%3E");
        let page = mai.opens(&odd).await;
        assert_eq!(page.status(), 200, "what is wrong is as usual");
        assert!(!page.text().await.unwrap().contains("<script>"));
        desk.stop();
    })
    .await;
}
