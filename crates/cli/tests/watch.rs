//! What one does at one machine is seen at another without asking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{BufRead as _, BufReader};

use serde_json::Value;
use support::{Person, Relay};

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
    watching.kill().unwrap();
    watching.wait().unwrap();
    assert_eq!(renamed, Some(()));
}
