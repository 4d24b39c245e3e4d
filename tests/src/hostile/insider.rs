//! Somebody with real keys and a client of their own: a thief with a device and its passphrase, or a member who does not
//! play by the rules.
//!
//! Written against the formats alone, not against the vault: what it can open is what the keys can open.

use std::collections::{BTreeMap, HashMap};

use chacha20::{ChaCha20Rng, rand_core::SeedableRng as _};
use minicbor::{Decode, Encode};
use zegel_crypto::{
    Canonical, Half, Hash, Key, Label, ReceivingKey, ReceivingPublic, Seed, SigningKey, Wrapped, blob_name, derive_key,
    derive_secret, labelled,
    pad::{RECORD_FLOOR, pad, unpad},
    seal::{Salt, open, seal},
    unlock::{SealedKeyring, Slot, SlotSecret, open_keyring, seal_keyring},
    unwrap, wrap,
};
use zegel_dossier::Record;
use zegel_ledger::{
    Change, Commit, CompartmentEpoch, DeviceId, Directory, Entry, Grant, HalfId, Head, Log, LogId, LogKind,
    OrganisationId, PersonId, Put, RecordId, RecordState, SignedSlip, Slip, Statement, Wrap,
};
use zegel_protocol::{
    Problem, VERSION,
    calls::{Append, Bytes, Call, Changes, HalfServed, Halves, Hello, LogAppend, Pull, StoredHalf},
    limits, signature,
};
use zegel_vault::{
    memory::MemoryStore,
    ports::{Store as _, Table, Transport as _, TransportError, Write},
};

use crate::world::InProcessRelay;

/// What lies readable on a device.
#[derive(Decode)]
#[cbor(array)]
struct DeviceRecord {
    #[n(0)]
    organisation: OrganisationId,
    #[n(1)]
    person: PersonId,
    #[n(2)]
    device: DeviceId,
    #[n(3)]
    slot: SlotSecret,
    #[cbor(n(4), with = "minicbor::bytes")]
    fingerprint: [u8; 16],
    #[n(5)]
    keyring: SealedKeyring,
    #[n(6)]
    keys: Bytes,
}

#[derive(Decode)]
#[cbor(array)]
struct DeviceKeys {
    #[cbor(n(0), with = "minicbor::bytes")]
    signing: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    request: [u8; 32],
}

#[derive(Encode, Decode)]
#[cbor(transparent)]
struct Bundle(#[n(0)] Vec<(CompartmentEpoch, Seed)>);

/// A person's keys, in the wrong hands.
pub struct Insider {
    /// Their organisation.
    pub organisation: OrganisationId,
    /// Who.
    pub person: PersonId,
    /// Their device.
    pub device: DeviceId,
    /// Certifies devices.
    pub account: SigningKey,
    /// Signs entries.
    pub signing: SigningKey,
    /// Signs requests.
    pub request: SigningKey,
    /// Opens wraps.
    pub receiving: ReceivingKey,
    /// Opens what the device keeps.
    pub notes_root: Seed,
    /// The device's slot in the keyring.
    pub slot: SlotSecret,
}

/// What a log gave to whoever held the keys.
pub struct Stolen {
    /// The log.
    pub log: Log,
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Slips beside it.
    pub slips: Vec<SignedSlip>,
    /// Every blob that the relay handed out, by name.
    pub blobs: HashMap<Hash, Vec<u8>>,
    /// Every seed that a wrap held.
    pub seeds: BTreeMap<CompartmentEpoch, Seed>,
    /// Every half that the relay handed out.
    pub halves: HashMap<HalfId, Half>,
}

impl Insider {
    /// Opens a device with its passphrase.
    pub async fn of(store: &MemoryStore, passphrase: &str) -> Self {
        let bytes = store.get(Table::Device, b"device").await.expect("a store").expect("a device");
        let record: DeviceRecord = minicbor::decode(&bytes).expect("a device record");
        let opened = open_keyring(&record.keyring, passphrase.as_bytes(), &record.slot, &record.fingerprint);
        let (keyring, _) = opened.expect("the passphrase opens it");
        let local = derive_secret(Label::LocalKey, keyring.notes_root().expose(), &record.device.0, &());
        let place = ("device", minicbor::bytes::ByteVec::from(b"keys".to_vec()));
        let sealed = open(&Key::from_bytes(*local), &labelled(Label::LocalContext, &place), &record.keys.0);
        let plain = unpad(sealed.expect("device keys open").to_vec()).expect("padded");
        let keys: DeviceKeys = minicbor::decode(&plain).expect("device keys");
        Self {
            organisation: record.organisation,
            person: record.person,
            device: record.device,
            account: keyring.account(),
            signing: SigningKey::from_seed(&keys.signing),
            request: SigningKey::from_seed(&keys.request),
            receiving: keyring.receiving(),
            notes_root: keyring.notes_root().clone(),
            slot: record.slot,
        }
    }

    /// Writes what the device keeps for itself as something else, sealed as before.
    pub async fn rewrite(&self, store: &MemoryStore, table: Table, key: &[u8], bend: impl FnOnce(&mut Vec<u8>)) {
        let local = Key::from_bytes(*derive_secret(Label::LocalKey, self.notes_root.expose(), &self.device.0, &()));
        let place = labelled(Label::LocalContext, &(table.name(), minicbor::bytes::ByteVec::from(key.to_vec())));
        let sealed = store.get(table, key).await.expect("a store").expect("it is kept");
        let mut plain = unpad(open(&local, &place, &sealed).expect("it opens").to_vec()).expect("padded");
        bend(&mut plain);
        let sealed = seal(&local, &Salt([9; 24]), &place, &pad(plain, RECORD_FLOOR));
        store.write(vec![Write::Put(table, key.to_vec(), sealed)]).await.expect("a store");
    }

    /// The keyring that this device has, as another generation of it.
    pub async fn keyring_at(store: &MemoryStore, passphrase: &str, generation: u64) -> Vec<u8> {
        let bytes = store.get(Table::Device, b"device").await.expect("a store").expect("a device");
        let DeviceRecord { keyring: sealed, slot, fingerprint, .. } =
            minicbor::decode(&bytes).expect("a device record");
        let opened = open_keyring(&sealed, passphrase.as_bytes(), &slot, &fingerprint);
        let (keyring, _) = opened.expect("the passphrase opens it");
        let offers: Vec<_> = sealed.slots.iter().map(Slot::offer).collect();
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let made = seal_keyring(&mut rng, &keyring, passphrase.as_bytes(), sealed.stretch, &offers, generation);
        made.expect("a stretch within bounds").0.to_canonical()
    }

    /// Makes a signed call.
    pub async fn call<C: Call>(&self, relay: &InProcessRelay, call: &C) -> Result<C::Answer, Problem> {
        ask(relay, &self.device.to_string(), &self.request, call).await
    }

    /// Pulls the directory and everything in it that opens.
    pub async fn directory(&self, relay: &InProcessRelay) -> (Directory, Stolen) {
        let mut directory = Directory::new(self.organisation);
        let mut stolen = Stolen::nothing(self.organisation, LogKind::Directory);
        self.pull(relay, &mut stolen).await.expect("a member reads the directory");
        for entry in stolen.entries.clone() {
            for slip in stolen.named(&entry) {
                directory.post(&slip).expect("an honest slip");
            }
            directory.admit(&entry).expect("an honest directory");
        }
        stolen.log = directory.log().clone();
        for slip in &stolen.slips {
            if !stolen.log.took_note_of(&slip.hash()) {
                directory.post(slip).expect("an honest slip");
            }
        }
        stolen.log = directory.log().clone();
        stolen.open_wraps_with(&self.receiving);
        self.take_halves(relay, &mut stolen).await;
        (directory, stolen)
    }

    /// Pulls a log and everything in it that opens.
    pub async fn take(
        &self,
        relay: &InProcessRelay,
        log: LogId,
        kind: LogKind,
        directory: &Directory,
    ) -> Result<Stolen, Problem> {
        let mut stolen = Stolen::nothing(log, kind);
        self.pull(relay, &mut stolen).await?;
        for entry in stolen.entries.clone() {
            for slip in stolen.named(&entry) {
                stolen.log.post(&slip, directory.now()).expect("an honest slip");
            }
            stolen.log.admit(&entry, directory).expect("an honest log");
        }
        stolen.open_wraps_with(&self.receiving);
        self.take_halves(relay, &mut stolen).await;
        Ok(stolen)
    }

    /// The first log of a kind that the relay shows.
    pub async fn find(&self, relay: &InProcessRelay, kind: LogKind) -> LogId {
        let page = self.call(relay, &Changes { cursor: 0 }).await.expect("changes");
        page.logs.iter().find(|changed| changed.kind == kind).expect("a log of that kind").log
    }

    async fn pull(&self, relay: &InProcessRelay, stolen: &mut Stolen) -> Result<(), Problem> {
        loop {
            let from = stolen.entries.len() as u64;
            let call = Pull { log: stolen.log.id(), from, limit: limits::PAGE, blobs: true };
            let page = self.call(relay, &call).await?;
            stolen.blobs.extend(page.blobs.into_iter().map(|bytes| (blob_name(&bytes.0), bytes.0)));
            stolen.slips.extend(page.slips);
            if page.entries.is_empty() {
                return Ok(());
            }
            stolen.entries.extend(page.entries);
        }
    }

    async fn take_halves(&self, relay: &InProcessRelay, stolen: &mut Stolen) {
        let log = stolen.log.id();
        let epochs = stolen.log.compartments().flat_map(|(_, epochs)| epochs).map(|epoch| epoch.half);
        let files = stolen.log.files().map(|state| state.file.half);
        let life = stolen.log.founding().map(|founding| founding.life);
        let wanted: Vec<_> = epochs.chain(files).chain(life).map(|half| (log, half)).collect();
        let answer = self.call(relay, &Halves { wanted: wanted.clone() }).await;
        let served = answer.map(|answer| answer.served).unwrap_or_default();
        for ((_, id), served) in wanted.into_iter().zip(served) {
            if let HalfServed::Half(half) = served {
                stolen.halves.insert(id, half);
            }
        }
    }

    /// A commit that follows a log's head.
    pub fn commit(&self, log: &Log, directory: Option<Head>, changes: Vec<Change>) -> Commit {
        Commit {
            log: log.id(),
            kind: log.kind(),
            sequence: log.next_sequence(),
            previous: log.head().map(|head| head.hash),
            author: self.person,
            device: self.device,
            directory,
            claimed_time: crate::world::MONDAY,
            slips: log.pending_slips().collect(),
            changes,
        }
    }

    /// A signed commit that follows a log's head.
    pub fn entry(&self, log: &Log, directory: Option<Head>, changes: Vec<Change>) -> Entry {
        Entry::sign(&self.commit(log, directory, changes), &self.signing)
    }

    /// A signed slip.
    pub fn slip(&self, log: LogId, statement: Statement) -> SignedSlip {
        let slip = Slip { log, author: self.person, device: Some(self.device), statement };
        SignedSlip::sign(&slip, &self.signing)
    }

    /// Appends to one log, by the relay's own rules.
    pub async fn append(
        &self,
        relay: &InProcessRelay,
        (log, kind): (LogId, LogKind),
        entry: Entry,
        blobs: Vec<Vec<u8>>,
        halves: Vec<(HalfId, Half)>,
    ) -> Result<(), Problem> {
        let blobs = blobs.into_iter().map(Bytes).collect();
        let halves = halves.into_iter().map(|(id, half)| StoredHalf { log, id, half }).collect();
        let append = Append { logs: vec![LogAppend { log, kind, entries: vec![entry], blobs }], halves };
        self.call(relay, &append).await.map(drop)
    }
}

impl Stolen {
    fn nothing(log: LogId, kind: LogKind) -> Self {
        Self {
            log: Log::new(log, kind),
            entries: Vec::new(),
            slips: Vec::new(),
            blobs: HashMap::new(),
            seeds: BTreeMap::new(),
            halves: HashMap::new(),
        }
    }

    fn named(&self, entry: &Entry) -> Vec<SignedSlip> {
        let names = entry.commit().expect("an entry").slips;
        let mut found: Vec<SignedSlip> = Vec::new();
        for slip in &self.slips {
            if names.contains(&slip.hash()) && !found.contains(slip) {
                found.push(slip.clone());
            }
        }
        found
    }

    /// Takes the seeds of every wrap that this key opens.
    pub fn open_wraps_with(&mut self, key: &ReceivingKey) {
        let grants: Vec<_> = self.log.grants().map(|state| state.grant.clone()).collect();
        for grant in grants {
            for wrap in self.log.wraps_of(grant.id) {
                let Some(bytes) = self.blobs.get(&wrap.blob) else { continue };
                if let Some(seeds) = open_bundle(&self.log, &grant, wrap, bytes, key) {
                    self.seeds.extend(seeds);
                }
            }
        }
    }

    /// The key of an epoch, if both its seed and its half were handed out.
    pub fn key(&self, organisation: OrganisationId, at: CompartmentEpoch) -> Option<Key> {
        let epoch = self.log.epoch(at)?;
        let (seed, half) = (self.seeds.get(&at)?, self.halves.get(&epoch.half)?);
        Some(derive_key(Label::CompartmentKey, seed, half, &(organisation, self.log.id(), at.compartment, at.epoch)))
    }

    /// Every record that opens.
    pub fn records(&self, organisation: OrganisationId) -> Vec<(RecordId, RecordState, Record)> {
        let opened = self.log.records().filter_map(|(id, state)| {
            let key = self.key(organisation, state.at)?;
            let record = open_at(&key, &place(organisation, self.log.id(), id, state), self.blobs.get(&state.blob)?)?;
            Some((id, *state, record))
        });
        opened.collect()
    }

    /// Seals a record as a version, by this author; gives the change and the blob.
    pub fn put(
        &self,
        author: &Insider,
        at: CompartmentEpoch,
        record: RecordId,
        version: u64,
        content: Vec<u8>,
    ) -> (Change, Vec<u8>) {
        let key = self.key(author.organisation, at).expect("the key of that epoch");
        let previous = self.log.record(record).map(|state| state.blob);
        let state = RecordState {
            at,
            version,
            blob: Hash([0; 32]),
            previous,
            author: author.person,
            device: author.device,
            sequence: 0,
            made: 0,
            writer: author.person,
            written: 0,
            changed: version,
        };
        let context = place(author.organisation, self.log.id(), record, &state);
        let mut salt = [0; 24];
        salt.copy_from_slice(&Hash::of(&content).0[..24]);
        let sealed = seal(&key, &Salt(salt), &context, &pad(content, RECORD_FLOOR));
        (Change::Put(Put { at, record, version, blob: blob_name(&sealed) }), sealed)
    }
}

/// What a record's seal binds.
pub fn place(organisation: OrganisationId, log: LogId, record: RecordId, state: &RecordState) -> Vec<u8> {
    let at = (state.at.compartment, state.at.epoch, record, state.version);
    labelled(Label::RecordContext, &(organisation, log, at, state.previous, state.author, state.device))
}

/// Opens a record at a place.
pub fn open_at(key: &Key, context: &[u8], sealed: &[u8]) -> Option<Record> {
    let padded = open(key, context, sealed).ok()?;
    Record::from_canonical(&unpad(padded.to_vec()).ok()?).ok()
}

/// A wrap of these seeds for a grant. `commitments` are what the log's epochs say; an honest author's seeds fit them.
pub fn bundle(
    log: LogId,
    grant: &Grant,
    to: &ReceivingPublic,
    seeds: &[(CompartmentEpoch, Seed)],
    commitments: &[Hash],
) -> (Change, Vec<u8>) {
    let epochs: Vec<CompartmentEpoch> = seeds.iter().map(|(at, _)| *at).collect();
    let aad = bundle_context(log, grant, &epochs, commitments);
    let wrapped = wrap(to, &Bundle(seeds.to_vec()).to_canonical(), &aad);
    let change = Change::Wrap(Wrap { grant: grant.id, epochs, blob: blob_name(&wrapped.0) });
    (change, wrapped.0)
}

fn open_bundle(
    log: &Log,
    grant: &Grant,
    made: &Wrap,
    bytes: &[u8],
    key: &ReceivingKey,
) -> Option<Vec<(CompartmentEpoch, Seed)>> {
    let epochs: Option<Vec<_>> = made.epochs.iter().map(|at| log.epoch(*at)).collect();
    let commitments: Vec<Hash> = epochs?.iter().map(|epoch| epoch.seed_commitment).collect();
    let aad = bundle_context(log.id(), grant, &made.epochs, &commitments);
    let plain = unwrap(key, &Wrapped(bytes.to_vec()), &aad).ok()?;
    Some(Bundle::from_canonical(&plain).ok()?.0)
}

fn bundle_context(log: LogId, grant: &Grant, epochs: &[CompartmentEpoch], commitments: &[Hash]) -> Vec<u8> {
    let list = Hash::of(&labelled(Label::BundleList, &(log, epochs)));
    let body = (list, grant.receiver_key, grant.rights, grant.from, grant.until, grant.hash(), commitments);
    labelled(Label::WrapContext, &body)
}

/// Makes a call signed by any key under any name.
pub async fn ask<C: Call>(
    relay: &InProcessRelay,
    key_id: &str,
    key: &SigningKey,
    call: &C,
) -> Result<C::Answer, Problem> {
    let answer = relay.post(Hello::PATH, Hello { version: VERSION }.to_canonical(), None).await.map_err(said)?;
    let challenge = zegel_protocol::calls::Welcome::from_canonical(&answer).expect("a welcome").challenge;
    let body = call.to_canonical();
    let headers = signature::sign(C::PATH, &body, key_id, &challenge, key);
    let answer = relay.post(C::PATH, body, Some(headers)).await.map_err(said)?;
    Ok(C::Answer::from_canonical(&answer).expect("an answer"))
}

fn said(error: TransportError) -> Problem {
    match error {
        TransportError::Problem(problem) => problem,
        other => panic!("an honest relay answers: {other}"),
    }
}
