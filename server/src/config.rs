//! What an operator decides. Nothing is read from the environment or a file: the command line says it all.

use std::{path::PathBuf, sync::Arc, time::Duration};

use zegel_protocol::limits;

use crate::clock::{Clock, SystemClock};

/// Where the relay keeps things and how much it takes on.
#[derive(Clone)]
pub struct Config {
    /// The folder that holds everything; made if it is not there.
    pub data: PathBuf,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Requests a second that one key may make, in the long run.
    pub rate_per_key: u32,
    /// Requests a second that are taken from everybody together, in the long run.
    pub rate: u32,
    /// Bytes that logs' states may take in memory, by estimate.
    pub cached_bytes: usize,
    /// Bytes of request bodies that are in memory at once.
    pub body_bytes: usize,
    /// How long a request waits for that room before it is sent away.
    pub body_patience: Duration,
    /// Lines of notice that are open at once.
    pub lines: usize,
    /// How long a line is silent at most.
    pub line_beat: Duration,
    /// How long a line lasts.
    pub line_life: Duration,
    /// Bytes of the disk that are kept free for what must always be possible: ending access, and writing down who read.
    pub reserve_bytes: u64,
    /// The operator says that the clock is right although it jumped: destruction goes on.
    pub clock_confirmed: bool,
}

impl Config {
    /// The defaults, for this folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            clock: Arc::new(SystemClock),
            rate_per_key: 10_000,
            rate: 40_000,
            cached_bytes: 96 << 20,
            body_bytes: 64 << 20,
            body_patience: Duration::from_secs(5),
            lines: 1024,
            line_beat: Duration::from_secs(limits::BEAT_SECONDS),
            line_life: Duration::from_secs(limits::LINE_SECONDS),
            reserve_bytes: 32 << 20,
            clock_confirmed: false,
        }
    }
}
