//! Argon2id (RFC 9106) within limits that are compiled in.

use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{sabotage, secret::random};

#[cfg(all(feature = "cheap-stretch", not(debug_assertions)))]
compile_error!("the feature cheap-stretch is for tests; it may not be built without debug assertions");

#[cfg(not(feature = "cheap-stretch"))]
const FLOOR: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
#[cfg(feature = "cheap-stretch")]
const FLOOR: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
const CEILING: Cost = Cost { memory_kib: 1024 * 1024, passes: 10, lanes: 4 };

struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// How a passphrase is stretched. Comes from the relay, and so is checked before the passphrase is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Stretch {
    /// Memory in KiB: 64 MiB to 1 GiB.
    #[n(0)]
    pub memory_kib: u32,
    /// Passes over it: 3 to 10.
    #[n(1)]
    pub passes: u32,
    /// Lanes: 1 to 4.
    #[n(2)]
    pub lanes: u32,
    /// Random, per passphrase.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub salt: [u8; 16],
}

/// The stretching asked for is weaker than this program accepts, or dearer than it can bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the relay asks for a stretching of the passphrase that is out of bounds")]
pub struct StretchRefused;

impl Stretch {
    /// The least that is accepted, which is what RFC 9106 recommends where memory is short, with a new salt.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self::with_salt(random(rng))
    }

    /// The least that is accepted, with this salt.
    pub const fn with_salt(salt: [u8; 16]) -> Self {
        Self { memory_kib: FLOOR.memory_kib, passes: FLOOR.passes, lanes: FLOOR.lanes, salt }
    }

    /// Whether it lies between floor and ceiling.
    pub fn check(&self) -> Result<(), StretchRefused> {
        let strong = self.memory_kib >= FLOOR.memory_kib && self.passes >= FLOOR.passes && self.lanes >= FLOOR.lanes;
        let bearable =
            self.memory_kib <= CEILING.memory_kib && self.passes <= CEILING.passes && self.lanes <= CEILING.lanes;
        if (strong || sabotage::is("stretch-floor")) && bearable { Ok(()) } else { Err(StretchRefused) }
    }

    /// Argon2id of `passphrase`, 32 bytes, after the check.
    pub fn stretch(&self, passphrase: &[u8]) -> Result<Zeroizing<[u8; 32]>, StretchRefused> {
        self.check()?;
        let mut stretched = Zeroizing::new([0; 32]);
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| StretchRefused)?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, &self.salt, stretched.as_mut_slice())
            .map_err(|_| StretchRefused)?;
        Ok(stretched)
    }
}
