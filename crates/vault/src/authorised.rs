//! The list of who is authorised is the list of who holds keys: computed from grants and memberships, so that it cannot
//! say something else.

use std::collections::{BTreeMap, BTreeSet};

use zegel_dossier::{CompartmentKind, PartyKind};
use zegel_ledger::{Delegation, Entry, Head, LogId, LogKind, PersonId, Receiver, Refusal};
use zegel_protocol::{calls::Pull, limits};

use crate::{
    Vault, VaultError,
    cast::Cast,
    days,
    ports::Ports,
    relay::{Relay, Signer},
    view::{AuthorisedPerson, AuthorisedView},
};

/// Where a log stood at a moment, by its entries' claimed times: the entries up to this one count.
pub(crate) type Position = Option<u64>;

impl Vault {
    /// Who holds keys of a dossier, or of any that this person reads: now, or at the end of a day (counted from 1970). A
    /// past day is told by the times that entries claim; their order nobody can change.
    pub async fn authorised(&mut self, dossier: Option<&str>, on: Option<u64>) -> Result<AuthorisedView, VaultError> {
        self.sync().await?;
        let now = self.ports.clock.now();
        let moment = on.map_or(now, |day| days::end(day).min(now));
        let past = moment < now;
        let logs: Vec<LogId> = match dossier {
            Some(dossier) => vec![self.dossier_id(dossier)?],
            None => {
                let dossiers = self.slots.iter().filter(|(_, slot)| slot.kind == LogKind::Dossier);
                dossiers.map(|(log, _)| *log).collect()
            }
        };
        let directory = if past { before(&self.directory_entries, moment)? } else { Some(u64::MAX) };
        let members: BTreeSet<PersonId> = self
            .directory
            .members()
            .filter(|(_, member)| counts(member.since, member.removed, directory))
            .filter(|(_, member)| member.admission.until.is_none_or(|until| moment < until))
            .map(|(person, _)| person)
            .collect();

        // Of each member: how many dossiers, and which kinds of compartment in them.
        let mut held: BTreeMap<PersonId, (usize, BTreeSet<CompartmentKind>)> = BTreeMap::new();
        let mut parties: BTreeMap<PersonId, (String, PartyKind)> = BTreeMap::new();
        let (mut recovery, mut looked) = (false, 0);
        for log in logs {
            let was_open = self.books.contains_key(&log);
            let has_parties = self.book(log).await?.log.parties().next().is_some();
            let cast = if has_parties { self.cast(log).await?.1 } else { Cast::default() };
            let position = if past { self.position(log, moment).await? } else { Some(u64::MAX) };
            let book = self.book(log).await?;
            looked += usize::from(position.is_some());
            let mut counted = BTreeSet::new();
            for state in book.log.grants().filter(|state| counts(state.since, state.revoked, position)) {
                let person = match &state.grant.receiver {
                    _ if book.log.wraps_of(state.grant.id).is_empty() => continue,
                    // Nothing opened by it yet.
                    _ if state.opens().is_none_or(|opens| moment < opens) => continue,
                    Receiver::Person(person) if members.contains(person) => *person,
                    Receiver::Recovery => {
                        recovery = true;
                        continue;
                    }
                    Receiver::Party(person) if state.grant.until.is_none_or(|until| moment < until) => {
                        let name = cast.name_of(*person).unwrap_or_default().to_owned();
                        let kind = cast.parties.get(person).map_or(PartyKind::Representative, |known| known.kind);
                        parties.insert(*person, (name, kind));
                        *person
                    }
                    Receiver::Person(_) | Receiver::Link(_) | Receiver::Party(_) => continue,
                };
                let (dossiers, kinds) = held.entry(person).or_default();
                *dossiers += usize::from(counted.insert(person));
                kinds.extend(state.grant.compartments.iter().filter_map(|id| book.kinds.kind(*id)));
            }
            if !was_open {
                self.books.remove(&log);
            }
        }
        if dossier.is_none() {
            for person in &members {
                held.entry(*person).or_default();
            }
        }
        let title = dossier.map(|text| self.dossier_id(text)).transpose()?.and_then(|log| self.slots.get(&log));
        let mut people: Vec<AuthorisedPerson> = held
            .into_iter()
            .map(|(person, (dossiers, kinds))| AuthorisedPerson {
                person: person.to_string(),
                name: parties.get(&person).map_or_else(|| self.name_of(person), |(name, _)| name.clone()),
                role: match parties.get(&person) {
                    Some((_, kind)) => kind.name().to_owned(),
                    None => self.role_of(person).name().to_owned(),
                },
                delegate_until: self.delegate_at(person, directory, moment),
                dossiers,
                compartments: kinds.into_iter().map(|kind| kind.name().to_owned()).collect(),
            })
            .collect();
        people.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.person.cmp(&b.person)));
        Ok(AuthorisedView {
            organisation: self.organisation.clone(),
            dossier: title.map(|slot| slot.title.clone()),
            moment,
            people,
            recovery,
            dossiers: looked,
            reviewed: self.last_review(),
        })
    }

    /// Until when somebody acted for the directors at a moment, if they did.
    fn delegate_at(&self, person: PersonId, directory: Position, moment: u64) -> Option<u64> {
        let made = &self.directory.member(person)?.delegations;
        let acts = |made: &&Delegation| counts(made.since, made.ended, directory) && moment < made.until;
        made.iter().rev().find(acts).map(|made| made.until)
    }

    /// Where a dossier stood at a moment.
    async fn position(&mut self, log: LogId, moment: u64) -> Result<Position, VaultError> {
        let head = self.book(log).await?.log.head().ok_or(VaultError::NotFound)?;
        position(&self.ports, &mut self.relay, &self.keys.signer(), (log, head), moment).await
    }
}

/// Where a log stood at a moment. Its entries are fetched anew; they count if they lead to the head that was verified.
pub(crate) async fn position(
    ports: &Ports,
    relay: &mut Relay,
    signer: &Signer<'_>,
    (log, head): (LogId, Head),
    moment: u64,
) -> Result<Position, VaultError> {
    let mut entries: Vec<Entry> = Vec::new();
    while (entries.len() as u64) <= head.sequence {
        let call = Pull { log, from: entries.len() as u64, limit: limits::PAGE, blobs: false };
        let page = relay.call(ports, signer, &call).await?;
        if page.entries.is_empty() {
            return Err(VaultError::Untrusted(Refusal::Fork));
        }
        entries.extend(page.entries);
    }
    entries.truncate(usize::try_from(head.sequence + 1).unwrap_or(usize::MAX));
    if entries.last().map(Entry::hash) != Some(head.hash) {
        return Err(VaultError::Untrusted(Refusal::Fork));
    }
    before(&entries, moment)
}

/// The last of these entries, a log's from its first on, that claims an earlier time. They must be a chain.
fn before(entries: &[Entry], moment: u64) -> Result<Position, VaultError> {
    let (mut position, mut previous) = (None, None);
    for (sequence, entry) in (0..).zip(entries) {
        let commit = entry.commit()?;
        if commit.sequence != sequence || commit.previous != previous {
            return Err(VaultError::Untrusted(Refusal::Fork));
        }
        if commit.claimed_time < moment {
            position = Some(sequence);
        }
        previous = Some(entry.hash());
    }
    Ok(position)
}

/// Whether what began in one entry and ended in another was in force at a position.
pub(crate) fn counts(since: u64, ended: Option<u64>, position: Position) -> bool {
    position.is_some_and(|position| since <= position && ended.is_none_or(|ended| position < ended))
}
