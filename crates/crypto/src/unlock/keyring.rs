//! The keyring: sealing it, opening it, and changing one way in without the others.

use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Slot, SlotKind, SlotOffer, SlotSecret, Stretch, StretchRefused};
use crate::{
    Canonical, Hash, Key, Label, ReceivingKey, Seed, Signature, SigningKey, VerifyingKey, derive_secret, labelled, pad,
    sabotage,
    seal::{Salt, make_salt, open, seal},
    secret,
    wrap::{unwrap_for, wrap_for},
};

/// A keyring is padded to no less than this.
const FLOOR: u64 = 256;

/// A person's id, as the byte string that it is.
#[derive(Encode)]
#[cbor(transparent)]
pub(super) struct Id(#[cbor(n(0), with = "minicbor::bytes")] pub(super) [u8; 16]);

/// What the slots open: 32 random bytes without which the passphrase is of no use.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct M([u8; 32]);

/// A person's long-lived secrets.
#[derive(Clone, Encode, Decode)]
pub struct Keyring {
    #[cbor(n(0), with = "minicbor::bytes")]
    person: [u8; 16],
    #[n(1)]
    account: Seed,
    #[n(2)]
    receiving: Seed,
    #[n(3)]
    notes_root: Seed,
    #[n(4)]
    anchor: Hash,
    #[n(5)]
    former: Option<Vec<Seed>>,
}

secret::opaque_debug!(M, Keyring);
secret::constant_time_eq!(M);

/// A keyring as the relay keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedKeyring {
    /// Whose it is.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub person: [u8; 16],
    /// One higher with each change; recorded elsewhere, so that an older one is noticed.
    #[n(1)]
    pub generation: u64,
    /// How the passphrase is stretched.
    #[n(2)]
    pub stretch: Stretch,
    /// The ways in.
    #[n(3)]
    pub slots: Vec<Slot>,
    /// The sealed [`Keyring`].
    #[cbor(n(4), with = "minicbor::bytes")]
    pub content: Vec<u8>,
    /// The account key, which signs all of the above.
    #[n(5)]
    pub account: VerifyingKey,
    /// Its signature.
    #[n(6)]
    pub signature: Signature,
}

/// Why a keyring did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// A wrong passphrase, a slot that is not (or no longer) in the list, or a keyring that was changed. Not which.
    #[error("the keyring does not open")]
    Refused,
    /// The stretching is out of bounds; the passphrase was not touched.
    #[error("the relay asks for a stretching of the passphrase that is out of bounds")]
    StretchRefused,
    /// The account key is not the one on the card or the device; nothing else was looked at.
    #[error("this keyring is someone else's")]
    FingerprintMismatch,
}

impl From<StretchRefused> for UnlockError {
    fn from(_: StretchRefused) -> Self {
        Self::StretchRefused
    }
}

impl Keyring {
    /// Whose it is.
    pub fn person(&self) -> [u8; 16] {
        self.person
    }

    /// The account key, which certifies devices and signs the keyring.
    pub fn account(&self) -> SigningKey {
        SigningKey::from_seed(self.account.expose())
    }

    /// The key to which others wrap for this person.
    pub fn receiving(&self) -> ReceivingKey {
        ReceivingKey::from_seed(self.receiving.expose())
    }

    /// The receiving keys before each renewal: what others wrapped before they heard of it still opens.
    pub fn former_receiving(&self) -> impl Iterator<Item = ReceivingKey> {
        self.former.iter().flatten().map(|seed| ReceivingKey::from_seed(seed.expose()))
    }

    /// The same person with new account and receiving keys, for when somebody saw passphrase and card.
    #[must_use]
    pub fn renew(&self, rng: &mut impl CryptoRng) -> Self {
        let mut former = self.former.clone().unwrap_or_default();
        former.push(self.receiving.clone());
        Self { account: Seed::make(rng), receiving: Seed::make(rng), former: Some(former), ..self.clone() }
    }

    /// The root under which own notes are sealed.
    pub fn notes_root(&self) -> &Seed {
        &self.notes_root
    }

    /// What it is tied to: a hash that names the organisation and its root key, so that a relay cannot show the
    /// keyring's owner another organisation on a new device.
    pub fn anchor(&self) -> Hash {
        self.anchor
    }
}

impl SealedKeyring {
    /// What the directory or a dossier records of this generation.
    pub fn hash(&self) -> Hash {
        Hash::of(&labelled(Label::KeyringHash, self))
    }

    /// Whether the account key signed this.
    pub fn verify(&self) -> Result<(), crate::BadSignature> {
        self.account.verify(Label::Keyring, &self.signed(), &self.signature)
    }

    fn signed(&self) -> impl Encode<()> {
        (Id(self.person), self.generation, self.stretch, &self.slots, Hash::of(&self.content), self.account)
    }

    fn sign(mut self, account: &SigningKey) -> Self {
        let signature = account.sign(Label::Keyring, &self.signed());
        self.signature = signature;
        self
    }
}

/// A new person's keyring, tied to what `anchor` is a hash of.
pub fn make_keyring(rng: &mut impl CryptoRng, person: [u8; 16], anchor: Hash) -> Keyring {
    let (account, receiving, notes_root) = (Seed::make(rng), Seed::make(rng), Seed::make(rng));
    Keyring { person, account, receiving, notes_root, anchor, former: None }
}

/// Seals a keyring for the first time, or anew with a fresh M and these slots only.
pub fn seal_keyring(
    rng: &mut impl CryptoRng,
    keyring: &Keyring,
    passphrase: &[u8],
    stretch: Stretch,
    slots: &[SlotOffer],
    generation: u64,
) -> Result<(SealedKeyring, M), StretchRefused> {
    let m = M(secret::random(rng));
    let key = content_key(&m, passphrase, &stretch, &keyring.person)?;
    let sealed = SealedKeyring {
        person: keyring.person,
        generation,
        stretch,
        slots: slots.iter().map(|offer| fill(offer, &keyring.person, &m, &key)).collect(),
        content: seal_content(rng, keyring, &m, &key),
        account: keyring.account().verifying(),
        signature: Signature([0; 64]),
    };
    Ok((sealed.sign(&keyring.account()), m))
}

/// Opens a keyring: checks the fingerprint, the signature and the bounds of the stretching, and only then uses the
/// slot's secret and the passphrase.
pub fn open_keyring(
    sealed: &SealedKeyring,
    passphrase: &[u8],
    slot: &SlotSecret,
    expected_account_fingerprint: &[u8; 16],
) -> Result<(Keyring, M), UnlockError> {
    check_fingerprint(sealed, expected_account_fingerprint)?;
    sealed.stretch.check()?;
    sealed.verify().map_err(|_| UnlockError::Refused)?;
    let m = M(unwrap_slot(sealed, slot)?);
    let keyring = open_content(sealed, &content_key(&m, passphrase, &sealed.stretch, &sealed.person)?)?;
    Ok((keyring, m))
}

/// Adds a slot of any kind but a passkey; neither the passphrase nor another slot's secret is needed.
pub fn add_slot(sealed: &SealedKeyring, keyring: &Keyring, m: &M, offer: &SlotOffer) -> SealedKeyring {
    put_slot(sealed, keyring, Slot::wrapping(offer, &sealed.person, &m.0))
}

/// Removes a slot, with the passkey that goes with it, and renews M, so that what the removed slot's holder kept opens
/// nothing that comes later.
pub fn remove_slot(
    rng: &mut impl CryptoRng,
    sealed: &SealedKeyring,
    m: &M,
    passphrase: &[u8],
    id: &[u8; 16],
) -> Result<(SealedKeyring, M), UnlockError> {
    // Opening first proves the passphrase right; sealing under a mistyped one would lock the person out.
    let keyring = open_content(sealed, &content_key(m, passphrase, &sealed.stretch, &sealed.person)?)?;
    let slots: Vec<_> = sealed.slots.iter().filter(|slot| !slot.ends_with(id)).map(Slot::offer).collect();
    Ok(seal_keyring(rng, &keyring, passphrase, sealed.stretch, &slots, sealed.generation + 1)?)
}

/// Replaces the passphrase; every slot opens what it opened.
pub fn change_passphrase(
    rng: &mut impl CryptoRng,
    sealed: &SealedKeyring,
    keyring: &Keyring,
    m: &M,
    new_passphrase: &[u8],
    stretch: Stretch,
) -> Result<SealedKeyring, StretchRefused> {
    let mut next = sealed.clone();
    next.generation += 1;
    next.stretch = stretch;
    let key = content_key(m, new_passphrase, &stretch, &keyring.person)?;
    for slot in next.slots.iter_mut().filter(|slot| slot.kind == SlotKind::Passkey) {
        *slot = fill(&slot.offer(), &keyring.person, m, &key);
    }
    next.content = seal_content(rng, keyring, m, &key);
    Ok(next.sign(&keyring.account()))
}

pub(super) fn check_fingerprint(sealed: &SealedKeyring, expected: &[u8; 16]) -> Result<(), UnlockError> {
    if sealed.account.fingerprint() == *expected || sabotage::is("keyring-fingerprint") {
        Ok(())
    } else {
        Err(UnlockError::FingerprintMismatch)
    }
}

/// What is wrapped in the slot that this secret opens.
pub(super) fn unwrap_slot(sealed: &SealedKeyring, secret: &SlotSecret) -> Result<[u8; 32], UnlockError> {
    let key = secret.receiving();
    let public = key.public();
    let slot = sealed.slots.iter().find(|slot| slot.receiving == public).ok_or(UnlockError::Refused)?;
    let context = slot_context(&slot.offer(), &sealed.person);
    let opened = unwrap_for(Label::SlotWrap, &key, &slot.wrapped, &context).map_err(|_| UnlockError::Refused)?;
    opened.as_slice().try_into().map_err(|_| UnlockError::Refused)
}

/// The next generation with this slot, in the place of one with the same id.
pub(super) fn put_slot(sealed: &SealedKeyring, keyring: &Keyring, slot: Slot) -> SealedKeyring {
    let mut next = sealed.clone();
    next.generation += 1;
    next.slots.retain(|known| known.id != slot.id);
    next.slots.push(slot);
    next.sign(&keyring.account())
}

fn fill(offer: &SlotOffer, person: &[u8; 16], m: &M, key: &Key) -> Slot {
    Slot::wrapping(offer, person, if offer.kind == SlotKind::Passkey { key.expose() } else { &m.0 })
}

impl Slot {
    pub(super) fn wrapping(offer: &SlotOffer, person: &[u8; 16], opens: &[u8; 32]) -> Self {
        Self {
            id: offer.id,
            kind: offer.kind,
            receiving: offer.receiving.clone(),
            request: offer.request,
            wrapped: wrap_for(Label::SlotWrap, &offer.receiving, opens, &slot_context(offer, person)),
            device: offer.device,
        }
    }
}

fn slot_context(offer: &SlotOffer, person: &[u8; 16]) -> Vec<u8> {
    labelled(Label::SlotWrap, &(Id(*person), offer))
}

pub(super) fn content_key(
    m: &M,
    passphrase: &[u8],
    stretch: &Stretch,
    person: &[u8; 16],
) -> Result<Key, StretchRefused> {
    let stretched = stretch.stretch(passphrase)?;
    Ok(Key::from_bytes(*derive_secret(Label::KeyringKey, &m.0, stretched.as_slice(), &(Id(*person), stretch))))
}

fn content_context(person: &[u8; 16], account: &VerifyingKey) -> Vec<u8> {
    labelled(Label::KeyringContext, &(Id(*person), account))
}

fn seal_content(rng: &mut impl CryptoRng, keyring: &Keyring, m: &M, key: &Key) -> Vec<u8> {
    let plaintext = Zeroizing::new(pad::pad(keyring.to_canonical(), FLOOR));
    let salt: Salt = make_salt(rng, &m.0, 0, &keyring.person, Some(Hash::of(&plaintext)));
    seal(key, &salt, &content_context(&keyring.person, &keyring.account().verifying()), &plaintext)
}

pub(super) fn open_content(sealed: &SealedKeyring, key: &Key) -> Result<Keyring, UnlockError> {
    let plaintext = open(key, &content_context(&sealed.person, &sealed.account), &sealed.content)
        .map_err(|_| UnlockError::Refused)?;
    let length = pad::unpadded_len(&plaintext).map_err(|_| UnlockError::Refused)?;
    let keyring = Keyring::from_canonical(&plaintext[..length]).map_err(|_| UnlockError::Refused)?;
    if keyring.person == sealed.person && keyring.account().verifying() == sealed.account {
        Ok(keyring)
    } else {
        Err(UnlockError::Refused)
    }
}
