//! One way to write: draft, seal, sign, judge as everybody will, send, keep.

use zegel_crypto::{
    Canonical as _, Half, Hash, Key, Seed, VerifyingKey, blob_name,
    pad::{RECORD_FLOOR, pad},
    rand_core::CryptoRng,
    seal::seal,
};
use zegel_dossier::{CompartmentKind, Record};
use zegel_ledger::{
    Change, Commit, CompartmentEpoch, Entry, Epoch, Founding, HalfId, Head, Log, LogId, OrganisationId, Put, RecordId,
    Source,
};
use zegel_protocol::calls::{Append, Bytes, LogAppend, StoredHalf};

use crate::{
    Vault, VaultError,
    book::{Book, Place, compartment_key},
    keys::Keys,
    relay::{Outcome, Signer},
    sync::{by_name, open_wraps},
};

/// How often a write is tried anew after somebody else was first.
pub(crate) const ATTEMPTS: usize = 5;

/// A commit under construction, with the bytes that travel beside it.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) changes: Vec<Change>,
    pub(crate) blobs: Vec<Vec<u8>>,
    pub(crate) halves: Vec<StoredHalf>,
}

impl Draft {
    /// Begins a log, with a life half that is made here.
    pub(crate) fn found(
        &mut self,
        rng: &mut impl CryptoRng,
        log: LogId,
        organisation: OrganisationId,
        root: VerifyingKey,
        source: Option<Source>,
    ) {
        let life = HalfId::make(rng);
        self.changes.push(Change::Found(Founding { organisation, root, life, source }));
        self.halves.push(StoredHalf { log, id: life, half: Half::make(rng) });
    }

    /// Opens an epoch of a compartment under a seed, with a half that is made here. Gives the key that its records are
    /// sealed with.
    pub(crate) fn open_epoch(
        &mut self,
        rng: &mut impl CryptoRng,
        log: LogId,
        organisation: OrganisationId,
        at: CompartmentEpoch,
        seed: &Seed,
    ) -> Key {
        let (id, half) = (HalfId::make(rng), Half::make(rng));
        let key = compartment_key(seed, &half, organisation, log, at);
        self.changes.push(Change::Epoch(Epoch {
            compartment: at.compartment,
            epoch: at.epoch,
            half: id,
            seed_commitment: seed.commitment(),
            key_commitment: key.commitment(),
        }));
        self.halves.push(StoredHalf { log, id, half });
        key
    }

    /// Seals a record and puts it.
    pub(crate) fn put(&mut self, rng: &mut impl CryptoRng, keys: &mut Keys, key: &Key, place: Place, record: &Record) {
        let put = self.seal(rng, keys, key, place, record);
        self.changes.push(Change::Put(put));
    }

    /// Seals a record again, in a later epoch than it was in. It stays its writer's.
    pub(crate) fn reseal(
        &mut self,
        rng: &mut impl CryptoRng,
        keys: &mut Keys,
        key: &Key,
        place: Place,
        record: &Record,
    ) {
        let put = self.seal(rng, keys, key, place, record);
        self.changes.push(Change::Reseal(put));
    }

    fn seal(&mut self, rng: &mut impl CryptoRng, keys: &mut Keys, key: &Key, place: Place, record: &Record) -> Put {
        let plaintext = record.to_canonical();
        let salt = keys.salt(rng, &place.record.0, Some(Hash::of(&plaintext)));
        let sealed = seal(key, &salt, &place.context(), &pad(plaintext, RECORD_FLOOR));
        let blob = blob_name(&sealed);
        self.blobs.push(sealed);
        Put { at: place.at, record: place.record, version: place.version, blob }
    }
}

impl Keys {
    /// Where this device writes a version of a record.
    pub(crate) fn place(
        &self,
        organisation: OrganisationId,
        log: LogId,
        at: CompartmentEpoch,
        record: RecordId,
        version: u64,
        previous: Option<Hash>,
    ) -> Place {
        Place { organisation, log, at, record, version, previous, author: self.person, device: self.device }
    }

    /// The next commit of a log, by this device.
    pub(crate) fn commit(&self, log: &Log, directory: Option<Head>, now: u64, draft: &Draft) -> Commit {
        Commit {
            log: log.id(),
            kind: log.kind(),
            sequence: log.next_sequence(),
            previous: log.head().map(|head| head.hash),
            author: self.person,
            device: self.device,
            directory,
            claimed_time: now,
            slips: log.pending_slips().collect(),
            changes: draft.changes.clone(),
        }
    }
}

/// A log's part in an append: the book as it will be, and what is new in it.
pub(crate) struct Part {
    pub(crate) book: Book,
    pub(crate) entries: Vec<Entry>,
    pub(crate) blobs: Vec<Vec<u8>>,
    pub(crate) halves: Vec<StoredHalf>,
}

impl Part {
    pub(crate) fn new(book: Book) -> Self {
        Self { book, entries: Vec::new(), blobs: Vec::new(), halves: Vec::new() }
    }
}

/// What an entry is to hold, asked again each time that somebody else was first.
type Plan<'p> = &'p mut dyn FnMut(&mut Vault, &Book, &mut Draft) -> Result<(), VaultError>;

/// The same, of an entry of the directory.
type DirectoryPlan<'p> = &'p mut dyn FnMut(&mut Vault, &mut Draft) -> Result<(), VaultError>;

impl Vault {
    /// Signs a draft as the next entry of a part's book, and judges it as everybody else will.
    pub(crate) fn sign(&self, part: &mut Part, draft: Draft) -> Result<(), VaultError> {
        let log = &part.book.log;
        let commit = self.keys.commit(log, self.directory.head(), self.ports.clock.now(), &draft);
        let entry = Entry::sign(&commit, &self.keys.signing);
        part.book.log.admit(&entry, &self.directory)?;
        part.entries.push(entry);
        part.blobs.extend(draft.blobs);
        part.halves.extend(draft.halves);
        Ok(())
    }

    /// Seals a record's next version into a draft.
    pub(crate) fn draft_record(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        at: CompartmentEpoch,
        record: RecordId,
        content: &Record,
    ) -> Result<(), VaultError> {
        let organisation = self.record.organisation;
        let key = book.seeds.key(organisation, &book.log, &self.halves, at)?;
        let before = book.log.record(record);
        let (version, previous) = (before.map_or(0, |state| state.version) + 1, before.map(|state| state.blob));
        let place = self.keys.place(organisation, book.log.id(), at, record, version, previous);
        draft.put(&mut self.ports.rng(), &mut self.keys, &key, place, content);
        Ok(())
    }

    /// Seals a record into the compartment of a kind.
    pub(crate) fn draft_kind(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        kind: CompartmentKind,
        record: RecordId,
        content: &Record,
    ) -> Result<(), VaultError> {
        // A record that exists stays in its compartment.
        let at = match book.log.record(record) {
            Some(state) => {
                let compartment = state.at.compartment;
                let epoch = book.log.current_epoch(compartment).ok_or(VaultError::NotFound)?.epoch;
                CompartmentEpoch { compartment, epoch }
            }
            None => book.current(kind)?,
        };
        self.draft_record(draft, book, at, record, content)
    }

    /// Makes one entry in one log. If somebody else was first, `plan` is asked again on what is there now.
    pub(crate) async fn change<T>(
        &mut self,
        log: LogId,
        mut plan: impl FnMut(&mut Self, &Book, &mut Draft) -> Result<T, VaultError>,
    ) -> Result<T, Outcome> {
        let mut value = None;
        Box::pin(self.change_by(log, &mut |vault, book, draft| {
            value = Some(plan(vault, book, draft)?);
            Ok(())
        }))
        .await?;
        value.ok_or(Outcome::Failed(VaultError::ChangedFirst))
    }

    /// The same for every plan: compiled once.
    async fn change_by(&mut self, log: LogId, plan: Plan<'_>) -> Result<(), Outcome> {
        for _ in 0..ATTEMPTS {
            let book = self.book(log).await.map_err(Outcome::Failed)?.clone();
            self.need_halves(&[&book]).await.map_err(Outcome::from_vault)?;
            let mut draft = Draft::default();
            plan(self, &book, &mut draft).map_err(Outcome::Failed)?;
            if draft.changes.is_empty() {
                return Ok(());
            }
            let mut part = Part::new(book);
            self.sign(&mut part, draft).map_err(Outcome::Failed)?;
            match self.send(vec![part]).await {
                Ok(()) => return Ok(()),
                Err(Outcome::Conflict) => self.pull(log).await.map_err(Outcome::from_vault)?,
                Err(other) => return Err(other),
            }
        }
        Err(Outcome::Failed(VaultError::ChangedFirst))
    }

    /// Sends entries of several logs, all or nothing, and keeps them once the relay has them.
    pub(crate) async fn send(&mut self, parts: Vec<Part>) -> Result<(), Outcome> {
        if parts.iter().any(|part| part.book.read_only) {
            return Err(Outcome::Failed(VaultError::ReadOnly));
        }
        let append = Append {
            logs: parts.iter().map(Part::append).collect(),
            halves: parts.iter().flat_map(|part| part.halves.clone()).collect(),
        };
        self.relay.call(&self.ports, &self.keys.signer(), &append).await?;
        self.halves.extend(append.halves.into_iter().map(|stored| (stored.id, stored.half)));
        for mut part in parts {
            // A new epoch's seeds reach this vault like everybody else's: by its own wrap.
            let blobs = by_name(&part.blobs);
            for entry in &part.entries {
                let commit = entry.commit().map_err(|refusal| Outcome::Failed(refusal.into()))?;
                let Book { log, seeds, .. } = &mut part.book;
                open_wraps(log, seeds, &commit, &blobs, |grant| self.keys.receives(grant));
            }
            self.keep(part.book, part.blobs, part.entries).await.map_err(Outcome::Failed)?;
        }
        Ok(())
    }

    /// Makes one entry in the directory. `signer` is another key than the device's while the device is not known yet.
    pub(crate) async fn change_directory<T>(
        &mut self,
        signer: Option<&Signer<'_>>,
        mut plan: impl FnMut(&mut Self, &mut Draft) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let mut value = None;
        Box::pin(self.change_directory_by(signer, &mut |vault, draft| {
            value = Some(plan(vault, draft)?);
            Ok(())
        }))
        .await?;
        value.ok_or(VaultError::ChangedFirst)
    }

    /// The same for every plan: compiled once.
    async fn change_directory_by(
        &mut self,
        signer: Option<&Signer<'_>>,
        plan: DirectoryPlan<'_>,
    ) -> Result<(), VaultError> {
        for _ in 0..ATTEMPTS {
            let mut draft = Draft::default();
            plan(self, &mut draft)?;
            if draft.changes.is_empty() {
                return Ok(());
            }
            let commit = self.keys.commit(self.directory.log(), None, self.ports.clock.now(), &draft);
            let entry = Entry::sign(&commit, &self.keys.signing);
            let mut next = self.directory.clone();
            next.admit(&entry)?;
            let part = LogAppend {
                log: commit.log,
                kind: commit.kind,
                entries: vec![entry.clone()],
                blobs: draft.blobs.iter().cloned().map(Bytes).collect(),
            };
            let append = Append { logs: vec![part], halves: draft.halves };
            let own = self.keys.signer();
            let sent = self.relay.call(&self.ports, signer.unwrap_or(&own), &append).await;
            match sent.map_err(Outcome::from) {
                Ok(_) => {
                    self.halves.extend(append.halves.into_iter().map(|stored| (stored.id, stored.half)));
                    self.directory = next;
                    self.directory_entries.push(entry);
                    let blobs = by_name(&draft.blobs);
                    let keys = &self.keys;
                    open_wraps(self.directory.log(), &mut self.names, &commit, &blobs, |grant| keys.receives(grant));
                    self.keep_blobs(draft.blobs).await?;
                    self.keep_directory().await?;
                    return Ok(());
                }
                Err(Outcome::Conflict) => match signer {
                    Some(signer) => self.pull_directory(signer).await?,
                    None => self.pull_own_directory().await?,
                },
                Err(other) => return Err(other.into()),
            }
        }
        Err(VaultError::ChangedFirst)
    }
}

impl Part {
    pub(crate) fn append(&self) -> LogAppend {
        LogAppend {
            log: self.book.log.id(),
            kind: self.book.log.kind(),
            entries: self.entries.clone(),
            blobs: self.blobs.iter().cloned().map(Bytes).collect(),
        }
    }
}

impl Outcome {
    pub(crate) fn from_vault(error: VaultError) -> Self {
        match error {
            VaultError::RelayUnreachable | VaultError::RelayBusy => Self::Unreachable,
            other => Self::Failed(other),
        }
    }
}

impl From<Outcome> for VaultError {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Conflict => Self::ChangedFirst,
            Outcome::Unreachable => Self::RelayUnreachable,
            Outcome::Failed(error) => error,
        }
    }
}
