//! A bot as a process of its own, pinned to one core, with what the kernel says about it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::process::{Child, Command};

/// The core that bots run on; `benches/run` keeps the load generator to core 0.
pub const BOT_CORE: &str = "1";
/// How long an orderly stop may take.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// Clock ticks a second, as the kernel counts CPU time for programs.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running bot; killed when dropped.
pub struct Process {
    child: Child,
    pid: u32,
}

impl Process {
    /// Starts `program` pinned; what it says goes to `log`.
    pub fn start(
        program: &[String],
        variables: &[(String, String)],
        folder: &Path,
        log: &Path,
    ) -> Result<Process> {
        let log = std::fs::File::create(log).context("the log cannot be written")?;
        let child = Command::new("taskset")
            .args(["-c", BOT_CORE])
            .args(program)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{program:?} does not start"))?;
        // taskset replaces itself by the program: the id stays.
        let pid = child.id().context("it ended at once")?;
        Ok(Process { child, pid })
    }

    /// SIGTERM, and SIGKILL where that is not heard.
    pub async fn stop(mut self) -> Result<()> {
        let told = Command::new("kill").arg(self.pid.to_string()).status();
        let _ = told.await;
        let ended = tokio::time::timeout(STOP_WITHIN, self.child.wait()).await;
        if ended.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }

    /// SIGKILL.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("it cannot be killed")
    }

    /// Its end, where it came by itself.
    pub fn ended(&mut self) -> Option<std::process::ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Resident memory now, in bytes.
    pub fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most resident memory so far, in bytes.
    pub fn resident_peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.pid));
        let text = text.unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(field));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() * 1_024
    }

    /// CPU time so far, user and system, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.pid));
        let text = text.unwrap_or_default();
        // The name, in brackets, may hold spaces: count from behind it.
        let fields: Vec<&str> = text
            .rsplit_once(')')
            .map(|(_, rest)| rest.split_whitespace().collect())
            .unwrap_or_default();
        let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
        let used = ticks(11).unwrap_or_default() + ticks(12).unwrap_or_default();
        used / TICKS_PER_SECOND
    }
}
