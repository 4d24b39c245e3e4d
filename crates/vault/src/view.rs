//! What was opened, for people to see: plain values for the page and for `--json`. Ids are base64url text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod dormant;
mod keys;
mod outside;
mod people;
mod receivers;

pub use dormant::{
    ClosedView, ContactView, DormantView, EmergencyView, EntrustedView, Purpose, TestamentView, TrustView, TrusteeView,
    TrusteesView,
};
pub use keys::{
    DeviceView, KnockView, NewCardView, NewPasskeyView, PasskeyView, PrintedView, RecoverableView, SheetView,
    WaysInView,
};
pub use outside::{PartyStanding, PartyView, PortalDevice, PortalReader, PortalSession, PortalShare, PortalView};
pub use people::{
    AuthorisedPerson, AuthorisedView, DelegateView, LeavingView, MemberState, MemberView, Origin, ReviewView,
    StatementView, VerificationView, VouchedView,
};
pub use receivers::{ReadingCardView, ReceiverKeys};

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
    /// Two made keys of their own with one share's link.
    ReceiverTwice(String),
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
    /// Somebody claimed a dormant grant. Log, who gets in by it or whose testament it is, what it is for, from which time on, in seconds since 1970.
    Claimed(String, String, Purpose, u64),
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
    /// Its receiver goes on with keys of their own, by another share.
    Replaced,
}

/// Something shared with a third party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareView {
    /// Its id.
    pub id: String,
    /// With whom; the receiver's id where the consent's words do not say it.
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
    /// Whose keys open it.
    pub keys: ReceiverKeys,
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
    /// Whether the receiver's own card opened it.
    pub by_card: bool,
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
