//! Keys, seals, wraps, signatures, unlocking, padding and encoding.
//!
//! Nothing here does I/O, reads a clock or draws randomness by itself: a caller passes a generator in. `make_*` and
//! `make` draw from it, `derive_*` do not.

#![forbid(unsafe_code)]

#[cfg(all(feature = "sabotage", not(debug_assertions)))]
compile_error!("the feature sabotage is for tests; it may not be built without debug assertions");

mod blob;
mod encoding;
mod hash;
mod label;
mod recovery;
mod secret;
mod sign;
mod wrap;

pub mod pad;
pub mod printed;
pub mod sabotage;
pub mod seal;
pub mod shamir;
pub mod unlock;

pub use blob::{BlobHasher, PIECE, blob_name};
pub use encoding::{Canonical, DecodeError, SUITE, labelled, open_labelled};
pub use hash::Hash;
pub use label::Label;
pub use rand_core;
pub use recovery::{recovery_receiving, root_signing};
pub use secret::{Half, Key, Seed, derive_key, derive_secret};
pub use sign::{BadKey, BadSignature, Signature, SigningKey, VerifyingKey};
pub use wrap::{
    ENCAPSULATION, RECEIVING_PUBLIC, ReceivingKey, ReceivingPublic, UnwrapError, WRAP_OVERHEAD, Wrapped, unwrap, wrap,
};
