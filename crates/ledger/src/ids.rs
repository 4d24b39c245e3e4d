//! Random 128-bit identifiers, one type a noun. They say nothing, not even when they were made.

use core::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use minicbor::{Decode, Encode};
use zegel_crypto::{DecodeError, rand_core::CryptoRng};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 16 random bytes; 22 characters of base64url (RFC 4648, section 5) as text.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

        impl $name {
            /// Draws a new one.
            pub fn make(rng: &mut impl CryptoRng) -> Self {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = DecodeError;
            fn from_str(text: &str) -> Result<Self, DecodeError> {
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| DecodeError)?;
                bytes.try_into().map(Self).map_err(|_| DecodeError)
            }
        }
    )*};
}

ids! {
    /// A log. The directory's is also the organisation's name.
    LogId;
    /// A person, or a link acting as a receiver.
    PersonId;
    /// A device of a person.
    DeviceId;
    /// A part of a dossier that is granted, kept and destroyed alone.
    CompartmentId;
    /// A record in a compartment.
    RecordId;
    /// A file with a seed and a half of its own.
    FileId;
    /// A relay half.
    HalfId;
    /// A grant.
    GrantId;
    /// A consent, or a ground that stands in its place.
    ConsentId;
}

/// The organisation is named by its directory.
pub type OrganisationId = LogId;
