//! Passkeys: in the place of the passphrase, and on one device only.
//!
//! What a passkey gives (WebAuthn's PRF) and the secret that the device keeps make the slot's secret together, so a passkey
//! that was copied opens nothing without the device. Its slot wraps the keyring's key, not M: the passphrase is not asked
//! for, and none of the other slots can be made from it.

use super::{
    Keyring, M, SealedKeyring, SlotKind, SlotOffer, SlotSecret, UnlockError,
    keyring::{Id, check_fingerprint, content_key, open_content, put_slot, unwrap_slot},
    slot::Slot,
};
use crate::{Hash, Key, Label, derive_secret, labelled, sabotage};

/// Where a passkey is used: whose, and on which device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasskeyPlace {
    /// The organisation's id.
    pub organisation: [u8; 16],
    /// The person's.
    pub person: [u8; 16],
    /// The device's.
    pub device: [u8; 16],
}

impl PasskeyPlace {
    fn ids(&self) -> (Id, Id, Id) {
        (Id(self.organisation), Id(self.person), Id(self.device))
    }

    /// What the passkey's PRF is asked for.
    pub fn input(&self) -> [u8; 32] {
        Hash::of(&labelled(Label::PasskeyInput, &self.ids())).0
    }

    /// The slot's secret: of what the passkey gave for [`Self::input`], and of the device's own.
    pub fn secret(&self, given: &[u8; 32], device: &SlotSecret) -> SlotSecret {
        let kept: &[u8] = if sabotage::is("passkey-device") { &[] } else { device.expose() };
        SlotSecret::from_bytes(*derive_secret(Label::PasskeySlot, given, kept, &self.ids()))
    }

    /// What a keyring needs to know to add the passkey's slot. Nobody asks for the keyring with it: the device does.
    pub fn offer(&self, id: [u8; 16], secret: &SlotSecret) -> SlotOffer {
        SlotOffer { request: None, device: Some(self.device), ..secret.offer(id, SlotKind::Passkey) }
    }
}

/// Adds a passkey, in the place of one that the device had. Takes the passphrase, of which the keyring's key is made.
pub fn add_passkey(
    sealed: &SealedKeyring,
    m: &M,
    passphrase: &[u8],
    offer: &SlotOffer,
) -> Result<SealedKeyring, UnlockError> {
    let key = content_key(m, passphrase, &sealed.stretch, &sealed.person)?;
    // A slot made with a mistyped passphrase would open nothing.
    let keyring = open_content(sealed, &key)?;
    let mut before = sealed.clone();
    before.slots.retain(|slot| slot.device != offer.device);
    Ok(put_slot(&before, &keyring, Slot::wrapping(offer, &sealed.person, key.expose())))
}

/// Opens a keyring with the secret of a passkey's slot, after the same checks as with a passphrase.
pub fn open_with_passkey(
    sealed: &SealedKeyring,
    secret: &SlotSecret,
    expected_account_fingerprint: &[u8; 16],
) -> Result<Keyring, UnlockError> {
    check_fingerprint(sealed, expected_account_fingerprint)?;
    sealed.verify().map_err(|_| UnlockError::Refused)?;
    open_content(sealed, &Key::from_bytes(unwrap_slot(sealed, secret)?))
}
