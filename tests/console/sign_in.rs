//! One-time links, sessions that end, attempts that are counted.

use careline::domain::staff::Role;
use careline::domain::time::Millis;
use careline::store::staff;

use crate::support::console::Desk;
use crate::support::database::each_store;

#[tokio::test]
async fn a_link_signs_in_once_and_looking_at_it_uses_nothing_up() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let link = format!("/console/sign-in/{}", desk.lists("Mai", Role::Agent).await);
        let mut mai = desk.guest();
        assert_eq!(mai.opens("/console").await.status(), 401);
        for _preview in 0..3 {
            assert_eq!(mai.opens(&link).await.status(), 200);
        }
        let answer = mai.posts_bare(&link).await;
        assert_eq!(answer.status(), 303);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        mai.keep_cookie(&answer);
        assert_eq!(mai.opens("/console").await.status(), 200);
        assert_eq!(desk.guest().posts_bare(&link).await.status(), 410);

        assert_eq!(mai.posts("/console/sign-out", &[]).await.status(), 303);
        assert_eq!(
            mai.opens("/console").await.status(),
            401,
            "the old cookie opens nothing"
        );
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn a_link_is_too_old_after_a_quarter_of_an_hour() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let link = format!("/console/sign-in/{}", desk.lists("Mai", Role::Agent).await);
        desk.clock.pass(Millis::minutes(15));
        assert_eq!(desk.guest().posts_bare(&link).await.status(), 410);
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_ends_when_idle_and_lasts_while_there_are_signs_of_life() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let mai = desk.signs_in("Mai", Role::Agent).await;
        for _ in 0..3 {
            desk.clock.pass(Millis::minutes(20));
            assert_eq!(mai.posts("/console/here", &[]).await.status(), 204);
        }
        desk.clock.pass(Millis::minutes(30));
        assert_eq!(mai.opens("/console").await.status(), 401);
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn guessing_is_slowed_down_and_a_foreign_page_cannot_sign_anybody_in() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let link = format!("/console/sign-in/{}", desk.lists("Mai", Role::Agent).await);
        let guest = desk.guest();
        assert_eq!(
            guest.posts_from("cross-site", &link, &[]).await.status(),
            403
        );
        for guess in 0..5 {
            let answer = guest
                .posts_bare(&format!("/console/sign-in/guess{guess}"))
                .await;
            assert_eq!(answer.status(), 410);
        }
        assert_eq!(
            guest.posts_bare(&link).await.status(),
            429,
            "even the right one has to wait"
        );
        desk.clock.pass(Millis::minutes(1));
        assert_eq!(guest.posts_bare(&link).await.status(), 303);
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn who_is_removed_is_out_at_once() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let mai = desk.signs_in("Mai", Role::Admin).await;
        assert_eq!(mai.opens("/console").await.status(), 200);
        store
            .write(|tx| {
                Box::pin(async move {
                    staff::remove(
                        tx,
                        &"staff-Mai".into(),
                        careline::domain::time::Timestamp(1),
                    )
                    .await
                })
            })
            .await
            .unwrap();
        assert_eq!(mai.opens("/console").await.status(), 401);
        desk.stop();
    })
    .await;
}
