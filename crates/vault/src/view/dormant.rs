//! Grants that open when somebody claims them: emergency contacts, the glass that a director breaks, a practice's testament.

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
    /// Who gets in; of a release, whose testament it is.
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
    /// Of a release: who decides about it together.
    pub trustees: Option<TrusteesView>,
}

/// The trustees of a testament, in one dossier. None of them receives a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrusteesView {
    /// How many of them it takes.
    pub needed: u8,
    /// Their names; empty where one is not known here.
    pub names: Vec<String>,
    /// The names of those who have claimed it.
    pub claimed: Vec<String>,
    /// Whether there is a client for whom it opens then.
    pub to_client: bool,
}

/// Somebody's practice testament, and the testaments in which they are named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestamentView {
    /// How many of how many trustees it takes, as the policy says; none, if it has no testament.
    pub quorum: Option<(u8, u8)>,
    /// How many days pass once enough of them have claimed it.
    pub days: u16,
    /// Their own trustees.
    pub trustees: Vec<TrusteeView>,
    /// In how many dossiers that is arranged so far.
    pub dossiers: usize,
    /// In how many of these there is a client for whom it opens.
    pub clients: usize,
    /// Who of the trustees has claimed it, by name.
    pub claimed: Vec<String>,
    /// When it opens, or did, in seconds since 1970; none while too few have claimed it.
    pub opens: Option<u64>,
    /// How many dossiers a trustee has closed since, to be destroyed.
    pub closing: usize,
    /// What trustees of others claimed in dossiers that this person manages since: those owners are gone, or came back as
    /// somebody else, so that this person says no.
    pub claims: Vec<DormantView>,
    /// Whose trustee they are.
    pub entrusted_by: Vec<EntrustedView>,
}

/// A trustee, as who chose them sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrusteeView {
    /// The person.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Whether they are a member still: else they count for nothing.
    pub counts: bool,
}

/// Somebody who named this person as a trustee.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntrustedView {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// For how many dossiers.
    pub dossiers: usize,
    /// How many trustees it takes.
    pub needed: u8,
    /// The trustees, by name.
    pub trustees: Vec<String>,
    /// Who of them has claimed all of it, by name.
    pub claimed: Vec<String>,
    /// Whether this person has.
    pub by_you: bool,
    /// How many days pass once there are enough.
    pub days: u16,
    /// When the last of it opens, or did, in seconds since 1970; none while too few have claimed it.
    pub opens: Option<u64>,
    /// Whether that time has come.
    pub open: bool,
    /// How many dossiers open for their client.
    pub clients: usize,
    /// How many somebody else reads: these stay.
    pub stay: usize,
    /// How many are left that nobody is to read, and that were not closed.
    pub rest: usize,
    /// How many were closed.
    pub closing: usize,
    /// When the last of those is destroyed, in seconds since 1970.
    pub destroyed: Option<u64>,
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
