//! Coming back: somebody who lost key card and passphrase, and with them every key, is admitted anew and is another person
//! to the directory. What they could read waits under who they were, until a colleague who reads it gives it back: no
//! director opens dossiers for themselves by admitting somebody under a familiar name.

use zegel_dossier::InvitationRecord;
use zegel_ledger::{Change, CompartmentEpoch, Grant, GrantId, GrantState, Log, PersonId, Receiver, Rights};

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    dossiers::id,
    ports::Progress,
    view::SharedView,
    write::Draft,
};

impl Vault {
    /// Invites a member anew who lost every key, as what they were and until when they were that. The old keys end when the
    /// new ones are admitted. Dossiers that nobody else reads need the recovery sheets, and own notes are lost.
    pub async fn invite_anew(&mut self, person: &str) -> Result<SharedView, VaultError> {
        self.pull_own_directory().await?;
        let former: PersonId = id(person)?;
        if former == self.keys.person {
            return Err(VaultError::KeysNotLost);
        }
        let member = self.directory.now().member(former).ok_or(VaultError::NotFound)?;
        let (director, until) = (member.admission.standing.is_director(), member.admission.until);
        let link = self.make_link();
        let invitation = InvitationRecord {
            link: link.id,
            name: self.name_of(former),
            director,
            role: Some(self.role_of(former).name().to_owned()),
            until,
            instead_of: Some(former),
        };
        let lives = |link: &PersonId| self.directory.log().grants_of(*link).next().is_some();
        let same = self.invitations.values().filter(|made| made.instead_of == Some(former));
        let open = same.map(|made| made.link).find(lives);
        self.make_invitation(link, invitation, open).await
    }

    /// Ends who somebody was, now that they are admitted anew. What was theirs waits for [`Self::give_back`].
    pub(crate) async fn end_former(&mut self, former: PersonId) -> Result<(), VaultError> {
        match self.directory.now().member(former) {
            Some(_) => self.end_membership(former).await,
            None => Ok(()),
        }
    }

    /// Gives somebody who came back what they read before they lost their keys, wherever this person manages it: as much as
    /// they had, until when they had it. Gives the number of dossiers. Can be stopped and done again.
    pub async fn give_back(&mut self, person: &str, progress: &dyn Progress) -> Result<usize, VaultError> {
        self.sync().await?;
        let person: PersonId = id(person)?;
        let former = self.formerly.get(&person).copied().ok_or(VaultError::NotFound)?;
        self.directory.now().member(person).ok_or(VaultError::NotFound)?;
        self.need_pledge(person)?;
        let waiting = self.dossiers_of(former).await?;
        let (mut given, total) = (0, waiting.len() as u64);
        for (done, log) in (0..).zip(waiting) {
            progress.bytes(done, total);
            let outcome = self.change(log, |vault, book, draft| Ok(vault.draft_return(draft, book, former, person)));
            given += usize::from(outcome.await?);
        }
        progress.bytes(total, total);
        self.note_waiting(former).await?;
        self.keep_directory().await?;
        Ok(given)
    }

    /// Counts what waits for a former member who came back, as far as this person may give it.
    pub(crate) async fn note_waiting(&mut self, former: PersonId) -> Result<(), VaultError> {
        self.waiting_dossiers.remove(&former);
        if self.returned_as(former).is_none() {
            return Ok(());
        }
        let mut waiting = 0;
        for log in self.dossiers_of(former).await? {
            let book = self.book_in_passing(log).await?;
            waiting += usize::from(book.log.grants_of(former).any(|state| self.may_return(&book.log, state)));
        }
        if waiting > 0 {
            self.waiting_dossiers.insert(former, waiting);
        }
        Ok(())
    }

    /// Whether this person manages all that a grant holds, and its time is not over. What somebody else arranged for who they
    /// were is arranged for them anew, by that one.
    fn may_return(&self, log: &Log, state: &GrantState) -> bool {
        let grant = &state.grant;
        let managed = grant.compartments.iter().all(|compartment| self.manages(log, *compartment));
        state.gate().is_none() && managed && grant.until.is_none_or(|until| self.ports.clock.now() < until)
    }

    /// How many dossiers wait for somebody who came back, as far as this vault can give them.
    pub(crate) fn waiting_for(&self, person: PersonId) -> usize {
        let former = self.formerly.get(&person);
        former.and_then(|former| self.waiting_dossiers.get(former)).copied().unwrap_or_default()
    }

    /// Whom a former member came back as.
    pub(crate) fn returned_as(&self, former: PersonId) -> Option<PersonId> {
        let now = self.directory.now();
        let mut back = self.formerly.iter().filter(|(_, was)| **was == former).map(|(person, _)| *person);
        back.find(|person| now.member(*person).is_some())
    }

    /// Opens new epochs where who somebody was could still open the present ones. Their grants stay, and are worth nothing
    /// to a person who is no member: they say what is to be given back. Those that they claimed, or could, end.
    pub(crate) fn draft_waiting(&mut self, draft: &mut Draft, book: &Book, former: PersonId) {
        let log = &book.log;
        let current =
            |at: &CompartmentEpoch| log.current_epoch(at.compartment).is_some_and(|now| now.epoch == at.epoch);
        let gated = log.living_grants_of(former).filter(|state| state.gate().is_some());
        let gone: Vec<GrantId> =
            gated.filter(|_| log.rights(self.keys.person).allow(Rights::MANAGE)).map(|state| state.grant.id).collect();
        draft.changes.extend(gone.iter().copied().map(Change::Revoke));
        let mut wraps = log.grants_of(former).flat_map(|state| log.wraps_of(state.grant.id));
        if wraps.any(|wrap| wrap.epochs.iter().any(current)) && !zegel_crypto::sabotage::is("waiting-epochs") {
            self.draft_epochs(draft, book, &gone, |_| true);
        }
    }

    /// False if somebody else manages what they had here, or its time is over.
    fn draft_return(&mut self, draft: &mut Draft, book: &Book, former: PersonId, person: PersonId) -> bool {
        let Some(public) = self.directory.now().receiving(person).cloned() else { return false };
        let held = book.log.grants_of(former).filter(|state| self.may_return(&book.log, state));
        let held: Vec<&Grant> = held.map(|state| &state.grant).collect();
        for grant in &held {
            self.draft_instead(draft, book, grant, Receiver::Person(person), &public, &Seeds::default());
        }
        !held.is_empty()
    }
}
