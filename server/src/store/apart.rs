//! What the halves know of the archive, and the archive of the halves: they are backed up apart, so one of them may be
//! older than the other.
//!
//! An archive that is older was put back, and people must hear of it. Halves that are older would undo withdrawals and
//! destructions, and are refused.

use std::{collections::HashSet, path::Path};

use rusqlite::{Connection, OptionalExtension as _, params};
use zegel_ledger::{Log, LogId};

use super::{
    OpenError, connect,
    logs::{find, signed, unsigned},
};
use crate::failure::Failure;

/// In `meta`: how often the halves had been committed to when the archive last was.
const COMMITS: &str = "halves";
/// In `meta`: this is a copy, of this time (in seconds since 1970); nobody serves it yet.
const COPY: &str = "copy";
/// In `meta`: the relay was put back to about this time, and no director has confirmed it.
const PUT_BACK: &str = "put-back";
/// In `meta`: the relay was put back at some time, confirmed or not.
const ONCE: &str = "was-put-back";

/// Whether the relay was put back to an earlier state, and what ended since that state.
#[derive(Debug, Default)]
pub(crate) struct PutBack {
    /// To about which time (in seconds since 1970), until a director confirms it.
    pub(crate) to: Option<u64>,
    /// Whether it ever was.
    pub(crate) once: bool,
    /// What ended, by id, whatever the archive says. Empty if the relay never was put back: then the archive says it all.
    pub(crate) ended: HashSet<[u8; 16]>,
    /// The same, without the grants that their own holder ended.
    pub(crate) ended_by_others: HashSet<[u8; 16]>,
}

/// Refuses halves that are older than the archive beside them.
pub(crate) fn refuse_older_halves(archive: &Path, halves: &Path) -> Result<(), OpenError> {
    let path = halves.to_owned();
    let compare = || -> Result<bool, rusqlite::Error> {
        let Some(known) = value(&connect(archive)?, "meta", COMMITS)? else { return Ok(false) };
        Ok(value(&connect(&path)?, "mark", "commits")?.is_none_or(|commits| commits < known))
    };
    match compare() {
        Ok(true) if !zegel_crypto::sabotage::is("older-halves") => Err(OpenError::OlderHalves(path)),
        Ok(_) => Ok(()),
        Err(error) => Err(OpenError::Damaged { path, detail: error.to_string() }),
    }
}

/// Finds out at a start whether the archive is an older one than was served before, and remembers it until a director
/// confirms it.
pub(super) fn notice(archive: &Connection, halves: &Connection, now: u64) -> Result<PutBack, Failure> {
    let copy = value(archive, "meta", COPY)?;
    let changed = last_change(archive)?;
    let older = value(halves, "mark", "archive")?.is_some_and(|known| changed < known);
    if copy.is_some() || older {
        // About when the archive was last written: the hourly round notes the time there.
        let about = copy.or(value(archive, "meta", "clock")?).unwrap_or_else(|| signed(now));
        let transaction = archive.unchecked_transaction()?;
        let insert = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
        transaction.execute(insert, params![PUT_BACK, about])?;
        transaction.execute(insert, params![ONCE, 1])?;
        transaction.execute("DELETE FROM meta WHERE name = ?1", [COPY])?;
        transaction.commit()?;
        halves.execute("INSERT OR REPLACE INTO mark VALUES ('archive', ?1)", [changed])?;
    }
    let once = value(archive, "meta", ONCE)?.is_some();
    let to = value(archive, "meta", PUT_BACK)?.map(unsigned);
    if !once || zegel_crypto::sabotage::is("stays-ended") {
        return Ok(PutBack { to, once, ..PutBack::default() });
    }
    let ended = ids(halves, "SELECT id FROM ended")?;
    let ended_by_others = ids(halves, "SELECT id FROM ended WHERE id NOT IN (SELECT id FROM laid_down)")?;
    Ok(PutBack { to, once, ended, ended_by_others })
}

/// Marks an archive as a copy of this time: whoever serves it knows that it is one.
pub(crate) fn mark_copy(archive: &Connection, time: u64) -> Result<(), rusqlite::Error> {
    let insert = "INSERT OR IGNORE INTO meta VALUES (?1, ?2)";
    archive.execute(insert, params![COPY, signed(time)]).map(drop)
}

/// Notes in both that the halves are being committed to. Inside the transactions, the halves' before the archive's.
pub(super) fn note_commit(archive: &Connection, halves: &Connection, changed: u64) -> Result<(), Failure> {
    let count = "INSERT INTO mark VALUES ('commits', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1";
    halves.prepare_cached(count)?.execute([])?;
    note_archive(halves, changed)?;
    note_known(archive, halves)
}

/// Notes in the halves how far the archive is known to have come.
pub(super) fn note_archive(halves: &Connection, changed: u64) -> Result<(), Failure> {
    let insert = "INSERT OR REPLACE INTO mark VALUES ('archive', ?1)";
    halves.prepare_cached(insert)?.execute([signed(changed)])?;
    Ok(())
}

/// Notes in the archive how often the halves were committed to.
pub(super) fn note_known(archive: &Connection, halves: &Connection) -> Result<(), Failure> {
    let commits = value(halves, "mark", "commits")?.unwrap_or_default();
    let insert = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
    archive.prepare_cached(insert)?.execute(params![COMMITS, commits])?;
    Ok(())
}

/// A director confirmed that the relay was put back.
pub(super) fn confirm(archive: &Connection) -> Result<(), Failure> {
    archive.execute("DELETE FROM meta WHERE name = ?1", [PUT_BACK])?;
    Ok(())
}

/// Statements that were to be named by an entry that nobody handed back are for the next one there is. Gives their logs.
/// `directory` is that log's state; its row is not written yet.
pub(super) fn move_statements(
    archive: &Connection,
    halves: &Connection,
    directory: &Log,
) -> Result<Vec<LogId>, Failure> {
    let mut last = halves.prepare("SELECT log, max(position) FROM slip GROUP BY log")?;
    let last = last.query_map([], |row| Ok((LogId(row.get(0)?), row.get::<_, i64>(1)?)))?;
    let mut moved = Vec::new();
    for (log, position) in last.collect::<Result<Vec<_>, _>>()? {
        let row = find(archive, log)?.map(|row| signed(row.head.sequence) + 1);
        let next = if log == directory.id() { Some(signed(directory.next_sequence())) } else { row };
        if let Some(next) = next.filter(|next| position > *next) {
            halves.execute("UPDATE slip SET position = ?2 WHERE log = ?1 AND position > ?2", params![log.0, next])?;
            moved.extend(Some(log).filter(|log| *log != directory.id()));
        }
    }
    Ok(moved)
}

/// The number of the last change of any log.
pub(super) fn last_change(archive: &Connection) -> Result<i64, rusqlite::Error> {
    archive.query_row("SELECT coalesce(max(changed), 0) FROM log", [], |row| row.get(0))
}

fn ids(halves: &Connection, text: &str) -> Result<HashSet<[u8; 16]>, Failure> {
    let mut find = halves.prepare(text)?;
    Ok(find.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn value(connection: &Connection, table: &str, name: &str) -> Result<Option<i64>, rusqlite::Error> {
    let text = format!("SELECT value FROM {table} WHERE name = ?1");
    connection.prepare_cached(&text)?.query_row([name], |row| row.get(0)).optional()
}
