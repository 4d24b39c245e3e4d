//! The relay: it stores signed entries and sealed blobs, judges who may read and write them, hands out relay halves, and
//! forgets. What it stores it has no words for: it knows the ledger and the protocol, not the dossier.
//!
//! A request goes `routes` → `auth` (who asks) → `calls` (what for) → `access` (whether) → `store`. Every write goes
//! through one thread that commits for many at once.

#![forbid(unsafe_code)]

pub mod access;
mod app;
mod auth;
pub mod backup;
mod bodies;
mod calls;
pub mod check;
pub mod clock;
pub mod config;
pub mod failure;
mod knocks;
pub mod maintain;
mod notices;
mod rate;
mod readings;
mod relay;
pub mod restore;
mod routes;
mod serve;
mod setup;
mod store;

pub use config::Config;
pub use relay::Relay;
pub use routes::router;
pub use serve::serve;
pub use store::OpenError;
