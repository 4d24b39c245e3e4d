//! Slots: the ways in, each with a 256-bit secret of its own.

use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Label, ReceivingKey, ReceivingPublic, SigningKey, VerifyingKey, Wrapped, derive_secret, secret};

/// A slot's secret, 32 bytes: printed on the card, kept by the device, or given by the passkey.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct SlotSecret(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

secret::opaque_debug!(SlotSecret);
secret::constant_time_eq!(SlotSecret);

/// What holds a slot's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum SlotKind {
    /// The printed key card.
    #[n(0)]
    Card,
    /// A device that is known.
    #[n(1)]
    Device,
    /// A passkey, by WebAuthn's PRF.
    #[n(2)]
    Passkey,
    /// Someone who may let this person in again.
    #[n(3)]
    Recovery,
}

/// The public side of a slot that is to be added; made by whoever holds its secret.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SlotOffer {
    /// A random id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// What holds the secret.
    #[n(1)]
    pub kind: SlotKind,
    /// Where M is wrapped to.
    #[n(2)]
    pub receiving: ReceivingPublic,
    /// By which the keyring may be asked for, where no device key exists yet.
    #[n(3)]
    pub request: Option<VerifyingKey>,
    /// Of a passkey: the device whose secret it takes as well, and with which it ends.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub device: Option<[u8; 16]>,
}

/// A slot in a sealed keyring.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Slot {
    /// A random id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// What holds the secret.
    #[n(1)]
    pub kind: SlotKind,
    /// Where M is wrapped to.
    #[n(2)]
    pub receiving: ReceivingPublic,
    /// By which the keyring may be asked for, where no device key exists yet.
    #[n(3)]
    pub request: Option<VerifyingKey>,
    /// M, wrapped to `receiving`; of a passkey, which takes the place of the passphrase, the keyring's key.
    #[n(4)]
    pub wrapped: Wrapped,
    /// Of a passkey: the device whose secret it takes as well, and with which it ends.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub device: Option<[u8; 16]>,
}

impl SlotSecret {
    /// A new secret.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        Self(secret::random(rng))
    }

    /// The secret with these bytes, which must be uniformly random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to print or keep.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key to which M is wrapped.
    pub fn receiving(&self) -> ReceivingKey {
        ReceivingKey::from_seed(&derive_secret(Label::SlotReceive, &self.0, &[], &()))
    }

    /// The key that signs requests for the keyring.
    pub fn request(&self) -> SigningKey {
        SigningKey::from_seed(&derive_secret(Label::SlotRequest, &self.0, &[], &()))
    }

    /// What a keyring needs to know to add this slot. All but a device, which has a request key of its own, may ask for
    /// the keyring.
    pub fn offer(&self, id: [u8; 16], kind: SlotKind) -> SlotOffer {
        let request = (kind != SlotKind::Device).then(|| self.request().verifying());
        SlotOffer { id, kind, receiving: self.receiving().public(), request, device: None }
    }
}

impl Slot {
    /// The offer from which this slot was made.
    pub fn offer(&self) -> SlotOffer {
        let (receiving, request) = (self.receiving.clone(), self.request);
        SlotOffer { id: self.id, kind: self.kind, receiving, request, device: self.device }
    }

    /// Whether it is this slot, or a passkey that ends with the device of this slot.
    pub(super) fn ends_with(&self, id: &[u8; 16]) -> bool {
        self.id == *id || self.device == Some(*id)
    }
}
