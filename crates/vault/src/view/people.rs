//! Colleagues: who they are, who vouches for them, what they hold.

use serde::{Deserialize, Serialize};

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
    /// Who last went over the organisation's list.
    pub reviewed: Option<ReviewView>,
}

/// That a director went over the list of who is authorised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// Their name.
    pub by: String,
    /// On which day, counted from 1970.
    pub day: u64,
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
    /// What they are, by the role's name, or as in [`super::PartyView::kind`].
    pub role: String,
    /// Until when they acted for the directors, in seconds since 1970, if they did.
    pub delegate_until: Option<u64>,
    /// Of how many dossiers.
    pub dossiers: usize,
    /// Of which kinds of compartment in them.
    pub compartments: Vec<String>,
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
