//! Dossiers and what is in them: making, listing, reading, saving.

use core::str::FromStr;

use zegel_crypto::{Canonical as _, ReceivingPublic, Seed};
use zegel_dossier::{CompartmentKind, PartyKind, Record, Report, Title, policy::DossierRules, safe_name};
use zegel_ledger::{
    CompartmentEpoch, CompartmentId, GrantId, Log, LogId, LogKind, Receiver, RecordId, RecordState, Rights,
};

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    cast::Cast,
    dormant::reference,
    order::{alphabetical, latest_first, sort_by_bytes},
    policy::Parts,
    ports::{Table, Write},
    queue::Queued,
    session::{staff_grant, text},
    shelf::version,
    view::{Alarm, DossierSummary, DossierView, DraftView, ItemKind, ItemView, ReaderView, SavedView},
    write::{Draft, Part},
};

/// Stands in a draft for the item: what is written is for its writer alone.
pub const OWN_NOTE: &str = "own-note";

impl Vault {
    /// Makes a dossier of the type that the policy offers first. Gives its id.
    pub async fn new_dossier(&mut self, title: &str) -> Result<String, VaultError> {
        self.new_dossier_of(None, title).await
    }

    /// Makes a dossier of a type, by its name in the policy. Its readers are whoever makes it, whom the policy names, and
    /// the recovery key. Gives its id.
    pub async fn new_dossier_of(&mut self, dossier_type: Option<&str>, title: &str) -> Result<String, VaultError> {
        text("title", title)?;
        if self.waiting {
            return Err(VaultError::Waiting);
        }
        let id = LogId::make(&mut self.ports.rng());
        let mut book = Book::new(Log::new(id, LogKind::Dossier));
        let rules = self.dossier_rules(dossier_type)?.clone();
        let draft = self.draft_dossier(&mut book, &rules, title.trim())?;
        let mut part = Part::new(book);
        self.sign(&mut part, draft)?;
        self.send(vec![part]).await?;
        // What of this is not done now is done with the next sync.
        if let Ok(chosen) = self.chosen().await {
            let _ = self.tend(id, &chosen).await;
        }
        Ok(id.to_string())
    }

    fn draft_dossier(&mut self, book: &mut Book, rules: &DossierRules, title: &str) -> Result<Draft, VaultError> {
        let (organisation, log) = (self.record.organisation, book.log.id());
        let mut rng = self.ports.rng();
        let mut draft = Draft::default();
        let root = *self.directory.root().ok_or(VaultError::Waiting)?;
        draft.found(&mut rng, log, organisation, root, None);

        let mut keys = Vec::new();
        for kind in CompartmentKind::ALL {
            let at = CompartmentEpoch { compartment: CompartmentId::make(&mut rng), epoch: 1 };
            let seed = Seed::make(&mut rng);
            let key = draft.open_epoch(&mut rng, log, organisation, at, &seed);
            book.kinds.list.push((at.compartment, kind, None));
            book.seeds.by_epoch.insert(at, seed);
            keys.push((kind, at, key));
        }
        book.kinds.dossier_type = Some(rules.name.clone());
        for (receiver, public, parts) in self.default_readers(rules)? {
            for (rights, kinds) in parts {
                let part = keys.iter().filter(|(kind, ..)| kinds.contains(kind));
                let epochs: Vec<CompartmentEpoch> = part.map(|(_, at, _)| *at).collect();
                let compartments = epochs.iter().map(|at| at.compartment).collect();
                let grant = staff_grant(GrantId::make(&mut rng), receiver.clone(), public.hash(), rights, compartments);
                draft.grant(log, &grant, &public, &epochs, &book.seeds);
            }
        }
        let kinds = book.kinds.clone();
        for (wanted, content) in [
            (CompartmentKind::Trail, Record::Compartments(kinds)),
            (CompartmentKind::Core, Record::Title(Title { title: title.to_owned() })),
        ] {
            for (_, at, key) in keys.iter().filter(|(kind, ..)| *kind == wanted) {
                let place = self.keys.place(organisation, log, *at, RecordId::make(&mut rng), 1, None);
                draft.put(&mut self.ports.rng(), &mut self.keys, key, place, &content);
            }
        }
        // The maker drew every seed, and keeps those that their role gets: they come by their own wrap.
        book.seeds = Seeds::default();
        Ok(draft)
    }

    /// Who reads a new dossier.
    fn default_readers(&self, rules: &DossierRules) -> Result<Vec<(Receiver, ReceivingPublic, Parts)>, VaultError> {
        let now = self.directory.now();
        let mut readers = Vec::new();
        for (person, parts) in self.first_readers(rules)? {
            let member = now.member(person).ok_or(VaultError::Waiting)?;
            readers.push((Receiver::Person(person), member.receiving().clone(), parts));
        }
        let recovery = now.recovery_key().ok_or(VaultError::Waiting)?;
        readers.push((Receiver::Recovery, recovery.clone(), vec![(Rights::READ, CompartmentKind::ALL.to_vec())]));
        Ok(readers)
    }

    /// Every dossier this person may read, by title.
    pub fn dossiers(&self) -> Vec<DossierSummary> {
        let dossiers = self.slots.iter().filter(|(_, slot)| slot.kind == LogKind::Dossier);
        let mut list: Vec<DossierSummary> = dossiers.map(|(id, _)| self.summary(*id)).collect();
        sort_by_bytes(&mut list, |dossier| alphabetical(&dossier.title.to_lowercase(), &dossier.id));
        list
    }

    fn summary(&self, id: LogId) -> DossierSummary {
        let slot = self.slots.get(&id);
        DossierSummary {
            id: id.to_string(),
            title: slot.map(|slot| slot.title.clone()).unwrap_or_default(),
            changed: slot.map_or(0, |slot| slot.changed),
            items: slot.map_or(0, |slot| usize::try_from(slot.items).unwrap_or(usize::MAX)),
            shares: slot.map_or(0, |slot| usize::try_from(slot.shares).unwrap_or(usize::MAX)),
            waiting: self.queue.iter().any(|queued| queued.log == id),
            reference: reference(id),
        }
    }

    /// One dossier, opened.
    pub async fn dossier(&mut self, id: &str) -> Result<DossierView, VaultError> {
        let id = self.dossier_id(id)?;
        let book = self.book(id).await?.clone();
        self.note_opened(id).await?;
        self.need_halves(&[&book]).await?;
        let states: Vec<(RecordId, RecordState)> = book.log.records().map(|(id, state)| (id, *state)).collect();
        let mut items = Vec::new();
        for (record, state) in states {
            let content = match self.record(&book, record).await {
                Ok(content) => content,
                Err(error) => {
                    self.note_unreadable(&book, &state, &error);
                    continue;
                }
            };
            let Some((title, kind)) = item(&content) else { continue };
            items.push(ItemView {
                id: record.to_string(),
                version: state.version,
                title,
                compartment: Self::kind_of(&book, state.at).to_owned(),
                author: self.name_of(state.writer),
                changed: state.written,
                unconfirmed: book.doubtful.contains(&state.sequence),
                kind,
            });
        }
        self.overlay(id, &mut items);
        sort_by_bytes(&mut items, |item| latest_first(item.changed, &item.id));
        let log = id.to_string();
        let (recovery, _) = self.directory.recovery_author();
        if book.log.entries_by(recovery).next().is_some() {
            self.raise(Alarm::Recovered(log.clone()));
        }
        for author in &book.altered {
            self.raise(Alarm::Resealed(log.clone(), self.name_of(*author)));
        }
        Ok(DossierView {
            summary: self.summary(id),
            items,
            readers: self.readers(&book),
            shares: self.shares(&log).await?,
            alarms: self.alarms.iter().filter(|alarm| alarm.is_about(&log)).cloned().collect(),
            read_only: book.read_only,
            seen: self.seen_by(book.log.id()),
            dossier_type: book.kinds.dossier_type.clone(),
            dormant: self.dormant(&book).await,
        })
    }

    /// Shows what waits for the relay as if it were there.
    fn overlay(&self, log: LogId, items: &mut Vec<ItemView>) {
        for queued in self.queue.iter().filter(|queued| queued.log == log) {
            let Some((title, kind)) = item(&queued.content) else { continue };
            let id = queued.record.to_string();
            items.retain(|item| item.id != id);
            items.push(ItemView {
                id,
                version: queued.base + 1,
                title,
                compartment: queued.kind.name().to_owned(),
                author: self.name_of(self.keys.person),
                changed: self.ports.clock.now(),
                unconfirmed: false,
                kind,
            });
        }
    }

    /// Who can read a dossier, from its living grants.
    pub(crate) fn readers(&self, book: &Book) -> Vec<ReaderView> {
        let now = self.relay_time();
        let living = book.log.grants().filter(|state| state.is_open(now) && state.grant.rights.allow(Rights::READ));
        let mut readers: Vec<ReaderView> = Vec::new();
        let cast = self.known_cast(book);
        for state in living {
            let mut kinds: Vec<_> = state.grant.compartments.iter().filter_map(|id| book.kinds.kind(*id)).collect();
            kinds.sort_unstable();
            let kinds = kinds.into_iter().map(|kind| kind.name().to_owned());
            let (person, name, recovery) = match &state.grant.receiver {
                Receiver::Person(person) if self.directory.now().member(*person).is_none() => continue,
                Receiver::Person(person) => (person.to_string(), self.name_of(*person), false),
                Receiver::Recovery => (String::new(), String::new(), true),
                Receiver::Link(_) => continue,
                Receiver::Party(person) => {
                    (person.to_string(), cast.name_of(*person).unwrap_or_default().to_owned(), false)
                }
            };
            let party = match &state.grant.receiver {
                Receiver::Party(person) => {
                    let kind = cast.parties.get(person).map_or(PartyKind::Representative, |known| known.kind);
                    Some(kind.name().to_owned())
                }
                _ => None,
            };
            let mut wrapped = book.log.wraps_of(state.grant.id).iter().flat_map(|wrap| &wrap.epochs);
            let from_now = !wrapped.any(|at| at.epoch == 1);
            let until = state.grant.until;
            let current = |person: &zegel_ledger::PersonId| {
                self.directory.now().member(*person).is_some_and(|m| self.is_current(m))
            };
            // Who stepped in for somebody else has it until that one is back.
            let goes_on =
                until.is_none() && state.gate().is_none() && state.grant.rights.allow(Rights::READ | Rights::MANAGE);
            let stays = goes_on && matches!(&state.grant.receiver, Receiver::Person(person) if current(person));
            // What a role writes and what it only reads are grants apart.
            match readers.iter_mut().find(|known| known.person == person) {
                Some(known) => {
                    known.compartments.extend(kinds);
                    known.stays |= stays;
                }
                None => {
                    let compartments = kinds.collect();
                    let you = state.grant.receiver.is(self.keys.person);
                    readers.push(ReaderView {
                        person,
                        name,
                        compartments,
                        recovery,
                        you,
                        stays,
                        until,
                        from_now,
                        party,
                    });
                }
            }
        }
        sort_by_bytes(&mut readers, |reader| alphabetical(if reader.recovery { "1" } else { "0" }, &reader.name));
        readers
    }

    /// Who is who in a dossier, as far as its records are open.
    fn known_cast(&self, book: &Book) -> Cast {
        let open = book.log.records().filter_map(|(id, state)| Some((id, self.opened.get(&version(book, id, state))?)));
        Cast::read(&book.log, open)
    }

    /// Gives a dossier another title.
    pub async fn rename_dossier(&mut self, id: &str, title: &str) -> Result<(), VaultError> {
        text("title", title)?;
        let id = self.dossier_id(id)?;
        let book = self.book(id).await?.clone();
        self.need_halves(&[&book]).await?;
        let records: Vec<RecordId> = book.log.records().map(|(id, _)| id).collect();
        for record in records {
            if let Ok(Record::Title(_)) = self.record(&book, record).await {
                let base = book.log.record(record).map_or(0, |state| state.version);
                let content = Record::Title(Title { title: title.trim().to_owned() });
                self.save(self.queued(id, record, base, CompartmentKind::Core, content)).await?;
                return Ok(());
            }
        }
        Err(VaultError::NotFound)
    }

    /// Saves a conversation report: a new one, or the next version of `item` as its author saw it at `base`. If somebody
    /// else saved first, theirs stays and this one is put beside it.
    pub async fn save_report(
        &mut self,
        dossier: &str,
        item: Option<&str>,
        base: u64,
        title: &str,
        body: &str,
        day: &str,
    ) -> Result<SavedView, VaultError> {
        text("title", title)?;
        if body.len() > REPORT_BYTES {
            return Err(VaultError::TooLarge);
        }
        let log = self.dossier_id(dossier)?;
        let record = match item {
            Some(item) => id(item)?,
            None => RecordId::make(&mut self.ports.rng()),
        };
        let report =
            Report { title: title.trim().to_owned(), text: body.to_owned(), day: day.to_owned(), conflict_of: None };
        let queued = self.queued(log, record, base, CompartmentKind::Core, Record::Report(report));
        let saved = self.save(queued).await?;
        self.discard_draft(dossier, item).await?;
        Ok(saved)
    }

    pub(crate) fn queued(
        &self,
        log: LogId,
        record: RecordId,
        base: u64,
        kind: CompartmentKind,
        content: Record,
    ) -> Queued {
        Queued { number: 0, log, record, base, beside: RecordId::make(&mut self.ports.rng()), kind, content }
    }

    /// Keeps what is being written, sealed, on this device.
    pub async fn save_draft(&mut self, dossier: &str, draft: &DraftView) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        self.keep_draft(log, draft).await
    }

    pub(crate) async fn keep_draft(&mut self, log: LogId, draft: &DraftView) -> Result<(), VaultError> {
        let key = draft_key(log, draft.item.as_deref())?;
        let plaintext = StoredDraft::from(draft, self.ports.clock.now()).to_canonical();
        let sealed = self.keys.seal_local(&mut self.ports.rng(), Table::Draft, &key, plaintext);
        Ok(self.ports.store.write(vec![Write::Put(Table::Draft, key, sealed)]).await?)
    }

    /// What was being written in a dossier, for everybody who reads there.
    pub async fn drafts(&mut self, dossier: &str) -> Result<Vec<DraftView>, VaultError> {
        let log = self.dossier_id(dossier)?;
        let note = draft_key(log, Some(OWN_NOTE))?;
        let mut drafts = Vec::new();
        for (key, sealed) in self.ports.store.all(Table::Draft).await? {
            if key.starts_with(&log.0) && key != note {
                drafts.push(self.open_draft(&key, &sealed)?);
            }
        }
        Ok(drafts)
    }

    /// What was being written for an item, or for a new one; or for oneself, where [`OWN_NOTE`] stands for the item.
    pub async fn draft(&mut self, dossier: &str, item: Option<&str>) -> Result<Option<DraftView>, VaultError> {
        let key = draft_key(self.dossier_id(dossier)?, item)?;
        let sealed = self.ports.store.get(Table::Draft, &key).await?;
        sealed.map(|sealed| self.open_draft(&key, &sealed)).transpose()
    }

    fn open_draft(&self, key: &[u8], sealed: &[u8]) -> Result<DraftView, VaultError> {
        let bytes = self.keys.open_local(Table::Draft, key, sealed)?;
        let draft = StoredDraft::from_canonical(&bytes).map_err(|_| VaultError::EarlierVersion)?;
        Ok(draft.view(key))
    }

    /// Dossiers in which something was being written.
    pub async fn dossiers_with_drafts(&self) -> Result<Vec<String>, VaultError> {
        let keys = self.ports.store.all(Table::Draft).await?;
        let logs = keys.into_iter().filter_map(|(key, _)| Some(LogId(key.get(..16)?.try_into().ok()?).to_string()));
        let mut logs: Vec<String> = logs.collect();
        logs.dedup();
        Ok(logs)
    }

    /// Throws away what was being written.
    pub async fn discard_draft(&mut self, dossier: &str, item: Option<&str>) -> Result<(), VaultError> {
        let key = draft_key(self.dossier_id(dossier)?, item)?;
        Ok(self.ports.store.write(vec![Write::Delete(Table::Draft, key)]).await?)
    }

    pub(crate) fn dossier_id(&self, text: &str) -> Result<LogId, VaultError> {
        let log: LogId = id(text)?;
        match self.slots.get(&log) {
            Some(slot) if slot.kind == LogKind::Dossier => Ok(log),
            _ => Err(VaultError::NotFound),
        }
    }
}

/// The longest report, in bytes: what a sealed record may weigh on its way, with room for the rest of it.
const REPORT_BYTES: usize = 48 << 10;

/// Parses an id; what is not one names nothing.
pub(crate) fn id<T: FromStr>(text: &str) -> Result<T, VaultError> {
    text.trim().parse().map_err(|_| VaultError::NotFound)
}

/// What of a record is an item to people: its title, and what it is.
pub(crate) fn item(record: &Record) -> Option<(String, ItemKind)> {
    match record {
        Record::Report(report) => Some((
            report.title.clone(),
            ItemKind::Report {
                text: report.text.clone(),
                day: report.day.clone(),
                conflict_of: report.conflict_of.map(|id| id.to_string()),
            },
        )),
        Record::Document(document) => {
            let name = safe_name(&document.name);
            let kind = ItemKind::Document {
                name: name.clone(),
                media_type: document.media_type.clone(),
                size: document.size,
                folder: document.folder.clone(),
            };
            Some((name, kind))
        }
        _ => None,
    }
}

/// A draft as it is sealed.
#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct StoredDraft {
    #[n(0)]
    base: u64,
    #[n(1)]
    title: String,
    #[n(2)]
    text: String,
    #[n(3)]
    day: String,
    #[n(4)]
    kept: u64,
}

impl StoredDraft {
    fn from(draft: &DraftView, kept: u64) -> Self {
        let DraftView { base, title, text, day, .. } = draft.clone();
        Self { base, title, text, day, kept }
    }

    fn view(self, key: &[u8]) -> DraftView {
        let item = match key.get(16..) {
            Some(word) if word == OWN_NOTE.as_bytes() => Some(OWN_NOTE.to_owned()),
            rest => rest.and_then(|bytes| bytes.try_into().ok()).map(|id| RecordId(id).to_string()),
        };
        DraftView { item, base: self.base, title: self.title, text: self.text, day: self.day, kept: self.kept }
    }
}

/// The dossier's id, followed by the item's if it is not a new one, or by the word for an own note.
fn draft_key(log: LogId, item: Option<&str>) -> Result<Vec<u8>, VaultError> {
    let mut key = log.0.to_vec();
    match item {
        Some(OWN_NOTE) => key.extend(OWN_NOTE.as_bytes()),
        Some(item) => key.extend(id::<RecordId>(item)?.0),
        None => {}
    }
    Ok(key)
}
