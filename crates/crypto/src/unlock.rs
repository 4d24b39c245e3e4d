//! Unlocking: a passphrase *and* a slot's secret open a person's keyring.
//!
//! The keyring is sealed under HKDF(Argon2id(passphrase), [`M`]). M is wrapped once per slot to a key that derives from
//! that slot's secret alone: the printed card, each device. So passphrase, card and devices change without
//! knowing each other's secrets, a stolen relay cannot even begin to guess, and nothing the relay says weakens either.
//! A passkey takes the place of the passphrase on one device.
//! The account key signs the whole; whoever opens holds that key's fingerprint and checks it first.

mod keyring;
mod passkey;
mod slot;
mod stretch;

pub use keyring::{
    Keyring, M, SealedKeyring, UnlockError, add_slot, change_passphrase, make_keyring, open_keyring, remove_slot,
    seal_keyring,
};
pub use passkey::{PasskeyPlace, add_passkey, open_with_passkey};
pub use slot::{Slot, SlotKind, SlotOffer, SlotSecret};
pub use stretch::{Stretch, StretchRefused};
