//! Judging what concerns people outside the organisation: who admits them, what they may be given, and that their devices
//! are their own affair.

use std::collections::{BTreeMap, BTreeSet};

use zegel_crypto::Hash;

use super::{Author, Draft};
use crate::{Change, DeviceCertificate, DeviceId, Grant, LogKind, Party, PersonId, Refusal, Rights};

/// What a judged commit changes about parties.
#[derive(Default)]
pub(in crate::log) struct NewParties {
    pub(in crate::log) admitted: Vec<(Party, PersonId)>,
    pub(in crate::log) certified: Vec<DeviceCertificate>,
    pub(in crate::log) ended: BTreeSet<DeviceId>,
    pub(in crate::log) keyrings: BTreeMap<PersonId, (u64, Hash)>,
}

impl Draft<'_> {
    /// Whoever manages makes somebody known. An id stands for one person, here and in the directory, for ever.
    pub(super) fn admit_party(&mut self, party: &Party) -> Result<(), Refusal> {
        self.need(Rights::MANAGE)?;
        if self.log.kind() != LogKind::Dossier {
            return Err(Refusal::Right);
        }
        let id = party.person;
        let is_organisation = self.log.founding().is_some_and(|founding| founding.organisation.0 == id.0);
        let granted = self.log.grants().chain(&self.done.grants).any(|state| state.grant.receiver.is(id));
        let member = self.view.is_some_and(|view| view.has_been_member(id));
        if self.known_party(id).is_some() || is_organisation || granted || member {
            return Err(Refusal::Reference);
        }
        self.done.parties.admitted.push((party.clone(), self.commit.author));
        Ok(())
    }

    /// A dossier's changes about devices and keyrings: its parties', for its members' stand in the directory.
    pub(super) fn change_parties(&mut self, change: &Change) -> Result<(), Refusal> {
        let own = |person: PersonId| self.author == Author::Party && person == self.commit.author;
        match change {
            Change::Certify(certificate) => {
                let person = certificate.person;
                // Their first device comes with them; any other is for them to add.
                let comes = self.done.parties.admitted.iter().any(|(party, _)| party.person == person);
                if !own(person) && !comes {
                    return Err(Refusal::Right);
                }
                let twice = self.done.parties.certified.iter().any(|known| known.device == certificate.device);
                if twice || self.log.has_party_device(certificate.device) {
                    return Err(Refusal::Reference);
                }
                let party = self.known_party(person).ok_or(Refusal::Reference)?;
                certificate.verify(&party.account)?;
                self.done.parties.certified.push(certificate.clone());
                Ok(())
            }
            Change::RevokeDevice(device) => {
                let mut parties = self.log.parties();
                let owner = parties.find(|(_, party)| party.devices.contains_key(device)).ok_or(Refusal::Reference)?.0;
                if !own(owner) {
                    self.need(Rights::MANAGE)?;
                }
                self.done.parties.ended.insert(*device);
                Ok(())
            }
            Change::Keyring(person, generation, hash) => {
                if !own(*person) {
                    return Err(Refusal::Right);
                }
                let before = self.log.party(*person).and_then(|party| party.keyring);
                if before.is_some_and(|(known, _)| *generation <= known) {
                    return Err(Refusal::Version);
                }
                self.done.parties.keyrings.insert(*person, (*generation, *hash));
                Ok(())
            }
            _ => Err(Refusal::Right),
        }
    }

    /// A party reads, and as the data subject consents: they neither write nor let anybody in.
    pub(super) fn grant_to_party(&self, grant: &Grant, person: PersonId) -> Result<(), Refusal> {
        let party = self.known_party(person).ok_or(Refusal::Reference)?;
        self.same_key(grant, party.receiving.hash())?;
        let reads = grant.rights.allow(Rights::READ) && (Rights::READ | Rights::CONSENT).allow(grant.rights);
        if reads || zegel_crypto::sabotage::is("party-rights") { Ok(()) } else { Err(Refusal::Right) }
    }

    fn known_party(&self, person: PersonId) -> Option<&Party> {
        let made = self.done.parties.admitted.iter().map(|(party, _)| party).find(|party| party.person == person);
        made.or_else(|| self.log.party(person).map(|state| &state.party))
    }
}
