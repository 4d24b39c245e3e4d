//! Secret bytes and how they grow into keys: HKDF-SHA-256 (RFC 5869) with a labelled `info`.

use hkdf::Hkdf;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Hash, Label, encoding::labelled};

/// Gives a secret type a `Debug` that shows its name only.
macro_rules! opaque_debug {
    ($($name:ident),+) => {$(
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "[secret]"))
            }
        }
    )+};
}
pub(crate) use opaque_debug;

/// Gives a type over `[u8; 32]` equality in constant time.
macro_rules! constant_time_eq {
    ($($name:ident),+) => {$(
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                subtle::ConstantTimeEq::ct_eq(self.0.as_slice(), other.0.as_slice()).into()
            }
        }
        impl Eq for $name {}
    )+};
}
pub(crate) use constant_time_eq;

/// The 32 random bytes of a compartment's epoch, a file or a person's notes. Opens nothing without its [`Half`].
#[derive(Clone, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct Seed(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

/// The 32 random bytes that the relay keeps and hands out while their condition holds. Useless alone; without it no
/// [`Seed`] opens anything.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct Half(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

/// A 32-byte key to seal with.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

opaque_debug!(Seed, Half, Key);
constant_time_eq!(Seed, Half, Key);

impl Seed {
    /// A new seed.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(random(rng))
    }

    /// The seed with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes themselves, to seal or wrap.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// What may be published of the seed, so that a wrap can be checked without its half.
    pub fn commitment(&self) -> Hash {
        Hash::of(&Zeroizing::new(labelled(Label::SeedCommitment, self)))
    }
}

impl Half {
    /// A new half.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(random(rng))
    }

    /// The half with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, as the relay keeps them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Key {
    /// The key with these bytes, which must be uniformly random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What may be published of the key, so that seed and half can be checked together.
    pub fn commitment(&self) -> Hash {
        let body: &minicbor::bytes::ByteSlice = self.0.as_slice().into();
        Hash::of(&Zeroizing::new(labelled(Label::KeyCommitment, &body)))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The key that `seed` and `half` give together for one purpose: HKDF-SHA-256 with salt = half, ikm = seed,
/// info = `[label, suite, context]`.
pub fn derive_key(label: Label, seed: &Seed, half: &Half, context: &impl Encode<()>) -> Key {
    Key(*derive_secret(label, &seed.0, &half.0, context))
}

/// 32 bytes for one purpose: HKDF-SHA-256 with info = `[label, suite, context]`.
pub fn derive_secret(label: Label, ikm: &[u8], salt: &[u8], context: &impl Encode<()>) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    expand(ikm, salt, &labelled(label, context), out.as_mut_slice());
    out
}

/// HKDF-SHA-256 for outputs of up to 64 bytes.
pub(crate) fn expand(ikm: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) {
    debug_assert!(out.len() <= 64);
    if Hkdf::<Sha256>::new(Some(salt), ikm).expand(info, out).is_err() {
        unreachable!("HKDF-SHA-256 gives up to 8160 bytes");
    }
}

pub(crate) fn random<const N: usize>(rng: &mut impl CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
