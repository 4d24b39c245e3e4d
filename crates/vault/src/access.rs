//! Who of the colleagues may open a dossier: letting somebody in, whole or in part, for good or for a time; and ending it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zegel_crypto::{Key, ReceivingPublic, Seed};
use zegel_dossier::{CompartmentKind, Record};
use zegel_ledger::{
    Change, CompartmentEpoch, CompartmentId, Grant, GrantId, GrantState, Log, LogId, LogKind, PersonId, Receiver,
    RecordId, Rights,
};

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    dormant::DormantLine,
    dossiers::id,
    session::staff_grant,
    shelf::version,
    sync::named_key,
    view::{Alarm, ReaderView},
    write::Draft,
};

/// What a colleague is let into, within what their role gets. By default: all of it, from the beginning, for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTerms {
    /// Only these kinds of compartment, by name, and the trail that everybody needs; none named is all.
    pub parts: Vec<String>,
    /// Served before this time, in seconds since 1970. The first vault of a manager that is online after it ends the grant.
    pub until: Option<u64>,
    /// Only what is written from now on, and these items of what was there before.
    pub from_now: Option<Vec<String>>,
}

impl AccessTerms {
    /// Whether somebody stands in for a colleague, for a time or without the past: they read, write and share, but neither
    /// let others in nor close.
    fn is_passing(&self) -> bool {
        self.until.is_some() || self.from_now.is_some()
    }

    pub(crate) fn kinds(&self) -> Result<Vec<CompartmentKind>, VaultError> {
        let kind = |name: &String| CompartmentKind::ALL.into_iter().find(|kind| kind.name() == name);
        let named: Option<Vec<_>> = self.parts.iter().map(kind).collect();
        let mut named = named.ok_or(VaultError::UnknownPart)?;
        if named.is_empty() {
            return Ok(CompartmentKind::ALL.to_vec());
        }
        named.push(CompartmentKind::Trail);
        Ok(named)
    }
}

/// Epochs that a draft opens: seeds to wrap, and keys to seal with.
pub(crate) struct Opened {
    pub(crate) seeds: Seeds,
    keys: BTreeMap<CompartmentId, (CompartmentEpoch, Key)>,
}

impl Vault {
    /// Lets a colleague into a dossier, its history included, with what their role gets; see [`Self::let_in`].
    pub async fn grant(&mut self, dossier: &str, person: &str) -> Result<(), VaultError> {
        match self.let_in(dossier, person, &AccessTerms::default()).await {
            Err(VaultError::ReadsAlready(name)) => {
                let log = self.dossier_id(dossier)?;
                let book = self.book(log).await?.clone();
                let lasting = |reader: &ReaderView| reader.until.is_none() && !reader.from_now;
                let known = self.readers(&book).into_iter().find(|reader| reader.person == person.trim());
                // Somebody who stands in for a while has not got what is given here.
                if known.as_ref().is_some_and(lasting) { Ok(()) } else { Err(VaultError::ReadsAlready(name)) }
            }
            outcome => outcome,
        }
    }

    /// Lets a colleague into a dossier on these terms. Refused while they have not signed the pledge in force, and when
    /// they have access already: that is ended first, so that nobody holds more than the last terms say.
    pub async fn let_in(&mut self, dossier: &str, person: &str, terms: &AccessTerms) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        let person: PersonId = id(person)?;
        let kinds = terms.kinds()?;
        if terms.until.is_some_and(|until| until <= self.ports.clock.now()) {
            return Err(VaultError::DateInPast);
        }
        let picked = terms.from_now.iter().flatten().map(|item| id(item)).collect::<Result<Vec<RecordId>, _>>()?;
        if self.need_pledge(person).is_err() {
            // They may have signed it a moment ago.
            self.pull_own_directory().await?;
        }
        if terms.from_now.is_some() {
            self.open_all(log, &picked).await?;
        }
        let outcome = self.change(log, |vault, book, draft| {
            let member = vault.directory.now().member(person).ok_or(VaultError::NotFound)?;
            let public = member.receiving().clone();
            if book.log.grants_of(person).any(|state| state.gate().is_none()) {
                return Err(VaultError::ReadsAlready(vault.name_of(person)));
            }
            vault.need_pledge(person)?;
            let (dormant, opened) = vault.draft_instead_of_claims(draft, book, person, terms);
            let given = |at: &CompartmentId, of: &[CompartmentKind]| {
                let within = |kind| of.contains(&kind) && kinds.contains(&kind);
                book.kinds.kind(*at).is_some_and(within)
            };
            let parts = vault.role_rules(vault.role_of(person))?.grants();
            let seeds = if terms.from_now.is_some() && !zegel_crypto::sabotage::is("from-now") {
                let chosen = |at| opened || parts.iter().any(|(_, of)| given(&at, of));
                let opened = vault.draft_epochs(draft, book, &dormant, chosen);
                vault.draft_again(draft, book, &opened, &picked)?;
                opened.seeds
            } else {
                let mut seeds = book.seeds.clone();
                if opened {
                    seeds.by_epoch.extend(vault.draft_epochs(draft, book, &dormant, |_| true).seeds.by_epoch);
                }
                seeds
            };
            let mut let_in = false;
            for (rights, of) in &parts {
                let managed =
                    |at: &&CompartmentEpoch| given(&at.compartment, of) && vault.manages(&book.log, at.compartment);
                let epochs: Vec<CompartmentEpoch> = seeds.by_epoch.keys().filter(managed).copied().collect();
                let mut compartments: Vec<CompartmentId> = epochs.iter().map(|at| at.compartment).collect();
                compartments.dedup();
                if compartments.is_empty() {
                    continue;
                }
                let kept = Rights::READ | Rights::WRITE | Rights::DISCLOSE;
                let rights = if terms.is_passing() { Rights(rights.0 & kept.0) } else { *rights };
                let (id, receiver) = (GrantId::make(&mut vault.ports.rng()), Receiver::Person(person));
                let grant = staff_grant(id, receiver, public.hash(), rights, compartments);
                draft.grant(log, &Grant { until: terms.until, ..grant }, &public, &epochs, &seeds);
                let_in = true;
            }
            if let_in { Ok(()) } else { Err(VaultError::NoRight) }
        });
        outcome.await?;
        self.tell_names(log).await
    }

    /// Ends the dormant grants in whose place somebody is let in: those that opened, so that they hold no more than these terms
    /// say, and for good the others that were for them alone. Gives which, and whether one of them opened.
    fn draft_instead_of_claims(
        &self,
        draft: &mut Draft,
        book: &Book,
        person: PersonId,
        terms: &AccessTerms,
    ) -> (Vec<GrantId>, bool) {
        let now = self.relay_time();
        let alone = |state: &GrantState| DormantLine::of(state).is_some_and(|line| line.alone);
        let dormant: Vec<&GrantState> = book
            .log
            .living_grants_of(person)
            .filter(|state| state.gate().is_some())
            .filter(|state| state.is_open(now) || !terms.is_passing() && alone(state))
            .collect();
        let ended: Vec<GrantId> = dormant.iter().map(|state| state.grant.id).collect();
        draft.changes.extend(ended.iter().copied().map(Change::Revoke));
        (ended, dormant.iter().any(|state| state.is_open(now)))
    }

    /// Ends somebody's access to a dossier and opens new epochs for those who stay; or withdraws their invitation. Refused to who does not manage all
    /// that the colleague holds, and of one's own: whoever ends it stays.
    pub async fn end_access(&mut self, dossier: &str, person: &str) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        let person: PersonId = id(person)?;
        let book = self.book(log).await?.clone();
        if person == self.keys.person {
            return Err(VaultError::OwnAccess);
        }
        if self.withdraw_party(log, person).await? {
            return Ok(());
        }
        if book.log.grants_of(person).chain(book.log.party_grants(person)).next().is_none() {
            return Err(VaultError::NotFound);
        }
        let theirs = |receiver: &Receiver| receiver.is(person) || *receiver == Receiver::Party(person);
        let ended = self.end_grants(log, |state| theirs(&state.grant.receiver)).await?;
        if ended { Ok(()) } else { Err(VaultError::NoRight) }
    }

    /// Ends the grants whose date has passed, wherever this person manages: the relay serves them no more, and from here on
    /// what it served opens nothing new.
    pub(crate) async fn end_overdue(&mut self) -> Result<(), VaultError> {
        let now = self.ports.clock.now();
        let due = self.slots.iter().filter(|(_, slot)| slot.ends.is_some_and(|ends| ends <= now));
        for log in due.map(|(log, _)| *log).collect::<Vec<LogId>>() {
            let over = move |state: &GrantState| state.grant.until.is_some_and(|until| until <= now);
            // Whose own time is over keeps nothing of it, whatever the relay still serves.
            let book = self.book_in_passing(log).await?;
            let asks = self.relay_time();
            if book.log.grants_of(self.keys.person).all(|state| over(state) || !state.is_open(asks)) {
                let waits = self.waits_in(&book.log);
                self.forget(log).await?;
                // By another grant they may be let in later.
                if waits {
                    self.pull_kind(log, LogKind::Dossier).await?;
                }
                continue;
            }
            match self.end_grants(log, over).await {
                Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                Err(error) => self.raise(Alarm::Refused(log.to_string(), error.to_string())),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// Replaces keys wherever somebody who left or renewed theirs could still use the old ones and this person manages: who
    /// left is shut out, who renewed holds the same under the new key. Whoever did it may not read every dossier, or may
    /// have been stopped half-way, so every vault that learns of it does this.
    pub(crate) async fn replace_keys(&mut self) -> Result<(), VaultError> {
        while let Some(person) = self.unsettled.first().copied() {
            if self.leads() {
                self.change_directory(None, |vault, draft| {
                    let book = vault.directory_book();
                    vault.draft_replacement(draft, &book, person);
                    Ok(())
                })
                .await?;
            }
            for log in self.dossiers_of(person).await? {
                let outcome = self.change(log, |vault, book, draft| {
                    vault.draft_replacement(draft, book, person);
                    Ok(())
                });
                match outcome.await.map_err(VaultError::from) {
                    Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                    // One dossier that refuses must not keep the others open.
                    Err(error) => self.raise(Alarm::Refused(log.to_string(), error.to_string())),
                    Ok(()) => {}
                }
            }
            self.note_waiting(person).await?;
            self.unsettled.remove(&person);
            self.keep_directory().await?;
        }
        Ok(())
    }

    fn draft_replacement(&mut self, draft: &mut Draft, book: &Book, person: PersonId) {
        if self.directory.now().member(person).is_none() {
            if book.log.kind() == LogKind::Dossier && self.returned_as(person).is_some() {
                return self.draft_waiting(draft, book, person);
            }
            self.draft_end(draft, book, |state| state.grant.receiver.is(person));
        } else if book.log.living_grants_of(person).any(|state| self.successor_of(&book.log, state).is_some()) {
            self.draft_epochs(draft, book, &[], |_| true);
        }
    }

    /// Ends colleagues' and parties' grants in a dossier. False if there are none, or if somebody else manages part of them.
    pub(crate) async fn end_grants(
        &mut self,
        log: LogId,
        which: impl Fn(&GrantState) -> bool,
    ) -> Result<bool, VaultError> {
        Ok(self.change(log, |vault, book, draft| Ok(vault.draft_end(draft, book, &which))).await?)
    }

    /// Revokes colleagues' grants and opens the next epoch of every compartment for those who stay.
    pub(crate) fn draft_end(&mut self, draft: &mut Draft, book: &Book, which: impl Fn(&GrantState) -> bool) -> bool {
        let living = book.log.grants().filter(|state| state.revoked.is_none() && which(state));
        let ended: Vec<&GrantState> =
            living.filter(|state| matches!(state.grant.receiver, Receiver::Person(_) | Receiver::Party(_))).collect();
        let mut held = ended.iter().flat_map(|state| &state.grant.compartments).peekable();
        // A right that comes without keys takes no new ones when it ends, and managing something to end it.
        let keyless = held.peek().is_none();
        let barred = keyless && !book.log.rights(self.keys.person).allow(Rights::MANAGE);
        // Whoever manages a part would end the grant and leave the leaver the keys in force of the rest.
        if ended.is_empty() || barred || !held.all(|compartment| self.manages(&book.log, *compartment)) {
            return false;
        }
        let gone: Vec<GrantId> = ended.iter().map(|state| state.grant.id).collect();
        draft.changes.extend(gone.iter().copied().map(Change::Revoke));
        if !keyless {
            self.draft_epochs(draft, book, &gone, |_| true);
        }
        true
    }

    /// Whether this person may let others into a compartment, and open its next epoch.
    pub(crate) fn manages(&self, log: &Log, compartment: CompartmentId) -> bool {
        let leads = log.kind() == LogKind::Directory && self.leads();
        leads || log.rights_in(self.keys.person, compartment).allow(Rights::MANAGE)
    }

    /// The key in whose favour a grant is replaced: its receiver has renewed theirs, and this person manages all of it.
    fn successor_of(&self, log: &Log, state: &GrantState) -> Option<ReceivingPublic> {
        let grant = &state.grant;
        let Receiver::Person(person) = &grant.receiver else { return None };
        // Made anew it would be unclaimed, and arranged by somebody else. Its receiver keeps their old keys for it.
        let arranged = state.gate().is_some() && (state.author != self.keys.person || !state.claims.is_empty());
        if arranged {
            return None;
        }
        let public = self.directory.now().receiving(*person)?;
        let managed = grant.compartments.iter().all(|compartment| self.manages(log, *compartment));
        (managed && public.hash() != grant.receiver_key && !zegel_crypto::sabotage::is("renewed-key"))
            .then(|| public.clone())
    }

    /// New epochs of the compartments that are chosen and managed, wrapped for every living grant but those that are `gone`.
    /// A grant whose receiver has renewed their keys is replaced on the way: nothing more is wrapped to the old ones.
    pub(crate) fn draft_epochs(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        gone: &[GrantId],
        chosen: impl Fn(CompartmentId) -> bool,
    ) -> Opened {
        let log = &book.log;
        let mut rng = self.ports.rng();
        let mut opened = Opened { seeds: Seeds::default(), keys: BTreeMap::new() };
        for (compartment, epochs) in log.compartments() {
            if !chosen(compartment) || !self.manages(log, compartment) {
                continue;
            }
            let at = CompartmentEpoch { compartment, epoch: epochs.last().map_or(0, |epoch| epoch.epoch) + 1 };
            let seed = Seed::make(&mut rng);
            let key = draft.open_epoch(&mut rng, log.id(), self.record.organisation, at, &seed);
            opened.seeds.by_epoch.insert(at, seed);
            opened.keys.insert(compartment, (at, key));
        }
        drop(rng);
        for state in log.grants().filter(|state| state.revoked.is_none() && !gone.contains(&state.grant.id)) {
            let covered = |at: &&CompartmentEpoch| state.grant.compartments.binary_search(&at.compartment).is_ok();
            let epochs: Vec<CompartmentEpoch> = opened.seeds.by_epoch.keys().filter(covered).copied().collect();
            if let Some(public) = self.successor_of(log, state) {
                self.draft_instead(draft, book, &state.grant, state.grant.receiver.clone(), &public, &opened.seeds);
            } else if let Some(public) = named_key(&self.directory, log, &state.grant)
                && !epochs.is_empty()
            {
                draft.wrap(log.id(), &state.grant, &public, &epochs, &opened.seeds);
            }
        }
        opened
    }

    /// Makes a grant in the place of another one, to another key: what that one held and what came after it, as far as this
    /// vault holds it too, and no more than that.
    pub(crate) fn draft_instead(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        old: &Grant,
        receiver: Receiver,
        public: &ReceivingPublic,
        opened: &Seeds,
    ) {
        let log = &book.log;
        let mut first: BTreeMap<CompartmentId, u64> = BTreeMap::new();
        for at in log.wraps_of(old.id).iter().flat_map(|wrap| &wrap.epochs) {
            let epoch = first.entry(at.compartment).or_insert(at.epoch);
            *epoch = at.epoch.min(*epoch);
        }
        let mut seeds = book.seeds.clone();
        seeds.by_epoch.extend(opened.by_epoch.iter().map(|(at, seed)| (*at, seed.clone())));
        let held = |at: &&CompartmentEpoch| first.get(&at.compartment).is_some_and(|first| at.epoch >= *first);
        let epochs: Vec<CompartmentEpoch> = seeds.by_epoch.keys().filter(held).copied().collect();
        let id = GrantId::make(&mut self.ports.rng());
        let grant = Grant { id, receiver, receiver_key: public.hash(), ..old.clone() };
        draft.changes.push(Change::Revoke(old.id));
        draft.grant(log.id(), &grant, public, &epochs, &seeds);
    }

    /// Opens what may be sealed again, so that [`Self::draft_again`] finds it. What was picked must be there and open; what
    /// else does not open keeps nobody out.
    async fn open_all(&mut self, log: LogId, picked: &[RecordId]) -> Result<(), VaultError> {
        let book = self.book(log).await?.clone();
        self.need_halves(&[&book]).await?;
        for record in picked {
            self.record(&book, *record).await?;
        }
        let records: Vec<RecordId> = book.log.records().map(|(id, _)| id).collect();
        for record in records {
            if let Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) =
                self.record(&book, record).await
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Seals in epochs that were just opened what somebody without the history must have all the same: which compartment is
    /// which, the dossier's title, and what was picked for them.
    fn draft_again(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        opened: &Opened,
        picked: &[RecordId],
    ) -> Result<(), VaultError> {
        for (record, state) in book.log.records() {
            let known = self.opened.get(&version(book, record, state)).cloned();
            let wanted = picked.contains(&record) || known.as_ref().is_some_and(goes_along);
            if !wanted {
                continue;
            }
            // Changed since it was opened.
            let content = known.ok_or(VaultError::ChangedFirst)?;
            let (at, key) = match opened.keys.get(&state.at.compartment) {
                Some(opened) => opened,
                // Of a part that they do not get.
                None if picked.contains(&record) => return Err(VaultError::NoRight),
                None => continue,
            };
            let (version, previous) = (state.version + 1, Some(state.blob));
            let place = self.keys.place(self.record.organisation, book.log.id(), *at, record, version, previous);
            draft.reseal(&mut self.ports.rng(), &mut self.keys, key, place, &content);
        }
        Ok(())
    }
}

/// What everybody needs who reads a dossier, from whichever day on: what it is, and who is who in it.
fn goes_along(record: &Record) -> bool {
    matches!(
        record,
        Record::Title(_) | Record::Compartments(_) | Record::Party(_) | Record::Names(_) | Record::Verification(_)
    )
}
