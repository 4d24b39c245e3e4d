//! Grants: who may open what, on which ground, until when.

use core::ops::BitOr;

use minicbor::{Decode, Encode};
use zegel_crypto::{Canonical as _, Hash, Label, ReceivingPublic, VerifyingKey, labelled};

use crate::{CompartmentId, ConsentId, GrantId, Head, LogId, PersonId};

/// What a grant allows, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Rights(#[n(0)] pub u32);

impl Rights {
    /// May fetch and open.
    pub const READ: Self = Self(1);
    /// May add records and files.
    pub const WRITE: Self = Self(2);
    /// May grant to and revoke from members, and open epochs.
    pub const MANAGE: Self = Self(4);
    /// May record a consent or ground, and disclose on it.
    pub const DISCLOSE: Self = Self(8);
    /// May close, hold and set the day of destruction.
    pub const CLOSE: Self = Self(16);
    /// May consent and withdraw as the data subject.
    pub const CONSENT: Self = Self(32);
    /// Everything a guiding advisor does.
    pub const ADVISOR: Self = Self(1 | 2 | 4 | 8 | 16);

    /// Whether all bits of `other` are here.
    pub fn allow(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Rights {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A link's public keys. The relay holds these and nothing else of a link.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LinkReceiver {
    /// The link's name: whom it acts as.
    #[n(0)]
    pub id: PersonId,
    /// Keys are wrapped to this, 1,216 bytes.
    #[n(1)]
    pub receiving: ReceivingPublic,
    /// Signs slips.
    #[n(2)]
    pub signing: VerifyingKey,
    /// Signs requests.
    #[n(3)]
    pub request: VerifyingKey,
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Receiver {
    /// A member of staff, by the keys in the directory.
    #[n(0)]
    Person(#[n(0)] PersonId),
    /// The organisation's recovery key, as the directory names it.
    #[n(1)]
    Recovery,
    /// Whoever holds a link and its code.
    #[n(2)]
    Link(#[n(0)] LinkReceiver),
    /// Somebody outside the organisation, by the keys in this log.
    #[n(3)]
    Party(#[n(0)] PersonId),
}

/// What must have happened before the relay half is handed out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Gate {
    /// Nothing.
    #[n(0)]
    Open,
    /// The client signed for receipt of their copy.
    #[n(1)]
    Receipt,
    /// The client's copy was delivered, and this many days went by.
    #[n(2)]
    Delivery(#[n(0)] u16),
    /// Enough of these people claimed it, and then some days went by.
    #[n(3)]
    Claims(#[n(0)] Claims),
}

/// Who may claim a dormant grant, and how long it stays closed after that.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Claims {
    /// How many claims it takes; at least one.
    #[n(0)]
    pub needed: u8,
    /// By whom: members, sorted, each once.
    #[n(1)]
    pub people: Vec<PersonId>,
    /// It opens this many days after the last claim that it takes.
    #[n(2)]
    pub days: u16,
}

impl Claims {
    /// Whether it can be claimed at all: as many people as it takes, and no more than [`MOST_CLAIMANTS`].
    pub fn is_sound(&self) -> bool {
        let known = self.people.is_sorted_by(|one, next| one < next) && self.people.len() <= MOST_CLAIMANTS;
        known && (1..=self.people.len()).contains(&usize::from(self.needed))
    }
}

/// How many people may be named to claim one grant.
pub const MOST_CLAIMANTS: usize = 16;

/// Where a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ConsentPosition {
    /// The dossier's log.
    #[n(0)]
    pub log: LogId,
    /// The entry that holds it.
    #[n(1)]
    pub entry: Head,
    /// Its id there.
    #[n(2)]
    pub consent: ConsentId,
}

/// Lets somebody open compartments of one log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Grant {
    /// Its id.
    #[n(0)]
    pub id: GrantId,
    /// To whom.
    #[n(1)]
    pub receiver: Receiver,
    /// Hash of the receiver's receiving key, so that a later key is not meant by an earlier grant.
    #[n(2)]
    pub receiver_key: Hash,
    /// What is allowed.
    #[n(3)]
    pub rights: Rights,
    /// In which compartments, sorted.
    #[n(4)]
    pub compartments: Vec<CompartmentId>,
    /// Served from this time, in seconds since 1970.
    #[n(5)]
    pub from: Option<u64>,
    /// Served before this time, in seconds since 1970.
    #[n(6)]
    pub until: Option<u64>,
    /// How many readings are served; none is no limit.
    #[n(7)]
    pub readings: Option<u32>,
    /// What must have happened first.
    #[n(8)]
    pub gate: Gate,
    /// The consent or ground this rests on; always there for a third party.
    #[n(9)]
    pub consent: Option<ConsentPosition>,
}

impl Grant {
    /// What a wrap binds: consent is the key, because the consent's position is in here.
    pub fn hash(&self) -> Hash {
        Hash::of(&labelled(Label::Grant, self))
    }

    /// Bytes of the grant as encoded.
    pub fn encoded_len(&self) -> usize {
        self.to_canonical().len()
    }
}
