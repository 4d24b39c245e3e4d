//! The real vault against the real relay over HTTP: sharing, files, a list of ten thousand dossiers, search, sealing.

use std::{
    cell::Cell,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use aes_gcm::{Aes256Gcm, KeyInit as _, aead::Aead as _};
use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use zegel_crypto::{
    Hash, Key,
    seal::{CHUNK, Opener, Salt, Sealer},
    unlock::Stretch,
};
use zegel_protocol::signature::SignatureHeaders;
use zegel_tests::world::{PASSPHRASE, new_share};
use zegel_vault::{
    FirstPolicy, NewDocument, NewOrganisation, Vault,
    memory::MemoryStore,
    native::{HttpTransport, SqliteStore, SystemClock, SystemEntropy},
    ports::{
        Accelerator as _, Clock as _, FileError, FileSink, FileSource, InProcess, Ports, Store, Table, Transport,
        TransportError, Write,
    },
};

use crate::process::Server;

const MIB: usize = 1 << 20;
const MONTH: u64 = 30 * 24 * 60 * 60;

/// How much the vault is given to do.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Dossiers on the shelf.
    pub(crate) dossiers: usize,
    /// Reports in the long dossier.
    pub(crate) reports: usize,
    /// Sizes of files, in MiB.
    pub(crate) files: [usize; 2],
}

/// One share.
#[derive(Clone, Copy)]
pub(crate) struct Shared {
    pub(crate) time: Duration,
    /// What one Argon2id takes meanwhile: a link's code is stretched like a passphrase.
    pub(crate) derivation: Duration,
    pub(crate) requests: u64,
    pub(crate) sent: u64,
}

/// One file, up and down, beside the disk and the loopback without a vault.
pub(crate) struct Moved {
    pub(crate) mebibytes: usize,
    /// MiB a second.
    pub(crate) up: f64,
    pub(crate) down: f64,
    pub(crate) bare_up: f64,
    pub(crate) bare_down: f64,
    /// The most that the relay held meanwhile, in MiB.
    pub(crate) high_water: f64,
}

/// What a full shelf costs.
pub(crate) struct Listed {
    pub(crate) dossiers: usize,
    /// From passphrase to list, and what of it the key derivation takes.
    pub(crate) time: Duration,
    pub(crate) derivation: Duration,
    /// The first search of a session, and one while typing.
    pub(crate) first_search: Duration,
    pub(crate) search: Duration,
}

/// What the vault took.
pub(crate) struct Figures {
    pub(crate) share_empty: Shared,
    pub(crate) share_long: Shared,
    pub(crate) share_file: Shared,
    pub(crate) reports: usize,
    pub(crate) files: Vec<Moved>,
    pub(crate) listed: Listed,
}

/// Bytes and requests that went to the relay.
#[derive(Clone, Copy, Default)]
struct Counts {
    requests: u64,
    sent: u64,
}

struct Counting {
    inner: HttpTransport,
    counts: Rc<Cell<Counts>>,
}

#[async_trait(?Send)]
impl Transport for Counting {
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError> {
        let headers = signature.as_ref().map_or(0, |headers| {
            headers.content_digest.len() + headers.signature_input.len() + headers.signature.len()
        });
        let Counts { requests, sent } = self.counts.get();
        let sent = sent + (path.len() + headers + body.len()) as u64;
        self.counts.set(Counts { requests: requests + 1, sent });
        self.inner.post(path, body, signature).await
    }
}

struct Desk {
    server: Server,
    counts: Rc<Cell<Counts>>,
}

impl Desk {
    fn ports(&self, store: impl Store + 'static) -> Result<Ports> {
        let inner = HttpTransport::new(&format!("http://{}", self.server.address))?;
        Ok(Ports {
            transport: Box::new(Counting { inner, counts: Rc::clone(&self.counts) }),
            store: Box::new(store),
            clock: Box::new(SystemClock),
            entropy: Box::new(SystemEntropy),
            accelerator: Box::new(InProcess),
        })
    }

    async fn unlock(&self, store: SqliteStore) -> Result<(Vault, Duration)> {
        let began = Instant::now();
        let vault = Vault::unlock(self.ports(store)?, PASSPHRASE.to_owned().into()).await?;
        vault.dossiers();
        Ok((vault, began.elapsed()))
    }

    /// The third of five shares, by time.
    async fn share(&self, vault: &mut Vault, dossier: &str, item: &str) -> Result<Shared> {
        let derivation = derivation()?;
        let mut shares = Vec::new();
        for _ in 0..5 {
            let before = self.counts.get();
            let began = Instant::now();
            vault.share(dossier, new_share(&[item], SystemClock.now() + MONTH)).await?;
            let time = began.elapsed();
            let after = self.counts.get();
            let (requests, sent) = (after.requests - before.requests, after.sent - before.sent);
            shares.push(Shared { time, derivation, requests, sent });
        }
        shares.sort_unstable_by_key(|share| share.time);
        shares.get(2).copied().context("five shares")
    }
}

/// Measures all of it on one relay.
pub(crate) async fn measure(relay: &Path, size: Size) -> Result<Figures> {
    let folder = tempfile::tempdir()?;
    let server = Server::relay(relay, folder.path())?;
    let desk = Desk { server, counts: Rc::default() };
    let store = MemoryStore::new();
    let new = NewOrganisation {
        token: std::fs::read_to_string(folder.path().join("setup-token"))?,
        organisation: "Stichting Voorbeeld".to_owned(),
        name: "Iris de Vries".to_owned(),
        passphrase: PASSPHRASE.to_owned().into(),
        threshold: 2,
        sheets: 3,
        policy: FirstPolicy::default(),
    };
    let (mut vault, _) = Vault::found(desk.ports(store.clone())?, new).await?;

    let share_empty = {
        let dossier = vault.new_dossier("Een leeg dossier").await?;
        let report = report(&mut vault, &dossier, 0).await?;
        desk.share(&mut vault, &dossier, &report).await?
    };
    let long = vault.new_dossier("Een lang dossier").await?;
    let mut last = String::new();
    for number in 0..size.reports {
        last = report(&mut vault, &long, number).await?;
    }
    let share_long = desk.share(&mut vault, &long, &last).await?;
    let heavy = vault.new_dossier("Een zwaar dossier").await?;
    let mut files = Vec::new();
    let mut document = String::new();
    for mebibytes in size.files {
        let (moved, item) = move_file(&desk, &mut vault, &heavy, mebibytes).await?;
        files.push(moved);
        document = item;
    }
    let share_file = desk.share(&mut vault, &heavy, &document).await?;

    for number in 0..size.dossiers {
        let dossier = vault.new_dossier(&format!("Deelnemer {number:05} {}", NAMES[number % NAMES.len()])).await?;
        // One in ten has a report to search in.
        if number % 10 == 0 {
            report(&mut vault, &dossier, number).await?;
        }
    }
    // A shelf is warm when the last sync took note of everything.
    vault.sync().await?;
    drop(vault);
    let with = copy(&store).await?;
    let derivation = derivation()?;
    let (mut vault, time) = desk.unlock(SqliteStore::open(with.path())?).await?;
    let dossiers = vault.dossiers().len();
    ensure!(dossiers == size.dossiers + 3, "{dossiers} dossiers are on the shelf");
    let began = Instant::now();
    ensure!(!vault.search("heftruck").await?.is_empty(), "the reports are found");
    let first_search = began.elapsed();
    let mut searches = Vec::new();
    for end in 1..="yasemin 00".len() {
        let began = Instant::now();
        vault.search(&"yasemin 00"[..end]).await?;
        searches.push(began.elapsed());
    }
    searches.sort_unstable();
    let search = searches.last().copied().unwrap_or_default();
    let listed = Listed { dossiers, time, derivation, first_search, search };
    Ok(Figures { share_empty, share_long, share_file, reports: size.reports, files, listed })
}

/// The shortest of three key derivations.
fn derivation() -> Result<Duration> {
    let stretch = Stretch::with_salt([1; 16]);
    let mut times = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        stretch.stretch(PASSPHRASE.as_bytes())?;
        times.push(began.elapsed());
    }
    times.into_iter().min().context("three derivations")
}

const NAMES: [&str; 5] = ["Yasemin Öztürk", "Jan de Boer", "Fatima el Idrissi", "Sofie Peeters", "Łukasz Nowak"];

async fn report(vault: &mut Vault, dossier: &str, number: usize) -> Result<String> {
    let text = format!("Gesprek {number}: diploma heftruck, kwam op tijd, vervolgafspraak over twee weken. ").repeat(8);
    Ok(vault.save_report(dossier, None, 0, &format!("Gesprek {number}"), &text, "2026-03-05").await?.item)
}

/// What a store in memory holds, as a store on disk.
async fn copy(store: &MemoryStore) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let disk = SqliteStore::open(folder.path())?;
    for table in Table::ALL {
        let values = store.all(table).await?.into_iter();
        disk.write(values.map(|(key, value)| Write::Put(table, key, value)).collect()).await?;
    }
    Ok(folder)
}

/// A file that repeats a random mebibyte, on its way in or out.
struct Repeated {
    piece: Vec<u8>,
    size: u64,
    at: u64,
}

impl Repeated {
    fn new(mebibytes: usize) -> Self {
        let piece: Vec<u8> = (0..MIB as u64 / 32).flat_map(|block| Hash::of(&block.to_le_bytes()).0).collect();
        Self { piece, size: (mebibytes * MIB) as u64, at: 0 }
    }

    fn range(&self, offset: u64, length: usize) -> Vec<u8> {
        let from = usize::try_from(offset % MIB as u64).unwrap_or_default();
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        self.piece.iter().cycle().skip(from).take(length.min(left)).copied().collect()
    }
}

#[async_trait(?Send)]
impl FileSource for Repeated {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, FileError> {
        Ok(self.range(offset, length))
    }
}

#[async_trait(?Send)]
impl FileSink for Repeated {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        if self.range(self.at, bytes.len()) != bytes {
            return Err(FileError::Unwritable("these are other bytes than were sealed".to_owned()));
        }
        self.at += bytes.len() as u64;
        Ok(())
    }
}

async fn move_file(desk: &Desk, vault: &mut Vault, dossier: &str, mebibytes: usize) -> Result<(Moved, String)> {
    let (bare_up, bare_down) = bare(mebibytes)?;
    desk.server.forget_high_water()?;
    let document = NewDocument { name: "dossier.pdf", media_type: "application/pdf", folder: "" };
    let began = Instant::now();
    let item = vault.add_file(dossier, document, &mut Repeated::new(mebibytes), &()).await?;
    let up = mebibytes as f64 / began.elapsed().as_secs_f64();
    let mut sink = Repeated::new(mebibytes);
    let began = Instant::now();
    vault.read_file(dossier, &item, &mut sink, &()).await?;
    let down = mebibytes as f64 / began.elapsed().as_secs_f64();
    ensure!(sink.at == sink.size, "the file came back shorter");
    Ok((Moved { mebibytes, up, down, bare_up, bare_down, high_water: desk.server.high_water()? }, item))
}

/// A file over the loopback to a synced disk, mebibyte by mebibyte, and back; in MiB a second.
fn bare(mebibytes: usize) -> Result<(f64, f64)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    let serve = std::thread::spawn(move || -> Result<()> {
        let (mut peer, _) = listener.accept()?;
        let mut file = tempfile::NamedTempFile::new()?;
        let mut piece = vec![0; MIB];
        for _ in 0..mebibytes {
            peer.read_exact(&mut piece)?;
            file.write_all(&piece)?;
            file.as_file().sync_data()?;
            peer.write_all(&[1])?;
        }
        let mut kept = std::fs::File::open(file.path())?;
        for _ in 0..mebibytes {
            kept.read_exact(&mut piece)?;
            peer.write_all(&piece)?;
        }
        Ok(())
    });
    let mut piece = Repeated::new(1).piece;
    let began = Instant::now();
    for _ in 0..mebibytes {
        stream.write_all(&piece)?;
        stream.read_exact(&mut [0])?;
    }
    let up = began.elapsed();
    let began = Instant::now();
    for _ in 0..mebibytes {
        stream.read_exact(&mut piece)?;
    }
    let down = began.elapsed();
    serve.join().map_err(|_| anyhow::anyhow!("the bare server stopped"))??;
    let rate = |time: Duration| mebibytes as f64 / time.as_secs_f64();
    Ok((rate(up), rate(down)))
}

/// MiB a second of sealing and opening with the name of the sealed bytes, and of bare AES-256-GCM in 16 KiB calls with a
/// SHA-256: `[seal, bare, open, bare]`.
pub(crate) async fn sealing(mebibytes: usize) -> Result<[f64; 4]> {
    let key = Key::from_bytes([7; 32]);
    let sealer = Sealer::new(&key, &Salt([1; 24]), b"bench");
    let opener = Opener::new(&key, b"bench", &sealer.header())?;
    let cipher = Aes256Gcm::new(&[7; 32].into());
    let plaintext = Repeated::new(1).piece;
    let chunks = (MIB / CHUNK) as u64;
    let mut times = [Duration::ZERO; 4];
    let timed = |time: &mut Duration, began: Instant| *time += began.elapsed();
    for piece in 0..mebibytes as u64 {
        let first = piece * chunks;
        let began = Instant::now();
        let sealed = InProcess.seal_chunks(&sealer, first, &plaintext, false).await;
        std::hint::black_box(InProcess.sha256(&sealed).await);
        timed(&mut times[0], began);

        let began = Instant::now();
        let bare: Vec<Vec<u8>> = (first..)
            .zip(plaintext.chunks(CHUNK))
            .map(|(index, chunk)| cipher.encrypt(&nonce(index), chunk))
            .collect::<Result<_, _>>()
            .map_err(|_| anyhow::anyhow!("AES-GCM"))?;
        std::hint::black_box(Hash::of(&plaintext));
        timed(&mut times[1], began);

        let began = Instant::now();
        let opened = InProcess.open_chunks(&opener, first, &sealed, false).await?;
        timed(&mut times[2], began);
        ensure!(*opened == plaintext, "what was sealed opens to something else");

        let began = Instant::now();
        for (index, chunk) in (first..).zip(&bare) {
            let opened = cipher.decrypt(&nonce(index), chunk.as_slice()).map_err(|_| anyhow::anyhow!("AES-GCM"))?;
            std::hint::black_box(opened);
        }
        timed(&mut times[3], began);
    }
    Ok(times.map(|time| mebibytes as f64 / time.as_secs_f64()))
}

fn nonce(index: u64) -> aes_gcm::Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&index.to_be_bytes());
    nonce.into()
}
