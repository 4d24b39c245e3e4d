//! People outside the organisation who read a dossier with keys of their own: what is sealed of them.

use minicbor::{Decode, Encode};
use zegel_ledger::PersonId;

use crate::CompartmentKind;

/// Who somebody outside the organisation is to a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum PartyKind {
    /// The person it is about.
    #[n(0)]
    Client,
    /// Who decides for a child under sixteen.
    #[n(1)]
    Guardian,
    /// Anybody else who acts for the person: a mentor, an administrator, somebody with a mandate.
    #[n(2)]
    Representative,
}

impl PartyKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Client, Self::Guardian, Self::Representative];

    /// Its name in `--json` and in messages' keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Guardian => "guardian",
            Self::Representative => "representative",
        }
    }

    /// By its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The parts of a dossier that they are given, unless whoever invites them picks others.
    pub fn usual_parts(self) -> &'static [CompartmentKind] {
        use CompartmentKind::{Core, Correspondence, Trail, Work};
        &[Trail, Core, Work, Correspondence]
    }

    /// Whether they consent as, or for, the person: a representative's mandate may not go so far.
    pub fn consents(self) -> bool {
        matches!(self, Self::Client | Self::Guardian)
    }
}

/// Who somebody outside the organisation is. It counts in the entry that admits them and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PartyRecord {
    /// The person.
    #[n(0)]
    pub person: PersonId,
    /// Their name.
    #[n(1)]
    pub name: String,
    /// What they are.
    #[n(2)]
    pub kind: PartyKind,
    /// In whose place they came, because the keys of that one were lost.
    #[n(3)]
    pub replaces: Option<PersonId>,
}

/// Whom an invitation into a dossier is for, and what they will be let into.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct InvitedRecord {
    /// The link.
    #[n(0)]
    pub link: PersonId,
    /// The name as the inviter wrote it.
    #[n(1)]
    pub name: String,
    /// What they will be.
    #[n(2)]
    pub kind: PartyKind,
    /// The parts that they will read, sorted; the trail is always among them.
    #[n(3)]
    pub parts: Vec<CompartmentKind>,
    /// When that will end, in seconds since 1970.
    #[n(4)]
    pub until: Option<u64>,
    /// In whose place they will come.
    #[n(5)]
    pub replaces: Option<PersonId>,
}

/// Names, for those to whom the directory is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct NamesRecord {
    /// The organisation's.
    #[n(0)]
    pub organisation: String,
    /// Of the members who read or read once: who, their name, their role's name in the policy.
    #[n(1)]
    pub people: Vec<(PersonId, String, String)>,
}
