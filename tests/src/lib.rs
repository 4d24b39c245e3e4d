//! What the scenarios share: the people in them, the relays they meet, the browser they use.

#[cfg(feature = "browser")]
pub mod browser;
