//! What the relay does for each call.

pub(crate) mod append;
pub(crate) mod beacons;
pub(crate) mod chain;
pub(crate) mod changes;
pub(crate) mod fetch;
pub(crate) mod found;
pub(crate) mod halves;
pub(crate) mod hand_back;
pub(crate) mod keyring;
pub(crate) mod knock;
mod names;
pub(crate) mod notice;
pub(crate) mod post;
pub(crate) mod pull;
pub(crate) mod readings;
pub(crate) mod upload;
