//! The vault lives in a Web Worker of its own, with every key, and dies with it on lock. This is the border between it
//! and the page.

pub(crate) mod client;
#[cfg(target_arch = "wasm32")]
pub(crate) mod host;
pub(crate) mod messages;
#[cfg(target_arch = "wasm32")]
mod qr;
#[cfg(target_arch = "wasm32")]
mod serve;
