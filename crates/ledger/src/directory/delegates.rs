//! Delegates: members who act for the directors until a day. They invite, admit and remove colleagues; who decides, and by
//! which rules, is never theirs to say.

use minicbor::{Decode, Encode};
use zegel_crypto::sabotage;

use super::{Directory, View};
use crate::{Admission, Commit, DeviceId, PersonId, RecordState, Refusal, Standing};

/// A director let a member act for the directors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Delegation {
    /// The entry that says so.
    #[n(0)]
    pub since: u64,
    /// The director in whose place it is.
    #[n(1)]
    pub by: PersonId,
    /// Heard before this time, in seconds since 1970.
    #[n(2)]
    pub until: u64,
    /// The entry that ended it, or one of the two memberships.
    #[n(3)]
    pub ended: Option<u64>,
}

impl Directory {
    /// Whether a record was written by somebody who was a delegate then.
    pub fn is_by_delegate(&self, record: &RecordState) -> bool {
        View { directory: self, sequence: record.sequence }.is_delegate(record.author)
    }

    /// Whether somebody led after this entry; see [`View::leads`].
    pub fn led(&self, person: PersonId, sequence: u64) -> bool {
        View { directory: self, sequence }.leads(person)
    }

    /// The end of a delegation takes the place of an earlier one.
    pub(super) fn delegate(&mut self, commit: &Commit, person: PersonId, until: u64) -> Result<(), Refusal> {
        let (now, by, since) = (self.now(), commit.author, commit.sequence);
        if now.member(person).is_none() || now.is_director(person) {
            return Err(Refusal::Reference);
        }
        self.end_delegations(since, |delegate, _| delegate == person);
        let member = self.members.get_mut(&person).ok_or(Refusal::Reference)?;
        member.delegations.push(Delegation { since, by, until, ended: None });
        Ok(())
    }

    pub(super) fn undelegate(&mut self, commit: &Commit, person: PersonId) -> Result<(), Refusal> {
        self.now().delegation(person).ok_or(Refusal::Reference)?;
        self.end_delegations(commit.sequence, |delegate, _| delegate == person);
        Ok(())
    }

    /// Ends what is in force, by who acts and for whom.
    pub(super) fn end_delegations(&mut self, sequence: u64, which: impl Fn(PersonId, PersonId) -> bool) {
        for (person, member) in &mut self.members {
            for delegation in member.delegations.iter_mut().filter(|delegation| which(*person, delegation.by)) {
                delegation.ended.get_or_insert(sequence);
            }
        }
    }

    /// Whether a delegate's entry may admit this person: as staff, and nothing more.
    pub(super) fn delegate_admits(&self, commit: &Commit, admission: &Admission) -> bool {
        let staff = admission.standing == Standing::STAFF || sabotage::is("delegate-limits");
        self.now().is_delegate(commit.author) && staff
    }

    /// Whether a delegate's entry may certify a device: the first one of whoever it admits.
    pub(super) fn delegate_certifies(&self, commit: &Commit, person: PersonId) -> bool {
        let admitted = self.members.get(&person).is_some_and(|member| member.since == commit.sequence);
        self.now().is_delegate(commit.author) && admitted
    }

    /// Whether a delegate's entry may end this membership: nobody's who directs or is a delegate.
    pub(super) fn delegate_ends(&self, commit: &Commit, person: PersonId) -> bool {
        let now = self.now();
        now.is_delegate(commit.author) && (!now.leads(person) || sabotage::is("delegate-limits"))
    }

    /// The same of a device.
    pub(super) fn delegate_ends_device(&self, commit: &Commit, device: DeviceId) -> bool {
        self.device(device).is_some_and(|device| self.delegate_ends(commit, device.certificate.person))
    }
}

impl<'d> View<'d> {
    /// As whose delegate, and until when, somebody acted at this point, by position alone.
    pub fn delegation(self, person: PersonId) -> Option<&'d Delegation> {
        let covered = |made: &&Delegation| {
            let ended = made.ended.filter(|_| !sabotage::is("delegate-ended"));
            self.covers(made.since, ended)
        };
        self.member(person)?.delegations.iter().rev().find(covered)
    }

    /// Whether somebody acted for the directors at this point, by position alone.
    pub fn is_delegate(self, person: PersonId) -> bool {
        self.delegation(person).is_some()
    }

    /// Whether somebody directed or acted for those who do.
    pub fn leads(self, person: PersonId) -> bool {
        self.is_director(person) || self.is_delegate(person)
    }
}
