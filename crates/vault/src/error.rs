//! What can go wrong for a user, each with a sentence that says what to do. Pages translate by [`VaultError::key`].

use zegel_ledger::Refusal;
use zegel_protocol::Problem;

use crate::ports::{FileError, StoreError, TransportError};

/// Why something was not done. Nothing was lost by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Passphrase, card or keyring do not belong together; which of them is not told.
    #[error("this passphrase does not open the vault; type it again, or use the key card it belongs to")]
    WrongPassphrase,
    /// What the passkey gave opens nothing here (any more).
    #[error("this passkey does not open the vault any more; type your passphrase, and set the passkey up again")]
    PasskeyRefused,
    /// The policy wants the passphrase.
    #[error("your organisation's policy lets no passkey take the place of the passphrase; type your passphrase")]
    PasskeyNotAllowed,
    /// The card's text has a mistake in this line (from 1).
    #[error("line {0} of the key card has a mistake; compare it with the printed card")]
    DamagedCard(usize),
    /// Not a key card at all.
    #[error("this is not a key card; type the lines of the printed card, all of them")]
    NotACard,
    /// The relay knows no such card.
    #[error("this relay does not know this key card; check the relay's address, or ask a director for a new card")]
    CardNotKnown,
    /// A recovery sheet (by its place, from 1) has a mistake in this line (from 1).
    #[error("line {1} of recovery sheet {0} has a mistake; compare it with the printed sheet")]
    DamagedSheet(usize, usize),
    /// Not a recovery sheet at all.
    #[error("text {0} is not a recovery sheet; type the lines of the printed sheet, all of them")]
    NotASheet(usize),
    /// Of another organisation, or printed at another time.
    #[error("recovery sheet {0} does not belong to the first one; use sheets of one organisation, printed together")]
    OtherSheet(usize),
    /// Not enough of them.
    #[error("that is {0} of the {1} recovery sheets it takes; find another one")]
    TooFewSheets(usize, usize),
    /// They are not of the organisation on this relay, or their keys were replaced.
    #[error("these recovery sheets are not the ones of this relay's organisation; check the address and the sheets")]
    WrongSheets,
    /// The link is not whole.
    #[error("the link is not complete or has a mistake; copy it again, from its beginning to its end")]
    BadLink,
    /// The code is not six words of the list.
    #[error("the code is six words; type the six words that came apart from the link")]
    BadCode,
    /// The code does not belong to the link.
    #[error("this code does not belong to this link; type it again")]
    WrongCode,
    /// Too many wrong codes.
    #[error("the link is locked after too many wrong codes; ask whoever sent it for a new one")]
    LinkLocked,
    /// The end date has passed.
    #[error("the link has expired; ask whoever sent it for a new one")]
    LinkExpired,
    /// A reading card that is not whole.
    #[error("the reading card is not complete or has a mistake; copy it again, from its beginning to its end")]
    BadReadingCard,
    /// The passphrase does not belong to the card, or nobody agreed to its keys yet; which of them is not told.
    #[error(
        "this passphrase does not open this reading card, or nobody agreed to its keys yet; type it again, or use the link"
    )]
    ReadingRefused,
    /// Somebody made keys of their own with this link before.
    #[error(
        "somebody made keys of their own with this link already; if it was you, read the words on your reading card aloud; if \
         not, tell whoever sent it"
    )]
    ShareTaken,
    /// Its consent, or what was noted of it, was written anew since.
    #[error("the consent of this share was changed after it was given; revoke it, and share anew")]
    ConsentChanged,
    /// Nobody made keys of their own with a share's link.
    #[error("nobody made keys of their own with this link; ask whoever has it to make them")]
    NoReceiver,
    /// Two made keys with one share's link.
    #[error("two people made keys with this link; agree with neither, revoke it, and share anew")]
    ReceiverTwice,
    /// It ended before somebody agreed.
    #[error("this share has ended; share it anew if the client still agrees")]
    ShareOver,
    /// As often as agreed.
    #[error("it was opened as often as was agreed; share it anew if the client agrees")]
    NoReadingsLeft,
    /// An item, by its title, that has other words than the client agreed to share.
    #[error("{0:?} was changed or destroyed after it was shared; end this share and share it anew")]
    SharedChanged(String),
    /// It was withdrawn.
    #[error("access was withdrawn; ask whoever sent the link if you still need it")]
    LinkWithdrawn,
    /// Opened as often as allowed.
    #[error("the link was opened as often as it allows; ask whoever sent it for a new one")]
    LinkExhausted,
    /// Somebody joined by it, and has yet to be admitted.
    #[error("somebody used this invitation already; if it was not you, tell whoever invited you")]
    InvitationUsed,
    /// Its newcomer was admitted, or it was withdrawn.
    #[error("this invitation was withdrawn or has served; ask whoever invited you for a new one")]
    InvitationOver,
    /// Nobody came in time.
    #[error("this invitation has expired; ask whoever invited you for a new one")]
    InvitationExpired,
    /// The relay vouches for somebody else than the link does.
    #[error("what the relay shows is not what this link was made for; do not use it, and tell whoever sent it")]
    LinkNotWhatWasPromised,
    /// Not the text that a new device shows, or not all of it.
    #[error("this is not the text that the new device shows; copy it again, from its beginning to its end")]
    BadKnock,
    /// The relay shows other keys, or another answer, than the other device made.
    #[error("what the relay shows is not what the other device made; let nothing in, begin again, and tell a director")]
    KnockChanged,
    /// Ten minutes are over, or the relay started anew.
    #[error("no device waits under this text any more; show a new one on the new device")]
    KnockExpired,
    /// Another device answered it.
    #[error("another device has answered this one already; if that was not you, begin again on the new device")]
    KnockAnswered,
    /// The known device said no.
    #[error("the other device did not let this one in; if you did that by mistake, begin again")]
    KnockRefused,
    /// Nobody has let this device in yet.
    #[error("your other device has not let this one in yet; compare the words there first")]
    KnockNotAnswered,
    /// The policy has none.
    #[error("the policy has no emergency contacts")]
    NoEmergencyContacts,
    /// Less than the policy asks, in days.
    #[error("an emergency contact waits {0} days at least, says the policy; choose so many or more")]
    WaitsTooShort(u16),
    /// Somebody chose themselves.
    #[error("you cannot be your own emergency contact; choose a colleague")]
    OwnContact,
    /// Somebody, by name, who did not choose whoever asks.
    #[error("{0} has not chosen you as an emergency contact")]
    NotTrusted(String),
    /// The policy has none.
    #[error("the policy has no testament")]
    NoTestament,
    /// Another number than the policy says: how many decide, of how many.
    #[error("the policy says that {0} of {1} trustees decide; name {1} people, each once")]
    TrusteeCount(u8, u8),
    /// Somebody named themselves.
    #[error("you cannot be a trustee of your own testament; name others")]
    OwnTrustee,
    /// Somebody, by name, who did not name whoever asks.
    #[error("{0} has not named you as a trustee")]
    NotTrustee(String),
    /// Nothing is closed: it has not opened yet, or is a client's or somebody else's to read.
    #[error("there is nothing to have destroyed: it has not opened yet, or somebody reads it, or it was done already")]
    NothingLeft,
    /// Nobody claimed what is to be refused.
    #[error("nothing of the kind was claimed; there is nothing to refuse")]
    NothingClaimed,
    /// The policy does not have it.
    #[error("the policy lets nobody break the glass")]
    NoBreakGlass,
    /// Nobody opens a closed dossier without one.
    #[error("say why you open this dossier; its readers and the client will read it")]
    ReasonMissing,
    /// No connection.
    #[error("the relay cannot be reached; check the connection and try again")]
    RelayUnreachable,
    /// Something else answered.
    #[error("what answers at this address is not a Zegel relay; check the address")]
    NotARelay,
    /// Another version.
    #[error("{}", of_versions(*.0, *.1))]
    RelayVersion(u16, u16),
    /// Its disk is full.
    #[error("the relay's disk is full; tell its operator; nothing was changed")]
    RelayFull,
    /// It cannot write.
    #[error("the relay cannot write to its disk; tell its operator; nothing was changed")]
    RelayReadOnly,
    /// Too much at once.
    #[error("the relay is busy; wait a moment and try again")]
    RelayBusy,
    /// Something inside it.
    #[error("something went wrong inside the relay; try again, and tell its operator if it stays")]
    RelayInternal,
    /// Not the token of this relay.
    #[error("this is not the relay's set-up token; copy it from the file `setup-token` in the relay's data folder")]
    SetUpToken,
    /// There is an organisation already.
    #[error("an organisation was already set up on this relay; unlock with your key card, or ask for an invitation")]
    AlreadySetUp,
    /// A vault of somebody is on this device already.
    #[error("there is already a vault on this device; unlock it, or sign out first")]
    AlreadyHere,
    /// None is.
    #[error("there is no vault on this device; set up, join, or use your key card")]
    NothingHere,
    /// No room on this device.
    #[error("this device has no room left; free some and try again")]
    DeviceFull,
    /// The store is broken or forbidden.
    #[error("this device's store cannot be used ({0}); leave private mode or choose another folder")]
    StoreUnusable(String),
    /// No such dossier, item, share or person.
    #[error("there is nothing under this id; list what is there and try again")]
    NotFound,
    /// The grants do not carry it.
    #[error("you have no right to do this; ask a director or the dossier's advisor")]
    NoRight,
    /// Two histories, or a rule that was broken.
    #[error("this dossier is read-only, because its history does not add up; compare with a colleague first")]
    ReadOnly,
    /// A colleague who has access already.
    #[error("{0} has access to this dossier already; end that first if it is to be on other terms")]
    ReadsAlready(String),
    /// One's own access.
    #[error("this is your own access; ask a colleague who reads the dossier to end it")]
    OwnAccess,
    /// Not a kind of compartment.
    #[error("there is no such part of a dossier; the parts are named in the policy")]
    UnknownPart,
    /// Others kept changing it.
    #[error("others changed this at the same time; look at it again and try once more")]
    ChangedFirst,
    /// Nobody would be left who lets others in to these.
    #[error("nobody else can go on with these dossiers: {}; give a colleague lasting access first", .0.join(", "))]
    WouldOrphan(Vec<String>),
    /// The device that asks.
    #[error("this is the device you are using; sign out on it instead")]
    ThisDevice,
    /// Something for a device of one's own.
    #[error("you are on somebody else's machine; do this on a device of your own")]
    OnVisit,
    /// Directors have none.
    #[error("a director has no last day; invite them as something else, or remove them when it comes")]
    DirectorUntil,
    /// They need act for nobody.
    #[error("{0} directs already; somebody acts for the directors who is none")]
    DirectsAlready(String),
    /// The one that somebody saw.
    #[error("this is the passphrase that somebody saw; choose another one")]
    SamePassphrase,
    /// One director is not enough; what this one wants is known to the others now.
    #[error("you agreed, and that was recorded; it takes a second director: ask another one to do the same")]
    SecondDirector,
    /// Nobody would be left to lead.
    #[error("an organisation keeps at least one director; make a colleague director first")]
    LastDirector,
    /// A file outside.
    #[error(transparent)]
    File(#[from] FileError),
    /// No policy.
    #[error("there is no policy here that can be read, so nobody is let into anything; a director must set one")]
    NoPolicy,
    /// What is wrong with a policy file, a sentence on each line.
    #[error("{0}")]
    Policy(String),
    /// Not higher than the one in force.
    #[error("version {0} of the policy is in force; give the new one a higher number")]
    PolicyVersion(u32),
    /// Holds from a later day.
    #[error("this policy holds from {0}; set it on that day")]
    PolicyNotYet(String),
    /// Another text under the same number.
    #[error("the pledge of version {0} was signed and has another text; give the new one a higher version")]
    PledgeVersion(u32),
    /// No pledge, no wrap.
    #[error("{0} has yet to sign the confidentiality pledge; until then nobody lets them into a dossier")]
    PledgeMissing(String),
    /// A role that the policy does not have.
    #[error("the policy has no role {0:?}; choose one of its roles")]
    UnknownRole(String),
    /// A type of dossier that the policy does not have.
    #[error("the policy has no dossiers of type {0:?}; choose one of its types")]
    UnknownType(String),
    /// Nobody that a dossier is read by.
    #[error("there is no {0:?} to invite; choose client, guardian or representative")]
    UnknownKind(String),
    /// The end date lies behind.
    #[error("the end date has already passed; choose a later one")]
    DateInPast,
    /// Nothing to share.
    #[error("nothing was chosen; choose at least one item")]
    NothingChosen,
    /// A name or title of no or too many characters.
    #[error("this may not be empty and not longer than 200 characters: {0}")]
    BadText(&'static str),
    /// Too easy.
    #[error("this passphrase is too short; use at least twelve characters, such as four words")]
    WeakPassphrase,
    /// A director has to act first.
    #[error("a director must admit you first; read them your words")]
    Waiting,
    /// This device or person was removed.
    #[error("this device may no longer be used here; ask a director")]
    DeviceRemoved,
    /// The relay offers a stretching that would betray or exhaust.
    #[error(
        "the relay offers an unlocking that is too weak or too heavy; do not type your passphrase, tell a director"
    )]
    StretchRefused,
    /// This newcomer is not there, or came twice.
    #[error("there is no newcomer to admit under this id; ask them to use the invitation again")]
    NoNewcomer,
    /// The words that were compared are those of other keys.
    #[error("these are not the words of this person's keys; do not trust them, and ask the person what they see")]
    WrongWords,
    /// Nobody vouches for themselves.
    #[error("nobody compares their own words; read them to a colleague, who can")]
    OwnKeys,
    /// Who is here has their keys.
    #[error("you are here with your keys; nobody invites themselves anew")]
    KeysNotLost,
    /// The policy has no own notes for this type of dossier.
    #[error("the policy has no own notes for this dossier, because its client may see everything; write a report")]
    NoOwnNotes,
    /// A text without a signature that can be read.
    #[error("this is no signed text; give the whole of it, with the line under it")]
    NotAStatement,
    /// A signed text that was changed, or that nobody of the organisation signed.
    #[error("this is not what was signed, or nobody of this organisation signed it; do not rely on it")]
    FalseStatement,
    /// Two newcomers used one invitation.
    #[error("two people used this invitation; admit neither, and make a new one")]
    RegisteredTwice,
    /// What the relay gave is not what was signed.
    #[error("the relay gave something that does not fit what was signed ({0}); nothing was changed, tell a director")]
    Untrusted(Refusal),
    /// What this device keeps was written by an earlier version of the program.
    #[error(
        "what this device keeps was written by an earlier version, and this one cannot read it; sign out here and come back with \
         your key card. What was not sent yet is lost by that"
    )]
    EarlierVersion,
    /// Sealed content that does not open.
    #[error("this content does not open; it was damaged or is not what it says")]
    Unreadable,
    /// A half that was destroyed.
    #[error("this was destroyed and cannot be opened any more, by anybody")]
    Destroyed,
    /// The gate is closed.
    #[error("this cannot be opened yet")]
    NotYet,
    /// Larger than the relay takes.
    #[error("this is larger than the relay accepts")]
    TooLarge,
    /// The relay was put back to an earlier state.
    #[error(
        "the relay was put back to an earlier state and serves staff only, until a director has confirmed it; try later"
    )]
    RelayPutBack,
    /// Nobody has given these back yet.
    #[error("of these the relay misses what nobody has handed back yet: {}; wait for colleagues' devices, or give it up", .0.join(", "))]
    StillLost(Vec<String>),
    /// A file whose bytes went with an earlier state of the relay.
    #[error("the relay no longer has this file; add it again from where it came")]
    FileLost,
    /// Not enough or wrong sheets.
    #[error("{0}")]
    Sheets(String),
}

impl VaultError {
    /// A stable name to translate by.
    pub fn key(&self) -> &'static str {
        match self {
            Self::WrongPassphrase => "wrong-passphrase",
            Self::PasskeyRefused => "passkey-refused",
            Self::PasskeyNotAllowed => "passkey-not-allowed",
            Self::DamagedCard(_) => "damaged-card",
            Self::NotACard => "not-a-card",
            Self::CardNotKnown => "card-not-known",
            Self::BadLink => "bad-link",
            Self::BadCode => "bad-code",
            Self::WrongCode => "wrong-code",
            Self::LinkLocked => "link-locked",
            Self::BadReadingCard => "bad-reading-card",
            Self::ReadingRefused => "reading-refused",
            Self::ShareTaken => "share-taken",
            Self::ConsentChanged => "consent-changed",
            Self::NoReceiver => "no-receiver",
            Self::ReceiverTwice => "receiver-twice",
            Self::ShareOver => "share-over",
            Self::NoReadingsLeft => "no-readings-left",
            Self::SharedChanged(_) => "shared-changed",
            Self::LinkExpired => "link-expired",
            Self::LinkWithdrawn => "link-withdrawn",
            Self::LinkExhausted => "link-exhausted",
            Self::InvitationUsed => "invitation-used",
            Self::InvitationOver => "invitation-over",
            Self::InvitationExpired => "invitation-expired",
            Self::LinkNotWhatWasPromised => "link-not-what-was-promised",
            Self::BadKnock => "bad-knock",
            Self::KnockChanged => "knock-changed",
            Self::KnockExpired => "knock-expired",
            Self::KnockAnswered => "knock-answered",
            Self::KnockRefused => "knock-refused",
            Self::KnockNotAnswered => "knock-not-answered",
            Self::RelayUnreachable => "relay-unreachable",
            Self::NotARelay => "not-a-relay",
            Self::RelayVersion(..) => "relay-version",
            Self::RelayFull => "relay-full",
            Self::RelayReadOnly => "relay-read-only",
            Self::RelayBusy => "relay-busy",
            Self::RelayInternal => "relay-internal",
            Self::SetUpToken => "set-up-token",
            Self::AlreadySetUp => "already-set-up",
            Self::AlreadyHere => "already-here",
            Self::NothingHere => "nothing-here",
            Self::DeviceFull => "device-full",
            Self::StoreUnusable(_) => "store-unusable",
            Self::NotFound => "not-found",
            Self::NoRight => "no-right",
            Self::ReadOnly => "read-only",
            Self::ChangedFirst => "changed-first",
            Self::WouldOrphan(_) => "would-orphan",
            Self::ReadsAlready(_) => "reads-already",
            Self::OnVisit => "on-visit",
            Self::DirectorUntil => "director-until",
            Self::DirectsAlready(_) => "directs-already",
            Self::SamePassphrase => "same-passphrase",
            Self::OwnAccess => "own-access",
            Self::UnknownPart => "unknown-part",
            Self::LastDirector => "last-director",
            Self::SecondDirector => "second-director",
            Self::DamagedSheet(..) => "damaged-sheet",
            Self::NotASheet(_) => "not-a-sheet",
            Self::OtherSheet(_) => "other-sheet",
            Self::TooFewSheets(..) => "too-few-sheets",
            Self::WrongSheets => "wrong-sheets",
            Self::ThisDevice => "this-device",
            Self::File(FileError::Unreadable(_)) => "file-unreadable",
            Self::File(FileError::Changed) => "file-changed",
            Self::File(FileError::Unwritable(_)) => "file-unwritable",
            Self::NoPolicy => "no-policy",
            Self::Policy(_) => "policy",
            Self::PolicyVersion(_) => "policy-version",
            Self::PolicyNotYet(_) => "policy-not-yet",
            Self::PledgeVersion(_) => "pledge-version",
            Self::PledgeMissing(_) => "pledge-missing",
            Self::UnknownRole(_) => "unknown-role",
            Self::UnknownType(_) => "unknown-type",
            Self::UnknownKind(_) => "unknown-kind",
            Self::DateInPast => "date-in-past",
            Self::NothingChosen => "nothing-chosen",
            Self::BadText(_) => "bad-text",
            Self::WeakPassphrase => "weak-passphrase",
            Self::Waiting => "waiting-for-admission",
            Self::DeviceRemoved => "device-removed",
            Self::StretchRefused => "stretch-refused",
            Self::NoNewcomer => "no-newcomer",
            Self::WrongWords => "wrong-words",
            Self::OwnKeys => "own-keys",
            Self::KeysNotLost => "keys-not-lost",
            Self::NoOwnNotes => "no-own-notes",
            Self::NoEmergencyContacts => "no-emergency-contacts",
            Self::WaitsTooShort(_) => "waits-too-short",
            Self::OwnContact => "own-contact",
            Self::NotTrusted(_) => "not-trusted",
            Self::NoTestament => "no-testament",
            Self::TrusteeCount(..) => "trustee-count",
            Self::OwnTrustee => "own-trustee",
            Self::NotTrustee(_) => "not-trustee",
            Self::NothingLeft => "nothing-left",
            Self::NothingClaimed => "nothing-claimed",
            Self::NoBreakGlass => "no-break-glass",
            Self::ReasonMissing => "reason-missing",
            Self::NotAStatement => "not-a-statement",
            Self::FalseStatement => "false-statement",
            Self::RegisteredTwice => "registered-twice",
            Self::Untrusted(_) => "untrusted",
            Self::EarlierVersion => "earlier-version",
            Self::Unreadable => "unreadable",
            Self::Destroyed => "destroyed",
            Self::NotYet => "not-yet",
            Self::TooLarge => "too-large",
            Self::RelayPutBack => "relay-put-back",
            Self::StillLost(_) => "still-lost",
            Self::FileLost => "file-lost",
            Self::Sheets(_) => "sheets",
        }
    }

    /// What a page needs to fill the sentence: a list, a number or a name.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::DamagedCard(line) => vec![line.to_string()],
            Self::DamagedSheet(first, second) | Self::TooFewSheets(first, second) => {
                vec![first.to_string(), second.to_string()]
            }
            Self::NotASheet(number) | Self::OtherSheet(number) => vec![number.to_string()],
            Self::RelayVersion(theirs, ours) => vec![theirs.to_string(), ours.to_string()],
            Self::StoreUnusable(why) | Self::Sheets(why) => vec![why.clone()],
            Self::Policy(faults) => faults.lines().map(str::to_owned).collect(),
            Self::PolicyVersion(version) | Self::PledgeVersion(version) => vec![version.to_string()],
            Self::PolicyNotYet(name)
            | Self::PledgeMissing(name)
            | Self::ReadsAlready(name)
            | Self::SharedChanged(name)
            | Self::DirectsAlready(name)
            | Self::NotTrusted(name)
            | Self::NotTrustee(name)
            | Self::UnknownRole(name)
            | Self::UnknownKind(name)
            | Self::UnknownType(name) => {
                vec![name.clone()]
            }
            Self::WouldOrphan(titles) | Self::StillLost(titles) => titles.clone(),
            Self::WaitsTooShort(days) => vec![days.to_string()],
            Self::TrusteeCount(needed, of) => vec![needed.to_string(), of.to_string()],
            Self::BadText(field) => vec![(*field).to_owned()],
            Self::Untrusted(refusal) => vec![refusal.to_string()],
            Self::File(FileError::Unreadable(why) | FileError::Unwritable(why)) => vec![why.clone()],
            _ => Vec::new(),
        }
    }
}

fn of_versions(theirs: u16, ours: u16) -> String {
    let versions = format!("the relay speaks version {theirs} of the protocol and this program version {ours}");
    if theirs > ours {
        format!("{versions}; update this program")
    } else {
        format!("{versions}; ask the relay's operator to update it")
    }
}

impl From<TransportError> for VaultError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Unreachable => Self::RelayUnreachable,
            TransportError::NotARelay => Self::NotARelay,
            TransportError::Problem(problem) => problem.into(),
        }
    }
}

impl From<Problem> for VaultError {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Version(theirs) => Self::RelayVersion(theirs, zegel_protocol::VERSION),
            Problem::Unauthenticated => Self::DeviceRemoved,
            Problem::NotFound => Self::NotFound,
            Problem::Withdrawn => Self::LinkWithdrawn,
            Problem::Expired => Self::LinkExpired,
            Problem::Exhausted => Self::LinkExhausted,
            Problem::Locked => Self::LinkLocked,
            Problem::Conflict(..) | Problem::Generation => Self::ChangedFirst,
            Problem::Refused(_) => Self::NoRight,
            Problem::TooLarge => Self::TooLarge,
            Problem::Full => Self::RelayFull,
            Problem::ReadOnly => Self::RelayReadOnly,
            Problem::Busy => Self::RelayBusy,
            Problem::AlreadySetUp => Self::AlreadySetUp,
            Problem::SetUpToken => Self::SetUpToken,
            Problem::NotYet => Self::NotYet,
            Problem::PutBack => Self::RelayPutBack,
            Problem::Malformed
            | Problem::StaleChallenge
            | Problem::MissingBlob(_)
            | Problem::Damaged
            | Problem::Internal => Self::RelayInternal,
        }
    }
}

impl From<StoreError> for VaultError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::DeviceFull,
            StoreError::Unusable(why) => Self::StoreUnusable(why),
        }
    }
}

impl From<Refusal> for VaultError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Right => Self::NoRight,
            Refusal::LastDirector => Self::LastDirector,
            Refusal::SecondDirector => Self::SecondDirector,
            other => Self::Untrusted(other),
        }
    }
}
