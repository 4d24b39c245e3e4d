//! What page and worker say to each other. A message is one `Uint8Array` of postcard, transferred rather than copied;
//! files and blobs travel beside it as they are, so their bytes never pass through a message. Page and worker are built
//! together, so what they say needs no version.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zegel_vault::view::{
    AuthorisedView, ClosedView, DeviceView, DisclosureView, DossierSummary, DossierView, DraftView, EmergencyView,
    FoundView, KnockView, LeavingView, MemberView, NewCardView, NewPasskeyView, OwnNoteView, PartyView, PasskeyView,
    PledgeView, PolicyView, PortalDevice, PortalReader, PortalView, PrintedView, ReadingCardView, RestoredView,
    SavedView, SessionView, ShareView, SharedView, SheetView, TestamentView,
};
use zegel_vault::{AccessTerms, NewParty, WorkListView};
use zeroize::Zeroize;

/// A passphrase or code on its way to the vault: wiped when dropped, never shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Secret(pub(crate) String);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What a passkey gave, on its way to the vault: wiped when dropped, never shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PasskeyGift(pub(crate) [u8; 32]);

impl Drop for PasskeyGift {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A QR code: its squares along a side, white border included, and the dark ones as the path of an SVG.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct QrDrawing {
    pub(crate) side: i32,
    pub(crate) path: String,
}

/// A call and what answers it.
pub(crate) trait Call: Into<Command> {
    /// The answer when it went well.
    type Answer: Serialize + DeserializeOwned + 'static;
}

/// Declares the calls: a struct each, the enum of all, and the type of each answer.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } -> $answer:ty;)*) => {
        $($(#[$doc])*
        #[derive(Clone, PartialEq, Serialize, Deserialize)]
        pub(crate) struct $name { $(pub(crate) $field: $type),* }

        impl From<$name> for Command {
            fn from(call: $name) -> Self {
                Self::$name(call)
            }
        }

        impl Call for $name {
            type Answer = $answer;
        })*

        /// Everything the page may ask.
        #[derive(Serialize, Deserialize)]
        pub(crate) enum Command { $($(#[$doc])* $name($name)),* }
    };
}

calls! {
    /// How this device and the relay stand. The stores that the page knows of are asked where a browser does not list them.
    Start { known: Vec<String> } -> StartView;
    /// Sets up the organisation.
    Found { token: Secret, organisation: String, name: String, passphrase: Secret, profile: String } -> Opened;
    /// Opens a vault of this device.
    Unlock { store: String, passphrase: Secret } -> Opened;
    /// The passkey of a vault of this device, if it has one.
    PasskeyOf { store: String } -> Option<PasskeyView>;
    /// Opens a vault of this device with what its passkey gave.
    UnlockByPasskey { store: String, gift: PasskeyGift } -> Opened;
    /// Makes this device one of a person who has a key card.
    Enrol { card: Secret, passphrase: Secret } -> Opened;
    /// Opens the vault of a person who has a key card, in memory alone.
    Visit { card: Secret, passphrase: Secret } -> Opened;
    /// How many drafts and changes are here and nowhere else.
    Unsaved {} -> usize;
    /// Ends a visit; says whether something was lost that was here alone.
    EndVisit {} -> bool;
    /// Joins with an invitation.
    Join { link: Secret, code: Secret, name: String, passphrase: Secret } -> Opened;
    /// Asks the relay for news and sends what waits.
    Sync {} -> News;
    /// Waits until the relay says that something changed; false if it cannot say so now.
    Listen {} -> bool;
    /// Wipes this device.
    SignOut {} -> ();
    /// Wipes a vault that does not open any more.
    SignOutHere { store: String, passphrase: Secret } -> ();
    /// The work of today.
    Today {} -> WorkListView;
    /// The list.
    Dossiers {} -> Vec<DossierSummary>;
    /// One dossier.
    Dossier { id: String } -> DossierView;
    /// The policy in force.
    Policy {} -> PolicyView;
    /// The confidentiality pledge in force.
    Pledge {} -> PledgeView;
    /// Signs it; gives who is here then.
    SignPledge { version: u32 } -> SessionView;
    /// What is acknowledged before leaving.
    Farewell {} -> PledgeView;
    /// Signs it.
    SignFarewell { version: u32 } -> ();
    /// A new dossier, of the first type if none is named; gives its id.
    NewDossier { title: String, dossier_type: Option<String> } -> String;
    /// Another title.
    RenameDossier { id: String, title: String } -> ();
    /// Saves a report.
    SaveReport { dossier: String, item: Option<String>, base: u64, title: String, text: String, day: String } -> SavedView;
    /// This person's own notes about a dossier.
    OwnNotes { dossier: String } -> Vec<OwnNoteView>;
    /// Writes one; gives its id.
    WriteOwnNote { dossier: String, text: String } -> String;
    /// Takes one away.
    RemoveOwnNote { dossier: String, note: String } -> ();
    /// Puts a copy of one into the dossier, as a report.
    PromoteOwnNote { dossier: String, note: String, title: String } -> SavedView;
    /// The draft of a report, if one waits.
    Draft { dossier: String, item: Option<String> } -> Option<DraftView>;
    /// Keeps a draft.
    SaveDraft { dossier: String, draft: DraftView } -> ();
    /// Throws a draft away.
    DiscardDraft { dossier: String, item: Option<String> } -> ();
    /// Seals the file that travels beside this call; gives the new item's id.
    AddFile { dossier: String, name: String, media_type: String, folder: String } -> String;
    /// Opens a document; its bytes travel beside the answer.
    ReadFile { dossier: String, item: String } -> ();
    /// Searches texts.
    Search { words: String } -> Vec<FoundView>;
    /// Shares items with a third party.
    Share { dossier: String, items: Vec<String>, to: String, purpose: String, until: u64, readings: Option<u32>,
        evidence: Option<String>, consent_text: String, language: String } -> SharedView;
    /// What of a dossier is or was shared, with what is known of reading.
    Shares { dossier: String } -> Vec<ShareView>;
    /// Agrees to the keys that a share's receiver made, whose words were compared, and how; gives the share that goes on.
    AgreeShare { dossier: String, share: String, words: String, how: String } -> String;
    /// Says that their words were compared, and how.
    VerifyShare { dossier: String, share: String, words: String, how: String } -> ();
    /// Ends a share.
    Revoke { dossier: String, share: String } -> ();
    /// Gives a colleague a dossier, on these terms.
    Grant { dossier: String, person: String, terms: AccessTerms } -> ();
    /// Ends a colleague's access to a dossier.
    EndAccess { dossier: String, person: String } -> ();
    /// Who holds keys, of a dossier or of all, at the end of a day counted from 1970 or now.
    Authorised { dossier: Option<String>, on: Option<u64> } -> AuthorisedView;
    /// The same as a signed text.
    AuthorisedStatement { dossier: Option<String>, on: Option<u64> } -> String;
    /// Says that a director went over who holds keys.
    SignReview {} -> ();
    /// Who is invited into a dossier from outside, who reads it, and who did.
    Parties { dossier: String } -> Vec<PartyView>;
    /// Invites somebody into a dossier.
    InviteParty { dossier: String, new: NewParty } -> SharedView;
    /// Makes another link for somebody who was invited into a dossier.
    ReinviteParty { dossier: String, person: String } -> SharedView;
    /// Invites somebody once more who lost card and passphrase.
    ReplaceParty { dossier: String, person: String } -> SharedView;
    /// Admits one who came into a dossier from outside and whose words were compared, and how.
    AdmitParty { dossier: String, person: String, words: String, how: String } -> ();
    /// Says that their words were compared, and how.
    VerifyParty { dossier: String, person: String, words: String, how: String } -> ();
    /// The one dossier of somebody outside.
    Portal {} -> PortalView;
    /// Who could read that dossier at the end of a day counted from 1970, or can now.
    PortalReaders { on: Option<u64> } -> Vec<PortalReader>;
    /// Their devices.
    PortalDevices {} -> Vec<PortalDevice>;
    /// Opens a document of it; its bytes travel beside the answer.
    ReadPortal { item: String } -> ();
    /// Colleagues and invitations.
    Members {} -> Vec<MemberView>;
    /// Invites a colleague, as what and until when.
    Invite { name: String, role: String, until: Option<u64> } -> SharedView;
    /// Makes another link for somebody who was invited.
    Reinvite { person: String } -> SharedView;
    /// Invites a member anew who lost every key.
    InviteAnew { person: String } -> SharedView;
    /// Lets a colleague act for the directors until then.
    Delegate { person: String, until: u64 } -> ();
    /// Ends that; it may be this person's own.
    Undelegate { person: String } -> SessionView;
    /// Gives one who came back what they read before; gives how many dossiers that were.
    GiveBack { person: String } -> usize;
    /// Admits one whose words were compared, and how.
    Admit { person: String, words: String, how: String } -> ();
    /// Says that a colleague's words were compared, and how.
    VerifyPerson { person: String, words: String, how: String } -> ();
    /// What a colleague who leaves can read.
    Leaving { person: String } -> Vec<LeavingView>;
    /// Gives a successor what nobody else reads, or all; gives how many dossiers that were.
    HandOver { person: String, successor: String, all: bool } -> usize;
    /// Removes a colleague, or withdraws an invitation.
    RemoveMember { person: String } -> ();
    /// This person's devices.
    Devices {} -> Vec<DeviceView>;
    /// What this person calls this device.
    NameDevice { name: String } -> ();
    /// Ends another device.
    RevokeDevice { device: String, passphrase: Secret } -> ();
    /// Replaces the passphrase.
    ChangePassphrase { old: Secret, new: Secret } -> ();
    /// What a browser needs to make a passkey for this device, once the passphrase is right.
    BeginPasskey { passphrase: Secret } -> NewPasskeyView;
    /// Lets the passkey that was made take the place of the passphrase on this device.
    AddPasskey { passphrase: Secret, credential: Vec<u8>, gift: PasskeyGift } -> ();
    /// Ends it.
    RemovePasskey { passphrase: Secret } -> ();
    /// Knocks, so that a known device lets this one in; gives the text that it must get.
    KnockHere {} -> String;
    /// How far that is.
    LookKnock {} -> KnockView;
    /// Opens the vault here, once this device was let in.
    EnterKnock { passphrase: Secret } -> Opened;
    /// Who waits under the text of a new device: the words to compare.
    HearKnock { text: String } -> Vec<String>;
    /// Lets it in.
    LetDeviceIn { passphrase: Secret } -> ();
    /// Sends it away.
    RefuseDevice {} -> ();
    /// Makes one more key card.
    MakeCard { passphrase: Secret } -> NewCardView;
    /// Ends every key card but one, by its slot.
    RetireCards { passphrase: Secret, keep: String } -> ();
    /// Renews all keys, after somebody saw the passphrase.
    RenewKeys { old: Secret, new: Secret } -> NewCardView;
    /// What the relay misses since it was put back to an earlier state, and who confirmed that.
    Restored {} -> RestoredView;
    /// Confirms it, giving up what nobody has handed back or refusing to.
    ConfirmRestored { give_up: bool } -> RestoredView;
    /// This person's emergency contact, whose contact they are, and what was asked for.
    Emergency {} -> EmergencyView;
    /// Chooses one.
    ChooseContact { person: String, days: u16, take_over: bool } -> ();
    /// Takes that back.
    DropContact {} -> ();
    /// Asks for the dossiers of somebody who chose this person.
    ClaimEmergency { person: String } -> usize;
    /// Says no to somebody who asked, or ends what opened for them.
    RefuseEmergency { person: String } -> usize;
    /// This person's testament, and those in which they are named.
    Testament {} -> TestamentView;
    /// Names its trustees.
    ChooseTrustees { people: Vec<String> } -> ();
    /// Takes that back.
    DropTrustees {} -> ();
    /// Says as a trustee that somebody is gone.
    Release { person: String } -> usize;
    /// Has destroyed what nobody is left to read.
    DestroyRest { person: String } -> usize;
    /// Says no to somebody's trustees; to one's own, where nobody is named.
    RefuseRelease { person: Option<String> } -> usize;
    /// The dossiers that are closed to this director and may be opened.
    ClosedDossiers {} -> Vec<ClosedView>;
    /// Opens one.
    BreakGlass { dossier: String, reason: String } -> ();
    /// What a recovery sheet is worth.
    CheckSheet { text: Secret } -> SheetView;
    /// Draws the QR code of a text; nothing if it is too long for one.
    Qr { text: Secret } -> Option<QrDrawing>;
    /// Opens what somebody shared.
    OpenDisclosure { link: Secret, code: Secret } -> DisclosureView;
    /// Opens a shared document; its bytes travel beside the answer.
    ReadDisclosed { item: String } -> ();
    /// Makes keys of the receiver's own for what is open; nobody knows of them yet.
    MakeOwnKeys { passphrase: Secret } -> ReadingCardView;
    /// Tells whoever shared of them.
    RegisterOwnKeys {} -> ();
}

/// How this device and the relay stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum StartView {
    /// Vaults are here, in these stores.
    Locked(Vec<String>),
    /// Nothing is here, and the relay has no organisation yet.
    Fresh,
    /// Nothing is here; the relay serves an organisation.
    NewDevice,
}

/// A vault that was just opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Opened {
    /// Who is here.
    pub(crate) session: SessionView,
    /// The store it is in; none on a visit.
    pub(crate) store: Option<String>,
    /// What must be printed now, if this made it.
    pub(crate) printed: Option<PrintedView>,
}

/// What came of asking the relay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct News {
    /// Who is here, by now.
    pub(crate) session: SessionView,
    /// Logs that changed.
    pub(crate) changed: Vec<String>,
    /// Whether the relay could not be reached.
    pub(crate) offline: bool,
    /// How many changes wait on this device.
    pub(crate) waiting: usize,
}

/// Why a call came to nothing, in a form that can be said in two languages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// The stable key of the error.
    pub(crate) key: String,
    /// The same in English, with details.
    pub(crate) text: String,
    /// Names that belong to it, such as titles of dossiers.
    pub(crate) names: Vec<String>,
}

impl Failure {
    /// A failure of the app itself.
    pub(crate) fn of(key: &str) -> Self {
        Self { key: key.to_owned(), text: key.to_owned(), names: Vec::new() }
    }

    /// Whether what is here is of no use any more: somebody may not read, or this version cannot.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.key.as_str(), "link-withdrawn" | "link-expired" | "device-removed" | "earlier-version")
    }
}

/// From the page to the worker.
#[derive(Serialize, Deserialize)]
pub(crate) enum Request {
    /// A numbered call.
    Call(u32, Command),
    /// No longer wanted: files stop between two pieces.
    Cancel(u32),
}

/// From the worker to the page.
#[derive(Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The worker listens.
    Ready,
    /// Bytes done and in all of a call with a file.
    Progress(u32, u64, u64),
    /// The answer to a call; it follows this reply in the same message, for only the caller knows its type.
    Answer(u32),
    /// Why a call came to nothing.
    Failed(u32, Failure),
    /// The vault stopped by a mistake of ours; its keys are gone.
    Broken,
}
