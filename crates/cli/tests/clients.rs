//! A dossier's client at a terminal: from the letter to reading, and what they can and cannot type.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Person, Relay, client, link_and_code};

fn listed(noor: &Person, dossier: &str, standing: &str) -> serde_json::Value {
    let parties = noor.json(&["client", "list", dossier]);
    parties.as_array().unwrap().iter().find(|party| party["standing"] == standing).unwrap().clone()
}

#[test]
fn a_client_reads_their_dossier_and_gets_new_keys_for_lost_ones() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Yasemin Demir"]);
    let text = noor.file("verslag.txt", "Wil in de zorg werken.\n".as_bytes());
    noor.ok(&["report", &dossier, "--title", "Intake", "--file", &text]);
    let path = noor.file("cv.pdf", b"%PDF-1.4 cv");
    let item = noor.ok(&["add", &dossier, &path]);

    let letter = noor.path("brief.txt");
    let invite = ["client", "invite", &dossier, "Yasemin Demir", "--letter", letter.to_str().unwrap()];
    let invitation = noor.ok(&invite);
    let (link, code) = link_and_code(&invitation);
    let letter = std::fs::read_to_string(letter).unwrap();
    assert!(letter.contains(&format!("\n{link}\n")) && letter.contains("het dossier te lezen"), "{letter}");
    assert!(!letter.contains(code), "the code comes another way");
    assert!(noor.ok(&["client", "list", &dossier]).contains("Yasemin Demir  (client, invited)"));
    assert!(noor.fails(2, &["client", "invite", &dossier, "X", "--kind", "buur"]).contains("client, guardian"));

    let yasemin = Person::new();
    let card = yasemin.path("card.txt");
    let join = ["join", link, "--code", code, "--name", "Yasemin", "--key-card", card.to_str().unwrap()];
    let joined = yasemin.ok(&join);
    let words = joined.lines().last().unwrap().strip_prefix("Words: ").unwrap();
    assert!(yasemin.ok(&["unlock-test"]).contains("Waiting to be admitted"));
    let came = listed(&noor, &dossier, "registered");
    let person = came["person"].as_str().unwrap();
    let waits = noor.ok(&["today"]);
    assert!(
        waits.contains(&format!("zegel client admit {dossier} {person}")) && waits.starts_with("Yasemin "),
        "{waits}"
    );
    let wrong = ["client", "admit", &dossier, person, "--words", "niet de woorden"];
    assert!(noor.fails(1, &wrong).contains("Do not trust them"));
    noor.ok(&["client", "admit", &dossier, person, "--words", words, "--how", "in-person"]);
    assert_eq!(noor.ok(&["today"]), "Nothing waits for you.");
    let list = noor.ok(&["client", "list", &dossier]);
    assert!(list.contains("parts: trail, core, work, correspondence"), "{list}");
    assert!(list.contains("words compared by you on ") && list.contains("not verified by anybody but Noor"), "{list}");
    assert!(noor.ok(&["dossier", "show", &dossier]).contains("Yasemin (client)"));

    assert!(yasemin.ok(&["unlock-test"]).contains("Yasemin, client, at Stichting Brug"));
    assert!(yasemin.ok(&["dossier", "list"]).contains(&format!("{dossier}  Yasemin Demir")));
    let shown = yasemin.ok(&["dossier", "show", &dossier]);
    for part in
        ["Wil in de zorg werken.", "cv.pdf", "Noor Advies (director;", "Yasemin (client, you;", "the recovery key"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let out = yasemin.path("uit.pdf");
    yasemin.ok(&["get", &dossier, &item, "--out", out.to_str().unwrap()]);
    assert_eq!(std::fs::read(out).unwrap(), b"%PDF-1.4 cv");
    assert!(yasemin.fails(2, &["member", "list"]).contains("opens one dossier"));
    assert!(yasemin.fails(2, &["dossier", "new", "Een ander"]).contains("opens one dossier"));

    // Another telephone, with the card; and then everything is lost.
    let telephone = Person::new();
    telephone.ok(&["enrol", "--relay", &relay.address, "--key-card", card.to_str().unwrap()]);
    assert!(telephone.ok(&["dossier", "show", &dossier]).contains("Wil in de zorg werken."));
    let devices = telephone.json(&["device", "list"]);
    let other = devices.as_array().unwrap().iter().find(|device| device["this"] == false).unwrap();
    telephone.ok(&["device", "revoke", other["id"].as_str().unwrap()]);
    assert!(yasemin.fails(1, &["dossier", "list"]).contains("This device may no longer be used here."));

    let again = noor.ok(&["client", "invite", &dossier, "--replace", person]);
    let (link, code) = link_and_code(&again);
    let anew = Person::new();
    let card = anew.path("card.txt");
    let join = ["join", link, "--code", code, "--name", "Yasemin", "--key-card", card.to_str().unwrap()];
    let joined = anew.ok(&join);
    let words = joined.lines().last().unwrap().strip_prefix("Words: ").unwrap();
    let came = listed(&noor, &dossier, "registered");
    noor.ok(&["client", "admit", &dossier, came["person"].as_str().unwrap(), "--words", words]);
    assert!(anew.ok(&["dossier", "show", &dossier]).contains("Wil in de zorg werken."));
    assert!(telephone.fails(1, &["dossier", "list"]).contains("Access was withdrawn"));
    let list = noor.ok(&["client", "list", &dossier]);
    assert!(list.contains("reads no more") && list.contains(&format!("in the place of {person}")), "{list}");
    noor.ok(&["ungrant", &dossier, came["person"].as_str().unwrap()]);
    assert!(anew.fails(1, &["dossier", "list"]).contains("Access was withdrawn"));
    // Whose access ended takes nothing along on the way out, and needs nobody for it.
    anew.ok(&["sign-out"]);
    assert!(anew.fails(1, &["dossier", "list"]).contains("There is no vault on this device."));
}

#[test]
fn a_client_changes_passphrase_and_card_at_a_terminal() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Yasemin Demir"]);
    let yasemin = client(&noor, &dossier, "Yasemin");
    let card = yasemin.path("card.txt");

    let next = yasemin.file("next", b"een nieuwe zin van zes woorden\n");
    yasemin.ok(&["passphrase", "--new-passphrase-file", &next]);
    assert!(yasemin.fails(1, &["dossier", "list"]).contains("passphrase"));
    std::fs::copy(&next, yasemin.path("passphrase")).unwrap();
    assert!(yasemin.ok(&["dossier", "list"]).contains(&dossier));

    let out = yasemin.path("new-card.txt");
    let made = yasemin.ok(&["card", "new", "--out", out.to_str().unwrap(), "--yes"]);
    assert!(made.contains("The old cards open nothing any more."), "{made}");
    let slots = yasemin.run(&["device", "list"]);
    assert!(String::from_utf8_lossy(&slots.stderr).contains("key cards 1, devices 1"));
    let telephone = Person::new();
    std::fs::copy(&next, telephone.path("passphrase")).unwrap();
    let enrol = |card: &std::path::Path| {
        ["enrol", "--relay", &relay.address, "--key-card", card.to_str().unwrap()].map(str::to_owned)
    };
    let old = enrol(&card);
    telephone.fails(1, &old.iter().map(String::as_str).collect::<Vec<_>>());
    let new = enrol(&out);
    telephone.ok(&new.iter().map(String::as_str).collect::<Vec<_>>());

    let seen = yasemin.fails(2, &["renew", "--key-card", "x.txt"]);
    assert!(seen.contains("sends you a new letter") && seen.contains("passphrase"), "{seen}");
    assert!(!std::path::Path::new("x.txt").exists());
}
