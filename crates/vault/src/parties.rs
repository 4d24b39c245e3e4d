//! The people a dossier is about, and who act for them: inviting them, admitting their keys after their words were
//! compared, and giving them new ones when they lost everything.

use serde::{Deserialize, Serialize};
use zegel_dossier::{
    Compared, CompartmentKind, InvitedRecord, NamesRecord, PartyKind, PartyRecord, Record, VerificationRecord,
};
use zegel_ledger::{
    Change, CompartmentEpoch, CompartmentId, Grant, GrantId, LogId, Party, PersonId, Receiver, RecordId, Rights,
};

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
    verified::{keys_hash, same_words},
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
        let last = book.log.grants().filter(|state| state.grant.receiver == Receiver::Party(person));
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

    /// Admits somebody who registered with an invitation, after their words were compared, and notes it. Refuses words that
    /// are not theirs. Whose place they take is shut out first.
    pub async fn admit_party(
        &mut self,
        dossier: &str,
        person: &str,
        heard: &str,
        how: Compared,
    ) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        let person: PersonId = id(person)?;
        self.pull(log).await?;
        let (book, cast) = self.cast(log).await?;
        let link = self.invitation_in(&book, person).ok_or(VaultError::NoNewcomer)?;
        let invited = cast.invited.get(&link).cloned().ok_or(VaultError::NoNewcomer)?;
        let newcomers = self.newcomers_by(&book, link);
        let [newcomer] = newcomers.as_slice() else { return Err(VaultError::RegisteredTwice) };
        self.heard(&newcomer.account, &newcomer.receiving, heard)?;
        if invited.until.is_some_and(|until| until <= self.ports.clock.now()) {
            return Err(VaultError::DateInPast);
        }
        if let Some(old) = invited.replaces
            && book.log.party_grants(old).next().is_some()
            && !self.end_grants(log, |state| state.grant.receiver == Receiver::Party(old)).await?
        {
            return Err(VaultError::NoRight);
        }
        let mut rng = self.ports.rng();
        let (record, verified, grant) = (RecordId::make(&mut rng), RecordId::make(&mut rng), GrantId::make(&mut rng));
        drop(rng);
        self.change(log, |vault, book, draft| {
            // Somebody else may have admitted them, or withdrawn it, meanwhile.
            draft_withdrawal(draft, book, link).map_err(|_| VaultError::NoNewcomer)?;
            let (account, receiving) = (newcomer.account, newcomer.receiving.clone());
            draft.changes.push(Change::Party(Party { person, account, receiving }));
            draft.changes.push(Change::Certify(newcomer.certificate.clone()));
            vault.draft_party_grant(draft, book, grant, newcomer, &invited)?;
            let name = newcomer.name.clone().unwrap_or_else(|| invited.name.clone());
            let said = PartyRecord { person, name, kind: invited.kind, replaces: invited.replaces };
            vault.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Party(said))?;
            vault.draft_said(draft, book, verified, newcomer, how)
        })
        .await?;
        self.tell_names(log).await
    }

    /// Says that the words of somebody outside the organisation were compared. Refuses words that are not theirs. Whoever
    /// writes in the trail may; it is another one's word only if they did not make the invitation.
    pub async fn verify_party(
        &mut self,
        dossier: &str,
        person: &str,
        heard: &str,
        how: Compared,
    ) -> Result<(), VaultError> {
        let log = self.dossier_id(dossier)?;
        let person: PersonId = id(person)?;
        self.pull(log).await?;
        let record = RecordId::make(&mut self.ports.rng());
        let outcome = self.change(log, |vault, book, draft| {
            let known = book.log.party(person).ok_or(VaultError::NotFound)?.party.clone();
            vault.heard(&known.account, &known.receiving, heard)?;
            let keys = keys_hash(&known.account, &known.receiving);
            let said = VerificationRecord { person, keys, day: vault.today(), how };
            vault.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Verification(said))
        });
        Ok(outcome.await?)
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

    fn heard(
        &self,
        account: &zegel_crypto::VerifyingKey,
        receiving: &zegel_crypto::ReceivingPublic,
        heard: &str,
    ) -> Result<(), VaultError> {
        if same_words(heard, &words(account, receiving)) || zegel_crypto::sabotage::is("party-words") {
            Ok(())
        } else {
            Err(VaultError::WrongWords)
        }
    }

    fn draft_said(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        record: RecordId,
        newcomer: &Newcomer,
        how: Compared,
    ) -> Result<(), VaultError> {
        let (person, keys) = (newcomer.person, keys_hash(&newcomer.account, &newcomer.receiving));
        let said = VerificationRecord { person, keys, day: self.today(), how };
        self.draft_kind(draft, book, CompartmentKind::Trail, record, &Record::Verification(said))
    }

    /// The grant to a newcomer with the wrap that serves it: the parts they were invited to, from the beginning.
    fn draft_party_grant(
        &self,
        draft: &mut Draft,
        book: &Book,
        grant: GrantId,
        newcomer: &Newcomer,
        invited: &InvitedRecord,
    ) -> Result<(), VaultError> {
        let given = |at: &&CompartmentEpoch| {
            let kind = book.kinds.kind(at.compartment);
            kind.is_some_and(|kind| invited.parts.contains(&kind)) && self.manages(&book.log, at.compartment)
        };
        let epochs: Vec<CompartmentEpoch> = book.seeds.by_epoch.keys().filter(given).copied().collect();
        let mut compartments: Vec<CompartmentId> = epochs.iter().map(|at| at.compartment).collect();
        compartments.dedup();
        if compartments.len() < invited.parts.len() {
            return Err(VaultError::NoRight);
        }
        let rights = if invited.kind.consents() { Rights::READ | Rights::CONSENT } else { Rights::READ };
        let receiver = Receiver::Party(newcomer.person);
        let grant = staff_grant(grant, receiver, newcomer.receiving.hash(), rights, compartments);
        let grant = Grant { until: invited.until, ..grant };
        draft.grant(book.log.id(), &grant, &newcomer.receiving, &epochs, &book.seeds);
        Ok(())
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
