//! What the scenarios share: the people in them, the relays they meet, the browser they use.
//!
//! A scenario begins with a [`World`](world::World): one relay with its disk, one clock, and people who each have a
//! device of their own. The vaults are the real ones, and so is the relay; only the network between them is short.

#[cfg(feature = "browser")]
pub mod browser;
pub mod hostile;
pub mod practice;
pub mod world;
