//! The log: to stderr, readable on a terminal, JSON otherwise.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::redact::redact;

/// The variable that chooses what is logged, such as `debug` or `careline::workers=trace`.
pub const FILTER_VARIABLE: &str = "CARELINE_LOG";

/// Libraries that name addresses, and with them tokens, in their finer messages: never finer than
/// warnings, whatever is asked for.
const PINNED: [&str; 10] = [
    "hyper=warn",
    "hyper_util=warn",
    "reqwest=warn",
    // Its warnings quote what they could not read: customers' words.
    "serenity=error",
    "sqlx=warn",
    "teloxide=warn",
    "teloxide_core=warn",
    "tower_http=warn",
    "tungstenite=warn",
    // It warns of each letter that our second font has, and not the first.
    "usvg=error",
];

/// Starts the log; a second call changes nothing. `filter` is the value of [`FILTER_VARIABLE`];
/// one that does not read is told of and counts as `info`.
pub fn start(filter: Option<&str>) {
    let (filter, fault) = filter_of(filter);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Redacting(io::stderr));
    let started = if io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    if let (Ok(()), Some(fault)) = (started, fault) {
        tracing::warn!("{FILTER_VARIABLE} does not read ({fault}); logging at info");
    }
}

fn filter_of(wanted: Option<&str>) -> (EnvFilter, Option<String>) {
    let (filter, fault) = match EnvFilter::try_new(wanted.unwrap_or("info")) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error.to_string())),
    };
    let filter = PINNED
        .iter()
        .filter_map(|pin| pin.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    (filter, fault)
}

/// Writes what comes, less the secrets in it. The log hands over one whole event at a time, so
/// that no secret is cut in two.
struct Redacting<M>(M);

struct RedactingWriter<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter(self.0.make_writer())
    }
}

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was logged, as one text.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Written {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("is UTF-8")
        }
    }

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0
                .lock()
                .expect("not poisoned")
                .extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, events: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(filter_of(Some(filter)).0)
            .with_writer(Redacting(move || writer.clone()))
            .finish();
        tracing::subscriber::with_default(subscriber, events);
        written.text()
    }

    #[test]
    fn a_token_is_not_written_down_wherever_it_stands() {
        let token = format!("123456789:{}", "canar".repeat(7));
        let text = logged("info", || {
            tracing::info!(error = %format!("no answer from /bot{token}/getMe"), "message {token}");
            tracing::info!(field = ?token, "again");
        });
        assert!(
            text.contains("no answer from /bot[removed]/getMe"),
            "{text}"
        );
        assert!(!text.contains("canar"), "{text}");
        assert_eq!(text.lines().count(), 2);
        for line in text.lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("each event is one object");
        }
    }

    #[test]
    fn libraries_that_name_addresses_stay_at_warnings() {
        let text = logged("debug,hyper=trace", || {
            tracing::debug!(target: "careline", "ours");
            tracing::info!(target: "hyper", "theirs");
            tracing::debug!(target: "reqwest::connect", "theirs");
            tracing::warn!(target: "hyper", "their warning");
        });
        assert!(
            text.contains("ours") && text.contains("their warning"),
            "{text}"
        );
        assert!(!text.contains("\"theirs\""), "{text}");
    }

    #[test]
    fn a_filter_that_does_not_read_is_told_of() {
        assert!(filter_of(Some("careline=loud")).1.is_some());
        assert!(filter_of(None).1.is_none());
    }
}
