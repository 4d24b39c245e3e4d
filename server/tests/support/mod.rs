//! A small organisation in process, spoken to as a vault would: a director, colleagues, dossiers and links, with a mirror
//! of every log so that entries can be signed. Nothing is sealed: the relay could not tell.

#![allow(dead_code, unused_imports, unreachable_pub, missing_docs, reason = "every test takes from this what it needs")]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod ask;
mod draft;
mod people;
pub mod process;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chacha20::ChaCha20Rng;
use tempfile::TempDir;
use zegel_crypto::{
    Canonical as _, Half, Hash, ReceivingKey, Seed, SigningKey, blob_name,
    rand_core::{SeedableRng as _, TryRng as _},
};
use zegel_ledger::{
    Certificate, Change, Commit, CompartmentEpoch, CompartmentId, Consent, ConsentId, ConsentPosition, Directory,
    Disclose, Entry, Epoch, File, FileId, Founding, Gate, Grant, GrantId, HalfId, Head, Log, LogId, LogKind, Party,
    Put, Receiver, RecordId, Recovery, Rights, SignedSlip, Slip, Source, Standing, Statement, Wrap,
};
use zegel_protocol::{
    Problem,
    calls::{Append, Appended, Bytes, Fetch, Found, HalfServed, Halves, LogAppend, Post, Pull, Pulled, StoredHalf},
};
use zegel_relay::{Config, Relay, clock::Clock};

pub use ask::{call, hello, post, send};
pub use draft::{Draft, append_of};
pub use people::{Key, Link, Person};

pub const START: u64 = 1_800_000_000;
pub const HOUR: u64 = 3600;
pub const DAY: u64 = 24 * HOUR;

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct TestClock(AtomicU64);

impl TestClock {
    pub fn forward(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn millis(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Randomness that repeats itself from run to run.
pub fn repeatable(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A compartment with one epoch.
#[derive(Clone, Copy, Debug)]
pub struct Compartment {
    pub id: CompartmentId,
    pub half: HalfId,
}

/// A dossier with two compartments, a record in each, and a file in the first.
#[derive(Clone, Copy, Debug)]
pub struct Dossier {
    pub log: LogId,
    pub life: HalfId,
    pub core: Compartment,
    pub medical: Compartment,
    pub core_record: Hash,
    pub medical_record: Hash,
    pub record: RecordId,
    pub file: FileId,
    pub file_half: HalfId,
    pub file_blob: Hash,
}

/// How something is shared.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    pub from: Option<u64>,
    pub until: Option<u64>,
    pub readings: Option<u32>,
    pub gate: Option<Gate>,
    pub consent_until: Option<u64>,
    pub files: Vec<FileId>,
}

/// A disclosure and the link that opens it.
pub struct Shared {
    pub link: Link,
    pub consent: ConsentId,
    pub compartment: Compartment,
    pub life: HalfId,
    pub record: Hash,
}

/// The organisation.
pub struct Organisation {
    pub folder: TempDir,
    pub clock: Arc<TestClock>,
    relay: Option<Relay>,
    pub rng: ChaCha20Rng,
    pub directory: Directory,
    entries: Vec<Entry>,
    pub logs: BTreeMap<LogId, Log>,
    pub recovery: ReceivingKey,
    pub root: SigningKey,
    pub director: Person,
}

pub fn config(folder: &TempDir, clock: &Arc<TestClock>) -> Config {
    Config { clock: Arc::clone(clock) as Arc<dyn Clock>, ..Config::new(folder.path()) }
}

impl Organisation {
    /// An organisation with one director, set up on a new relay.
    pub async fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicU64::new(START * 1000)));
        let relay = Relay::open(config(&folder, &clock)).unwrap();
        let mut rng = repeatable(1);
        let id = LogId::make(&mut rng);
        let director = Person::make(&mut rng);
        let mut organisation = Self {
            relay: Some(relay),
            directory: Directory::new(id),
            entries: Vec::new(),
            logs: BTreeMap::new(),
            recovery: ReceivingKey::make(&mut rng),
            root: SigningKey::make(&mut rng),
            director,
            folder,
            clock,
            rng,
        };
        let token = std::fs::read_to_string(organisation.folder.path().join("setup-token")).unwrap();
        let found = organisation.founding(&token);
        call(organisation.relay(), None, &found).await.unwrap();
        let entry = &found.append.logs[0].entries[0];
        organisation.directory.admit(entry).unwrap();
        organisation.entries.push(entry.clone());
        organisation
    }

    /// The request that founds it.
    pub fn founding(&mut self, token: &str) -> Found {
        let id = self.directory.organisation();
        let life = HalfId::make(&mut self.rng);
        let founding = Founding { organisation: id, root: self.root.verifying(), life, source: None };
        let shares = vec![Hash([1; 32]), Hash([2; 32])];
        let recovery = Recovery { receiving: self.recovery.public(), threshold: 2, shares };
        let commit = Commit {
            log: id,
            kind: LogKind::Directory,
            sequence: 0,
            previous: None,
            author: self.director.id,
            device: self.director.device,
            directory: None,
            claimed_time: START,
            slips: Vec::new(),
            changes: vec![
                Change::Found(founding),
                Change::Admit(self.director.admission(Standing(3))),
                Change::Certify(self.director.certificate()),
                Change::Recovery(recovery),
            ],
        };
        let entry = Entry::sign(&commit, &self.root);
        let halves = vec![self.half(id, life)];
        let logs = vec![LogAppend { log: id, kind: LogKind::Directory, entries: vec![entry], blobs: Vec::new() }];
        let keyring = Bytes(self.director.sealed.to_canonical());
        Found { token: token.to_owned(), append: Append { logs, halves }, keyring }
    }

    pub fn relay(&self) -> &Relay {
        self.relay.as_ref().unwrap()
    }

    /// Stops the relay and starts it again on the same folder.
    pub fn restart(&mut self) {
        self.restart_with(|_| {});
    }

    pub fn restart_with(&mut self, change: impl FnOnce(&mut Config)) {
        self.relay = None;
        let mut config = config(&self.folder, &self.clock);
        change(&mut config);
        self.relay = Some(Relay::open(config).unwrap());
    }

    pub fn stop(&mut self) {
        self.relay = None;
    }

    pub fn half(&mut self, log: LogId, id: HalfId) -> StoredHalf {
        // Derived from the id, so that a test knows what it should get.
        StoredHalf { log, id, half: half_of(id) }
    }

    pub fn blob(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.rng.try_fill_bytes(&mut bytes).unwrap();
        bytes
    }

    fn commit(&self, who: &Person, log: &Log, changes: Vec<Change>) -> Commit {
        let directory = (log.kind() != LogKind::Directory).then(|| self.directory.head().unwrap());
        Commit {
            log: log.id(),
            kind: log.kind(),
            sequence: log.next_sequence(),
            previous: log.head().map(|head| head.hash),
            author: who.id,
            device: who.device,
            directory,
            claimed_time: START,
            slips: log.pending_slips().collect(),
            changes,
        }
    }

    /// Signs the next entry of the directory, without sending it.
    pub fn directory_entry(&self, who: &Person, changes: Vec<Change>) -> Append {
        let entry = Entry::sign(&self.commit(who, self.directory.log(), changes), &who.signing);
        let (log, kind) = (self.directory.organisation(), LogKind::Directory);
        Append { logs: vec![LogAppend { log, kind, entries: vec![entry], blobs: Vec::new() }], halves: Vec::new() }
    }

    /// Appends to the directory.
    pub async fn direct(&mut self, who: &Person, changes: Vec<Change>) -> Result<Appended, Problem> {
        let append = self.directory_entry(who, changes);
        let appended = call(self.relay(), Some(&who.key()), &append).await?;
        self.directory.admit(&append.logs[0].entries[0]).unwrap();
        self.entries.push(append.logs[0].entries[0].clone());
        Ok(appended)
    }

    /// The director, apart from the organisation, so that both can be used at once.
    pub fn director(&self) -> Person {
        let d = &self.director;
        Person {
            id: d.id,
            device: d.device,
            keyring: d.keyring.clone(),
            sealed: d.sealed.clone(),
            card: d.card.clone(),
            signing: d.signing.clone(),
            request: d.request.clone(),
        }
    }

    /// A new member of staff with one device.
    pub async fn admit(&mut self) -> Person {
        let person = Person::make(&mut self.rng);
        let changes = vec![Change::Admit(person.admission(Standing::STAFF)), Change::Certify(person.certificate())];
        let director = self.director();
        self.direct(&director, changes).await.unwrap();
        person
    }

    /// Begins a request for this log: one entry.
    pub fn draft(
        &mut self,
        who: &Person,
        log: LogId,
        kind: LogKind,
        changes: Vec<Change>,
        blobs: Vec<Vec<u8>>,
    ) -> Draft {
        let state = self.logs.get(&log).cloned().unwrap_or_else(|| Log::new(log, kind));
        Draft::new(state).entry(self, who, changes, blobs)
    }

    /// Sends drafts as one request, and takes them over if the relay did.
    pub async fn push(&mut self, who: &Person, drafts: Vec<Draft>) -> Result<Appended, Problem> {
        let append = append_of(&drafts);
        let appended = call(self.relay(), Some(&who.key()), &append).await?;
        for draft in drafts {
            self.logs.insert(draft.log.id(), draft.log);
        }
        Ok(appended)
    }

    pub fn grant(&mut self, receiver: Receiver, key: Hash, rights: Rights, compartments: &[CompartmentId]) -> Grant {
        let mut compartments = compartments.to_vec();
        compartments.sort_unstable();
        Grant {
            id: GrantId::make(&mut self.rng),
            receiver,
            receiver_key: key,
            rights,
            compartments,
            from: None,
            until: None,
            readings: None,
            gate: Gate::Open,
            consent: None,
        }
    }

    pub fn grant_to(&mut self, person: &Person, rights: Rights, compartments: &[CompartmentId]) -> Grant {
        let key = person.keyring.receiving().public().hash();
        self.grant(Receiver::Person(person.id), key, rights, compartments)
    }

    /// What lets somebody outside the organisation into a dossier, with their first device.
    pub fn party(&mut self, person: &Person, dossier: &Dossier) -> Vec<Change> {
        let (account, receiving) = (person.keyring.account().verifying(), person.keyring.receiving().public());
        let grant = self.grant(Receiver::Party(person.id), receiving.hash(), Rights::READ, &[dossier.core.id]);
        let party = Party { person: person.id, account, receiving };
        vec![Change::Party(party), Change::Certify(person.certificate()), Change::Grant(grant)]
    }

    /// Appends to a dossier.
    pub async fn change(&mut self, who: &Person, dossier: &Dossier, changes: Vec<Change>) -> Result<Appended, Problem> {
        let draft = self.draft(who, dossier.log, LogKind::Dossier, changes, Vec::new());
        self.push(who, vec![draft]).await
    }

    pub fn compartment(&mut self) -> Compartment {
        Compartment { id: CompartmentId::make(&mut self.rng), half: HalfId::make(&mut self.rng) }
    }

    pub fn put(&mut self, at: CompartmentId, record: RecordId, version: u64, blob: &[u8]) -> Change {
        let at = CompartmentEpoch { compartment: at, epoch: 1 };
        Change::Put(Put { at, record, version, blob: blob_name(blob) })
    }

    /// The next version of the dossier's record, as a draft.
    pub fn report(&mut self, who: &Person, dossier: &Dossier) -> Draft {
        let version = self.logs[&dossier.log].record(dossier.record).map_or(0, |state| state.version) + 1;
        let blob = self.blob(1024);
        let change = self.put(dossier.core.id, dossier.record, version, &blob);
        self.draft(who, dossier.log, LogKind::Dossier, vec![change], vec![blob])
    }

    /// A dossier that its author and the recovery key may read.
    pub async fn dossier(&mut self, who: &Person) -> Dossier {
        let (dossier, draft) = self.new_dossier(who);
        self.push(who, vec![draft]).await.unwrap();
        dossier
    }

    pub fn new_dossier(&mut self, who: &Person) -> (Dossier, Draft) {
        let log = LogId::make(&mut self.rng);
        let (core, medical) = (self.compartment(), self.compartment());
        let ids = [core.id, medical.id];
        let author = self.grant_to(who, Rights::ADVISOR, &ids);
        let recovery_key = self.recovery.public().hash();
        let recovery = self.grant(Receiver::Recovery, recovery_key, Rights::READ, &ids);
        let life = HalfId::make(&mut self.rng);
        let (organisation, root) = (self.directory.organisation(), self.root.verifying());
        let founding = Founding { organisation, root, life, source: None };
        let mut changes = vec![Change::Found(founding), epoch(core), epoch(medical)];
        let mut blobs = Vec::new();
        for grant in [author, recovery] {
            let wrapped = self.blob(1200);
            let wrap = Wrap { grant: grant.id, epochs: epochs(&grant.compartments), blob: blob_name(&wrapped) };
            changes.extend([Change::Grant(grant), Change::Wrap(wrap)]);
            blobs.push(wrapped);
        }
        let (record, other) = (RecordId::make(&mut self.rng), RecordId::make(&mut self.rng));
        let (one, two, bytes) = (self.blob(1024), self.blob(1024), self.blob(5000));
        changes.push(self.put(core.id, record, 1, &one));
        changes.push(self.put(medical.id, other, 1, &two));
        let (file, file_half) = (FileId::make(&mut self.rng), HalfId::make(&mut self.rng));
        let file_blob = blob_name(&bytes);
        let length = bytes.len() as u64;
        changes.push(Change::File(File { file, home: core.id, half: file_half, blob: file_blob, length }));
        let (core_record, medical_record) = (blob_name(&one), blob_name(&two));
        blobs.extend([one, two, bytes]);
        let mut draft = self.draft(who, log, LogKind::Dossier, changes, blobs);
        draft.halves = [life, core.half, medical.half, file_half].map(|half| self.half(log, half)).into();
        let dossier =
            Dossier { log, life, core, medical, core_record, medical_record, record, file, file_half, file_blob };
        (dossier, draft)
    }

    /// Shares something of a dossier with a link: consent, disclosure, grant and wrap, in one request.
    /// Somebody's personal log, and its life half.
    pub async fn personal(&mut self, who: &Person) -> (LogId, HalfId) {
        let (log, life) = (LogId::make(&mut self.rng), HalfId::make(&mut self.rng));
        let (organisation, root) = (self.directory.organisation(), self.root.verifying());
        let founding = Founding { organisation, root, life, source: None };
        let mut draft = self.draft(who, log, LogKind::Personal, vec![Change::Found(founding)], Vec::new());
        draft.halves.push(self.half(log, life));
        self.push(who, vec![draft]).await.unwrap();
        (log, life)
    }

    pub async fn share(&mut self, who: &Person, dossier: &Dossier, terms: Terms) -> Shared {
        let (shared, drafts) = self.sharing(who, dossier, terms);
        self.push(who, drafts).await.unwrap();
        shared
    }

    pub fn sharing(&mut self, who: &Person, dossier: &Dossier, terms: Terms) -> (Shared, Vec<Draft>) {
        let log = LogId::make(&mut self.rng);
        let link = Link::make(&mut self.rng, log);
        let receiver_key = link.receiving.public().hash();
        let (consent, record) = (ConsentId::make(&mut self.rng), RecordId::make(&mut self.rng));
        let blob = self.blob(1024);
        let text = self.put(dossier.core.id, record, 1, &blob);
        let change = Change::Consent(Consent { consent, receiver_key, until: terms.consent_until, record });
        let first = self.draft(who, dossier.log, LogKind::Dossier, vec![text, change], vec![blob]);
        let position = ConsentPosition { log: dossier.log, entry: first.log.head().unwrap(), consent };

        let compartment = self.compartment();
        let life = HalfId::make(&mut self.rng);
        let chain = self.chain(who);
        let (organisation, root) = (self.directory.organisation(), self.root.verifying());
        let founding = Founding { organisation, root, life, source: Some(Source { consent: position, chain }) };
        let author = self.grant_to(who, Rights::ADVISOR, &[compartment.id]);
        let mut grant = self.grant(link.receiver(), receiver_key, Rights::READ, &[compartment.id]);
        grant.id = link.grant;
        grant.from = terms.from;
        grant.until = terms.until;
        grant.readings = terms.readings;
        grant.gate = terms.gate.unwrap_or(Gate::Open);
        grant.consent = Some(position);
        let mut changes = vec![Change::Found(founding), epoch(compartment)];
        let mut blobs = Vec::new();
        for grant in [author, grant] {
            let wrapped = self.blob(1200);
            let wrap = Wrap { grant: grant.id, epochs: epochs(&grant.compartments), blob: blob_name(&wrapped) };
            changes.extend([Change::Grant(grant), Change::Wrap(wrap)]);
            blobs.push(wrapped);
        }
        let record = RecordId::make(&mut self.rng);
        let content = self.blob(1024);
        let name = blob_name(&content);
        changes.push(self.put(compartment.id, record, 1, &content));
        blobs.push(content);
        let mut disclosure = self.draft(who, log, LogKind::Disclosure, changes, blobs);
        disclosure.halves = [life, compartment.half].map(|half| self.half(log, half)).into();

        let made =
            Disclose { disclosure: log, first: disclosure.log.head().unwrap().hash, consent, files: terms.files };
        let dossier = first.entry(self, who, vec![Change::Disclose(made)], Vec::new());
        (Shared { link, consent, compartment, life, record: name }, vec![dossier, disclosure])
    }

    fn chain(&self, who: &Person) -> Vec<Entry> {
        let sequences = Certificate::sequences(&self.directory, who.id, who.device).unwrap();
        sequences.into_iter().map(|sequence| self.entries[usize::try_from(sequence).unwrap()].clone()).collect()
    }

    pub async fn pull(&self, key: &Key, log: LogId) -> Result<Pulled, Problem> {
        call(self.relay(), Some(key), &Pull { log, from: 0, limit: 500, blobs: true }).await
    }

    pub async fn fetch(&self, key: &Key, log: LogId, blob: Hash) -> Result<Vec<u8>, Problem> {
        let fetch = Fetch { log, blob, offset: 0, length: u64::MAX };
        Ok(call(self.relay(), Some(key), &fetch).await?.bytes.0)
    }

    /// Asks for one half.
    pub async fn ask_half(&self, key: &Key, log: LogId, half: HalfId) -> HalfServed {
        let halves = Halves { wanted: vec![(log, half)] };
        call(self.relay(), Some(key), &halves).await.unwrap().served.remove(0)
    }

    pub async fn slip(&mut self, key: &Key, slip: Slip, signing: &SigningKey) -> Result<(), Problem> {
        let signed = SignedSlip::sign(&slip, signing);
        call(self.relay(), Some(key), &Post { slip: signed.clone() }).await?;
        let now = self.directory.clone();
        match self.logs.get_mut(&slip.log) {
            Some(log) => log.post(&signed, now.now()).unwrap(),
            None if slip.log == self.directory.organisation() => self.directory.post(&signed).unwrap(),
            None => {}
        }
        Ok(())
    }

    pub fn statement(&self, who: &Person, log: LogId, statement: Statement) -> Slip {
        Slip { log, author: who.id, device: Some(who.device), statement }
    }
}

pub fn epochs(compartments: &[CompartmentId]) -> Vec<CompartmentEpoch> {
    compartments.iter().map(|id| CompartmentEpoch { compartment: *id, epoch: 1 }).collect()
}

pub fn epoch(compartment: Compartment) -> Change {
    let seed = Seed::from_bytes([9; 32]);
    Change::Epoch(Epoch {
        compartment: compartment.id,
        epoch: 1,
        half: compartment.half,
        seed_commitment: seed.commitment(),
        key_commitment: Hash([3; 32]),
    })
}

pub fn half_of(id: HalfId) -> Half {
    let mut bytes = [5; 32];
    bytes[..16].copy_from_slice(&id.0);
    Half::from_bytes(bytes)
}

pub fn head_of(log: &Log) -> Head {
    log.head().unwrap()
}
