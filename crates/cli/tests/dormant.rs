//! From a terminal: an emergency contact who is refused, and a director who breaks the glass.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use support::{Person, Relay, link_and_code};

/// A colleague who came, was admitted and signed the pledge; with their id.
fn colleague(director: &Person, name: &str) -> (Person, String) {
    let invited = director.ok(&["invite", name]);
    let (link, code) = link_and_code(&invited);
    let newcomer = Person::new();
    let card = newcomer.path("card.txt");
    let joined = newcomer.ok(&["join", link, "--code", code, "--name", name, "--key-card", card.to_str().unwrap()]);
    let words = joined.lines().last().unwrap().strip_prefix("Words: ").unwrap();
    let members = director.json(&["member", "list"]);
    let registered = |member: &&Value| member["state"] == "registered";
    let id = members.as_array().unwrap().iter().find(registered).unwrap()["person"].as_str().unwrap().to_owned();
    director.ok(&["member", "admit", &id, "--words", words]);
    newcomer.ok(&["pledge", "sign", "--accept"]);
    (newcomer, id)
}

fn own_id(person: &Person, name: &str) -> String {
    let members = person.json(&["member", "list"]);
    let own = |member: &&Value| member["name"] == name;
    members.as_array().unwrap().iter().find(own).unwrap()["person"].as_str().unwrap().to_owned()
}

/// Sets the next version of the policy, with one thing in another's place.
fn set_policy(director: &Person, from: &str, to: &str) {
    let text = director.ok(&["policy", "show"]);
    assert!(text.contains(from), "{text}");
    let next =
        director.file("policy.toml", text.replacen("version = 1", "version = 2", 1).replacen(from, to, 1).as_bytes());
    director.ok(&["policy", "set", &next]);
}

#[test]
fn a_contact_asks_and_the_owner_says_no() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    set_policy(&noor, "emergency_contact = \"none\"", "emergency_contact = \"7 days\"");
    let (bas, his) = colleague(&noor, "Bas");
    let hers = own_id(&noor, "Noor Advies");
    let dossier = bas.ok(&["dossier", "new", "KANARIE Jansen"]);
    assert!(bas.ok(&["emergency", "show"]).contains("You have no emergency contact. One waits 7 days at least."));
    assert!(bas.fails(1, &["emergency", "choose", &hers, "--days", "6"]).contains("7 days at least"));
    assert!(noor.fails(1, &["emergency", "claim", &his]).contains("has not chosen you"));
    let chosen = bas.ok(&["emergency", "choose", &hers, "--take-over"]);
    assert!(chosen.contains("Noor Advies") && chosen.contains("waits 7 days"), "{chosen}");

    let (sam, hidden) = colleague(&noor, "Sam");
    assert!(bas.ok(&["emergency", "choose", &hidden]).contains("Sam"), "another one, who does not read it");
    assert!(sam.ok(&["emergency", "show"]).contains("You are the contact of Bas"));
    assert_eq!(sam.ok(&["emergency", "claim", &his]), "Claimed: 1.");
    assert!(!sam.ok(&["dossier", "list"]).contains("KANARIE"));
    let shown = bas.ok(&["dossier", "show", &dossier]);
    assert!(shown.contains("Emergency contact: Sam (waits 7 days); claimed on "), "{shown}");
    assert!(bas.ok(&["emergency", "show"]).contains("KANARIE Jansen: claimed by Sam"));
    assert_eq!(bas.ok(&["emergency", "refuse", &hidden]), "Refused: 1.");
    assert!(bas.fails(1, &["emergency", "refuse", &hidden]).contains("nothing to refuse"));
    assert!(!relay.holds(b"KANARIE"));
}

#[test]
fn trustees_release_a_practice_and_its_owner_says_no() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    assert!(noor.ok(&["testament", "show"]).contains("The policy has no testament."));
    set_policy(&noor, "testament = \"none\"", "testament = \"2 of 2\"");
    let (bas, his) = colleague(&noor, "Bas");
    let (cas, others) = colleague(&noor, "Cas");
    let hers = own_id(&noor, "Noor Advies");
    let dossier = noor.ok(&["dossier", "new", "KANARIE Jansen"]);
    assert!(noor.fails(1, &["testament", "trustees", &his]).contains("2 of 2 trustees decide"));
    assert!(noor.fails(1, &["testament", "trustees", &his, &hers]).contains("cannot be a trustee"));
    assert!(bas.fails(1, &["testament", "release", &hers]).contains("has not named you"));
    let named = noor.ok(&["testament", "trustees", &his, &others]);
    assert!(named.contains("Trustee: Bas") && named.contains("dossiers: 1"), "{named}");
    assert_eq!(bas.ok(&["testament", "release", &hers]), "Claimed: 1.");
    assert!(cas.ok(&["testament", "show"]).contains("claimed by Bas; 2 are needed"));
    assert_eq!(cas.ok(&["testament", "release", &hers]), "Claimed: 1.");
    assert!(!cas.ok(&["dossier", "list"]).contains("KANARIE"));
    assert!(cas.fails(1, &["testament", "destroy", &hers, "--for-good"]).contains("nothing to have destroyed"));
    let shown = noor.ok(&["dossier", "show", &dossier]);
    assert!(
        shown.contains("May be destroyed when 2 of Bas, Cas claim it") || shown.contains("when 2 of Cas, Bas"),
        "{shown}"
    );
    assert!(noor.ok(&["today"]).contains("claimed by"));
    assert!(noor.fails(1, &["testament", "refuse", &his]).contains("nothing to refuse"));
    assert_eq!(noor.ok(&["testament", "refuse", &hers]), "Refused: 1.");
    assert!(noor.fails(1, &["testament", "refuse"]).contains("nothing to refuse"));
    assert!(noor.ok(&["testament", "drop"]).contains("You have named no trustees"));
    assert!(!relay.holds(b"KANARIE"));
}

#[test]
fn a_director_opens_a_closed_dossier_with_a_reason() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let (bas, his) = colleague(&noor, "Bas");
    let hers = own_id(&noor, "Noor Advies");
    let dossier = bas.ok(&["dossier", "new", "Jansen, Jan"]);
    bas.ok(&["ungrant", &dossier, &hers]);
    assert_eq!(noor.ok(&["glass", "list"]), "");
    set_policy(&noor, "exists = false", "exists = true\ntold = [\"client\", \"readers\"]");
    let reference = bas.ok(&["dossier", "show", &dossier]);
    let reference = reference.lines().find_map(|line| line.strip_prefix("Reference: ")).unwrap();
    let listed = noor.ok(&["glass", "list"]);
    assert!(listed.contains(reference) && listed.contains("read by Bas") && !listed.contains("Jansen"), "{listed}");
    assert!(noor.fails(1, &["glass", "break", &dossier, "--reason", " "]).contains("why you open this dossier"));
    assert_eq!(noor.ok(&["glass", "break", &dossier, "--reason", "KANARIE spoed"]), "Opened.");
    assert!(noor.ok(&["dossier", "show", &dossier]).contains("Jansen, Jan"));
    let shown = bas.ok(&["glass", "show"]);
    assert!(shown.contains("claimed by Noor Advies") && shown.contains("KANARIE spoed"), "{shown}");
    assert_eq!(bas.ok(&["glass", "end", &hers]), "Refused: 1.");
    assert!(!noor.ok(&["dossier", "list"]).contains("Jansen"));
    assert!(bas.fails(1, &["glass", "end", &his]).contains("nothing to refuse"));
    assert!(!relay.holds(b"KANARIE"));
}
