//! Restoring: an archive and halves, which were backed up apart, become a folder that can be served.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    backup::{copy_folder, make_folder, open},
    clock::Clock,
    store::{OpenError, apart},
};

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// One of the two is not there.
    #[error("there is no {0}; name the folders `archive` and `halves` of a backup")]
    Missing(PathBuf),
    /// Something would be lost.
    #[error("{0} is not empty; restore into a new folder, and keep the old one")]
    NotEmpty(PathBuf),
    /// A copy is damaged.
    #[error("{path} is damaged ({detail}); nothing was restored; take another backup")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite found.
        detail: String,
    },
    /// Withdrawals and destructions would be undone.
    #[error(transparent)]
    OlderHalves(OpenError),
    /// A database could not be copied.
    #[error("could not copy the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file could not be copied.
    #[error("could not copy: {0}")]
    File(#[from] io::Error),
}

/// Puts an archive and halves side by side into `data`, a new folder. The relay that serves it knows that it was put back,
/// and serves members of staff only until a director has confirmed it.
///
/// Errors: [`RestoreError::OlderHalves`] if the halves are older than the archive; any error leaves no folder that could be
/// served.
pub fn restore(archive: &Path, halves: &Path, data: &Path, clock: &dyn Clock) -> Result<(), RestoreError> {
    let (archive_file, halves_file) = (archive.join("relay.sqlite"), halves.join("halves.sqlite"));
    for file in [&archive_file, &halves_file] {
        if !file.is_file() {
            return Err(RestoreError::Missing(file.clone()));
        }
        look_whole(file)?;
    }
    if data.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(RestoreError::NotEmpty(data.to_owned()));
    }
    apart::refuse_older_halves(&archive_file, &halves_file).map_err(RestoreError::OlderHalves)?;
    make_folder(data)?;
    if archive.join("blobs").is_dir() {
        copy_folder(&archive.join("blobs"), &data.join("blobs"))?;
    }
    copy(&halves_file, &data.join("halves.sqlite"))?;
    // The archive comes last, under its name only when it is whole: without it there is nothing to serve.
    let coming = data.join("relay.sqlite.coming");
    copy(&archive_file, &coming)?;
    apart::mark_copy(&open(&coming, OpenFlags::SQLITE_OPEN_READ_WRITE)?, clock.seconds())?;
    fs::rename(&coming, data.join("relay.sqlite"))?;
    fs::File::open(data)?.sync_all()?;
    Ok(())
}

fn look_whole(path: &Path) -> Result<(), RestoreError> {
    let damaged = |detail: String| RestoreError::Damaged { path: path.to_owned(), detail };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let check = |connection: Connection| connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    let found: String = open(path, flags).and_then(check).map_err(|error| damaged(error.to_string()))?;
    if found == "ok" { Ok(()) } else { Err(damaged(found)) }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    fs::File::open(to)?.sync_all()
}
