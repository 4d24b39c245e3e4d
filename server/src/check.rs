//! `zegel-relay check`: walks every chain, every hash and every blob of a folder that no relay is serving.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use zegel_crypto::{Hash, blob_name};
use zegel_ledger::{Directory, Log, LogId, LogKind};

use crate::{
    failure::Failure,
    store::{
        Folder, OpenError,
        blobs::Blobs,
        logs::{self, Step, kind_of, unsigned},
    },
};

/// Why a check could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is nothing to check.
    #[error("there is no relay in {0}")]
    NoRelay(PathBuf),
    /// The folder does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The storage failed on the way.
    #[error("the check stopped: {0}")]
    Storage(zegel_protocol::Problem),
}

impl From<Failure> for CheckError {
    fn from(failure: Failure) -> Self {
        Self::Storage(failure.0)
    }
}

/// What a check went through and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Logs walked.
    pub logs: u64,
    /// Entries verified.
    pub entries: u64,
    /// Blobs whose names were computed anew.
    pub blobs: u64,
    /// What is wrong, a sentence each. Empty is well.
    pub faults: Vec<String>,
}

/// Checks a folder.
pub async fn check(data: &Path) -> Result<Checked, CheckError> {
    if !data.join("relay.sqlite").is_file() {
        return Err(CheckError::NoRelay(data.to_owned()));
    }
    let folder = Folder::open(data, 0)?;
    let blobs = Blobs::open(&data.join("blobs"))?;
    let mut checked = Checked::default();
    folder.read(|archive| {
        for (schema, name) in [("main", "relay.sqlite"), ("halves", "halves.sqlite")] {
            let text = format!("PRAGMA {schema}.integrity_check(1)");
            let found: String = archive.query_row(&text, [], |row| row.get(0))?;
            if found != "ok" {
                checked.faults.push(format!("{name} is damaged: {found}"));
            }
        }
        walk_logs(archive, &mut checked)
    })?;
    let large = folder.read(|archive| walk_blobs(archive, &mut checked))?;
    for (log, name) in large {
        checked.blobs += 1;
        match blobs.name(log, name).await {
            Ok(found) if found == name => {}
            Ok(_) => checked.faults.push(format!("the blob {name} of log {log} is damaged")),
            Err(_) => checked.faults.push(format!("the blob {name} of log {log} is missing")),
        }
    }
    Ok(checked)
}

fn walk_logs(archive: &Connection, checked: &mut Checked) -> Result<(), Failure> {
    let text = "SELECT id, name, kind, sequence, hash FROM log WHERE forgotten IS NULL ORDER BY kind, id";
    let mut find = archive.prepare(text)?;
    let mut rows = find.query([])?;
    let mut directory = None;
    while let Some(row) = rows.next()? {
        let (number, id) = (row.get(0)?, LogId(row.get(1)?));
        let Some(kind) = kind_of(row.get(2)?) else { continue };
        checked.logs += 1;
        let mut entries = 0;
        let head = if kind == LogKind::Directory {
            let mut walked = Directory::new(id);
            let result = logs::replay(archive, (archive, "halves"), number, id, 0, |step| match step {
                Step::Entry(entry) => walked.admit(&entry).map(|_| entries += 1),
                Step::Slip(slip) => walked.post(&slip),
            });
            let head = result.map(|_| walked.head());
            directory = Some(walked);
            head
        } else if let Some(directory) = &directory {
            let mut walked = Log::new(id, kind);
            let result = logs::replay(archive, (archive, "halves"), number, id, 0, |step| match step {
                Step::Entry(entry) => walked.admit(&entry, directory).map(|_| entries += 1),
                Step::Slip(slip) => walked.replay_slip(&slip),
            });
            find_halves(archive, &walked, checked)?;
            result.map(|_| walked.head())
        } else {
            Ok(None)
        };
        checked.entries += entries;
        match head {
            Ok(Some(head)) if head.sequence == unsigned(row.get(3)?) && head.hash == Hash(row.get(4)?) => {}
            Ok(_) => checked.faults.push(format!("the log {id} does not end where its row says")),
            Err(_) => checked.faults.push(format!("the log {id} breaks after {entries} entries")),
        }
    }
    Ok(())
}

/// Looks for every half that a log names and did not destroy.
fn find_halves(archive: &Connection, log: &Log, checked: &mut Checked) -> Result<(), Failure> {
    let life = log.founding().map(|founding| founding.life);
    let epochs = log.compartments().flat_map(|(_, epochs)| epochs).map(|epoch| epoch.half);
    let files = log.files().map(|state| state.file.half);
    let mut find = archive.prepare_cached("SELECT 1 FROM halves.half WHERE log = ?1 AND id = ?2")?;
    for half in life.into_iter().chain(epochs).chain(files).filter(|half| !log.is_destroyed(*half)) {
        if !find.exists(params![log.id().0, half.0])? {
            checked.faults.push(format!("the half {half} of log {} is missing", log.id()));
        }
    }
    Ok(())
}

/// Checks the blobs that lie in the archive, and names those that do not.
fn walk_blobs(archive: &Connection, checked: &mut Checked) -> Result<Vec<(LogId, Hash)>, Failure> {
    let mut find = archive.prepare("SELECT l.name, b.name, b.data FROM blob b JOIN log l ON l.id = b.log")?;
    let mut rows = find.query([])?;
    let mut large = Vec::new();
    while let Some(row) = rows.next()? {
        let (log, name) = (LogId(row.get(0)?), Hash(row.get(1)?));
        let Some(data) = row.get_ref(2)?.as_blob_or_null().ok().flatten() else {
            large.push((log, name));
            continue;
        };
        checked.blobs += 1;
        if blob_name(data) != name {
            checked.faults.push(format!("the blob {name} of log {log} is damaged"));
        }
    }
    Ok(large)
}
