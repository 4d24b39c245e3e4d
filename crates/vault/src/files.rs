//! Files: sealed and sent in chunks, fetched and opened in chunks, never whole in memory.

use std::rc::Rc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zegel_crypto::{
    BlobHasher, Half, Hash, Seed, SigningKey,
    pad::{FILE_FLOOR, padded_len},
    seal::{CHUNK, HEADER, Opener, Sealer, TAG, sealed_len},
};
use zegel_dossier::{CompartmentKind, Document, Record};
use zegel_ledger::{Change, File, FileId, HalfId, LogId, RecordId};
use zegel_protocol::{
    Problem,
    calls::{BeginUpload, Fetch, FinishUpload, StoredHalf},
    limits,
};
use zeroize::Zeroizing;

use crate::{
    Vault, VaultError,
    book::{Book, file_context, file_key},
    dossiers::id,
    ports::{Accelerator, FileError, FileSink, FileSource, Ports, Progress, TransportError},
    relay::{Relay, Signer, is_unreachable},
};

/// How often a broken connection is taken up again within one upload.
const RETRIES: usize = 5;

/// How much is sealed or opened at a time: 64 chunks, a megabyte.
const STRETCH: usize = 64 * CHUNK;
const SEALED_STRETCH: usize = 64 * (CHUNK + TAG);

/// A document to add.
pub struct NewDocument<'a> {
    /// Its file name, as it came.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// The folder it came from, or nothing.
    pub folder: &'a str,
}

/// A file that was begun: everything it takes to seal and send it while others use the vault.
pub struct Upload {
    way: Way,
    log: LogId,
    sealer: Sealer,
    adding: Adding,
}

/// A file that was sealed and sent, and is in no dossier yet.
pub struct Sent {
    adding: Adding,
    blob: Hash,
    length: u64,
    inline: Option<Vec<u8>>,
}

/// What the dossier will say of a file.
struct Adding {
    record: RecordId,
    kind: CompartmentKind,
    half: StoredHalf,
    document: Document,
}

/// A file that is to be read: everything it takes to fetch and open it while others use the vault.
pub struct Download {
    way: Way,
    opening: Opening,
}

/// A way to the relay that needs no vault.
struct Way {
    ports: Rc<Ports>,
    relay: Relay,
    key_id: String,
    request: SigningKey,
}

impl Vault {
    /// Seals a file into a dossier and gives the new item's id. Uses a few megabytes of memory, whatever the file's size.
    pub async fn add_file(
        &mut self,
        dossier: &str,
        document: NewDocument<'_>,
        source: &mut dyn FileSource,
        progress: &dyn Progress,
    ) -> Result<String, VaultError> {
        let upload = self.begin_file(dossier, document, source.size())?;
        let sent = upload.send(source, progress).await?;
        self.finish_file(sent).await
    }

    /// Draws the keys of a file of `size` bytes. What comes of it is sent without the vault, then finished.
    pub fn begin_file(&mut self, dossier: &str, document: NewDocument<'_>, size: u64) -> Result<Upload, VaultError> {
        let log = self.dossier_id(dossier)?;
        if sealed_len(padded_len(size, FILE_FLOOR)) > limits::BLOB {
            return Err(VaultError::TooLarge);
        }
        let mut rng = self.ports.rng();
        let (file, id, record) = (FileId::make(&mut rng), HalfId::make(&mut rng), RecordId::make(&mut rng));
        let (seed, half) = (Seed::make(&mut rng), Half::make(&mut rng));
        let organisation = self.record.organisation;
        let key = file_key(&seed, &half, organisation, log, file);
        let salt = self.keys.salt(&mut rng, &file.0, None);
        drop(rng);
        let sealer = Sealer::new(&key, &salt, &file_context(organisation, log, file));
        let kind = CompartmentKind::of_folder(document.folder);
        let document = Document {
            name: document.name.to_owned(),
            media_type: document.media_type.to_owned(),
            size,
            folder: document.folder.to_owned(),
            home: log,
            file,
            seed,
        };
        let adding = Adding { record, kind, half: StoredHalf { log, id, half }, document };
        Ok(Upload { way: self.way(), log, sealer, adding })
    }

    /// Puts a file that was sent into its dossier and gives the new item's id.
    pub async fn finish_file(&mut self, sent: Sent) -> Result<String, VaultError> {
        let Sent { adding: Adding { record, kind, half, document }, blob, length, inline } = sent;
        let file = document.file;
        let content = Record::Document(document);
        let outcome = self.change(half.log, |vault, book, draft| {
            let home = book.current(kind)?.compartment;
            draft.changes.push(Change::File(File { file, home, half: half.id, blob, length }));
            draft.halves.push(half.clone());
            draft.blobs.extend(inline.clone());
            vault.draft_kind(draft, book, kind, record, &content)
        });
        outcome.await?;
        Ok(record.to_string())
    }

    /// Opens a document of a dossier into `sink`. Every chunk is authentic before it is written.
    pub async fn read_file(
        &mut self,
        dossier: &str,
        item: &str,
        sink: &mut dyn FileSink,
        progress: &dyn Progress,
    ) -> Result<(), VaultError> {
        self.begin_reading(dossier, item).await?.run(sink, progress).await
    }

    /// Fetches the keys of a document. What comes of it is read without the vault.
    pub async fn begin_reading(&mut self, dossier: &str, item: &str) -> Result<Download, VaultError> {
        let log = self.dossier_id(dossier)?;
        let book = self.book(log).await?.clone();
        let Record::Document(document) = self.record(&book, id(item)?).await? else {
            return Err(VaultError::NotFound);
        };
        let file = home_file(&book, &document)?;
        self.fetch_halves(vec![(log, file.half)]).await?;
        let half = self.halves.get(&file.half).ok_or(VaultError::Destroyed)?.clone();
        let opening = Opening { organisation: self.record.organisation, via: log, file, document, half };
        Ok(Download { way: self.way(), opening })
    }

    fn way(&self) -> Way {
        Way {
            ports: Rc::clone(&self.ports),
            relay: self.relay.clone(),
            key_id: self.keys.signer().key_id,
            request: SigningKey::from_seed(&self.keys.request.to_seed()),
        }
    }
}

impl Upload {
    /// Seals and sends. A file that changes meanwhile is refused, and nothing of it is in the dossier.
    pub async fn send(mut self, source: &mut dyn FileSource, progress: &dyn Progress) -> Result<Sent, VaultError> {
        let ports = Rc::clone(&self.way.ports);
        let mut sealing = Sealing::new(self.sealer, self.adding.document.size, source, progress);
        let length = sealing.total;
        let (blob, inline) = if length <= limits::INLINE_BLOB as u64 {
            let bytes = sealing.everything(ports.accelerator.as_ref()).await?;
            (zegel_crypto::blob_name(&bytes), Some(bytes))
        } else {
            (self.way.upload(self.log, &mut sealing).await?, None)
        };
        Ok(Sent { adding: self.adding, blob, length, inline })
    }
}

impl Download {
    /// Fetches and opens into `sink`. Every chunk is authentic before it is written.
    pub async fn run(mut self, sink: &mut dyn FileSink, progress: &dyn Progress) -> Result<(), VaultError> {
        let signer = Signer { key_id: self.way.key_id, key: &self.way.request };
        self.opening.run(&mut self.way.relay, &self.way.ports, &signer, sink, progress).await
    }
}

impl Way {
    async fn upload(&mut self, log: LogId, sealing: &mut Sealing<'_>) -> Result<Hash, VaultError> {
        let Self { ports, relay, key_id, request } = self;
        let signer = Signer { key_id: key_id.clone(), key: request };
        let mut name = [0; 16];
        ports.entropy.fill(&mut name);
        let text = URL_SAFE_NO_PAD.encode(name);
        let begin = BeginUpload { log, upload: name, length: sealing.total };
        relay.call(ports, &signer, &begin).await?;
        let mut offset = 0;
        while offset < sealing.total {
            let piece = sealing.piece(ports.accelerator.as_ref()).await?;
            let mut retries = 0;
            loop {
                let sent = relay.chunk(ports, &signer, &text, offset, piece.clone()).await;
                match sent {
                    Ok(_) => break,
                    Err(error) if is_unreachable(&error) && retries < RETRIES => {
                        retries += 1;
                        // The relay knows what of it arrived; a chunk is taken once, however often it is sent.
                        if let Ok(state) = relay.call(ports, &signer, &begin).await
                            && state.received == offset + piece.len() as u64
                        {
                            break;
                        }
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            offset += piece.len() as u64;
        }
        let blob = sealing.name();
        relay.call(ports, &signer, &FinishUpload { upload: name, blob }).await?;
        Ok(blob)
    }
}

fn home_file(book: &Book, document: &Document) -> Result<File, VaultError> {
    book.log.file(document.file).map(|state| state.file).ok_or(VaultError::NotFound)
}

/// A file on its way to the relay.
struct Sealing<'s> {
    sealer: Sealer,
    source: &'s mut dyn FileSource,
    progress: &'s dyn Progress,
    size: u64,
    padded: u64,
    total: u64,
    start: u64,
    ended: bool,
    buffer: Vec<u8>,
    hasher: BlobHasher,
    sealed: u64,
}

impl<'s> Sealing<'s> {
    fn new(sealer: Sealer, size: u64, source: &'s mut dyn FileSource, progress: &'s dyn Progress) -> Self {
        let padded = padded_len(size, FILE_FLOOR);
        let buffer = sealer.header().to_vec();
        let hasher = BlobHasher::new();
        let total = sealed_len(padded);
        Self { sealer, source, progress, size, padded, total, start: 0, ended: false, buffer, hasher, sealed: 0 }
    }

    /// The next piece of ciphertext, of [`limits::CHUNK`] bytes but for the last.
    async fn piece(&mut self, accelerator: &dyn Accelerator) -> Result<Vec<u8>, VaultError> {
        while self.buffer.len() < limits::CHUNK && !self.is_sealed() {
            self.seal_more(accelerator).await?;
        }
        let rest = self.buffer.split_off(self.buffer.len().min(limits::CHUNK));
        let piece = core::mem::replace(&mut self.buffer, rest);
        // A piece of an upload is a piece of the blob's name.
        self.hasher.push_digest(accelerator.sha256(&piece).await.0);
        self.sealed += piece.len() as u64;
        Ok(piece)
    }

    async fn everything(&mut self, accelerator: &dyn Accelerator) -> Result<Vec<u8>, VaultError> {
        while !self.is_sealed() {
            self.seal_more(accelerator).await?;
        }
        Ok(core::mem::take(&mut self.buffer))
    }

    fn is_sealed(&self) -> bool {
        self.ended
    }

    /// Seals the next stretch of chunks: content, then the padding's mark, then zeros.
    async fn seal_more(&mut self, accelerator: &dyn Accelerator) -> Result<(), VaultError> {
        let left = self.padded - self.start;
        let last = left < STRETCH as u64;
        let length = usize::try_from(left.min(STRETCH as u64)).map_err(|_| VaultError::TooLarge)?;
        let mut plaintext = Zeroizing::new(vec![0; length]);
        let content = usize::try_from(self.size.saturating_sub(self.start)).unwrap_or(usize::MAX).min(length);
        if content > 0 {
            let bytes = self.source.read(self.start, content).await?;
            if bytes.len() != content {
                return Err(FileError::Changed.into());
            }
            plaintext[..content].copy_from_slice(&bytes);
        }
        let ends_here = self.size >= self.start && self.start + content as u64 == self.size;
        if ends_here && let Some(mark) = plaintext.get_mut(content) {
            *mark = 0x80;
            // Those were the last bytes of the file, or so it said: has it grown meanwhile?
            if !self.source.read(self.size, 1).await?.is_empty() {
                return Err(FileError::Changed.into());
            }
        }
        let first = self.start / CHUNK as u64;
        self.buffer.extend(accelerator.seal_chunks(&self.sealer, first, &plaintext, last).await);
        self.start += length as u64;
        self.ended = last;
        self.progress.bytes(self.start.min(self.size), self.size);
        Ok(())
    }

    fn name(&mut self) -> Hash {
        core::mem::take(&mut self.hasher).finish(self.sealed)
    }
}

/// A file on its way from the relay.
pub(crate) struct Opening {
    pub(crate) organisation: LogId,
    /// The log through which it is served: its home, or a disclosure.
    pub(crate) via: LogId,
    pub(crate) file: File,
    pub(crate) document: Document,
    pub(crate) half: Half,
}

impl Opening {
    pub(crate) async fn run(
        self,
        relay: &mut Relay,
        ports: &Ports,
        signer: &Signer<'_>,
        sink: &mut dyn FileSink,
        progress: &dyn Progress,
    ) -> Result<(), VaultError> {
        let document = &self.document;
        let key = file_key(&document.seed, &self.half, self.organisation, document.home, document.file);
        let context = file_context(self.organisation, document.home, document.file);
        let mut fetcher =
            Fetcher { via: self.via, blob: self.file.blob, total: self.file.length, offset: 0, buffer: Vec::new() };
        let header = fetcher.take(HEADER, relay, ports, signer).await?;
        let header: [u8; HEADER] = header.try_into().map_err(|_| VaultError::Unreadable)?;
        let opener = Opener::new(&key, &context, &header).map_err(|_| VaultError::Unreadable)?;
        let (mut first, mut left) = (0, document.size);
        loop {
            let sealed = fetcher.take(SEALED_STRETCH, relay, ports, signer).await?;
            let last = sealed.len() < SEALED_STRETCH;
            let opened = ports.accelerator.open_chunks(&opener, first, &sealed, last).await;
            let opened = opened.map_err(|_| VaultError::Unreadable)?;
            let content = usize::try_from(left).unwrap_or(usize::MAX).min(opened.len());
            if content > 0 {
                sink.write(&opened[..content]).await?;
            }
            left -= content as u64;
            progress.bytes(document.size - left, document.size);
            first += (STRETCH / CHUNK) as u64;
            if last {
                break;
            }
        }
        if left == 0 { Ok(()) } else { Err(VaultError::Unreadable) }
    }
}

struct Fetcher {
    via: LogId,
    blob: Hash,
    total: u64,
    offset: u64,
    buffer: Vec<u8>,
}

impl Fetcher {
    async fn take(
        &mut self,
        length: usize,
        relay: &mut Relay,
        ports: &Ports,
        signer: &Signer<'_>,
    ) -> Result<Vec<u8>, VaultError> {
        while self.buffer.len() < length && self.offset < self.total {
            let call = Fetch { log: self.via, blob: self.blob, offset: self.offset, length: limits::CHUNK as u64 };
            let mut retries = 0;
            let fetched = loop {
                match relay.call(ports, signer, &call).await {
                    Err(error) if is_unreachable(&error) && retries < RETRIES => retries += 1,
                    // The log lists it, so it was here once.
                    Err(TransportError::Problem(Problem::NotFound)) => return Err(VaultError::FileLost),
                    other => break other.map_err(|error: TransportError| VaultError::from(error))?,
                }
            };
            if fetched.bytes.0.is_empty() {
                return Err(VaultError::Unreadable);
            }
            self.offset += fetched.bytes.0.len() as u64;
            self.buffer.extend(fetched.bytes.0);
        }
        let rest = self.buffer.split_off(self.buffer.len().min(length));
        Ok(core::mem::replace(&mut self.buffer, rest))
    }
}
