//! The whole API: one type a call, with its path and its answer.

use minicbor::{Decode, Encode};
use zegel_crypto::{Canonical, Half, Hash};
use zegel_ledger::{DeviceId, Entry, GrantId, HalfId, Head, LogId, LogKind, OrganisationId, PersonId, SignedSlip};

use crate::Problem;

/// A call: where it goes and what comes back.
pub trait Call: Canonical {
    /// The path it is posted to.
    const PATH: &'static str;
    /// Whether it must be signed.
    const SIGNED: bool = true;
    /// What the relay answers.
    type Answer: Canonical;
}

macro_rules! calls {
    ($($call:ident => $answer:ty, $path:literal $(, signed = $signed:literal)?;)*) => {
        $(impl Call for $call {
            const PATH: &'static str = $path;
            $(const SIGNED: bool = $signed;)?
            type Answer = $answer;
        })*

        /// Every path of the API.
        pub const PATHS: &[&str] = &[$($path),*, UPLOAD_CHUNK, NOTICE];
    };
}

calls! {
    Hello => Welcome, "/v1/hello", signed = false;
    Found => Appended, "/v1/found", signed = false;
    Append => Appended, "/v1/append";
    Post => Posted, "/v1/post";
    Changes => Changed, "/v1/changes";
    Pull => Pulled, "/v1/pull";
    Halves => HalvesServed, "/v1/halves";
    Fetch => Fetched, "/v1/fetch";
    BeginUpload => UploadState, "/v1/upload/begin";
    FinishUpload => UploadState, "/v1/upload/finish";
    FetchKeyring => StoredKeyring, "/v1/keyring";
    StoreKeyring => Posted, "/v1/keyring/store";
    Readings => ReadingLedger, "/v1/readings";
    FetchChain => Chain, "/v1/chain";
    HandBack => Appended, "/v1/hand-back";
    Beacons => BeaconPage, "/v1/beacons";
    Knock => Posted, "/v1/knock", signed = false;
    AwaitAnswer => Awaited, "/v1/knock/await", signed = false;
    ReadKnock => Knocked, "/v1/knock/read";
    AnswerKnock => Posted, "/v1/knock/answer";
}

/// Chunks of an upload are posted here as they are: `/v1/upload/chunk/{upload}/{offset}`, at most [`crate::limits::CHUNK`]
/// bytes; the answer is an [`UploadState`].
pub const UPLOAD_CHUNK: &str = "/v1/upload/chunk";

/// Nothing is posted here; the answer goes on for as long as somebody listens: the bytes of [`crate::notice`].
pub const NOTICE: &str = "/v1/notice";

/// Asks who is there and for a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Hello {
    /// The asker's protocol version.
    #[n(0)]
    pub version: u16,
}

/// The relay introduces itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Welcome {
    /// Protocol version.
    #[n(0)]
    pub version: u16,
    /// To be used as the nonce of request signatures for [`crate::limits::CHALLENGE_SECONDS`].
    #[n(1)]
    pub challenge: String,
    /// The relay's clock, in seconds since 1970.
    #[n(2)]
    pub time: u64,
    /// The organisation it serves, once there is one.
    #[n(3)]
    pub organisation: Option<OrganisationId>,
    /// Whether the relay has never been backed up, or not since halves were added.
    #[n(4)]
    pub backup_due: bool,
    /// The relay was put back to how it was at about this time (in seconds since 1970), and no director has confirmed it
    /// yet.
    #[n(5)]
    pub put_back: Option<u64>,
}

/// What one log gets.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LogAppend {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// Its kind.
    #[n(1)]
    pub kind: LogKind,
    /// Entries that follow its head.
    #[n(2)]
    pub entries: Vec<Entry>,
    /// Blobs that the entries name and that were not uploaded.
    #[n(3)]
    pub blobs: Vec<Bytes>,
}

/// A half to keep.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StoredHalf {
    /// The log that names it.
    #[n(0)]
    pub log: LogId,
    /// Its id.
    #[n(1)]
    pub id: HalfId,
    /// The 32 bytes.
    #[n(2)]
    pub half: Half,
}

/// Appends to logs, all or nothing, in the order given. Idempotent: entries that are already there in the same form are
/// answered like new ones.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Append {
    /// The logs.
    #[n(0)]
    pub logs: Vec<LogAppend>,
    /// Halves that the entries name.
    #[n(1)]
    pub halves: Vec<StoredHalf>,
}

/// Sets up the organisation: the directory's first entry, the first director's keyring and whatever comes with it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Found {
    /// From the relay's `setup-token` file.
    #[n(0)]
    pub token: String,
    /// The directory first.
    #[n(1)]
    pub append: Append,
    /// The first director's sealed keyring.
    #[n(2)]
    pub keyring: Bytes,
}

/// The heads after an append.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Appended {
    /// One for each log, in the order given.
    #[n(0)]
    pub heads: Vec<Head>,
}

/// Posts a slip.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Post {
    /// The slip.
    #[n(0)]
    pub slip: SignedSlip,
}

/// Done.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Posted {}

/// Asks which logs changed since a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Changes {
    /// 0, or what the last answer said.
    #[n(0)]
    pub cursor: u64,
}

/// A log the asker may read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ChangedLog {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// Its kind.
    #[n(1)]
    pub kind: LogKind,
    /// Its head.
    #[n(2)]
    pub head: Head,
    /// How many slips wait for the next entry.
    #[n(3)]
    pub slips: u32,
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Changed {
    /// Where to go on.
    #[n(0)]
    pub cursor: u64,
    /// Logs that changed, each once.
    #[n(1)]
    pub logs: Vec<ChangedLog>,
    /// Whether to ask again at once.
    #[n(2)]
    pub more: bool,
}

/// Asks for a log's entries.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pull {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// The first sequence wanted.
    #[n(1)]
    pub from: u64,
    /// At most this many, and never more than [`crate::limits::PAGE`].
    #[n(2)]
    pub limit: u16,
    /// Whether to send along the inline blobs that these entries name, where the asker may read them.
    #[n(3)]
    pub blobs: bool,
}

/// A page of a log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pulled {
    /// Entries, in order.
    #[n(0)]
    pub entries: Vec<Entry>,
    /// Slips that these entries name, and those that wait.
    #[n(1)]
    pub slips: Vec<SignedSlip>,
    /// Blobs, in no order: their names are their hashes.
    #[n(2)]
    pub blobs: Vec<Bytes>,
    /// The log's head now.
    #[n(3)]
    pub head: Option<Head>,
}

/// Asks for halves, of any logs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Halves {
    /// Log and half.
    #[n(0)]
    pub wanted: Vec<(LogId, HalfId)>,
}

/// Halves, or why not, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct HalvesServed {
    /// One for each asked.
    #[n(0)]
    pub served: Vec<HalfServed>,
}

/// A half, or why not.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum HalfServed {
    /// Here it is.
    #[n(0)]
    Half(#[n(0)] Half),
    /// Destroyed: what it opened is gone for good.
    #[n(1)]
    Destroyed,
    /// Not for this asker now.
    #[n(2)]
    No(#[n(0)] Problem),
}

/// Asks for a blob or a range of it. A disclosure's receiver asks for a file of its home log through the disclosure.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Fetch {
    /// The log that lists it.
    #[n(0)]
    pub log: LogId,
    /// Its name.
    #[n(1)]
    pub blob: Hash,
    /// First byte.
    #[n(2)]
    pub offset: u64,
    /// How many, at most [`crate::limits::CHUNK`].
    #[n(3)]
    pub length: u64,
}

/// Bytes of a blob.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Fetched {
    /// The whole blob's length.
    #[n(0)]
    pub total: u64,
    /// The bytes asked for, fewer at the end.
    #[n(1)]
    pub bytes: Bytes,
}

/// Announces an upload, or asks how far it came. The same log, name and length find the same upload.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct BeginUpload {
    /// The log that will list it.
    #[n(0)]
    pub log: LogId,
    /// 16 random bytes chosen by the uploader: the upload's name.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub upload: [u8; 16],
    /// Bytes in all.
    #[n(2)]
    pub length: u64,
}

/// Ends an upload: the bytes must have this name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct FinishUpload {
    /// The upload.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub upload: [u8; 16],
    /// The blob's name.
    #[n(1)]
    pub blob: Hash,
}

/// How far an upload came.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct UploadState {
    /// Bytes that are there, durably.
    #[n(0)]
    pub received: u64,
}

/// Asks for a person's keyring: with a device's key, or with the key of their key card.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct FetchKeyring {
    /// Whose.
    #[n(0)]
    pub person: PersonId,
}

/// A sealed keyring as stored.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StoredKeyring {
    /// The sealed keyring, canonical.
    #[n(0)]
    pub keyring: Bytes,
}

/// Stores a keyring with a higher generation. A newcomer who holds an invitation stores their first one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StoreKeyring {
    /// The sealed keyring, canonical.
    #[n(0)]
    pub keyring: Bytes,
}

/// Asks what was handed out of a log, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Readings {
    /// The log.
    #[n(0)]
    pub log: LogId,
}

/// One line of the reading ledger: written before bytes leave.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Reading {
    /// To whom: a member, or a link by its id.
    #[n(0)]
    pub person: PersonId,
    /// On which device.
    #[n(1)]
    pub device: Option<DeviceId>,
    /// By which grant, for a link.
    #[n(2)]
    pub grant: Option<GrantId>,
    /// What: the half, and so the compartment or file that it opens.
    #[n(3)]
    pub half: HalfId,
    /// On which day (days since 1970).
    #[n(4)]
    pub day: u32,
}

/// What was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReadingLedger {
    /// Oldest first.
    #[n(0)]
    pub readings: Vec<Reading>,
}

/// Asks, as somebody outside the organisation, by whose word to believe the members who wrote a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct FetchChain {
    /// The dossier's log.
    #[n(0)]
    pub log: LogId,
}

/// Directory entries that lead from the root to the devices of those members; nothing else of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Chain {
    /// In order, not necessarily successive.
    #[n(0)]
    pub entries: Vec<Entry>,
}

/// Hands back what a relay lost that was put back to an earlier state: entries of one log as they were signed, whoever
/// signed them, with their blobs. What is there already in the same form is answered like what is new.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct HandBack {
    /// The log.
    #[n(0)]
    pub log: LogAppend,
    /// Halves that the entries name, as far as they are at hand.
    #[n(1)]
    pub halves: Vec<StoredHalf>,
    /// Slips that the entries name, as far as they are at hand.
    #[n(2)]
    pub slips: Vec<SignedSlip>,
}

/// Asks for colleagues' beacons.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Beacons {
    /// 0, or what the last answer said.
    #[n(0)]
    pub since: u64,
}

/// Beacons, in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct BeaconPage {
    /// As signed.
    #[n(0)]
    pub beacons: Vec<SignedSlip>,
    /// Where to go on.
    #[n(1)]
    pub last: u64,
    /// Whether to ask again at once.
    #[n(2)]
    pub more: bool,
}

/// A device that is new asks to be let in by one that is known. It waits for [`crate::limits::KNOCK_SECONDS`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Knock {
    /// 32 random bytes, from which the name derives under which it waits. Whoever shows them is who knocked.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub token: [u8; 32],
    /// Its public keys, canonical; at most [`crate::limits::KNOCK`] bytes.
    #[n(1)]
    pub request: Bytes,
}

/// Asks what was answered so far.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AwaitAnswer {
    /// As in [`Knock`].
    #[cbor(n(0), with = "minicbor::bytes")]
    pub token: [u8; 32],
}

/// What was answered so far.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Awaited {
    /// Hash of what will be handed over once the words were compared.
    #[n(0)]
    pub promise: Option<Hash>,
    /// That, wrapped for the new device.
    #[n(1)]
    pub handover: Option<Bytes>,
}

/// A member's device asks who waits under a name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReadKnock {
    /// The name.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
}

/// Who waits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Knocked {
    /// Its public keys, as it sent them.
    #[n(0)]
    pub request: Bytes,
}

/// A member's device answers: first the promise, then what was promised, or a refusal at any time. The first device that
/// answers is the only one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AnswerKnock {
    /// Under which name it waits.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// The answer.
    #[n(1)]
    pub answer: KnockAnswer,
}

/// What a known device says to one that is new.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum KnockAnswer {
    /// Hash of what will be handed over.
    #[n(0)]
    Promise(#[n(0)] Hash),
    /// That, wrapped; at most [`crate::limits::KNOCK`] bytes.
    #[n(1)]
    Handover(#[n(0)] Bytes),
    /// No.
    #[n(2)]
    Refuse,
}

/// Bytes, encoded as a byte string.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Bytes(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

impl core::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}
