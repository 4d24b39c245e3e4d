//! Recovery: whoever brings enough printed sheets together holds the organisation's root and recovery keys. With these they
//! make a new director, or give a director a dossier that nobody else can read any more. Both are entries that everybody
//! sees, signed by the root; it writes nothing but the director's name, and ends nothing.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use zegel_crypto::{
    Half, Hash, ReceivingKey, Seed, SigningKey,
    printed::{PrintedError, RecoverySheet},
    recovery_receiving, root_signing, shamir, unlock,
};
use zegel_dossier::{PersonRecord, Record, policy::Role};
use zegel_ledger::{
    Admission, Change, Commit, CompartmentEpoch, CompartmentId, Directory, Entry, Grant, GrantId, HalfId, Log, LogId,
    LogKind, OrganisationId, PersonId, Receiver, RecordId, Rights, Standing,
};
use zegel_protocol::{
    Problem,
    calls::{Append, Bytes, Changes, HalfServed, Halves, LogAppend, Pull},
    limits,
};
use zeroize::Zeroizing;

use crate::{
    Vault, VaultError,
    book::{Book, Halves as HeldHalves, Place, Seeds},
    dossiers::id,
    ports::{Ports, TransportError},
    relay::{Relay, Signer},
    session::{DeviceState, FreshPerson, anchor, passphrase_strength, staff_grant, text},
    shelf::open_record,
    sync::{learn, named, take_directory_entry, take_directory_waiting, take_entry, take_waiting},
    view::{Alarm, PrintedView, RecoverableView},
    write::Draft,
};

type Blobs = HashMap<Hash, Vec<u8>>;

/// What enough sheets together open.
pub struct Recovery {
    pub(crate) ports: Rc<Ports>,
    relay: Relay,
    pub(crate) organisation: OrganisationId,
    pub(crate) sheets: Vec<RecoverySheet>,
    pub(crate) secret: Zeroizing<Vec<u8>>,
    root: SigningKey,
    pub(crate) key: ReceivingKey,
    pub(crate) directory: Directory,
    pub(crate) entries: Vec<Entry>,
    names: Seeds,
    people: BTreeMap<PersonId, String>,
    halves: HeldHalves,
    alarms: Vec<Alarm>,
}

impl Recovery {
    /// Brings sheets together. Each is checked alone first, so that the one with a mistake is named, with its line.
    pub async fn open(ports: impl Into<Rc<Ports>>, sheets: &[String]) -> Result<Self, VaultError> {
        let ports = ports.into();
        let sheets = read(sheets)?;
        let first = sheets.first().ok_or(VaultError::TooFewSheets(0, 2))?;
        let organisation = LogId(first.organisation);
        let shares: Vec<_> = sheets.iter().map(RecoverySheet::to_share).collect();
        let secret =
            shamir::combine(first.threshold, &shares).map_err(|error| VaultError::Sheets(error.to_string()))?;
        let (root, key) = {
            let (root, recovery) = secret.split_at_checked(32).ok_or(VaultError::WrongSheets)?;
            let seed = |bytes: &[u8]| bytes.try_into().map(Seed::from_bytes).map_err(|_| VaultError::WrongSheets);
            (root_signing(&seed(root)?), recovery_receiving(&seed(recovery)?))
        };

        let mut relay = Relay::default();
        if relay.hello(&ports).await?.organisation != Some(organisation) {
            return Err(VaultError::WrongSheets);
        }
        let mut recovery = Self {
            ports,
            relay,
            organisation,
            sheets,
            secret,
            root,
            key,
            directory: Directory::new(organisation),
            entries: Vec::new(),
            names: Seeds::default(),
            people: BTreeMap::new(),
            halves: HeldHalves::new(),
            alarms: Vec::new(),
        };
        recovery.pull_directory().await?;
        Ok(recovery)
    }

    /// Every dossier, by title, with those who can still read it.
    pub async fn dossiers(&mut self) -> Result<Vec<RecoverableView>, VaultError> {
        let mut list = Vec::new();
        let mut cursor = 0;
        loop {
            let page = self.call(&Changes { cursor }).await?;
            for changed in page.logs.iter().filter(|changed| changed.kind == LogKind::Dossier) {
                let (book, blobs) = self.pull(changed.log).await?;
                self.need_halves(&book).await?;
                let now = self.ports.clock.now();
                let readers = book.log.grants().filter(|state| state.is_open(now));
                let readers = readers.filter_map(|state| match state.grant.receiver {
                    Receiver::Person(person) if self.directory.now().member(person).is_some() => Some(person),
                    _ => None,
                });
                let mut readers: Vec<String> = readers.map(|person| self.name_of(person)).collect();
                readers.sort();
                list.push(RecoverableView { id: changed.log.to_string(), title: self.title(&book, &blobs), readers });
            }
            cursor = page.cursor;
            if !page.more {
                break;
            }
        }
        list.sort_by(|a, b| (a.title.to_lowercase(), &a.id).cmp(&(b.title.to_lowercase(), &b.id)));
        Ok(list)
    }

    /// What did not hold on the way: seeds that somebody wrapped falsely to the recovery key open nothing here.
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// The directors, by id and name.
    pub fn directors(&self) -> Vec<(String, String)> {
        let now = self.directory.now();
        let directors = self.directory.members().filter(|(person, _)| now.is_director(*person));
        directors.map(|(person, _)| (person.to_string(), self.name_of(person))).collect()
    }

    /// Gives a director a dossier, its history included.
    pub async fn give(&mut self, dossier: &str, director: &str) -> Result<(), VaultError> {
        let (log, person): (LogId, PersonId) = (id(dossier)?, id(director)?);
        let member = self.directory.now().member(person).ok_or(VaultError::NotFound)?;
        if !member.admission.standing.is_director() {
            return Err(VaultError::NoRight);
        }
        if member.pledge.is_none() {
            return Err(VaultError::PledgeMissing(self.name_of(person)));
        }
        let public = member.receiving().clone();
        let (book, _) = self.pull(log).await?;
        let lasting =
            |state: &zegel_ledger::GrantState| state.gate().is_none() && state.grant.rights.allow(Rights::ADVISOR);
        if book.log.grants_of(person).any(lasting) {
            return Ok(());
        }
        let epochs: Vec<CompartmentEpoch> = book.seeds.by_epoch.keys().copied().collect();
        let mut compartments: Vec<CompartmentId> = epochs.iter().map(|at| at.compartment).collect();
        compartments.dedup();
        let grant = GrantId::make(&mut self.ports.rng());
        let grant = staff_grant(grant, Receiver::Person(person), public.hash(), Rights::ADVISOR, compartments);
        let mut draft = Draft::default();
        draft.grant(log, &grant, &public, &epochs, &book.seeds);
        let entry = self.sign(&book.log, self.directory.head(), &draft);
        book.log.clone().admit(&entry, &self.directory)?;
        self.append(&book.log, entry, draft).await
    }

    /// Makes a new director on this device, for when nobody who could is left. They sign the pledge. Gives their vault and
    /// their key card.
    pub async fn make_director(
        mut self,
        name: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<(Vault, PrintedView), VaultError> {
        text("name", name)?;
        passphrase_strength(&passphrase)?;
        if Vault::state(&self.ports).await? != DeviceState::Empty {
            return Err(VaultError::AlreadyHere);
        }
        let mut rng = self.ports.rng();
        let person = PersonId::make(&mut rng);
        let keyring = unlock::make_keyring(&mut rng, person.0, anchor(self.organisation, &self.root.verifying()));
        drop(rng);
        let mut fresh = FreshPerson::make(&self.ports, self.organisation, keyring, &passphrase)?;
        let receiving = fresh.keys.receiving.public();
        let mut draft = Draft::default();
        draft.changes.push(Change::Admit(Admission {
            person,
            account: fresh.keys.keyring.account().verifying(),
            receiving: receiving.clone(),
            standing: Standing(Standing::STAFF.0 | Standing::DIRECTOR.0),
            until: None,
        }));
        draft.changes.push(Change::Certify(fresh.keys.certificate()));
        let log = self.directory.log().clone();
        let epochs: Vec<CompartmentEpoch> = self.names.by_epoch.keys().copied().collect();
        let compartments: Vec<CompartmentId> = log.compartments().map(|(id, _)| id).collect();
        let mut rng = self.ports.rng();
        let grant = GrantId::make(&mut rng);
        let grant = staff_grant(grant, Receiver::Person(person), receiving.hash(), Rights::ADVISOR, compartments);
        draft.grant(log.id(), &grant, &receiving, &epochs, &self.names);
        let at = epochs.last().copied().ok_or(VaultError::NotFound)?;
        let key = self.names.key(self.organisation, &log, &self.halves, at)?;
        let (author, device) = self.directory.recovery_author();
        let (organisation, record) = (self.organisation, RecordId::make(&mut rng));
        let place = Place { organisation, log: log.id(), at, record, version: 1, previous: None, author, device };
        let content = Record::Person(PersonRecord {
            person,
            name: name.trim().to_owned(),
            role: Some(Role::Director.name().to_owned()),
            formerly: None,
        });
        draft.put(&mut rng, &mut fresh.keys, &key, place, &content);
        drop(rng);

        let entry = self.sign(&log, None, &draft);
        let mut directory = self.directory.clone();
        directory.admit(&entry)?;
        self.append(&log, entry.clone(), draft).await?;
        self.entries.push(entry);
        let card = fresh.card.to_text().to_string();
        let mut vault = Vault::assemble(self.ports, self.relay, fresh.keys, fresh.record, directory, self.names);
        vault.directory_entries = self.entries;
        vault.keep_device().await?;
        vault.keep_directory().await?;
        // The card is nowhere else, so nothing may fail from here on: a sync stores the keyring, now or later, and the
        // session says that the pledge is due.
        let settled = vault.sync().await.is_ok() && !vault.offline;
        if settled && let Ok(pledge) = vault.pledge() {
            vault.offline = vault.sign_pledge(pledge.version).await.is_err();
        }
        Ok((vault, PrintedView { card, sheets: Vec::new(), threshold: 0 }))
    }

    fn note(&mut self, alarms: Vec<Alarm>) {
        for alarm in alarms {
            if !self.alarms.contains(&alarm) {
                self.alarms.push(alarm);
            }
        }
    }

    async fn call<C: zegel_protocol::calls::Call>(&mut self, call: &C) -> Result<C::Answer, VaultError> {
        let signer = Signer { key_id: self.directory.recovery_author().0.to_string(), key: &self.root };
        self.relay.call(&self.ports, &signer, call).await.map_err(|error| match error {
            // The root that these sheets give is not the one of this relay's organisation.
            TransportError::Problem(Problem::Unauthenticated) => VaultError::WrongSheets,
            other => other.into(),
        })
    }

    async fn pull_directory(&mut self) -> Result<(), VaultError> {
        loop {
            let from = self.directory.log().next_sequence();
            let call = Pull { log: self.organisation, from, limit: limits::PAGE, blobs: true };
            let page = self.call(&call).await?;
            let blobs = named(&page);
            for entry in &page.entries {
                let commit = take_directory_entry(&mut self.directory, entry, &page)?;
                self.entries.push(entry.clone());
                let ours = |grant: &Grant| (grant.receiver == Receiver::Recovery).then_some(&self.key);
                let alarms = learn(self.directory.log(), &mut self.names, &commit, &blobs, &self.directory, ours);
                self.note(alarms);
            }
            let book = Book { seeds: self.names.clone(), ..Book::new(self.directory.log().clone()) };
            self.need_halves(&book).await?;
            for (id, state) in book.log.records() {
                let Some(sealed) = blobs.get(&state.blob) else { continue };
                if let Ok(Record::Person(person)) = self.record(&book, id, sealed)
                    && self.directory.is_by_director(state)
                {
                    self.people.insert(person.person, person.name);
                }
            }
            if page.entries.is_empty() || self.directory.head() == page.head {
                take_directory_waiting(&mut self.directory, &page)?;
                break;
            }
        }
        let fits = self.directory.root() == Some(&self.root.verifying());
        let pinned = self.directory.recovery().is_some_and(|recovery| recovery.receiving == self.key.public());
        if fits && pinned { Ok(()) } else { Err(VaultError::WrongSheets) }
    }

    /// A dossier, verified from its first entry on, with the seeds that were wrapped to the recovery key.
    async fn pull(&mut self, log: LogId) -> Result<(Book, Blobs), VaultError> {
        let mut book = Book::new(Log::new(log, LogKind::Dossier));
        let mut blobs = Blobs::new();
        loop {
            let call = Pull { log, from: book.log.next_sequence(), limit: limits::PAGE, blobs: true };
            let page = self.call(&call).await?;
            blobs.extend(named(&page));
            for entry in &page.entries {
                let commit = take_entry(&mut book.log, entry, &page, &self.directory)?;
                let ours = |grant: &Grant| (grant.receiver == Receiver::Recovery).then_some(&self.key);
                let alarms = learn(&book.log, &mut book.seeds, &commit, &blobs, &self.directory, ours);
                self.note(alarms);
            }
            if page.entries.is_empty() || book.log.head() == page.head {
                // What waits must be named by the next entry, and that may be the root's.
                take_waiting(&mut book.log, &page, &self.directory)?;
                return Ok((book, blobs));
            }
        }
    }

    async fn need_halves(&mut self, book: &Book) -> Result<(), VaultError> {
        let wanted: Vec<(LogId, HalfId)> = book.missing_halves(&self.halves);
        for wanted in wanted.chunks(limits::HALVES) {
            let answer = self.call(&Halves { wanted: wanted.to_vec() }).await?;
            let served = wanted.iter().zip(answer.served);
            let held = served.filter_map(|((_, id), served)| match served {
                HalfServed::Half(half) => Some((*id, half)),
                HalfServed::Destroyed | HalfServed::No(_) => None,
            });
            let held: Vec<(HalfId, Half)> = held.collect();
            self.halves.extend(held);
        }
        Ok(())
    }

    fn record(&self, book: &Book, id: RecordId, sealed: &[u8]) -> Result<Record, VaultError> {
        let state = book.log.record(id).ok_or(VaultError::NotFound)?;
        let key = book.seeds.key(self.organisation, &book.log, &self.halves, state.at)?;
        open_record(self.organisation, book.log.id(), &key, id, state, sealed)
    }

    fn title(&self, book: &Book, blobs: &Blobs) -> String {
        let opened = book.log.records().filter_map(|(id, state)| self.record(book, id, blobs.get(&state.blob)?).ok());
        let titles =
            opened.filter_map(|record| if let Record::Title(title) = record { Some(title.title) } else { None });
        titles.last().unwrap_or_default()
    }

    fn name_of(&self, person: PersonId) -> String {
        self.people.get(&person).cloned().unwrap_or_else(|| person.to_string())
    }

    pub(crate) fn sign(&self, log: &Log, directory: Option<zegel_ledger::Head>, draft: &Draft) -> Entry {
        let (author, device) = self.directory.recovery_author();
        let commit = Commit {
            log: log.id(),
            kind: log.kind(),
            sequence: log.next_sequence(),
            previous: log.head().map(|head| head.hash),
            author,
            device,
            directory,
            claimed_time: self.ports.clock.now(),
            slips: log.pending_slips().collect(),
            changes: draft.changes.clone(),
        };
        Entry::sign(&commit, &self.root)
    }

    pub(crate) async fn append(&mut self, log: &Log, entry: Entry, draft: Draft) -> Result<(), VaultError> {
        let blobs = draft.blobs.into_iter().map(Bytes).collect();
        let part = LogAppend { log: log.id(), kind: log.kind(), entries: vec![entry], blobs };
        self.call(&Append { logs: vec![part], halves: draft.halves }).await.map(drop)
    }
}

/// Reads one sheet; a mistake is named by the sheet's number and the line.
pub(crate) fn read_sheet(number: usize, text: &str) -> Result<RecoverySheet, VaultError> {
    RecoverySheet::from_text(text).map_err(|error| match error {
        PrintedError::DamagedGroup { line } => VaultError::DamagedSheet(number, line),
        _ => VaultError::NotASheet(number),
    })
}

/// Reads the sheets: each alone, then whether they belong together and are enough.
fn read(texts: &[String]) -> Result<Vec<RecoverySheet>, VaultError> {
    let mut sheets: Vec<RecoverySheet> = Vec::new();
    for (number, text) in (1..).zip(texts) {
        let sheet = read_sheet(number, text)?;
        let printed_with = |first: &RecoverySheet| (first.organisation, first.split, first.threshold);
        if sheets.first().is_some_and(|first| printed_with(first) != printed_with(&sheet)) {
            return Err(VaultError::OtherSheet(number));
        }
        if sheets.iter().all(|known| known.index != sheet.index) {
            sheets.push(sheet);
        }
    }
    match sheets.first() {
        Some(first) if sheets.len() < usize::from(first.threshold) => {
            Err(VaultError::TooFewSheets(sheets.len(), usize::from(first.threshold)))
        }
        _ => Ok(sheets),
    }
}
