//! The domain, pure: what a dossier consists of, in the words of those who work with it. Nothing here knows a key, a
//! relay, a clock or a disk.

#![forbid(unsafe_code)]

mod compartment;
mod name;
mod party;
pub mod policy;
mod record;

pub use compartment::{CompartmentKind, Compartments};
pub use name::{NAME_BYTES, safe_name};
pub use party::{InvitedRecord, NamesRecord, PartyKind, PartyRecord};
pub use policy::{Policy, PolicyError, PolicyRecord, Profile};
pub use record::{
    Compared, ConsentForm, ConsentRecord, DeviceNote, Document, EmergencyContactRecord, Face, InvitationRecord,
    KeptRecord, LentDocument, OrganisationRecord, OwnKeys, OwnNoteRecord, PersonRecord, ReasonRecord, Record, Report,
    ReviewRecord, ShareRecord, TestamentRecord, Title, VerificationRecord,
};
