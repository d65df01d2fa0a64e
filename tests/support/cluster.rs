//! A PostgreSQL of one test's own, which may be killed and started again. It is reached by a
//! socket in its folder, so that it takes no port from anybody.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use sqlx::Connection;
use tokio::process::Command;

/// Nothing in it outlives the test: nothing is synced to disk. A kill of its processes loses
/// nothing by that, since the system keeps what they have written.
const OPTIONS: &str = "-c listen_addresses='' -c fsync=off -c full_page_writes=off \
    -c max_connections=100 -c log_min_messages=fatal";
/// Who runs it where we are root, whom PostgreSQL refuses.
const OWNER: &str = "postgres";

/// A running server, or one that was killed.
pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    as_owner: bool,
}

impl Cluster {
    /// Makes one and starts it.
    pub async fn start() -> Cluster {
        let cluster = Cluster {
            folder: tempfile::tempdir().expect("a folder for the cluster"),
            programs: programs(),
            as_owner: is_root(),
        };
        if cluster.as_owner {
            let mut give = Command::new("chown");
            done(give.arg(OWNER).arg(cluster.folder.path())).await;
        }
        let mut make = cluster.program("initdb");
        make.args(["--username=careline", "--auth=trust", "--encoding=UTF8"])
            .args(["--no-locale", "--no-sync", "-D"]);
        done(make.arg(cluster.data())).await;
        cluster.starts().await;
        cluster
    }

    /// What `DATABASE_URL` would be for one of its databases.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.path().display();
        format!("postgres://careline@localhost/{database}?host={folder}")
    }

    /// Kills it: no session ends in order, nothing is written any more.
    pub async fn is_killed(&self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"]);
        done(stop.arg(self.data())).await;
    }

    /// Starts it again; back once it answers.
    pub async fn starts(&self) {
        let folder = self.folder.path().display();
        let options = format!("{OPTIONS} -c unix_socket_directories='{folder}'");
        let mut start = self.program("pg_ctl");
        start
            .args(["start", "-w", "-t", "60", "-l", "log", "-o", &options, "-D"])
            .arg(self.data());
        done(&mut start).await;
    }

    /// Ends every session but the one that asks, as an administrator can; says how many.
    pub async fn cuts_sessions(&self) -> usize {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        let mut admin = sqlx::PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the cluster answers");
        let cut: Vec<bool> = sqlx::query_scalar(sql)
            .fetch_all(&mut admin)
            .await
            .expect("sessions are listed");
        admin.close().await.expect("leaves");
        cut.len()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs, run by the owner, in the cluster's folder.
    pub fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = match self.as_owner {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", OWNER, "--"]).arg(path);
                command
            }
            false => Command::new(path),
        };
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"])
            .arg(self.data());
        // One that was killed already has nothing to stop.
        let _ = stop.as_std_mut().status();
    }
}

/// The folder of PostgreSQL's programs: Debian keeps them out of the path, a folder per version.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let initdb = std::env::split_paths(&path).map(|folder| folder.join("initdb"));
    // A link stands alone; the other programs are where it leads to.
    let mut real = initdb.filter_map(|initdb| std::fs::canonicalize(initdb).ok());
    let in_path = real.find_map(|initdb| Some(initdb.parent()?.to_owned()));
    in_path.unwrap_or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
        let folders = versions.flatten().map(|version| version.path().join("bin"));
        let with_it = folders.filter(|folder| folder.join("initdb").exists());
        with_it.max().expect("PostgreSQL is installed")
    })
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = std::fs::metadata(Path::new("/proc/self"));
    own.is_ok_and(|own| own.uid() == 0)
}

async fn done(command: &mut Command) {
    let status = command.status().await.expect("it runs");
    assert!(status.success(), "{command:?} failed: {status}");
}
