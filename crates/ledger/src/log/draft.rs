//! Judging one commit against a log's state without touching it.

mod delegates;
mod parties;

use std::collections::{BTreeMap, BTreeSet};

use zegel_crypto::Hash;

use super::{Closing, ConsentState, FileState, GrantState, Log, RecordState};
use crate::{
    Change, Commit, CompartmentEpoch, CompartmentId, ConsentId, Disclose, Epoch, Founding, Gate, Grant, GrantId,
    HalfId, Head, LogKind, Put, Receiver, RecordId, Refusal, Rights, Wrap, directory::View,
};
pub(super) use parties::NewParties;

/// What a judged commit changes.
#[derive(Default)]
pub(super) struct Done {
    pub(super) founding: Option<Founding>,
    pub(super) grants: Vec<GrantState>,
    pub(super) revoked: BTreeSet<GrantId>,
    pub(super) epochs: Vec<Epoch>,
    pub(super) wraps: Vec<Wrap>,
    pub(super) records: BTreeMap<RecordId, RecordState>,
    pub(super) files: Vec<FileState>,
    pub(super) consents: Vec<ConsentState>,
    pub(super) withdrawn: BTreeSet<ConsentId>,
    pub(super) disclosures: Vec<Disclose>,
    pub(super) destroyed: BTreeSet<HalfId>,
    pub(super) closed: Option<Closing>,
    pub(super) held: Option<bool>,
    pub(super) reasons: BTreeMap<GrantId, RecordId>,
    pub(super) parties: NewParties,
}

/// As whom somebody makes an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// Whoever brought the recovery sheets together.
    Root,
    /// A member, known by the directory.
    Member,
    /// Somebody outside the organisation, known by this log.
    Party,
}

/// By whom an entry is, and what whoever judges it knows besides the log.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) author: Author,
    /// The directory. Somebody outside the organisation has none: members are not looked up.
    pub(crate) view: Option<View<'a>>,
    /// Whether all slips are seen: a link sees its own.
    pub(crate) slips: bool,
}

/// A commit being judged.
pub(super) struct Draft<'a> {
    log: &'a Log,
    commit: &'a Commit,
    hash: Hash,
    view: Option<View<'a>>,
    author: Author,
    everything: bool,
    rights: Rights,
    done: Done,
}

/// What the root does after the founding: it makes directors, renews the recovery key, and gives directors dossiers. It
/// writes no content and ends nothing.
fn may_recover(kind: LogKind, commit: &Commit, view: Option<View<'_>>) -> Result<(), Refusal> {
    let directs = |grant: &Grant| match grant.receiver {
        Receiver::Person(person) => view.is_none_or(|view| view.is_director(person)),
        Receiver::Recovery => kind == LogKind::Directory,
        Receiver::Link(_) | Receiver::Party(_) => false,
    };
    let allowed = |change: &Change| match change {
        Change::Grant(grant) => directs(grant),
        Change::Wrap(_) => true,
        Change::Admit(admission) => kind == LogKind::Directory && admission.standing.is_director(),
        Change::Certify(_) | Change::Recovery(_) | Change::Put(_) => kind == LogKind::Directory,
        _ => false,
    };
    let fits = matches!(kind, LogKind::Directory | LogKind::Dossier);
    if fits && (commit.changes.iter().all(allowed) || zegel_crypto::sabotage::is("root-limits")) {
        Ok(())
    } else {
        Err(Refusal::Right)
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(log: &'a Log, commit: &'a Commit, hash: Hash, known: Known<'a>) -> Result<Self, Refusal> {
        let Known { author, view, slips } = known;
        let founds = matches!(commit.changes.first(), Some(Change::Found(_)));
        if founds != log.is_founding() {
            return Err(Refusal::Founding);
        }
        // A disclosure's receiver sees no slips but their own; those who see them all hold the author to them.
        if slips && !log.knows_pending(commit) && !zegel_crypto::sabotage::is("slips") {
            return Err(Refusal::Slip);
        }
        let directs = |view: View<'_>| view.is_director(commit.author) || delegates::may_act(log, commit, view);
        let director = log.kind() == LogKind::Directory && view.is_some_and(directs);
        let owner = log.kind() == LogKind::Personal && log.founder() == Some(commit.author);
        let recovery = author == Author::Root;
        if recovery && !founds {
            may_recover(log.kind(), commit, view)?;
        }
        let everything = founds || director || owner || recovery;
        let mut draft =
            Self { log, commit, hash, view, author, everything, rights: Rights::ADVISOR, done: Done::default() };
        if !everything {
            draft.rights = draft.held(|_| true);
        }
        Ok(draft)
    }

    /// What the author's living grants allow, of those that are chosen.
    fn held(&self, chosen: impl Fn(&Grant) -> bool) -> Rights {
        let fold = |rights, grant: &Grant| if chosen(grant) { rights | grant.rights } else { rights };
        let (log, person) = (self.log, self.commit.author);
        match self.author {
            Author::Party => log.party_grants(person).map(|state| &state.grant).fold(Rights::default(), fold),
            _ => log.grants_of(person).map(|state| &state.grant).fold(Rights::default(), fold),
        }
    }

    pub(super) fn change(&mut self, change: &Change) -> Result<(), Refusal> {
        match change {
            Change::Found(founding) => self.found(founding),
            Change::Grant(grant) => self.grant(grant),
            Change::Revoke(grant) => {
                self.need(Rights::MANAGE)?;
                if self.log.grant(*grant).is_none_or(|state| state.revoked.is_some()) {
                    return Err(Refusal::Reference);
                }
                self.done.revoked.insert(*grant);
                Ok(())
            }
            Change::Epoch(epoch) => self.epoch(epoch),
            Change::Wrap(wrap) => self.wrap(wrap),
            Change::Put(put) => {
                if !self.is_own_word(put) {
                    self.need_in(put.at.compartment, Rights::WRITE)?;
                }
                self.put(put, None)
            }
            Change::Reason(grant, put) => self.reason(*grant, put),
            Change::Reseal(put) => {
                let before = *self.log.last_version(put.record).ok_or(Refusal::Reference)?;
                // Only whoever opens an epoch seals again, in it: nobody else puts words in a colleague's mouth.
                let opens = |epoch: &Epoch| epoch.compartment == put.at.compartment && epoch.epoch == put.at.epoch;
                if !self.done.epochs.iter().any(opens) && !zegel_crypto::sabotage::is("reseal-epoch") {
                    return Err(Refusal::Epoch);
                }
                if self.done.records.contains_key(&put.record) {
                    return Err(Refusal::Version);
                }
                self.need_in(put.at.compartment, Rights::WRITE)?;
                self.put(put, Some(before))
            }
            Change::File(file) => {
                self.need_in(file.home, Rights::WRITE)?;
                if self.log.file(file.file).is_some() || self.done.files.iter().any(|f| f.file.file == file.file) {
                    return Err(Refusal::Reference);
                }
                self.new_half(file.half)?;
                self.done.files.push(FileState { file: *file, sequence: self.commit.sequence });
                Ok(())
            }
            Change::Consent(consent) => {
                if !self.rights.allow(Rights::DISCLOSE) && !self.rights.allow(Rights::CONSENT) {
                    return Err(Refusal::Right);
                }
                let twice = |state: &ConsentState| state.consent.consent == consent.consent;
                let known = self.log.consent(consent.consent).is_some() || self.done.consents.iter().any(twice);
                if self.log.kind() != LogKind::Dossier || known || !self.has_record(consent.record) {
                    return Err(Refusal::Reference);
                }
                let entry = Head { sequence: self.commit.sequence, hash: self.hash };
                let author = self.commit.author;
                self.done.consents.push(ConsentState {
                    consent: *consent,
                    author,
                    entry,
                    withdrawn: None,
                    ended_by: None,
                });
                Ok(())
            }
            Change::Withdraw(consent) => {
                if !self.rights.allow(Rights::DISCLOSE) && !self.rights.allow(Rights::CONSENT) {
                    return Err(Refusal::Right);
                }
                self.living_consent(*consent)?;
                self.done.withdrawn.insert(*consent);
                Ok(())
            }
            Change::Disclose(made) => {
                self.need(Rights::DISCLOSE)?;
                self.living_consent(made.consent)?;
                let twice = |known: &Disclose| known.disclosure == made.disclosure;
                let known = self.log.disclosure(made.disclosure).is_some() || self.done.disclosures.iter().any(twice);
                if known || made.files.iter().any(|file| self.log.file(*file).is_none()) {
                    return Err(Refusal::Reference);
                }
                self.done.disclosures.push(made.clone());
                Ok(())
            }
            Change::Destroy(half) => {
                self.need(Rights::MANAGE)?;
                self.may_go(*half)?;
                self.done.destroyed.insert(*half);
                Ok(())
            }
            Change::Close(when) => {
                self.need(Rights::CLOSE)?;
                self.done.closed = Some(Closing { sequence: self.commit.sequence, destroy_after: *when });
                Ok(())
            }
            Change::Hold(on) => {
                self.need(Rights::CLOSE)?;
                self.done.held = Some(*on);
                Ok(())
            }
            Change::Party(party) => self.admit_party(party),
            _ if change.is_about_people() && self.log.kind() == LogKind::Dossier => self.change_parties(change),
            // The directory has judged its own changes before it asks here.
            _ if change.is_about_people() && self.log.kind() == LogKind::Directory => Ok(()),
            _ => Err(Refusal::Right),
        }
    }

    /// The rules that look at the commit as a whole.
    pub(super) fn finish(self) -> Result<Done, Refusal> {
        for epoch in &self.done.epochs {
            let at = CompartmentEpoch { compartment: epoch.compartment, epoch: epoch.epoch };
            let mut recovery = false;
            for state in self.living_grants(epoch.compartment) {
                recovery |= state.grant.receiver == Receiver::Recovery;
                let wraps = self.done.wraps.iter().filter(|wrap| wrap.grant == state.grant.id);
                let wrapped = wraps.flat_map(|wrap| &wrap.epochs).any(|epoch| *epoch == at);
                if !wrapped && !zegel_crypto::sabotage::is("epoch-wraps") {
                    return Err(Refusal::Epoch);
                }
            }
            let needs_recovery = matches!(self.log.kind(), LogKind::Dossier | LogKind::Directory);
            if needs_recovery && !recovery {
                return Err(Refusal::Epoch);
            }
        }
        Ok(self.done)
    }

    fn found(&mut self, founding: &Founding) -> Result<(), Refusal> {
        if self.done.founding.is_some() || (self.log.kind() == LogKind::Disclosure) != founding.source.is_some() {
            return Err(Refusal::Founding);
        }
        self.done.founding = Some(founding.clone());
        Ok(())
    }

    /// A dossier ends by closing, not by the stroke of one reader: what is in force there is not destroyed.
    fn may_go(&self, half: HalfId) -> Result<(), Refusal> {
        let life = self.log.founding().is_some_and(|founding| founding.life == half);
        let current = self.log.compartments().any(|(_, epochs)| epochs.last().is_some_and(|epoch| epoch.half == half));
        if self.log.kind() == LogKind::Dossier && (life || current) { Err(Refusal::Right) } else { Ok(()) }
    }

    /// Whoever lets somebody into a compartment manages that one, or makes it.
    fn need_to_manage(&self, compartment: CompartmentId) -> Result<(), Refusal> {
        let made = self.done.epochs.iter().any(|epoch| epoch.compartment == compartment && epoch.epoch == 1);
        if made { Ok(()) } else { self.need_in(compartment, Rights::MANAGE) }
    }

    fn grant(&mut self, grant: &Grant) -> Result<(), Refusal> {
        self.need(Rights::MANAGE)?;
        for compartment in &grant.compartments {
            self.need_to_manage(*compartment)?;
        }
        if self.log.grant(grant.id).is_some() || self.done.grants.iter().any(|state| state.grant.id == grant.id) {
            return Err(Refusal::Reference);
        }
        // Nobody of staff consents as the data subject; that right is theirs to give and not to have.
        let given = match grant.receiver {
            Receiver::Party(_) => Rights(grant.rights.0 & !Rights::CONSENT.0),
            _ => grant.rights,
        };
        if !grant.compartments.is_sorted() || (!self.everything && !self.rights.allow(given)) {
            return Err(Refusal::Right);
        }
        self.gate(grant)?;
        match &grant.receiver {
            Receiver::Person(person) => {
                if let Some(view) = self.view {
                    let key = view.receiving(*person).ok_or(Refusal::Reference)?;
                    self.same_key(grant, key.hash())?;
                }
            }
            Receiver::Recovery => {
                if let Some(view) = self.view {
                    let key = view.recovery_key().ok_or(Refusal::Reference)?;
                    self.same_key(grant, key.hash())?;
                }
            }
            Receiver::Link(link) => {
                // A link that bears a member's id would be taken for that member.
                if self.view.is_some_and(|view| view.has_been_member(link.id)) || self.log.party(link.id).is_some() {
                    return Err(Refusal::Reference);
                }
                self.same_key(grant, link.receiving.hash())?;
                self.third_party(grant)?;
            }
            Receiver::Party(person) => self.grant_to_party(grant, *person)?,
        }
        self.done.grants.push(GrantState {
            grant: grant.clone(),
            author: self.commit.author,
            since: self.commit.sequence,
            revoked: None,
            claims: BTreeMap::new(),
            reason: None,
        });
        Ok(())
    }

    fn same_key(&self, grant: &Grant, key: Hash) -> Result<(), Refusal> {
        if grant.receiver_key == key || zegel_crypto::sabotage::is("receiver-key") {
            Ok(())
        } else {
            Err(Refusal::Reference)
        }
    }

    /// No consent, no wrap: a link in a disclosure rests on the consent the disclosure was founded on; a link in the
    /// directory or a dossier is an invitation and opens nothing; elsewhere there are none.
    fn third_party(&self, grant: &Grant) -> Result<(), Refusal> {
        if zegel_crypto::sabotage::is("consent") {
            return Ok(());
        }
        match self.log.kind() {
            LogKind::Disclosure => {
                let founding = self.done.founding.as_ref().or(self.log.founding()).ok_or(Refusal::Founding)?;
                let source = founding.source.as_ref().ok_or(Refusal::Consent)?;
                if grant.consent == Some(source.consent) && grant.rights == Rights::READ {
                    Ok(())
                } else {
                    Err(Refusal::Consent)
                }
            }
            LogKind::Directory | LogKind::Dossier if grant.compartments.is_empty() && grant.rights == Rights::READ => {
                Ok(())
            }
            _ => Err(Refusal::Consent),
        }
    }

    fn epoch(&mut self, epoch: &Epoch) -> Result<(), Refusal> {
        let last = self.log.current_epoch(epoch.compartment).map_or(0, |epoch| epoch.epoch);
        if last == 0 {
            self.need(Rights::MANAGE)?;
        } else {
            self.need_in(epoch.compartment, Rights::MANAGE)?;
        }
        let twice = self.done.epochs.iter().any(|known| known.compartment == epoch.compartment);
        if epoch.epoch != last + 1 || twice {
            return Err(Refusal::Epoch);
        }
        self.new_half(epoch.half)?;
        self.done.epochs.push(*epoch);
        Ok(())
    }

    /// A half belongs to one thing: named a second time, elsewhere, it would be handed out to whoever reads there.
    fn new_half(&self, half: HalfId) -> Result<(), Refusal> {
        let life = |founding: &Founding| founding.life == half;
        let epochs = self.log.compartments().flat_map(|(_, epochs)| epochs).chain(&self.done.epochs);
        let files = self.log.files().chain(&self.done.files);
        let known = self.log.founding().is_some_and(life)
            || self.done.founding.as_ref().is_some_and(life)
            || epochs.map(|epoch| epoch.half).chain(files.map(|state| state.file.half)).any(|named| named == half);
        if known && !zegel_crypto::sabotage::is("half-once") { Err(Refusal::Reference) } else { Ok(()) }
    }

    fn wrap(&mut self, wrap: &Wrap) -> Result<(), Refusal> {
        self.need(Rights::MANAGE)?;
        let made = self.done.grants.iter().find(|state| state.grant.id == wrap.grant);
        let state = made.or_else(|| self.log.grant(wrap.grant)).ok_or(Refusal::Reference)?;
        if state.revoked.is_some() || self.done.revoked.contains(&wrap.grant) || !wrap.epochs.is_sorted() {
            return Err(Refusal::Reference);
        }
        for at in &wrap.epochs {
            self.need_to_manage(at.compartment)?;
            let made = |epoch: &Epoch| epoch.compartment == at.compartment && epoch.epoch == at.epoch;
            let known = self.log.epoch(*at).is_some() || self.done.epochs.iter().any(made);
            if !known || state.grant.compartments.binary_search(&at.compartment).is_err() {
                return Err(Refusal::Reference);
            }
        }
        self.done.wraps.push(wrap.clone());
        Ok(())
    }

    /// Whoever opened a dossier by a claim says why: once, in a new record, in a compartment that the claim opened.
    fn reason(&mut self, id: GrantId, put: &Put) -> Result<(), Refusal> {
        let state = self.log.grant(id).ok_or(Refusal::Reference)?;
        let covers = state.grant.compartments.binary_search(&put.at.compartment).is_ok();
        let theirs = state.grant.receiver.is(self.commit.author) && state.claims.contains_key(&self.commit.author);
        if self.author != Author::Member || !theirs || !covers || !state.is_in_force() {
            return Err(Refusal::Right);
        }
        // New, and the only one: it changes nobody's words.
        if put.version != 1 || state.reason.is_some() || self.done.reasons.contains_key(&id) {
            return Err(Refusal::Version);
        }
        self.put(put, None)?;
        self.done.reasons.insert(id, put.record);
        Ok(())
    }

    /// A gate that nobody could open is a mistake, and so is one before anything but a dossier's people.
    fn gate(&self, grant: &Grant) -> Result<(), Refusal> {
        let Gate::Claims(claims) = &grant.gate else { return Ok(()) };
        let people = matches!(grant.receiver, Receiver::Person(_) | Receiver::Party(_));
        let members = |view: View<'_>| claims.people.iter().all(|person| view.member(*person).is_some());
        if self.log.kind() == LogKind::Dossier && people && claims.is_sound() && self.view.is_none_or(members) {
            Ok(())
        } else {
            Err(Refusal::Reference)
        }
    }

    /// Adds a version; one that is `again` what was there keeps its writer.
    fn put(&mut self, put: &Put, again: Option<RecordState>) -> Result<(), Refusal> {
        let opened = self.done.epochs.iter().find(|epoch| epoch.compartment == put.at.compartment);
        let current = opened.or_else(|| self.log.current_epoch(put.at.compartment)).ok_or(Refusal::Reference)?;
        if current.epoch != put.at.epoch && !zegel_crypto::sabotage::is("epoch") {
            return Err(Refusal::StaleEpoch);
        }
        let before = self.done.records.get(&put.record).or_else(|| self.log.last_version(put.record));
        if put.version != before.map_or(0, |state| state.version) + 1 && !zegel_crypto::sabotage::is("version") {
            return Err(Refusal::Version);
        }
        // A record stays in its compartment: elsewhere it would be another record.
        if before.is_some_and(|state| state.at.compartment != put.at.compartment) {
            return Err(Refusal::Reference);
        }
        let state = RecordState {
            at: put.at,
            version: put.version,
            blob: put.blob,
            previous: before.map(|state| state.blob),
            author: self.commit.author,
            device: self.commit.device,
            sequence: self.commit.sequence,
            writer: again.map_or(self.commit.author, |state| state.writer),
            written: again.map_or(self.commit.claimed_time, |state| state.written),
            changed: again.map_or(put.version, |state| state.changed),
            made: before.map_or(self.commit.sequence, |state| state.made),
        };
        self.done.records.insert(put.record, state);
        Ok(())
    }

    /// Every member may say something of their own in the directory. What it counts for is for those to judge who open it.
    fn is_own_word(&self, put: &Put) -> bool {
        self.view.is_some_and(|view| view.member(self.commit.author).is_some()) && self.log.takes_word(put)
    }

    fn living_consent(&self, id: ConsentId) -> Result<(), Refusal> {
        let made = self.done.consents.iter().find(|state| state.consent.consent == id);
        let state = made.or_else(|| self.log.consent(id)).ok_or(Refusal::Reference)?;
        if state.withdrawn.is_some() || self.done.withdrawn.contains(&id) {
            return Err(Refusal::Consent);
        }
        Ok(())
    }

    fn has_record(&self, record: RecordId) -> bool {
        self.done.records.contains_key(&record) || self.log.record(record).is_some()
    }

    /// Grants that must be wrapped to when a compartment's epoch opens.
    fn living_grants(&self, compartment: CompartmentId) -> impl Iterator<Item = &GrantState> {
        let old = self.log.grants().filter(|state| state.revoked.is_none());
        old.chain(&self.done.grants).filter(move |state| {
            let covers = state.grant.compartments.binary_search(&compartment).is_ok();
            covers && !self.done.revoked.contains(&state.grant.id) && self.is_alive(&state.grant.receiver)
        })
    }

    fn is_alive(&self, receiver: &Receiver) -> bool {
        match (receiver, self.view) {
            (Receiver::Person(person), Some(view)) => view.member(*person).is_some(),
            // Whoever sees no directory cannot tell who has left.
            (Receiver::Person(_), None) => false,
            _ => true,
        }
    }

    fn need(&self, right: Rights) -> Result<(), Refusal> {
        if self.everything || self.rights.allow(right) || zegel_crypto::sabotage::is("rights") {
            Ok(())
        } else {
            Err(Refusal::Right)
        }
    }

    fn need_in(&self, compartment: CompartmentId, right: Rights) -> Result<(), Refusal> {
        if self.everything
            || self.held(|grant| grant.compartments.binary_search(&compartment).is_ok()).allow(right)
            || zegel_crypto::sabotage::is("rights")
        {
            Ok(())
        } else {
            Err(Refusal::Right)
        }
    }
}
