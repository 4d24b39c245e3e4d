//! Colleagues: inviting, joining, admitting, removing.

use std::rc::Rc;

use minicbor::{Decode, Encode};
use zegel_crypto::{
    Canonical as _, Hash, Label, ReceivingPublic, Seed, VerifyingKey, Wrapped, labelled,
    printed::{Link, LinkKeys, verification_words},
    unlock, unwrap, wrap,
};
use zegel_dossier::{Compared, InvitationRecord, PersonRecord, Record, policy::Role};
use zegel_ledger::{
    Admission, Change, CompartmentEpoch, CompartmentId, DeviceCertificate, Directory, Gate, Grant, GrantId, LogId,
    LogKind, OrganisationId, PersonId, Receiver, RecordId, Rights, SignedSlip, Slip, Standing, Statement,
};
use zegel_protocol::{
    Problem,
    calls::{Post, Pull, StoreKeyring},
    limits,
};
use zeroize::Zeroizing;

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    dossiers::id,
    inbox::{parse, refused},
    order::{alphabetical, sort_by_bytes},
    ports::{Ports, TransportError},
    relay::{Relay, Signer},
    session::{DeviceState, FreshPerson, anchor, passphrase_strength, staff_grant, text},
    share::{MadeLink, fingerprint},
    sync::take_directory_entry,
    view::{Alarm, MemberState, MemberView, PrintedView, SharedView, VouchedView},
    write::Draft,
};

/// How long an invitation is served, in seconds: two weeks.
pub(crate) const INVITATION_SECONDS: u64 = 14 * 24 * 60 * 60;

/// Somebody who came with an invitation, as their slip says.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    /// The slip itself: once an entry has taken note of it the relay sends it no more.
    pub(crate) slip: SignedSlip,
    pub(crate) person: PersonId,
    pub(crate) account: VerifyingKey,
    pub(crate) receiving: ReceivingPublic,
    pub(crate) certificate: DeviceCertificate,
    /// The name they gave, where this vault made the invitation.
    pub(crate) name: Option<String>,
}

impl Newcomer {
    /// How they are admitted, by whichever director: two must mean the same.
    fn admission(&self, invitation: &InvitationRecord) -> Admission {
        let directs = if invitation.director { Standing::DIRECTOR.0 } else { 0 };
        Admission {
            person: self.person,
            account: self.account,
            receiving: self.receiving.clone(),
            standing: Standing(Standing::STAFF.0 | directs),
            until: invitation.until,
        }
    }
}

/// What a newcomer says of themselves, for the inviter alone. The random bytes keep a short name from being guessed.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Introduction {
    #[n(0)]
    name: String,
    #[n(1)]
    blind: Seed,
}

/// The words by which two people compare a person's keys.
pub(crate) fn words(account: &VerifyingKey, receiving: &ReceivingPublic) -> Vec<String> {
    words_of(account, receiving.hash())
}

/// The same, of a key that only its hash is known of.
pub(crate) fn words_of(account: &VerifyingKey, receiving: Hash) -> Vec<String> {
    let bytes = labelled(Label::Words, &(account, receiving));
    verification_words(&bytes).iter().map(|word| (*word).to_owned()).collect()
}

impl Vault {
    /// Everybody who is, was, or is about to be a member.
    pub fn members(&self) -> Vec<MemberView> {
        let mut list: Vec<MemberView> = self
            .directory
            .members()
            .map(|(person, member)| MemberView {
                person: person.to_string(),
                name: self.name_of(person),
                director: member.admission.standing.is_director(),
                role: self.role_of(person).name().to_owned(),
                until: member.admission.until,
                pledged: self.has_pledged(person),
                farewell: member.farewell.map(|(when, _)| when),
                waiting: self.waiting_for(person),
                you: person == self.keys.person,
                state: if member.removed.is_some() { MemberState::Removed } else { MemberState::Member },
                words: words(member.account(), member.receiving()),
                invited_until: None,
                vouched: self.vouched(person, member),
                wanted_by: self.wanted_by(&Change::Remove(person)),
                delegate: self.delegate_view(person),
            })
            .collect();
        let now = self.ports.clock.now();
        for state in self.directory.log().grants().filter(|state| state.revoked.is_none()) {
            let Receiver::Link(link) = &state.grant.receiver else { continue };
            let Some(invitation) = self.invitations.get(&link.id) else { continue };
            let newcomer = self.newcomers.get(&link.id).and_then(|all| all.first());
            list.push(MemberView {
                person: newcomer.map_or(link.id, |newcomer| newcomer.person).to_string(),
                name: newcomer.and_then(|n| n.name.clone()).unwrap_or_else(|| invitation.name.clone()),
                director: invitation.director,
                role: role_in(invitation).name().to_owned(),
                until: invitation.until,
                pledged: false,
                farewell: None,
                waiting: 0,
                you: false,
                state: match newcomer {
                    Some(_) => MemberState::Registered,
                    None if state.grant.until.is_some_and(|until| until <= now) => MemberState::Expired,
                    None => MemberState::Invited,
                },
                invited_until: state.grant.until,
                words: newcomer.map(|n| words(&n.account, &n.receiving)).unwrap_or_default(),
                vouched: VouchedView::invited(self.name_of(state.author)),
                wanted_by: newcomer
                    .map(|newcomer| self.wanted_by(&Change::Admit(newcomer.admission(invitation))))
                    .unwrap_or_default(),
                delegate: None,
            });
        }
        sort_by_bytes(&mut list, |member| alphabetical(&member.name, &member.person));
        list
    }

    /// Invites a colleague as what they will be, and until when (in seconds since 1970) if that is agreed. Gives a link,
    /// whose text begins at `/join`, and a code, to be sent apart.
    pub async fn invite(&mut self, name: &str, role: Role, ends: Option<u64>) -> Result<SharedView, VaultError> {
        text("name", name)?;
        if role == Role::Director && ends.is_some() {
            return Err(VaultError::DirectorUntil);
        }
        let link = self.make_link();
        let invitation = InvitationRecord {
            link: link.id,
            name: name.trim().to_owned(),
            director: role == Role::Director,
            role: Some(role.name().to_owned()),
            until: ends,
            instead_of: None,
        };
        self.make_invitation(link, invitation, None).await
    }

    /// Makes another link and code for somebody who was invited and is no member yet, by their id or their link's. The old
    /// link ends in the same entry, and with it whoever came by it.
    pub async fn reinvite(&mut self, person: &str) -> Result<SharedView, VaultError> {
        self.pull_own_directory().await?;
        let old = self.invitation_of(id(person)?).ok_or(VaultError::NotFound)?;
        let invitation = self.invitations.get(&old).cloned().ok_or(VaultError::NotFound)?;
        let link = self.make_link();
        let invitation = InvitationRecord { link: link.id, ..invitation };
        self.make_invitation(link, invitation, Some(old)).await
    }

    /// Puts an invitation into the directory, under a link that is new, in the place of the `old` one.
    pub(crate) async fn make_invitation(
        &mut self,
        link: MadeLink,
        invitation: InvitationRecord,
        old: Option<PersonId>,
    ) -> Result<SharedView, VaultError> {
        self.role_rules(role_in(&invitation))?;
        let replaces = invitation.instead_of.is_some_and(|former| self.directory.now().leads(former));
        let directs = self.directory.now().is_director(self.keys.person);
        if !self.leads() || (invitation.director || replaces) && !directs {
            return Err(VaultError::NoRight);
        }
        if invitation.until.is_some_and(|ends| ends <= self.ports.clock.now()) {
            return Err(VaultError::DateInPast);
        }
        let until = self.ports.clock.now() + INVITATION_SECONDS;
        let record = RecordId::make(&mut self.ports.rng());
        let grant_id = GrantId::make(&mut self.ports.rng());
        self.change_directory(None, |vault, draft| {
            if let Some(old) = old {
                vault.draft_withdrawal(draft, old)?;
            }
            draft.changes.push(Change::Grant(Grant {
                id: grant_id,
                receiver: Receiver::Link(link.receiver()),
                receiver_key: link.keys.receiving.public().hash(),
                rights: Rights::READ,
                compartments: Vec::new(),
                from: None,
                until: Some(until),
                readings: None,
                gate: Gate::Open,
                consent: None,
            }));
            vault.draft_name(draft, record, &Record::Invitation(invitation.clone()))
        })
        .await?;
        if let Some(old) = old {
            self.newcomers.remove(&old);
        }
        self.learn_names().await?;
        let head = self.directory.log().grant(grant_id).map(|state| state.since);
        let directory = head.and_then(|sequence| self.directory.hash_at(sequence)).ok_or(VaultError::NotFound)?;
        let root = self.directory.root().ok_or(VaultError::Waiting)?;
        let first = self.directory.hash_at(0).ok_or(VaultError::Waiting)?;
        Ok(link.view(link.id.to_string(), "/join", fingerprint(root, directory, first), until))
    }

    /// Accepts an invitation on a device that has no vault yet. Until a director admits them the session is waiting.
    pub async fn join(
        ports: impl Into<Rc<Ports>>,
        link: &str,
        code: &str,
        name: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<(Self, PrintedView), VaultError> {
        let (link, link_keys) = parse(link, code)?;
        Self::join_by(ports.into(), Relay::default(), &link, &link_keys, name, passphrase).await
    }

    /// The same, with a link that was read.
    pub(crate) async fn join_by(
        ports: Rc<Ports>,
        mut relay: Relay,
        link: &Link,
        link_keys: &LinkKeys,
        name: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<(Self, PrintedView), VaultError> {
        text("name", name)?;
        passphrase_strength(&passphrase)?;
        if Self::state(&ports).await? != DeviceState::Empty {
            return Err(VaultError::AlreadyHere);
        }
        let organisation = relay.hello(&ports).await?.organisation.ok_or(VaultError::BadLink)?;
        let link_id = PersonId(link.id);
        let signer = Signer { key_id: link_id.to_string(), key: &link_keys.request };

        let (directory, entries) = pull_whole(&ports, &mut relay, &signer, organisation).await?;
        let inviter = invited(&directory, link_id, link)?;
        let root = directory.root().ok_or(VaultError::LinkNotWhatWasPromised)?;

        let mut rng = ports.rng();
        let person = PersonId::make(&mut rng);
        let keyring = unlock::make_keyring(&mut rng, person.0, anchor(organisation, root));
        drop(rng);
        let fresh = FreshPerson::make(&ports, organisation, keyring, &passphrase)?;
        fresh.register(&ports, &mut relay, (organisation, organisation), (link_id, link_keys), &inviter, name).await?;

        let card = fresh.card.to_text().to_string();
        let mut vault = Self::assemble(ports, relay, fresh.keys, fresh.record, directory, Seeds::default());
        vault.directory_entries = entries;
        vault.people.insert(person, name.trim().to_owned());
        vault.waiting = true;
        vault.keep_device().await?;
        vault.keep_directory().await?;
        Ok((vault, PrintedView { card, sheets: Vec::new(), threshold: 0 }))
    }

    /// Admits a newcomer after their words were compared, and notes it. Refuses words that are not theirs. They read no
    /// dossier by this; see [`Vault::grant`].
    pub async fn admit(&mut self, person: &str, heard: &str, how: Compared) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let person: PersonId = id(person)?;
        let found = self.newcomers.iter().find(|(_, all)| all.iter().any(|newcomer| newcomer.person == person));
        let (link, all) = found.ok_or(VaultError::NoNewcomer)?;
        let [newcomer] = all.as_slice() else { return Err(VaultError::RegisteredTwice) };
        let (link, newcomer) = (*link, newcomer.clone());
        // Another director may have withdrawn it meanwhile.
        self.directory.log().grants_of(link).next().ok_or(VaultError::NoNewcomer)?;
        let invitation = self.invitations.get(&link).cloned().ok_or(VaultError::NoNewcomer)?;
        self.role_rules(role_in(&invitation))?;
        let admission = newcomer.admission(&invitation);
        let verified = RecordId::make(&mut self.ports.rng());
        let keys = (&newcomer.account, &newcomer.receiving);
        self.agree(&Change::Admit(admission.clone()), |vault, draft| {
            vault.draft_verification(draft, verified, person, keys, (heard, how))
        })
        .await?;
        let record = RecordId::make(&mut self.ports.rng());
        let grant_id = GrantId::make(&mut self.ports.rng());
        self.change_directory(None, |vault, draft| {
            draft.changes.push(Change::Admit(admission.clone()));
            draft.changes.push(Change::Certify(newcomer.certificate.clone()));
            let log = vault.directory.log();
            let used = log.grants_of(link).map(|state| Change::Revoke(state.grant.id));
            draft.changes.extend(used);
            let epochs: Vec<CompartmentEpoch> = vault.names.by_epoch.keys().copied().collect();
            let compartments: Vec<CompartmentId> = log.compartments().map(|(id, _)| id).collect();
            let receiver = Receiver::Person(person);
            let grant = staff_grant(grant_id, receiver, newcomer.receiving.hash(), Rights::READ, compartments);
            draft.grant(log.id(), &grant, &newcomer.receiving, &epochs, &vault.names);
            let name = newcomer.name.clone().unwrap_or_else(|| invitation.name.clone());
            let role = Some(role_in(&invitation).name().to_owned());
            let formerly = invitation.instead_of;
            vault.draft_name(draft, record, &Record::Person(PersonRecord { person, name, role, formerly }))?;
            vault.draft_verification(draft, verified, person, keys, (heard, how))
        })
        .await?;
        self.newcomers.remove(&link);
        self.learn_names().await?;
        match invitation.instead_of {
            Some(former) => self.end_former(former).await,
            None => Ok(()),
        }
    }

    /// The directors who agreed to a change that has not been made.
    fn wanted_by(&self, change: &Change) -> Vec<String> {
        self.directory.agreed_to(change).map(|person| self.name_of(person)).collect()
    }

    /// Where a change takes two directors: records that this one agrees, with what they have to say of it, and goes on only
    /// if another one does already.
    pub(crate) async fn agree(
        &mut self,
        change: &Change,
        mut said: impl FnMut(&mut Self, &mut Draft) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let own = self.keys.person;
        let seconded = |vault: &Self| vault.directory.agreed_to(change).any(|person| person != own);
        if !self.directory.takes_two(own, change) || seconded(self) {
            return Ok(());
        }
        self.change_directory(None, |vault, draft| {
            if !vault.directory.now().is_director(own) {
                return Err(VaultError::NoRight);
            }
            if vault.directory.agreed_to(change).any(|person| person == own) {
                return Ok(());
            }
            draft.changes.push(Change::Agree(change.agreement()));
            said(vault, draft)
        })
        .await?;
        if seconded(self) { Ok(()) } else { Err(VaultError::SecondDirector) }
    }

    /// Ends a membership: revokes, and opens new epochs everywhere this vault can. Refuses, naming them, while a dossier
    /// would be left without somebody who can go on with it.
    pub async fn remove_member(&mut self, person: &str) -> Result<(), VaultError> {
        self.sync().await?;
        let person: PersonId = id(person)?;
        if let Some(link) = self.invitation_of(person) {
            return self.withdraw_invitation(link).await;
        }
        self.directory.now().member(person).ok_or(VaultError::NotFound)?;
        let shared = self.dossiers_of(person).await?;
        let mut orphans = Vec::new();
        for log in &shared {
            let book = self.book(*log).await?.clone();
            let others = self.readers(&book).into_iter().any(|r| r.stays && r.person != person.to_string());
            if !others {
                orphans.push(self.slots.get(log).map(|slot| slot.title.clone()).unwrap_or_default());
            }
        }
        if !orphans.is_empty() {
            return Err(VaultError::WouldOrphan(orphans));
        }
        self.end_membership(person).await
    }

    /// Ends a membership and replaces the keys that it held.
    pub(crate) async fn end_membership(&mut self, person: PersonId) -> Result<(), VaultError> {
        self.agree(&Change::Remove(person), |_, _| Ok(())).await?;
        self.change_directory(None, |_, draft| {
            draft.changes.push(Change::Remove(person));
            Ok(())
        })
        .await?;
        // Who removes themselves is served nothing any more; their colleagues' vaults do the rest.
        if person == self.keys.person {
            return Ok(());
        }
        self.unsettled.insert(person);
        self.keep_directory().await?;
        self.replace_keys().await
    }

    /// The dossiers on this shelf that somebody has a grant in.
    pub(crate) async fn dossiers_of(&mut self, person: PersonId) -> Result<Vec<LogId>, VaultError> {
        let dossiers = self.slots.iter().filter(|(_, slot)| slot.kind == LogKind::Dossier);
        let logs: Vec<LogId> = dossiers.map(|(log, _)| *log).collect();
        let mut found = Vec::new();
        for log in logs {
            if self.book_in_passing(log).await?.log.living_grants_of(person).next().is_some() {
                found.push(log);
            }
        }
        Ok(found)
    }

    fn invitation_of(&self, person: PersonId) -> Option<PersonId> {
        let by_newcomer = self.newcomers.iter().find(|(_, all)| all.iter().any(|n| n.person == person));
        by_newcomer.map(|(link, _)| *link).or_else(|| self.invitations.contains_key(&person).then_some(person))
    }

    async fn withdraw_invitation(&mut self, link: PersonId) -> Result<(), VaultError> {
        self.change_directory(None, |vault, draft| vault.draft_withdrawal(draft, link)).await?;
        self.newcomers.remove(&link);
        Ok(())
    }

    /// The directory as a book: its own compartment, with the names.
    pub(crate) fn directory_book(&self) -> Book {
        Book { seeds: self.names.clone(), ..Book::new(self.directory.log().clone()) }
    }

    /// Ends an invitation that is still open.
    fn draft_withdrawal(&self, draft: &mut Draft, link: PersonId) -> Result<(), VaultError> {
        draft.changes.extend(self.directory.log().grants_of(link).map(|state| Change::Revoke(state.grant.id)));
        if draft.changes.is_empty() { Err(VaultError::NotFound) } else { Ok(()) }
    }

    /// Seals a record into the directory's own compartment.
    pub(crate) fn draft_name(
        &mut self,
        draft: &mut Draft,
        record: RecordId,
        content: &Record,
    ) -> Result<(), VaultError> {
        let book = self.directory_book();
        let (compartment, epochs) = book.log.compartments().next().ok_or(VaultError::NotFound)?;
        let at = CompartmentEpoch { compartment, epoch: epochs.last().map_or(0, |epoch| epoch.epoch) };
        self.draft_record(draft, &book, at, record, content)
    }

    /// Remembers who came with which invitation, and forgets whose invitation was used or withdrawn, by whichever director.
    pub(crate) fn keep_newcomers(&mut self, slips: &[SignedSlip]) {
        let log = self.directory.log();
        self.newcomers.retain(|link, _| log.grants_of(*link).next().is_some());
        for signed in slips {
            let Some((link, newcomer)) = self.newcomer(signed) else { continue };
            let log = self.directory.log();
            let genuine = log.took_note_of(&signed.hash()) || log.pending_slips().any(|hash| hash == signed.hash());
            if !genuine || log.grants_of(link).next().is_none() {
                continue;
            }
            let all = self.newcomers.entry(link).or_default();
            if all.iter().all(|known| known.slip.hash() != newcomer.slip.hash()) {
                all.push(newcomer);
            }
            if all.len() > 1 {
                self.raise(Alarm::RegisteredTwice(link.to_string()));
            }
        }
    }

    /// Who registers by a slip, and with which link; nobody, if the device is not certified by the account it names.
    pub(crate) fn newcomer(&self, signed: &SignedSlip) -> Option<(PersonId, Newcomer)> {
        let slip = signed.slip().ok()?;
        let Statement::Register { person, account, receiving, device, signing, request, certificate, introduction } =
            slip.statement
        else {
            return None;
        };
        let certificate = DeviceCertificate { person, device, signing, request, signature: certificate };
        certificate.verify(&account).ok()?;
        let context = introduction_context(self.record.organisation, slip.author);
        let opened = unwrap(&self.keys.receiving, &Wrapped(introduction), &context).ok();
        let name = opened.and_then(|bytes| Introduction::from_canonical(&bytes).ok()).map(|said| said.name);
        Some((slip.author, Newcomer { slip: signed.clone(), person, account, receiving, certificate, name }))
    }
}

impl FreshPerson {
    /// Posts the keys of a newcomer beside a `log`, by the invitation's link, and stores their keyring. Their name is for
    /// whoever invited them.
    pub(crate) async fn register(
        &self,
        ports: &Ports,
        relay: &mut Relay,
        (organisation, log): (OrganisationId, LogId),
        (link, keys): (PersonId, &LinkKeys),
        inviter: &ReceivingPublic,
        name: &str,
    ) -> Result<(), VaultError> {
        let introduction = Introduction { name: name.trim().to_owned(), blind: Seed::make(&mut ports.rng()) };
        let introduction = wrap(inviter, &introduction.to_canonical(), &introduction_context(organisation, link));
        let certificate = self.keys.certificate();
        let statement = Statement::Register {
            person: self.keys.person,
            account: self.keys.keyring.account().verifying(),
            receiving: self.keys.receiving.public(),
            device: certificate.device,
            signing: certificate.signing,
            request: certificate.request,
            certificate: certificate.signature,
            introduction: introduction.0,
        };
        let slip = Slip { log, author: link, device: None, statement };
        let post = Post { slip: SignedSlip::sign(&slip, &keys.signing) };
        let signer = Signer { key_id: link.to_string(), key: &keys.request };
        relay.call(ports, &signer, &post).await.map_err(|error| match error {
            // The relay takes one newcomer for each invitation.
            TransportError::Problem(Problem::Refused(_)) => VaultError::InvitationUsed,
            other => uninvited(refused(other)),
        })?;
        let store = StoreKeyring { keyring: self.record.keyring.to_canonical().into() };
        relay.call(ports, &signer, &store).await.map_err(refused)?;
        Ok(())
    }
}

/// What a link's refusal means of an invitation.
pub(crate) fn uninvited(error: VaultError) -> VaultError {
    match error {
        VaultError::LinkWithdrawn => VaultError::InvitationOver,
        VaultError::LinkExpired => VaultError::InvitationExpired,
        other => other,
    }
}

/// What an invitation makes somebody.
pub(crate) fn role_in(invitation: &InvitationRecord) -> Role {
    let usual = if invitation.director { Role::Director } else { Role::AdvisorPaid };
    invitation.role.as_deref().and_then(Role::from_name).unwrap_or(usual)
}

async fn pull_whole(
    ports: &Ports,
    relay: &mut Relay,
    signer: &Signer<'_>,
    organisation: LogId,
) -> Result<(Directory, Vec<zegel_ledger::Entry>), VaultError> {
    let mut directory = Directory::new(organisation);
    let mut entries = Vec::new();
    loop {
        let from = directory.log().next_sequence();
        let call = Pull { log: organisation, from, limit: limits::PAGE, blobs: false };
        let page = relay.call(ports, signer, &call).await.map_err(|error| uninvited(refused(error)))?;
        let served = page.entries.len();
        for entry in &page.entries {
            take_directory_entry(&mut directory, entry, &page)?;
            entries.push(entry.clone());
        }
        if served == 0 || directory.head() == page.head {
            return Ok((directory, entries));
        }
    }
}

/// The receiving key of whoever made the invitation, if the directory is the one the link was made for.
fn invited(directory: &Directory, link_id: PersonId, link: &Link) -> Result<ReceivingPublic, VaultError> {
    let wrong = VaultError::LinkNotWhatWasPromised;
    let state = directory.log().grants_of(link_id).next().ok_or(wrong.clone())?;
    let head = directory.hash_at(state.since).ok_or(wrong.clone())?;
    let first = directory.hash_at(0).ok_or(wrong.clone())?;
    let root = directory.root().ok_or(wrong.clone())?;
    if fingerprint(root, head, first) != link.fingerprint && !zegel_crypto::sabotage::is("link-fingerprint") {
        return Err(wrong);
    }
    let member = directory.now().member(state.author).ok_or(wrong)?;
    Ok(member.receiving().clone())
}

fn introduction_context(organisation: LogId, link: PersonId) -> Vec<u8> {
    labelled(Label::Introduction, &(organisation, link))
}
