//! Logs' states in memory, rebuilt from their entries when they are asked for.
//!
//! The writer admits into a state before its transaction commits. While it does, it holds on to the cell, and a cell
//! that anybody holds is not dropped; so a state is loaded only when no change of that log is under way, and what is
//! loaded is complete.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use rusqlite::{Connection, OptionalExtension as _, params};
use zegel_crypto::{Canonical as _, Hash};
use zegel_ledger::{Directory, Entry, Head, Log, LogId, LogKind, Refusal, SignedSlip};

use crate::failure::Failure;

/// Bytes that a cell takes by itself, by estimate: a log that is not there costs them as well.
const CELL: usize = 1024;
/// A state takes about twice what its entries take: what they say, and the maps by which it is found.
const STATE_OF_ENTRY: usize = 2;

/// A log as the relay knows it: its row and its state.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its row in the archive.
    pub(crate) row: i64,
    /// Its state.
    pub(crate) log: Log,
    /// Bytes of the entries that the state follows from.
    pub(crate) entries: usize,
    /// Slips that stand after entries which the relay lost when it was put back, each with its place.
    pub(crate) ahead: Ahead,
}

/// The directory as the relay knows it.
#[derive(Clone, Debug)]
pub(crate) struct KnownDirectory {
    /// Its row in the archive.
    pub(crate) row: i64,
    /// Its state.
    pub(crate) directory: Directory,
    /// As in [`Known`].
    pub(crate) ahead: Ahead,
}

/// Slips, each with the number of the entry that must name it, in that order.
pub(crate) type Ahead = Vec<(i64, SignedSlip)>;

impl Known {
    /// Takes over the slips whose place has been reached. One that does not fit what was written there meanwhile has
    /// nothing to act upon.
    pub(crate) fn reach(&mut self) {
        let next = signed(self.log.next_sequence());
        for (_, slip) in self.ahead.extract_if(.., |(position, _)| *position <= next) {
            let _ = self.log.replay_slip(&slip);
        }
    }
}

impl KnownDirectory {
    /// The same of the directory; `all`: those too whose place was never reached.
    pub(crate) fn reach(&mut self, all: bool) {
        let next = signed(self.directory.log().next_sequence());
        for (_, slip) in self.ahead.extract_if(.., |(position, _)| all || *position <= next) {
            let _ = self.directory.post(&slip);
        }
    }
}

/// One log's place in memory.
#[derive(Debug)]
pub(crate) struct Cell {
    state: RwLock<Option<Known>>,
    used: AtomicU64,
    /// What it takes, by estimate, and what all of them take.
    takes: AtomicUsize,
    all: Arc<AtomicUsize>,
}

/// The states that are in memory.
#[derive(Debug)]
pub(crate) struct Logs {
    cells: Mutex<HashMap<LogId, Arc<Cell>>>,
    all: Arc<AtomicUsize>,
    most: usize,
    clock: AtomicU64,
}

impl Drop for Cell {
    fn drop(&mut self) {
        self.all.fetch_sub(*self.takes.get_mut(), Ordering::Relaxed);
    }
}

impl Cell {
    fn new(used: u64, all: &Arc<AtomicUsize>) -> Self {
        let cell = Self {
            state: RwLock::default(),
            used: AtomicU64::new(used),
            takes: AtomicUsize::default(),
            all: Arc::clone(all),
        };
        cell.weigh(None);
        cell
    }

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
            self.weigh(state.as_ref());
        }
        Ok(state)
    }

    /// Puts another state in its place, or none.
    pub(crate) fn replace(&self, known: Option<Known>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = known;
        self.weigh(state.as_ref());
    }

    /// Takes note of how much its state has grown.
    pub(crate) fn has_grown(&self) {
        self.weigh(self.state.read().unwrap_or_else(PoisonError::into_inner).as_ref());
    }

    fn weigh(&self, state: Option<&Known>) {
        let takes = CELL + state.map_or(0, |known| known.entries * STATE_OF_ENTRY);
        let before = self.takes.swap(takes, Ordering::Relaxed);
        // Sums of atomics wrap, so a difference below zero is right as well.
        self.all.fetch_add(takes.wrapping_sub(before), Ordering::Relaxed);
    }
}

impl Logs {
    /// Room for states of about `most` bytes together.
    pub(crate) fn new(most: usize) -> Self {
        Self { cells: Mutex::default(), all: Arc::default(), most, clock: AtomicU64::new(0) }
    }

    /// The cell of a log.
    pub(crate) fn cell(&self, id: LogId) -> Arc<Cell> {
        let tick = self.clock.fetch_add(1, Ordering::Relaxed);
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = cells.get(&id) {
            cell.used.store(tick, Ordering::Relaxed);
            return Arc::clone(cell);
        }
        self.make_room(&mut cells);
        let cell = Arc::new(Cell::new(tick, &self.all));
        cells.insert(id, Arc::clone(&cell));
        cell
    }

    /// Drops what is too much.
    pub(crate) fn trim(&self) {
        self.make_room(&mut self.cells.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// If there is no room, drops the cells that were not used for longest and that nobody holds, an eighth of all.
    fn make_room(&self, cells: &mut HashMap<LogId, Arc<Cell>>) {
        let takes = || self.all.load(Ordering::Relaxed);
        if takes() <= self.most {
            return;
        }
        let idle = cells.iter().filter(|(_, cell)| Arc::strong_count(cell) == 1);
        let mut idle: Vec<_> = idle.map(|(id, cell)| (cell.used.load(Ordering::Relaxed), *id)).collect();
        idle.sort_unstable_by_key(|(used, _)| *used);
        for (_, id) in idle {
            if takes() <= self.most / 8 * 7 {
                return;
            }
            cells.remove(&id);
        }
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
    let mut known = Known { row, log: Log::new(id, kind), entries: 0, ahead: Vec::new() };
    let ahead = replay(archive, slips, row, id, 0, |step| match step {
        Step::Entry(entry) => {
            known.entries += entry.len();
            known.log.replay(&entry, directory)
        }
        Step::Slip(slip) => known.log.replay_slip(&slip),
    })?;
    known.ahead = ahead;
    Ok(Some(known))
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
    let ahead = replay(archive, slips, row, id, from, |step| match step {
        Step::Entry(entry) => directory.admit(&entry).map(drop),
        Step::Slip(slip) => directory.post(&slip),
    })?;
    Ok(Some(KnownDirectory { row, directory, ahead }))
}

/// What a log's history consists of.
pub(crate) enum Step {
    /// An entry.
    Entry(Entry),
    /// A slip that the next entry names.
    Slip(SignedSlip),
}

/// Goes through a log's history from an entry on, slips in their places. Gives the slips whose place is beyond its end: the
/// relay was put back to before then. A slip that does not fit what was written since has nothing to act upon; an entry that
/// names it says so itself.
pub(crate) fn replay(
    archive: &Connection,
    (slips, schema): (&Connection, &str),
    row: i64,
    id: LogId,
    from: u64,
    mut step: impl FnMut(Step) -> Result<(), Refusal>,
) -> Result<Ahead, Failure> {
    let broken = |result: Result<(), Refusal>| {
        result.map_err(|refusal| {
            Failure::internal(&format!("the stored log {id} does not follow from itself: {refusal}"))
        })
    };
    let mut waiting = stored_slips(slips, schema, id, from)?.into_iter().peekable();
    let mut entries = archive
        .prepare_cached("SELECT sequence, bytes FROM entry WHERE log = ?1 AND sequence >= ?2 ORDER BY sequence")?;
    let mut rows = entries.query(params![row, signed(from)])?;
    let mut next = signed(from);
    while let Some(row) = rows.next()? {
        let sequence: i64 = row.get(0)?;
        while let Some((_, slip)) = waiting.next_if(|(position, _)| *position <= sequence) {
            let _ = step(Step::Slip(slip));
        }
        next = sequence + 1;
        let entry =
            Entry::from_canonical(row.get_ref(1)?.as_blob().unwrap_or_default()).map_err(|_| Refusal::Malformed);
        broken(entry.and_then(|entry| step(Step::Entry(entry))))?;
    }
    while let Some((_, slip)) = waiting.next_if(|(position, _)| *position <= next) {
        let _ = step(Step::Slip(slip));
    }
    Ok(waiting.collect())
}

/// The slips beside a log from a position on, in order.
pub(crate) fn stored_slips(slips: &Connection, schema: &str, id: LogId, from: u64) -> Result<Ahead, Failure> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn known(entries: usize) -> Known {
        Known { row: 1, log: Log::new(LogId([0; 16]), LogKind::Dossier), entries, ahead: Vec::new() }
    }

    fn is_held(logs: &Logs, number: u8) -> bool {
        logs.cells.lock().unwrap().contains_key(&LogId([number; 16]))
    }

    #[test]
    fn large_states_make_room_for_others_unless_somebody_holds_them() {
        let logs = Logs::new(100 << 10);
        let held = logs.cell(LogId([0; 16]));
        held.replace(Some(known(30 << 10)));
        for number in 1..=20 {
            logs.cell(LogId([number; 16])).replace(Some(known(5 << 10)));
            logs.trim();
            assert!(logs.all.load(Ordering::Relaxed) <= 100 << 10, "after {number}");
        }
        assert!(is_held(&logs, 0) && is_held(&logs, 20) && !is_held(&logs, 1));
        drop(held);
        // One that grew where it lies is weighed again, and goes when there is another use for the room.
        let grown = logs.cell(LogId([20; 16]));
        grown.state.write().unwrap().as_mut().unwrap().entries = 1 << 20;
        grown.has_grown();
        drop(grown);
        logs.trim();
        assert_eq!(logs.all.load(Ordering::Relaxed), 0, "it was the last to go");
    }
}
