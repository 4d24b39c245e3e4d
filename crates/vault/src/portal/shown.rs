//! What somebody outside the organisation sees of their dossier.

use zegel_dossier::{CompartmentKind, PartyKind, Record};
use zegel_ledger::{ConsentId, GrantState, PersonId, Receiver, Rights};

use super::Portal;
use crate::{
    VaultError,
    authorised::{Position, counts, position},
    cast::Cast,
    consents::{Said, is_as_noted, is_proven, replaces, share_state},
    days,
    dormant::{alarms, lines, reference, views},
    dossiers::item,
    order::{alphabetical, latest_first, sort_by_bytes},
    people::words,
    view::{Alarm, DormantView, ItemView, PortalReader, PortalSession, PortalShare, PortalView},
};

/// Where the log stands.
const NOW: Position = Some(u64::MAX);

impl Portal {
    /// Who is here.
    pub fn session(&self) -> PortalSession {
        let cast = self.cast();
        let own = cast.parties.get(&self.keys.person);
        PortalSession {
            person: self.keys.person.to_string(),
            name: own.map(|party| party.name.clone()).unwrap_or_default(),
            kind: own.map(|party| party.kind.name().to_owned()),
            organisation: cast.names.map(|(_, names)| names.organisation).unwrap_or_default(),
            words: words(&self.keys.keyring.account().verifying(), &self.keys.receiving.public()),
            waiting: self.waiting,
            visit: self.visit,
            offline: self.offline,
            alarms: self.alarms.clone(),
        }
    }

    /// The dossier, as far as this person was given it.
    pub fn dossier(&self) -> PortalView {
        let cast = self.cast();
        let mut items = Vec::new();
        let mut title = String::new();
        for (id, (state, record)) in &self.opened {
            if let Record::Title(said) = record {
                title.clone_from(&said.title);
            }
            let Some((name, kind)) = item(record) else { continue };
            items.push(ItemView {
                id: id.to_string(),
                version: state.version,
                title: name,
                compartment: self.kind_name(state.at.compartment),
                author: cast.name_of(state.writer).unwrap_or_default().to_owned(),
                changed: state.written,
                unconfirmed: false,
                kind,
            });
        }
        sort_by_bytes(&mut items, |item| latest_first(item.changed, &item.id));
        PortalView {
            id: self.log.to_string(),
            title,
            items,
            readers: self.readers(&cast, NOW, self.ports.clock.now()),
            shares: self.shares(),
            until: self.grants().filter_map(|state| state.grant.until).min(),
            reference: reference(self.log),
            dormant: self.dormant(&cast),
        }
    }

    /// Who of the organisation may get in by claiming it, or did. A client refuses nobody: they tell who guides them.
    fn dormant(&self, cast: &Cast) -> Vec<DormantView> {
        let name = |person| cast.name_of(person).unwrap_or_default().to_owned();
        let found = views(self.log, &lines(&self.book.log), self.ports.clock.now(), name);
        let reason = |record| match self.opened.get(&record) {
            Some((_, Record::Reason(reason))) => Some(reason.text.clone()),
            _ => None,
        };
        found.into_iter().map(|(view, said)| DormantView { reason: said.and_then(reason), ..view }).collect()
    }

    /// Tells of every claim, for as long as it stands.
    pub(super) fn note_claims(&mut self) {
        self.alarms.retain(|alarm| !matches!(alarm, Alarm::Claimed(..)));
        let name = |person| self.name_of(person);
        alarms(self.log, &lines(&self.book.log), name).into_iter().for_each(|alarm| self.raise(alarm));
    }

    /// Who could read the dossier at the end of a day, counted from 1970, or can now. A past day is told by the times that
    /// entries claim; their order nobody can change.
    pub async fn readers_on(&mut self, day: Option<u64>) -> Result<Vec<PortalReader>, VaultError> {
        let now = self.ports.clock.now();
        let moment = day.map_or(now, |day| days::end(day).min(now));
        let position = match self.book.log.head() {
            Some(head) if moment < now => {
                let signer = self.keys.signer();
                position(&self.ports, &mut self.relay, &signer, (self.log, head), moment).await?
            }
            _ => NOW,
        };
        Ok(self.readers(&self.cast(), position, moment))
    }

    /// Who can read the dossier, from its living grants: the list of readers is the list of keys.
    fn readers(&self, cast: &Cast, position: Position, moment: u64) -> Vec<PortalReader> {
        let reads = |state: &&GrantState| {
            let open = state.opens().is_some_and(|opens| opens <= moment);
            let lives = counts(state.since, state.revoked, position);
            open && lives && state.grant.rights.allow(Rights::READ)
        };
        let living = self.book.log.grants().filter(reads);
        let mut readers: Vec<PortalReader> = Vec::new();
        for state in living.filter(|state| state.grant.until.is_none_or(|until| moment < until)) {
            let mut kinds: Vec<_> =
                state.grant.compartments.iter().filter_map(|id| self.book.kinds.kind(*id)).collect();
            kinds.sort_unstable();
            let kinds: Vec<String> = kinds.into_iter().map(|kind| kind.name().to_owned()).collect();
            let (person, role, party) = match &state.grant.receiver {
                Receiver::Person(person) => (*person, self.role_of(cast, *person), None),
                Receiver::Party(person) => {
                    let kind = cast.parties.get(person).map_or(PartyKind::Representative, |party| party.kind);
                    (*person, kind.name().to_owned(), self.book.log.party(*person))
                }
                Receiver::Recovery => {
                    readers.push(PortalReader { recovery: true, compartments: kinds, ..PortalReader::default() });
                    continue;
                }
                Receiver::Link(_) => continue,
            };
            let name = cast.name_of(person).unwrap_or_default().to_owned();
            match readers.iter_mut().find(|known| known.person == person.to_string()) {
                Some(known) => known.compartments.extend(kinds),
                None => readers.push(PortalReader {
                    person: person.to_string(),
                    name,
                    role,
                    compartments: kinds,
                    until: state.grant.until,
                    recovery: false,
                    you: person == self.keys.person && party.is_some(),
                    vouched: party.map(|party| {
                        let name = |person: PersonId| cast.name_of(person).unwrap_or_default().to_owned();
                        cast.vouched(&self.book.log, party, self.keys.person, name)
                    }),
                }),
            }
        }
        sort_by_bytes(&mut readers, |reader| alphabetical(if reader.recovery { "1" } else { "0" }, &reader.name));
        readers
    }

    /// What was shared with whom, newest first.
    fn shares(&self) -> Vec<PortalShare> {
        let now = self.ports.clock.now();
        let noted = || {
            self.opened.iter().filter_map(|(id, (state, record))| match record {
                Record::Share(share) => Some((*id, state, share)),
                _ => None,
            })
        };
        let log = &self.book.log;
        let find = |id: ConsentId| {
            let entry = log.consent(id)?;
            match self.opened.get(&entry.consent.record) {
                Some((record, Record::Consent(terms))) if terms.consent == id => Some(Said { entry, record, terms }),
                _ => None,
            }
        };
        let mut shares = Vec::new();
        for (id, state, share) in noted() {
            let Some(consent) = log.consent(share.consent) else { continue };
            let said = find(share.consent);
            let replaced =
                noted().any(|(_, state, later)| is_as_noted(log, state, later) && replaces(later, (id, share), &find));
            shares.push(PortalShare {
                id: id.to_string(),
                to: said.map_or_else(|| share.receiver.to_string(), |said| said.terms.to.clone()),
                purpose: said.map(|said| said.terms.purpose.clone()).unwrap_or_default(),
                items: share.titles.clone(),
                since: state.written,
                until: consent.consent.until.unwrap_or_default(),
                state: share_state(consent, replaced, now),
                incomplete: !is_as_noted(log, state, share) || !said.is_some_and(|said| is_proven(said, &find)),
                own_keys: share.own.is_some(),
            });
        }
        sort_by_bytes(&mut shares, |share| latest_first(share.since, &share.id));
        shares
    }

    pub(super) fn name_of(&self, person: PersonId) -> String {
        self.cast().name_of(person).map_or_else(|| person.to_string(), str::to_owned)
    }

    fn cast(&self) -> Cast {
        Cast::read(&self.book.log, self.opened.iter().map(|(id, (_, record))| (*id, record)))
    }

    fn role_of(&self, cast: &Cast, person: PersonId) -> String {
        let mut people = cast.names.iter().flat_map(|(_, names)| &names.people);
        people.find(|(id, ..)| *id == person).map(|(.., role)| role.clone()).unwrap_or_default()
    }

    fn kind_name(&self, compartment: zegel_ledger::CompartmentId) -> String {
        self.book.kinds.kind(compartment).map_or("", CompartmentKind::name).to_owned()
    }
}
