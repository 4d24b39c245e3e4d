//! The visible parts of changes. A sealed part is named by the hash of its ciphertext; nothing stands in both.

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, Label, ReceivingPublic, Signature, VerifyingKey, labelled};

use crate::{
    CompartmentId, ConsentId, ConsentPosition, DeviceId, Entry, FileId, Grant, GrantId, HalfId, Head, LogId,
    OrganisationId, PersonId, RecordId, Standing,
};

/// One change of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Change {
    /// Begins a log.
    #[n(0)]
    Found(#[n(0)] Founding),
    /// Lets somebody in.
    #[n(1)]
    Grant(#[n(0)] Grant),
    /// Ends a grant.
    #[n(2)]
    Revoke(#[n(0)] GrantId),
    /// Opens the next epoch of a compartment.
    #[n(3)]
    Epoch(#[n(0)] Epoch),
    /// Hands a grant's receiver the seeds of epochs.
    #[n(4)]
    Wrap(#[n(0)] Wrap),
    /// Adds a version of a record.
    #[n(5)]
    Put(#[n(0)] Put),
    /// Adds a file.
    #[n(6)]
    File(#[n(0)] File),
    /// Records a consent, or a ground that stands in its place.
    #[n(7)]
    Consent(#[n(0)] Consent),
    /// Ends a consent and every disclosure that rests on it.
    #[n(8)]
    Withdraw(#[n(0)] ConsentId),
    /// Names a disclosure that rests on a consent of this log.
    #[n(9)]
    Disclose(#[n(0)] Disclose),
    /// Destroys a relay half, and with it what only it opens.
    #[n(10)]
    Destroy(#[n(0)] HalfId),
    /// Closes a dossier; the relay forgets it at this time, in seconds since 1970.
    #[n(11)]
    Close(#[n(0)] Option<u64>),
    /// Suspends (true) or resumes (false) the day of destruction.
    #[n(12)]
    Hold(#[n(0)] bool),
    /// Directory: makes somebody a member.
    #[n(13)]
    Admit(#[n(0)] Admission),
    /// Directory: certifies a member's device. Dossier: a party's.
    #[n(14)]
    Certify(#[n(0)] DeviceCertificate),
    /// Directory: ends a membership, with every device and every link they made.
    #[n(15)]
    Remove(#[n(0)] PersonId),
    /// Ends a device, where it was certified.
    #[n(16)]
    RevokeDevice(#[n(0)] DeviceId),
    /// Directory: names the recovery key and the hashes of its shares.
    #[n(17)]
    Recovery(#[n(0)] Recovery),
    /// Directory: the generation and hash of a member's keyring. Dossier: of a party's.
    #[n(18)]
    Keyring(#[n(0)] PersonId, #[n(1)] u64, #[n(2)] Hash),
    /// Directory: the member signed the pledge with this hash.
    #[n(19)]
    Pledge(#[n(0)] PersonId, #[n(1)] Hash),
    /// Directory: the relay was put back to an earlier state. For each log of which nobody handed back what was lost, the last
    /// entry that it has: what stood after it is given up. Sorted by log, each once.
    #[n(20)]
    Restored(#[n(0)] Vec<(LogId, Head)>),
    /// Seals a record's last version again, in a later epoch and with the same content: for somebody who has not the epoch
    /// before. Whose words they are does not change.
    #[n(21)]
    Reseal(#[n(0)] Put),
    /// Directory: a member's new account and receiving keys, after somebody saw the old ones. Ends every device of theirs
    /// but the one that says so.
    #[n(22)]
    Renew(#[n(0)] Renewal),
    /// Directory: a director agrees to a change that takes two, by its [`Change::agreement`].
    #[n(23)]
    Agree(#[n(0)] Hash),
    /// Directory: a director lets a member act for the directors before this time, in seconds since 1970.
    #[n(24)]
    Delegate(#[n(0)] PersonId, #[n(1)] u64),
    /// Directory: ends that.
    #[n(25)]
    Undelegate(#[n(0)] PersonId),
    /// Dossier: makes somebody outside the organisation known to this log, with keys of their own.
    #[n(26)]
    Party(#[n(0)] Party),
    /// Directory: the member, who is about to leave, acknowledged what outlasts that; the text has this hash.
    #[n(29)]
    Farewell(#[n(0)] PersonId, #[n(1)] Hash),
    /// Dossier: adds a record that says why its author claimed this grant of theirs, which is open. One for each grant; it
    /// takes no right to write.
    #[n(30)]
    Reason(#[n(0)] GrantId, #[n(1)] Put),
}

impl Change {
    /// What a second director agrees to: a hash of the whole change.
    pub fn agreement(&self) -> Hash {
        Hash::of(&labelled(Label::Agreement, self))
    }
}

/// How a log begins.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Founding {
    /// Whose log it is. In the directory: itself.
    #[n(0)]
    pub organisation: OrganisationId,
    /// The organisation's root key. The directory's first entry is signed by it.
    #[n(1)]
    pub root: VerifyingKey,
    /// The log's life half: needed by everything that must end with it.
    #[n(2)]
    pub life: HalfId,
    /// Disclosures: what they rest on.
    #[n(3)]
    pub source: Option<Source>,
}

/// Where a disclosure comes from, and who vouches for its author.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Source {
    /// The consent it rests on.
    #[n(0)]
    pub consent: ConsentPosition,
    /// Directory entries that lead from the root to the author's device.
    #[n(1)]
    pub chain: Vec<Entry>,
}

/// An epoch of a compartment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Epoch {
    /// The compartment; its first epoch makes it.
    #[n(0)]
    pub compartment: CompartmentId,
    /// The number, from 1.
    #[n(1)]
    pub epoch: u64,
    /// The relay half without which the seed opens nothing.
    #[n(2)]
    pub half: HalfId,
    /// Commits to the seed, so that a wrap can be checked without the half.
    #[n(3)]
    pub seed_commitment: Hash,
    /// Commits to the key derived from both.
    #[n(4)]
    pub key_commitment: Hash,
}

/// A compartment at an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct CompartmentEpoch {
    /// The compartment.
    #[n(0)]
    pub compartment: CompartmentId,
    /// Its epoch.
    #[n(1)]
    pub epoch: u64,
}

/// Seeds for a receiver: one wrap for one grant.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Wrap {
    /// The grant it serves.
    #[n(0)]
    pub grant: GrantId,
    /// Which seeds, sorted.
    #[n(1)]
    pub epochs: Vec<CompartmentEpoch>,
    /// The wrapped bundle's blob.
    #[n(2)]
    pub blob: Hash,
}

/// A version of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Put {
    /// Where it is sealed.
    #[n(0)]
    pub at: CompartmentEpoch,
    /// Which record.
    #[n(1)]
    pub record: RecordId,
    /// Its version, from 1.
    #[n(2)]
    pub version: u64,
    /// The sealed bytes.
    #[n(3)]
    pub blob: Hash,
}

/// A file: sealed once, under a seed in its record and a half of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct File {
    /// Its id.
    #[n(0)]
    pub file: FileId,
    /// The compartment whose end is its end.
    #[n(1)]
    pub home: CompartmentId,
    /// Its half.
    #[n(2)]
    pub half: HalfId,
    /// The sealed bytes.
    #[n(3)]
    pub blob: Hash,
    /// Length of the sealed bytes.
    #[n(4)]
    pub length: u64,
}

/// A consent's structure; its meaning is the sealed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Consent {
    /// Its id.
    #[n(0)]
    pub consent: ConsentId,
    /// Hash of the receiver's key that was consented to.
    #[n(1)]
    pub receiver_key: Hash,
    /// Ends at this time, in seconds since 1970.
    #[n(2)]
    pub until: Option<u64>,
    /// The sealed record with who, what, what for and how.
    #[n(3)]
    pub record: RecordId,
}

/// A disclosure and the consent it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Disclose {
    /// Its log.
    #[n(0)]
    pub disclosure: LogId,
    /// Hash of its first entry.
    #[n(1)]
    pub first: Hash,
    /// The consent, in this log.
    #[n(2)]
    pub consent: ConsentId,
    /// Files of this log whose halves the disclosure's receiver is served.
    #[n(3)]
    pub files: Vec<FileId>,
}

/// A new member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Admission {
    /// The person.
    #[n(0)]
    pub person: PersonId,
    /// Certifies their devices.
    #[n(1)]
    pub account: VerifyingKey,
    /// Keys are wrapped to this, 1,216 bytes.
    #[n(2)]
    pub receiving: ReceivingPublic,
    /// What the relay and other members must know of the role.
    #[n(3)]
    pub standing: Standing,
    /// Membership ends serving at this time, in seconds since 1970.
    #[n(4)]
    pub until: Option<u64>,
}

/// Somebody outside the organisation who reads a dossier with keys of their own. Who that is, is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Party {
    /// The person: in this log alone.
    #[n(0)]
    pub person: PersonId,
    /// Certifies their devices.
    #[n(1)]
    pub account: VerifyingKey,
    /// Keys are wrapped to this, 1,216 bytes.
    #[n(2)]
    pub receiving: ReceivingPublic,
}

/// New keys of a member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Renewal {
    /// The person.
    #[n(0)]
    pub person: PersonId,
    /// Certifies their devices from now on.
    #[n(1)]
    pub account: VerifyingKey,
    /// Keys are wrapped to this from now on, 1,216 bytes.
    #[n(2)]
    pub receiving: ReceivingPublic,
}

/// A device, certified by its person's account key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DeviceCertificate {
    /// Whose.
    #[n(0)]
    pub person: PersonId,
    /// Its id.
    #[n(1)]
    pub device: DeviceId,
    /// Signs entries and slips.
    #[n(2)]
    pub signing: VerifyingKey,
    /// Signs requests.
    #[n(3)]
    pub request: VerifyingKey,
    /// The account key over the four above, labelled.
    #[n(4)]
    pub signature: Signature,
}

/// The recovery key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Recovery {
    /// Keys are wrapped to this, 1,216 bytes.
    #[n(0)]
    pub receiving: ReceivingPublic,
    /// How many sheets open it.
    #[n(1)]
    pub threshold: u8,
    /// Hash of each sheet's share, in order, so that each can be verified alone.
    #[n(2)]
    pub shares: Vec<Hash>,
}
