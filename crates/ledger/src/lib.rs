//! Signed, chained, append-only logs: the organisation's directory, each dossier's history, each disclosure and each
//! person's own log.
//!
//! An [`Entry`] is a commit: many [`Change`]s, one signature. What it says openly is what the relay needs for its duty
//! and any receiver needs to verify before holding a key; everything else lies beside the log as sealed blobs, named by
//! hash. Who may do what at which position follows from the open parts alone, by [`Log::admit`] and
//! [`Directory::admit`], which relay and vault run alike. Somebody outside the organisation runs the same over a
//! [`Certificate`] where the directory is closed to them.

#![forbid(unsafe_code)]

mod beacon;
mod certificate;
mod change;
mod directory;
mod entry;
mod grant;
mod ids;
mod log;
mod refusal;
mod slip;

pub use beacon::{Beacon, BeaconTag};
pub use certificate::{Certificate, Certified, GivenUp, Vouched};
pub use change::{
    Admission, Change, CompartmentEpoch, Consent, DeviceCertificate, Disclose, Epoch, File, Founding, Party, Put,
    Recovery, Renewal, Source, Wrap,
};
pub use directory::{Delegation, Device, Directory, Member, Restoration, Standing, View};
pub use entry::{Commit, Entry, Head, LogKind};
pub use grant::{Claims, ConsentPosition, Gate, Grant, LinkReceiver, MOST_CLAIMANTS, Receiver, Rights};
pub use ids::{CompartmentId, ConsentId, DeviceId, FileId, GrantId, HalfId, LogId, OrganisationId, PersonId, RecordId};
pub use log::{Closing, ConsentState, EpochState, FileState, GrantState, Log, PartyDevice, PartyState, RecordState};
pub use refusal::Refusal;
pub use slip::{SignedSlip, Slip, Statement};
