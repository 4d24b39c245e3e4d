//! Large blobs: one object each, under its log. On the local disk every one is synced before it counts.

use std::{path::Path, sync::Arc};

use futures::StreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart, local::LocalFileSystem, path::Path as Key};
use tokio::io::AsyncReadExt as _;
use zegel_crypto::{BlobHasher, Hash};
use zegel_ledger::LogId;
use zegel_protocol::{Problem, limits};

use crate::failure::Failure;

/// The store of large blobs.
#[derive(Clone, Debug)]
pub(crate) struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// The store in this folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
    }

    /// Stores a file that was uploaded, if its bytes have this name. They are hashed as they are copied, so what is
    /// stored is what was checked.
    ///
    /// Errors: [`Problem::Damaged`] for other bytes; nothing is stored.
    pub(crate) async fn store(&self, log: LogId, name: Hash, file: &Path) -> Result<(), Failure> {
        let mut file = tokio::fs::File::open(file).await?;
        let upload = self.0.put_multipart(&key(log, name)).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, limits::CHUNK);
        let mut hasher = BlobHasher::new();
        let mut piece = vec![0; limits::CHUNK];
        let mut length = 0;
        loop {
            let read = file.read(&mut piece).await?;
            let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hasher.update(bytes);
            length += read as u64;
            upload.wait_for_capacity(2).await?;
            upload.write(bytes);
        }
        if hasher.finish(length) != name {
            upload.abort().await?;
            return Err(Problem::Damaged.into());
        }
        upload.finish().await?;
        Ok(())
    }

    /// A range of a blob.
    pub(crate) async fn range(&self, log: LogId, name: Hash, offset: u64, length: u64) -> Result<Vec<u8>, Failure> {
        match self.0.get_range(&key(log, name), offset..offset.saturating_add(length)).await {
            Ok(bytes) => Ok(bytes.to_vec()),
            // Lost with an earlier state of the relay: its entry was handed back, its bytes were not.
            Err(object_store::Error::NotFound { .. }) => Err(Problem::NotFound.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// The length of a blob, if it is there.
    pub(crate) async fn length(&self, log: LogId, name: Hash) -> Result<Option<u64>, Failure> {
        match self.0.head(&key(log, name)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a blob. One that is not there is removed already.
    pub(crate) async fn remove(&self, log: LogId, name: Hash) -> Result<(), Failure> {
        match self.0.delete(&key(log, name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes every blob of a log.
    pub(crate) async fn remove_all(&self, log: LogId) -> Result<(), Failure> {
        let mut found = self.0.list(Some(&Key::from(log.to_string())));
        while let Some(object) = found.next().await {
            self.0.delete(&object?.location).await?;
        }
        Ok(())
    }

    /// Computes the name of a stored blob anew.
    pub(crate) async fn name(&self, log: LogId, name: Hash) -> Result<Hash, Failure> {
        let mut bytes = self.0.get(&key(log, name)).await?.into_stream();
        let mut hasher = BlobHasher::new();
        let mut length = 0;
        while let Some(piece) = bytes.next().await {
            let piece = piece?;
            hasher.update(&piece);
            length += piece.len() as u64;
        }
        Ok(hasher.finish(length))
    }
}

fn key(log: LogId, name: Hash) -> Key {
    Key::from(format!("{log}/{name}"))
}
