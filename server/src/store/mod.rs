//! What is on disk: `relay.sqlite` (the archive), `halves.sqlite` (halves and slips), `blobs/` (large blobs),
//! `uploads/` (what is still coming in), `lock`, `challenge-key` and, before the organisation is set up, `setup-token`.

pub(crate) mod apart;
pub(crate) mod blobs;
pub(crate) mod logs;
pub(crate) mod schema;
pub(crate) mod uploads;
pub(crate) mod writer;

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags};

use zegel_protocol::Problem;

use crate::failure::Failure;

/// Databases up to this size are checked whole at each start.
const QUICK_CHECK_BYTES: u64 = 64 << 20;

/// Opening a database takes about this much of the disk.
const LEAST_ROOM: u64 = 1 << 20;

/// Why a folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another relay serves it.
    #[error("another relay is running on {0}; stop it first, or choose another folder")]
    InUse(PathBuf),
    /// The folder cannot be made or written.
    #[error("cannot write to {path}: {error}")]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There is no room.
    #[error("the disk with {0} is full; make room and start again; nothing was changed")]
    Full(PathBuf),
    /// A database is damaged.
    #[error("{path} is damaged ({detail}); nothing was changed; restore it from a backup")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite found.
        detail: String,
    },
    /// The halves are an older copy than the archive.
    #[error(
        "{0} is older than the relay.sqlite beside it: what was withdrawn or destroyed since would come back; put the newest \
         halves there, or an archive that is older than these"
    )]
    OlderHalves(PathBuf),
    /// A database was written by another version.
    #[error("{path} has format {found}; this relay knows format {known}")]
    Format {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// This relay's.
        known: i64,
    },
    /// The databases are whole, and yet what they hold cannot be used.
    #[error("the stored state cannot be used ({0}); run `zegel-relay check`")]
    State(Problem),
}

/// The open folder. Dropping it lets another relay in.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    reserve: u64,
    readers: Mutex<Vec<Connection>>,
    _lock: File,
}

impl Folder {
    /// Opens or makes the folder and its databases, alone. `reserve`: bytes of the disk that nothing new is put into.
    pub(crate) fn open(path: &Path, reserve: u64) -> Result<Self, OpenError> {
        let not_writable = |path: &Path| {
            let path = path.to_owned();
            move |error| OpenError::NotWritable { path, error }
        };
        for folder in [path.to_owned(), path.join("blobs"), path.join("uploads")] {
            // Halves and keyrings are for the relay's own user.
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(not_writable(&folder))?;
        }
        let lock = path.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&lock);
        let file = file.map_err(not_writable(&lock))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(not_writable(&lock)(error)),
        }
        for (name, tables, later) in
            [("relay.sqlite", schema::ARCHIVE, schema::LATER), ("halves.sqlite", schema::HALVES, schema::APART)]
        {
            prepare(&path.join(name), tables, later)?;
        }
        apart::refuse_older_halves(&path.join("relay.sqlite"), &path.join("halves.sqlite"))?;
        Ok(Self { path: path.to_owned(), reserve, readers: Mutex::default(), _lock: file })
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is room for something new. Without it access can still be ended, and what is read be written down: a
    /// full disk must not keep open what somebody wants closed.
    pub(crate) fn has_room(&self) -> Result<bool, Failure> {
        Ok(room(&self.path)? >= self.reserve)
    }

    /// The same, as an error: [`Problem::Full`].
    pub(crate) fn require_room(&self) -> Result<(), Failure> {
        if self.has_room()? { Ok(()) } else { Err(io::Error::from(io::ErrorKind::StorageFull).into()) }
    }

    /// A connection for the writer.
    fn writer(&self, name: &str) -> Result<Connection, Failure> {
        let connection = connect(&self.path.join(name))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -8192)?;
        connection.pragma_update(None, "wal_autocheckpoint", 2000)?;
        // The pages that a savepoint may have to put back would otherwise go through a file outside the folder, each time.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        // What is deleted is overwritten: a destroyed half must not linger in a free page.
        connection.pragma_update(None, "secure_delete", "ON")?;
        Ok(connection)
    }

    /// Reads with a connection of the pool; the halves are attached under `halves`.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let connection = connect(&self.path.join("relay.sqlite"))?;
                let halves = self.path.join("halves.sqlite");
                connection.execute("ATTACH ?1 AS halves", [halves.to_string_lossy()])?;
                connection.pragma_update(None, "query_only", "ON")?;
                connection.pragma_update(None, "cache_size", -2048)?;
                connection
            }
        };
        let result = work(&connection);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }
}

/// Bytes that the disk of this file or folder has left.
fn room(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
}

/// Makes a database if it is not there, and looks whether it is whole if it is.
fn prepare(path: &Path, tables: &str, later: &str) -> Result<(), OpenError> {
    let damaged = |error: rusqlite::Error| match error.sqlite_error_code() {
        // SQLite calls it an I/O error where there is no room for the files beside the database.
        _ if room(path).is_ok_and(|bytes| bytes < LEAST_ROOM) => OpenError::Full(path.to_owned()),
        Some(rusqlite::ErrorCode::DiskFull) => OpenError::Full(path.to_owned()),
        Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen) => OpenError::NotWritable {
            path: path.to_owned(),
            error: io::Error::new(io::ErrorKind::PermissionDenied, error.to_string()),
        },
        _ => OpenError::Damaged { path: path.to_owned(), detail: error.to_string() },
    };
    let mut connection = Connection::open(path).map_err(damaged)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(damaged)?;
    if found == 0 {
        connection.pragma_update(None, "page_size", 16384).map_err(damaged)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(damaged)?;
        let transaction = connection.transaction().map_err(damaged)?;
        transaction.execute_batch(tables).and_then(|()| transaction.execute_batch(later)).map_err(damaged)?;
        transaction.pragma_update(None, "user_version", schema::VERSION).map_err(damaged)?;
        return transaction.commit().map_err(damaged);
    }
    if found != schema::VERSION {
        return Err(OpenError::Format { path: path.to_owned(), found, known: schema::VERSION });
    }
    connection.execute_batch(later).map_err(damaged)?;
    // Reading all of a large archive would keep everybody waiting: there, `zegel-relay check` is for the operator to run.
    if path.metadata().is_ok_and(|file| file.len() > QUICK_CHECK_BYTES) {
        return Ok(());
    }
    let check = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
    let detail = connection.query_row("PRAGMA quick_check(1)", [], check).map_err(damaged)?;
    if detail != "ok" {
        return Err(OpenError::Damaged { path: path.to_owned(), detail });
    }
    // A folder that was made read-only is noticed now, not at the first append.
    connection.pragma_update(None, "user_version", schema::VERSION).map_err(damaged)
}
