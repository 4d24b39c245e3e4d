//! Ed25519 (RFC 8032), verified strictly: weak keys, small-order points and scalars out of range are refused.

use core::fmt;

use ed25519_dalek::Signer as _;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{Hash, Label, labelled, sabotage, secret};

/// A private key. One key has one purpose: content, requests or certifying devices.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

secret::opaque_debug!(SigningKey);

/// A public key, 32 bytes, known not to be weak.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifyingKey([u8; 32]);

/// A signature, 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Signature(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 64]);

/// The signature is not this key's over this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not this key's over these bytes")]
pub struct BadSignature;

/// These bytes are no public key, or one under which anything verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a sound public key")]
pub struct BadKey;

impl SigningKey {
    /// A new key.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self::from_seed(&Zeroizing::new(secret::random(rng)))
    }

    /// The key with this private seed (RFC 8032, section 5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The private seed, to be kept sealed.
    pub fn to_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn verifying(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `[label, suite, body]`.
    pub fn sign(&self, label: Label, body: &impl Encode<()>) -> Signature {
        self.sign_bytes(&labelled(label, body))
    }

    /// Signs bytes as they are, for formats that say themselves what they are for (RFC 9421).
    pub fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(bytes).to_bytes())
    }
}

impl VerifyingKey {
    /// The key with these bytes, unless they are none or a weak one.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, BadKey> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| BadKey)?;
        if key.is_weak() && !sabotage::is("strict") { Err(BadKey) } else { Ok(Self(bytes)) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `signature` is this key's over `[label, suite, body]`.
    pub fn verify(&self, label: Label, body: &impl Encode<()>, signature: &Signature) -> Result<(), BadSignature> {
        self.verify_bytes(&labelled(label, body), signature)
    }

    /// Whether `signature` is this key's over these bytes.
    pub fn verify_bytes(&self, bytes: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        if sabotage::is("strict") {
            ed25519_dalek::Verifier::verify(&key, bytes, &signature)
        } else {
            key.verify_strict(bytes, &signature)
        }
        .map_err(|_| BadSignature)
    }

    /// 16 bytes that stand for this key on a card and on a device.
    pub fn fingerprint(&self) -> [u8; 16] {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&Hash::of(&labelled(Label::AccountFingerprint, self)).0[..16]);
        fingerprint
    }
}

impl<C> Encode<C> for VerifyingKey {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for VerifyingKey {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bytes = d.bytes()?.try_into().map_err(|_| decode::Error::message("a public key has 32 bytes"))?;
        Self::from_bytes(bytes).map_err(|_| decode::Error::message("not a sound public key"))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", Hash(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
