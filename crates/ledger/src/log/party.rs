//! People outside the organisation who read a dossier with keys of their own. The log that they read knows them; no other
//! does, and none of them is in the directory.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, VerifyingKey};

use super::{Author, GrantState, Known, Log, draft::NewParties};
use crate::{
    Change, Commit, DeviceCertificate, DeviceId, Entry, LogKind, Party, PersonId, Receiver, Refusal, Rights,
    SignedSlip, Vouched, directory::recovery_author,
};

/// A party, past or present: they live while a grant to them does.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PartyState {
    /// As admitted.
    #[n(0)]
    pub party: Party,
    /// By whom.
    #[n(1)]
    pub author: PersonId,
    /// In which entry.
    #[n(2)]
    pub since: u64,
    /// Generation and hash of their keyring.
    #[n(3)]
    pub keyring: Option<(u64, Hash)>,
    /// Their devices, past and present.
    #[n(4)]
    pub devices: BTreeMap<DeviceId, PartyDevice>,
}

/// A party's device, past or present.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PartyDevice {
    /// As certified.
    #[n(0)]
    pub certificate: DeviceCertificate,
    /// The entry that certified it.
    #[n(1)]
    pub since: u64,
    /// The entry that ended it.
    #[n(2)]
    pub revoked: Option<u64>,
}

impl Log {
    /// Everybody outside the organisation who was ever admitted to this log.
    pub fn parties(&self) -> impl Iterator<Item = (PersonId, &PartyState)> {
        self.parties.iter().map(|(id, state)| (*id, state))
    }

    /// One of them.
    pub fn party(&self, person: PersonId) -> Option<&PartyState> {
        self.parties.get(&person)
    }

    /// The grants to a party that were not revoked and that nobody has yet to claim, whatever the time.
    pub fn party_grants(&self, person: PersonId) -> impl Iterator<Item = &GrantState> {
        self.living_party_grants(person).filter(|state| state.is_in_force())
    }

    /// The same, and those that wait to be claimed.
    pub fn living_party_grants(&self, person: PersonId) -> impl Iterator<Item = &GrantState> {
        let theirs = move |state: &&GrantState| state.grant.receiver == Receiver::Party(person);
        self.grants.values().filter(|state| state.lives()).filter(theirs)
    }

    /// What a party may do anywhere in this log now, by position alone.
    pub fn party_rights(&self, person: PersonId) -> Rights {
        self.party_grants(person).fold(Rights::default(), |rights, state| rights | state.grant.rights)
    }

    /// A device of a party who lives, if it was not ended.
    pub fn party_device(&self, person: PersonId, device: DeviceId) -> Option<&DeviceCertificate> {
        self.living_party_grants(person).next()?;
        let device = self.parties.get(&person)?.devices.get(&device)?;
        let lives = device.revoked.is_none() || zegel_crypto::sabotage::is("party-device");
        lives.then_some(&device.certificate)
    }

    /// The key an entry by a party must be signed with: a known device's, or a new one's if the entry itself brings its
    /// certificate. So somebody with nothing but key card and passphrase starts anew on another machine.
    pub(super) fn party_key(&self, commit: &Commit) -> Option<VerifyingKey> {
        if let Some(known) = self.party_device(commit.author, commit.device) {
            return Some(known.signing);
        }
        self.living_party_grants(commit.author).next()?;
        if self.has_party_device(commit.device) {
            return None;
        }
        commit.changes.iter().find_map(|change| match change {
            Change::Certify(own) if own.person == commit.author && own.device == commit.device => Some(own.signing),
            _ => None,
        })
    }

    /// Whether there is or was a party's device of this id.
    pub(super) fn has_party_device(&self, device: DeviceId) -> bool {
        self.parties.values().any(|party| party.devices.contains_key(&device))
    }

    /// Accepts the next entry of a dossier as somebody outside the organisation: members are believed on their
    /// certificates, parties on this log. Who has since been removed they cannot know.
    pub fn admit_as_party(&mut self, entry: &Entry, staff: &Vouched) -> Result<Commit, Refusal> {
        let commit = entry.commit()?;
        self.expect(&commit)?;
        if self.kind != LogKind::Dossier {
            return Err(Refusal::OtherLog);
        }
        let relied = commit.directory.ok_or(Refusal::DirectoryHead)?;
        if self.directory.is_some_and(|before| relied.sequence < before.sequence) {
            return Err(Refusal::DirectoryHead);
        }
        let founding = match commit.changes.first() {
            Some(Change::Found(founding)) => founding,
            _ => self.founding.as_ref().ok_or(Refusal::Founding)?,
        };
        let (author, key) = if (commit.author, commit.device) == recovery_author(founding.organisation) {
            (Author::Root, Some(founding.root))
        } else if let Some(device) = staff.device(commit.author, commit.device) {
            (Author::Member, Some(device.signing))
        } else {
            (Author::Party, self.party_key(&commit))
        };
        entry.verify(&key.ok_or(Refusal::Author)?)?;
        self.apply(&commit, entry.hash(), Known { author, view: None, slips: true })?;
        Ok(commit)
    }

    /// Accepts a slip as somebody outside the organisation; see [`Log::post`].
    pub fn post_as_party(&mut self, signed: &SignedSlip, staff: &Vouched) -> Result<(), Refusal> {
        self.post_by(signed, |log, slip, device| {
            Some((staff.device(slip.author, device)?.signing, log.rights(slip.author)))
        })
    }

    pub(super) fn take_parties(&mut self, sequence: u64, new: NewParties) {
        for (party, author) in new.admitted {
            let state = PartyState { author, since: sequence, keyring: None, devices: BTreeMap::new(), party };
            self.parties.insert(state.party.person, state);
        }
        for certificate in new.certified {
            if let Some(party) = self.parties.get_mut(&certificate.person) {
                let device = PartyDevice { certificate, since: sequence, revoked: None };
                party.devices.insert(device.certificate.device, device);
            }
        }
        for device in self.parties.values_mut().flat_map(|party| party.devices.values_mut()) {
            if new.ended.contains(&device.certificate.device) {
                device.revoked.get_or_insert(sequence);
            }
        }
        for (person, keyring) in new.keyrings {
            if let Some(party) = self.parties.get_mut(&person) {
                party.keyring = Some(keyring);
            }
        }
    }
}
