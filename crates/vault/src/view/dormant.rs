//! Grants that open when somebody claims them: emergency contacts, and the glass that a director breaks.

use serde::{Deserialize, Serialize};

/// What a dormant grant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A colleague steps in when its maker cannot be there.
    Emergency,
    /// A director opens a dossier that they do not read, at once and with a reason.
    BreakGlass,
    /// Several people together let somebody in.
    Release,
}

/// Who may get into a dossier by claiming it, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DormantView {
    /// The dossier's id.
    pub dossier: String,
    /// Its title.
    pub title: String,
    /// Who gets in.
    pub person: String,
    /// Their name; empty if it is not known here.
    pub name: String,
    /// Whether that is who asks.
    pub you: bool,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether they get more than reading.
    pub take_over: bool,
    /// How many days pass between the claim and the opening.
    pub days: u16,
    /// When it was claimed, in seconds since 1970, as the claim says.
    pub claimed: Option<u64>,
    /// When it opens, or did, in seconds since 1970.
    pub opens: Option<u64>,
    /// Whether that time has come.
    pub open: bool,
    /// Why, in the words of whoever claimed it; none if they gave no reason, or it does not open here.
    pub reason: Option<String>,
    /// Whether who asks may end it.
    pub may_refuse: bool,
}

/// Somebody's emergency contact, and those whose contact they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyView {
    /// The fewest days that a contact waits, as the policy says; none, if it has no emergency contacts.
    pub least_days: Option<u16>,
    /// Their own contact.
    pub contact: Option<ContactView>,
    /// Whose contact they are.
    pub trusted_by: Vec<TrustView>,
    /// What was claimed in the dossiers that they read, by whomever.
    pub claims: Vec<DormantView>,
}

/// An emergency contact, as who chose them sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// The person.
    pub person: String,
    /// Their name.
    pub name: String,
    /// How many days they wait.
    pub days: u16,
    /// Whether they get more than reading.
    pub take_over: bool,
    /// In how many dossiers that is arranged so far.
    pub dossiers: usize,
}

/// Somebody who chose this person as their emergency contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustView {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// For how many dossiers.
    pub dossiers: usize,
    /// How many days pass between the claim and the opening.
    pub days: u16,
    /// Whether this person gets more than reading.
    pub take_over: bool,
    /// In how many of them it was claimed.
    pub claimed: usize,
    /// When the last of those opens, or did, in seconds since 1970.
    pub opens: Option<u64>,
    /// Whether that time has come.
    pub open: bool,
}

/// A dossier that is closed to a director, who may break the glass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedView {
    /// Its id.
    pub id: String,
    /// Eight letters and digits that its readers, the client included, see with it.
    pub reference: String,
    /// Who reads it, by name.
    pub readers: Vec<String>,
    /// When it was begun, in seconds since 1970, as its maker says.
    pub since: u64,
    /// When it was last changed, in seconds since 1970, as whoever did says.
    pub changed: u64,
}
