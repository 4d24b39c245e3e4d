//! What is sent: an organisation founded by hand, one device, and dossiers whose entries are signed beforehand. Payloads
//! are random bytes: the relay could not tell them from sealed ones.

use anyhow::{Context as _, Result};
use chacha20::ChaCha20Rng;
use zegel_crypto::{
    Canonical as _, Half, Hash, ReceivingKey, Seed, SigningKey, blob_name,
    rand_core::{SeedableRng as _, TryRng as _},
    unlock::{SlotKind, SlotSecret, Stretch, make_keyring, seal_keyring},
};
use zegel_ledger::{
    Admission, Change, Commit, CompartmentEpoch, CompartmentId, DeviceCertificate, DeviceId, Directory, Entry, Epoch,
    Founding, Gate, Grant, GrantId, HalfId, Head, LogId, LogKind, PersonId, Put, Receiver, RecordId, Recovery, Rights,
    Standing, Wrap,
};
use zegel_protocol::calls::{Append, Bytes, Found, LogAppend, StoredHalf};

use crate::client::Signer;

/// The records of an entry.
#[derive(Clone, Copy)]
pub(crate) struct Records {
    pub(crate) count: usize,
    /// Of each.
    pub(crate) bytes: usize,
}

impl Records {
    /// One, of a KiB.
    pub(crate) const ONE: Self = Self { count: 1, bytes: 1024 };
}

/// The organisation.
pub(crate) struct Organisation {
    /// The same in every run.
    rng: ChaCha20Rng,
    root: SigningKey,
    person: PersonId,
    device: DeviceId,
    signing: SigningKey,
    request: SigningKey,
    receiving: Hash,
    recovery: Hash,
    directory: Directory,
    found: Found,
}

/// A dossier that grows.
pub(crate) struct Chain {
    pub(crate) log: LogId,
    head: Head,
    compartment: CompartmentId,
}

impl Organisation {
    pub(crate) fn make() -> Result<Self> {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let id = LogId::make(&mut rng);
        let person = PersonId::make(&mut rng);
        let device = DeviceId::make(&mut rng);
        let (root, signing, request) =
            (SigningKey::make(&mut rng), SigningKey::make(&mut rng), SigningKey::make(&mut rng));
        let recovery = ReceivingKey::make(&mut rng).public();
        let keyring = make_keyring(&mut rng, person.0, Hash([7; 32]));
        let card = SlotSecret::make(&mut rng).offer([1; 16], SlotKind::Card);
        let stretch = Stretch::make(&mut rng);
        let (sealed, _) = seal_keyring(&mut rng, &keyring, b"bench", stretch, &[card], 1)?;
        let account = keyring.account();
        let receiving = keyring.receiving().public();
        let life = HalfId::make(&mut rng);
        let standing = Standing(Standing::STAFF.0 | Standing::DIRECTOR.0);
        let admission =
            Admission { person, account: account.verifying(), receiving: receiving.clone(), standing, until: None };
        let commit = Commit {
            log: id,
            kind: LogKind::Directory,
            sequence: 0,
            previous: None,
            author: person,
            device,
            directory: None,
            claimed_time: 0,
            slips: Vec::new(),
            changes: vec![
                Change::Found(Founding { organisation: id, root: root.verifying(), life, source: None }),
                Change::Admit(admission),
                Change::Certify(DeviceCertificate::sign(
                    person,
                    device,
                    signing.verifying(),
                    request.verifying(),
                    &account,
                )),
                Change::Recovery(Recovery {
                    receiving: recovery.clone(),
                    threshold: 2,
                    shares: vec![Hash([1; 32]), Hash([2; 32])],
                }),
            ],
        };
        let entry = Entry::sign(&commit, &root);
        let mut directory = Directory::new(id);
        directory.admit(&entry)?;
        let logs = vec![LogAppend { log: id, kind: LogKind::Directory, entries: vec![entry], blobs: Vec::new() }];
        let halves = vec![StoredHalf { log: id, id: life, half: Half::make(&mut rng) }];
        let keyring = Bytes(sealed.to_canonical());
        let found = Found { token: String::new(), append: Append { logs, halves }, keyring };
        let (receiving, recovery) = (receiving.hash(), recovery.hash());
        Ok(Self { rng, root, person, device, signing, request, receiving, recovery, directory, found })
    }

    /// The request that founds it.
    pub(crate) fn founding(&self, token: &str) -> Found {
        Found { token: token.trim().to_owned(), ..self.found.clone() }
    }

    /// Who signs the requests.
    pub(crate) fn signer(&self) -> Signer {
        Signer { name: self.device.to_string(), key: self.request.clone() }
    }

    /// The key that signs the entries.
    pub(crate) fn content_key(&self) -> [u8; 32] {
        *self.signing.verifying().as_bytes()
    }

    /// A new dossier with one compartment, wrapped to its author and to the recovery key, as an append of its own.
    pub(crate) fn dossier(&mut self) -> Result<(Chain, Append)> {
        let log = LogId::make(&mut self.rng);
        let compartment = CompartmentId::make(&mut self.rng);
        let (life, half) = (HalfId::make(&mut self.rng), HalfId::make(&mut self.rng));
        let organisation = self.directory.organisation();
        let seed = Seed::make(&mut self.rng);
        let mut changes = vec![
            Change::Found(Founding { organisation, root: self.root.verifying(), life, source: None }),
            Change::Epoch(Epoch {
                compartment,
                epoch: 1,
                half,
                seed_commitment: seed.commitment(),
                key_commitment: Hash([3; 32]),
            }),
        ];
        let mut blobs = Vec::new();
        let readers = [
            (Receiver::Person(self.person), self.receiving, Rights::ADVISOR),
            (Receiver::Recovery, self.recovery, Rights::READ),
        ];
        for (receiver, receiver_key, rights) in readers {
            let id = GrantId::make(&mut self.rng);
            let wrapped = self.bytes(1200)?;
            let epochs = vec![CompartmentEpoch { compartment, epoch: 1 }];
            let wrap = Wrap { grant: id, epochs, blob: blob_name(&wrapped) };
            let compartments = vec![compartment];
            let grant = Grant {
                id,
                receiver,
                receiver_key,
                rights,
                compartments,
                from: None,
                until: None,
                readings: None,
                gate: Gate::Open,
                consent: None,
            };
            changes.extend([Change::Grant(grant), Change::Wrap(wrap)]);
            blobs.push(Bytes(wrapped));
        }
        let entry = self.sign(log, None, changes)?;
        let chain = Chain { log, head: Head { sequence: 0, hash: entry.hash() }, compartment };
        let mut halves = Vec::new();
        for id in [life, half] {
            halves.push(StoredHalf { log, id, half: Half::make(&mut self.rng) });
        }
        let logs = vec![LogAppend { log, kind: LogKind::Dossier, entries: vec![entry], blobs }];
        Ok((chain, Append { logs, halves }))
    }

    /// `entries` further entries of a dossier, of new records each, as one append.
    pub(crate) fn append(&mut self, chain: &mut Chain, entries: usize, records: Records) -> Result<Append> {
        let mut signed = Vec::with_capacity(entries);
        let mut blobs = Vec::with_capacity(entries * records.count);
        let at = CompartmentEpoch { compartment: chain.compartment, epoch: 1 };
        for _ in 0..entries {
            let mut changes = Vec::with_capacity(records.count);
            for _ in 0..records.count {
                let blob = self.bytes(records.bytes)?;
                let record = RecordId::make(&mut self.rng);
                changes.push(Change::Put(Put { at, record, version: 1, blob: blob_name(&blob) }));
                blobs.push(Bytes(blob));
            }
            let entry = self.sign(chain.log, Some(chain.head), changes)?;
            chain.head = Head { sequence: chain.head.sequence + 1, hash: entry.hash() };
            signed.push(entry);
        }
        let logs = vec![LogAppend { log: chain.log, kind: LogKind::Dossier, entries: signed, blobs }];
        Ok(Append { logs, halves: Vec::new() })
    }

    fn sign(&self, log: LogId, head: Option<Head>, changes: Vec<Change>) -> Result<Entry> {
        let commit = Commit {
            log,
            kind: LogKind::Dossier,
            sequence: head.map_or(0, |head| head.sequence + 1),
            previous: head.map(|head| head.hash),
            author: self.person,
            device: self.device,
            directory: Some(self.directory.head().context("the organisation is founded")?),
            claimed_time: 0,
            slips: Vec::new(),
            changes,
        };
        Ok(Entry::sign(&commit, &self.signing))
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.rng.try_fill_bytes(&mut bytes)?;
        Ok(bytes)
    }
}
