//! Keys, seals, wraps, signatures, unlocking, padding and encoding.
//!
//! Nothing here does I/O, reads a clock or draws randomness by itself: a caller passes a generator in.

#![forbid(unsafe_code)]

mod encoding;
mod hash;
mod label;

pub use encoding::{Canonical, DecodeError, SUITE, labelled, open_labelled};
pub use hash::Hash;
pub use label::Label;
