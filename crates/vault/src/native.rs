//! The ports of a terminal or a server: a SQLite file, HTTP over rustls, files, the system's clock and randomness.

mod files;
mod http;
mod sqlite;

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

pub use files::{PathSink, PathSource};
pub use http::{AddressError, HttpTransport};
pub use sqlite::SqliteStore;

use crate::ports::{Clock, Entropy, InProcess, Ports, StoreError};

/// Why the ports could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortsError {
    /// The relay's address cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The home folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The ports of the vault in the folder `home`, for the relay at the address `relay`.
pub fn ports(home: &Path, relay: &str) -> Result<Ports, PortsError> {
    Ok(Ports {
        transport: Box::new(HttpTransport::new(relay)?),
        store: Box::new(SqliteStore::open(home)?),
        clock: Box::new(SystemClock),
        entropy: Box::new(SystemEntropy),
        accelerator: Box::new(InProcess),
    })
}

/// The operating system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        // Before 1970 the clock is not set; the vault compares it with the relay's and says so.
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

/// The operating system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// If the system gives none: nothing may be sealed then.
    fn fill(&self, bytes: &mut [u8]) {
        assert!(getrandom::fill(bytes).is_ok(), "this system gives no randomness");
    }
}
