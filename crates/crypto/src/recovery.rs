//! The two keys of an organisation that lie on printed sheets: the root, which certified the first director, and the
//! recovery key, which is a reader among readers.

use crate::{Label, ReceivingKey, Seed, SigningKey, derive_secret};

/// The recovery key, from its seed.
pub fn recovery_receiving(seed: &Seed) -> ReceivingKey {
    ReceivingKey::from_seed(&derive_secret(Label::RecoveryReceive, seed.expose(), &[], &()))
}

/// The organisation's root signing key, from its seed.
pub fn root_signing(seed: &Seed) -> SigningKey {
    SigningKey::from_seed(&derive_secret(Label::RootSign, seed.expose(), &[], &()))
}
