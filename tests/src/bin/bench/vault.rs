//! The real vault against the real relay over HTTP: sharing, files, a list of ten thousand dossiers, search, sealing.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
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
use zegel_tests::world::{PASSPHRASE, new_share, passphrase};
use zegel_vault::{
    Inbox, NewDocument, Vault,
    memory::MemoryStore,
    native::{SqliteStore, SystemClock},
    ports::{Accelerator as _, Clock as _, FileError, FileSink, FileSource, InProcess},
};

use crate::{
    office::Office,
    report::{Row, median, thousands},
};

const MIB: usize = 1 << 20;
const MONTH: u64 = 30 * 24 * 60 * 60;

/// How much the vault is given to do.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Reports in the long dossier.
    pub(crate) reports: usize,
    /// Sizes of files, in MiB.
    pub(crate) files: [usize; 2],
    /// MiB to seal and to open in memory.
    pub(crate) sealed: usize,
}

/// One share, made and opened.
#[derive(Clone, Copy)]
struct Shared {
    time: Duration,
    requests: u64,
    sent: u64,
    /// Until the receiver has read it, and with how many requests.
    opening: Duration,
    opened: u64,
}

/// One file, up and down, beside the disk and the loopback without a vault.
struct Moved {
    mebibytes: usize,
    /// MiB a second.
    up: f64,
    down: f64,
    bare_up: f64,
    bare_down: f64,
    /// The most that the relay held meanwhile, in MiB.
    high_water: f64,
}

/// Sharing out of dossiers of three kinds, and files, on a relay of their own.
pub(crate) async fn sharing_and_files(relay: &Path, size: Size) -> Result<Vec<Row>> {
    let mut office = Office::found(relay).await?;
    // A link's code is stretched like a passphrase.
    let derivation = derivation()?;
    let empty = office.vault.new_dossier("Een leeg dossier").await?;
    let item = office.report(&empty, 0).await?;
    let from_empty = share(&mut office, &empty, &item).await?;

    let long = office.vault.new_dossier("Een lang dossier").await?;
    let (mut last, mut saves) = (String::new(), Vec::new());
    for number in 0..size.reports {
        let began = Instant::now();
        last = office.report(&long, number).await?;
        saves.push(millis(began.elapsed()));
    }
    let from_long = share(&mut office, &long, &last).await?;

    let heavy = office.vault.new_dossier("Een zwaar dossier").await?;
    let mut files = Vec::new();
    let mut document = String::new();
    for mebibytes in size.files {
        let (moved, item) = move_file(&mut office, &heavy, mebibytes).await?;
        files.push(moved);
        document = item;
    }
    let from_heavy = share(&mut office, &heavy, &document).await?;

    let heaviest = files.last().map_or(0, |file| file.mebibytes);
    let reports = thousands(size.reports as f64);
    let mut rows = vec![
        shared(&format!("sharing a report of a dossier with {reports} reports"), &from_long, &from_empty, derivation),
        shared(&format!("sharing a document of {heaviest} MiB"), &from_heavy, &from_empty, derivation),
        saved(&reports, &saves),
    ];
    let least = files.first().map_or(0.0, |file| file.high_water);
    rows.extend(files.iter().map(|file| moved(file, least)));
    Ok(rows)
}

fn shared(work: &str, share: &Shared, empty: &Shared, derivation: Duration) -> Row {
    let figures = |share: &Shared| {
        let Shared { time, requests, sent, opening, opened } = share;
        format!(
            "{:.0} ms, {} B in {requests} request; opened in {:.0} ms by {opened} requests",
            millis(*time),
            thousands(*sent as f64),
            millis(*opening)
        )
    };
    let met = share.time < Duration::from_millis(100) && share.sent <= 20 << 10;
    Row::new(work, format!("{}; of each {:.0} ms Argon2id", figures(share), millis(derivation)))
        .beside(
            format!("a new dossier: {}", figures(empty)),
            format!("time {:.2}", share.time.as_secs_f64() / empty.time.as_secs_f64()),
        )
        .target("100 ms, 20 KiB", met)
}

/// Saving a report when there are few and when there are many.
fn saved(reports: &str, saves: &[f64]) -> Row {
    let tenth = saves.len() / 10;
    let [few, many] = [&saves[..tenth], &saves[saves.len() - tenth..]].map(|saves| median(saves.iter().copied()));
    Row::new(format!("saving a report, the last tenth of {reports}"), format!("{many:.1} ms"))
        .beside(format!("{few:.1} ms, the first tenth"), format!("{:.2}", many / few))
}

fn moved(file: &Moved, least: f64) -> Row {
    let Moved { mebibytes, up, down, bare_up, bare_down, high_water } = file;
    Row::new(
        format!("file of {mebibytes} MiB, by the vault"),
        format!("up {up:.0} MiB/s, down {down:.0} MiB/s; relay at most {high_water:.1} MiB resident"),
    )
    .beside(
        format!("up {bare_up:.0} MiB/s, down {bare_down:.0} MiB/s"),
        format!("up {:.2}, down {:.2}", up / bare_up, down / bare_down),
    )
    .target("memory flat", *high_water <= least + 8.0)
}

/// The third of five shares, by time.
async fn share(office: &mut Office, dossier: &str, item: &str) -> Result<Shared> {
    let mut shares = Vec::new();
    for _ in 0..5 {
        let before = office.counts();
        let began = Instant::now();
        let made = office.vault.share(dossier, new_share(&[item], SystemClock.now() + MONTH)).await?;
        let time = began.elapsed();
        let between = office.counts();
        let ports = office.ports(MemoryStore::new())?;
        let began = Instant::now();
        let inbox = Inbox::open(ports, &made.link, &made.code).await?;
        let opening = began.elapsed();
        ensure!(inbox.view().items.len() == 1, "the receiver sees what was shared");
        let (requests, sent) = (between.requests - before.requests, between.sent - before.sent);
        shares.push(Shared { time, requests, sent, opening, opened: office.counts().requests - between.requests });
    }
    shares.sort_unstable_by_key(|share| share.time);
    shares.get(2).copied().context("five shares")
}

/// From passphrase to list, and search, on the director's own device.
pub(crate) async fn list(office: &Office, dossiers: usize) -> Result<Vec<Row>> {
    let device = office.device().await?;
    let derivation = derivation()?;
    let began = Instant::now();
    let mut vault = Vault::unlock(office.ports(SqliteStore::open(device.path())?)?, passphrase()).await?;
    let listed = vault.dossiers().len();
    let beyond = began.elapsed().saturating_sub(derivation);
    ensure!(listed == dossiers, "{listed} dossiers are on the shelf");

    let began = Instant::now();
    ensure!(!vault.search("heftruck").await?.is_empty(), "the reports are found");
    let first = began.elapsed();
    let mut slowest = Duration::ZERO;
    for end in 1..="yasemin 00".len() {
        let began = Instant::now();
        vault.search(&"yasemin 00"[..end]).await?;
        slowest = slowest.max(began.elapsed());
    }
    let named = thousands(dossiers as f64);
    Ok(vec![
        Row::new(
            format!("passphrase to list, {named} dossiers, native"),
            format!("{:.0} ms beyond {:.0} ms Argon2id", millis(beyond), millis(derivation)),
        )
        .target("1 s beyond (in a browser)", beyond < Duration::from_secs(1)),
        Row::new(
            format!("search while typing, {named} dossiers, native"),
            format!("{:.1} ms; the first of a device {:.1} s", millis(slowest), first.as_secs_f64()),
        )
        .target("30 ms (in a browser)", slowest < Duration::from_millis(30)),
    ])
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

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
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

async fn move_file(office: &mut Office, dossier: &str, mebibytes: usize) -> Result<(Moved, String)> {
    let (bare_up, bare_down) = bare(mebibytes)?;
    office.server.forget_high_water()?;
    let document = NewDocument { name: "dossier.pdf", media_type: "application/pdf", folder: "" };
    let began = Instant::now();
    let item = office.vault.add_file(dossier, document, &mut Repeated::new(mebibytes), &()).await?;
    let up = mebibytes as f64 / began.elapsed().as_secs_f64();
    let mut sink = Repeated::new(mebibytes);
    let began = Instant::now();
    office.vault.read_file(dossier, &item, &mut sink, &()).await?;
    let down = mebibytes as f64 / began.elapsed().as_secs_f64();
    ensure!(sink.at == sink.size, "the file came back shorter");
    Ok((Moved { mebibytes, up, down, bare_up, bare_down, high_water: office.server.high_water()? }, item))
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

/// Sealing and opening with the name of the sealed bytes, beside bare AES-256-GCM in 16 KiB calls with a SHA-256.
pub(crate) async fn sealing(mebibytes: usize) -> Result<Vec<Row>> {
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
    let [seal, bare_seal, open, bare_open] = times.map(|time| mebibytes as f64 / time.as_secs_f64());
    Ok(vec![
        beside_bare("seal and name a file, native", seal, bare_seal),
        beside_bare("open a file, native", open, bare_open),
    ])
}

fn beside_bare(work: &str, measured: f64, bare: f64) -> Row {
    let rate = |rate| format!("{} MiB/s", thousands(rate));
    Row::new(work, rate(measured))
        .beside(rate(bare), format!("{:.2}", measured / bare))
        .target("0.6 of the limit (in a browser, of WebCrypto)", measured / bare >= 0.6)
}

fn nonce(index: u64) -> aes_gcm::Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&index.to_be_bytes());
    nonce.into()
}
