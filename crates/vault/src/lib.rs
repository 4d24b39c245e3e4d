//! The client engine: unlocks, opens, edits, shares, revokes, synchronises, searches.
//!
//! It does no I/O of its own: what it needs of the world stands in [`ports`]. There is one way to write (`write`), one
//! way to believe (`sync`), and one place for what is held (`book`, `shelf`). Everything people see is a [`view`].

#![forbid(unsafe_code)]

mod access;
mod authorised;
mod beacons;
mod book;
mod break_glass;
mod bundle;
mod cast;
mod consents;
mod delegates;
mod devices;
mod door;
mod doorkeeper;
mod dormant;
mod dossiers;
mod emergency;
mod error;
mod files;
mod hand_back;
mod inbox;
mod keys;
mod knock;
mod leaving;
mod notice;
mod order;
mod own_notes;
mod parties;
mod passkeys;
mod people;
mod personal;
mod policy;
mod portal;
mod queue;
mod recover;
mod relay;
mod renewal;
mod restored;
mod returning;
mod review;
mod search;
mod session;
mod share;
mod sheets;
mod shelf;
mod spelling;
mod statement;
mod sync;
mod tail;
mod testament;

mod verified;
mod verify;
mod visit;
mod ways_in;
mod work_list;
mod write;

#[cfg(feature = "browser")]
pub mod browser;
pub mod contract;
pub mod days;
pub mod memory;
#[cfg(feature = "native")]
pub mod native;
pub mod ports;
pub mod view;

pub use access::AccessTerms;
pub use door::Session;
pub use dossiers::OWN_NOTE;
pub use error::VaultError;
pub use files::{Download, NewDocument, Sent, Upload};
pub use inbox::Inbox;
pub use knock::Knock;
pub use notice::{Heard, Listening, Notices};
pub use order::{latest_first, sort_by_bytes};
pub use parties::NewParty;
pub use passkeys::PasskeySecret;
pub use policy::FirstPolicy;
pub use portal::Portal;
pub use recover::Recovery;
pub use session::{DeviceState, NewOrganisation, RelayState, Vault};
pub use share::NewShare;
pub use spelling::folded;
pub use work_list::{CameView, LetInView, WorkListView};
pub use zegel_dossier::{
    Compared, PartyKind, Policy, PolicyError, Profile,
    policy::{Day, Language, Role},
    safe_name,
};
