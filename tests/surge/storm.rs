//! A platform that pushes back: less a second for minutes, nothing at all for a while, chats that
//! take nothing.

use careline::domain::engine::effect::Purpose;
use careline::domain::time::Millis;

use super::rig::{Rig, Wanted};

const ROWS: usize = 6_000;
const SECONDS: i64 = 300;
/// So long a request takes: as many as the window holds are under way together.
const STEP: Millis = Millis(160);

#[tokio::test]
async fn a_storm_of_refusals_wastes_next_to_nothing() {
    let rig = Rig::new().await;
    let rows = (0..ROWS).map(|number| Wanted {
        id: format!("{number:05}"),
        chat: format!("{}", number % 2_000),
        purpose: Purpose::Broadcast,
    });
    rig.wants(rows.collect()).await;
    let mut troubles = [
        (20, Trouble::Slow(12)),
        (60, Trouble::Chats),
        (140, Trouble::Over),
        (150, Trouble::Closed),
        (190, Trouble::Closed),
        (200, Trouble::Chats),
    ]
    .into_iter()
    .peekable();
    while rig.since_start() < Millis::seconds(SECONDS) {
        while let Some((_, trouble)) =
            troubles.next_if(|(at, _)| rig.since_start() >= Millis::seconds(*at))
        {
            trouble.comes(&rig);
        }
        rig.goes_on(STEP).await;
    }
    let requests = rig.platform.requests();
    let wasted = requests.iter().filter(|request| !request.was_taken).count();
    let too_early = rig.platform.too_early();
    let last_seconds = rig.clock_at(SECONDS - 20);
    let lately = requests
        .iter()
        .filter(|request| request.at >= last_seconds)
        .count();
    println!("429 storm: 120 s at 12/s, twice 15 s of nothing, ten chats closed for 20 s");
    println!(
        "  wasted             {wasted} of {} requests (target 1 %)",
        requests.len()
    );
    println!("  before retry_after {too_early} (target 0)");
    println!("  pace at the end    {}/s", lately / 20);
    assert!(wasted > 10, "the storm was one");
    assert!(
        wasted * 100 <= requests.len(),
        "{wasted} of {}",
        requests.len()
    );
    assert_eq!(too_early, 0);
    // One more a second each ten seconds, up from what three troubles left of 25.
    assert!(lately / 20 >= 8, "{lately} in the last 20 seconds");
    rig.ends().await;
}

enum Trouble {
    Slow(usize),
    Over,
    Closed,
    Chats,
}

impl Trouble {
    fn comes(&self, rig: &Rig) {
        match self {
            Trouble::Slow(per_second) => rig.platform.takes_only(*per_second),
            Trouble::Over => rig.platform.recovers(),
            Trouble::Closed => rig.platform.closes(Millis::seconds(15)),
            Trouble::Chats => {
                let written_to = rig.platform.requests().len();
                for next in 0..5 {
                    let chat = format!("{}", (written_to + 20 + next * 30) % 2_000);
                    rig.platform.closes_chat(&chat, Millis::seconds(20));
                }
            }
        }
    }
}
