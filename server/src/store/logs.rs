//! Logs' states in memory, rebuilt from their entries when they are asked for.
//!
//! The writer admits into a state before its transaction commits. While it does, it holds on to the cell, and a cell
//! that anybody holds is not dropped; so a state is loaded only when no change of that log is under way, and what is
//! loaded is complete.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use rusqlite::{Connection, OptionalExtension as _, params};
use zegel_crypto::{Canonical as _, Hash};
use zegel_ledger::{Directory, Entry, Head, Log, LogId, LogKind, Refusal, SignedSlip};

use crate::failure::Failure;

/// A log as the relay knows it: its row and its state.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its row in the archive.
    pub(crate) row: i64,
    /// Its state.
    pub(crate) log: Log,
}

/// The directory as the relay knows it.
#[derive(Clone, Debug)]
pub(crate) struct KnownDirectory {
    /// Its row in the archive.
    pub(crate) row: i64,
    /// Its state.
    pub(crate) directory: Directory,
}

/// One log's place in memory.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    state: RwLock<Option<Known>>,
    used: AtomicU64,
}

/// The states that are in memory.
#[derive(Debug)]
pub(crate) struct Logs {
    cells: Mutex<HashMap<LogId, Arc<Cell>>>,
    most: usize,
    clock: AtomicU64,
}

impl Cell {
    /// The state, loaded with `load` if it is not in memory; nothing if there is no such log.
    pub(crate) fn read(
        &self,
        load: impl FnOnce() -> Result<Option<Known>, Failure>,
    ) -> Result<RwLockReadGuard<'_, Option<Known>>, Failure> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.is_some() {
            return Ok(state);
        }
        drop(state);
        drop(self.write(load)?);
        Ok(self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, to change it.
    pub(crate) fn write(
        &self,
        load: impl FnOnce() -> Result<Option<Known>, Failure>,
    ) -> Result<RwLockWriteGuard<'_, Option<Known>>, Failure> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.is_none() {
            *state = load()?;
        }
        Ok(state)
    }

    /// Puts another state in its place, or none.
    pub(crate) fn replace(&self, known: Option<Known>) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl Logs {
    /// Room for about `most` logs.
    pub(crate) fn new(most: usize) -> Self {
        Self { cells: Mutex::default(), most: most.max(16), clock: AtomicU64::new(0) }
    }

    /// The cell of a log.
    pub(crate) fn cell(&self, id: LogId) -> Arc<Cell> {
        let tick = self.clock.fetch_add(1, Ordering::Relaxed);
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = cells.get(&id) {
            cell.used.store(tick, Ordering::Relaxed);
            return Arc::clone(cell);
        }
        if cells.len() >= self.most {
            drop_oldest(&mut cells, self.most / 8);
        }
        let cell = Arc::new(Cell { used: AtomicU64::new(tick), ..Cell::default() });
        cells.insert(id, Arc::clone(&cell));
        cell
    }
}

/// Drops the `count` cells that were not used for longest and that nobody holds.
fn drop_oldest(cells: &mut HashMap<LogId, Arc<Cell>>, count: usize) {
    let idle = cells.iter().filter(|(_, cell)| Arc::strong_count(cell) == 1);
    let mut idle: Vec<_> = idle.map(|(id, cell)| (cell.used.load(Ordering::Relaxed), *id)).collect();
    idle.sort_unstable_by_key(|(used, _)| *used);
    for (_, id) in idle.into_iter().take(count) {
        cells.remove(&id);
    }
}

/// Rebuilds a log's state from the archive and the slips (in `slips`: a connection and the schema they are under).
pub(crate) fn load(
    archive: &Connection,
    slips: (&Connection, &str),
    id: LogId,
    directory: &Directory,
) -> Result<Option<Known>, Failure> {
    let find = "SELECT id, kind FROM log WHERE name = ?1 AND forgotten IS NULL";
    let mut find = archive.prepare_cached(find)?;
    let row: Option<(i64, i64)> = find.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((row, kind)) = row else { return Ok(None) };
    let kind = kind_of(kind).filter(|kind| *kind != LogKind::Directory);
    let Some(kind) = kind else { return Ok(None) };
    let mut log = Log::new(id, kind);
    replay(archive, slips, row, id, 0, |step| match step {
        Step::Entry(entry) => log.replay(&entry, directory),
        Step::Slip(slip) => log.replay_slip(&slip),
    })?;
    Ok(Some(Known { row, log }))
}

/// Rebuilds the directory's state: from its snapshot, or, where that is missing or of another format, from the root.
pub(crate) fn load_directory(
    archive: &Connection,
    slips: (&Connection, &str),
) -> Result<Option<KnownDirectory>, Failure> {
    let find = "SELECT id, name FROM log WHERE kind = 0";
    let found: Option<(i64, [u8; 16])> =
        archive.query_row(find, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((row, name)) = found else { return Ok(None) };
    let state: Option<Vec<u8>> =
        archive.query_row("SELECT state FROM snapshot WHERE log = ?1", [row], |row| row.get(0)).optional()?;
    let id = LogId(name);
    let snapshot = state.and_then(|state| Directory::from_canonical(&state).ok());
    let mut directory = snapshot.unwrap_or_else(|| Directory::new(id));
    let from = directory.log().next_sequence();
    replay(archive, slips, row, id, from, |step| match step {
        Step::Entry(entry) => directory.admit(&entry).map(drop),
        Step::Slip(slip) => directory.post(&slip),
    })?;
    Ok(Some(KnownDirectory { row, directory }))
}

/// What a log's history consists of.
pub(crate) enum Step {
    /// An entry.
    Entry(Entry),
    /// A slip that the next entry names.
    Slip(SignedSlip),
}

/// Goes through a log's history from an entry on, slips in their places.
pub(crate) fn replay(
    archive: &Connection,
    (slips, schema): (&Connection, &str),
    row: i64,
    id: LogId,
    from: u64,
    mut step: impl FnMut(Step) -> Result<(), Refusal>,
) -> Result<(), Failure> {
    let broken = |result: Result<(), Refusal>| {
        result.map_err(|refusal| {
            Failure::internal(&format!("the stored log {id} does not follow from itself: {refusal}"))
        })
    };
    let mut waiting = stored_slips(slips, schema, id, from)?.into_iter().peekable();
    let mut entries = archive
        .prepare_cached("SELECT sequence, bytes FROM entry WHERE log = ?1 AND sequence >= ?2 ORDER BY sequence")?;
    let mut rows = entries.query(params![row, signed(from)])?;
    while let Some(row) = rows.next()? {
        let sequence: i64 = row.get(0)?;
        while let Some((_, slip)) = waiting.next_if(|(position, _)| *position <= sequence) {
            broken(step(Step::Slip(slip)))?;
        }
        let entry =
            Entry::from_canonical(row.get_ref(1)?.as_blob().unwrap_or_default()).map_err(|_| Refusal::Malformed);
        broken(entry.and_then(|entry| step(Step::Entry(entry))))?;
    }
    waiting.try_for_each(|(_, slip)| broken(step(Step::Slip(slip))))
}

fn stored_slips(slips: &Connection, schema: &str, id: LogId, from: u64) -> Result<Vec<(i64, SignedSlip)>, Failure> {
    let text =
        format!("SELECT position, bytes FROM {schema}.slip WHERE log = ?1 AND position >= ?2 ORDER BY position, id");
    let mut statement = slips.prepare_cached(&text)?;
    let mut rows = statement.query(params![id.0, signed(from)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let slip = SignedSlip::from_canonical(row.get_ref(1)?.as_blob().unwrap_or_default());
        let slip = slip.map_err(|_| Failure::internal("a stored slip does not decode"))?;
        found.push((row.get(0)?, slip));
    }
    Ok(found)
}

/// A log's row: its number and head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogRow {
    /// Its row in the archive.
    pub(crate) row: i64,
    /// Its head.
    pub(crate) head: Head,
}

/// Finds a log that was not forgotten.
pub(crate) fn find(archive: &Connection, id: LogId) -> Result<Option<LogRow>, Failure> {
    let text = "SELECT id, sequence, hash FROM log WHERE name = ?1 AND forgotten IS NULL";
    let mut statement = archive.prepare_cached(text)?;
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let head = Head { sequence: unsigned(row.get(1)?), hash: Hash(row.get(2)?) };
    Ok(Some(LogRow { row: row.get(0)?, head }))
}

/// A kind as it is stored.
pub(crate) fn kind_number(kind: LogKind) -> i64 {
    match kind {
        LogKind::Directory => 0,
        LogKind::Dossier => 1,
        LogKind::Disclosure => 2,
        LogKind::Personal => 3,
    }
}

/// A stored kind.
pub(crate) fn kind_of(number: i64) -> Option<LogKind> {
    [LogKind::Directory, LogKind::Dossier, LogKind::Disclosure, LogKind::Personal]
        .into_iter()
        .find(|kind| kind_number(*kind) == number)
}

/// Numbers as SQLite keeps them; none here comes near the sign.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Numbers as SQLite kept them.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
