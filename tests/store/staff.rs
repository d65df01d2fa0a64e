//! Whom to call when nobody ends a wait, and by which accounts.

use careline::domain::ids::AccountId;
use careline::domain::lang::Lang;
use careline::domain::place::ChannelKind;
use careline::domain::staff::{Role, Staff};
use careline::domain::time::Timestamp;
use careline::store::{Store, staff};

use crate::support::database::each_store;

async fn lists(store: &Store, name: &'static str, role: Role) {
    let member = Staff {
        id: format!("staff-{name}").into(),
        name: name.to_owned(),
        role,
        lang: Lang::En,
    };
    let written = store.write(move |tx| {
        let member = member.clone();
        Box::pin(async move {
            staff::add(tx, &member, Timestamp(1)).await?;
            let account = AccountId(format!("7{name}"));
            staff::link_identity(tx, &member.id, ChannelKind::Discord, &account).await?;
            Ok(())
        })
    });
    written.await.expect("is listed");
}

async fn leads(store: &Store) -> Vec<String> {
    let mut tx = store.read().await.expect("a connection");
    let leads = staff::leads(&mut tx).await.expect("reads");
    leads.into_iter().map(|lead| lead.name).collect()
}

#[tokio::test]
async fn admins_are_called_only_where_nobody_is_lead() {
    each_store(async |store: &Store| {
        lists(store, "Ben", Role::Agent).await;
        assert!(leads(store).await.is_empty());
        lists(store, "Root", Role::Admin).await;
        assert_eq!(leads(store).await, ["Root"]);
        lists(store, "Mai", Role::Lead).await;
        lists(store, "Lan", Role::Lead).await;
        assert_eq!(leads(store).await, ["Lan", "Mai"]);
        let mut tx = store.read().await.expect("a connection");
        let mut accounts = async |channel| {
            let found = staff::accounts(&mut tx, &"staff-Mai".into(), channel).await;
            found.expect("reads")
        };
        assert_eq!(accounts(ChannelKind::Discord).await, ["7Mai".into()]);
        assert!(accounts(ChannelKind::Telegram).await.is_empty());
    })
    .await;
}
