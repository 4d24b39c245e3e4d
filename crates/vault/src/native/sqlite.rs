//! The store on a disk: one SQLite file in a folder that only its owner can enter.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use crate::ports::{Store, StoreError, Table, Write};

const FILE: &str = "vault.sqlite";
/// The form of the tables; a later one is refused, not guessed at.
const FORM: i64 = 1;
/// How long one program waits for another that has the vault open.
const PATIENCE: Duration = Duration::from_secs(10);

/// A store in a folder. One program at a time has it open: the vault keeps in memory what it has verified.
pub struct SqliteStore {
    connection: Connection,
}

impl SqliteStore {
    /// Opens the store in `folder`, which is made if it is not there, and closed to everyone but its owner.
    ///
    /// Errors: [`StoreError::Unusable`] if others may write there, another program has the store open, or the file is
    /// damaged or of a later version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        close_to_others(folder)?;
        let file = folder.join(FILE);
        // SQLite gives its journal the rights of the file, so the file is made first.
        OpenOptions::new().create(true).append(true).mode(0o600).open(&file).map_err(|error| io_error(&file, error))?;
        let connection = Connection::open(&file)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is deleted is overwritten: signing out must not leave old pages behind.
        connection.pragma_update(None, "secure_delete", "ON")?;
        let store = Self { connection };
        store.prepare()?;
        Ok(store)
    }

    fn prepare(&self) -> Result<(), StoreError> {
        let form: i64 = self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if form > FORM {
            return Err(StoreError::Unusable("a later version of Zegel has written it; update this one".into()));
        }
        let transaction = self.connection.unchecked_transaction()?;
        for table in Table::ALL.map(Table::name) {
            transaction.execute_batch(&format!(
                "CREATE TABLE IF NOT EXISTS {table} (key BLOB PRIMARY KEY, value BLOB NOT NULL)"
            ))?;
        }
        transaction.pragma_update(None, "user_version", FORM)?;
        Ok(transaction.commit()?)
    }

    #[cfg(test)]
    fn limit(&self, bytes: i64) {
        let page: i64 = self.connection.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
        self.connection.pragma_update(None, "max_page_count", bytes / page).unwrap();
    }
}

#[async_trait(?Send)]
impl Store for SqliteStore {
    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = format!("SELECT value FROM {} WHERE key = ?", table.name());
        Ok(self.connection.prepare_cached(&sql)?.query_row([key], |row| row.get(0)).optional()?)
    }

    async fn all(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let sql = format!("SELECT key, value FROM {} ORDER BY key", table.name());
        let mut statement = self.connection.prepare_cached(&sql)?;
        let entries = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    async fn write(&self, batch: Vec<Write>) -> Result<(), StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        for write in batch {
            match write {
                Write::Put(table, key, value) => {
                    let sql = format!("INSERT OR REPLACE INTO {} (key, value) VALUES (?, ?)", table.name());
                    transaction.prepare_cached(&sql)?.execute(params![key, value])?;
                }
                Write::Delete(table, key) => {
                    let sql = format!("DELETE FROM {} WHERE key = ?", table.name());
                    transaction.prepare_cached(&sql)?.execute([key])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        for table in Table::ALL {
            transaction.execute_batch(&format!("DELETE FROM {}", table.name()))?;
        }
        transaction.commit()?;
        // Old pages would else live on in the journal until it is next reused.
        Ok(self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?)
    }
}

fn close_to_others(folder: &Path) -> Result<(), StoreError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.and_then(|()| fs::metadata(folder))
        .and_then(|found| match found.mode() {
            mode if mode & 0o002 != 0 => Err(io::Error::other("everyone may write there; choose a folder of your own")),
            mode if mode & 0o077 != 0 => fs::set_permissions(folder, fs::Permissions::from_mode(0o700)),
            _ => Ok(()),
        })
        .map_err(|error| io_error(folder, error))
}

fn io_error(path: &Path, error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Unusable(format!("{}: {error}", path.display())),
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Unusable("another program has it open; wait until that is done".into())
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Unusable(format!("{FILE} is damaged; keep a copy of the folder and enrol this device anew"))
            }
            Some(ErrorCode::ReadOnly) => Self::Unusable(format!("{FILE} cannot be written; check its permissions")),
            _ => Self::Unusable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::contract;

    #[test]
    fn keeps_the_contract() {
        let home = tempfile::tempdir().unwrap();
        block_on(contract::keeps(async || SqliteStore::open(home.path()).unwrap()));
    }

    #[test]
    fn a_full_disk_keeps_what_it_has() {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(home.path()).unwrap();
        store.limit(1 << 20);
        block_on(contract::survives_being_full(&store, 2 << 20));
    }

    #[test]
    fn only_the_owner_can_look_inside() {
        let outer = tempfile::tempdir().unwrap();
        let home = outer.path().join("a/b");
        let store = SqliteStore::open(&home).unwrap();
        block_on(store.write(vec![Write::Put(Table::Device, vec![1], vec![2])])).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!(mode(&home), 0o700);
        for file in fs::read_dir(&home).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }

    #[test]
    fn a_folder_open_to_all_is_refused() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        let refused = SqliteStore::open(home.path()).err().unwrap();
        assert!(refused.to_string().contains("everyone may write there"), "{refused}");
    }

    #[test]
    fn a_damaged_file_and_a_later_one_are_named() {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(home.path()).unwrap();
        store.connection.pragma_update(None, "user_version", FORM + 1).unwrap();
        drop(store);
        let refused = SqliteStore::open(home.path()).err().unwrap();
        assert!(refused.to_string().contains("later version"), "{refused}");

        fs::write(home.path().join(FILE), [7; 8192]).unwrap();
        let refused = SqliteStore::open(home.path()).err().unwrap();
        assert!(refused.to_string().contains("damaged"), "{refused}");
    }

    #[test]
    fn what_was_wiped_is_not_on_the_disk() {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(home.path()).unwrap();
        let canary = b"canary that must not survive".repeat(100);
        block_on(store.write(vec![Write::Put(Table::Device, vec![1], canary)])).unwrap();
        block_on(store.wipe()).unwrap();
        for file in fs::read_dir(home.path()).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"canary"));
        }
    }
}
