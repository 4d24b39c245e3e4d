//! Uploads that are coming in: one file each, appended to chunk by chunk, synced before a chunk is acknowledged.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use zegel_crypto::Hash;

use crate::failure::Failure;

/// The folder with partial files, and which of them are being written.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: PathBuf,
    busy: Mutex<HashMap<[u8; 16], Arc<tokio::sync::Mutex<()>>>>,
}

impl Uploads {
    /// Uploads in this folder.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, busy: Mutex::default() }
    }

    /// The partial file of an upload.
    pub(crate) fn path(&self, upload: [u8; 16]) -> PathBuf {
        self.folder.join(Hash::of(&upload).to_string())
    }

    /// Takes turns: one writer at a time for each upload.
    pub(crate) async fn turn(&self, upload: [u8; 16]) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            busy.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(busy.entry(upload).or_default())
        };
        lock.lock_owned().await
    }

    /// How many bytes are there.
    pub(crate) fn received(&self, upload: [u8; 16]) -> Result<u64, Failure> {
        match fs::metadata(self.path(upload)) {
            Ok(file) => Ok(file.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a chunk and syncs it; returns how many bytes are there. A chunk that is there already changes nothing, and
    /// neither does one that would leave a gap.
    pub(crate) fn write(&self, upload: [u8; 16], offset: u64, chunk: &[u8]) -> Result<u64, Failure> {
        let file = File::options().create(true).truncate(false).write(true).open(self.path(upload))?;
        let there = file.metadata()?.len();
        let end = offset.saturating_add(chunk.len() as u64);
        if offset > there || end <= there {
            return Ok(there);
        }
        if let Err(error) = file.write_all_at(chunk, offset).and_then(|()| file.sync_data()) {
            // A disk that filled up half way: what was acknowledged before stays, the rest must come again.
            let _ = file.set_len(there);
            return Err(error.into());
        }
        Ok(end)
    }

    /// Forgets the partial file.
    pub(crate) fn remove(&self, upload: [u8; 16]) -> Result<(), Failure> {
        match fs::remove_file(self.path(upload)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}
