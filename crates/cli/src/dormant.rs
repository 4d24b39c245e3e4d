//! Grants that open when somebody claims them: emergency contacts, and the glass that a director breaks.

use serde_json::json;
use zegel_vault::{
    Vault,
    view::{ClosedView, ContactView, DormantView, EmergencyView, Purpose, TrustView},
};

use crate::{
    arguments::{EmergencyVerb, GlassVerb},
    failure::Failure,
    output::{Output, day, shown},
    testament::trustees,
};

/// Runs `zegel emergency`.
pub(crate) async fn emergency(vault: &mut Vault, output: Output, verb: &EmergencyVerb) -> Result<(), Failure> {
    match verb {
        EmergencyVerb::Show => {}
        EmergencyVerb::Choose { person, days, take_over } => vault.choose_contact(person, *days, *take_over).await?,
        EmergencyVerb::Drop => vault.drop_contact().await?,
        EmergencyVerb::Claim { person } => {
            let claimed = vault.claim_emergency(person).await?;
            output.note("Everybody who reads these dossiers sees this, the clients included.");
            return output.result(&json!({ "claimed": claimed }), || vec![format!("Claimed: {claimed}.")]);
        }
        EmergencyVerb::Refuse { person } => return refuse(vault, output, person, Purpose::Emergency).await,
    }
    let view = vault.emergency().await?;
    output.result(&view, || lines(&view))
}

/// Runs `zegel glass`.
pub(crate) async fn glass(vault: &mut Vault, output: Output, verb: &GlassVerb) -> Result<(), Failure> {
    match verb {
        GlassVerb::List => {
            let closed = vault.closed_dossiers();
            output.result(&closed, || closed.iter().map(closed_line).collect())
        }
        GlassVerb::Break { dossier, reason } => {
            vault.break_glass(dossier, reason).await?;
            output.note("Its readers and the client see that you opened it, and why.");
            output.result(&json!({ "dossier": dossier }), || vec!["Opened.".to_owned()])
        }
        GlassVerb::Show => {
            let broken: Vec<DormantView> =
                vault.claims().await?.into_iter().filter(|claim| claim.purpose == Purpose::BreakGlass).collect();
            output.result(&broken, || broken.iter().map(claim_line).collect())
        }
        GlassVerb::End { person } => refuse(vault, output, person, Purpose::BreakGlass).await,
    }
}

pub(crate) async fn refuse(vault: &mut Vault, output: Output, person: &str, purpose: Purpose) -> Result<(), Failure> {
    let refused = vault.refuse_claims(person, purpose).await?;
    output.result(&json!({ "refused": refused }), || vec![format!("Refused: {refused}.")])
}

fn lines(view: &EmergencyView) -> Vec<String> {
    let mut lines = vec![match (&view.contact, view.least_days) {
        (Some(contact), _) => contact_line(contact),
        (None, Some(days)) => format!("You have no emergency contact. One waits {days} days at least."),
        (None, None) => "The policy has no emergency contacts.".to_owned(),
    }];
    lines.extend(view.trusted_by.iter().map(trust_line));
    lines.extend(view.claims.iter().map(claim_line));
    lines
}

fn contact_line(contact: &ContactView) -> String {
    let ContactView { person, name, days, dossiers, take_over } = contact;
    let name = shown(name);
    let gets = if *take_over { "gets what you have" } else { "reads" };
    format!("Your emergency contact: {name}  {person}  (waits {days} days, {gets}; dossiers: {dossiers})")
}

fn trust_line(trust: &TrustView) -> String {
    let state = match trust.opens {
        Some(opens) => format!("claimed {}, open from {}", trust.claimed, day(opens)),
        None => format!("open {} days after you claim them", trust.days),
    };
    format!("You are the contact of {}  {}  (dossiers: {}; {state})", shown(&trust.name), trust.person, trust.dossiers)
}

pub(crate) fn claim_line(claim: &DormantView) -> String {
    let opens = claim.opens.map(day).unwrap_or_default();
    let state = if claim.open { "opened" } else { "opens" };
    let why = match (&claim.reason, claim.purpose) {
        (Some(reason), _) => format!(": {}", shown(reason)),
        (None, Purpose::BreakGlass) => ", without a reason".to_owned(),
        (None, _) => String::new(),
    };
    let (title, name) = (shown(&claim.title), shown(&claim.name));
    if let Some(of) = &claim.trustees {
        return format!("{}  {title}: {}  ({state} {opens})", claim.dossier, trustees(of));
    }
    format!("{}  {title}: claimed by {name}  {}  ({state} {opens}{why})", claim.dossier, claim.person)
}

/// Who may get into a dossier by claiming it, or did: a line of what the dossier shows.
pub(crate) fn dormant_line(dormant: &DormantView) -> String {
    let name = if dormant.name.is_empty() { dormant.person.clone() } else { shown(&dormant.name) };
    let what = match dormant.purpose {
        Purpose::Emergency => format!("Emergency contact: {name} (waits {} days)", dormant.days),
        Purpose::BreakGlass => format!("May break the glass: {name}"),
        Purpose::Release => dormant.trustees.as_ref().map(trustees).unwrap_or_default(),
    };
    match (dormant.opens, dormant.claimed) {
        (Some(opens), Some(claimed)) => {
            let why = dormant.reason.as_ref().map(|reason| format!(": {}", shown(reason))).unwrap_or_default();
            format!("{what}; claimed on {}, open from {}{why}", day(claimed), day(opens))
        }
        _ => what,
    }
}

fn closed_line(closed: &ClosedView) -> String {
    let readers = shown(&closed.readers.join(", "));
    let (since, changed) = (day(closed.since), day(closed.changed));
    format!("{}  {}  (read by {readers}; begun {since}, changed {changed})", closed.id, closed.reference)
}
