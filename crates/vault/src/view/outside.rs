//! People outside the organisation: as a dossier's readers see them, and what they see themselves.

use serde::{Deserialize, Serialize};

use super::{Alarm, DormantView, ItemView, SessionView, ShareState, VouchedView};
use crate::policy::LOCK_SECONDS;

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
    /// Whether the receiver has keys of their own.
    pub own_keys: bool,
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
