//! What was opened, for people to see: plain values for the page and for `--json`. Ids are base64url text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod dormant;

pub use dormant::{ClosedView, ContactView, DormantView, EmergencyView, Purpose, TrustView};

use crate::policy::LOCK_SECONDS;

/// Who is here, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// This person's id.
    pub person: String,
    /// Their name, once somebody admitted them.
    pub name: String,
    /// The organisation's name.
    pub organisation: String,
    /// The organisation's id.
    pub organisation_id: String,
    /// Whether they may change the directory.
    pub director: bool,
    /// Until when they act for the directors, in seconds since 1970.
    pub delegate_until: Option<u64>,
    /// Whether a director has yet to admit them.
    pub waiting: bool,
    /// Whether they visit somebody else's machine: nothing is kept there.
    pub visit: bool,
    /// Whether they stand outside the organisation, and open one dossier.
    pub outside: bool,
    /// What they read aloud to whoever admits them.
    pub words: Vec<String>,
    /// Whether the relay's halves were never backed up.
    pub backup_due: bool,
    /// Whether they have yet to sign the confidentiality pledge: until then nobody lets them into a dossier.
    pub pledge_due: bool,
    /// Seconds without anybody at the keyboard after which the vault locks, as the policy says.
    pub lock_after: u64,
    /// The most that somebody may make of it.
    pub lock_at_most: u64,
    /// To about which time (in seconds since 1970) the relay says it was put back, until a director confirms it: it serves
    /// members of staff only.
    pub put_back: Option<u64>,
    /// Whether the policy lets a passkey take the place of the passphrase.
    pub passkeys: bool,
    /// Things the user must know, each once.
    pub alarms: Vec<Alarm>,
}

impl SessionView {
    /// Whether they invite, admit and remove colleagues.
    pub fn leads(&self) -> bool {
        self.director || self.delegate_until.is_some()
    }
}

/// The relay was put back to an earlier state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoredView {
    /// To about which time (in seconds since 1970), while no director has confirmed it.
    pub put_back: Option<u64>,
    /// How many logs this device has handed back to it since it was unlocked.
    pub handed_back: usize,
    /// What this device knows of and the relay has not.
    pub lost: Vec<LostView>,
    /// Each time that a director confirmed it, oldest first.
    pub confirmed: Vec<ConfirmedView>,
}

/// A log of which the relay misses the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostView {
    /// Its id.
    pub log: String,
    /// Its title, or its id where the title does not open.
    pub title: String,
    /// How many entries this device knows of.
    pub known: u64,
    /// How many of them the relay has.
    pub there: u64,
}

/// A director confirmed that the relay was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedView {
    /// Who.
    pub by: String,
    /// When, in seconds since 1970, as they say.
    pub at: u64,
    /// How many logs go on from an earlier entry than somebody knew.
    pub given_up: usize,
}

/// A colleague's device that knew of a log what is known here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenView {
    /// Whose device.
    pub by: String,
    /// On which day, counted from 1970.
    pub day: u32,
}

/// Something that should not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alarm {
    /// Two histories of one log: it is read-only now.
    Fork(String),
    /// The relay showed less than it showed before.
    Rollback(String),
    /// An entry that no rule allows.
    Refused(String, String),
    /// A wrap that does not hold what it says.
    FalseWrap(String),
    /// A colleague has new keys: whoever compared their words before compares them again.
    Renewed(String),
    /// A colleague has a new device.
    NewDevice(String),
    /// This person has a new device, and it is not the one that says so.
    OwnNewDevice,
    /// A record that was sealed again with other content than it had. Log, who sealed it.
    Resealed(String, String),
    /// An entry whose content does not open; it changes nothing. Log, author.
    Unreadable(String, String),
    /// Two newcomers used one invitation.
    RegisteredTwice(String),
    /// Entries by a removed device that nobody has confirmed. Log, how many.
    Unconfirmed(String, usize),
    /// The relay's clock and this machine's are far apart, in seconds.
    Clock(i64),
    /// The recovery sheets were used on this log: in the directory a director was made, in a dossier it was given to one.
    Recovered(String),
    /// The directory holds a policy that cannot be in force, and why. The one before it is.
    Policy(String),
    /// The relay says that it was put back to how it was at about this time, in seconds since 1970.
    PutBack(u64),
    /// A director confirmed that the relay was put back. Who, on which day (counted from 1970), how many logs were given up.
    Restored(String, u64, usize),
    /// A colleague's device knew more of a log than the relay shows here. Log, whose device, on which day (from 1970).
    Withheld(String, String, u32),
    /// A colleague's device knew another entry in the place of one that is known here. Log, whose device, on which day.
    Contradicted(String, String, u32),
    /// Somebody claimed a dormant grant. Log, who gets in by it, what it is for, from which time on, in seconds since 1970.
    Claimed(String, String, Purpose, u64),
}

/// One of this person's devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// Its id.
    pub id: String,
    /// What its owner calls it; empty if nothing.
    pub name: String,
    /// Whether it is the one that asks.
    pub this: bool,
    /// Whether it is a visit to somebody else's machine that goes on, or that nobody ended yet.
    pub visit: bool,
    /// Whether a passkey opens the vault there.
    pub passkey: bool,
    /// When it was certified, in seconds since 1970, as it says.
    pub since: u64,
    /// The day it was last used, counted from 1970.
    pub last_day: Option<u64>,
    /// When it was ended, in seconds since 1970, as whoever did it says.
    pub revoked: Option<u64>,
}

/// How far a device is that asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnockView {
    /// The words to compare with those on the known device; none until that one has answered.
    pub words: Vec<String>,
    /// Whether it was let in, so that the passphrase opens the vault here.
    pub let_in: bool,
}

/// How many ways into a person's keyring there are. Card and device take the passphrase as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysInView {
    /// Printed key cards.
    pub cards: usize,
    /// Devices.
    pub devices: usize,
    /// Passkeys, each on one of these devices.
    pub passkeys: usize,
}

/// What a browser is told to ask a passkey for its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// By which the browser finds it.
    pub credential: Vec<u8>,
    /// What its PRF is asked for.
    pub input: [u8; 32],
}

/// What a browser is told to make a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasskeyView {
    /// For whom, as the authenticator keeps it: random ids of person and device. The next one takes this one's place.
    pub user: Vec<u8>,
    /// What its PRF is asked for.
    pub input: [u8; 32],
}

/// A dossier that somebody who leaves can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeavingView {
    /// Its id.
    pub dossier: String,
    /// Its title.
    pub title: String,
    /// Who else reads it; nobody, if it has to be handed over.
    pub others: Vec<String>,
    /// The days, counted from 1970, on which something of it was handed to their devices.
    pub handed_out: Vec<u32>,
}

/// A dossier as the recovery sheets show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoverableView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Members who can read it; nobody, if it is lost without the sheets.
    pub readers: Vec<String>,
}

/// The policy in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// Its version.
    pub version: u32,
    /// Its file, as it was written.
    pub text: String,
    /// Whether it should be looked at again.
    pub outdated: bool,
    /// The roles that exist, by name.
    pub roles: Vec<String>,
    /// The types of dossier that exist: name, title in Dutch and perhaps in English. The first is offered first.
    pub dossier_types: Vec<(String, String, Option<String>)>,
}

/// What a recovery sheet is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetView {
    /// Which sheet it is, from 1.
    pub number: u8,
    /// How many sheets of its splitting are needed.
    pub threshold: u8,
    /// How many sheets there are now.
    pub sheets: u8,
    /// Whether it is of the splitting in force; otherwise it was replaced.
    pub in_force: bool,
}

/// The confidentiality pledge in force, or what is acknowledged when leaving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PledgeView {
    /// Its version.
    pub version: u32,
    /// Its text in Dutch.
    pub dutch: String,
    /// Its text in English, if there is one.
    pub english: Option<String>,
    /// Whether whoever asks has signed it.
    pub signed: bool,
}

/// Who holds keys: of one dossier, or of any that whoever asks reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorisedView {
    /// The organisation's name.
    pub organisation: String,
    /// The dossier's title; none if it is about all of them.
    pub dossier: Option<String>,
    /// The moment it is about, in seconds since 1970.
    pub moment: u64,
    /// Who holds keys, by name: members, and the people outside the organisation whom a dossier knows.
    pub people: Vec<AuthorisedPerson>,
    /// Whether the recovery key does.
    pub recovery: bool,
    /// How many dossiers were looked at.
    pub dossiers: usize,
}

/// Somebody's own note about a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnNoteView {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// When it was written, in seconds since 1970.
    pub written: u64,
}

/// Who signed a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementView {
    /// Their id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Whether the device has ended since: then somebody else may have had it when this was signed.
    pub device_ended: bool,
}

/// A member who holds keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorisedPerson {
    /// Their id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// What they are, by the role's name, or as in [`PartyView::kind`].
    pub role: String,
    /// Until when they acted for the directors, in seconds since 1970, if they did.
    pub delegate_until: Option<u64>,
    /// Of how many dossiers.
    pub dossiers: usize,
    /// Of which kinds of compartment in them.
    pub compartments: Vec<String>,
}

/// A key card that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCardView {
    /// To be printed.
    pub card: String,
    /// Its slot, by which the others are ended once this one is on paper.
    pub slot: String,
}

/// What a sync found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// Logs that changed.
    pub changed: Vec<String>,
    /// Whether the relay could not be reached.
    pub offline: bool,
    /// How many changes wait for it.
    pub waiting: usize,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierSummary {
    /// Its id.
    pub id: String,
    /// Its title: usually the participant's name.
    pub title: String,
    /// The last change somebody claims, in seconds since 1970.
    pub changed: u64,
    /// How many reports and documents.
    pub items: usize,
    /// How many living shares.
    pub shares: usize,
    /// Whether changes of this device still wait for the relay.
    pub waiting: bool,
    /// Eight letters and digits by which it is called where its title is closed.
    pub reference: String,
}

/// A dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierView {
    /// Its line in the list.
    pub summary: DossierSummary,
    /// Reports and documents, newest first.
    pub items: Vec<ItemView>,
    /// Who can read it.
    pub readers: Vec<ReaderView>,
    /// What is shared with third parties.
    pub shares: Vec<ShareView>,
    /// What should not be.
    pub alarms: Vec<Alarm>,
    /// Why nothing can be added, if so.
    pub read_only: bool,
    /// The last time that a colleague's device knew of it what was known here.
    pub seen: Option<SeenView>,
    /// Its type, by name in the policy; none if it is older than policies.
    pub dossier_type: Option<String>,
    /// Who may get in by claiming it, or did.
    pub dormant: Vec<DormantView>,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ItemKind {
    /// A conversation report.
    Report {
        /// Its text.
        text: String,
        /// The day of the conversation, `YYYY-MM-DD`.
        day: String,
        /// The report this one stands beside, because two people wrote at once.
        conflict_of: Option<String>,
    },
    /// A document.
    Document {
        /// Its file name, safe to show and to save under.
        name: String,
        /// Its media type.
        media_type: String,
        /// Its size in bytes.
        size: u64,
        /// The folder it came from, if any.
        folder: String,
    },
}

/// A report or document. For people it is one flat object, whose `kind` says what else it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct ItemView {
    /// Its id.
    pub id: String,
    /// Its version, from 1.
    pub version: u64,
    /// Its title.
    pub title: String,
    /// The compartment's kind, such as `core` or `medical`.
    pub compartment: String,
    /// Who wrote this version.
    pub author: String,
    /// When, as they claim, in seconds since 1970.
    pub changed: u64,
    /// Whether nobody else has yet confirmed it, and its author's device was since removed.
    pub unconfirmed: bool,
    /// What it is.
    #[serde(flatten)]
    pub kind: ItemKind,
}

/// What stands in for [`ItemKind`] between programs: a format that does not describe itself has no room for a tag.
type Untagged<Text> = Result<(Text, Text, Option<Text>), (Text, Text, u64, Text)>;

impl Serialize for ItemView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Self::serialize(self, serializer);
        }
        let Self { id, version, title, compartment, author, changed, unconfirmed, kind } = self;
        let kind: Untagged<&str> = match kind {
            ItemKind::Report { text, day, conflict_of } => Ok((text, day, conflict_of.as_deref())),
            ItemKind::Document { name, media_type, size, folder } => Err((name, media_type, *size, folder)),
        };
        (id, version, title, compartment, author, changed, unconfirmed, kind).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ItemView {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Self::deserialize(deserializer);
        }
        let (id, version, title, compartment, author, changed, unconfirmed, kind) =
            Deserialize::deserialize(deserializer)?;
        let kind: Untagged<String> = kind;
        let kind = match kind {
            Ok((text, day, conflict_of)) => ItemKind::Report { text, day, conflict_of },
            Err((name, media_type, size, folder)) => ItemKind::Document { name, media_type, size, folder },
        };
        Ok(Self { id, version, title, compartment, author, changed, unconfirmed, kind })
    }
}

/// A reader of a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderView {
    /// The person; empty for the recovery key.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Which compartments.
    pub compartments: Vec<String>,
    /// Whether this is the recovery key.
    pub recovery: bool,
    /// Whether this is who asks.
    pub you: bool,
    /// Whether they can go on with the dossier when everybody else leaves: they let others in, and no day ends that.
    pub stays: bool,
    /// When their access ends, in seconds since 1970.
    pub until: Option<u64>,
    /// Whether they were let in without what was there before.
    pub from_now: bool,
    /// Of somebody outside the organisation: what they are, as in [`PartyView::kind`].
    pub party: Option<String>,
}

/// How a share stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareState {
    /// Can be read.
    Live,
    /// Its end date has passed.
    Expired,
    /// Somebody ended it.
    Revoked,
}

/// Something shared with a third party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareView {
    /// Its id.
    pub id: String,
    /// With whom.
    pub to: String,
    /// What for.
    pub purpose: String,
    /// Until when, in seconds since 1970.
    pub until: u64,
    /// Titles of what was shared.
    pub items: Vec<String>,
    /// Since when, as claimed, in seconds since 1970.
    pub since: u64,
    /// How it stands.
    pub state: ShareState,
    /// Whether evidence of the consent is missing.
    pub incomplete: bool,
    /// Days (since 1970) on which the relay handed out what opens it.
    pub delivered: Vec<u32>,
    /// Days (since 1970) on which the receiver's vault said it was opened.
    pub opened: Vec<u32>,
    /// How many readings are allowed, if limited.
    pub readings: Option<u32>,
}

/// What was made to share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedView {
    /// The share's id.
    pub id: String,
    /// To be sent to the receiver.
    pub link: String,
    /// To be told another way.
    pub code: String,
    /// Until when it opens, in seconds since 1970.
    pub until: u64,
}

/// What a third party reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosureView {
    /// Who gave it.
    pub from: String,
    /// The organisation.
    pub organisation: String,
    /// To whom.
    pub to: String,
    /// What for.
    pub purpose: String,
    /// Until when, in seconds since 1970.
    pub until: u64,
    /// What.
    pub items: Vec<ItemView>,
}

/// Somebody outside the organisation who is to read a dossier, reads it, or once did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyView {
    /// Their id, or that of their link while nobody came by it.
    pub person: String,
    /// Their name.
    pub name: String,
    /// What they are: `client`, `guardian`, `representative`.
    pub kind: String,
    /// How it stands.
    pub standing: PartyStanding,
    /// The parts that they read or will read.
    pub parts: Vec<String>,
    /// When that ends, in seconds since 1970.
    pub until: Option<u64>,
    /// Of an invitation: until when its link opens, in seconds since 1970.
    pub invited_until: Option<u64>,
    /// Their key, as words to read aloud; none while nobody came.
    pub words: Vec<String>,
    /// Who vouches that it is theirs.
    pub vouched: VouchedView,
    /// In whose place they came or will come, because the keys of that one were lost.
    pub replaces: Option<String>,
}

/// How it stands with somebody outside the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyStanding {
    /// Invited; has not come yet.
    Invited,
    /// Invited, and did not come in time.
    Expired,
    /// Came with the invitation; compare words and admit.
    Registered,
    /// Reads.
    Reads,
    /// Reads no more.
    Ended,
}

/// Who is here, from outside the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalSession {
    /// This person's id.
    pub person: String,
    /// Their name, once somebody admitted them.
    pub name: String,
    /// What they are, as in [`PartyView::kind`], once somebody admitted them.
    pub kind: Option<String>,
    /// The organisation's name.
    pub organisation: String,
    /// What they read aloud to whoever admits them.
    pub words: Vec<String>,
    /// Whether somebody has yet to admit them.
    pub waiting: bool,
    /// Whether this is a visit to somebody else's machine.
    pub visit: bool,
    /// Whether the relay could not be reached.
    pub offline: bool,
    /// Things they must know, each once.
    pub alarms: Vec<Alarm>,
}

impl From<PortalSession> for SessionView {
    fn from(session: PortalSession) -> Self {
        Self {
            person: session.person,
            name: session.name,
            organisation: session.organisation,
            organisation_id: String::new(),
            director: false,
            delegate_until: None,
            waiting: session.waiting,
            visit: session.visit,
            outside: true,
            words: session.words,
            backup_due: false,
            pledge_due: false,
            // The policy is not theirs to read.
            lock_after: LOCK_SECONDS,
            lock_at_most: LOCK_SECONDS,
            put_back: None,
            passkeys: false,
            alarms: session.alarms,
        }
    }
}

/// A dossier, to somebody outside the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Reports and documents, newest first.
    pub items: Vec<ItemView>,
    /// Who can read it.
    pub readers: Vec<PortalReader>,
    /// What was shared with third parties, newest first.
    pub shares: Vec<PortalShare>,
    /// When their own access ends, in seconds since 1970.
    pub until: Option<u64>,
    /// Eight letters and digits by which the dossier is called where its title is closed.
    pub reference: String,
    /// Who of the organisation may get in by claiming it, or did.
    pub dormant: Vec<DormantView>,
}

/// A reader of a dossier, to somebody outside the organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalReader {
    /// The person; empty for the recovery key.
    pub person: String,
    /// Their name, as the staff told it; empty if they did not.
    pub name: String,
    /// A member's role by its name, or what somebody outside is.
    pub role: String,
    /// Which parts.
    pub compartments: Vec<String>,
    /// When that ends, in seconds since 1970.
    pub until: Option<u64>,
    /// Whether this is the recovery key.
    pub recovery: bool,
    /// Whether this is who asks.
    pub you: bool,
    /// Of somebody outside: who vouches for their keys.
    pub vouched: Option<VouchedView>,
}

/// Something that was shared with a third party, to somebody outside the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalShare {
    /// Its id.
    pub id: String,
    /// With whom.
    pub to: String,
    /// What for.
    pub purpose: String,
    /// Titles of what was shared.
    pub items: Vec<String>,
    /// Since when, as claimed, in seconds since 1970.
    pub since: u64,
    /// Until when, in seconds since 1970.
    pub until: u64,
    /// How it stands.
    pub state: ShareState,
    /// Whether evidence of the consent is missing.
    pub incomplete: bool,
}

/// A device of somebody outside the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalDevice {
    /// Its id.
    pub id: String,
    /// Whether it is the one that asks.
    pub this: bool,
    /// Whether it was ended.
    pub ended: bool,
    /// Whether it is a visit that goes on.
    pub visit: bool,
}

/// A colleague.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Their id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Whether they may change the directory.
    pub director: bool,
    /// What they are or will be, by the role's name.
    pub role: String,
    /// When their membership ends, in seconds since 1970, if that was agreed.
    pub until: Option<u64>,
    /// Whether they signed the pledge in force.
    pub pledged: bool,
    /// When they say that they acknowledged what outlasts their leaving, in seconds since 1970.
    pub farewell: Option<u64>,
    /// Dossiers of who they were before they lost every key, which wait until somebody who reads them gives them back.
    pub waiting: usize,
    /// Whether this is the one who asks.
    pub you: bool,
    /// How it stands.
    pub state: MemberState,
    /// Their key, as words to read aloud.
    pub words: Vec<String>,
    /// Of an invitation: until when its link opens, in seconds since 1970.
    pub invited_until: Option<u64>,
    /// Who vouches that it is theirs.
    pub vouched: VouchedView,
    /// The directors who want this one admitted, or removed, where it takes another one too.
    pub wanted_by: Vec<String>,
    /// Whether they act for the directors.
    pub delegate: Option<DelegateView>,
}

/// That somebody acts for the directors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateView {
    /// Until when, in seconds since 1970.
    pub until: u64,
    /// The director who let them.
    pub by: String,
}

/// Who vouches that a member's keys are that member's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchedView {
    /// How they came.
    pub origin: Origin,
    /// Who invited them.
    pub invited_by: Option<String>,
    /// Who compared their words, the earliest first.
    pub verifications: Vec<VerificationView>,
    /// Whether one of them is somebody else than who invited them, or nobody need: it was in nobody's hands to put other
    /// keys in their place.
    pub by_another: bool,
}

impl VouchedView {
    /// Of somebody who is no member yet: nobody vouches for them.
    pub(crate) fn invited(by: String) -> Self {
        Self { origin: Origin::Invited, invited_by: Some(by), verifications: Vec::new(), by_another: false }
    }
}

/// How somebody became a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// With the organisation.
    Founder,
    /// By the recovery sheets.
    Recovery,
    /// By an invitation.
    Invited,
}

/// That somebody compared a member's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationView {
    /// Who, by id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Whether it is the one who asks.
    pub you: bool,
    /// On which day, counted from 1970, as they say.
    pub day: u64,
    /// How: `by_voice` or `in_person`.
    pub how: String,
}

/// How a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Invited; has not come yet.
    Invited,
    /// Invited, and did not come in time.
    Expired,
    /// Came with the invitation; compare words and admit.
    Registered,
    /// A member.
    Member,
    /// Was one.
    Removed,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundView {
    /// In which dossier.
    pub dossier: String,
    /// Its title.
    pub dossier_title: String,
    /// Which item; none if the dossier's own title was found.
    pub item: Option<String>,
    /// The item's title.
    pub title: String,
    /// A few words around it.
    pub excerpt: String,
}

/// A draft that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// The report it is a next version of; none for a new one.
    pub item: Option<String>,
    /// The version it began from.
    pub base: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The day of the conversation, `YYYY-MM-DD`.
    pub day: String,
    /// When it was kept, in seconds since 1970.
    pub kept: u64,
}

/// What became of a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// The item.
    pub item: String,
    /// Its version now.
    pub version: u64,
    /// The copy that was made beside it, because somebody else had saved first.
    pub conflict: Option<String>,
    /// Whether it still waits for the relay.
    pub waiting: bool,
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyView {
    /// Logs that were walked.
    pub logs: usize,
    /// Entries whose signature and place were checked.
    pub entries: usize,
    /// Blobs whose name was recomputed.
    pub blobs: usize,
    /// Wraps that were recomputed.
    pub wraps: usize,
    /// What should not be.
    pub alarms: Vec<Alarm>,
}

/// What setting up made, to print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedView {
    /// The key card's lines.
    pub card: String,
    /// Each recovery sheet's lines; none for somebody who joined.
    pub sheets: Vec<String>,
    /// How many sheets open the organisation.
    pub threshold: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: ItemKind) -> ItemView {
        let [id, title, compartment, author] = ["i", "t", "core", "a"].map(str::to_owned);
        ItemView { id, version: 1, title, compartment, author, changed: 2, unconfirmed: false, kind }
    }

    #[test]
    fn an_item_is_one_flat_object_for_people_and_comes_back_from_every_format() {
        let text = |text: &str| text.to_owned();
        let report = item(ItemKind::Report { text: text("x"), day: text("2026-03-05"), conflict_of: None });
        let (name, media_type) = (text("n"), text("text/plain"));
        let document = item(ItemKind::Document { name, media_type, size: 3, folder: text("f") });
        let common =
            r#""id":"i","version":1,"title":"t","compartment":"core","author":"a","changed":2,"unconfirmed":false"#;
        let shown = serde_json::to_string(&[&report, &document]).unwrap();
        let expected = [
            format!(r#"{{{common},"kind":"report","text":"x","day":"2026-03-05","conflict_of":null}}"#),
            format!(r#"{{{common},"kind":"document","name":"n","media_type":"text/plain","size":3,"folder":"f"}}"#),
        ];
        assert_eq!(shown, format!("[{}]", expected.join(",")));
        for item in [report, document] {
            assert_eq!(serde_json::from_str::<ItemView>(&serde_json::to_string(&item).unwrap()).unwrap(), item);
            assert_eq!(postcard::from_bytes::<ItemView>(&postcard::to_allocvec(&item).unwrap()).unwrap(), item);
        }
    }
}
