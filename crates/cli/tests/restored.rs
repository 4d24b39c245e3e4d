//! A relay's disk breaks; its operator restores last night's backup, and people go on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Person, Relay, link_and_code};

#[test]
fn a_relay_is_restored_and_a_director_confirms_it() {
    let Some(mut relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let text = noor.file("verslag.txt", b"Jan vertelt.");
    let report = noor.ok(&["report", &dossier, "--title", "Eerste gesprek", "--file", &text]);
    let share = ["share", &dossier, "--item", &report, "--to", "UWV", "--purpose", "beoordeling"];
    let printed = noor.ok(&[&share[..], &["--until", "2099-12-31"]].concat());
    let (link, code) = link_and_code(&printed);
    relay.back_up("night");
    let later = noor.ok(&["report", &dossier, "--title", "Daarna", "--file", &text]);
    assert_eq!(noor.ok(&["restored"]), "The relay serves everybody.");
    relay.restore("night");

    let uwv = Person::new();
    let inbox = uwv.path("inbox");
    let open = ["open", link, "--code", code, "--out", inbox.to_str().unwrap()];
    let refused = uwv.fails(5, &open);
    assert!(refused.contains("serves staff only"), "{refused}");
    let shown = noor.ok(&["restored"]);
    assert!(shown.starts_with("The relay was put back to how it was on ") && !shown.contains("missing"), "{shown}");
    assert!(noor.ok(&["dossier", "show", &dossier]).contains(&later), "handed back");
    let confirmed = noor.ok(&["restored", "--confirm"]);
    assert!(confirmed.contains("The relay serves everybody.\nConfirmed by Noor Advies on "), "{confirmed}");
    uwv.ok(&open);
    noor.ok(&["verify"]);
}
