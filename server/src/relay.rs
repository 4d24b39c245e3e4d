//! The relay itself: what the calls work with.

use std::sync::Arc;

use rusqlite::params;
use tokio::sync::Semaphore;
use zegel_crypto::VerifyingKey;
use zegel_ledger::{Directory, Log, LogId};
use zegel_protocol::{Problem, limits};

use crate::{
    access::{self, Asker, Now, Openings, Reader},
    auth::{self, Challenges},
    backup,
    bodies::Bodies,
    clock::Clock,
    config::Config,
    failure::Failure,
    knocks::Knocks,
    notices::Notices,
    rate::Rates,
    readings::Seen,
    setup,
    store::{
        Folder, OpenError,
        blobs::Blobs,
        logs::{self, KnownDirectory, signed},
        uploads::Uploads,
        writer::{Shared, Writer},
    },
};

/// An open relay. Clones are the same relay.
#[derive(Clone, Debug)]
pub struct Relay(Arc<Inner>);

/// How many may read much at once. More would wait for the same disk and processors, each with a page cache of its own.
const READERS: usize = 8;

// The writer stands first: it must have finished before the folder's lock is given up.
struct Inner {
    writer: Writer,
    shared: Arc<Shared>,
    notices: Arc<Notices>,
    folder: Folder,
    blobs: Blobs,
    uploads: Uploads,
    seen: Seen,
    challenges: Challenges,
    rates: Rates,
    bodies: Bodies,
    knocks: Knocks,
    readers: Semaphore,
    nobody: VerifyingKey,
    clock: Arc<dyn Clock>,
    clock_confirmed: bool,
}

impl core::fmt::Debug for Inner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Relay").field("folder", &self.folder.path()).finish_non_exhaustive()
    }
}

impl Relay {
    /// Opens the folder, or makes it; a relay without an organisation gets a set-up token.
    pub fn open(config: Config) -> Result<Self, OpenError> {
        let folder = Folder::open(&config.data, config.reserve_bytes)?;
        let wrong = |failure: Failure| match failure.0 {
            Problem::Full => OpenError::Full(config.data.clone()),
            problem => OpenError::State(problem),
        };
        let notices = Notices::new(&config);
        let (writer, shared) =
            Writer::start(&folder, config.cached_bytes, Arc::clone(&notices), config.clock.seconds()).map_err(wrong)?;
        match shared.directory() {
            None => setup::offer(folder.path()),
            Some(_) => setup::close(folder.path()),
        }
        .map_err(wrong)?;
        let inner = Inner {
            blobs: Blobs::open(&folder.path().join("blobs")).map_err(wrong)?,
            uploads: Uploads::new(folder.path().join("uploads")),
            seen: Seen::default(),
            challenges: Challenges::open(&folder.path().join("challenge-key")).map_err(wrong)?,
            rates: Rates::new(config.rate, config.rate_per_key, config.clock.millis()),
            bodies: Bodies::new(config.body_bytes, config.body_patience),
            knocks: Knocks::default(),
            readers: Semaphore::new(READERS),
            nobody: auth::nobody().map_err(wrong)?,
            clock: config.clock,
            clock_confirmed: config.clock_confirmed,
            writer,
            shared,
            notices,
            folder,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Whether the last commit reached the disk.
    pub fn is_healthy(&self) -> bool {
        self.0.shared.is_healthy()
    }

    /// Whether an organisation was founded here.
    pub fn is_set_up(&self) -> bool {
        self.directory().is_some()
    }

    /// Whether the relay was never backed up, or not since halves were added.
    pub fn is_backup_due(&self) -> bool {
        backup::is_due(self).unwrap_or(true)
    }

    /// To about which time (in seconds since 1970) the relay was put back, while no director has confirmed it.
    pub fn put_back(&self) -> Option<u64> {
        self.0.shared.put_back()
    }

    /// Whether the relay ever was put back to an earlier state.
    pub(crate) fn was_put_back(&self) -> bool {
        self.0.shared.was_put_back()
    }

    /// The present, by this directory.
    pub(crate) fn now<'n>(&'n self, directory: &'n Directory) -> Now<'n> {
        Now { directory, time: self.time(), ended: self.0.shared.ended() }
    }

    /// Writes something harmless, to see whether the disk takes it.
    pub(crate) async fn write_probe(&self) -> Result<(), Failure> {
        let time = signed(self.time());
        let insert = "INSERT OR REPLACE INTO meta VALUES ('probe', ?1)";
        self.writer().run(move |batch| Ok(batch.archive().execute(insert, [time]).map(drop)?)).await
    }

    pub(crate) fn time(&self) -> u64 {
        self.0.clock.seconds()
    }

    pub(crate) fn millis(&self) -> u64 {
        self.0.clock.millis()
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.0.writer
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.0.folder
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    pub(crate) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    pub(crate) fn seen(&self) -> &Seen {
        &self.0.seen
    }

    pub(crate) fn challenges(&self) -> &Challenges {
        &self.0.challenges
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    pub(crate) fn bodies(&self) -> &Bodies {
        &self.0.bodies
    }

    pub(crate) fn knocks(&self) -> &Knocks {
        &self.0.knocks
    }

    pub(crate) fn notices(&self) -> &Arc<Notices> {
        &self.0.notices
    }

    /// Ends what would go on for ever, so that an end need not wait for it.
    pub(crate) fn end_lines(&self) {
        self.0.notices.close();
    }

    pub(crate) fn nobody(&self) -> VerifyingKey {
        self.0.nobody
    }

    pub(crate) fn changed(&self) -> u64 {
        self.0.shared.changed()
    }

    pub(crate) fn clock_confirmed(&self) -> bool {
        self.0.clock_confirmed
    }

    pub(crate) fn directory(&self) -> Option<Arc<KnownDirectory>> {
        self.0.shared.directory()
    }

    /// Runs work that reads much on a thread where it keeps nobody waiting.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = self.0.readers.acquire().await;
        let relay = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&relay)).await;
        drop(turn);
        done.map_err(|_| Failure::internal("a reader stopped"))?
    }

    /// Shows a log to `work`, if there is one; the directory and every other.
    pub(crate) fn with_log<T>(
        &self,
        id: LogId,
        work: impl FnOnce(i64, &Log, Now<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let known = self.directory().ok_or(Problem::NotFound)?;
        let now = self.now(&known.directory);
        if self.0.shared.ended().contains(&id.0) {
            return Err(Problem::NotFound.into());
        }
        if known.directory.organisation() == id {
            return work(known.row, known.directory.log(), now);
        }
        let cell = self.0.shared.logs.cell(id);
        let state = cell.read(|| {
            // Taken afresh: what is being loaded may rely on a directory that is newer than the one above.
            let known = self.directory().ok_or(Problem::NotFound)?;
            self.folder().read(|archive| logs::load(archive, (archive, "halves"), id, &known.directory))
        })?;
        let known = state.as_ref().ok_or(Problem::NotFound)?;
        work(known.row, &known.log, now)
    }

    /// Shows a log to `work` as far as `asker` may read it.
    ///
    /// Errors: as [`access::reader`] says.
    pub(crate) fn read<T>(
        &self,
        asker: Asker,
        id: LogId,
        work: impl FnOnce(i64, &Log, &Reader<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let openings = self.openings(asker)?;
        self.with_log(id, |row, log, now| {
            let source = log.founding().and_then(|founding| founding.source.as_ref());
            match source {
                None => work(row, log, &access::reader(asker, log, None, openings, now)?),
                Some(source) => self.with_log(source.consent.log, |_, source, now| {
                    work(row, log, &access::reader(asker, log, Some(source), openings, now)?)
                }),
            }
        })
    }

    fn openings(&self, asker: Asker) -> Result<Openings, Failure> {
        let Asker::Link { grant, .. } = asker else { return Ok(Openings::default()) };
        let since = self.time().saturating_sub(limits::READING_SECONDS);
        self.folder().read(|archive| {
            let count = "SELECT count(*), coalesce(max(started) > ?2, 0) FROM opening WHERE grant_id = ?1";
            let mut count = archive.prepare_cached(count)?;
            let found = count.query_row(params![grant.0, signed(since)], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(Openings { begun: found.0, open: found.1 })
        })
    }
}
