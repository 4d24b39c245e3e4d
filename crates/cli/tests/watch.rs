//! What one does at one machine is seen at another without asking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{BufRead as _, BufReader};

use serde_json::Value;
use support::{Person, Relay, client};

#[test]
fn what_changes_elsewhere_is_printed_as_it_changes() {
    let Some(relay) = Relay::start() else { return };
    let (desk, laptop) = (Person::director(&relay), Person::new());
    let card = desk.path("card.txt");
    laptop.ok(&["enrol", "--relay", &relay.address, "--key-card", card.to_str().unwrap()]);
    let dossier = desk.ok(&["dossier", "new", "Jansen, Jan"]);

    let mut watching = laptop.begin(&["--json", "watch"]);
    let mut seen = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut said = BufReader::new(watching.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("Watching")), "it began");
    desk.ok(&["dossier", "rename", &dossier, "Jansen, Johanna"]);
    let renamed = seen.find_map(|line| {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_eq!(event["id"], dossier.as_str());
        (event["title"] == "Jansen, Johanna").then_some(())
    });
    assert_eq!(renamed, Some(()));
}

#[test]
fn a_client_sees_what_is_written_as_it_is_written() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Yasemin Demir"]);
    let yasemin = client(&noor, &dossier, "Yasemin");
    let mut watching = yasemin.begin(&["--json", "watch"]);
    let mut seen = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut said = BufReader::new(watching.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("Watching")), "it began");
    noor.ok(&["dossier", "rename", &dossier, "Yasemin Öztürk"]);
    let renamed = seen.find_map(|line| {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_eq!(event["id"], dossier.as_str());
        (event["title"] == "Yasemin Öztürk").then_some(())
    });
    assert_eq!(renamed, Some(()));
}
