//! The people a dossier is about, and who act for them: who they are, how they are invited, and invited once more when they
//! lost everything.

mod admitting;

use serde::{Deserialize, Serialize};
use zegel_dossier::{CompartmentKind, InvitedRecord, NamesRecord, PartyKind, Record};
use zegel_ledger::{Change, Grant, GrantId, LogId, PersonId, Receiver, RecordId, Rights};

use crate::{
    Vault, VaultError,
    access::AccessTerms,
    book::Book,
    cast::Cast,
    dossiers::id,
    order::{alphabetical, sort_by_bytes},
    people::{INVITATION_SECONDS, Newcomer, words},
    session::{staff_grant, text},
    share::{MadeLink, fingerprint},
    view::{PartyStanding, PartyView, SharedView, VouchedView},
    write::Draft,
};

/// Somebody outside the organisation who is to read a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParty {
    /// Their name.
    pub name: String,
    /// What they are, by its name: `client`, `guardian`, `representative`.
    pub kind: String,
    /// Only these parts, by name, and the trail; none named is what their kind usually gets.
    pub parts: Vec<String>,
    /// Served before this time, in seconds since 1970.
    pub until: Option<u64>,
}

impl NewParty {
    fn parts(&self, kind: PartyKind) -> Result<Vec<CompartmentKind>, VaultError> {
        let mut parts = match self.parts.as_slice() {
            [] => kind.usual_parts().to_vec(),
            named => AccessTerms { parts: named.to_vec(), ..AccessTerms::default() }.kinds()?,
        };
        parts.sort_unstable();
        parts.dedup();
        Ok(parts)
    }
}

impl Vault {
    /// Everybody outside the organisation who is invited into a dossier, reads it or once did.
    pub async fn parties(&mut self, dossier: &str) -> Result<Vec<PartyView>, VaultError> {
        let log = self.dossier_id(dossier)?;
        let (book, cast) = self.cast(log).await?;
        let now = self.ports.clock.now();
        let name = |person: PersonId| self.name_of(person);
        let parts = |compartments: &mut dyn Iterator<Item = CompartmentKind>| {
            let mut kinds: Vec<CompartmentKind> = compartments.collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds.into_iter().map(|kind| kind.name().to_owned()).collect::<Vec<String>>()
        };
        let mut list = Vec::new();
        for (person, known) in book.log.parties() {
            let said = cast.parties.get(&person);
            let grants: Vec<_> = book.log.party_grants(person).collect();
            let until = grants.iter().filter_map(|state| state.grant.until).min();
            let over = grants.is_empty() || until.is_some_and(|until| until <= now);
            let kinds = grants.iter().flat_map(|state| &state.grant.compartments);
            list.push(PartyView {
                person: person.to_string(),
                name: said.map_or_else(|| person.to_string(), |said| said.name.clone()),
                kind: said.map_or(PartyKind::Representative, |said| said.kind).name().to_owned(),
                standing: if over { PartyStanding::Ended } else { PartyStanding::Reads },
                parts: parts(&mut kinds.filter_map(|id| book.kinds.kind(*id))),
                until,
                invited_until: None,
                words: words(&known.party.account, &known.party.receiving),
                vouched: cast.vouched(&book.log, known, self.keys.person, name),
                replaces: said.and_then(|said| said.replaces).map(|old| old.to_string()),
            });
        }
        for state in book.log.grants().filter(|state| state.revoked.is_none()) {
            let Receiver::Link(link) = &state.grant.receiver else { continue };
            let Some(invited) = cast.invited.get(&link.id) else { continue };
            let newcomer = self.newcomers_by(&book, link.id).into_iter().next();
            list.push(PartyView {
                person: newcomer.as_ref().map_or(link.id, |newcomer| newcomer.person).to_string(),
                name: newcomer.as_ref().and_then(|n| n.name.clone()).unwrap_or_else(|| invited.name.clone()),
                kind: invited.kind.name().to_owned(),
                standing: match newcomer {
                    Some(_) => PartyStanding::Registered,
                    None if state.grant.until.is_some_and(|until| until <= now) => PartyStanding::Expired,
                    None => PartyStanding::Invited,
                },
                parts: parts(&mut invited.parts.iter().copied()),
                until: invited.until,
                invited_until: state.grant.until,
                words: newcomer.map(|n| words(&n.account, &n.receiving)).unwrap_or_default(),
                vouched: VouchedView::invited(self.name_of(state.author)),
                replaces: invited.replaces.map(|old| old.to_string()),
            });
        }
        sort_by_bytes(&mut list, |party| alphabetical(&party.name, &party.person));
        Ok(list)
    }

    /// Invites somebody outside the organisation to read a dossier with keys of their own. Gives a link, whose text begins at
    /// `/join`, and a code, to be handed over apart. The link opens nothing.
    pub async fn invite_party(&mut self, dossier: &str, new: &NewParty) -> Result<SharedView, VaultError> {
        text("name", &new.name)?;
        let kind = PartyKind::from_name(&new.kind).ok_or_else(|| VaultError::UnknownKind(new.kind.clone()))?;
        let (parts, link) = (new.parts(kind)?, self.make_link());
        let name = new.name.trim().to_owned();
        let invited = InvitedRecord { link: link.id, name, kind, parts, until: new.until, replaces: None };
        self.make_party_invitation(dossier, link, invited, None).await
    }

    /// Makes another link and code for somebody who was invited and is not admitted yet, by their id or their link's. The old
    /// link ends in the same entry, and with it whoever came by it.
    pub async fn reinvite_party(&mut self, dossier: &str, person: &str) -> Result<SharedView, VaultError> {
        let log = self.dossier_id(dossier)?;
        self.pull(log).await?;
        let (book, cast) = self.cast(log).await?;
        let old = self.invitation_in(&book, id(person)?).ok_or(VaultError::NotFound)?;
        let link = self.make_link();
        let invited = cast.invited.get(&old).ok_or(VaultError::NotFound)?;
        let invited = InvitedRecord { link: link.id, ..invited.clone() };
        self.make_party_invitation(dossier, link, invited, Some(old)).await
    }

    /// Invites somebody who reads, or read, and lost card and passphrase, once more. When they are admitted, their old keys
    /// end, with new epochs, and the new ones get what the old ones had.
    pub async fn replace_party(&mut self, dossier: &str, person: &str) -> Result<SharedView, VaultError> {
        let log = self.dossier_id(dossier)?;
        let person: PersonId = id(person)?;
        let (book, cast) = self.cast(log).await?;
        let known = cast.parties.get(&person).ok_or(VaultError::NotFound)?;
        let last =
            book.log.grants().filter(|state| state.grant.receiver == Receiver::Party(person) && state.gate().is_none());
        let last = last.max_by_key(|state| state.since).ok_or(VaultError::NotFound)?;
        let mut parts: Vec<_> = last.grant.compartments.iter().filter_map(|id| book.kinds.kind(*id)).collect();
        parts.sort_unstable();
        let until = last.grant.until.filter(|until| *until > self.ports.clock.now());
        let (link, replaces) = (self.make_link(), Some(person));
        let (name, kind) = (known.name.clone(), known.kind);
        let invited = InvitedRecord { link: link.id, name, kind, parts, until, replaces };
        self.make_party_invitation(dossier, link, invited, None).await
    }

    /// Puts an invitation into a dossier, in the place of the `old` one.
    async fn make_party_invitation(
        &mut self,
        dossier: &str,
        link: MadeLink,
        invited: InvitedRecord,
        old: Option<PersonId>,
    ) -> Result<SharedView, VaultError> {
        let log = self.dossier_id(dossier)?;
        let now = self.ports.clock.now();
        if invited.until.is_some_and(|until| until <= now) {
            return Err(VaultError::DateInPast);
        }
        let until = now + INVITATION_SECONDS;
        let (record, grant) = (RecordId::make(&mut self.ports.rng()), GrantId::make(&mut self.ports.rng()));
        let invitation = Grant {
            until: Some(until),
            ..staff_grant(
                grant,
                Receiver::Link(link.receiver()),
                link.keys.receiving.public().hash(),
                Rights::READ,
                Vec::new(),
            )
        };
        self.change(log, |vault, book, draft| {
            let managed =
                |kind: &CompartmentKind| book.kinds.find(*kind).is_some_and(|id| vault.manages(&book.log, id));
            if !invited.parts.iter().all(managed) {
                return Err(VaultError::NoRight);
            }
            if let Some(old) = old {
                draft_withdrawal(draft, book, old)?;
            }
            draft.changes.push(Change::Grant(invitation.clone()));
            vault.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Invited(invited.clone()))
        })
        .await?;
        let first = self.book(log).await?.log.first().ok_or(VaultError::NotFound)?;
        let root = self.directory.root().ok_or(VaultError::Waiting)?;
        // Whoever comes by it introduces themselves to this key, and to no other.
        let inviter = self.keys.receiving.public().hash();
        Ok(link.view(link.id.to_string(), "/join", fingerprint(root, inviter, first), until))
    }

    /// Withdraws an invitation into a dossier, by its link or by who came with it. False if there is none.
    pub(crate) async fn withdraw_party(&mut self, log: LogId, person: PersonId) -> Result<bool, VaultError> {
        let book = self.book(log).await?.clone();
        let Some(link) = self.invitation_in(&book, person) else { return Ok(false) };
        self.change(log, |_, book, draft| draft_withdrawal(draft, book, link)).await?;
        Ok(true)
    }

    /// Tells names to those to whom the directory is closed, where there are any and they do not have them yet.
    pub(crate) async fn tell_names(&mut self, log: LogId) -> Result<(), VaultError> {
        let book = self.book(log).await?;
        let living = |(person, _): (PersonId, _)| book.log.party_grants(person).next().is_some();
        if !book.log.parties().any(living) {
            return Ok(());
        }
        let (book, cast) = self.cast(log).await?;
        let people = book.log.people().into_iter().filter(|person| self.people.contains_key(person));
        let people = people.map(|person| (person, self.name_of(person), self.role_of(person).name().to_owned()));
        let names = NamesRecord { organisation: self.organisation.clone(), people: people.collect() };
        let known = cast.names.as_ref();
        if known.is_some_and(|(_, known)| *known == names) {
            return Ok(());
        }
        let record = known.map_or_else(|| RecordId::make(&mut self.ports.rng()), |(record, _)| *record);
        let outcome = self.change(log, |vault, book, draft| {
            vault.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Names(names.clone()))
        });
        match outcome.await.map_err(VaultError::from) {
            // Who lets others in without writing in the trail leaves it to who does.
            Err(VaultError::NoRight) => Ok(()),
            outcome => outcome,
        }
    }

    /// A dossier's book, with its trail opened as far as this person may.
    pub(crate) async fn cast(&mut self, log: LogId) -> Result<(Book, Cast), VaultError> {
        let book = self.book(log).await?.clone();
        self.need_halves(&[&book]).await?;
        let trail = book.kinds.find(CompartmentKind::Trail);
        let records = book.log.records().filter(|(_, state)| Some(state.at.compartment) == trail);
        let mut opened = Vec::new();
        for record in records.map(|(record, _)| record).collect::<Vec<RecordId>>() {
            match self.record(&book, record).await {
                Ok(content) => opened.push((record, content)),
                Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                Err(_) => {}
            }
        }
        let cast = Cast::read(&book.log, opened.iter().map(|(id, content)| (*id, content)));
        Ok((book, cast))
    }

    /// Whoever came by an invitation into a dossier.
    fn newcomers_by(&self, book: &Book, link: PersonId) -> Vec<Newcomer> {
        let newcomers = book.registered.iter().filter_map(|slip| self.newcomer(slip));
        newcomers.filter(|(by, _)| *by == link).map(|(_, newcomer)| newcomer).collect()
    }

    /// The living invitation that is named by its link, or by who came with it.
    fn invitation_in(&self, book: &Book, person: PersonId) -> Option<PersonId> {
        let came = book.registered.iter().filter_map(|slip| self.newcomer(slip));
        let by = came.filter(|(_, newcomer)| newcomer.person == person).map(|(link, _)| link).next();
        let link = by.unwrap_or(person);
        let living = book.log.grants_of(link).any(|state| matches!(state.grant.receiver, Receiver::Link(_)));
        living.then_some(link)
    }
}

/// Ends an invitation that is still open.
fn draft_withdrawal(draft: &mut Draft, book: &Book, link: PersonId) -> Result<(), VaultError> {
    let living = book.log.grants_of(link).map(|state| Change::Revoke(state.grant.id));
    draft.changes.extend(living);
    if draft.changes.is_empty() { Err(VaultError::NotFound) } else { Ok(()) }
}
