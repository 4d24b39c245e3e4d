//! The shelf: for each log a sealed line for the list, and a sealed book to go on from. Unlocking opens slots with
//! symmetric keys; opening a dossier verifies only what came since.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use zegel_crypto::{
    Canonical as _, Hash, Key,
    pad::{RECORD_FLOOR, pad, unpad},
    seal::{open, seal},
};
use zegel_dossier::{CompartmentKind, PolicyRecord, Record};
use zegel_ledger::{
    Commit, CompartmentEpoch, Directory, Entry, HalfId, Head, Log, LogId, LogKind, PersonId, Receiver, RecordId,
    RecordState, SignedSlip,
};
use zegel_protocol::calls::{Fetch, HalfServed, Halves};

use crate::{
    Vault, VaultError,
    beacons::Watch,
    book::{Book, Place, Seeds, shelf_context, shelf_key},
    dormant::{DormantLine, closed_for, lines, touches_access},
    policy::InForce,
    ports::{Table, Write},
    queue::Queued,
    sync::by_name,
    view::Alarm,
};

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Slot {
    #[n(0)]
    pub(crate) kind: LogKind,
    #[n(1)]
    pub(crate) title: String,
    #[n(2)]
    pub(crate) changed: u64,
    #[n(3)]
    pub(crate) items: u64,
    #[n(4)]
    pub(crate) shares: u64,
    /// How many seeds are held.
    #[n(5)]
    pub(crate) seeds: u64,
    /// When the first grant of a colleague or party ends, in seconds since 1970.
    #[n(6)]
    pub(crate) ends: Option<u64>,
    /// Who may get in by claiming it, or did.
    #[n(7)]
    pub(crate) dormant: Vec<DormantLine>,
    /// When and by whom this person was let in, until they open it.
    #[n(8)]
    pub(crate) let_in: Option<(u64, PersonId)>,
    /// How many came by this person's invitations and wait.
    #[n(9)]
    pub(crate) came: Option<u64>,
    /// By whose testament it is to be destroyed, if a trustee has closed it.
    #[n(10)]
    pub(crate) closing: Option<PersonId>,
}

/// The directory as it lies on this device.
#[derive(Encode, Decode)]
#[cbor(array)]
struct DirectoryBook {
    #[n(0)]
    directory: Directory,
    #[n(1)]
    names: Seeds,
    #[n(2)]
    cursor: u64,
    #[n(3)]
    entries: Vec<Entry>,
    #[n(4)]
    unshelved: BTreeMap<LogId, bool>,
    #[n(5)]
    unsettled: BTreeSet<PersonId>,
    #[n(6)]
    looked_on: u64,
    /// The last policy that could be read.
    #[n(7)]
    policy: Option<PolicyRecord>,
    /// The slips of newcomers who wait.
    #[n(8)]
    registered: Vec<SignedSlip>,
    #[n(9)]
    watch: Watch,
    /// What a director gave up and this device has not yet.
    #[n(10)]
    given_up: Vec<(LogId, Head)>,
    /// Former members who came back, and how many dossiers wait for them.
    #[n(11)]
    waiting: BTreeMap<PersonId, usize>,
    /// By which wishes each dossier's dormant grants were last seen to.
    #[n(12)]
    tended: BTreeMap<LogId, Hash>,
}

/// Before a log's id: the key of its highest head, kept apart from its book, so that a store that was set back betrays
/// itself.
pub(crate) const HEAD: &[u8] = b"head/";

impl Vault {
    /// Reads what this device has: directory, heads, queue, and every slot whose life half the relay still serves.
    pub(crate) async fn load(&mut self) -> Result<(), VaultError> {
        let organisation = self.record.organisation;
        if let Some(sealed) = self.ports.store.get(Table::Book, &organisation.0).await? {
            let bytes = self.keys.open_local(Table::Book, &organisation.0, &sealed)?;
            let book = DirectoryBook::from_canonical(&bytes).map_err(|_| VaultError::EarlierVersion)?;
            (self.directory, self.names, self.cursor) = (book.directory, book.names, book.cursor);
            (self.directory_entries, self.looked_on) = (book.entries, book.looked_on);
            (self.unshelved, self.unsettled) = (book.unshelved, book.unsettled);
            (self.watch, self.lost.given_up) = (book.watch, book.given_up);
            self.waiting_dossiers = book.waiting;
            self.tended = book.tended;
            self.policy = book.policy.and_then(|record| InForce::read(record).ok());
            self.keep_newcomers(&book.registered);
            // The relay tells names to members only; whoever still waits to be admitted learns them then.
            if self.directory.now().member(self.keys.person).is_some() {
                self.learn_names().await?;
            }
        }
        for (key, value) in self.ports.store.all(Table::Device).await? {
            let Some(Ok(log)) = key.strip_prefix(HEAD).map(TryInto::try_into) else { continue };
            self.heads.insert(LogId(log), Head::from_canonical(&value).map_err(|_| VaultError::Unreadable)?);
        }
        for (key, sealed) in self.ports.store.all(Table::Queue).await? {
            let bytes = self.keys.open_local(Table::Queue, &key, &sealed)?;
            self.queue.push(Queued::from_canonical(&bytes).map_err(|_| VaultError::EarlierVersion)?);
        }
        self.load_closed().await?;
        self.load_shelf().await
    }

    /// Opens the lines of the list. What is open already stays.
    pub(crate) async fn load_shelf(&mut self) -> Result<(), VaultError> {
        let lines: Vec<(LogId, HalfId, Vec<u8>)> =
            self.ports.store.all(Table::Shelf).await?.into_iter().filter_map(shelf_line).collect();
        let wanted = lines.iter().map(|(log, life, _)| (*log, *life)).collect();
        if let Err(error) = self.fetch_halves(wanted).await {
            // Without the relay the shelf stays closed: that is what the life halves are for.
            self.offline = true;
            return if error == VaultError::RelayUnreachable { Ok(()) } else { Err(error) };
        }
        for (log, life, sealed) in lines {
            let Some(key) = self.shelf_key(log, life) else { continue };
            if let Ok(bytes) = open_shelf(&key, Table::Shelf.name(), self.record.organisation, log, &sealed)
                && let Ok(slot) = Slot::from_canonical(&bytes)
            {
                self.slots.insert(log, slot);
            }
        }
        Ok(())
    }

    /// The book of a log that is on the shelf, pulled if this device has not all of it yet.
    pub(crate) async fn book(&mut self, log: LogId) -> Result<&Book, VaultError> {
        if !self.books.contains_key(&log) {
            let stored = self.stored_book(log).await?;
            let head = stored.as_ref().and_then(|book| book.log.head());
            if head < self.heads.get(&log).copied() {
                let kind = if log == self.personal_log() { Some(LogKind::Personal) } else { None };
                let kind = kind.or_else(|| self.slots.get(&log).map(|slot| slot.kind)).ok_or(VaultError::NotFound)?;
                match Box::pin(self.pull_kind(log, kind)).await {
                    // What was verified before is still true.
                    Err(VaultError::RelayUnreachable | VaultError::RelayBusy) if head.is_some() => {}
                    pulled => pulled?,
                }
            }
            if let Some(book) = stored.filter(|_| head.is_some() && !self.books.contains_key(&log)) {
                self.books.insert(log, book);
            }
        }
        self.books.get(&log).ok_or(VaultError::NotFound)
    }

    /// The same, for work on many: what was not in memory does not stay there.
    pub(crate) async fn book_in_passing(&mut self, log: LogId) -> Result<Book, VaultError> {
        let was_open = self.books.contains_key(&log);
        let book = self.book(log).await?.clone();
        if !was_open {
            self.books.remove(&log);
        }
        Ok(book)
    }

    /// The book of a log as this device has it, if it does.
    pub(crate) async fn stored_book(&mut self, log: LogId) -> Result<Option<Book>, VaultError> {
        let Some(bytes) = self.open_kept(Table::Book, log).await? else { return Ok(None) };
        Book::from_canonical(&bytes).map(Some).map_err(|_| VaultError::EarlierVersion)
    }

    /// Opens what this device keeps of a log, if the relay still serves the log's life half.
    pub(crate) async fn open_kept(&mut self, table: Table, log: LogId) -> Result<Option<Vec<u8>>, VaultError> {
        let Some(value) = self.ports.store.get(table, &log.0).await? else { return Ok(None) };
        let Some((_, life, sealed)) = shelf_line((log.0.to_vec(), value)) else { return Ok(None) };
        self.fetch_halves(vec![(log, life)]).await?;
        let Some(key) = self.shelf_key(log, life) else { return Ok(None) };
        open_shelf(&key, table.name(), self.record.organisation, log, &sealed).map(Some)
    }

    /// Seals what this device keeps of a log, so that it ends with the log.
    pub(crate) fn seal_kept(&mut self, table: Table, log: &Log, plaintext: Vec<u8>) -> Option<Write> {
        self.seal_kept_as(table, log.id(), log.founding()?.life, plaintext)
    }

    /// The same, of a log that was not pulled yet.
    pub(crate) fn seal_kept_as(&mut self, table: Table, log: LogId, life: HalfId, plaintext: Vec<u8>) -> Option<Write> {
        let sealed = self.seal_shelf(table.name(), log, life, plaintext)?;
        Some(Write::Put(table, log.0.to_vec(), [life.0.as_slice(), &sealed].concat()))
    }

    /// Seals under the notes root and a log's life half, if the relay served that.
    pub(crate) fn seal_shelf(&mut self, what: &str, log: LogId, life: HalfId, plaintext: Vec<u8>) -> Option<Vec<u8>> {
        let key = self.shelf_key(log, life)?;
        let context = shelf_context(what, self.record.organisation, log);
        let salt = self.keys.salt(&mut self.ports.rng(), &log.0, Some(Hash::of(&plaintext)));
        Some(seal(&key, &salt, &context, &pad(plaintext, RECORD_FLOOR)))
    }

    /// Takes over a book: state, seeds and line, with the entries that led to it, in one durable write.
    pub(crate) async fn keep(
        &mut self,
        mut book: Book,
        blobs: Vec<Vec<u8>>,
        entries: Vec<Entry>,
    ) -> Result<(), VaultError> {
        let log = book.log.id();
        if book.log.kind() == LogKind::Personal {
            return self.keep_personal(book, blobs, entries).await;
        }
        self.need_halves(&[&book]).await?;
        self.learn_kinds(&mut book, &blobs).await?;
        self.compare_resealed(&mut book).await;
        let slot = self.line(&book).await?;
        let touched = |commit: Commit| !commit.slips.is_empty() || commit.changes.iter().any(touches_access);
        let mut commits = entries.iter().filter_map(|entry| entry.commit().ok());
        if book.log.pending_slips().next().is_some() || commits.any(touched) {
            self.tended.remove(&log);
        }
        let mut writes = self.blob_writes(blobs);
        writes.extend(self.tail_write(entries));
        writes.extend(self.seal_kept(Table::Shelf, &book.log, slot.to_canonical()));
        writes.extend(self.seal_kept(Table::Book, &book.log, book.to_canonical()));
        writes.extend(book.log.head().map(|head| self.remember_head(log, head)));
        self.ports.store.write(writes).await?;
        let seeds = slot.seeds;
        let before = self.slots.insert(log, slot);
        *self.unshelved.entry(log).or_default() |= before.is_none_or(|before| before.seeds != seeds);
        self.index.forget(log);
        self.books.insert(log, book);
        Ok(())
    }

    /// Keeps the directory, sealed for this device alone.
    pub(crate) async fn keep_directory(&mut self) -> Result<(), VaultError> {
        let organisation = self.record.organisation;
        let book = DirectoryBook {
            directory: self.directory.clone(),
            names: self.names.clone(),
            cursor: self.cursor,
            entries: self.directory_entries.clone(),
            unshelved: self.unshelved.clone(),
            unsettled: self.unsettled.clone(),
            looked_on: self.looked_on,
            policy: self.policy.as_ref().map(|policy| policy.record.clone()),
            watch: self.watch.clone(),
            given_up: self.lost.given_up.clone(),
            waiting: self.waiting_dossiers.clone(),
            tended: self.tended.clone(),
            registered: self.newcomers.values().flatten().map(|newcomer| newcomer.slip.clone()).collect(),
        };
        let sealed = self.keys.seal_local(&mut self.ports.rng(), Table::Book, &organisation.0, book.to_canonical());
        let mut writes = vec![Write::Put(Table::Book, organisation.0.to_vec(), sealed)];
        writes.extend(self.directory.head().map(|head| self.remember_head(organisation, head)));
        Ok(self.ports.store.write(writes).await?)
    }

    /// Keeps sealed records by name.
    pub(crate) async fn keep_blobs(&mut self, blobs: Vec<Vec<u8>>) -> Result<(), VaultError> {
        let writes = self.blob_writes(blobs);
        Ok(self.ports.store.write(writes).await?)
    }

    pub(crate) fn blob_writes(&self, blobs: Vec<Vec<u8>>) -> Vec<Write> {
        let put = |bytes: Vec<u8>| Write::Put(Table::Blob, zegel_crypto::blob_name(&bytes).0.to_vec(), bytes);
        blobs.into_iter().map(put).collect()
    }

    /// Remembers a log's highest head, here and with the write on the device.
    pub(crate) fn remember_head(&mut self, log: LogId, head: Head) -> Write {
        if self.heads.insert(log, head) != Some(head) {
            self.watch.raised.insert(log, self.today());
        }
        Write::Put(Table::Device, [HEAD, &log.0].concat(), head.to_canonical())
    }

    /// The key of what this person keeps of a log, if the relay served its life half.
    pub(crate) fn shelf_key(&self, log: LogId, life: HalfId) -> Option<Key> {
        let half = self.halves.get(&life)?;
        Some(shelf_key(self.keys.keyring.notes_root(), half, self.record.organisation, log))
    }

    /// Fetches the halves that opening these books takes.
    pub(crate) async fn need_halves(&mut self, books: &[&Book]) -> Result<(), VaultError> {
        let mut wanted = Vec::new();
        for book in books {
            wanted.extend(book.missing_halves(&self.halves));
            wanted.extend(book.log.founding().map(|founding| (book.log.id(), founding.life)));
        }
        self.fetch_halves(wanted).await
    }

    /// Fetches halves that are not here yet, in as few calls as the limits allow.
    pub(crate) async fn fetch_halves(&mut self, mut wanted: Vec<(LogId, HalfId)>) -> Result<(), VaultError> {
        wanted.retain(|(_, half)| !self.halves.contains_key(half));
        wanted.sort_unstable();
        wanted.dedup();
        for wanted in wanted.chunks(zegel_protocol::limits::HALVES) {
            let call = Halves { wanted: wanted.to_vec() };
            let answer = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            for ((_, id), served) in wanted.iter().zip(answer.served) {
                if let HalfServed::Half(half) = served {
                    self.halves.insert(*id, half);
                }
            }
        }
        Ok(())
    }

    /// A record as it was sealed, opened: from memory, from this device, or from the relay.
    pub(crate) async fn record(&mut self, book: &Book, id: RecordId) -> Result<Record, VaultError> {
        let state = *book.log.record(id).ok_or(VaultError::NotFound)?;
        if let Some(record) = self.opened.get(&version(book, id, &state)) {
            return Ok(record.clone());
        }
        let sealed = self.blob(book.log.id(), state.blob).await?;
        let record = self.open_record(&book.log, &book.seeds, id, &state, &sealed)?;
        self.opened.insert(version(book, id, &state), record.clone());
        Ok(record)
    }

    /// Opens a sealed record.
    pub(crate) fn open_record(
        &self,
        log: &Log,
        seeds: &Seeds,
        id: RecordId,
        state: &RecordState,
        sealed: &[u8],
    ) -> Result<Record, VaultError> {
        let organisation = self.record.organisation;
        let key = seeds.key(organisation, log, &self.halves, state.at)?;
        open_record(organisation, log.id(), &key, id, state, sealed)
    }

    /// A blob's bytes, from this device or from the relay. Whoever gave them, their name is recomputed.
    pub(crate) async fn blob(&mut self, log: LogId, name: Hash) -> Result<Vec<u8>, VaultError> {
        if let Some(bytes) = self.ports.store.get(Table::Blob, &name.0).await?
            && zegel_crypto::blob_name(&bytes) == name
        {
            return Ok(bytes);
        }
        let length = zegel_protocol::limits::CHUNK as u64;
        let call = Fetch { log, blob: name, offset: 0, length };
        let fetched = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
        if zegel_crypto::blob_name(&fetched.bytes.0) != name {
            return Err(VaultError::Unreadable);
        }
        self.keep_blobs(vec![fetched.bytes.0.clone()]).await?;
        Ok(fetched.bytes.0)
    }

    /// Which compartment is which: said by the founding entry, or not known yet.
    async fn learn_kinds(&mut self, book: &mut Book, blobs: &[Vec<u8>]) -> Result<(), VaultError> {
        self.open_new(book, blobs);
        if !book.kinds.list.is_empty() || book.log.kind() != LogKind::Dossier {
            return Ok(());
        }
        let first: Vec<RecordId> = book.log.records().filter(|(_, state)| state.made == 0).map(|(id, _)| id).collect();
        for id in first {
            if let Ok(Record::Compartments(kinds)) = self.record(book, id).await {
                book.kinds = kinds;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Holds whoever sealed a record again to what it said: what differs is told. Who has not the epoch before cannot tell.
    async fn compare_resealed(&mut self, book: &mut Book) {
        let log = book.log.id();
        let these: Vec<Resealed> = self.resealed.extract_if(.., |one| one.log == log).collect();
        for one in these {
            let Resealed { record, before, after, .. } = one;
            let mut contents = Vec::new();
            for state in [before, after] {
                // A relay that holds one back is asked again with the next page.
                let Ok(sealed) = self.blob(log, state.blob).await else {
                    self.resealed.push(one);
                    break;
                };
                contents.extend(self.open_record(&book.log, &book.seeds, record, &state, &sealed));
            }
            if let [was, is] = contents.as_slice()
                && was != is
                && !zegel_crypto::sabotage::is("resealed")
            {
                book.altered.insert(after.author);
            }
        }
    }

    /// Opens records that have just come along, without asking the relay for them again.
    fn open_new(&mut self, book: &Book, blobs: &[Vec<u8>]) {
        let blobs = by_name(blobs);
        for (id, state) in book.log.records() {
            let Some(bytes) = blobs.get(&state.blob) else { continue };
            if let Ok(record) = self.open_record(&book.log, &book.seeds, id, state, bytes) {
                self.opened.insert(version(book, id, state), record);
            }
        }
    }

    /// A book's line for the list. What does not open is left out and reported once.
    async fn line(&mut self, book: &Book) -> Result<Slot, VaultError> {
        let closed = book.log.records().filter(|(id, state)| !self.opened.contains_key(&version(book, *id, state)));
        let closed: Vec<(RecordId, RecordState)> = closed.map(|(id, state)| (id, *state)).collect();
        for (id, state) in closed {
            if let Err(error) = self.record(book, id).await {
                self.note_unreadable(book, &state, &error);
            }
        }
        let now = self.ports.clock.now();
        let seeds = book.seeds.by_epoch.len() as u64;
        let living = book.log.grants().filter(|state| state.revoked.is_none());
        let ends = living.filter(|state| matches!(state.grant.receiver, Receiver::Person(_) | Receiver::Party(_)));
        let ends = ends.filter_map(|state| state.grant.until).min();
        let kind = book.log.kind();
        let came = Some(self.at_door(book).len() as u64).filter(|came| *came > 0);
        let (let_in, dormant, closing) = (book.let_in, lines(&book.log), closed_for(&book.log));
        let (title, [changed, items, shares]) = (String::new(), [0; 3]);
        let mut slot = Slot { kind, title, changed, items, shares, seeds, ends, dormant, let_in, came, closing };
        for (id, state) in book.log.records() {
            slot.changed = slot.changed.max(state.written);
            match self.opened.get(&version(book, id, state)) {
                Some(Record::Title(title)) => slot.title.clone_from(&title.title),
                Some(Record::Report(_) | Record::Document(_)) => slot.items += 1,
                Some(Record::Share(share)) if book.log.discloses(share.disclosure, now) => slot.shares += 1,
                _ => {}
            }
        }
        Ok(slot)
    }

    /// Says that a record is not there or does not open, unless this person has no right to it or the relay is away.
    pub(crate) fn note_unreadable(&mut self, book: &Book, state: &RecordState, error: &VaultError) {
        let excused = match error {
            VaultError::NoRight | VaultError::RelayUnreachable | VaultError::RelayBusy => true,
            // What this vault could open, the relay has to have.
            VaultError::NotFound => {
                book.seeds.key(self.record.organisation, &book.log, &self.halves, state.at).is_err()
            }
            _ => false,
        };
        if !excused {
            let author = self.name_of(state.author);
            self.raise(Alarm::Unreadable(book.log.id().to_string(), author));
        }
    }

    /// The compartment kind of a record, by name.
    pub(crate) fn kind_of(book: &Book, at: CompartmentEpoch) -> &'static str {
        book.kinds.kind(at.compartment).map_or("", CompartmentKind::name)
    }
}

/// A record that somebody sealed again, as it was and as it is.
#[derive(Clone, Copy)]
pub(crate) struct Resealed {
    pub(crate) log: LogId,
    pub(crate) record: RecordId,
    pub(crate) before: RecordState,
    pub(crate) after: RecordState,
}

/// One version of one record in one log. The same bytes elsewhere, or as another version, are something else.
pub(crate) type Version = (LogId, RecordId, u64, Hash);

/// The version that a log names.
pub(crate) fn version(book: &Book, record: RecordId, state: &RecordState) -> Version {
    (book.log.id(), record, state.version, state.blob)
}

/// Opens a sealed record at its place.
pub(crate) fn open_record(
    organisation: LogId,
    log: LogId,
    key: &Key,
    id: RecordId,
    state: &RecordState,
    sealed: &[u8],
) -> Result<Record, VaultError> {
    let place = Place {
        organisation,
        log,
        at: state.at,
        record: id,
        version: state.version,
        previous: state.previous,
        author: state.author,
        device: state.device,
    };
    let padded = open(key, &place.context(), sealed).map_err(|_| VaultError::Unreadable)?;
    let plaintext = unpad(padded.to_vec()).map_err(|_| VaultError::Unreadable)?;
    Record::from_canonical(&plaintext).map_err(|_| VaultError::Unreadable)
}

/// `life half's id ‖ sealed`: which half to ask for must be known before anything is opened.
fn shelf_line((key, value): (Vec<u8>, Vec<u8>)) -> Option<(LogId, HalfId, Vec<u8>)> {
    let log = LogId(key.try_into().ok()?);
    let (life, sealed) = value.split_at_checked(16)?;
    Some((log, HalfId(life.try_into().ok()?), sealed.to_vec()))
}

/// Opens what [`Vault::seal_shelf`] sealed.
pub(crate) fn open_shelf(
    key: &Key,
    what: &str,
    organisation: LogId,
    log: LogId,
    sealed: &[u8],
) -> Result<Vec<u8>, VaultError> {
    let context = shelf_context(what, organisation, log);
    let padded = open(key, &context, sealed).map_err(|_| VaultError::Unreadable)?;
    unpad(padded.to_vec()).map_err(|_| VaultError::Unreadable)
}
