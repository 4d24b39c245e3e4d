//! Dormant grants: made beforehand, and open once those whom they name have claimed them and the days are over. Until then their
//! receivers are shown a dossier's entries and nothing of what these name; so much is kept here, apart from the shelf.

mod closed;
mod line;
mod release;
mod upkeep;

use zegel_crypto::Hash;
use zegel_dossier::Record;
use zegel_ledger::{Change, GrantId, GrantState, LogId, LogKind, PersonId, Rights, SignedSlip, Slip, Statement};
use zegel_protocol::{Problem, calls::Post};

use crate::{
    Vault, VaultError,
    book::Book,
    ports::TransportError,
    shelf::Slot,
    view::{Alarm, DormantView, Purpose},
    write::Draft,
};
pub(crate) use closed::Closed;
pub(crate) use line::{DormantLine, Trustees, alarms, lines, views};
pub(crate) use release::closed_for;
pub(crate) use upkeep::{Contact, Told, touches_access};

/// Eight letters and digits by which people who see a dossier's title and people who do not can tell that they mean the same one.
pub(crate) fn reference(log: LogId) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let hash = Hash::of(&log.0).0;
    let bits = hash.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |at: u32| LETTERS.get((bits >> (35 - 5 * at) & 31) as usize).map_or('-', |letter| char::from(*letter));
    let (first, last): (String, String) = ((0..4).map(letter).collect(), (4..8).map(letter).collect());
    format!("{first}-{last}")
}

impl Vault {
    /// The relay's time, as far as it told it.
    pub(crate) fn relay_time(&self) -> u64 {
        self.ports.clock.now().saturating_add_signed(self.relay.skew())
    }

    /// Who may get into a dossier by claiming it, or did.
    pub(crate) async fn dormant(&mut self, book: &Book) -> Vec<DormantView> {
        let log = book.log.id();
        let found = views(log, &lines(&book.log), self.relay_time(), |person| self.name_of(person));
        let title = self.slots.get(&log).map(|slot| slot.title.clone()).unwrap_or_default();
        let manages = book.log.rights(self.keys.person).allow(Rights::MANAGE);
        let mut shown = Vec::new();
        for (view, reason) in found {
            let reason = match reason {
                Some(record) => self.record(book, record).await.ok(),
                None => None,
            };
            let reason = match reason {
                Some(Record::Reason(reason)) => Some(reason.text),
                _ => None,
            };
            let you = view.purpose != Purpose::Release && view.person == self.keys.person.to_string();
            shown.push(DormantView { title: title.clone(), you, reason, may_refuse: manages && !you, ..view });
        }
        shown
    }

    /// What was claimed in the dossiers that this person reads, the last to open first.
    pub async fn claims(&mut self) -> Result<Vec<DormantView>, VaultError> {
        let claimed = self.slots.iter().filter(|(_, slot)| slot.dormant.iter().any(|line| line.opens.is_some()));
        let mut claims = Vec::new();
        for log in claimed.map(|(log, _)| *log).collect::<Vec<_>>() {
            let book = self.book_in_passing(log).await?;
            self.need_halves(&[&book]).await?;
            claims.extend(self.dormant(&book).await.into_iter().filter(|view| view.opens.is_some()));
        }
        claims.sort_by_key(|claim| core::cmp::Reverse(claim.opens));
        Ok(claims)
    }

    /// Tells of every claim in the dossiers that this person reads, for as long as it stands.
    pub(crate) fn note_claims(&mut self) {
        self.alarms.retain(|alarm| !matches!(alarm, Alarm::Claimed(..)));
        let found: Vec<Alarm> = self
            .slots
            .iter()
            .flat_map(|(log, slot)| {
                let others = slot.dormant.iter().filter(|line| line.receiver != self.keys.person);
                alarms(*log, others, |person| self.name_of(person))
            })
            .collect();
        found.into_iter().for_each(|alarm| self.raise(alarm));
    }

    /// Claims grants of several dossiers. Gives how many dossiers; one that went away since is none of them.
    pub(crate) async fn claim_in(&mut self, claimable: &[(LogId, Vec<GrantId>)]) -> Result<usize, VaultError> {
        let (mut claimed, mut first) = (0, Ok(()));
        for (log, grants) in claimable {
            match self.post_claims(*log, grants).await {
                Ok(()) => claimed += 1,
                Err(VaultError::LinkWithdrawn | VaultError::NotFound) => self.forget_closed(*log).await?,
                // One that fails takes the others from nobody.
                Err(error) => first = first.and(Err(error)),
            }
        }
        first.map(|()| claimed)
    }

    /// Claims grants of one dossier, at the relay's time.
    pub(crate) async fn post_claims(&mut self, log: LogId, grants: &[GrantId]) -> Result<(), VaultError> {
        for grant in grants {
            let statement = Statement::Claim(*grant, self.relay_time());
            let slip = Slip { log, author: self.keys.person, device: Some(self.keys.device), statement };
            let call = Post { slip: SignedSlip::sign(&slip, &self.keys.signing) };
            match self.relay.call(&self.ports, &self.keys.signer(), &call).await {
                // It may have been claimed already, and the answer lost; what the log says is looked at next.
                Ok(_) | Err(TransportError::Problem(Problem::Refused(_))) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.pull_kind(log, LogKind::Dossier).await?;
        let mut lines = self.dormant_lines().filter(|(id, _)| *id == log).flat_map(|(_, lines)| lines);
        let own = self.keys.person;
        let claimed = |line: &DormantLine| match &line.trustees {
            Some(trustees) => trustees.claimed.contains(&own),
            None => line.claimed.is_some(),
        };
        let heard = |line: &DormantLine| !grants.contains(&line.grant) || claimed(line);
        if lines.all(heard) { Ok(()) } else { Err(VaultError::NoRight) }
    }

    /// Ends every claim that is about somebody, for a purpose, in all dossiers that this person manages; the veto. Where a trustee
    /// has closed a dossier since, that is taken back, also where the claims have ended already. Gives how many.
    pub async fn refuse_claims(&mut self, person: &str, purpose: Purpose) -> Result<usize, VaultError> {
        let person: PersonId = crate::dossiers::id(person)?;
        let theirs = |line: &DormantLine| line.about() == person && line.purpose() == purpose && line.claimed.is_some();
        let closed = |slot: &Slot| purpose == Purpose::Release && slot.closing == Some(person);
        let found = self.slots.iter().filter(|(_, slot)| closed(slot) || slot.dormant.iter().any(theirs));
        let (mut refused, mut foreign, mut first) = (0, false, Ok(()));
        for log in found.map(|(log, _)| *log).collect::<Vec<_>>() {
            let ended = self.change(log, |vault, book, draft| {
                let which = |state: &GrantState| DormantLine::of(state).is_some_and(|line| theirs(&line));
                let reopened = purpose == Purpose::Release && vault.draft_reopening(draft, book, person);
                Ok(vault.draft_refusal(draft, book, which) || reopened)
            });
            match ended.await {
                Ok(ended) => {
                    refused += usize::from(ended);
                    foreign |= !ended;
                }
                // One that does not take it keeps nobody out of the others.
                Err(error) => first = first.and(Err(VaultError::from(error))),
            }
        }
        self.note_claims();
        first?;
        match refused {
            0 if foreign => Err(VaultError::NoRight),
            0 => Err(VaultError::NothingClaimed),
            count => Ok(count),
        }
    }

    /// Ends dormant grants. One by which nothing opened yet takes no new keys: its receiver was served none.
    pub(crate) fn draft_refusal(
        &mut self,
        draft: &mut Draft,
        book: &Book,
        which: impl Fn(&GrantState) -> bool,
    ) -> bool {
        let now = self.relay_time();
        let chosen = |state: &&GrantState| state.lives() && state.gate().is_some() && which(state);
        let ended: Vec<GrantId> = book.log.grants().filter(chosen).map(|state| state.grant.id).collect();
        if ended.is_empty() || !book.log.rights(self.keys.person).allow(Rights::MANAGE) {
            return false;
        }
        if book.log.grants().filter(chosen).any(|state| state.is_open(now)) {
            return self.draft_end(draft, book, |state| ended.contains(&state.grant.id));
        }
        draft.changes.extend(ended.into_iter().map(Change::Revoke));
        true
    }
}
