//! Who is told at once that something changed. A line is open for each device that listens; what goes down it says that there is
//! something to ask for, never what. The writer calls at the lines of those who may read what a commit moved; a line that was
//! called already is not called twice, so a burst costs no more than one.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::mpsc;
use zegel_ledger::{DeviceId, LogId, PersonId};
use zegel_protocol::{Problem, limits};

use crate::{clock::Clock, config::Config};

/// Every line that is open.
pub(crate) struct Notices {
    lines: Mutex<Lines>,
    /// How many are open, to be asked without waiting: nobody listens most of the time.
    open: AtomicUsize,
    most: usize,
    clock: Arc<dyn Clock>,
    pub(crate) beat: Duration,
    pub(crate) life: Duration,
}

/// Of what a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Hears {
    /// Whatever this member may read.
    Member(PersonId),
    /// The one log that knows somebody outside the organisation, and nothing else, not even the directory.
    Party(LogId),
}

#[derive(Default)]
struct Lines {
    of: HashMap<Hears, Vec<Line>>,
    next: u64,
    closed: bool,
}

struct Line {
    number: u64,
    device: DeviceId,
    /// Room for one call. Dropping it ends the line.
    call: mpsc::Sender<()>,
}

/// The listener's end of a line; the line is gone with it.
pub(crate) struct Listener {
    notices: Arc<Notices>,
    hears: Hears,
    number: u64,
    called: mpsc::Receiver<()>,
}

impl core::fmt::Debug for Notices {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Notices").field("open", &self.open).finish_non_exhaustive()
    }
}

impl Notices {
    pub(crate) fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self {
            lines: Mutex::default(),
            open: AtomicUsize::new(0),
            most: config.lines,
            clock: Arc::clone(&config.clock),
            beat: config.line_beat,
            life: config.line_life,
        })
    }

    /// Opens a line. A device that has as many as it may loses its oldest: that one is most likely dead.
    ///
    /// Errors: [`Problem::Busy`] if too many are open in all, or the relay is ending.
    pub(crate) fn open(self: &Arc<Self>, hears: Hears, device: DeviceId) -> Result<Listener, Problem> {
        let mut lines = self.lock();
        if lines.closed {
            return Err(Problem::Busy);
        }
        let own = lines.of.entry(hears).or_default();
        let of_device = own.iter().filter(|line| line.device == device).count();
        if of_device >= limits::LINES {
            let oldest = own.iter().position(|line| line.device == device);
            oldest.map(|oldest| own.remove(oldest));
        }
        let all: usize = lines.of.values().map(Vec::len).sum();
        if all >= self.most {
            return Err(Problem::Busy);
        }
        let number = lines.next;
        lines.next += 1;
        let (call, called) = mpsc::channel(1);
        lines.of.entry(hears).or_default().push(Line { number, device, call });
        self.count(&lines);
        Ok(Listener { notices: Arc::clone(self), hears, number, called })
    }

    /// Whether nobody listens.
    pub(crate) fn is_idle(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }

    /// The time by which grants are judged.
    pub(crate) fn time(&self) -> u64 {
        self.clock.seconds()
    }

    /// Calls at these lines.
    pub(crate) fn tell(&self, hearers: impl Iterator<Item = Hears>) {
        let lines = self.lock();
        for line in hearers.filter_map(|hears| lines.of.get(&hears)).flatten() {
            // One that was called already, and has not looked yet, needs no second call.
            let _ = line.call.try_send(());
        }
    }

    /// Calls at the lines of which this holds.
    pub(crate) fn tell_all(&self, of: impl Fn(&Hears) -> bool) {
        for line in self.lock().of.iter().filter(|(hears, _)| of(hears)).flat_map(|(_, lines)| lines) {
            let _ = line.call.try_send(());
        }
    }

    /// Ends every line, and opens none any more.
    pub(crate) fn close(&self) {
        let mut lines = self.lock();
        lines.closed = true;
        lines.of.clear();
        self.count(&lines);
    }

    fn count(&self, lines: &Lines) {
        self.open.store(lines.of.values().map(Vec::len).sum(), Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Waits for a call; nothing once the line has ended.
    pub(crate) async fn called(&mut self) -> Option<()> {
        self.called.recv().await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut lines = self.notices.lock();
        if let Some(own) = lines.of.get_mut(&self.hears) {
            own.retain(|line| line.number != self.number);
            if own.is_empty() {
                lines.of.remove(&self.hears);
            }
        }
        self.notices.count(&lines);
    }
}
