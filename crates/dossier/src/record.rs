//! What is sealed: one record, one seal.

use minicbor::{Decode, Encode};
use zegel_crypto::{Hash, Seed, VerifyingKey};
use zegel_ledger::{CompartmentId, ConsentId, File, FileId, GrantId, HalfId, LogId, PersonId, RecordId};

use crate::{Compartments, InvitedRecord, NamesRecord, PartyRecord, PolicyRecord};

/// A record's content.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Record {
    /// A dossier's title.
    #[n(0)]
    Title(#[n(0)] Title),
    /// Which compartment is which.
    #[n(1)]
    Compartments(#[n(0)] Compartments),
    /// A conversation report.
    #[n(2)]
    Report(#[n(0)] Report),
    /// A document.
    #[n(3)]
    Document(#[n(0)] Document),
    /// A consent, or the ground that stands in its place.
    #[n(4)]
    Consent(#[n(0)] ConsentRecord),
    /// What was shared, with whom: the dossier's own note of a disclosure.
    #[n(5)]
    Share(#[n(0)] ShareRecord),
    /// The first page of a disclosure.
    #[n(6)]
    Face(#[n(0)] Face),
    /// Directory: the organisation's name.
    #[n(7)]
    Organisation(#[n(0)] OrganisationRecord),
    /// Directory: a member's name.
    #[n(8)]
    Person(#[n(0)] PersonRecord),
    /// Directory: whom an invitation is for.
    #[n(9)]
    Invitation(#[n(0)] InvitationRecord),
    /// Disclosure: a document whose file stays where it is.
    #[n(10)]
    Lent(#[n(0)] LentDocument),
    /// Directory: the organisation's policy.
    #[n(11)]
    Policy(#[n(0)] PolicyRecord),
    /// Personal log: what its owner keeps of another log.
    #[n(12)]
    Kept(#[n(0)] KeptRecord),
    /// Personal log: what its owner calls a device, and when it was last used.
    #[n(13)]
    Device(#[n(0)] DeviceNote),
    /// Directory and dossier: that its author compared the words of somebody's keys.
    #[n(14)]
    Verification(#[n(0)] VerificationRecord),
    /// Personal log: what its owner wrote about a dossier for themselves alone.
    #[n(15)]
    OwnNote(#[n(0)] OwnNoteRecord),
    /// Dossier: who somebody outside the organisation is.
    #[n(16)]
    Party(#[n(0)] PartyRecord),
    /// Dossier: whom an invitation is for.
    #[n(17)]
    Invited(#[n(0)] InvitedRecord),
    /// Dossier: the organisation's name and its people's, for those to whom the directory is closed.
    #[n(18)]
    Names(#[n(0)] NamesRecord),
    /// Personal log: whom its owner trusts with their dossiers when they cannot be there themselves.
    #[n(19)]
    EmergencyContact(#[n(0)] EmergencyContactRecord),
    /// Dossier: why somebody claimed a dormant grant.
    #[n(20)]
    Reason(#[n(0)] ReasonRecord),
    /// Personal log: who releases its owner's dossiers to their clients when the owner is gone.
    #[n(21)]
    Testament(#[n(0)] TestamentRecord),
    /// Directory: that a director went over who is authorised.
    #[n(22)]
    Review(#[n(0)] ReviewRecord),
}

/// A dossier's title: usually the participant's name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Title {
    /// The title.
    #[n(0)]
    pub title: String,
}

/// A conversation report.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Report {
    /// Its title.
    #[n(0)]
    pub title: String,
    /// Its text.
    #[n(1)]
    pub text: String,
    /// The day of the conversation, `YYYY-MM-DD`.
    #[n(2)]
    pub day: String,
    /// The report it stands beside, because two people wrote at once.
    #[n(3)]
    pub conflict_of: Option<RecordId>,
}

/// A document: what it is called and how its file is opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Document {
    /// Its file name as it came.
    #[n(0)]
    pub name: String,
    /// Its media type (RFC 6838), as its bearer said.
    #[n(1)]
    pub media_type: String,
    /// Bytes of content.
    #[n(2)]
    pub size: u64,
    /// The folder it came from, with `/` between names; empty if none.
    #[n(3)]
    pub folder: String,
    /// The log whose file it is. A disclosure's record names its dossier's log: files are never moved.
    #[n(4)]
    pub home: LogId,
    /// The file there.
    #[n(5)]
    pub file: FileId,
    /// The file's seed, 32 bytes.
    #[n(6)]
    pub seed: Seed,
}

/// A document in a disclosure: what its receiver cannot see in the home log comes along.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LentDocument {
    /// The document.
    #[n(0)]
    pub document: Document,
    /// The file as its home log lists it.
    #[n(1)]
    pub file: File,
}

/// What a person keeps of a log: sealed once more, under a key that ends with that log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KeptRecord {
    /// The log.
    #[n(0)]
    pub log: LogId,
    /// Its life half.
    #[n(1)]
    pub life: HalfId,
    /// A shelf slot.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// A person's own note about a dossier: sealed once more, under a key that ends with that dossier.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct OwnNoteRecord {
    /// The dossier.
    #[n(0)]
    pub log: LogId,
    /// Its life half.
    #[n(1)]
    pub life: HalfId,
    /// The note; sealed nothing, once it was taken away.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// A device, to its owner.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DeviceNote {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// The day it was last used, counted from 1970: not the hour.
    #[n(1)]
    pub day: u64,
}

/// How somebody agreed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ConsentForm {
    /// Recorded by staff, with the item that proves it; without, it is incomplete.
    #[n(0)]
    Recorded(#[n(0)] Option<RecordId>),
    /// Signed by the client's own key.
    #[n(1)]
    Signed,
    /// No consent is needed: the ground and its citation.
    #[n(2)]
    Ground(#[n(0)] String),
    /// As this earlier one: the receiver is the same and has other keys. It is worth no more than what it goes on from.
    #[n(3)]
    Carried(#[n(0)] ConsentId),
}

impl ConsentRecord {
    /// Whether this goes on from an earlier consent and from nothing else: to the same receiver, for the same purpose, in the
    /// same words, of the same items, and no longer.
    pub fn goes_on_from(&self, earlier: &Self) -> bool {
        self.form == ConsentForm::Carried(earlier.consent)
            && self.to == earlier.to
            && self.purpose == earlier.purpose
            && self.text == earlier.text
            && self.language == earlier.language
            && self.items == earlier.items
            && self.compartments == earlier.compartments
            && self.until <= earlier.until
    }
}

/// A consent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ConsentRecord {
    /// Its id in the log.
    #[n(0)]
    pub consent: ConsentId,
    /// To whom.
    #[n(1)]
    pub to: String,
    /// What for.
    #[n(2)]
    pub purpose: String,
    /// Which items.
    #[n(3)]
    pub items: Vec<RecordId>,
    /// Or which compartments.
    #[n(4)]
    pub compartments: Vec<CompartmentId>,
    /// The text as it was shown.
    #[n(5)]
    pub text: String,
    /// The text's language (BCP 47).
    #[n(6)]
    pub language: String,
    /// From when, in seconds since 1970.
    #[n(7)]
    pub from: u64,
    /// Until when, in seconds since 1970.
    #[n(8)]
    pub until: u64,
    /// How.
    #[n(9)]
    pub form: ConsentForm,
}

/// A disclosure, as its dossier remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ShareRecord {
    /// Its log.
    #[n(0)]
    pub disclosure: LogId,
    /// The consent it rests on.
    #[n(1)]
    pub consent: ConsentId,
    /// The receiver's grant there.
    #[n(2)]
    pub grant: GrantId,
    /// The receiver: a link by its id.
    #[n(3)]
    pub receiver: PersonId,
    /// Titles of what was shared, as they were.
    #[n(4)]
    pub titles: Vec<String>,
    /// How many readings are allowed.
    #[n(5)]
    pub readings: Option<u32>,
    /// The receiver's own keys, in the place of a link that was made for them.
    #[n(6)]
    pub own: Option<OwnKeys>,
}

/// Of a receiver who made keys of their own. The key that is wrapped to, the consent names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct OwnKeys {
    /// The share that this one goes on from.
    #[n(0)]
    pub formerly: RecordId,
    /// By which the receiver is known, and the words of their keys are made.
    #[n(1)]
    pub account: VerifyingKey,
}

/// What a receiver sees first.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Face {
    /// The organisation.
    #[n(0)]
    pub organisation: String,
    /// Who gave it.
    #[n(1)]
    pub from: String,
    /// To whom.
    #[n(2)]
    pub to: String,
    /// What for.
    #[n(3)]
    pub purpose: String,
    /// Until when, in seconds since 1970.
    #[n(4)]
    pub until: u64,
}

/// The organisation's name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct OrganisationRecord {
    /// The name.
    #[n(0)]
    pub name: String,
}

/// A member's name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PersonRecord {
    /// The person.
    #[n(0)]
    pub person: PersonId,
    /// Their name.
    #[n(1)]
    pub name: String,
    /// What they are, by the role's name in the policy; none if it is older than policies.
    #[n(2)]
    pub role: Option<String>,
    /// Whom they were before, if they lost every key and were admitted anew.
    #[n(3)]
    pub formerly: Option<PersonId>,
}

/// Whom an invitation is for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct InvitationRecord {
    /// The link.
    #[n(0)]
    pub link: PersonId,
    /// The name as the inviter wrote it.
    #[n(1)]
    pub name: String,
    /// Whether they will be a director.
    #[n(2)]
    pub director: bool,
    /// What they will be, by the role's name in the policy; none if it is older than policies.
    #[n(3)]
    pub role: Option<String>,
    /// When the membership will end, in seconds since 1970.
    #[n(4)]
    pub until: Option<u64>,
    /// The member whose place they take: themselves, before they lost every key.
    #[n(5)]
    pub instead_of: Option<PersonId>,
}

/// How two people compared the words of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Compared {
    /// Read aloud, by telephone or video.
    #[n(0)]
    ByVoice,
    /// Side by side, in one room.
    #[n(1)]
    InPerson,
}

impl Compared {
    /// Its name, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByVoice => "by_voice",
            Self::InPerson => "in_person",
        }
    }

    /// By its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::ByVoice, Self::InPerson].into_iter().find(|how| how.name() == name)
    }
}

/// That the words of somebody's keys were compared. By whom, the log says: a record is its author's word.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VerificationRecord {
    /// Whose keys.
    #[n(0)]
    pub person: PersonId,
    /// The hash of what the words are made of: other keys, other words.
    #[n(1)]
    pub keys: Hash,
    /// On which day, counted from 1970.
    #[n(2)]
    pub day: u64,
    /// How.
    #[n(3)]
    pub how: Compared,
}

/// Somebody's emergency contact. One record in their own log, under their own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct EmergencyContactRecord {
    /// Who; nobody, if that was taken back.
    #[n(0)]
    pub person: Option<PersonId>,
    /// How many days they wait after they claimed.
    #[n(1)]
    pub days: u16,
    /// Whether they get what the owner has; else they only read.
    #[n(2)]
    pub take_over: bool,
}

/// The trustees of somebody's practice testament. One record in their own log, under their own id with every bit turned.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TestamentRecord {
    /// Who, sorted, each once; nobody, if that was taken back.
    #[n(0)]
    pub trustees: Vec<PersonId>,
}

/// Why somebody opened a dossier that they did not read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReasonRecord {
    /// By which grant.
    #[n(0)]
    pub grant: GrantId,
    /// In their words.
    #[n(1)]
    pub text: String,
}

/// That somebody went over who holds keys, and leaves it so. By whom, the log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReviewRecord {
    /// On which day, counted from 1970.
    #[n(0)]
    pub day: u64,
}
