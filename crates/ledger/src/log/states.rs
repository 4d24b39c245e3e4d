//! What became of what entries added: grants, records, files, consents.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use zegel_crypto::Hash;

use crate::{Claims, CompartmentEpoch, Consent, DeviceId, Epoch, File, Gate, Grant, Head, PersonId, RecordId};

/// In seconds.
const DAY: u64 = 24 * 60 * 60;

/// A grant and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GrantState {
    /// As granted.
    #[n(0)]
    pub grant: Grant,
    /// By whom.
    #[n(1)]
    pub author: PersonId,
    /// In which entry.
    #[n(2)]
    pub since: u64,
    /// Ended after this many entries.
    #[n(3)]
    pub revoked: Option<u64>,
    /// Who claimed it, and when, in seconds since 1970.
    #[n(4)]
    pub claims: BTreeMap<PersonId, u64>,
    /// The record that says why.
    #[n(5)]
    pub reason: Option<RecordId>,
}

impl GrantState {
    /// Who may claim it, of a dormant grant.
    pub fn gate(&self) -> Option<&Claims> {
        if let Gate::Claims(claims) = &self.grant.gate { Some(claims) } else { None }
    }

    /// From which time on it opens something, in seconds since 1970; none while too few have claimed it. That there are enough
    /// claims is a matter of position, the time is for the relay to keep.
    pub fn opens(&self) -> Option<u64> {
        let Some(gate) = self.gate() else { return Some(0) };
        let mut times: Vec<u64> = self.claims.values().copied().collect();
        times.sort_unstable();
        let last = times.get(usize::from(gate.needed).checked_sub(1)?)?;
        Some(last.saturating_add(u64::from(gate.days) * DAY))
    }

    /// Whether it was not revoked, claimed or not.
    pub fn lives(&self) -> bool {
        self.revoked.is_none()
    }

    /// Whether it was not revoked, and enough people have claimed it where that takes any.
    pub fn is_in_force(&self) -> bool {
        self.lives() && (self.opens().is_some() || zegel_crypto::sabotage::is("gate-position"))
    }

    /// Whether something opens by it at this time, in seconds since 1970.
    pub fn is_open(&self, now: u64) -> bool {
        self.lives() && self.opens().is_some_and(|opens| opens <= now)
    }

    /// Whether somebody is named to claim it.
    pub fn names(&self, person: PersonId) -> bool {
        self.gate().is_some_and(|gate| gate.people.binary_search(&person).is_ok())
    }
}

/// An epoch that was opened.
pub type EpochState = Epoch;

/// The newest version of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RecordState {
    /// Where it is sealed.
    #[n(0)]
    pub at: CompartmentEpoch,
    /// The version.
    #[n(1)]
    pub version: u64,
    /// The sealed bytes.
    #[n(2)]
    pub blob: Hash,
    /// The sealed bytes of the version before.
    #[n(3)]
    pub previous: Option<Hash>,
    /// Who sealed this version.
    #[n(4)]
    pub author: PersonId,
    /// With which device.
    #[n(5)]
    pub device: DeviceId,
    /// In which entry.
    #[n(6)]
    pub sequence: u64,
    /// The entry that made its first version.
    #[n(7)]
    pub made: u64,
    /// Whose words these are: the author, unless somebody sealed them again.
    #[n(8)]
    pub writer: PersonId,
    /// When the writer says it was, in seconds since 1970.
    #[n(9)]
    pub written: u64,
    /// The version in which the words last changed.
    #[n(10)]
    pub changed: u64,
}

/// A file and where it was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct FileState {
    /// As added.
    #[n(0)]
    pub file: File,
    /// In which entry.
    #[n(1)]
    pub sequence: u64,
}

/// A consent and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ConsentState {
    /// As recorded.
    #[n(0)]
    pub consent: Consent,
    /// By whom.
    #[n(1)]
    pub author: PersonId,
    /// The entry it stands in.
    #[n(2)]
    pub entry: Head,
    /// Ended after this many entries.
    #[n(3)]
    pub withdrawn: Option<u64>,
    /// By whose entry it ended; nobody's, if a slip said so.
    #[n(4)]
    pub ended_by: Option<PersonId>,
}

/// How a dossier was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Closing {
    /// In which entry.
    #[n(0)]
    pub sequence: u64,
    /// The relay forgets the dossier after this time, in seconds since 1970, unless it is held.
    #[n(1)]
    pub destroy_after: Option<u64>,
}
