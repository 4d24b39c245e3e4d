//! Who is who in a dossier besides the staff, from what is sealed in its trail. The same to the staff, who know the
//! directory, and to the people outside, who do not.

use std::collections::BTreeMap;

use zegel_dossier::{InvitedRecord, NamesRecord, PartyRecord, Record, VerificationRecord};
use zegel_ledger::{Log, PartyState, PersonId, Receiver, RecordId};

use crate::{
    verified::keys_hash,
    view::{Origin, VerificationView, VouchedView},
};

/// What a trail says of people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cast {
    pub(crate) parties: BTreeMap<PersonId, PartyRecord>,
    pub(crate) invited: BTreeMap<PersonId, InvitedRecord>,
    /// Who says that they compared whose words, in the order of the log.
    said: BTreeMap<(u64, RecordId), (PersonId, VerificationRecord)>,
    pub(crate) names: Option<(RecordId, NamesRecord)>,
}

impl Cast {
    /// Reads opened records. Who somebody is, and whom an invitation is for, counts as it was said in the entry that admitted
    /// or invited them: nobody who writes in the trail makes another of them later.
    pub(crate) fn read<'r>(log: &Log, records: impl Iterator<Item = (RecordId, &'r Record)>) -> Self {
        let mut cast = Self::default();
        for (id, record) in records {
            let Some(state) = log.record(id) else { continue };
            let made = (state.changed == 1).then_some(state.made);
            match record {
                Record::Party(party) if log.party(party.person).is_some_and(|known| Some(known.since) == made) => {
                    cast.parties.insert(party.person, party.clone());
                }
                Record::Invited(invited) if is_link(log, invited.link, made) => {
                    cast.invited.insert(invited.link, invited.clone());
                }
                Record::Verification(said) => {
                    cast.said.insert((state.made, id), (state.writer, said.clone()));
                }
                Record::Names(names) => cast.names = Some((id, names.clone())),
                _ => {}
            }
        }
        cast
    }

    /// A name, of whomever: a party's, or a member's as the staff told it.
    pub(crate) fn name_of(&self, person: PersonId) -> Option<&str> {
        let member = || self.names.iter().flat_map(|(_, names)| &names.people).find(|(id, ..)| *id == person);
        let party = self.parties.get(&person).map(|party| party.name.as_str());
        party.or_else(|| member().map(|(_, name, _)| name.as_str()))
    }

    /// Who vouches for the keys of somebody outside the organisation. What they said of themselves, or of other keys, counts
    /// for nothing.
    pub(crate) fn vouched(
        &self,
        log: &Log,
        known: &PartyState,
        asks: PersonId,
        name: impl Fn(PersonId) -> String,
    ) -> VouchedView {
        let party = &known.party;
        let keys = keys_hash(&party.account, &party.receiving);
        let counts = |author: PersonId, said: &VerificationRecord| {
            let present = said.keys == keys || zegel_crypto::sabotage::is("party-keys");
            said.person == party.person && present && author != party.person
        };
        let said: Vec<_> = self.said.values().filter(|(author, said)| counts(*author, said)).collect();
        // The link that their admission used up: whoever made it could have been its receiver.
        let used = |state: &&zegel_ledger::GrantState| {
            matches!(state.grant.receiver, Receiver::Link(_)) && state.revoked == Some(known.since)
        };
        let inviter = log.grants().find(used).map_or(known.author, |state| state.author);
        VouchedView {
            origin: Origin::Invited,
            invited_by: Some(name(inviter)),
            by_another: said.iter().any(|(author, _)| *author != inviter),
            verifications: said.into_iter().map(|said| VerificationView::of(said, asks, &name)).collect(),
        }
    }
}

/// Whether this is a link that was granted in that entry.
fn is_link(log: &Log, link: PersonId, made: Option<u64>) -> bool {
    let mut links = log.grants().filter(|state| matches!(state.grant.receiver, Receiver::Link(_)));
    links.any(|state| state.grant.receiver.is(link) && Some(state.since) == made)
}
