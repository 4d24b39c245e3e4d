//! Pulling: what others wrote is verified entry by entry before anything of it counts.

use std::collections::HashMap;

use zegel_crypto::{Hash, ReceivingPublic};
use zegel_dossier::{Record, policy::Role};
use zegel_ledger::{
    Change, Commit, Directory, Entry, Grant, Head, Log, LogId, LogKind, PersonId, Receiver, RecordId, RecordState,
    Refusal, Renewal, SignedSlip, Wrap,
};
use zegel_protocol::{
    calls::{Changes, Pull, Pulled},
    limits,
};

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    bundle,
    ports::{Table, Write},
    relay::Signer,
    session::anchor,
    shelf::Resealed,
    view::{Alarm, SyncView},
};

/// Seconds.
pub(crate) const DAY: u64 = 24 * 60 * 60;

/// After this long a removal or a renewal is done with by whoever was there, in seconds.
const SETTLED: u64 = 30 * DAY;

/// Clocks further apart than this are worth a sentence, in seconds.
const CLOCK_TOLERANCE: u64 = 60 * 60;

impl Vault {
    /// Asks for news, verifies it, and sends what waits. Being offline is not an error.
    pub async fn sync(&mut self) -> Result<SyncView, VaultError> {
        let outcome = self.try_sync().await;
        let admitted = self.directory.now().member(self.keys.person).is_some();
        self.offline = matches!(outcome, Err(VaultError::RelayUnreachable | VaultError::RelayBusy));
        self.waiting = !admitted && !self.offline;
        let changed = match outcome {
            Ok(changed) => changed,
            Err(VaultError::RelayUnreachable | VaultError::RelayBusy) => Vec::new(),
            // The relay does not know this device until a director has admitted its person.
            Err(VaultError::DeviceRemoved) if !admitted && !self.was_member() => Vec::new(),
            // What admitted it was lost: a colleague's device hands that back.
            Err(VaultError::DeviceRemoved) if admitted && self.relay.put_back().is_some() => {
                return Err(VaultError::RelayPutBack);
            }
            Err(error) => return Err(error),
        };
        Ok(SyncView { changed, offline: self.offline, waiting: self.queue.len() })
    }

    async fn try_sync(&mut self) -> Result<Vec<String>, VaultError> {
        // While it was put back, whether that is over.
        if self.relay.welcome().is_none() || self.relay.put_back().is_some() {
            self.relay.hello(&self.ports).await?;
        }
        if self.offline && self.directory.now().member(self.keys.person).is_some() {
            self.learn_names().await?;
            self.load_shelf().await?;
        }
        let skew = self.relay.skew();
        if skew.unsigned_abs() > CLOCK_TOLERANCE {
            self.raise(Alarm::Clock(skew));
        }
        let mut touched = Vec::new();
        let today = self.today();
        let earlier = self.looked_on == today;
        if !earlier {
            // What a relay left out once it need never name again: once a day it is asked for every log's head.
            (self.looked_on, self.cursor) = (today, 0);
        }
        loop {
            let call = Changes { cursor: self.cursor };
            let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            let (directory, logs): (Vec<_>, Vec<_>) =
                page.logs.into_iter().partition(|changed| changed.kind == LogKind::Directory);
            if !directory.is_empty() || self.directory.head().is_none() {
                let known = (self.directory.head(), self.newcomers.len());
                self.pull_own_directory().await?;
                if known != (self.directory.head(), self.newcomers.len()) {
                    touched.push(self.record.organisation.to_string());
                }
            }
            for changed in logs {
                // What this device wrote, or has already. A relay that names an old head could as well name nothing.
                let closed = self.closed.get(&changed.log);
                let held = self.slots.contains_key(&changed.log) || changed.kind == LogKind::Personal;
                let held = held || closed.is_some();
                let pending = self.books.get(&changed.log).map_or(0, |book| book.log.pending_slips().count());
                let pending = closed.map_or(pending, |closed| closed.pending as usize);
                let heard = usize::try_from(changed.slips) == Ok(pending);
                let known = held && heard && self.heads.get(&changed.log) == Some(&changed.head);
                let pulled = if known { Ok(()) } else { self.pull_kind(changed.log, changed.kind).await };
                match pulled {
                    Ok(()) if known => {}
                    Ok(()) => {
                        touched.push(changed.log.to_string());
                        self.note_withheld(changed.log, self.heads.get(&changed.log).copied(), Some(changed.head));
                    }
                    // A relay that was put back may not know yet what this person was granted instead.
                    Err(VaultError::LinkWithdrawn) if self.relay.put_back().is_some() => {}
                    Err(VaultError::LinkWithdrawn) => {
                        self.forget(changed.log).await?;
                        self.forget_closed(changed.log).await?;
                    }
                    // What waited for them ended meanwhile. To who was to claim it for somebody else the relay can say no more.
                    Err(VaultError::NotFound) if self.closed.contains_key(&changed.log) => {
                        self.forget_closed(changed.log).await?;
                    }
                    // The relay named it a moment ago.
                    Err(VaultError::NotFound) => self.raise(Alarm::Rollback(changed.log.to_string())),
                    Err(error) => return Err(error),
                }
            }
            if page.cursor < self.cursor {
                self.compare_all().await?;
            }
            if page.cursor != self.cursor {
                self.cursor = page.cursor;
                self.keep_directory().await?;
            }
            if !page.more {
                break;
            }
        }
        self.look_for_lost().await?;
        self.flush().await?;
        if self.directory.now().member(self.keys.person).is_some() {
            self.settle_keyring().await?;
            self.replace_keys().await?;
            self.end_overdue().await?;
            self.end_overdue_delegations().await?;
            self.look_at_closed(earlier).await?;
            // Whatever fails after it: what was claimed is told.
            self.note_claims();
            let tended = self.tend_dormant().await;
            self.note_claims();
            // Of anything else nothing is lost, and the next sync tries again.
            for outcome in [tended, self.shelve(earlier).await, self.end_left_visits().await, self.tend_beacons().await]
            {
                if let Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) = outcome {
                    return Err(error);
                }
            }
        }
        Ok(touched)
    }

    /// Compares every known log with the relay: it counts changes from an earlier one on than it did, so it was set back.
    async fn compare_all(&mut self) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let personal = self.heads.contains_key(&self.personal_log()).then(|| (self.personal_log(), LogKind::Personal));
        let known: Vec<_> = self.slots.iter().map(|(log, slot)| (*log, slot.kind)).chain(personal).collect();
        for (log, kind) in known {
            match self.pull_kind(log, kind).await {
                Err(VaultError::NotFound) => self.raise(Alarm::Rollback(log.to_string())),
                // What is no longer theirs holds up nothing else.
                Err(VaultError::LinkWithdrawn | VaultError::LinkExpired) => {}
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Notices a relay that names a later entry than it shows.
    fn note_withheld(&mut self, log: LogId, ours: Option<Head>, theirs: Option<Head>) {
        if theirs > ours && !zegel_crypto::sabotage::is("withheld") {
            self.raise(Alarm::Rollback(log.to_string()));
        }
    }

    /// Notices seeds that the log says were handed to this person, and that never came or are not what it says.
    fn note_missing_seeds(&mut self, book: &Book) {
        let own = book.log.grants_of(self.keys.person).flat_map(|state| book.log.wraps_of(state.grant.id));
        if own.flat_map(|wrap| &wrap.epochs).any(|at| !book.seeds.by_epoch.contains_key(at)) {
            self.raise(Alarm::FalseWrap(book.log.id().to_string()));
        }
    }

    /// Tells that the recovery sheets were used.
    fn note_recovery(&mut self, commit: &Commit) {
        if self.directory.is_by_recovery(commit) {
            self.raise(Alarm::Recovered(commit.log.to_string()));
        }
    }

    /// Days since 1970.
    pub(crate) fn today(&self) -> u64 {
        self.ports.clock.now() / DAY
    }

    fn was_member(&self) -> bool {
        self.directory.members().any(|(person, _)| person == self.keys.person)
    }

    /// Takes a log off the shelf that this person may read no longer.
    pub(crate) async fn forget(&mut self, log: LogId) -> Result<(), VaultError> {
        let key = log.0.to_vec();
        self.watch.forget(log);
        let deletes = [Table::Shelf, Table::Book, Table::Index].map(|table| Write::Delete(table, key.clone()));
        let entries = self.tail_deletes(log).await?;
        self.ports.store.write(entries.into_iter().chain(deletes).collect()).await?;
        self.books.remove(&log);
        self.slots.remove(&log);
        self.unshelved.remove(&log);
        self.index.forget(log);
        Ok(())
    }

    /// Pulls a log that is on the shelf.
    pub(crate) async fn pull(&mut self, log: LogId) -> Result<(), VaultError> {
        let kind = self.book(log).await?.log.kind();
        self.pull_kind(log, kind).await
    }

    pub(crate) async fn pull_kind(&mut self, id: LogId, kind: LogKind) -> Result<(), VaultError> {
        let known = match self.books.get(&id) {
            Some(book) => Some(book.clone()),
            None => match self.stored_book(id).await? {
                None => self.closed_book(id).await?,
                stored => stored,
            },
        };
        let mut book = known.unwrap_or_else(|| Book::new(Log::new(id, kind)));
        let first = book.log.next_sequence().max(book.attested.map_or(0, |head| head.sequence + 1));
        let mut kept = Vec::new();
        let mut entries = Vec::new();
        let mut handed_back = false;
        loop {
            let call = Pull { log: id, from: book.log.next_sequence(), limit: limits::PAGE, blobs: true };
            let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            self.keep_slips(&page.slips).await?;
            if let Some(alarm) = behind(&book.log, page.head) {
                if !handed_back && self.hand_back(id, page.head).await? {
                    handed_back = true;
                    continue;
                }
                if self.shows_fork(&book.log).await || self.shows_other(&book.log, page.head).await {
                    book.read_only = true;
                    self.raise(Alarm::Fork(id.to_string()));
                } else {
                    self.raise(alarm);
                }
                break;
            }
            let blobs = named(&page);
            let known = self.directory.head();
            let before = book.log.next_sequence();
            let taken = self.take_page(&mut book, &page, &blobs);
            let count = usize::try_from(book.log.next_sequence() - before).unwrap_or_default();
            entries.extend(page.entries.iter().take(count).cloned());
            if let Err(refusal) = taken {
                if refusal == Refusal::DirectoryHead {
                    // Somebody relied on a directory that is newer than the one here.
                    self.pull_own_directory().await?;
                    if self.directory.head() != known {
                        kept.extend(blobs.into_values());
                        continue;
                    }
                }
                if page.entries.iter().any(|entry| book.log.is_forked_by(entry, &self.directory)) {
                    book.read_only = true;
                    self.raise(Alarm::Fork(id.to_string()));
                } else {
                    self.raise(alarm_of(id, refusal));
                }
                kept.extend(blobs.into_values());
                break;
            }
            kept.extend(blobs.into_values());
            if page.entries.is_empty() || book.log.head() == page.head {
                self.note_withheld(id, book.log.head(), page.head);
                break;
            }
        }
        if let Some(head) = self.heads.get(&id)
            && Some(*head) > book.log.head()
        {
            self.raise(Alarm::Rollback(id.to_string()));
            return Ok(());
        }
        if kind == LogKind::Dossier && self.waits_in(&book.log) {
            let life = book.log.founding().map(|founding| founding.life);
            if let Some(life) = life
                && !self.is_served(id, life).await?
            {
                return self.keep_closed(book, &entries).await;
            }
        }
        if self.closed.contains_key(&id) {
            self.forget_closed(id).await?;
            // It opened while its entries came without what they name.
            if book.seeds.by_epoch.is_empty() {
                return Box::pin(self.pull_kind(id, kind)).await;
            }
        }
        // What does not lead to the head that was attested was verified by nobody.
        if book.log.head().is_some() && book.attested.is_none() {
            self.check_consent(&book).await;
            book.doubt(first, &self.directory);
            let unconfirmed = book.doubtful.len();
            // Nobody else writes in a personal log, so nobody else confirms it.
            if unconfirmed > 0 && kind != LogKind::Personal {
                self.raise(Alarm::Unconfirmed(id.to_string(), unconfirmed));
            }
            self.note_missing_seeds(&book);
            self.keep(book, kept, entries).await?;
        }
        Ok(())
    }

    /// Whether the relay shows another entry, by somebody who may write there, in the place of the last one.
    async fn shows_fork(&mut self, log: &Log) -> bool {
        let Some(head) = log.head() else { return false };
        let call = Pull { log: log.id(), from: head.sequence, limit: 1, blobs: false };
        let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await;
        page.is_ok_and(|page| page.entries.iter().any(|entry| log.is_forked_by(entry, &self.directory)))
    }

    /// Whether the relay, which is behind, shows an entry by somebody who may write there that did not lead here.
    async fn shows_other(&mut self, log: &Log, theirs: Option<Head>) -> bool {
        let (Some(theirs), Some(ours)) = (theirs, log.head()) else { return false };
        let Ok(Some(tail)) = self.tail(log.id(), ours, theirs.sequence).await else { return false };
        let call = Pull { log: log.id(), from: theirs.sequence, limit: 1, blobs: false };
        let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await;
        let other = |entry: &Entry| {
            let there = entry.commit().is_ok_and(|commit| commit.sequence == theirs.sequence);
            there && tail.first().map(Entry::hash) != Some(entry.hash()) && log.is_by_writer(entry, &self.directory)
        };
        page.is_ok_and(|page| page.entries.iter().any(other))
    }

    /// Whether a disclosure rests on what its dossier says: that consent, there, for that receiver's key. The relay asks
    /// the same; whoever holds the dossier need not take its word.
    async fn check_consent(&mut self, book: &Book) {
        let Some(source) = book.log.founding().and_then(|founding| founding.source.as_ref()) else { return };
        let position = source.consent;
        let Ok(dossier) = self.book(position.log).await else { return };
        let rests = dossier.log.consent(position.consent).is_some_and(|consent| {
            let agreed = |key| key == consent.consent.receiver_key;
            let links = book.log.grants().filter(|state| matches!(state.grant.receiver, Receiver::Link(_)));
            consent.entry == position.entry && links.map(|state| state.grant.receiver_key).all(agreed)
        });
        let known = dossier.log.next_sequence() > position.entry.sequence;
        if known && !rests {
            self.raise(alarm_of(book.log.id(), Refusal::Consent));
        }
    }

    fn take_page(&mut self, book: &mut Book, page: &Pulled, blobs: &HashMap<Hash, Vec<u8>>) -> Result<(), Refusal> {
        for entry in &page.entries {
            let commit = entry.commit()?;
            let known = [self.heads.get(&commit.log).copied(), book.attested];
            let leads_elsewhere = |head: &Head| head.sequence == commit.sequence && head.hash != entry.hash();
            if known.iter().flatten().any(leads_elsewhere) && !zegel_crypto::sabotage::is("known-head") {
                return Err(Refusal::Fork);
            }
            if let Some(attested) = book.attested.filter(|attested| commit.sequence <= attested.sequence) {
                for slip in slips_of(&commit, page) {
                    book.log.replay_slip(slip)?;
                }
                book.log.replay(entry, &self.directory)?;
                if commit.sequence == attested.sequence {
                    book.attested = None;
                }
                continue;
            }
            let before = resealed(&commit, &book.log);
            let let_in = self.lets_in(&book.log, &commit);
            let commit = take_entry(&mut book.log, entry, page, &self.directory)?;
            let pairs = before.into_iter().filter_map(|(record, before)| {
                let after = *book.log.record(record)?;
                Some(Resealed { log: commit.log, record, before, after })
            });
            self.resealed.extend(pairs);
            book.let_in = let_in.or(book.let_in);
            self.note_recovery(&commit);
            self.take_wraps(book, &commit, blobs);
        }
        take_waiting(&mut book.log, page, &self.directory)?;
        book.keep_registered(&page.slips);
        let links: Vec<_> = book.registered.iter().filter_map(|slip| Some(slip.slip().ok()?.author)).collect();
        for (at, link) in links.iter().enumerate() {
            if links[..at].contains(link) {
                let link = link.to_string();
                let share = book.log.kind() == LogKind::Disclosure;
                self.raise(if share { Alarm::ReceiverTwice(link) } else { Alarm::RegisteredTwice(link) });
            }
        }
        Ok(())
    }

    /// Opens the wraps that are for this person, and recomputes everybody else's.
    fn take_wraps(&mut self, book: &mut Book, commit: &Commit, blobs: &HashMap<Hash, Vec<u8>>) {
        let alarms =
            learn(&book.log, &mut book.seeds, commit, blobs, &self.directory, |grant| self.keys.receives(grant));
        alarms.into_iter().for_each(|alarm| self.raise(alarm));
    }

    /// Pulls the directory with this device's key.
    pub(crate) async fn pull_own_directory(&mut self) -> Result<(), VaultError> {
        let key = zegel_crypto::SigningKey::from_seed(&self.keys.request.to_seed());
        let signer = Signer { key_id: self.keys.device.to_string(), key: &key };
        self.pull_directory(&signer).await?;
        self.check_keyring().await?;
        self.learn_names().await
    }

    /// Pulls and verifies the directory. Its names stay closed: only a device that is in it gets their halves.
    pub(crate) async fn pull_directory(&mut self, signer: &Signer<'_>) -> Result<(), VaultError> {
        let id = self.record.organisation;
        let mut kept = Vec::new();
        let mut handed_back = false;
        loop {
            let from = self.directory.log().next_sequence();
            let call = Pull { log: id, from, limit: limits::PAGE, blobs: true };
            let page = self.relay.call(&self.ports, signer, &call).await?;
            self.keep_slips(&page.slips).await?;
            if let Some(alarm) = behind(self.directory.log(), page.head) {
                if !handed_back && self.hand_back_directory(page.head).await? {
                    handed_back = true;
                    continue;
                }
                self.raise(alarm);
                break;
            }
            let blobs = named(&page);
            let taken = self.take_directory_page(&page, &blobs);
            kept.extend(blobs.into_values());
            if let Err(refusal) = taken {
                let log = self.directory.log();
                let forked = page.entries.iter().any(|entry| log.is_forked_by(entry, &self.directory));
                self.raise(if forked { Alarm::Fork(id.to_string()) } else { alarm_of(id, refusal) });
                return Err(refusal.into());
            }
            if page.entries.is_empty() || self.directory.head() == page.head {
                self.note_withheld(id, self.directory.head(), page.head);
                break;
            }
        }
        self.keep_blobs(kept).await?;
        self.keep_directory().await?;
        self.take_given_up().await
    }

    fn take_directory_page(&mut self, page: &Pulled, blobs: &HashMap<Hash, Vec<u8>>) -> Result<(), Refusal> {
        for entry in &page.entries {
            let mut next = self.directory.clone();
            let commit = take_directory_entry(&mut next, entry, page)?;
            // Before anything of a directory is believed: it is the one this person's keyring is tied to.
            let tied = next.root().is_some_and(|root| anchor(next.organisation(), root) == self.keys.keyring.anchor());
            if !tied && !zegel_crypto::sabotage::is("anchor") {
                return Err(Refusal::Founding);
            }
            self.directory = next;
            self.note_recovery(&commit);
            self.note_restored(&commit);
            self.directory_entries.push(entry.clone());
            self.note_people(&commit);
            let alarms = learn(self.directory.log(), &mut self.names, &commit, blobs, &self.directory, |grant| {
                self.keys.receives(grant)
            });
            alarms.into_iter().for_each(|alarm| self.raise(alarm));
        }
        take_directory_waiting(&mut self.directory, page)?;
        self.keep_newcomers(&page.slips);
        Ok(())
    }

    /// Remembers whose keys must be replaced wherever this person manages. To a device that is new here an old change is
    /// history: others have long done what it takes, and looking would pull every dossier.
    fn note_people(&mut self, commit: &Commit) {
        let new_here = !self.heads.contains_key(&self.record.organisation);
        let settled = self.visit || commit.claimed_time.saturating_add(SETTLED) < self.ports.clock.now();
        if new_here && settled {
            return;
        }
        for change in &commit.changes {
            match change {
                Change::Remove(person) => {
                    self.unsettled.insert(*person);
                    // What waited for them waits for nobody.
                    self.unsettled.extend(self.formerly.get(person));
                }
                Change::Renew(Renewal { person, .. }) => {
                    self.unsettled.insert(*person);
                    // Whoever never knew the old keys has compared none of them.
                    if let Some(name) = self.people.get(person).filter(|_| *person != self.keys.person) {
                        self.raise(Alarm::Renewed(name.clone()));
                    }
                }
                Change::Certify(certificate) if !new_here => self.note_device(certificate.person, commit),
                _ => {}
            }
        }
    }

    /// Tells of a device that came after its person did, once: who did not let it in ends it, or says so.
    fn note_device(&mut self, person: PersonId, commit: &Commit) {
        let came_along = |change: &Change| matches!(change, Change::Admit(admission) if admission.person == person);
        if commit.changes.iter().any(came_along) || zegel_crypto::sabotage::is("new-device") {
            return;
        }
        if person == self.keys.person {
            self.raise(Alarm::OwnNewDevice);
        } else if let Some(name) = self.people.get(&person) {
            self.raise(Alarm::NewDevice(name.clone()));
        }
    }

    /// Opens the names in the directory.
    pub(crate) async fn learn_names(&mut self) -> Result<(), VaultError> {
        let book = self.directory_book();
        match self.need_halves(&[&book]).await {
            // Without the relay names stay closed; the sync that finds it again opens them.
            Err(VaultError::RelayUnreachable | VaultError::RelayBusy) => {
                self.offline = true;
                return Ok(());
            }
            other => other?,
        }
        let records: Vec<_> = book.log.records().map(|(id, state)| (id, *state)).collect();
        let mut another = false;
        for (id, state) in records {
            match self.record(&book, id).await {
                Ok(Record::Verification(said)) => {
                    self.verifications.insert((state.sequence, id), (state.author, said));
                }
                Ok(said) if !self.counts(&state, &said) => {}
                Ok(Record::Person(person)) => {
                    let role = person.role.as_deref().and_then(Role::from_name);
                    self.roles.extend(role.map(|role| (person.person, role)));
                    self.formerly.extend(person.formerly.map(|former| (person.person, former)));
                    self.people.insert(person.person, person.name);
                }
                Ok(Record::Policy(policy)) => another |= self.learn_policy(id, policy),
                Ok(Record::Organisation(organisation)) => self.organisation = organisation.name,
                Ok(Record::Review(review)) => self.note_review(review.day, state.author),
                Ok(Record::Invitation(invitation)) => {
                    self.invitations.insert(invitation.link, invitation);
                }
                _ => {}
            }
        }
        if another { self.keep_directory().await } else { Ok(()) }
    }

    /// A person's name, or their id where no name is known.
    pub(crate) fn name_of(&self, person: zegel_ledger::PersonId) -> String {
        self.people.get(&person).cloned().unwrap_or_else(|| person.to_string())
    }
}

/// The records that a commit seals again, as they were before.
fn resealed(commit: &Commit, log: &Log) -> Vec<(RecordId, RecordState)> {
    let records = commit.changes.iter().filter_map(|change| match change {
        Change::Reseal(put) => Some(put.record),
        _ => None,
    });
    records.filter_map(|record| Some((record, *log.record(record)?))).collect()
}

/// The slips that a commit names, as far as the page has them.
pub(crate) fn slips_of<'p>(commit: &Commit, page: &'p Pulled) -> Vec<&'p SignedSlip> {
    page.slips.iter().filter(|slip| commit.slips.contains(&slip.hash())).collect()
}

/// Accepts a log's next entry after the slips that it names, by the directory that its author relied on and no later.
pub(crate) fn take_entry(
    log: &mut Log,
    entry: &Entry,
    page: &Pulled,
    directory: &Directory,
) -> Result<Commit, Refusal> {
    let commit = entry.commit()?;
    let relied_on = commit.directory.map_or(Ok(directory.now()), |head| directory.at(head))?;
    for slip in slips_of(&commit, page) {
        log.post_earlier(slip, directory, relied_on)?;
    }
    log.admit(entry, directory)
}

/// Accepts the slips that wait for a log's next entry; only the page that ends at its head has these.
pub(crate) fn take_waiting(log: &mut Log, page: &Pulled, directory: &Directory) -> Result<(), Refusal> {
    let waiting = if log.head() == page.head { &page.slips[..] } else { &[] };
    waiting.iter().try_for_each(|slip| log.post_earlier(slip, directory, directory.now()))
}

/// Accepts the directory's next entry after the slips that it names.
pub(crate) fn take_directory_entry(directory: &mut Directory, entry: &Entry, page: &Pulled) -> Result<Commit, Refusal> {
    for slip in slips_of(&entry.commit()?, page) {
        directory.post(slip)?;
    }
    directory.admit(entry)
}

/// Accepts the slips that wait for the directory's next entry.
pub(crate) fn take_directory_waiting(directory: &mut Directory, page: &Pulled) -> Result<(), Refusal> {
    let waiting = if directory.head() == page.head { &page.slips[..] } else { &[] };
    waiting.iter().try_for_each(|slip| directory.post(slip))
}

/// Blobs by the name that they have, whatever the relay says they are.
pub(crate) fn named(page: &Pulled) -> HashMap<Hash, Vec<u8>> {
    by_name(page.blobs.iter().map(|bytes| &bytes.0))
}

/// Blobs by the name that they have.
pub(crate) fn by_name<'b>(blobs: impl IntoIterator<Item = &'b Vec<u8>>) -> HashMap<Hash, Vec<u8>> {
    blobs.into_iter().map(|bytes| (zegel_crypto::blob_name(bytes), bytes.clone())).collect()
}

/// Whether the relay's head is older than, or other than, the one that was seen. Its word alone proves no fork.
pub(crate) fn behind(log: &Log, theirs: Option<Head>) -> Option<Alarm> {
    let ours = log.head()?;
    if zegel_crypto::sabotage::is("high-water") {
        return None;
    }
    match theirs {
        Some(theirs) if theirs.sequence > ours.sequence => None,
        Some(theirs) if theirs == ours => None,
        _ => Some(Alarm::Rollback(log.id().to_string())),
    }
}

pub(crate) fn alarm_of(log: LogId, refusal: Refusal) -> Alarm {
    Alarm::Refused(log.to_string(), refusal.to_string())
}

/// Takes the seeds that a commit's wraps hold for us, and checks the wraps that are for others.
pub(crate) fn learn<'k>(
    log: &Log,
    seeds: &mut Seeds,
    commit: &Commit,
    blobs: &HashMap<Hash, Vec<u8>>,
    directory: &Directory,
    ours: impl Fn(&Grant) -> Option<&'k zegel_crypto::ReceivingKey>,
) -> Vec<Alarm> {
    let opened = open_wraps(log, seeds, commit, blobs, ours);
    let holds = opened && (zegel_crypto::sabotage::is("wrap-check") || wraps_hold(log, seeds, commit, directory));
    if holds { Vec::new() } else { vec![Alarm::FalseWrap(log.id().to_string())] }
}

/// Takes the seeds that a commit's wraps hold for us. False if one does not hold what it says.
pub(crate) fn open_wraps<'k>(
    log: &Log,
    seeds: &mut Seeds,
    commit: &Commit,
    blobs: &HashMap<Hash, Vec<u8>>,
    ours: impl Fn(&Grant) -> Option<&'k zegel_crypto::ReceivingKey>,
) -> bool {
    let mut all_open = true;
    for wrap in wraps(commit) {
        let Some(state) = log.grant(wrap.grant) else { continue };
        let Some(key) = ours(&state.grant) else { continue };
        match blobs.get(&wrap.blob).map(|bytes| bundle::open(log, &state.grant, wrap, bytes.clone(), key)) {
            Some(Ok(opened)) => seeds.by_epoch.extend(opened),
            Some(Err(_)) => all_open = false,
            None => {}
        }
    }
    all_open
}

/// Whether the wraps for others are what they say, as far as the seeds held here tell: each is made again.
fn wraps_hold(log: &Log, seeds: &Seeds, commit: &Commit, directory: &Directory) -> bool {
    wraps(commit).all(|wrap| {
        let Some(state) = log.grant(wrap.grant) else { return true };
        let Some(public) = named_key(directory, log, &state.grant) else { return true };
        let made = bundle::make(log.id(), &state.grant, &public, &wrap.epochs, seeds);
        made.is_none_or(|(made, _)| made.blob == wrap.blob)
    })
}

fn wraps(commit: &Commit) -> impl Iterator<Item = &Wrap> {
    commit.changes.iter().filter_map(|change| if let Change::Wrap(wrap) = change { Some(wrap) } else { None })
}

/// The key that a grant names: the receiver's, or one that they had.
pub(crate) fn named_key(directory: &Directory, log: &Log, grant: &Grant) -> Option<ReceivingPublic> {
    let Receiver::Person(person) = &grant.receiver else { return public_of(directory, log, &grant.receiver) };
    let member = directory.now().member(*person)?;
    member.receiving_keys().find(|key| key.hash() == grant.receiver_key).cloned()
}

/// The key that a receiver's wraps are made to from now on.
pub(crate) fn public_of(directory: &Directory, log: &Log, receiver: &Receiver) -> Option<ReceivingPublic> {
    match receiver {
        Receiver::Person(person) => directory.now().receiving(*person).cloned(),
        Receiver::Recovery => directory.recovery().map(|recovery| recovery.receiving.clone()),
        Receiver::Link(link) => Some(link.receiving.clone()),
        Receiver::Party(person) => log.party(*person).map(|known| known.party.receiving.clone()),
    }
}
