//! What the vault needs of the world, and nothing else: a way to the relay, a place to keep sealed bytes, a clock,
//! randomness, and files to read from and write to. Natively and in a browser these differ; the vault does not.

use async_trait::async_trait;
use futures::future::LocalBoxFuture;
use zegel_crypto::{
    Hash,
    rand_core::CryptoRng,
    seal::{CHUNK, OpenError, Opener, Sealer, TAG},
};
use zegel_protocol::{Problem, limits, signature::SignatureHeaders};
use zeroize::Zeroizing;

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The relay could not be reached, or the connection broke.
    #[error("the relay cannot be reached")]
    Unreachable,
    /// Something answered that is not a relay of this protocol.
    #[error("what answered is not a Zegel relay")]
    NotARelay,
    /// The relay said what is wrong.
    #[error(transparent)]
    Problem(#[from] Problem),
}

/// The way to one relay.
#[async_trait(?Send)]
pub trait Transport {
    /// Posts `body` to `path`, with signature headers where the call is signed. Gives the body of a 200 answer; any other
    /// status carries a [`Problem`] in its body.
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError>;
    /// Posts nothing to `path`, and gives the answer as it comes. What is given back lasts by itself, so that nobody waits for it who
    /// has something else to do.
    fn listen(&self, path: &str, signature: SignatureHeaders) -> Opening;
}

/// A line that is being opened.
pub type Opening = LocalBoxFuture<'static, Result<Box<dyn Line>, TransportError>>;

/// How long a line may say nothing, in seconds. A relay gives a sign of life three times as often.
pub const SILENCE: u64 = 3 * limits::BEAT_SECONDS;

/// An answer that goes on.
#[async_trait(?Send)]
pub trait Line {
    /// The next bytes, a few at a time; none once it has ended.
    ///
    /// Errors: [`TransportError::Unreachable`] if it broke, or nothing came for [`SILENCE`] seconds.
    async fn next(&mut self) -> Result<Vec<u8>, TransportError>;
}

/// Why the device's own store failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room.
    #[error("this device has no room left")]
    Full,
    /// The store cannot be opened, read or written.
    #[error("this device's store cannot be used: {0}")]
    Unusable(String),
}

/// The parts of the store. Values are sealed by the vault, except in [`Table::Device`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// What must be readable before unlocking: ids, the device's slot secret, the sealed keyring, highest heads.
    Device,
    /// One sealed slot for each log: its line in the list.
    Shelf,
    /// One sealed book for each log: its seeds and its verified state.
    Book,
    /// Sealed records by blob name, as the relay has them.
    Blob,
    /// Segments of the sealed full-text index.
    Index,
    /// Drafts.
    Draft,
    /// Changes that wait for the relay.
    Queue,
    /// Entries and slips as they were signed, to be handed back to a relay that lost them.
    Entry,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 8] =
        [Self::Device, Self::Shelf, Self::Book, Self::Blob, Self::Index, Self::Draft, Self::Queue, Self::Entry];

    /// Its name in a database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Shelf => "shelf",
            Self::Book => "book",
            Self::Blob => "blob",
            Self::Index => "search",
            Self::Draft => "draft",
            Self::Queue => "queue",
            Self::Entry => "entry",
        }
    }
}

/// One write of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Sets a value.
    Put(Table, Vec<u8>, Vec<u8>),
    /// Removes a value, if it is there.
    Delete(Table, Vec<u8>),
}

/// A sorted map of bytes to bytes for each table. A batch is written whole or not at all, and durably.
#[async_trait(?Send)]
pub trait Store {
    /// The value under a key.
    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Everything in a table, sorted by key.
    async fn all(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError>;
    /// Writes a batch.
    async fn write(&self, batch: Vec<Write>) -> Result<(), StoreError>;
    /// Empties every table: what signing out means.
    async fn wipe(&self) -> Result<(), StoreError>;
}

/// The time.
pub trait Clock {
    /// Seconds since 1970, as this machine believes.
    fn now(&self) -> u64;
}

/// Randomness.
pub trait Entropy {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// A file to seal. Its size is known beforehand; if it changes while it is read, the vault says so.
#[async_trait(?Send)]
pub trait FileSource {
    /// Bytes in all.
    fn size(&self) -> u64;
    /// `length` bytes from `offset`; fewer only if the file has become shorter.
    async fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, FileError>;
}

/// Where an opened file goes.
#[async_trait(?Send)]
pub trait FileSink {
    /// Takes the next bytes.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError>;
}

/// What can be wrong with a file outside the vault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No permission, gone, or a broken disk.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// Its size changed while it was read.
    #[error("the file changed while it was read; nothing of it was added")]
    Changed,
    /// The place it is written to.
    #[error("the file cannot be written: {0}")]
    Unwritable(String),
}

/// Hears how far a long piece of work has come.
pub trait Progress {
    /// `done` of `total` bytes of plaintext.
    fn bytes(&self, done: u64, total: u64);
}

/// For work nobody watches.
impl Progress for () {
    fn bytes(&self, _: u64, _: u64) {}
}

/// Does bulk work with whatever is fastest here. The same bytes come out everywhere.
#[async_trait(?Send)]
pub trait Accelerator {
    /// Seals `plaintext` as the chunks from number `first` on: whole ones, unless `last`; then the last one is the rest,
    /// which may be empty.
    async fn seal_chunks(&self, sealer: &Sealer, first: u64, plaintext: &[u8], last: bool) -> Vec<u8>;
    /// Opens the chunks from number `first` on; `last` as for sealing, and known from the message's length.
    async fn open_chunks(
        &self,
        opener: &Opener,
        first: u64,
        sealed: &[u8],
        last: bool,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError>;
    /// The SHA-256 of a piece of a blob.
    async fn sha256(&self, bytes: &[u8]) -> Hash;
}

/// Does it itself, on this thread.
pub struct InProcess;

#[async_trait(?Send)]
impl Accelerator for InProcess {
    async fn seal_chunks(&self, sealer: &Sealer, first: u64, plaintext: &[u8], last: bool) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plaintext.len() + (plaintext.len() / CHUNK + 1) * TAG);
        for (index, chunk) in (first..).zip(plain_chunks(plaintext, last)) {
            sealed.extend_from_slice(&sealer.seal_chunk(index, chunk));
        }
        sealed
    }

    async fn open_chunks(
        &self,
        opener: &Opener,
        first: u64,
        sealed: &[u8],
        last: bool,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let mut plaintext = Zeroizing::new(Vec::with_capacity(sealed.len()));
        for (index, (chunk, is_last)) in (first..).zip(sealed_chunks(sealed, last)) {
            plaintext.extend_from_slice(&opener.open_chunk(index, chunk, is_last)?);
        }
        Ok(plaintext)
    }

    async fn sha256(&self, bytes: &[u8]) -> Hash {
        Hash::of(bytes)
    }
}

/// The chunks that `plaintext` is sealed in: at the end of a message one that is shorter, be it empty.
pub(crate) fn plain_chunks(plaintext: &[u8], last: bool) -> impl Iterator<Item = &[u8]> {
    let rest = plaintext.chunks_exact(CHUNK).remainder();
    let ends = last || !rest.is_empty();
    plaintext.chunks_exact(CHUNK).chain(ends.then_some(rest))
}

/// The sealed chunks in `sealed`, each with whether it must be the message's last.
pub(crate) fn sealed_chunks(sealed: &[u8], last: bool) -> impl Iterator<Item = (&[u8], bool)> {
    let rest = sealed.chunks_exact(CHUNK + TAG).remainder();
    let ends = last || !rest.is_empty();
    sealed.chunks_exact(CHUNK + TAG).map(|chunk| (chunk, false)).chain(ends.then_some((rest, last)))
}

/// All of them together.
pub struct Ports {
    /// To the relay.
    pub transport: Box<dyn Transport>,
    /// On this device.
    pub store: Box<dyn Store>,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Randomness.
    pub entropy: Box<dyn Entropy>,
    /// Bulk work.
    pub accelerator: Box<dyn Accelerator>,
}

impl Ports {
    /// The randomness as a generator.
    pub(crate) fn rng(&self) -> impl CryptoRng + '_ {
        Generator(self.entropy.as_ref())
    }
}

struct Generator<'e>(&'e dyn Entropy);

impl zegel_crypto::rand_core::TryRng for Generator<'_> {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl zegel_crypto::rand_core::TryCryptoRng for Generator<'_> {}
