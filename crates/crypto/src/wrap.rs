//! Wrapping secrets to a person's key: HPKE base mode (RFC 9180) with X-Wing (ML-KEM-768 and X25519), HKDF-SHA-256 and
//! AES-256-GCM.
//!
//! The encapsulation's randomness is derived from the wrapped secret, the receiver and the associated data. A stuck
//! generator can therefore not hurt, and whoever holds the secret can compute the wrap again and so check everyone's.

use core::{convert::Infallible, fmt};

use hpke::{Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::AesGcm256, kdf::HkdfSha256, kem::XWing};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use rand_core::{CryptoRng, TryCryptoRng, TryRng};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{BadKey, Hash, Label, labelled, secret};

type PrivateKey = <XWing as hpke::Kem>::PrivateKey;
type PublicKey = <XWing as hpke::Kem>::PublicKey;
type EncappedKey = <XWing as hpke::Kem>::EncappedKey;

/// Bytes of a receiving key.
pub const RECEIVING_PUBLIC: usize = 1216;
/// Bytes of an encapsulation, which go before the sealed secret.
pub const ENCAPSULATION: usize = 1120;
/// Bytes that a wrap is longer than what it wraps.
pub const WRAP_OVERHEAD: usize = ENCAPSULATION + 16;

/// A private key to receive wraps with: X-Wing's 32-byte seed.
#[derive(Clone)]
pub struct ReceivingKey(PrivateKey);

secret::opaque_debug!(ReceivingKey);

/// A public key to wrap to, 1216 bytes, known to be well-formed in both halves.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceivingPublic(Box<[u8; RECEIVING_PUBLIC]>);

/// A wrapped secret: encapsulation (1120 bytes), then the sealed secret and its tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Wrapped(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

/// The wrap does not open: another key, another context, or changed. Which one is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this wrap does not open")]
pub struct UnwrapError;

impl ReceivingKey {
    /// A new key.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self::from_seed(&Zeroizing::new(secret::random(rng)))
    }

    /// The key with this seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        match PrivateKey::from_bytes(seed) {
            Ok(key) => Self(key),
            Err(_) => unreachable!("any 32 bytes are an X-Wing private key"),
        }
    }

    /// The seed, to be kept sealed.
    pub fn to_seed(&self) -> Zeroizing<[u8; 32]> {
        let mut seed = Zeroizing::new([0; 32]);
        self.0.write_exact(seed.as_mut_slice());
        seed
    }

    /// The public key.
    pub fn public(&self) -> ReceivingPublic {
        let mut bytes = Box::new([0; RECEIVING_PUBLIC]);
        XWing::sk_to_pk(&self.0).write_exact(bytes.as_mut_slice());
        ReceivingPublic(bytes)
    }
}

impl ReceivingPublic {
    /// The key with these bytes, unless its ML-KEM half is malformed or its X25519 half of low order, which would give
    /// everyone the same secret.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadKey> {
        let bytes: [u8; RECEIVING_PUBLIC] = bytes.try_into().map_err(|_| BadKey)?;
        PublicKey::from_bytes(&bytes).map_err(|_| BadKey)?;
        let mut x25519 = [0; 32];
        x25519.copy_from_slice(&bytes[RECEIVING_PUBLIC - 32..]);
        let probe = x25519_dalek::StaticSecret::from([1; 32]);
        if probe.diffie_hellman(&x25519.into()).was_contributory() { Ok(Self(Box::new(bytes))) } else { Err(BadKey) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; RECEIVING_PUBLIC] {
        &self.0
    }

    /// What stands for this key in grants and wraps.
    pub fn hash(&self) -> Hash {
        Hash::of(&labelled(Label::ReceivingKey, self))
    }
}

/// Wraps `plaintext`, which must hold at least 32 bytes that are uniformly random and secret: from it the
/// encapsulation's randomness is derived. Same input, same wrap; so a holder of the plaintext checks a wrap by making
/// it again.
pub fn wrap(to: &ReceivingPublic, plaintext: &[u8], aad: &[u8]) -> Wrapped {
    wrap_for(Label::Wrap, to, plaintext, aad)
}

/// Opens a wrap made for this key with the same associated data.
pub fn unwrap(key: &ReceivingKey, wrapped: &Wrapped, aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    unwrap_for(Label::Wrap, key, wrapped, aad)
}

pub(crate) fn wrap_for(label: Label, to: &ReceivingPublic, plaintext: &[u8], aad: &[u8]) -> Wrapped {
    let body = (label.text(), to.hash(), Hash::of(aad));
    let mut randomness =
        Derived { secret: secret::derive_secret(Label::WrapRandomness, plaintext, &[], &body), drawn: 0 };
    let sealed = PublicKey::from_bytes(to.as_bytes()).and_then(|to| {
        hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, XWing>(
            &OpModeS::Base,
            &to,
            &labelled(label, &()),
            plaintext,
            aad,
            &mut randomness,
        )
    });
    match sealed {
        Ok((encapsulation, sealed)) => {
            let mut wrapped = encapsulation.to_bytes().to_vec();
            wrapped.extend(sealed);
            Wrapped(wrapped)
        }
        Err(_) => unreachable!("the key was checked when it was made, and nothing else can fail"),
    }
}

pub(crate) fn unwrap_for(
    label: Label,
    key: &ReceivingKey,
    wrapped: &Wrapped,
    aad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    let (encapsulation, sealed) = wrapped.0.split_at_checked(ENCAPSULATION).ok_or(UnwrapError)?;
    let encapsulation = EncappedKey::from_bytes(encapsulation).map_err(|_| UnwrapError)?;
    hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(
        &OpModeR::Base,
        &key.0,
        &encapsulation,
        &labelled(label, &()),
        sealed,
        aad,
    )
    .map(Zeroizing::new)
    .map_err(|_| UnwrapError)
}

/// A generator whose output is HKDF of a secret and a counter.
#[derive(Zeroize, ZeroizeOnDrop)]
struct Derived {
    secret: Zeroizing<[u8; 32]>,
    drawn: u64,
}

impl TryRng for Derived {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for block in out.chunks_mut(64) {
            secret::expand(self.secret.as_slice(), &[], &labelled(Label::WrapRandomness, &self.drawn), block);
            self.drawn += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Derived {}

impl<C> Encode<C> for ReceivingPublic {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(self.0.as_slice())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for ReceivingPublic {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_bytes(d.bytes()?).map_err(|_| decode::Error::message("not a sound receiving key"))
    }
}

impl fmt::Debug for ReceivingPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivingPublic({})", self.hash())
    }
}
