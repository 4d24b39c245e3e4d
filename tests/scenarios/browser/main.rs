//! What people do with Zegel in a browser, a file a story: real Chromium against the real relay, as `cargo xtask start` serves
//! both.

mod access;
mod app;
mod client_keys;
mod clients;
mod delegates;
mod dormant;
mod handover;
mod inviting;
mod keys;
mod knocking;
mod last_days;
mod looking_on;
mod main_job;
mod neighbours;
mod notice;
mod own_notes;
mod passkeys;
mod policy;
mod restored;
mod returning;
mod sheets;
mod testament;
mod third_keys;
mod upgrade;
mod visits;
