//! `zegel testament`: whom somebody trusts with their practice when they are gone, and what these do then.

use serde_json::json;
use zegel_vault::{
    Vault,
    view::{DormantView, EntrustedView, Purpose, TestamentView, TrusteesView},
};

use crate::{
    arguments::TestamentVerb,
    dormant::{claim_line, refuse},
    failure::Failure,
    output::{Output, day, shown},
};

/// Runs `zegel testament`.
pub(crate) async fn testament(vault: &mut Vault, output: Output, verb: &TestamentVerb) -> Result<(), Failure> {
    match verb {
        TestamentVerb::Show => {}
        TestamentVerb::Trustees { people } => vault.choose_trustees(people).await?,
        TestamentVerb::Drop => vault.drop_trustees().await?,
        TestamentVerb::Release { person } => {
            let claimed = vault.release(person).await?;
            output.note("Everybody who reads these dossiers is told once enough of you have claimed them, the clients included.");
            return output.result(&json!({ "claimed": claimed }), || vec![format!("Claimed: {claimed}.")]);
        }
        TestamentVerb::Refuse { person } => {
            let owner = person.clone().unwrap_or_else(|| vault.session().person);
            return refuse(vault, output, &owner, Purpose::Release).await;
        }
        TestamentVerb::Destroy { person, .. } => {
            let closed = vault.destroy_rest(person).await?;
            output.note("The relay destroys them in a month. Nothing brings them back after that.");
            return output.result(&json!({ "closed": closed }), || vec![format!("Closed: {closed}.")]);
        }
    }
    let view = vault.testament().await?;
    output.result(&view, || lines(&view))
}

fn lines(view: &TestamentView) -> Vec<String> {
    let mut lines = Vec::new();
    match view.quorum {
        None => lines.push("The policy has no testament.".to_owned()),
        Some((needed, of)) if view.trustees.is_empty() => {
            lines.push(format!("You have named no trustees. The policy says that {needed} of {of} decide."));
        }
        Some((needed, of)) => {
            let (days, dossiers, clients) = (view.days, view.dossiers, view.clients);
            lines.push(format!(
                "{needed} of {of} trustees decide, and {days} days pass then (dossiers: {dossiers}, of these with a client \
                 who reads: {clients})"
            ));
            lines.extend(view.trustees.iter().map(|trustee| {
                let gone =
                    if trustee.counts { "" } else { "  (no longer a member, and does not count: name somebody else)" };
                format!("Trustee: {}  {}{gone}", shown(&trustee.name), trustee.person)
            }));
        }
    }
    if !view.claimed.is_empty() {
        let opens = view.opens.map_or_else(String::new, |opens| format!("; open from {}", day(opens)));
        lines.push(format!("Claimed by {}{opens}", names(&view.claimed)));
    }
    if view.closing > 0 {
        lines.push(closing_line(view.closing));
    }
    lines.extend(view.claims.iter().map(others_line));
    lines.extend(view.entrusted_by.iter().map(entrusted_line));
    lines
}

/// How many dossiers one's own trustees closed.
pub(crate) fn closing_line(closing: usize) -> String {
    format!("To be destroyed by your trustees: {closing}. `zegel testament refuse` takes that back.")
}

fn others_line(claim: &DormantView) -> String {
    let (claimed, name, person) = (claim_line(claim), shown(&claim.name), &claim.person);
    format!("{claimed}: the testament of {name}. `zegel testament refuse {person}` says no.")
}

fn entrusted_line(view: &EntrustedView) -> String {
    let EntrustedView { person, dossiers, needed, clients, stay, rest, closing, .. } = view;
    let claimed = match (view.claimed.is_empty(), view.opens) {
        (true, _) => format!("open {} days after {needed} of you claim them", view.days),
        (false, None) => format!("claimed by {}; {needed} are needed", names(&view.claimed)),
        (false, Some(opens)) => format!("claimed by {}; open from {}", names(&view.claimed), day(opens)),
    };
    let left = format!("for their client: {clients}, read by others: {stay}, left over: {rest}, closed: {closing}");
    let destroyed = view.destroyed.map_or_else(String::new, |when| format!("; destroyed on {}", day(when)));
    format!(
        "You are a trustee of {}  {person}  (dossiers: {dossiers}, {left}; {claimed}{destroyed})",
        shown(&view.name)
    )
}

/// Who decides together, and who of them has.
pub(crate) fn trustees(trustees: &TrusteesView) -> String {
    let TrusteesView { needed, names: all, claimed, to_client } = trustees;
    let what = if *to_client { "Opens for its client" } else { "May be destroyed" };
    let by = if claimed.is_empty() { String::new() } else { format!(", claimed by {}", names(claimed)) };
    format!("{what} when {needed} of {} claim it, who get no key themselves{by}", names(all))
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ")
}
