//! How many arrivals a second processes take: each hands them over one after the other through the
//! program's own inlet, each in a commit of its own, as a platform's adapter does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use careline::channels::{Arrival, Happening, Inlet, Sender};
use careline::clock::{Clock, SystemClock, SystemIds};
use careline::domain::message::Part;
use careline::domain::place::{ChannelKind, Place};
use careline::store::Store;
use careline::workers::Wakes;
use careline::workers::inlet::StoreInlet;

/// Takes arrivals for so long; says how many were committed.
pub async fn take(store: Store, process: u32, length: Duration) -> u64 {
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds::default()));
    let inlet = StoreInlet::new(store, clock, ids, Wakes::default());
    let begun = Instant::now();
    let mut taken = 0;
    while begun.elapsed() < length {
        let one = arrival(process, taken);
        inlet.take(vec![one]).await.expect("it is taken");
        taken += 1;
    }
    taken
}

fn arrival(process: u32, number: u64) -> Arrival {
    let account = format!("{process}-{}", number % 1_000);
    Arrival {
        natural_key: format!("telegram:1:m:{process}:{number}"),
        place: Place::chat(ChannelKind::Telegram, account.as_str()),
        at_desk: false,
        sender: Some(Sender {
            account: account.as_str().into(),
            name: format!("Customer {account}"),
            lang_hint: None,
        }),
        platform_at: SystemClock.now(),
        position: None,
        what: Happening::Wrote {
            message: number.to_string().as_str().into(),
            parts: vec![Part::Text {
                text: "How long does a refund take?".to_owned(),
            }],
            reply_to: None,
            album: None,
        },
        raw: r#"{"message":{"text":"How long does a refund take?"}}"#.to_owned(),
    }
}
