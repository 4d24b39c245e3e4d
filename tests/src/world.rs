//! One relay, one clock, and people with devices.

use std::{
    cell::RefCell,
    path::Path,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use axum::{
    body::{Body, BodyDataStream, to_bytes},
    http::Request,
};
use futures::StreamExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;
use zegel_crypto::Canonical as _;
use zegel_protocol::{
    Problem,
    signature::{CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders},
};
use zegel_relay::{Config, Relay};
use zegel_vault::{
    Compared, FirstPolicy, Inbox, NewOrganisation, NewParty, NewShare, Portal, Role, Session, Vault, VaultError,
    memory::MemoryStore,
    native::SystemEntropy,
    ports::{Clock, FileError, FileSink, FileSource, InProcess, Line, Opening, Ports, Transport, TransportError},
    view::{PrintedView, SharedView},
};
use zeroize::Zeroizing;

/// A passphrase that is long enough.
pub const PASSPHRASE: &str = "vier woorden zijn genoeg";

/// Monday 9 March 2026, nine in the morning, in seconds since 1970.
pub const MONDAY: u64 = 1_773_046_800;

/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The time in a scenario. It goes on when the scenario says so.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// Starts on [`MONDAY`].
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(MONDAY)))
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl zegel_relay::clock::Clock for TestClock {
    fn millis(&self) -> u64 {
        Clock::now(self) * 1000
    }
}

/// A real relay on a real disk, reached without a network. Clones are the same one, also after it was restored.
#[derive(Clone)]
pub struct InProcessRelay {
    router: Rc<RefCell<axum::Router>>,
}

#[async_trait(?Send)]
impl Transport for InProcessRelay {
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError> {
        let body = self.answer(path, body, signature).await?;
        Ok(to_bytes(body, usize::MAX).await.map_err(|_| TransportError::Unreachable)?.to_vec())
    }

    fn listen(&self, path: &str, signature: SignatureHeaders) -> Opening {
        let (relay, path) = (self.clone(), path.to_owned());
        Box::pin(async move {
            let body = relay.answer(&path, Vec::new(), Some(signature)).await?;
            Ok(Box::new(Pieces(body.into_data_stream())) as Box<dyn Line>)
        })
    }
}

impl InProcessRelay {
    async fn answer(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Body, TransportError> {
        let mut request = Request::post(path);
        if let Some(signature) = signature {
            request = request
                .header(CONTENT_DIGEST, signature.content_digest)
                .header(SIGNATURE_INPUT, signature.signature_input)
                .header(SIGNATURE, signature.signature);
        }
        let request = request.body(Body::from(body)).map_err(|_| TransportError::NotARelay)?;
        let router = self.router.borrow().clone();
        let response = router.oneshot(request).await.map_err(|_| TransportError::Unreachable)?;
        let (parts, body) = response.into_parts();
        if parts.status.is_success() {
            return Ok(body);
        }
        let bytes = to_bytes(body, usize::MAX).await.map_err(|_| TransportError::Unreachable)?;
        let problem = Problem::from_canonical(&bytes).map_err(|_| TransportError::NotARelay)?;
        Err(problem.into())
    }
}

/// An answer that goes on.
struct Pieces(BodyDataStream);

#[async_trait(?Send)]
impl Line for Pieces {
    async fn next(&mut self) -> Result<Vec<u8>, TransportError> {
        let piece = self.0.next().await.transpose().map_err(|_| TransportError::Unreachable)?;
        Ok(piece.map_or(Vec::new(), |bytes| bytes.to_vec()))
    }
}

/// What stands between the people and the relay: nothing, or something worse.
pub type Network = Rc<dyn Fn(InProcessRelay) -> Box<dyn Transport>>;

/// A relay with its disk, and the time.
pub struct World {
    /// The time, for everybody.
    pub clock: TestClock,
    folder: TempDir,
    relay: RefCell<InProcessRelay>,
    network: Network,
}

impl World {
    /// An empty relay.
    pub fn new() -> Self {
        Self::with_network(Rc::new(|relay| Box::new(relay)))
    }

    /// An empty relay behind a network of the scenario's.
    pub fn with_network(network: Network) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = TestClock::new();
        let relay = RefCell::new(start(folder.path(), &clock));
        Self { clock, folder, relay, network }
    }

    /// The relay's data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The relay, as it is.
    pub fn relay(&self) -> InProcessRelay {
        self.relay.borrow().clone()
    }

    /// Another relay over a copy of this one's disk as it is now: what a restored backup is, or a relay's second face.
    pub fn twin(&self) -> (InProcessRelay, TempDir) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(self.folder(), folder.path());
        (start(folder.path(), &self.clock), folder)
    }

    /// A backup, as the operator makes one.
    pub fn back_up(&self) -> TempDir {
        let backup = tempfile::tempdir().expect("a temporary folder");
        zegel_relay::backup::back_up(self.folder(), backup.path(), &self.clock).expect("a backup");
        backup
    }

    /// Loses the relay's disk and restores the archive of that backup with the newest halves. Everybody is served from
    /// there from now on.
    pub fn restore(&mut self, backup: &TempDir) {
        let (halves, folder) = (tempfile::tempdir(), tempfile::tempdir());
        let (halves, folder) = (halves.expect("a temporary folder"), folder.expect("a temporary folder"));
        zegel_relay::backup::back_up_halves(self.folder(), halves.path()).expect("a copy of the halves");
        let (archive, halves) = (backup.path().join("archive"), halves.path().join("halves"));
        zegel_relay::restore::restore(&archive, &halves, folder.path(), &self.clock).expect("a restored folder");
        let router = start(folder.path(), &self.clock).router.take();
        *self.relay.borrow().router.borrow_mut() = router;
        self.folder = folder;
    }

    /// The token that the first start wrote.
    pub fn token(&self) -> String {
        std::fs::read_to_string(self.folder().join("setup-token")).expect("a set-up token")
    }

    /// A new device: its ports, and its store to look into or to come back to.
    pub fn device(&self) -> (Ports, MemoryStore) {
        let store = MemoryStore::new();
        (self.ports(store.clone()), store)
    }

    /// Ports over a store that exists.
    pub fn ports(&self, store: MemoryStore) -> Ports {
        Ports {
            transport: (self.network)(self.relay()),
            store: Box::new(store),
            clock: Box::new(self.clock.clone()),
            entropy: Box::new(SystemEntropy),
            accelerator: Box::new(InProcess),
        }
    }

    /// The first director, who sets up *Stichting Voorbeeld*.
    pub async fn director(&self, name: &str) -> Actor {
        self.director_with(name, FirstPolicy::default()).await
    }

    /// The same, with another policy.
    pub async fn director_with(&self, name: &str, policy: FirstPolicy) -> Actor {
        let (ports, store) = self.device();
        let new = NewOrganisation {
            token: self.token(),
            organisation: "Stichting Voorbeeld".to_owned(),
            name: name.to_owned(),
            passphrase: passphrase(),
            threshold: 2,
            sheets: 3,
            policy,
        };
        let (vault, printed) = Vault::found(ports, new).await.expect("an empty relay takes its organisation");
        Actor { vault, printed, store }
    }

    /// A colleague, invited and admitted by a director, who has signed the pledge.
    pub async fn colleague(&self, director: &mut Actor, name: &str, directs: bool) -> Actor {
        let role = if directs { Role::Director } else { Role::AdvisorPaid };
        let mut colleague = self.newcomer(director, name, role, None).await;
        colleague.sign_pledge().await;
        director.vault.sync().await.expect("news");
        colleague
    }

    /// A colleague, invited and admitted by a director, who has signed nothing yet.
    pub async fn newcomer(&self, director: &mut Actor, name: &str, role: Role, until: Option<u64>) -> Actor {
        let invitation = director.vault.invite(name, role, until).await.expect("an invitation");
        let (ports, store) = self.device();
        let joined = Vault::join(ports, &invitation.link, &invitation.code, name, passphrase()).await;
        let (mut vault, printed) = joined.expect("the invitation opens");
        let person = vault.session().person;
        director.vault.sync().await.expect("news");
        let words = vault.session().words.join(" ");
        director.vault.admit(&person, &words, Compared::ByVoice).await.expect("the newcomer is admitted");
        vault.sync().await.expect("news");
        Actor { vault, printed, store }
    }

    /// A director, invited by one and admitted by both.
    pub async fn newcomer_by_two(&self, director: &mut Actor, second: &mut Actor, name: &str) -> Actor {
        let invitation = director.vault.invite(name, Role::Director, None).await.expect("an invitation");
        let (ports, store) = self.device();
        let joined = Vault::join(ports, &invitation.link, &invitation.code, name, passphrase()).await;
        let (vault, printed) = joined.expect("the invitation opens");
        director.vault.sync().await.expect("news");
        let (person, words) = (vault.session().person, vault.session().words.join(" "));
        let alone = director.vault.admit(&person, &words, Compared::ByVoice).await;
        assert_eq!(alone, Err(VaultError::SecondDirector));
        second.vault.sync().await.expect("news");
        second.vault.admit(&person, &words, Compared::ByVoice).await.expect("the second director admits");
        director.vault.sync().await.expect("news");
        Actor { vault, printed, store }
    }

    /// Somebody from outside the organisation accepts an invitation into a dossier.
    pub async fn outsider(&self, letter: &SharedView, name: &str) -> Result<Outsider, VaultError> {
        let (ports, store) = self.device();
        let (session, printed) = Session::join(ports, &letter.link, &letter.code, name, passphrase()).await?;
        let Session::Portal(portal) = session else { panic!("an invitation into a dossier makes no member") };
        Ok(Outsider { portal: *portal, printed, store })
    }

    /// The same, invited by `actor`, who compares words and admits them.
    pub async fn party(&self, actor: &mut Actor, dossier: &str, name: &str, kind: &str) -> Outsider {
        let letter = actor.vault.invite_party(dossier, &new_party(name, kind)).await.expect("a letter");
        let mut outsider = self.outsider(&letter, name).await.expect("the letter opens");
        self.admit_party(actor, dossier, &outsider).await;
        outsider.portal.sync().await.expect("news");
        outsider
    }

    /// Compares words and admits somebody who came with an invitation.
    pub async fn admit_party(&self, actor: &mut Actor, dossier: &str, outsider: &Outsider) {
        actor.vault.sync().await.expect("news");
        let session = outsider.portal.session();
        let words = session.words.join(" ");
        let admitted = actor.vault.admit_party(dossier, &session.person, &words, Compared::ByVoice);
        admitted.await.expect("they are admitted");
    }

    /// Somebody from outside opens a link.
    pub async fn open(&self, shared: &SharedView) -> Result<Inbox, VaultError> {
        let (ports, _) = self.device();
        Inbox::open(ports, &shared.link, &shared.code).await
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            std::fs::create_dir(&target).expect("a new folder");
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}

fn start(folder: &Path, clock: &TestClock) -> InProcessRelay {
    let config = Config { clock: Arc::new(clock.clone()), ..Config::new(folder) };
    let relay = Relay::open(config).expect("the relay opens");
    InProcessRelay { router: Rc::new(RefCell::new(zegel_relay::router(&relay))) }
}

/// A person with an unlocked vault.
pub struct Actor {
    /// Their vault.
    pub vault: Vault,
    /// What was printed for them.
    pub printed: PrintedView,
    /// Their device's store.
    pub store: MemoryStore,
}

/// Somebody outside the organisation on one device.
pub struct Outsider {
    /// What they opened.
    pub portal: Portal,
    /// What was printed for them.
    pub printed: PrintedView,
    /// Their device's store.
    pub store: MemoryStore,
}

impl Outsider {
    /// Locks and opens again on the same device.
    pub async fn again(self, world: &World) -> Self {
        let session =
            Session::unlock(world.ports(self.store.clone()), passphrase()).await.expect("the passphrase opens");
        let Session::Portal(portal) = session else { panic!("it was a portal before") };
        Self { portal: *portal, ..self }
    }
}

/// A letter for somebody, with what their kind usually gets.
pub fn new_party(name: &str, kind: &str) -> NewParty {
    NewParty { name: name.to_owned(), kind: kind.to_owned(), parts: Vec::new(), until: None }
}

impl Actor {
    /// Reads and signs the pledge in force.
    pub async fn sign_pledge(&mut self) {
        let pledge = self.vault.pledge().expect("a pledge");
        self.vault.sign_pledge(pledge.version).await.expect("the pledge is signed");
    }

    /// Makes a dossier with one report and one document; gives its id and theirs.
    pub async fn dossier(&mut self, title: &str) -> (String, String, String) {
        let dossier = self.vault.new_dossier(title).await.expect("a dossier");
        let saved = self.vault.save_report(&dossier, None, 0, "Eerste gesprek", REPORT, "2026-03-05").await;
        let report = saved.expect("a report").item;
        let document = self.add(&dossier, "cv.pdf", DOCUMENT).await.expect("a document");
        (dossier, report, document)
    }

    /// Adds a file.
    pub async fn add(&mut self, dossier: &str, name: &str, bytes: &[u8]) -> Result<String, VaultError> {
        let document = zegel_vault::NewDocument { name, media_type: "application/pdf", folder: "" };
        self.vault.add_file(dossier, document, &mut Bytes(bytes.to_vec()), &()).await
    }

    /// Reads a file.
    pub async fn read(&mut self, dossier: &str, item: &str) -> Result<Vec<u8>, VaultError> {
        let mut sink = Bytes(Vec::new());
        self.vault.read_file(dossier, item, &mut sink, &()).await?;
        Ok(sink.0)
    }

    /// Shares items for thirty days.
    pub async fn share(&mut self, dossier: &str, items: &[&str]) -> Result<SharedView, VaultError> {
        self.vault.share(dossier, new_share(items, MONDAY + 30 * DAY)).await
    }
}

/// Marks a report's text, so that it can be looked for where it should not be.
pub const REPORT: &str = "KANARIE-VERSLAG kwam op tijd en had de brief meegenomen";
/// Marks a document's bytes.
pub const DOCUMENT: &[u8] = b"%PDF-1.4 KANARIE-STUK diploma heftruck";

/// A share with *Opleidingshuis Noord*.
pub fn new_share(items: &[&str], until: u64) -> NewShare {
    NewShare {
        items: items.iter().map(|item| (*item).to_owned()).collect(),
        to: "Opleidingshuis Noord".to_owned(),
        purpose: "Aanmelden voor de opleiding".to_owned(),
        until,
        readings: None,
        evidence: None,
        consent_text: ("Mag Opleidingshuis Noord dit lezen?".to_owned(), "nl".to_owned()),
    }
}

/// [`PASSPHRASE`], as vaults take it.
pub fn passphrase() -> Zeroizing<String> {
    Zeroizing::new(PASSPHRASE.to_owned())
}

/// A file in memory, to read from or to write to.
pub struct Bytes(pub Vec<u8>);

#[async_trait(?Send)]
impl FileSource for Bytes {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, FileError> {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let end = offset.saturating_add(length).min(self.0.len());
        Ok(self.0[offset..end].to_vec())
    }
}

#[async_trait(?Send)]
impl FileSink for Bytes {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.0.extend(bytes);
        Ok(())
    }
}
