//! The shelf in the person's own log: seeds, verified heads and lines of the list, so that a new device opens slots with
//! symmetric keys instead of unwrapping every dossier anew, and so that the highest heads are known in two places.
//!
//! A slot is sealed twice: as a record of the personal log, and inside under the life half of the log it is about, so that
//! it ends with that log. Slots are a cache of what the logs say: the wraps in them are what must not be lost. So they are
//! written in batches; a log that has gone on since its slot was written is pulled, for its head differs.

use minicbor::{Decode, Encode};
use zegel_crypto::{Canonical as _, Hash, Label, Seed, derive_secret};
use zegel_dossier::{KeptRecord, Record};
use zegel_ledger::{CompartmentEpoch, CompartmentId, Entry, Head, Log, LogId, LogKind, RecordId};

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    ports::Table,
    relay::Outcome,
    shelf::{Slot, open_shelf},
    sync::by_name,
    view::Alarm,
    write::{Draft, Part},
};

/// How many logs may have changed before their slots are written again, if no seed is new.
const PATIENCE: usize = 32;

/// How many slots one entry takes.
const BATCH: usize = 128;

/// What the inner seal of a slot is for.
const KEPT: &str = "kept";

/// What a person keeps of a log.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Kept {
    #[n(0)]
    slot: Slot,
    #[n(1)]
    seeds: Seeds,
    /// Verified by the device that wrote this.
    #[n(2)]
    head: Head,
    #[n(3)]
    read_only: bool,
    /// By which wishes its dormant grants were last seen to.
    #[n(4)]
    tended: Option<Hash>,
}

impl Vault {
    /// The person's own log: whoever has the keyring knows its id, and nobody else before it is used.
    pub(crate) fn personal_log(&self) -> LogId {
        let root = self.keys.keyring.notes_root();
        let secret = derive_secret(Label::PersonalLog, root.expose(), &self.record.organisation.0, &self.keys.person);
        let mut id = [0; 16];
        id.copy_from_slice(&secret[..16]);
        LogId(id)
    }

    /// Pulls the personal log, if there is one yet.
    pub(crate) async fn pull_personal(&mut self) -> Result<(), VaultError> {
        match self.pull_kind(self.personal_log(), LogKind::Personal).await {
            Err(VaultError::NotFound) => Ok(()),
            outcome => outcome,
        }
    }

    /// Writes the slots of what changed: at once where there are new seeds and on a visit, which may end at any moment, else
    /// when it is worth an entry, or when there is one anyway because this device was not used `earlier` today.
    pub(crate) async fn shelve(&mut self, earlier: bool) -> Result<(), VaultError> {
        let at_once = self.unshelved.values().any(|new_seeds| self.visit || *new_seeds);
        let due = at_once || self.unshelved.len() >= PATIENCE;
        if !due && earlier {
            return Ok(());
        }
        let mut records = Vec::new();
        for id in self.unshelved.keys().copied().filter(|id| self.slots.contains_key(id)).collect::<Vec<_>>() {
            match self.draft_kept(id).await {
                Ok(record) => records.push((RecordId(id.0), record)),
                Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                // What this person reads no more needs no slot.
                Err(_) => {}
            }
        }
        if !earlier {
            records.push(self.own_note().await?);
        }
        self.write_personal(&records).await?;
        self.unshelved.clear();
        self.keep_directory().await
    }

    /// Puts the next version of records into the personal log.
    pub(crate) async fn write_personal(&mut self, records: &[(RecordId, Record)]) -> Result<(), VaultError> {
        let log = self.found_personal().await?;
        for batch in records.chunks(BATCH) {
            let written = self.change(log, |vault, book, draft| {
                let (compartment, epochs) = book.log.compartments().next().ok_or(VaultError::NotFound)?;
                let at = CompartmentEpoch { compartment, epoch: epochs.last().map_or(0, |epoch| epoch.epoch) };
                batch.iter().try_for_each(|(id, record)| vault.draft_record(draft, book, at, *id, record))
            });
            written.await?;
        }
        Ok(())
    }

    async fn draft_kept(&mut self, log: LogId) -> Result<Record, VaultError> {
        let book = self.book_in_passing(log).await?;
        self.need_halves(&[&book]).await?;
        let slot = self.slots.get(&log).cloned().ok_or(VaultError::NotFound)?;
        let head = book.log.head().ok_or(VaultError::NotFound)?;
        let life = book.log.founding().ok_or(VaultError::NotFound)?.life;
        let tended = self.tended.get(&log).copied();
        let kept = Kept { slot, seeds: book.seeds, head, read_only: book.read_only, tended };
        let sealed = self.seal_shelf(KEPT, log, life, kept.to_canonical()).ok_or(VaultError::NoRight)?;
        Ok(Record::Kept(KeptRecord { log, life, sealed }))
    }

    /// Begins the personal log, unless it is there.
    async fn found_personal(&mut self) -> Result<LogId, VaultError> {
        let log = self.personal_log();
        if !self.heads.contains_key(&log) {
            self.pull_personal().await?;
        }
        if self.heads.contains_key(&log) {
            return Ok(log);
        }
        let organisation = self.record.organisation;
        let root = *self.directory.root().ok_or(VaultError::Waiting)?;
        let mut rng = self.ports.rng();
        let at = CompartmentEpoch { compartment: CompartmentId::make(&mut rng), epoch: 1 };
        let mut draft = Draft::default();
        draft.found(&mut rng, log, organisation, root, None);
        draft.open_epoch(&mut rng, log, organisation, at, &self.personal_seed(at));
        drop(rng);
        let mut part = Part::new(Book::new(Log::new(log, LogKind::Personal)));
        self.sign(&mut part, draft)?;
        match self.send(vec![part]).await {
            // Another device of this person was first.
            Err(Outcome::Conflict) => self.pull_personal().await?,
            sent => sent?,
        }
        Ok(log)
    }

    /// Nobody else reads a personal log, so its seeds need no wraps.
    fn personal_seed(&self, at: CompartmentEpoch) -> Seed {
        let root = self.keys.keyring.notes_root();
        Seed::from_bytes(*derive_secret(Label::PersonalSeed, root.expose(), &self.personal_log().0, &at))
    }

    /// Takes over the personal log's book, and the slots that another device wrote.
    pub(crate) async fn keep_personal(
        &mut self,
        mut book: Book,
        blobs: Vec<Vec<u8>>,
        entries: Vec<Entry>,
    ) -> Result<(), VaultError> {
        let log = book.log.id();
        for (compartment, epochs) in book.log.compartments() {
            let places = epochs.iter().map(|epoch| CompartmentEpoch { compartment, epoch: epoch.epoch });
            book.seeds.by_epoch.extend(places.map(|at| (at, self.personal_seed(at))));
        }
        self.need_halves(&[&book]).await?;
        let before = self.heads.get(&log).copied();
        let blobs = by_name(&blobs);
        let mut kept = Vec::new();
        for (id, state) in book.log.records() {
            let known = before.is_some_and(|before| state.sequence <= before.sequence);
            if known || state.device == self.keys.device {
                continue;
            }
            let sealed = blobs.get(&state.blob).ok_or(VaultError::NotFound);
            match sealed.and_then(|sealed| self.open_record(&book.log, &book.seeds, id, state, sealed)) {
                Ok(Record::Kept(record)) => kept.push(record),
                Ok(_) => {}
                Err(error) => self.note_unreadable(&book, state, &error),
            }
        }
        self.take_kept(kept).await?;
        // Slots are opened once and not looked at again; these are for a relay that loses them.
        let mut writes = self.blob_writes(blobs.into_values().collect());
        writes.extend(self.tail_write(entries));
        writes.extend(self.seal_kept(Table::Book, &book.log, book.to_canonical()));
        writes.extend(book.log.head().map(|head| self.remember_head(log, head)));
        self.ports.store.write(writes).await?;
        self.books.insert(log, book);
        Ok(())
    }

    /// Puts on this device's shelf what is not there, and remembers every head that is higher than the one known here.
    async fn take_kept(&mut self, records: Vec<KeptRecord>) -> Result<(), VaultError> {
        self.fetch_halves(records.iter().map(|record| (record.log, record.life)).collect()).await?;
        let mut writes = Vec::new();
        for KeptRecord { log, life, sealed } in records {
            // No half: the log has ended, or is no longer for this person.
            let Some(key) = self.shelf_key(log, life) else { continue };
            let opened = open_shelf(&key, KEPT, self.record.organisation, log, &sealed);
            let Some(kept) = opened.ok().and_then(|bytes| Kept::from_canonical(&bytes).ok()) else {
                let own = self.name_of(self.keys.person);
                self.raise(Alarm::Unreadable(log.to_string(), own));
                continue;
            };
            match self.heads.get(&log).copied() {
                Some(known) if known == kept.head => {
                    self.unshelved.remove(&log);
                    continue;
                }
                // Two devices of one person verified different entries in one place: the relay showed each its own history.
                Some(known) if known.sequence == kept.head.sequence => {
                    self.mark_forked(log).await?;
                    continue;
                }
                Some(known) if known > kept.head => continue,
                _ => {}
            }
            writes.push(self.remember_head(log, kept.head));
            writes.extend(self.seal_kept_as(Table::Shelf, log, life, kept.slot.to_canonical()));
            if !self.slots.contains_key(&log) {
                let empty = Book::new(Log::new(log, kept.slot.kind));
                let attested = Some(kept.head);
                let book = Book { seeds: kept.seeds, attested, read_only: kept.read_only, ..empty };
                writes.extend(self.seal_kept_as(Table::Book, log, life, book.to_canonical()));
            }
            // Whoever opens it next pulls what leads to that head.
            self.books.remove(&log);
            self.index.forget(log);
            self.tended.extend(kept.tended.map(|tended| (log, tended)));
            self.slots.insert(log, kept.slot);
        }
        Ok(self.ports.store.write(writes).await?)
    }

    /// Nothing is added any more to a log of which there are two histories.
    pub(crate) async fn mark_forked(&mut self, log: LogId) -> Result<(), VaultError> {
        self.raise(Alarm::Fork(log.to_string()));
        let stored = self.stored_book(log).await?.filter(|book| book.log.head().is_some());
        let Some(mut book) = stored else { return Ok(()) };
        book.read_only = true;
        let write = self.seal_kept(Table::Book, &book.log, book.to_canonical());
        self.books.insert(log, book);
        Ok(self.ports.store.write(write.into_iter().collect()).await?)
    }
}
