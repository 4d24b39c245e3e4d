//! The one thread that writes. It takes whatever work waits, does it in one transaction, syncs once and answers
//! everybody: a commit costs a sync, and so costs little when many share it.
//!
//! Order on disk: halves and slips first, then the archive's entries that name them; what an entry destroys, last.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::oneshot;
use zegel_crypto::{Canonical as _, Hash, sabotage};
use zegel_ledger::{Directory, GrantId, HalfId, Log, LogId, LogKind, Receiver, Rights};
use zegel_protocol::Problem;

use super::{
    Folder,
    apart::{self, PutBack},
    logs::{self, Cell, Known, KnownDirectory, Logs, signed, unsigned},
};
use crate::{
    access::{self, Now},
    failure::Failure,
    notices::{Hears, Notices},
};

/// Pieces of work that share one commit.
const MOST: usize = 256;

/// What readers and the writer share in memory. All of it follows from what is committed.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Logs' states.
    pub(crate) logs: Logs,
    directory: RwLock<Option<Arc<KnownDirectory>>>,
    changed: AtomicU64,
    healthy: AtomicBool,
    put_back: PutBack,
    confirmed: AtomicBool,
    notices: Arc<Notices>,
}

impl Shared {
    /// To about which time the relay was put back, while no director has confirmed it.
    pub(crate) fn put_back(&self) -> Option<u64> {
        self.put_back.to.filter(|_| !self.confirmed.load(Ordering::Acquire))
    }

    /// Whether the relay ever was put back to an earlier state.
    pub(crate) fn was_put_back(&self) -> bool {
        self.put_back.once
    }

    /// What ended before the relay was put back, by id.
    pub(crate) fn ended(&self) -> &HashSet<[u8; 16]> {
        &self.put_back.ended
    }

    /// The same, without the grants that their own holder ended.
    pub(crate) fn ended_by_others(&self) -> &HashSet<[u8; 16]> {
        &self.put_back.ended_by_others
    }

    /// The directory, once the organisation is set up.
    pub(crate) fn directory(&self) -> Option<Arc<KnownDirectory>> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of the last change of any log.
    pub(crate) fn changed(&self) -> u64 {
        self.changed.load(Ordering::Acquire)
    }

    /// Whether the last commit reached the disk.
    pub(crate) fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Acquire)
    }

    /// Calls whoever listens and may read one of the logs that a commit moved. It costs what these logs have of readers, and
    /// nothing while nobody listens.
    fn give_notice(
        &self,
        moved: &[LogId],
        load: impl Fn(LogId) -> Result<Option<Known>, Failure>,
    ) -> Result<(), Failure> {
        let Some(known) = self.directory().filter(|_| !moved.is_empty() && !self.notices.is_idle()) else {
            return Ok(());
        };
        if sabotage::is("notice-readers") {
            self.notices.tell_all(|_| true);
        }
        let directory = moved.contains(&known.directory.organisation());
        if directory {
            self.notices.tell_all(|hears| matches!(hears, Hears::Member(_)));
        }
        self.notices.tell(moved.iter().map(|log| Hears::Party(*log)));
        let now = Now { directory: &known.directory, time: self.notices.time(), ended: self.ended() };
        for id in moved.iter().filter(|_| !directory) {
            let cell = self.logs.cell(*id);
            let state = cell.read(|| load(*id))?;
            let Some(Known { log, .. }) = state.as_ref() else { continue };
            let source = log.founding().and_then(|founding| founding.source.as_ref());
            let source = source.map(|source| (self.logs.cell(source.consent.log), source.consent.log));
            let source = source.as_ref().map(|(cell, id)| cell.read(|| load(*id))).transpose()?;
            let source = source.as_ref().and_then(|state| state.as_ref()).map(|known| &known.log);
            self.notices.tell(access::readers(log, source, now).map(Hears::Member));
        }
        Ok(())
    }
}

/// Work for the writer: does it, and returns how to tell whoever asked once it is known whether the commit held.
type Job = Box<dyn FnOnce(&mut Batch<'_>) -> Tell + Send>;
type Tell = Box<dyn FnOnce(Result<(), Problem>) + Send>;

/// Where work is handed in. Dropping it ends the thread after the work that was handed in.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(
        folder: &Folder,
        cached_bytes: usize,
        notices: Arc<Notices>,
        now: u64,
    ) -> Result<(Self, Arc<Shared>), Failure> {
        let archive = folder.writer("relay.sqlite")?;
        let halves = folder.writer("halves.sqlite")?;
        bury(&archive, &halves)?;
        let put_back = apart::notice(&archive, &halves, now)?;
        let changed = apart::last_change(&archive)?;
        let directory = logs::load_directory(&archive, (&halves, "main"))?;
        let shared = Arc::new(Shared {
            logs: Logs::new(cached_bytes),
            directory: RwLock::new(directory.map(Arc::new)),
            changed: AtomicU64::new(unsigned(changed)),
            healthy: AtomicBool::new(true),
            put_back,
            confirmed: AtomicBool::new(false),
            notices,
        });
        catch_up(&archive, &halves, &shared)?;
        let (sender, jobs) = mpsc::channel::<Job>();
        let known = Arc::clone(&shared);
        let work = move || {
            while let Ok(first) = jobs.recv() {
                let waiting = std::iter::from_fn(|| jobs.try_recv().ok());
                commit(&archive, &halves, &known, std::iter::once(first).chain(waiting).take(MOST));
            }
        };
        let thread = std::thread::Builder::new().name("writer".into()).spawn(work)?;
        Ok((Self { jobs: Some(sender), thread: Some(thread) }, shared))
    }

    /// Does work in the next commit and returns when it is on disk. Work that fails leaves nothing behind.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |batch| {
            let result = batch.attempt(work);
            Box::new(move |commit| {
                let result = result.and_then(|value| commit.map(|()| value).map_err(Failure));
                // Whoever hung up does not hear it; the work is done all the same.
                let _ = tell.send(result);
            })
        });
        let gone = || Failure::internal("the writer has stopped");
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

fn commit(archive: &Connection, halves: &Connection, shared: &Shared, jobs: impl Iterator<Item = Job>) {
    let mut batch = Batch::begin(archive, halves, shared);
    let tells: Vec<Tell> = jobs.map(|job| job(&mut batch)).collect();
    let (outcome, moved) = match batch.finish() {
        Ok(moved) => (Ok(()), moved),
        Err(problem) => (Err(problem), Vec::new()),
    };
    shared.healthy.store(outcome.is_ok(), Ordering::Release);
    let load = |id| match shared.directory() {
        Some(known) => logs::load(archive, (halves, "main"), id, &known.directory),
        None => Ok(None),
    };
    // Whoever is not called asks by themselves, later. Before the answers, so that nobody is called of what is long known.
    let _ = shared.give_notice(&moved, load);
    for tell in tells {
        tell(outcome.clone());
    }
}

/// A slip is on disk before the archive knows of it. Where the relay ended in between, the archive is told now.
fn catch_up(archive: &Connection, halves: &Connection, shared: &Shared) -> Result<(), Failure> {
    let find = "SELECT value FROM meta WHERE name = 'slip'";
    let known: Option<i64> = archive.query_row(find, [], |row| row.get(0)).optional()?;
    let last = last_slip(halves)?;
    if known.unwrap_or_default() >= last {
        return Ok(());
    }
    let mut batch = Batch::begin(archive, halves, shared);
    let mut find = halves.prepare("SELECT DISTINCT log FROM slip WHERE id > ?1")?;
    let logs = find.query_map([known.unwrap_or_default()], |row| Ok(LogId(row.get(0)?)))?;
    for id in logs.collect::<Result<Vec<_>, _>>()? {
        match batch.directory() {
            Some(known) if known.directory.organisation() == id => batch.directory_touched = true,
            _ => {
                batch.cell(id);
                batch.changed(id, true);
            }
        }
    }
    batch.halves()?;
    batch.finish().map(drop).map_err(Failure)
}

fn last_slip(halves: &Connection) -> Result<i64, Failure> {
    Ok(halves.prepare_cached("SELECT coalesce(max(id), 0) FROM slip")?.query_row([], |row| row.get(0))?)
}

fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(drop)
}

/// Deletes the halves that committed entries destroy, and leaves tombstones.
fn bury(archive: &Connection, halves: &Connection) -> Result<(), Failure> {
    let doomed: Vec<([u8; 16], [u8; 16])> = archive
        .prepare_cached("SELECT log, half FROM doomed")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    if doomed.is_empty() {
        return Ok(());
    }
    let transaction = halves.unchecked_transaction()?;
    for (log, half) in &doomed {
        transaction.execute("DELETE FROM half WHERE log = ?1 AND id = ?2", params![log, half])?;
        transaction.execute("INSERT OR IGNORE INTO tombstone VALUES (?1, ?2)", params![log, half])?;
    }
    let count = "INSERT INTO mark VALUES ('commits', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1";
    transaction.execute(count, [])?;
    transaction.commit()?;
    // The old pages are still in the write-ahead log; they must not outlive the half.
    halves.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    for (log, half) in &doomed {
        archive.execute("DELETE FROM doomed WHERE log = ?1 AND half = ?2", params![log, half])?;
    }
    apart::note_known(archive, halves)
}

#[derive(Debug)]
struct Touched {
    cell: Arc<Cell>,
    readers: bool,
    /// Changed by the work at hand.
    dirty: bool,
}

/// The work of one commit.
#[derive(Debug)]
pub(crate) struct Batch<'c> {
    archive: &'c Connection,
    halves_connection: &'c Connection,
    halves_begun: bool,
    halves_saved: bool,
    shared: &'c Shared,
    directory: Option<Arc<KnownDirectory>>,
    directory_touched: bool,
    touched: BTreeMap<LogId, Touched>,
    buries: bool,
    confirms: bool,
    broken: Option<Problem>,
}

impl<'c> Batch<'c> {
    fn begin(archive: &'c Connection, halves: &'c Connection, shared: &'c Shared) -> Self {
        Self {
            archive,
            halves_connection: halves,
            halves_begun: false,
            halves_saved: false,
            shared,
            directory: shared.directory(),
            directory_touched: false,
            touched: BTreeMap::new(),
            buries: false,
            confirms: false,
            broken: begin(archive).err().map(|error| Failure::from(error).0),
        }
    }

    /// The archive, inside the transaction.
    pub(crate) fn archive(&self) -> &Connection {
        self.archive
    }

    /// The halves and slips, inside a transaction that commits before the archive's.
    pub(crate) fn halves(&mut self) -> Result<&Connection, Failure> {
        if !self.halves_begun {
            begin(self.halves_connection)?;
            self.halves_begun = true;
        }
        if !self.halves_saved {
            self.halves_connection.prepare_cached("SAVEPOINT job")?.execute([])?;
            self.halves_saved = true;
        }
        Ok(self.halves_connection)
    }

    /// The directory as this batch leaves it.
    pub(crate) fn directory(&self) -> Option<Arc<KnownDirectory>> {
        self.directory.clone()
    }

    /// Puts the directory's next state in place.
    pub(crate) fn set_directory(&mut self, next: KnownDirectory) {
        self.directory = Some(Arc::new(next));
        self.directory_touched = true;
    }

    /// The cell of a log, held until the commit.
    pub(crate) fn cell(&mut self, id: LogId) -> Arc<Cell> {
        let cell = || Touched { cell: self.shared.logs.cell(id), readers: false, dirty: false };
        Arc::clone(&self.touched.entry(id).or_insert_with(cell).cell)
    }

    /// Notes that a log's state has changed, and whether with it who may read it.
    pub(crate) fn changed(&mut self, id: LogId, readers: bool) {
        if let Some(touched) = self.touched.get_mut(&id) {
            touched.readers |= readers;
            touched.dirty = true;
        }
    }

    /// Drops a log's state: there is no such log any more.
    pub(crate) fn forget(&mut self, id: LogId) {
        self.changed(id, false);
        self.cell(id).replace(None);
    }

    /// Loads a log as it stands inside the transaction.
    pub(crate) fn load(&self, id: LogId) -> Result<Option<Known>, Failure> {
        match &self.directory {
            Some(known) => logs::load(self.archive, (self.halves_connection, "main"), id, &known.directory),
            None => Ok(None),
        }
    }

    /// Marks a half to be destroyed once the commit holds.
    pub(crate) fn doom(&mut self, log: LogId, half: HalfId) -> Result<(), Failure> {
        self.archive.prepare_cached("INSERT OR IGNORE INTO doomed VALUES (?1, ?2)")?.execute(params![log.0, half.0])?;
        self.buries = true;
        Ok(())
    }

    /// Notes, apart from the archive, that something ended: it stays so whatever becomes of the archive.
    pub(crate) fn end(&mut self, id: [u8; 16]) -> Result<(), Failure> {
        self.halves()?.prepare_cached("INSERT OR IGNORE INTO ended VALUES (?1)")?.execute([id])?;
        Ok(())
    }

    /// Notes of a grant that ended that its own holder did it.
    pub(crate) fn lay_down(&mut self, id: GrantId) -> Result<(), Failure> {
        self.halves()?.prepare_cached("INSERT OR IGNORE INTO laid_down VALUES (?1)")?.execute([id.0])?;
        Ok(())
    }

    /// Notes that a log whose closing was handed back is not forgotten before this time, in seconds since 1970.
    pub(crate) fn reprieve(&self, row: i64, until: u64) -> Result<(), Failure> {
        let insert = "INSERT OR REPLACE INTO reprieve VALUES (?1, ?2)";
        self.archive.prepare_cached(insert)?.execute(params![row, signed(until)])?;
        Ok(())
    }

    /// What readers know as well.
    pub(crate) fn shared(&self) -> &'c Shared {
        self.shared
    }

    /// A director confirmed that the relay was put back: from this commit on everybody is served, and statements that
    /// waited for what was lost wait for the next entry. `directory` is the directory's state after the confirmation.
    pub(crate) fn confirm(&mut self, directory: &Log) -> Result<(), Failure> {
        if self.shared.put_back().is_none() {
            return Ok(());
        }
        self.halves()?;
        apart::confirm(self.archive)?;
        for id in apart::move_statements(self.archive, self.halves_connection, directory)? {
            self.cell(id).replace(None);
            if let Some(known) = self.load(id)? {
                self.drop_statements(&known.log)?;
            }
            self.changed(id, true);
        }
        self.confirms = true;
        Ok(())
    }

    /// Slips that lie beside a log which the archive has lost, each with its place.
    pub(crate) fn statements(&mut self, id: LogId) -> Result<logs::Ahead, Failure> {
        if !self.shared.was_put_back() {
            return Ok(Vec::new());
        }
        logs::stored_slips(self.halves()?, "main", id, 0)
    }

    /// Forgets slips that were to be named next and that what is there gives nothing to act upon: another history was
    /// written in the place of the one that they were about.
    pub(crate) fn drop_statements(&mut self, log: &Log) -> Result<(), Failure> {
        let (id, next) = (log.id(), signed(log.next_sequence()));
        let halves = self.halves()?;
        let mut find = halves.prepare_cached("SELECT hash FROM slip WHERE log = ?1 AND position = ?2")?;
        let waiting =
            find.query_map(params![id.0, next], |row| Ok(Hash(row.get(0)?)))?.collect::<Result<Vec<_>, _>>()?;
        for hash in waiting.into_iter().filter(|hash| !log.pending_slips().any(|known| known == *hash)) {
            halves.execute("DELETE FROM slip WHERE log = ?1 AND hash = ?2", params![id.0, hash.0])?;
        }
        Ok(())
    }

    /// Does one piece of work, or none of it.
    fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        if let Some(problem) = &self.broken {
            return Err(Failure(problem.clone()));
        }
        let directory = (self.directory.clone(), self.directory_touched, self.confirms);
        self.halves_saved = false;
        self.touched.values_mut().for_each(|touched| touched.dirty = false);
        let result = self.saved(work);
        if result.is_err() {
            (self.directory, self.directory_touched, self.confirms) = directory;
            if let Err(failure) = self.reload() {
                self.broken = Some(failure.0);
            }
        }
        result
    }

    fn saved<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        self.archive.prepare_cached("SAVEPOINT job")?.execute([])?;
        let result = work(self);
        let failed = result.is_err();
        let end = |connection: &Connection| -> Result<(), Failure> {
            if failed {
                connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
            }
            connection.prepare_cached("RELEASE job")?.execute([])?;
            Ok(())
        };
        let halves = if self.halves_saved { end(self.halves_connection) } else { Ok(()) };
        let ended = halves.and_then(|()| end(self.archive));
        if let Err(failure) = ended {
            self.broken = Some(failure.0.clone());
            return Err(failure);
        }
        result
    }

    /// After work that failed: the states it changed, as they were before it.
    fn reload(&self) -> Result<(), Failure> {
        for (id, touched) in self.touched.iter().filter(|(_, touched)| touched.dirty) {
            touched.cell.replace(None);
            touched.cell.replace(self.load(*id)?);
        }
        Ok(())
    }

    /// Commits; gives the logs that moved.
    fn finish(mut self) -> Result<Vec<LogId>, Problem> {
        let done = match self.broken.take() {
            Some(problem) => Err(Failure(problem)),
            None => self.write_rows().and_then(|rows| {
                if self.halves_begun {
                    apart::note_commit(self.archive, self.halves_connection, self.shared.changed())?;
                    let last = last_slip(self.halves_connection)?;
                    self.archive.execute("INSERT OR REPLACE INTO meta VALUES ('slip', ?1)", [last])?;
                    self.halves_connection.prepare_cached("COMMIT")?.execute([])?;
                    self.halves_begun = false;
                }
                self.archive.prepare_cached("COMMIT")?.execute([])?;
                Ok(rows)
            }),
        };
        match done {
            Ok((changed, moved)) => {
                if self.directory_touched {
                    let mut shared = self.shared.directory.write().unwrap_or_else(PoisonError::into_inner);
                    *shared = self.directory.take();
                }
                self.shared.changed.store(changed, Ordering::Release);
                if self.confirms {
                    self.shared.confirmed.store(true, Ordering::Release);
                }
                self.touched.values().for_each(|touched| touched.cell.has_grown());
                self.touched.clear();
                self.shared.logs.trim();
                if self.buries {
                    // What fails here is tried again at the next start; the ledger already refuses to serve it.
                    let _ = bury(self.archive, self.halves_connection);
                }
                Ok(moved)
            }
            Err(failure) => {
                let _ = self.halves_connection.execute_batch("ROLLBACK");
                let _ = self.archive.execute_batch("ROLLBACK");
                // From here on the states are loaded from what is on disk. A slip may have got there: it stands, and
                // posting it again finds it.
                for touched in self.touched.values() {
                    touched.cell.replace(None);
                }
                Err(failure.0)
            }
        }
    }

    /// Writes what follows from the states of the logs that changed; returns the number of the last change, and those logs.
    fn write_rows(&self) -> Result<(u64, Vec<LogId>), Failure> {
        let (mut changed, mut moved) = (self.shared.changed(), Vec::new());
        for (id, touched) in &self.touched {
            let state = touched.cell.read(|| self.load(*id))?;
            let Some(known) = state.as_ref() else { continue };
            if !self.has_moved(known)? && !touched.readers {
                continue;
            }
            changed += 1;
            moved.push(*id);
            self.write_row(known.row, &known.log, changed)?;
            if touched.readers {
                changed = self.write_readers(known, changed)?;
            }
        }
        if let Some(known) = self.directory.as_ref().filter(|_| self.directory_touched) {
            changed += 1;
            moved.push(known.directory.organisation());
            self.write_row(known.row, known.directory.log(), changed)?;
            if known.directory.log().pending_slips().next().is_none() {
                let state = known.directory.to_canonical();
                self.archive.execute("INSERT OR REPLACE INTO snapshot VALUES (?1, ?2)", params![known.row, state])?;
            }
            self.write_grantees(known.row, known.directory.log())?;
        }
        Ok((changed, moved))
    }

    fn has_moved(&self, known: &Known) -> Result<bool, Failure> {
        let mut find = self.archive.prepare_cached("SELECT sequence, slips, changed FROM log WHERE id = ?1")?;
        let row = find
            .query_row([known.row], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
        let Some((sequence, slips, changed)) = row.optional()? else { return Ok(false) };
        let head = known.log.head().map_or(-1, |head| signed(head.sequence));
        let pending = known.log.pending_slips().count();
        Ok(sequence != head || usize::try_from(slips) != Ok(pending) || changed == 0)
    }

    fn write_row(&self, row: i64, log: &zegel_ledger::Log, changed: u64) -> Result<(), Failure> {
        let Some(head) = log.head() else { return Ok(()) };
        let slips = signed(log.pending_slips().count() as u64);
        let destroy = log.closed().and_then(|closed| closed.destroy_after).filter(|_| !log.is_held()).map(signed);
        let text =
            "UPDATE log SET sequence = ?2, hash = ?3, slips = ?4, changed = ?5, destroy_after = ?6 WHERE id = ?1";
        let mut update = self.archive.prepare_cached(text)?;
        update.execute(params![row, signed(head.sequence), head.hash.0, slips, signed(changed), destroy])?;
        Ok(())
    }

    /// Writes down who may read a log, and tells them of the disclosures that come with it.
    fn write_readers(&self, known: &Known, mut changed: u64) -> Result<u64, Failure> {
        self.write_grantees(known.row, &known.log)?;
        if let (LogKind::Personal, Some(founder)) = (known.log.kind(), known.log.founder()) {
            let mut insert = self.archive.prepare_cached("INSERT OR REPLACE INTO reader VALUES (?1, ?2, NULL)")?;
            insert.execute(params![founder.0, known.row])?;
        }
        let mut find = self.archive.prepare_cached("SELECT id FROM log WHERE source = ?1")?;
        let disclosures: Vec<i64> = find.query_map([known.row], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for row in disclosures {
            changed += 1;
            self.archive.execute("UPDATE log SET changed = ?2 WHERE id = ?1", params![row, signed(changed)])?;
        }
        Ok(changed)
    }

    fn write_grantees(&self, row: i64, log: &zegel_ledger::Log) -> Result<(), Failure> {
        self.archive.prepare_cached("DELETE FROM reader WHERE log = ?1")?.execute([row])?;
        let mut until: BTreeMap<_, Option<u64>> = BTreeMap::new();
        let hears =
            |state: &&zegel_ledger::GrantState| state.grant.rights.allow(Rights::READ) || state.gate().is_some();
        for state in log.grants().filter(|state| state.lives()).filter(hears) {
            // Who claims it hears of the log as well, for as long as it lives.
            for person in state.gate().into_iter().flat_map(|gate| &gate.people) {
                until.insert(*person, None);
            }
            let person = match &state.grant.receiver {
                Receiver::Person(person) => *person,
                Receiver::Link(link) => link.id,
                // A party's devices lead to their one log by themselves.
                Receiver::Recovery | Receiver::Party(_) => continue,
            };
            let last = until.entry(person).or_insert(state.grant.until);
            *last = last.zip(state.grant.until).map(|(one, other)| one.max(other));
        }
        let mut insert = self.archive.prepare_cached("INSERT INTO reader VALUES (?1, ?2, ?3)")?;
        for (person, until) in until {
            insert.execute(params![person.0, row, until.map(signed)])?;
        }
        Ok(())
    }
}

/// The directory inside, or the answer while there is none.
pub(crate) fn directory_of(known: &Option<Arc<KnownDirectory>>) -> Result<&Directory, Failure> {
    known.as_deref().map(|known| &known.directory).ok_or(Failure(Problem::Unauthenticated))
}
