//! Cold start: from the start of the process to its first poll, over a database of years.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::bots::{Bot, Home};
use crate::drain::{first_poll, mb};
use crate::fake::Fake;
use crate::fill;
use crate::table::{Table, Values};

/// How many conversations there are.
const SIZES: [u64; 2] = [10_000, 1_000_000];

/// Starts it `rounds` times over each database, with the file in the kernel's cache and without.
pub async fn run(rounds: usize) -> Result<()> {
    let fake = Fake::start().await?;
    let mut table = Table::new(&[
        "conversations",
        "file in the cache",
        "first poll after ms (median, range)",
        "RSS MB at the first poll",
        "target",
    ]);
    for conversations in SIZES {
        let database = fill::database(conversations).await?;
        let home = Home::fresh(Bot::Careline, &fake)?;
        let file = home.folder.join("careline.db");
        for part in ["careline.db", "careline.db-wal", "careline.db-shm"] {
            let _ = std::fs::remove_file(home.folder.join(part));
        }
        std::fs::hard_link(&database, &file)?;
        for cached in [true, false] {
            let mut values = Values::default();
            for _ in 0..rounds {
                if cached {
                    read_through(&file)?;
                } else {
                    drop_from_cache(&file)?;
                }
                fake.forget();
                fake.expect_bot();
                let began = Instant::now();
                let mut process = home.start()?;
                let polled = first_poll(&fake, &mut process).await?;
                let took = polled.saturating_duration_since(began);
                values.add("ms", took.as_secs_f64() * 1_000.0);
                values.add("RSS", mb(process.resident()));
                process.stop().await?;
            }
            table.row(vec![
                conversations.to_string(),
                if cached { "yes" } else { "no" }.to_owned(),
                values.spread("ms", 0),
                values.median_text("RSS", 1),
                "≤ 150 ms".to_owned(),
            ]);
        }
        home.remove()?;
    }
    table.publish("start", "")
}

fn read_through(file: &Path) -> Result<()> {
    std::io::copy(&mut std::fs::File::open(file)?, &mut std::io::sink())?;
    Ok(())
}

/// Has the kernel forget the file's pages; other files keep theirs.
fn drop_from_cache(file: &Path) -> Result<()> {
    let status = Command::new("dd")
        .arg(format!("if={}", file.display()))
        .args(["iflag=nocache", "count=0", "status=none"])
        .status()?;
    ensure!(status.success(), "dd does not drop the file's pages");
    Ok(())
}
