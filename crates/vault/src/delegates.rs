//! Delegates: a director on leave lets a colleague act for the directors until a day. By position the end is an entry; until
//! a director's vault has made it, the relay's clock holds.

use zegel_dossier::{Record, policy::Role};
use zegel_ledger::{Change, Delegation, PersonId, RecordState};

use crate::{Vault, VaultError, dossiers::id, people::role_in, view::DelegateView};

impl Vault {
    /// Lets a colleague invite, admit and remove colleagues until a moment (in seconds since 1970), as this director does.
    /// They make and remove no directors and no delegates, change no policy, and agree to nothing that takes two. Said of
    /// a delegate, it moves the end.
    pub async fn delegate(&mut self, person: &str, until: u64) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let person: PersonId = id(person)?;
        if until <= self.ports.clock.now() {
            return Err(VaultError::DateInPast);
        }
        self.change_directory(None, |vault, draft| {
            let now = vault.directory.now();
            now.member(person).ok_or(VaultError::NotFound)?;
            if now.is_director(person) {
                return Err(VaultError::DirectsAlready(vault.name_of(person)));
            }
            draft.changes.push(Change::Delegate(person, until));
            Ok(())
        })
        .await
    }

    /// Ends that before its day: a director does, or the delegate.
    pub async fn undelegate(&mut self, person: &str) -> Result<(), VaultError> {
        self.pull_own_directory().await?;
        let person: PersonId = id(person)?;
        self.change_directory(None, |vault, draft| {
            vault.directory.now().delegation(person).ok_or(VaultError::NotFound)?;
            draft.changes.push(Change::Undelegate(person));
            Ok(())
        })
        .await
    }

    /// Ends the delegations whose day has come, if this person directs. From here on no relay makes anything of them.
    pub(crate) async fn end_overdue_delegations(&mut self) -> Result<(), VaultError> {
        let now = self.ports.clock.now();
        self.change_directory(None, |vault, draft| {
            let view = vault.directory.now();
            if !view.is_director(vault.keys.person) {
                return Ok(());
            }
            let people = vault.directory.members().map(|(person, _)| person);
            let over = |person: &PersonId| view.delegation(*person).is_some_and(|made| made.until <= now);
            draft.changes.extend(people.filter(over).map(Change::Undelegate));
            Ok(())
        })
        .await
    }

    /// Until when somebody acts for the directors, by position and by this device's clock.
    pub(crate) fn delegation(&self, person: PersonId) -> Option<&Delegation> {
        let member = self.directory.now().member(person).filter(|member| self.is_current(member));
        member.and_then(|_| self.directory.now().delegation(person)).filter(|made| self.ports.clock.now() < made.until)
    }

    pub(crate) fn delegate_view(&self, person: PersonId) -> Option<DelegateView> {
        let made = self.delegation(person)?;
        Some(DelegateView { until: made.until, by: self.name_of(made.by) })
    }

    /// Whether this person may change the directory now: directs, or acts for those who do.
    pub(crate) fn leads(&self) -> bool {
        self.directory.now().is_director(self.keys.person) || self.delegation(self.keys.person).is_some()
    }

    /// Whether what a record of the directory says counts: a director's word does. Of a delegate's, whom they invite, and the
    /// name and role of whom they admit, in that very entry; nobody of it directs, or takes the place of somebody who leads.
    pub(crate) fn counts(&self, state: &RecordState, said: &Record) -> bool {
        let directory = &self.directory;
        if directory.is_by_director(state) {
            return true;
        }
        let led = |former: Option<PersonId>| former.is_some_and(|former| directory.led(former, state.sequence));
        directory.is_by_delegate(state)
            && match said {
                Record::Person(said) => {
                    let admitted = directory.member(said.person).is_some_and(|member| member.since == state.sequence);
                    admitted && said.role.as_deref() != Some(Role::Director.name()) && !led(said.formerly)
                }
                Record::Invitation(said) => role_in(said) != Role::Director && !said.director && !led(said.instead_of),
                _ => zegel_crypto::sabotage::is("delegate-word"),
            }
    }
}
