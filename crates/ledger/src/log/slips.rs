//! Slips beside a log: who may say what, what follows from it at once, and which ones the next entry must name.

use zegel_crypto::{Hash, VerifyingKey};

use super::Log;
use crate::{
    Commit, DeviceId, Directory, GrantId, LogKind, PersonId, Receiver, Refusal, Rights, SignedSlip, Slip, Statement,
    directory::View,
};

/// How many daily statements may wait for the next entry.
const MOST_PENDING: usize = 1_000;

impl Log {
    /// Slips that the next entry must name.
    pub fn pending_slips(&self) -> impl Iterator<Item = Hash> {
        self.pending.iter().copied()
    }

    /// Whether an entry has named this slip.
    pub fn took_note_of(&self, slip: &Hash) -> bool {
        self.noted.contains(slip)
    }

    /// Takes over a slip that was accepted here before, in its place between the entries. Who said it was judged when it
    /// arrived, by rights that may have ended since.
    pub fn replay_slip(&mut self, signed: &SignedSlip) -> Result<(), Refusal> {
        let slip = signed.slip()?;
        self.act_on(&slip)?;
        self.pending.insert(signed.hash());
        Ok(())
    }

    /// Accepts a slip by somebody who may say that now, and acts on it. The next entry must name it.
    pub fn post(&mut self, signed: &SignedSlip, view: View<'_>) -> Result<(), Refusal> {
        self.post_by(signed, |log, slip, device| {
            let device = view.device(slip.author, device)?;
            let director = log.kind == LogKind::Directory && view.is_director(slip.author);
            Some((device.signing, if director { Rights::ADVISOR } else { log.rights(slip.author) }))
        })
    }

    /// Accepts a slip that a relay accepted some time after this log's last entry, and before the next one, which relied on
    /// `until`. Its author's device may have ended meanwhile: what was said before stays said, or nobody could go on from it.
    pub fn post_earlier(&mut self, signed: &SignedSlip, directory: &Directory, until: View<'_>) -> Result<(), Refusal> {
        let device = signed.slip()?.device.and_then(|device| directory.device(device));
        let ended = device.and_then(|device| device.revoked).filter(|ended| *ended <= until.sequence());
        let after = self.directory.map_or(0, |head| head.sequence);
        let lived = ended.filter(|ended| after < *ended && !zegel_crypto::sabotage::is("slip-of-then"));
        self.post(signed, lived.map_or(until, |ended| directory.before(ended)))
    }

    /// [`Self::post`]; `staff` knows the keys of members' devices, and what members may do.
    pub(super) fn post_by(
        &mut self,
        signed: &SignedSlip,
        staff: impl FnOnce(&Self, &Slip, DeviceId) -> Option<(VerifyingKey, Rights)>,
    ) -> Result<(), Refusal> {
        let slip = signed.slip()?;
        if slip.log != self.id {
            return Err(Refusal::OtherLog);
        }
        if self.pending.contains(&signed.hash()) || self.noted.contains(&signed.hash()) {
            return Ok(());
        }
        let link = self.grants.values().find_map(|state| match &state.grant.receiver {
            Receiver::Link(link) if link.id == slip.author && state.revoked.is_none() => Some(link),
            _ => None,
        });
        let (key, rights) = match (slip.device, link) {
            (Some(device), _) => {
                let party = || Some((self.party_device(slip.author, device)?.signing, self.party_rights(slip.author)));
                staff(self, &slip, device).or_else(party).ok_or(Refusal::Author)?
            }
            (None, Some(link)) => (link.signing, Rights::READ),
            (None, None) => return Err(Refusal::Author),
        };
        signed.verify(&key)?;
        let allowed = match &slip.statement {
            Statement::Withdraw(_) => rights.allow(Rights::DISCLOSE) || rights.allow(Rights::CONSENT),
            Statement::Revoke(_) => rights.allow(Rights::MANAGE),
            Statement::Opened(day) => {
                rights.allow(Rights::READ) && self.kind != LogKind::Directory && self.has_room_for(&slip, *day)
            }
            // Only a link registers somebody, and only for the log that it was made for.
            Statement::Register { .. } => slip.device.is_none() && self.kind != LogKind::Personal,
            Statement::Claim(grant, _) => self.may_claim(slip.author, *grant),
            // Not about this log, and no entry takes note of it: see [`crate::Beacon`].
            Statement::Beacon(..) => false,
        };
        if !allowed {
            return Err(Refusal::Right);
        }
        self.act_on(&slip)?;
        self.pending.insert(signed.hash());
        Ok(())
    }

    fn act_on(&mut self, slip: &Slip) -> Result<(), Refusal> {
        let sequence = self.next_sequence();
        match &slip.statement {
            Statement::Withdraw(consent) => {
                let state = self.consents.get_mut(consent).ok_or(Refusal::Reference)?;
                state.withdrawn.get_or_insert(sequence);
            }
            Statement::Revoke(grant) => {
                let state = self.grants.get_mut(grant).ok_or(Refusal::Reference)?;
                state.revoked.get_or_insert(sequence);
            }
            Statement::Opened(day) => {
                self.daily.insert((slip.author, *day));
            }
            Statement::Claim(grant, time) => {
                let state = self.grants.get_mut(grant).ok_or(Refusal::Reference)?;
                state.claims.entry(slip.author).or_insert(*time);
            }
            Statement::Register { .. } | Statement::Beacon(..) => {}
        }
        Ok(())
    }

    /// Whether somebody may claim a grant: it lives, its gate names them, and they have not claimed it yet.
    fn may_claim(&self, person: PersonId, grant: GrantId) -> bool {
        let state = self.grants.get(&grant).filter(|state| state.lives() && !state.claims.contains_key(&person));
        state.is_some_and(|state| state.names(person) || zegel_crypto::sabotage::is("claim-named"))
    }

    /// Whether a daily statement may be added: one an author and day, and never so many that the next entry, which must
    /// name them all, could not hold them. Withdrawals and revocations are always heard.
    fn has_room_for(&self, slip: &Slip, day: u32) -> bool {
        !self.daily.contains(&(slip.author, day)) && self.pending.len() < MOST_PENDING
    }

    /// Whether a commit names exactly the slips that wait.
    pub(crate) fn knows_pending(&self, commit: &Commit) -> bool {
        self.pending.iter().all(|slip| commit.slips.contains(slip))
            && commit.slips.iter().all(|slip| self.pending.contains(slip))
    }
}
