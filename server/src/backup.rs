//! Backing up: the archive and the halves apart, so that the halves can be kept over a shorter horizon.

use std::{
    fs,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use crate::{clock::Clock, failure::Failure, relay::Relay, store::apart::mark_copy};

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to back up.
    #[error("there is no relay in {0}")]
    NoRelay(PathBuf),
    /// The target has something in it already.
    #[error("{0} is not empty; choose a new folder for each backup")]
    NotEmpty(PathBuf),
    /// A database could not be copied.
    #[error("could not copy the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file could not be copied.
    #[error("could not copy: {0}")]
    File(#[from] std::io::Error),
}

/// Copies a relay's folder to `target`: `archive/` with `relay.sqlite` and `blobs/`, `halves/` with `halves.sqlite`. The
/// relay may be running. The halves are copied last, so that they are never older than the archive.
pub fn back_up(data: &Path, target: &Path, clock: &dyn Clock) -> Result<(), BackupError> {
    if !data.join("relay.sqlite").is_file() {
        return Err(BackupError::NoRelay(data.to_owned()));
    }
    if target.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::NotEmpty(target.to_owned()));
    }
    let archive = target.join("archive");
    make_folder(&archive)?;
    copy_database(&data.join("relay.sqlite"), &archive.join("relay.sqlite"))?;
    // Whoever serves this copy, by `restore` or by hand, serves an earlier state, and must know.
    mark_copy(&open(&archive.join("relay.sqlite"), OpenFlags::SQLITE_OPEN_READ_WRITE)?, clock.seconds())?;
    copy_folder(&data.join("blobs"), &archive.join("blobs"))?;
    copy_halves(data, target)?;
    let connection = open(&data.join("relay.sqlite"), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let insert = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
    connection.execute(insert, params!["backup-time", i64::try_from(clock.seconds()).unwrap_or(i64::MAX)])?;
    Ok(())
}

/// Copies the halves alone to `target`: small and quick, so that it can be done every few minutes. What is withdrawn,
/// revoked or destroyed stays so only as far as the newest copy of the halves knows.
pub fn back_up_halves(data: &Path, target: &Path) -> Result<(), BackupError> {
    if !data.join("relay.sqlite").is_file() {
        return Err(BackupError::NoRelay(data.to_owned()));
    }
    if target.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::NotEmpty(target.to_owned()));
    }
    copy_halves(data, target)
}

fn copy_halves(data: &Path, target: &Path) -> Result<(), BackupError> {
    let halves = target.join("halves");
    make_folder(&halves)?;
    copy_database(&data.join("halves.sqlite"), &halves.join("halves.sqlite"))?;
    let connection = open(&data.join("relay.sqlite"), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let last: i64 = open(&halves.join("halves.sqlite"), OpenFlags::SQLITE_OPEN_READ_WRITE)?.query_row(
        "SELECT coalesce(max(number), 0) FROM half",
        [],
        |row| row.get(0),
    )?;
    let insert = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
    connection.execute(insert, params!["backup-halves", last])?;
    Ok(())
}

/// Whether the relay was never backed up, or not since halves were added.
pub(crate) fn is_due(relay: &Relay) -> Result<bool, Failure> {
    relay.folder().read(|archive| {
        let value = |name: &str| -> Result<Option<i64>, Failure> {
            let mut find = archive.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
            Ok(find.query_row([name], |row| row.get(0)).optional()?)
        };
        // Copies of the halves alone are no backup of what they open.
        let (Some(_), Some(then)) = (value("backup-time")?, value("backup-halves")?) else { return Ok(true) };
        let now: i64 = archive.query_row("SELECT coalesce(max(number), 0) FROM halves.half", [], |row| row.get(0))?;
        Ok(now > then)
    })
}

pub(crate) fn open(path: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(60))?;
    Ok(connection)
}

fn copy_database(from: &Path, to: &Path) -> Result<(), BackupError> {
    let connection = open(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    fs::File::open(to)?.sync_all()?;
    Ok(())
}

/// A folder that only the operator's user may read.
pub(crate) fn make_folder(path: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

pub(crate) fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    make_folder(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}
