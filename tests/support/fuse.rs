//! A wire to the database that a test breaks: once, at a step of its choice, or for as long as it
//! likes, with the error that the database would give.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use careline::store::{Step, StoreError, Wire};
use sqlx::error::{DatabaseError, ErrorKind};

/// How a step goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// It is not done.
    Refused,
    /// A commit is done, and whoever asked for it hears that it is not.
    Unheard,
}

/// What is broken.
#[derive(Clone, Copy, Debug, Default)]
enum Broken {
    #[default]
    Nothing,
    /// The n-th step that can break so.
    Nth(Break, usize),
    /// Every step but the commits that are under way, with the database's code.
    Everything(&'static str),
    /// Every write, with the database's code; what is there can be read.
    Writes(&'static str),
}

/// The fuse. At first everything passes.
#[derive(Default)]
pub struct Fuse {
    broken: Mutex<Broken>,
}

impl Fuse {
    pub fn new() -> Arc<Fuse> {
        Arc::default()
    }

    /// The n-th step from now on that can break in this way does so; the first is 1.
    pub fn arm(&self, how: Break, n: usize) {
        self.set(Broken::Nth(how, n));
    }

    /// Nothing passes any more: the database says this code.
    pub fn breaks(&self, code: &'static str) {
        self.set(Broken::Everything(code));
    }

    /// Nothing can be written any more: the database says this code.
    pub fn refuses_writes(&self, code: &'static str) {
        self.set(Broken::Writes(code));
    }

    /// Lets everything pass again; whether the n-th step has come.
    pub fn mend(&self) -> bool {
        let was = *self.broken.lock().expect("not poisoned");
        self.set(Broken::Nothing);
        matches!(was, Broken::Nth(_, 0))
    }

    fn set(&self, broken: Broken) {
        *self.broken.lock().expect("not poisoned") = broken;
    }
}

impl Wire for Fuse {
    fn passes(&self, step: Step) -> Result<(), StoreError> {
        let mut broken = self.broken.lock().expect("not poisoned");
        match &mut *broken {
            Broken::Nothing => Ok(()),
            Broken::Nth(how, left) => {
                let counts = match step {
                    Step::Begin | Step::Statement | Step::Commit => *how == Break::Refused,
                    Step::Committed => *how == Break::Unheard,
                };
                if !counts || *left == 0 {
                    return Ok(());
                }
                *left -= 1;
                match *left {
                    0 => Err(io::Error::from(io::ErrorKind::ConnectionReset).into_store()),
                    _ => Ok(()),
                }
            }
            Broken::Everything(code) => match step {
                Step::Begin | Step::Statement | Step::Commit => Err(Told(code).into_store()),
                Step::Committed => Ok(()),
            },
            Broken::Writes(code) => match step {
                Step::Begin | Step::Commit => Err(Told(code).into_store()),
                Step::Statement | Step::Committed => Ok(()),
            },
        }
    }
}

/// What comes back as an error of the store.
trait IntoStore {
    fn into_store(self) -> StoreError;
}

impl IntoStore for io::Error {
    fn into_store(self) -> StoreError {
        StoreError::Database(sqlx::Error::Io(self))
    }
}

impl IntoStore for Told {
    fn into_store(self) -> StoreError {
        StoreError::Database(sqlx::Error::Database(Box::new(self)))
    }
}

/// The database's own word for it.
#[derive(Debug)]
struct Told(&'static str);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}", self.0)
    }
}

impl Error for Told {}

impl DatabaseError for Told {
    fn message(&self) -> &str {
        "the test has broken it"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.0))
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}
