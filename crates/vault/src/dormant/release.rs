//! The dormant grants of a practice's testament: when enough trustees have claimed them, each dossier opens for its own client, and
//! what nobody is left to read can be closed. The trustees themselves get no key: theirs is the right to close, and no compartment.

use zegel_dossier::PartyKind;
use zegel_ledger::{Change, Claims, CompartmentId, GrantState, Log, LogId, PersonId, Receiver, Rights};

use super::{DormantLine, upkeep::Wish};
use crate::{Vault, VaultError, book::Book, view::Purpose, write::Draft};

impl Wish {
    /// Whether a grant that there is will do: by the same people, and on these terms unless it was claimed on others.
    pub(super) fn keeps(&self, line: &DormantLine) -> bool {
        let Claims { needed, people, days } = &self.claims;
        let fits = || {
            let quorum = line.trustees.as_ref().is_some_and(|trustees| trustees.needed == *needed);
            quorum && line.days == *days && self.parts.iter().any(|(rights, _)| *rights == line.rights)
        };
        let same = line.trustees() == people || zegel_crypto::sabotage::is("release-people");
        same && (line.opens.is_some() || fits())
    }
}

impl Vault {
    /// The clients who read a dossier with keys of their own.
    pub(super) async fn clients(&mut self, log: LogId) -> Result<Vec<PersonId>, VaultError> {
        if self.book(log).await?.log.parties().next().is_none() {
            return Ok(Vec::new());
        }
        let now = self.relay_time();
        let (book, cast) = self.cast(log).await?;
        let reads = |person: &PersonId| {
            let mut theirs = book.log.party_grants(*person).filter(|state| state.gate().is_none());
            theirs.any(|state| state.grant.until.is_none_or(|until| now < until))
        };
        let client = |person: &PersonId| {
            let own = cast.parties.get(person).is_some_and(|party| party.kind == PartyKind::Client);
            own || zegel_crypto::sabotage::is("release-client")
        };
        Ok(book.log.parties().map(|(person, _)| person).filter(client).filter(reads).collect())
    }

    /// The members who let others into a dossier, for good.
    pub(super) fn managers(&self, book: &Book) -> Vec<PersonId> {
        let lasting = |person: &PersonId| {
            let mut theirs =
                book.log.grants_of(*person).filter(|state| state.gate().is_none() && state.grant.until.is_none());
            theirs.any(|state| state.grant.rights.allow(Rights::MANAGE))
        };
        let members = self.directory.members().map(|(person, _)| person);
        members.filter(|person| self.is_here(*person)).filter(lasting).collect()
    }

    /// What the owner's testament takes in a dossier that nobody else goes on with: that each client reads all of it, and that each
    /// trustee may close it.
    pub(super) fn release_wishes(&self, book: &Book, claims: Option<&Claims>, clients: &[PersonId]) -> Vec<Wish> {
        let own = self.keys.person;
        let alone = self.managers(book) == [own] || zegel_crypto::sabotage::is("release-shared");
        let Some(claims) = claims.filter(|_| alone) else { return Vec::new() };
        let managed: Vec<CompartmentId> =
            book.log.compartments().map(|(id, _)| id).filter(|id| self.manages(&book.log, *id)).collect();
        let wish = |person, rights, compartments| {
            let parts = vec![(rights, compartments)];
            Wish { person, claims: claims.clone(), purpose: Purpose::Release, parts }
        };
        let lacks = |person: &&PersonId| {
            let reads = |state: &GrantState| state.gate().is_none() && state.grant.until.is_none();
            let theirs: Vec<_> = book.log.party_grants(**person).filter(|state| reads(state)).collect();
            let covered =
                |id: &CompartmentId| theirs.iter().any(|state| state.grant.compartments.binary_search(id).is_ok());
            !managed.iter().all(covered)
        };
        let clients = clients.iter().filter(lacks).map(|person| wish(*person, Rights::READ, managed.clone()));
        // Nobody gives what they have not got.
        let closes = book.log.rights(own).allow(Rights::CLOSE);
        let trustees = claims.people.iter().filter(|_| closes).map(|person| wish(*person, Rights::CLOSE, Vec::new()));
        clients.chain(trustees).collect()
    }

    /// Takes back that a trustee of somebody's testament has closed a dossier. Whether there was anything to take back.
    pub(super) fn draft_reopening(&self, draft: &mut Draft, book: &Book, owner: PersonId) -> bool {
        let may = book.log.rights(self.keys.person).allow(Rights::CLOSE);
        let reopens = may && closed_for(&book.log) == Some(owner);
        if reopens {
            draft.changes.push(Change::Close(None));
        }
        reopens
    }
}

/// By whose testament a dossier is to be destroyed, if a trustee has closed it; whether they are one still or not.
pub(crate) fn closed_for(log: &Log) -> Option<PersonId> {
    let closing = log.closed().filter(|closing| closing.destroy_after.is_some())?;
    let trustee = |state: &&GrantState| match state.grant.receiver {
        Receiver::Person(person) if state.gate().is_some() && !state.grant.rights.allow(Rights::READ) => {
            log.entries_by(person).any(|entry| entry == closing.sequence)
        }
        _ => false,
    };
    log.grants().find(trustee).map(|state| state.author)
}
