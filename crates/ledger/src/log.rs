//! A log's state, and the one pure function from visible parts to rights.
//!
//! [`Log::admit`] is run by the relay before it stores an entry and by every vault before it believes one. It looks at a
//! [`Draft`] over the state, so that a refused entry leaves no trace.

mod draft;
mod party;
mod slips;
mod states;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, VerifyingKey};

use crate::{
    Change, Commit, CompartmentEpoch, CompartmentId, ConsentId, DeviceId, Directory, Disclose, Entry, Epoch, FileId,
    Founding, GrantId, HalfId, Head, LogId, LogKind, PersonId, Put, Receiver, RecordId, Refusal, Rights, Wrap,
};
use draft::Draft;
pub(crate) use draft::{Author, Known};
pub use party::{PartyDevice, PartyState};
pub use states::{Closing, ConsentState, EpochState, FileState, GrantState, RecordState};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Note {
    #[n(0)]
    author: PersonId,
    #[n(1)]
    device: DeviceId,
    #[n(2)]
    directory: u64,
}

/// A log as its entries up to the head say.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Log {
    #[n(0)]
    id: LogId,
    #[n(1)]
    kind: LogKind,
    #[n(2)]
    head: Option<Head>,
    #[n(3)]
    founding: Option<Founding>,
    #[n(4)]
    founder: Option<PersonId>,
    #[n(5)]
    directory: Option<Head>,
    #[n(6)]
    grants: BTreeMap<GrantId, GrantState>,
    #[n(7)]
    epochs: BTreeMap<CompartmentId, Vec<Epoch>>,
    #[n(8)]
    wraps: BTreeMap<GrantId, Vec<Wrap>>,
    #[n(9)]
    records: BTreeMap<RecordId, RecordState>,
    #[n(10)]
    files: BTreeMap<FileId, FileState>,
    #[n(11)]
    consents: BTreeMap<ConsentId, ConsentState>,
    #[n(12)]
    disclosures: BTreeMap<LogId, Disclose>,
    #[n(13)]
    destroyed: BTreeSet<HalfId>,
    #[n(14)]
    closed: Option<Closing>,
    #[n(15)]
    held: bool,
    #[n(16)]
    pending: BTreeSet<Hash>,
    #[n(17)]
    notes: Vec<Note>,
    #[n(18)]
    noted: BTreeSet<Hash>,
    #[n(19)]
    daily: BTreeSet<(PersonId, u32)>,
    #[n(20)]
    parties: BTreeMap<PersonId, PartyState>,
    #[n(21)]
    first: Option<Hash>,
}

impl Log {
    /// A log before its first entry.
    pub fn new(id: LogId, kind: LogKind) -> Self {
        Self {
            id,
            kind,
            head: None,
            founding: None,
            founder: None,
            directory: None,
            grants: BTreeMap::new(),
            epochs: BTreeMap::new(),
            wraps: BTreeMap::new(),
            records: BTreeMap::new(),
            files: BTreeMap::new(),
            consents: BTreeMap::new(),
            disclosures: BTreeMap::new(),
            destroyed: BTreeSet::new(),
            closed: None,
            held: false,
            pending: BTreeSet::new(),
            notes: Vec::new(),
            noted: BTreeSet::new(),
            daily: BTreeSet::new(),
            parties: BTreeMap::new(),
            first: None,
        }
    }

    /// Its name.
    pub fn id(&self) -> LogId {
        self.id
    }

    /// Which of the four.
    pub fn kind(&self) -> LogKind {
        self.kind
    }

    /// The last entry.
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// Hash of its first entry.
    pub fn first(&self) -> Option<Hash> {
        self.first
    }

    /// How it began.
    pub fn founding(&self) -> Option<&Founding> {
        self.founding.as_ref()
    }

    /// Who began it.
    pub fn founder(&self) -> Option<PersonId> {
        self.founder
    }

    /// The number the next entry has.
    pub fn next_sequence(&self) -> u64 {
        self.head.map_or(0, |head| head.sequence + 1)
    }

    /// The directory head the last entry relied on.
    pub fn relied_on(&self) -> Option<Head> {
        self.directory
    }

    /// Every grant, ended ones too.
    pub fn grants(&self) -> impl Iterator<Item = &GrantState> {
        self.grants.values()
    }

    /// One grant.
    pub fn grant(&self, id: GrantId) -> Option<&GrantState> {
        self.grants.get(&id)
    }

    /// The grants of one receiver that were not revoked and that nobody has yet to claim, whatever the time.
    pub fn grants_of(&self, person: PersonId) -> impl Iterator<Item = &GrantState> {
        self.living_grants_of(person).filter(|state| state.is_in_force())
    }

    /// The same, and those that wait to be claimed: nothing opens by them yet, and they are wrapped to.
    pub fn living_grants_of(&self, person: PersonId) -> impl Iterator<Item = &GrantState> {
        self.grants.values().filter(move |state| state.lives() && state.grant.receiver.is(person))
    }

    /// Every wrap made for a grant.
    pub fn wraps_of(&self, grant: GrantId) -> &[Wrap] {
        self.wraps.get(&grant).map_or(&[], Vec::as_slice)
    }

    /// Every compartment with its epochs, oldest first.
    pub fn compartments(&self) -> impl Iterator<Item = (CompartmentId, &[EpochState])> {
        self.epochs.iter().map(|(id, epochs)| (*id, epochs.as_slice()))
    }

    /// An epoch.
    pub fn epoch(&self, at: CompartmentEpoch) -> Option<&EpochState> {
        self.epochs.get(&at.compartment)?.iter().find(|epoch| epoch.epoch == at.epoch)
    }

    /// The epoch in force.
    pub fn current_epoch(&self, compartment: CompartmentId) -> Option<&EpochState> {
        self.epochs.get(&compartment)?.last()
    }

    /// The newest version of every record.
    pub fn records(&self) -> impl Iterator<Item = (RecordId, &RecordState)> {
        self.records.iter().map(|(id, state)| (*id, state))
    }

    /// The newest version of one record.
    pub fn record(&self, id: RecordId) -> Option<&RecordState> {
        self.records.get(&id)
    }

    /// Whether this adds a record that nobody wrote before, to the directory: any member may, and none may change another's.
    pub fn takes_word(&self, put: &Put) -> bool {
        self.kind == LogKind::Directory
            && (!self.records.contains_key(&put.record) || zegel_crypto::sabotage::is("own-word"))
    }

    /// Every file.
    pub fn files(&self) -> impl Iterator<Item = &FileState> {
        self.files.values()
    }

    /// One file.
    pub fn file(&self, id: FileId) -> Option<&FileState> {
        self.files.get(&id)
    }

    /// Every consent, ended ones too.
    pub fn consents(&self) -> impl Iterator<Item = &ConsentState> {
        self.consents.values()
    }

    /// One consent.
    pub fn consent(&self, id: ConsentId) -> Option<&ConsentState> {
        self.consents.get(&id)
    }

    /// Every disclosure that was made from this log.
    pub fn disclosures(&self) -> impl Iterator<Item = &Disclose> {
        self.disclosures.values()
    }

    /// One disclosure.
    pub fn disclosure(&self, log: LogId) -> Option<&Disclose> {
        self.disclosures.get(&log)
    }

    /// Whether a disclosure may still be served at this time (seconds since 1970): named here, on a consent that lives.
    pub fn discloses(&self, log: LogId, now: u64) -> bool {
        let Some(consent) = self.disclosures.get(&log).and_then(|made| self.consents.get(&made.consent)) else {
            return false;
        };
        consent.withdrawn.is_none() && consent.consent.until.is_none_or(|until| now < until)
    }

    /// Whether a half was destroyed.
    pub fn is_destroyed(&self, half: HalfId) -> bool {
        self.destroyed.contains(&half)
    }

    /// Whether and how the log was closed.
    pub fn closed(&self) -> Option<Closing> {
        self.closed
    }

    /// Whether the day of destruction is suspended.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// What somebody may do in a compartment now, by position alone. The relay's clock narrows it further.
    pub fn rights_in(&self, person: PersonId, compartment: CompartmentId) -> Rights {
        self.grants_of(person)
            .filter(|state| state.grant.compartments.binary_search(&compartment).is_ok())
            .fold(Rights::default(), |rights, state| rights | state.grant.rights)
    }

    /// What somebody may do anywhere in this log now, by position alone.
    pub fn rights(&self, person: PersonId) -> Rights {
        self.grants_of(person).fold(Rights::default(), |rights, state| rights | state.grant.rights)
    }

    /// Everybody who wrote here, or was let in as a member, or named to claim a grant.
    pub fn people(&self) -> BTreeSet<PersonId> {
        let named = self.grants.values().filter_map(GrantState::gate).flat_map(|gate| gate.people.iter().copied());
        let members = self.grants.values().filter_map(|state| match &state.grant.receiver {
            Receiver::Person(person) => Some(*person),
            _ => None,
        });
        self.notes.iter().map(|note| note.author).chain(members).chain(named).collect()
    }

    /// The numbers of the entries that somebody made.
    pub fn entries_by(&self, author: PersonId) -> impl Iterator<Item = u64> {
        (0..).zip(&self.notes).filter(move |(_, note)| note.author == author).map(|(sequence, _)| sequence)
    }

    /// Entries whose device has since been removed and that nobody else has confirmed by a later entry that relied on a
    /// directory at or above the removal.
    pub fn unconfirmed(&self, directory: &Directory) -> Vec<u64> {
        let mut found = Vec::new();
        for (index, note) in self.notes.iter().enumerate() {
            let Some(removal) = directory.device(note.device).and_then(|device| device.revoked) else { continue };
            let closed = |later: &Note| later.author != note.author && later.directory >= removal;
            if !self.notes.iter().skip(index + 1).any(closed) {
                found.push(index as u64);
            }
        }
        found
    }

    /// Accepts the next entry of a dossier, disclosure or personal log, or refuses it and stays as it was.
    pub fn admit(&mut self, entry: &Entry, directory: &Directory) -> Result<Commit, Refusal> {
        let commit = entry.commit()?;
        self.expect(&commit)?;
        let relied = commit.directory.ok_or(Refusal::DirectoryHead)?;
        if self.directory.is_some_and(|before| relied.sequence < before.sequence)
            && !zegel_crypto::sabotage::is("directory-head")
        {
            return Err(Refusal::DirectoryHead);
        }
        let view = directory.at(relied)?;
        let (author, key) = if directory.is_by_recovery(&commit) {
            (Author::Root, directory.root().copied())
        } else if let Some(device) = view.device(commit.author, commit.device) {
            (Author::Member, Some(device.signing))
        } else {
            (Author::Party, self.party_key(&commit))
        };
        entry.verify(&key.ok_or(Refusal::Author)?)?;
        if let Some(Change::Found(founding)) = commit.changes.first()
            && (founding.organisation != directory.organisation() || Some(&founding.root) != directory.root())
        {
            return Err(Refusal::OtherLog);
        }
        self.apply(&commit, entry.hash(), Known { author, view: Some(view), slips: true })?;
        Ok(commit)
    }

    /// Accepts the next entry of a disclosure as its receiver: the author is believed on the chain in the first entry.
    pub fn admit_certified(&mut self, entry: &Entry, key: &zegel_crypto::VerifyingKey) -> Result<Commit, Refusal> {
        let commit = entry.commit()?;
        self.expect(&commit)?;
        entry.verify(key)?;
        if self.kind != LogKind::Disclosure {
            return Err(Refusal::OtherLog);
        }
        self.apply(&commit, entry.hash(), Known { author: Author::Member, view: None, slips: false })?;
        Ok(commit)
    }

    /// Whether this entry proves that the log forked: somebody who may write here signed it, and it stands where another
    /// one stands, or follows another one than the last. A relay can say what it likes about heads; this it cannot make.
    pub fn is_forked_by(&self, entry: &Entry, directory: &Directory) -> bool {
        let (Some(head), Ok(commit)) = (self.head, entry.commit()) else { return false };
        let other = match commit.sequence.checked_sub(head.sequence) {
            Some(0) => entry.hash() != head.hash,
            Some(1) => commit.previous != Some(head.hash),
            _ => false,
        };
        other && self.is_by_writer(entry, directory)
    }

    /// Whether somebody who may write here signed this entry for this log.
    pub fn is_by_writer(&self, entry: &Entry, directory: &Directory) -> bool {
        let Ok(commit) = entry.commit() else { return false };
        let writes = self.founder == Some(commit.author) || self.rights(commit.author) != Rights::default();
        let member = directory.now().device(commit.author, commit.device).map(|device| device.signing);
        let signs = |key: VerifyingKey| entry.verify(&key).is_ok();
        let signed = writes && member.is_some_and(signs) || self.party_key(&commit).is_some_and(signs);
        commit.log == self.id && signed
    }

    /// Takes over an entry that was admitted here before, as a relay does with its own rows after a restart: its rules
    /// are applied, its signature is not looked at again.
    pub fn replay(&mut self, entry: &Entry, directory: &Directory) -> Result<(), Refusal> {
        let commit = entry.commit()?;
        self.expect(&commit)?;
        let view = directory.at(commit.directory.ok_or(Refusal::DirectoryHead)?)?;
        let author = if directory.is_by_recovery(&commit) {
            Author::Root
        } else if view.device(commit.author, commit.device).is_some() {
            Author::Member
        } else {
            Author::Party
        };
        self.apply(&commit, entry.hash(), Known { author, view: Some(view), slips: true })
    }

    /// Whether a commit is for this log and follows its head.
    pub(crate) fn expect(&self, commit: &Commit) -> Result<(), Refusal> {
        if commit.log != self.id || commit.kind != self.kind {
            return Err(Refusal::OtherLog);
        }
        if commit.sequence != self.next_sequence() {
            return Err(Refusal::Sequence);
        }
        if commit.previous != self.head.map(|head| head.hash) && !zegel_crypto::sabotage::is("chain") {
            return Err(Refusal::Fork);
        }
        Ok(())
    }

    /// Judges the changes of a commit whose author is known, and takes them over.
    pub(crate) fn apply(&mut self, commit: &Commit, hash: Hash, known: Known<'_>) -> Result<(), Refusal> {
        let mut draft = Draft::new(self, commit, hash, known)?;
        for change in &commit.changes {
            draft.change(change)?;
        }
        let done = draft.finish()?;
        self.take(commit, hash, done);
        Ok(())
    }

    fn take(&mut self, commit: &Commit, hash: Hash, done: draft::Done) {
        if let Some(founding) = done.founding {
            self.founding = Some(founding);
            self.founder = Some(commit.author);
            self.first = Some(hash);
        }
        for state in done.grants {
            self.grants.insert(state.grant.id, state);
        }
        for id in done.revoked {
            if let Some(state) = self.grants.get_mut(&id) {
                state.revoked.get_or_insert(commit.sequence);
            }
        }
        for epoch in done.epochs {
            self.epochs.entry(epoch.compartment).or_default().push(epoch);
        }
        for wrap in done.wraps {
            self.wraps.entry(wrap.grant).or_default().push(wrap);
        }
        for (id, record) in done.reasons {
            if let Some(state) = self.grants.get_mut(&id) {
                state.reason = Some(record);
            }
        }
        self.records.extend(done.records);
        self.files.extend(done.files.into_iter().map(|state| (state.file.file, state)));
        self.consents.extend(done.consents.into_iter().map(|state| (state.consent.consent, state)));
        for id in done.withdrawn {
            if let Some(state) = self.consents.get_mut(&id).filter(|state| state.withdrawn.is_none()) {
                (state.withdrawn, state.ended_by) = (Some(commit.sequence), Some(commit.author));
            }
        }
        self.disclosures.extend(done.disclosures.into_iter().map(|made| (made.disclosure, made)));
        self.destroyed.extend(done.destroyed);
        self.take_parties(commit.sequence, done.parties);
        if let Some(closing) = done.closed {
            self.closed = Some(closing);
        }
        if let Some(held) = done.held {
            self.held = held;
        }
        for slip in &commit.slips {
            self.pending.remove(slip);
            self.noted.insert(*slip);
        }
        self.notes.push(Note {
            author: commit.author,
            device: commit.device,
            directory: commit.directory.map_or(commit.sequence, |head| head.sequence),
        });
        if let Some(head) = commit.directory {
            self.directory = Some(head);
        }
        self.head = Some(Head { sequence: commit.sequence, hash });
    }

    pub(crate) fn last_version(&self, record: RecordId) -> Option<&RecordState> {
        self.records.get(&record)
    }

    pub(crate) fn is_founding(&self) -> bool {
        self.head.is_none()
    }
}

impl Receiver {
    /// Whether this is that person, or the link of that id.
    pub fn is(&self, person: PersonId) -> bool {
        match self {
            Self::Person(id) => *id == person,
            Self::Link(link) => link.id == person,
            // Known in one log, by that log: never taken for a member, whatever the id.
            Self::Recovery | Self::Party(_) => false,
        }
    }
}

impl Change {
    /// Whether this is about people and their devices; in a log that is not the directory, about its parties.
    pub fn is_about_people(&self) -> bool {
        matches!(
            self,
            Self::Admit(_)
                | Self::Certify(_)
                | Self::Remove(_)
                | Self::RevokeDevice(_)
                | Self::Recovery(_)
                | Self::Keyring(..)
                | Self::Pledge(..)
                | Self::Restored(_)
                | Self::Renew(_)
                | Self::Agree(_)
                | Self::Delegate(..)
                | Self::Undelegate(_)
                | Self::Farewell(..)
        )
    }
}
