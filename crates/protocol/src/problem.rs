//! What can be wrong with a call, as the relay says it.

use minicbor::{Decode, Encode};
use zegel_crypto::Hash;
use zegel_ledger::{Head, LogId};

/// Why a call was not carried out. Nothing has changed, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
pub enum Problem {
    /// The body is not in the expected form.
    #[n(0)]
    #[error("the relay could not read the request")]
    Malformed,
    /// Vault and relay speak different versions.
    #[n(1)]
    #[error("the relay speaks version {0} of the protocol")]
    Version(#[n(0)] u16),
    /// No valid signature by a key known here. The same for unknown and known names.
    #[n(2)]
    #[error("the relay does not know this key")]
    Unauthenticated,
    /// The challenge is too old; fetch another and try again.
    #[n(3)]
    #[error("the relay's challenge has expired")]
    StaleChallenge,
    /// Not there, or not for you.
    #[n(4)]
    #[error("the relay has nothing under this name for this key")]
    NotFound,
    /// Was yours to read, and no longer is: revoked or withdrawn.
    #[n(5)]
    #[error("access was withdrawn")]
    Withdrawn,
    /// The end date has passed.
    #[n(6)]
    #[error("access has ended: its end date has passed")]
    Expired,
    /// Every reading the grant allows has been used.
    #[n(7)]
    #[error("the link was opened as often as it allows")]
    Exhausted,
    /// Too many wrong codes.
    #[n(8)]
    #[error("the link is locked after too many wrong codes")]
    Locked,
    /// Somebody appended first; this is the head now, if there is one.
    #[n(9)]
    #[error("somebody else changed this first")]
    Conflict(#[n(0)] LogId, #[n(1)] Option<Head>),
    /// The ledger's rules do not allow the entry or slip.
    #[n(10)]
    #[error("the relay refused the change: {0}")]
    Refused(#[n(0)] String),
    /// An entry names a blob that was not uploaded.
    #[n(11)]
    #[error("the relay misses bytes that the change names")]
    MissingBlob(#[n(0)] Hash),
    /// Larger than the limits allow.
    #[n(12)]
    #[error("this is larger than the relay accepts")]
    TooLarge,
    /// The relay's disk is full.
    #[n(13)]
    #[error("the relay's disk is full")]
    Full,
    /// The relay cannot write.
    #[n(14)]
    #[error("the relay cannot write to its disk")]
    ReadOnly,
    /// Too many requests at once, or too many of yours.
    #[n(15)]
    #[error("the relay is busy")]
    Busy,
    /// An organisation was already set up here.
    #[n(16)]
    #[error("an organisation was already set up on this relay")]
    AlreadySetUp,
    /// Not this relay's set-up token.
    #[n(17)]
    #[error("this is not the relay's set-up token")]
    SetUpToken,
    /// A newer keyring is there.
    #[n(18)]
    #[error("a newer keyring is already there")]
    Generation,
    /// Something is wrong with the relay itself.
    #[n(19)]
    #[error("something went wrong inside the relay")]
    Internal,
    /// The uploaded bytes do not have the name that was announced.
    #[n(20)]
    #[error("the uploaded bytes were damaged on the way")]
    Damaged,
    /// The gate of this half is still closed.
    #[n(21)]
    #[error("this is not served yet")]
    NotYet,
    /// The relay was put back to an earlier state: until a director has confirmed it, members of staff are served and
    /// nobody else.
    #[n(22)]
    #[error("the relay was put back to an earlier state and serves staff only, until a director has confirmed it")]
    PutBack,
}

impl Problem {
    /// The HTTP status it travels with.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed | Self::Damaged => 400,
            Self::Unauthenticated | Self::StaleChallenge | Self::SetUpToken => 401,
            Self::NotYet => 403,
            Self::NotFound => 404,
            Self::Conflict(..) | Self::Generation | Self::AlreadySetUp => 409,
            Self::Withdrawn | Self::Expired | Self::Exhausted => 410,
            Self::TooLarge => 413,
            Self::Refused(_) | Self::MissingBlob(_) => 422,
            Self::Locked => 423,
            Self::Version(_) => 426,
            Self::Busy => 429,
            Self::Internal => 500,
            Self::ReadOnly | Self::PutBack => 503,
            Self::Full => 507,
        }
    }
}
