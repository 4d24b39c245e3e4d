//! Reading a dossier from outside the organisation: each entry is admitted by the same rules, its author believed on a
//! certificate; then what this person was given is opened.

use std::collections::HashMap;

use zegel_crypto::Hash;
use zegel_dossier::Record;
use zegel_ledger::{Certificate, Change, Commit, Entry, GrantState, Refusal, SignedSlip};
use zegel_protocol::{
    calls::{Append, Changes, Fetch, FetchChain, HalfServed, Halves, LogAppend, Pull, Pulled},
    limits,
};

use super::Portal;
use crate::{
    VaultError,
    book::Book,
    dossiers::id,
    files::Opening,
    ports::{FileSink, Progress},
    relay::{Outcome, Signer},
    shelf::open_record,
    sync::{alarm_of, behind, named, open_wraps, slips_of},
    view::Alarm,
    write::Draft,
};

/// How often an own entry is tried anew after somebody else was first.
const ATTEMPTS: usize = 5;

impl Portal {
    /// Asks for news and verifies it; says whether there is any. Being offline is not an error, and neither is waiting to be
    /// admitted.
    pub async fn sync(&mut self) -> Result<bool, VaultError> {
        let outcome = self.try_sync().await;
        self.offline = matches!(outcome, Err(VaultError::RelayUnreachable | VaultError::RelayBusy));
        match outcome {
            Ok(news) => {
                self.waiting = false;
                self.hand_back_keyring().await;
                Ok(news)
            }
            Err(VaultError::RelayUnreachable | VaultError::RelayBusy) => Ok(false),
            // The relay does not know this device until its person is admitted.
            Err(VaultError::DeviceRemoved) if self.head.is_none() => {
                self.waiting = true;
                Ok(false)
            }
            Err(error) => {
                // Until a director has confirmed it; what the relay came back with may be older than what is here.
                self.keyring_lost |= error == VaultError::RelayPutBack;
                Err(error)
            }
        }
    }

    async fn try_sync(&mut self) -> Result<bool, VaultError> {
        if self.relay.welcome().is_none() {
            self.relay.hello(&self.ports).await?;
        }
        let changed = self.relay.call(&self.ports, &self.keys.signer(), &Changes { cursor: 0 }).await?;
        let known = changed.logs.iter().find(|changed| changed.log == self.log);
        let waiting = self.book.log.pending_slips().count();
        let same = |log: &&zegel_protocol::calls::ChangedLog| {
            Some(log.head) == self.shown && usize::try_from(log.slips) == Ok(waiting)
        };
        let opened = self.opens.is_some_and(|opens| opens <= self.relay_time());
        if known.filter(same).is_some() && !opened {
            // A keyring that was stored and not recorded yet: whoever made it was cut off before that.
            self.settle_keyring().await?;
            self.end_left_visits().await?;
            return Ok(false);
        }
        let key = zegel_crypto::SigningKey::from_seed(&self.keys.request.to_seed());
        let signer = Signer { key_id: self.keys.device.to_string(), key: &key };
        self.pull(&signer).await?;
        self.settle_keyring().await?;
        self.end_left_visits().await?;
        self.open_all().await?;
        Ok(true)
    }

    /// Pulls what is new and admits it.
    pub(super) async fn pull(&mut self, signer: &Signer<'_>) -> Result<(), VaultError> {
        loop {
            let call = Pull { log: self.log, from: self.book.log.next_sequence(), limit: limits::PAGE, blobs: true };
            let page = self.relay.call(&self.ports, signer, &call).await?;
            if let Some(alarm) = behind(&self.book.log, page.head) {
                if self.go_back(signer).await {
                    continue;
                }
                self.raise(alarm);
                return Ok(());
            }
            self.vouch(signer, &page).await?;
            let blobs = named(&page);
            let taken = self.take_page(&page, &blobs);
            self.blobs.extend(blobs);
            if let Err(refusal) = taken {
                if self.go_back(signer).await {
                    continue;
                }
                self.raise(alarm_of(self.log, refusal));
                return Err(refusal.into());
            }
            if page.entries.is_empty() || self.book.log.head() == page.head {
                break;
            }
        }
        let Some(head) = self.book.log.head() else { return Ok(()) };
        // What was verified on this device before is not taken back.
        if self.head.is_some_and(|known| known > head) && !zegel_crypto::sabotage::is("portal-head") {
            self.raise(Alarm::Rollback(self.log.to_string()));
            return Err(VaultError::ReadOnly);
        }
        self.keep_head().await
    }

    /// Asks by whose word to believe the members in this page, where one is not known yet.
    async fn vouch(&mut self, signer: &Signer<'_>, page: &Pulled) -> Result<(), VaultError> {
        let root = match (page.entries.first(), self.book.log.founding()) {
            (Some(entry), _) => self.root(entry).ok_or(Refusal::Founding)?,
            (None, Some(founding)) => founding.root,
            (None, None) => return Ok(()),
        };
        let unknown = |entry: &Entry| {
            entry.commit().is_ok_and(|commit| self.staff.device(commit.author, commit.device).is_none())
        };
        // Who only waits to be let in writes nothing, and may say that they are there.
        let unheard = |slip: &SignedSlip| {
            let slip = slip.slip().ok();
            slip.is_some_and(|slip| slip.device.is_some_and(|device| self.staff.device(slip.author, device).is_none()))
        };
        if page.entries.iter().any(unknown) || page.slips.iter().any(unheard) {
            let chain = self.relay.call(&self.ports, signer, &FetchChain { log: self.log }).await?;
            self.staff = Certificate(&chain.entries).follow(&root)?;
            self.take_given_up();
        }
        Ok(())
    }

    fn take_page(&mut self, page: &Pulled, blobs: &HashMap<Hash, Vec<u8>>) -> Result<(), Refusal> {
        for entry in &page.entries {
            let commit = entry.commit()?;
            let elsewhere = |head: zegel_ledger::Head| head.sequence == commit.sequence && head.hash != entry.hash();
            if self.head.is_some_and(elsewhere) && !zegel_crypto::sabotage::is("portal-head") {
                return Err(Refusal::Fork);
            }
            self.take_slips(&slips_of(&commit, page))?;
            let commit = self.book.log.admit_as_party(entry, &self.staff)?;
            let own = commit.changes.iter().filter_map(|change| match change {
                Change::Certify(device) if device.person == self.keys.person => Some(device.device),
                _ => None,
            });
            self.arrived.extend(own.map(|device| (device, commit.claimed_time)));
            self.take_wraps(&commit, blobs);
        }
        let waiting = if self.book.log.head() == page.head { page.slips.iter().collect() } else { Vec::new() };
        self.take_slips(&waiting)
    }

    fn take_slips(&mut self, slips: &[&SignedSlip]) -> Result<(), Refusal> {
        slips.iter().try_for_each(|slip| self.book.log.post_as_party(slip, &self.staff))
    }

    fn take_wraps(&mut self, commit: &Commit, blobs: &HashMap<Hash, Vec<u8>>) {
        let Book { log, seeds, .. } = &mut self.book;
        if !open_wraps(log, seeds, commit, blobs, |grant| self.keys.receives(grant)) {
            self.raise(Alarm::FalseWrap(self.log.to_string()));
        }
    }

    /// Opens everything that this person was given.
    async fn open_all(&mut self) -> Result<(), VaultError> {
        let missing = self.book.missing_halves(&self.halves);
        for wanted in missing.chunks(limits::HALVES) {
            let call = Halves { wanted: wanted.to_vec() };
            let answer = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            for ((_, half), served) in wanted.iter().zip(answer.served) {
                if let HalfServed::Half(bytes) = served {
                    self.halves.insert(*half, bytes);
                }
            }
        }
        let organisation = self.record.organisation;
        let states: Vec<_> = self.book.log.records().map(|(id, state)| (id, *state)).collect();
        for (id, state) in states {
            if self.opened.get(&id).is_some_and(|(known, _)| *known == state) {
                continue;
            }
            // Of a part, or an epoch, that they were not given.
            let Ok(key) = self.book.seeds.key(organisation, &self.book.log, &self.halves, state.at) else { continue };
            let sealed = self.blob(state.blob).await?;
            match open_record(organisation, self.log, &key, id, &state, &sealed) {
                Ok(Record::Compartments(kinds)) if state.made == 0 => self.book.kinds = kinds,
                Ok(record) => {
                    self.opened.insert(id, (state, record));
                }
                Err(_) => {
                    let author = self.name_of(state.author);
                    self.raise(Alarm::Unreadable(self.log.to_string(), author));
                }
            }
        }
        self.blobs.clear();
        self.tell_given_up();
        self.shown = self.book.log.head();
        let now = self.relay_time();
        self.opens = self.grants().filter_map(GrantState::opens).filter(|opens| now < *opens).min();
        self.note_claims();
        Ok(())
    }

    /// The relay's time, as far as it told it.
    fn relay_time(&self) -> u64 {
        self.ports.clock.now().saturating_add_signed(self.relay.skew())
    }

    async fn blob(&mut self, name: Hash) -> Result<Vec<u8>, VaultError> {
        if let Some(bytes) = self.blobs.get(&name) {
            return Ok(bytes.clone());
        }
        let call = Fetch { log: self.log, blob: name, offset: 0, length: limits::CHUNK as u64 };
        let fetched = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
        let genuine = zegel_crypto::blob_name(&fetched.bytes.0) == name;
        if genuine { Ok(fetched.bytes.0) } else { Err(VaultError::Unreadable) }
    }

    /// Opens a document into `sink`.
    pub async fn read_file(
        &mut self,
        item: &str,
        sink: &mut dyn FileSink,
        progress: &dyn Progress,
    ) -> Result<(), VaultError> {
        let record = self.opened.get(&id(item)?).map(|(_, record)| record.clone());
        let Some(Record::Document(document)) = record else { return Err(VaultError::NotFound) };
        let file = self.book.log.file(document.file).ok_or(VaultError::NotFound)?.file;
        let call = Halves { wanted: vec![(self.log, file.half)] };
        let answer = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
        let half = match answer.served.into_iter().next() {
            Some(HalfServed::Half(half)) => half,
            Some(HalfServed::No(problem)) => return Err(problem.into()),
            Some(HalfServed::Destroyed) | None => return Err(VaultError::Destroyed),
        };
        let opening = Opening { organisation: self.record.organisation, via: self.log, file, document, half };
        opening.run(&mut self.relay, &self.ports, &self.keys.signer(), sink, progress).await
    }

    /// Makes an entry of this person's own. `signer` is another key than the device's while the device is not known yet.
    pub(super) async fn append(&mut self, signer: Option<&Signer<'_>>, changes: &[Change]) -> Result<(), VaultError> {
        for _ in 0..ATTEMPTS {
            let draft = Draft { changes: changes.to_vec(), ..Draft::default() };
            // Who cannot see the directory relies on the head that the entry before relied on.
            let relied = self.book.log.relied_on();
            let commit = self.keys.commit(&self.book.log, relied, self.ports.clock.now(), &draft);
            let entry = Entry::sign(&commit, &self.keys.signing);
            let mut next = self.book.log.clone();
            next.admit_as_party(&entry, &self.staff)?;
            let part = LogAppend { log: self.log, kind: commit.kind, entries: vec![entry], blobs: Vec::new() };
            let append = Append { logs: vec![part], halves: Vec::new() };
            let own = self.keys.signer();
            let sent = self.relay.call(&self.ports, signer.unwrap_or(&own), &append).await;
            match sent.map_err(Outcome::from) {
                Ok(_) => {
                    self.book.log = next;
                    self.head = self.book.log.head();
                    return Ok(());
                }
                Err(Outcome::Conflict) => {
                    let key = zegel_crypto::SigningKey::from_seed(&self.keys.request.to_seed());
                    let own = Signer { key_id: self.keys.device.to_string(), key: &key };
                    Box::pin(self.pull(signer.unwrap_or(&own))).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(VaultError::ChangedFirst)
    }
}
