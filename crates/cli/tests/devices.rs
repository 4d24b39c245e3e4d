//! Devices by the command line: what is listed, and a new one that a known one lets in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{BufRead as _, BufReader, Lines, Read as _};
use std::process::ChildStderr;

use support::{Person, Relay};

/// What follows these words on a line that was said.
fn said(lines: &mut Lines<BufReader<ChildStderr>>, before: &str) -> String {
    lines.find_map(|line| line.unwrap().split_once(before).map(|(_, after)| after.to_owned())).expect(before)
}

#[test]
fn a_known_device_lets_in_a_new_one() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    assert!(noor.fails(1, &["device", "let-in", "k1.wat"]).contains("not the text that the new device shows"));

    // Sent away first, for nobody is at this terminal to say yes.
    let laptop = Person::new();
    let mut waits = laptop.begin(&["knock", "--relay", &relay.address]);
    let mut lines = BufReader::new(waits.stderr.take().unwrap()).lines();
    let text = said(&mut lines, "let-in ");
    assert!(noor.fails(2, &["device", "let-in", &text]).contains("Nothing was let in"));
    assert!(said(&mut lines, "did not let").contains("this one in"));
    assert_eq!(waits.wait().unwrap().code(), Some(1));

    let mut waits = laptop.begin(&["knock", "--relay", &relay.address]);
    let mut lines = BufReader::new(waits.stderr.take().unwrap()).lines();
    let text = said(&mut lines, "let-in ");
    let words = noor.json(&["device", "let-in", &text, "--yes"])["words"].as_str().unwrap().to_owned();
    assert_eq!(said(&mut lines, "Words: "), words);
    let mut printed = String::new();
    waits.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(waits.wait().unwrap().success());
    assert!(printed.contains("Noor Advies, director, of Stichting Brug"), "{printed}");
    assert!(laptop.ok(&["dossier", "list"]).contains(&dossier));

    laptop.ok(&["device", "name", "Laptop"]);
    let listed = noor.run(&["device", "list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("Laptop"));
    let slots = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert!(slots.contains("key cards 1, devices 2, passkeys 0"), "{slots}");
}
