//! The directory: the organisation's people, devices and keys, certified from the root, with their history.

mod delegates;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, Label, ReceivingPublic, SigningKey, VerifyingKey};

use crate::{
    Admission, Change, Commit, DeviceCertificate, DeviceId, Entry, Head, Log, LogId, LogKind, OrganisationId, PersonId,
    RecordState, Recovery, Refusal, Renewal, SignedSlip,
    log::{Author, Known},
};
pub use delegates::Delegation;

/// What relay and members must know of somebody's role, as bits. The role's name is sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Standing(#[n(0)] pub u8);

impl Standing {
    /// May found dossiers and be granted access.
    pub const STAFF: Self = Self(1);
    /// May change the directory.
    pub const DIRECTOR: Self = Self(2);

    /// Whether this person may change the directory.
    pub fn is_director(self) -> bool {
        self.0 & Self::DIRECTOR.0 != 0
    }
}

/// A member, past or present.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Member {
    /// As admitted.
    #[n(0)]
    pub admission: Admission,
    /// The entry that admitted them.
    #[n(1)]
    pub since: u64,
    /// The entry that ended the membership.
    #[n(2)]
    pub removed: Option<u64>,
    /// Generation and hash of their keyring.
    #[n(3)]
    pub keyring: Option<(u64, Hash)>,
    /// Hash of the pledge they signed.
    #[n(4)]
    pub pledge: Option<Hash>,
    /// The entries that renewed their keys, oldest first.
    #[n(5)]
    pub renewals: Vec<(u64, Renewal)>,
    /// What they acknowledged about leaving: when they say it was, in seconds since 1970, and the text's hash.
    #[n(6)]
    pub farewell: Option<(u64, Hash)>,
    /// When they acted for the directors, oldest first.
    #[n(7)]
    pub delegations: Vec<Delegation>,
}

/// A device, past or present.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Device {
    /// As certified.
    #[n(0)]
    pub certificate: DeviceCertificate,
    /// The entry that certified it.
    #[n(1)]
    pub since: u64,
    /// The entry that ended it, or its person's membership.
    #[n(2)]
    pub revoked: Option<u64>,
}

impl DeviceCertificate {
    /// Certifies a device with its person's account key.
    pub fn sign(
        person: PersonId,
        device: DeviceId,
        signing: VerifyingKey,
        request: VerifyingKey,
        account: &SigningKey,
    ) -> Self {
        let signature = account.sign(Label::DeviceCertificate, &(person, device, signing, request));
        Self { person, device, signing, request, signature }
    }

    /// Checks the account key's signature.
    pub fn verify(&self, account: &VerifyingKey) -> Result<(), Refusal> {
        account
            .verify(Label::DeviceCertificate, &(self.person, self.device, self.signing, self.request), &self.signature)
            .map_err(|_| Refusal::Signature)
    }
}

pub(crate) fn recovery_author(organisation: OrganisationId) -> (PersonId, DeviceId) {
    (PersonId(organisation.0), DeviceId([0; 16]))
}

/// A director said that the relay was put back to an earlier state.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Restoration {
    /// The entry that says so.
    #[n(0)]
    pub sequence: u64,
    /// Who.
    #[n(1)]
    pub author: PersonId,
    /// When they say it was, in seconds since 1970.
    #[n(2)]
    pub claimed_time: u64,
    /// The logs whose lost entries are given up, and the last entry that each has.
    #[n(3)]
    pub given_up: Vec<(LogId, Head)>,
}

/// The directory as its entries up to the head say.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Directory {
    #[n(0)]
    log: Log,
    #[n(1)]
    root: Option<VerifyingKey>,
    #[n(2)]
    members: BTreeMap<PersonId, Member>,
    #[n(3)]
    devices: BTreeMap<DeviceId, Device>,
    #[n(4)]
    recovery: Option<Recovery>,
    #[n(5)]
    history: Vec<Hash>,
    /// Directors who agreed to a change that takes two, since the last one that was made.
    #[n(6)]
    agreed: BTreeMap<Hash, BTreeSet<PersonId>>,
    #[n(7)]
    restorations: Vec<Restoration>,
}

/// The directory as it was after one of its entries.
#[derive(Clone, Copy, Debug)]
pub struct View<'d> {
    directory: &'d Directory,
    sequence: u64,
}

impl Directory {
    /// The directory of an organisation before its first entry.
    pub fn new(organisation: OrganisationId) -> Self {
        Self {
            log: Log::new(organisation, LogKind::Directory),
            root: None,
            members: BTreeMap::new(),
            devices: BTreeMap::new(),
            recovery: None,
            history: Vec::new(),
            agreed: BTreeMap::new(),
            restorations: Vec::new(),
        }
    }

    /// The organisation's name.
    pub fn organisation(&self) -> OrganisationId {
        self.log.id()
    }

    /// The directory as a log: its grants, its own compartment, its records.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The root key, from the first entry on.
    pub fn root(&self) -> Option<&VerifyingKey> {
        self.root.as_ref()
    }

    /// The last entry.
    pub fn head(&self) -> Option<Head> {
        self.log.head()
    }

    /// As whom, and from which device, the root signs after the founding: the holders of the recovery sheets, brought
    /// together. It may make a director and give a director dossiers, in entries that everybody sees; nothing else.
    pub fn recovery_author(&self) -> (PersonId, DeviceId) {
        recovery_author(self.organisation())
    }

    /// Whether the root made this.
    pub fn is_by_recovery(&self, commit: &Commit) -> bool {
        (commit.author, commit.device) == self.recovery_author()
    }

    /// Whether a record was written by somebody who led then, or by the root. Names, roles and policy are theirs to say;
    /// whatever else a member writes here is that member's word.
    pub fn is_by_director(&self, record: &RecordState) -> bool {
        let then = View { directory: self, sequence: record.sequence };
        record.author == self.recovery_author().0
            || then.is_director(record.author)
            || zegel_crypto::sabotage::is("directors-word")
    }

    /// Everybody who is or was a member.
    pub fn members(&self) -> impl Iterator<Item = (PersonId, &Member)> {
        self.members.iter().map(|(id, member)| (*id, member))
    }

    /// A member, past or present.
    pub fn member(&self, person: PersonId) -> Option<&Member> {
        self.members.get(&person)
    }

    /// Every device there is or was.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, &Device)> {
        self.devices.iter().map(|(id, device)| (*id, device))
    }

    /// A device, past or present.
    pub fn device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.get(&device)
    }

    /// The recovery key and its shares' hashes.
    pub fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }

    /// Each time that the relay was put back to an earlier state, oldest first.
    pub fn restorations(&self) -> &[Restoration] {
        &self.restorations
    }

    /// Hash of an entry.
    pub fn hash_at(&self, sequence: u64) -> Option<Hash> {
        self.history.get(usize::try_from(sequence).ok()?).copied()
    }

    /// As it is now.
    pub fn now(&self) -> View<'_> {
        View { directory: self, sequence: self.head().map_or(0, |head| head.sequence) }
    }

    /// As it was at a head somebody relied on, if that head is in this history.
    pub fn at(&self, head: Head) -> Result<View<'_>, Refusal> {
        if zegel_crypto::sabotage::is("directory") || self.hash_at(head.sequence) == Some(head.hash) {
            Ok(View { directory: self, sequence: head.sequence })
        } else {
            Err(Refusal::DirectoryHead)
        }
    }

    /// As it was before one of its entries.
    pub(crate) fn before(&self, sequence: u64) -> View<'_> {
        View { directory: self, sequence: sequence.saturating_sub(1) }
    }

    /// Accepts a slip beside the directory; see [`Log::post`].
    pub fn post(&mut self, slip: &SignedSlip) -> Result<(), Refusal> {
        let view = View { directory: &self.clone(), sequence: self.now().sequence };
        self.log.post(slip, view)
    }

    /// Accepts the next entry, or refuses it and stays as it was.
    pub fn admit(&mut self, entry: &Entry) -> Result<Commit, Refusal> {
        let commit = entry.commit()?;
        self.log.expect(&commit)?;
        let mut next = self.clone();
        if commit.sequence == 0 {
            next.found(&commit)?;
            next.root.as_ref().ok_or(Refusal::Founding).and_then(|root| entry.verify(root))?;
        } else {
            entry.verify(&self.signing_key(&commit)?)?;
            if commit.directory.is_some() {
                return Err(Refusal::DirectoryHead);
            }
            for change in &commit.changes {
                match change {
                    // The recovery key is pinned under the root: no director puts their own in its place.
                    Change::Recovery(_) if !self.is_by_recovery(&commit) && !zegel_crypto::sabotage::is("pinned") => {
                        return Err(Refusal::Right);
                    }
                    change => next.change(&commit, change)?,
                }
            }
        }
        if !next.members.values().any(Member::is_living_director) {
            return Err(Refusal::LastDirector);
        }
        let view = View { directory: &next.clone(), sequence: commit.sequence };
        let author = if self.is_by_recovery(&commit) { Author::Root } else { Author::Member };
        next.log.apply(&commit, entry.hash(), Known { author, view: Some(view), slips: true })?;
        next.history.push(entry.hash());
        *self = next;
        Ok(commit)
    }

    /// The key an entry must be signed with: a known device's, or a new one's if the entry itself brings its
    /// certificate. So a member with nothing but key card and passphrase starts anew on another machine; the account
    /// key, checked when the change is judged, is what vouches for the device.
    fn signing_key(&self, commit: &Commit) -> Result<VerifyingKey, Refusal> {
        if self.is_by_recovery(commit) {
            return self.root.ok_or(Refusal::Author);
        }
        if let Some(known) = self.now().device(commit.author, commit.device) {
            return Ok(known.signing);
        }
        if self.devices.contains_key(&commit.device) || self.now().member(commit.author).is_none() {
            return Err(Refusal::Author);
        }
        let own = |change: &Change| match change {
            Change::Certify(own) if own.person == commit.author && own.device == commit.device => Some(own.signing),
            _ => None,
        };
        commit.changes.iter().find_map(own).ok_or(Refusal::Author)
    }

    fn found(&mut self, commit: &Commit) -> Result<(), Refusal> {
        let Some(Change::Found(founding)) = commit.changes.first() else { return Err(Refusal::Founding) };
        if founding.organisation != commit.log || founding.source.is_some() || commit.directory.is_some() {
            return Err(Refusal::Founding);
        }
        self.root = Some(founding.root);
        for change in &commit.changes {
            match change {
                Change::Admit(admission) => self.add_member(admission, 0)?,
                Change::Certify(certificate) => self.add_device(certificate, 0)?,
                Change::Recovery(recovery) => self.recovery = Some(recovery.clone()),
                Change::Keyring(person, generation, hash) => self.set_keyring(*person, *generation, *hash)?,
                _ => {}
            }
        }
        if self.recovery.is_none() || !self.devices.contains_key(&commit.device) {
            return Err(Refusal::Founding);
        }
        Ok(())
    }

    fn change(&mut self, commit: &Commit, change: &Change) -> Result<(), Refusal> {
        let director = self.is_by_recovery(commit) || self.now().is_director(commit.author);
        let needs_director = || if director { Ok(()) } else { Err(Refusal::Right) };
        let needs_self = |person: PersonId| if person == commit.author { Ok(()) } else { needs_director() };
        match change {
            Change::Admit(admission) => {
                if !self.delegate_admits(commit, admission) {
                    needs_director()?;
                }
                // A director whose time is over could neither be removed nor agree to anything.
                if admission.standing.is_director() && admission.until.is_some() {
                    return Err(Refusal::Right);
                }
                self.needs_second(commit, change)?;
                self.add_member(admission, commit.sequence)
            }
            Change::Agree(agreement) => {
                needs_director()?;
                self.agreed.entry(*agreement).or_default().insert(commit.author);
                Ok(())
            }
            Change::Certify(certificate) => {
                if !self.delegate_certifies(commit, certificate.person) {
                    needs_self(certificate.person)?;
                }
                self.add_device(certificate, commit.sequence)
            }
            Change::Remove(person) => {
                if !self.delegate_ends(commit, *person) {
                    needs_director()?;
                }
                self.needs_second(commit, change)?;
                self.remove_member(*person, commit.sequence)
            }
            Change::RevokeDevice(id) => {
                let may = self.delegate_ends_device(commit, *id);
                let device = self.devices.get_mut(id).ok_or(Refusal::Reference)?;
                if !may {
                    needs_self(device.certificate.person)?;
                }
                device.revoked.get_or_insert(commit.sequence);
                Ok(())
            }
            Change::Delegate(person, until) => {
                needs_director()?;
                self.delegate(commit, *person, *until)
            }
            Change::Undelegate(person) => {
                needs_self(*person)?;
                self.undelegate(commit, *person)
            }
            Change::Recovery(recovery) => {
                needs_director()?;
                self.recovery = Some(recovery.clone());
                Ok(())
            }
            Change::Keyring(person, generation, hash) => {
                if *person != commit.author {
                    return Err(Refusal::Right);
                }
                self.set_keyring(*person, *generation, *hash)
            }
            Change::Pledge(person, hash) => {
                if *person != commit.author {
                    return Err(Refusal::Right);
                }
                self.members.get_mut(person).ok_or(Refusal::Reference)?.pledge = Some(*hash);
                Ok(())
            }
            Change::Restored(given_up) => {
                needs_director()?;
                let once = given_up.is_sorted_by(|(one, _), (next, _)| one < next);
                // Of the directory nothing is given up: this entry follows from all of it.
                if !once || given_up.iter().any(|(log, _)| *log == self.organisation()) {
                    return Err(Refusal::Reference);
                }
                let (author, claimed_time) = (commit.author, commit.claimed_time);
                let given_up = given_up.clone();
                self.restorations.push(Restoration { sequence: commit.sequence, author, claimed_time, given_up });
                Ok(())
            }
            Change::Farewell(person, hash) => {
                if *person != commit.author {
                    return Err(Refusal::Right);
                }
                let member = self.members.get_mut(person).ok_or(Refusal::Reference)?;
                member.farewell = Some((commit.claimed_time, *hash));
                Ok(())
            }
            Change::Renew(renewal) => self.renew(commit, renewal),
            _ => Ok(()), // The log's own rules judge the rest.
        }
    }

    /// Whether a change takes a second director's agreement: who directs is changed, there are two or more, and it is not
    /// somebody's own leaving. By the sheets it takes none, for that is what they are for.
    pub fn takes_two(&self, author: PersonId, change: &Change) -> bool {
        let now = self.now();
        let directs = match change {
            Change::Admit(admission) => admission.standing.is_director(),
            Change::Remove(person) => *person != author && now.is_director(*person),
            _ => false,
        };
        let directors = self.members.keys().filter(|person| now.is_director(**person)).count();
        directs && directors > 1 && author != self.recovery_author().0
    }

    /// The directors who agreed to a change, whoever makes it.
    pub fn agreed_to(&self, change: &Change) -> impl Iterator<Item = PersonId> {
        let agreed = self.agreed.get(&change.agreement()).into_iter().flatten().copied();
        agreed.filter(|person| self.now().is_director(*person))
    }

    fn needs_second(&mut self, commit: &Commit, change: &Change) -> Result<(), Refusal> {
        if !self.takes_two(commit.author, change) {
            return Ok(());
        }
        let seconded = self.agreed_to(change).any(|person| person != commit.author);
        if !seconded && !zegel_crypto::sabotage::is("second-director") {
            return Err(Refusal::SecondDirector);
        }
        // What was agreed about who directs was agreed about who directed then.
        self.agreed.clear();
        Ok(())
    }

    fn add_member(&mut self, admission: &Admission, since: u64) -> Result<(), Refusal> {
        // Whoever comes back is a new person here: an id, once removed, stays removed.
        let is_link = self.log.grants().any(|state| state.grant.receiver.is(admission.person));
        let is_recovery = admission.person == self.recovery_author().0;
        if is_recovery || self.members.contains_key(&admission.person) || is_link {
            return Err(Refusal::Reference);
        }
        let member = Member {
            admission: admission.clone(),
            since,
            removed: None,
            keyring: None,
            pledge: None,
            renewals: Vec::new(),
            farewell: None,
            delegations: Vec::new(),
        };
        self.members.insert(admission.person, member);
        Ok(())
    }

    fn add_device(&mut self, certificate: &DeviceCertificate, since: u64) -> Result<(), Refusal> {
        let member = self.members.get(&certificate.person).ok_or(Refusal::Reference)?;
        if member.removed.is_some() || self.devices.contains_key(&certificate.device) {
            return Err(Refusal::Reference);
        }
        certificate.verify(member.account())?;
        self.devices.insert(certificate.device, Device { certificate: certificate.clone(), since, revoked: None });
        Ok(())
    }

    fn remove_member(&mut self, person: PersonId, sequence: u64) -> Result<(), Refusal> {
        let member = self.members.get_mut(&person).ok_or(Refusal::Reference)?;
        if member.removed.is_some() {
            return Err(Refusal::Reference);
        }
        member.removed = Some(sequence);
        for device in self.devices.values_mut().filter(|device| device.certificate.person == person) {
            device.revoked.get_or_insert(sequence);
        }
        // Nobody acts in the place of somebody who is gone.
        self.end_delegations(sequence, |delegate, by| delegate == person || by == person);
        Ok(())
    }

    fn renew(&mut self, commit: &Commit, renewal: &Renewal) -> Result<(), Refusal> {
        if renewal.person != commit.author {
            return Err(Refusal::Right);
        }
        let member = self.members.get_mut(&renewal.person).ok_or(Refusal::Reference)?;
        // Keys that somebody saw do not come back.
        let known = member.receiving_keys().any(|key| *key == renewal.receiving);
        if known || *member.account() == renewal.account {
            return Err(Refusal::Reference);
        }
        member.renewals.push((commit.sequence, renewal.clone()));
        // Generations are counted anew with each account key; the old one's holder may have counted far ahead.
        member.keyring = None;
        let others = self
            .devices
            .iter_mut()
            .filter(|(id, device)| device.certificate.person == renewal.person && **id != commit.device);
        if zegel_crypto::sabotage::is("renewal-devices") {
            return Ok(());
        }
        others.for_each(|(_, device)| {
            device.revoked.get_or_insert(commit.sequence);
        });
        Ok(())
    }

    fn set_keyring(&mut self, person: PersonId, generation: u64, hash: Hash) -> Result<(), Refusal> {
        let member = self.members.get_mut(&person).ok_or(Refusal::Reference)?;
        if member.keyring.is_some_and(|(known, _)| generation <= known) {
            return Err(Refusal::Version);
        }
        member.keyring = Some((generation, hash));
        Ok(())
    }
}

impl Member {
    /// The key that certifies their devices now.
    pub fn account(&self) -> &VerifyingKey {
        self.renewals.last().map_or(&self.admission.account, |(_, renewal)| &renewal.account)
    }

    /// The key to which is wrapped now.
    pub fn receiving(&self) -> &ReceivingPublic {
        self.renewals.last().map_or(&self.admission.receiving, |(_, renewal)| &renewal.receiving)
    }

    /// Every key to which was ever wrapped, oldest first.
    pub fn receiving_keys(&self) -> impl Iterator<Item = &ReceivingPublic> {
        core::iter::once(&self.admission.receiving).chain(self.renewals.iter().map(|(_, renewal)| &renewal.receiving))
    }

    fn is_living_director(&self) -> bool {
        self.removed.is_none() && self.admission.standing.is_director()
    }
}

impl<'d> View<'d> {
    /// The entry this is the view after.
    pub fn sequence(self) -> u64 {
        self.sequence
    }

    /// A member at this point.
    pub fn member(self, person: PersonId) -> Option<&'d Member> {
        let member = self.directory.members.get(&person)?;
        self.covers(member.since, member.removed).then_some(member)
    }

    /// The key to which was wrapped for a member at this point.
    pub fn receiving(self, person: PersonId) -> Option<&'d ReceivingPublic> {
        let member = self.member(person)?;
        let renewed = member.renewals.iter().rev().find(|(since, _)| *since <= self.sequence);
        Some(renewed.map_or(&member.admission.receiving, |(_, renewal)| &renewal.receiving))
    }

    /// A member's device at this point.
    pub fn device(self, person: PersonId, device: DeviceId) -> Option<&'d DeviceCertificate> {
        self.member(person)?;
        let device = self.directory.devices.get(&device)?;
        let lives = self.covers(device.since, device.revoked) && device.certificate.person == person;
        lives.then_some(&device.certificate)
    }

    /// Whether there ever was a member of this id.
    pub fn has_been_member(self, person: PersonId) -> bool {
        self.directory.members.contains_key(&person)
    }

    /// Whether this person may change the directory.
    pub fn is_director(self, person: PersonId) -> bool {
        self.member(person).is_some_and(|member| member.admission.standing.is_director())
    }

    /// Whether the root made this.
    pub fn is_by_recovery(self, commit: &Commit) -> bool {
        self.directory.is_by_recovery(commit)
    }

    /// The recovery key.
    pub fn recovery_key(self) -> Option<&'d ReceivingPublic> {
        self.directory.recovery.as_ref().map(|recovery| &recovery.receiving)
    }

    fn covers(self, since: u64, ended: Option<u64>) -> bool {
        since <= self.sequence && ended.is_none_or(|ended| self.sequence < ended)
    }
}
