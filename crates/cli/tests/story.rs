//! The whole job by the command line alone, against a real relay.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use serde_json::Value;
use support::{Person, Relay, link_and_code};

const CANARY: &str = "kanarie-7261";

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples/drive-export")
}

#[test]
fn a_dossier_is_sealed_shared_and_revoked() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    assert!(noor.ok(&["unlock-test"]).contains("Noor Advies, director, of Stichting Brug"));
    assert_eq!(fs::metadata(noor.path("home")).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(noor.path("card.txt")).unwrap().permissions().mode() & 0o777, 0o600);

    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    assert!(dossier.len() >= 16, "{dossier}");
    let text = noor.file("verslag.txt", format!("Jan vertelt over zijn {CANARY}.").as_bytes());
    let report = noor.ok(&["report", &dossier, "--title", "Eerste gesprek", "--file", &text]);
    let letter = vec![b'%'; 200_000];
    let letter_path = noor.file("brief.pdf", &letter);
    let document = noor.ok(&["add", &dossier, &letter_path]);
    assert!(noor.ok(&["search", "KANARIE"]).contains(&report));

    let out = noor.path("terug.pdf");
    noor.ok(&["get", &dossier, &document, "--out", out.to_str().unwrap()]);
    assert_eq!(fs::read(&out).unwrap(), letter);

    let share = ["share", &dossier, "--item", &report, &document, "--to", "UWV", "--purpose", "beoordeling"];
    let printed = noor.ok(&[&share[..], &["--until", "2099-12-31", "--evidence", &text]].concat());
    let (link, code) = link_and_code(&printed);

    let uwv = Person::new();
    let inbox = uwv.path("inbox");
    let read = uwv.ok(&["open", link, "--code", code, "--out", inbox.to_str().unwrap()]);
    assert!(read.contains(CANARY) && read.contains("Stichting Brug"), "{read}");
    assert_eq!(fs::read(inbox.join("brief.pdf")).unwrap(), letter);
    assert!(!uwv.path("home").exists(), "a third party keeps nothing");

    let shares = noor.json(&["shares", &dossier]);
    assert_eq!(shares[0]["state"], "live");
    noor.ok(&["revoke", &dossier, shares[0]["id"].as_str().unwrap()]);
    let refused = uwv.fails(1, &["open", link, "--code", code]);
    assert!(refused.contains("Access was withdrawn."), "{refused}");
    assert_eq!(noor.json(&["shares", &dossier])[0]["state"], "revoked");

    assert!(noor.ok(&["verify"]).ends_with("Everything is as it was signed."));
    for secret in [CANARY, "Jansen", "brief.pdf", "Eerste gesprek", "UWV", "beoordeling", "Noor Advies"] {
        assert!(!relay.holds(secret.as_bytes()), "the relay can read {secret:?}");
    }
}

#[test]
fn an_export_becomes_dossiers_once() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let export = samples();
    let export = export.to_str().unwrap();
    let planned = noor.ok(&["import", export, "--dry-run"]);
    assert!(planned.contains("Would import 25 files into 2 dossiers"), "{planned}");
    assert!(planned.contains("Plan van aanpak.gdoc: only a pointer to a Google document"), "{planned}");
    assert_eq!(noor.json(&["dossier", "list"]), serde_json::json!([]));

    assert!(noor.ok(&["import", export]).ends_with("Imported 25 files into 2 dossiers, 5 skipped."));
    assert!(noor.ok(&["import", export]).ends_with("Imported 0 files into 2 dossiers, 5 skipped."));

    let list = noor.json(&["dossier", "list"]);
    let marijke = list.as_array().unwrap().iter().find(|dossier| dossier["title"] == "'t Hooft, Marijke").unwrap();
    let view = noor.json(&["dossier", "show", marijke["id"].as_str().unwrap()]);
    let items = view["items"].as_array().unwrap();
    assert_eq!(items.len(), 9);
    let item = |name: &str| items.iter().find(|item| item["title"] == name).unwrap();
    assert_eq!(item("FML 't Hooft.pdf")["compartment"], "medical");
    assert_eq!(item("Re uitnodiging.eml")["compartment"], "correspondence");
    assert_eq!(item("2026-01-08 gesprek.docx")["folder"], "Verslagen");

    let out = noor.path("uit");
    fs::create_dir(&out).unwrap();
    for item in items {
        let arguments = ["get", marijke["id"].as_str().unwrap(), item["id"].as_str().unwrap(), "--out"];
        noor.ok(&[&arguments[..], &[out.to_str().unwrap()]].concat());
        let folder = item["folder"].as_str().unwrap();
        let original = samples().join("Deelnemers/'t Hooft, Marijke").join(folder).join(item["name"].as_str().unwrap());
        assert_eq!(fs::read(out.join(item["name"].as_str().unwrap())).unwrap(), fs::read(original).unwrap());
    }
    assert!(!relay.holds("Marijke".as_bytes()) && !relay.holds("gesprek".as_bytes()));
}

#[test]
fn a_namesake_is_not_mixed_up() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "'t Hooft, Marijke"]);
    let other = noor.file("iets anders.txt", b"van een naamgenoot");
    noor.ok(&["add", &dossier, &other]);
    let planned = noor.ok(&["import", samples().to_str().unwrap(), "--dry-run"]);
    assert!(planned.contains("a dossier of this title is there already, with other content"), "{planned}");
    assert!(planned.contains("Would import 16 files into 1 dossier"), "{planned}");
}

#[test]
fn odd_files_go_in_and_come_out_tame() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Vreemd"]);
    let folder = noor.path("vreemd");
    fs::create_dir(&folder).unwrap();
    let long = format!("{}.txt", "n".repeat(251));
    for name in ["leeg.txt", "cv\u{202e}fdp.exe", "...", long.as_str()] {
        fs::write(folder.join(name), if name == "leeg.txt" { "" } else { "inhoud" }).unwrap();
    }
    let missing = noor.path("er niet");
    let arguments = ["add", &dossier, missing.to_str().unwrap(), folder.to_str().unwrap()];
    let output = noor.run(&arguments);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 4, "the others are added all the same");
    assert!(String::from_utf8(output.stderr).unwrap().contains("er niet cannot be read"));

    let out = noor.path("uit");
    fs::create_dir(&out).unwrap();
    let view = noor.json(&["dossier", "show", &dossier]);
    for item in view["items"].as_array().unwrap() {
        noor.ok(&["get", &dossier, item["id"].as_str().unwrap(), "--out", out.to_str().unwrap()]);
    }
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["cvfdp.exe", "document", "leeg.txt", long.as_str()]);
    assert_eq!(fs::read(out.join("leeg.txt")).unwrap(), b"");

    let item = view["items"][0]["id"].as_str().unwrap();
    let there = noor.file("er al", b"van mij");
    let refused = noor.fails(1, &["get", &dossier, item, "--out", &there]);
    assert!(refused.contains("is already there, and was left as it is"), "{refused}");
    assert_eq!(fs::read(&there).unwrap(), b"van mij");
}

#[test]
fn a_new_device_opens_with_card_and_passphrase() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let laptop = Person::new();
    let card = noor.path("card.txt");
    let enrol = ["enrol", "--relay", &relay.address, "--key-card", card.to_str().unwrap()];
    assert!(laptop.ok(&enrol).contains("Noor Advies, director"));
    assert!(laptop.ok(&["dossier", "list"]).contains(&dossier));
    assert!(laptop.fails(1, &enrol).contains("There is already a vault on this device."));

    let damaged = fs::read_to_string(&card).unwrap().replacen(|letter: char| letter.is_alphanumeric(), "*", 1);
    let damaged = noor.file("damaged.txt", damaged.as_bytes());
    let third = Person::new();
    let said = third.fails(1, &["enrol", "--relay", &relay.address, "--key-card", &damaged]);
    assert!(said.contains("key card"), "{said}");
    assert!(third.fails(1, &["unlock-test"]).contains("There is no vault on this device."));

    laptop.ok(&["sign-out"]);
    assert!(laptop.fails(1, &["dossier", "list"]).contains("There is no vault on this device."));
    assert!(noor.ok(&["dossier", "list"]).contains(&dossier));
}

#[test]
fn somebody_elses_computer_keeps_nothing() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let (library, card) = (Person::new(), noor.path("card.txt"));
    let card = card.to_str().unwrap();
    let at = ["--visit", &relay.address, "--visit-card", card];
    fn on_visit<'a>(at: &[&'a str], arguments: &[&'a str]) -> Vec<&'a str> {
        [at, arguments].concat()
    }
    assert!(library.ok(&on_visit(&at, &["unlock-test"])).contains("Noor Advies, director"));
    let note = library.file("gesprek.txt", "Een gesprek in de bibliotheek.".as_bytes());
    let written = ["report", &dossier, "--title", "Onderweg", "--file", &note];
    library.ok(&on_visit(&at, &written));
    assert!(noor.ok(&["dossier", "show", &dossier]).contains("Onderweg"));

    // Whatever comes of the command, its device has ended, and the folder was not even made.
    library.fails(1, &on_visit(&at, &["dossier", "show", "AAAAAAAAAAAAAAAAAAAAAA"]));
    for one in noor.json(&["device", "list"]).as_array().unwrap() {
        assert!(one["this"] == true || one["revoked"].is_u64(), "{one}");
    }
    assert!(!library.path("home").exists());
    assert!(library.fails(1, &["unlock-test"]).contains("There is no vault on this device."));

    // What would make a device of one's own is not done there.
    for verb in [&["card", "new", "--out", "x"][..], &["sign-out"], &["passphrase"]] {
        assert!(library.fails(1, &on_visit(&at, verb)).contains("Do this on a device of your own"), "{verb:?}");
    }
    assert!(library.fails(2, &["--visit", &relay.address, "dossier", "list"]).contains("--visit-card"));
}

#[test]
fn colleagues_come_and_go() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    // By letter; and once more, for the first was lost.
    let lost = noor.path("kwijt.txt");
    let first = noor.ok(&["invite", "Bas", "--letter", lost.to_str().unwrap()]);
    let (first_link, first_code) = link_and_code(&first);
    let invited = noor.json(&["member", "list"]);
    let invited = invited.as_array().unwrap().iter().find(|member| member["state"] == "invited").unwrap();
    let invited = invited["person"].as_str().unwrap();
    let again = ["invite", "--again", invited, "--letter"];
    let refused = noor.fails(1, &[&again[..], &[lost.to_str().unwrap()]].concat());
    assert!(refused.contains("kwijt.txt cannot be written"), "{refused}");
    let letter = noor.path("brief.txt");
    let invitation = noor.ok(&[&again[..], &[letter.to_str().unwrap()]].concat());
    let (link, code) = link_and_code(&invitation);
    let letter = std::fs::read_to_string(letter).unwrap();
    assert!(letter.contains(&format!("\n{link}\n")) && letter.contains("Beste Bas,"), "{letter}");
    assert!(!letter.contains(code), "the code comes another way");
    assert!(noor.ok(&["member", "list"]).contains("Bas  (advisor-paid, invited)\n    link until "));

    let bas = Person::new();
    let card = bas.path("card.txt");
    let join = ["join", first_link, "--code", first_code, "--name", "Bas", "--key-card", card.to_str().unwrap()];
    assert!(bas.fails(1, &join).contains("This invitation was withdrawn or has served."));
    let join = ["join", link, "--code", code, "--name", "Bas", "--key-card", card.to_str().unwrap()];
    let joined = bas.ok(&join);
    let words = joined.lines().last().unwrap().strip_prefix("Words: ").unwrap();
    assert!(bas.ok(&["unlock-test"]).contains("Waiting to be admitted"));
    assert!(bas.fails(1, &["dossier", "new", "Te vroeg"]).contains("A director must admit you first."));

    let members = noor.json(&["member", "list"]);
    let newcomer = members.as_array().unwrap().iter().find(|member| member["state"] == "registered").unwrap();
    let id = newcomer["person"].as_str().unwrap();
    assert!(noor.fails(1, &["member", "admit", id, "--words", "niet de woorden"]).contains("Do not trust them"));
    noor.ok(&["member", "admit", id, "--words", words]);
    assert!(bas.ok(&["unlock-test"]).contains("Bas, of Stichting Brug"));
    let listed = noor.ok(&["member", "list"]);
    assert!(listed.contains("\n    words compared by you on ") && listed.contains(", by voice"), "{listed}");
    assert!(listed.contains("not verified by anybody but Noor Advies, who invited them"), "{listed}");
    let ours = noor.json(&["member", "list"]);
    let director = ours.as_array().unwrap().iter().find(|member| member["director"] == true).unwrap();
    let (director, words) = (director["person"].as_str().unwrap(), &director["words"]);
    let words: Vec<&str> = words.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let verify =
        |words: &str| ["member", "verify", director, "--how", "in-person", "--words", words].map(str::to_owned);
    let wrong = verify("niet de woorden");
    assert!(bas.fails(1, &wrong.each_ref().map(String::as_str)).contains("Do not trust them"));
    let right = verify(&words.join(" "));
    let noted = bas.ok(&right.each_ref().map(String::as_str));
    assert!(noted.contains("founded the organisation\nwords compared by you on "), "{noted}");

    assert_eq!(bas.json(&["dossier", "list"]), serde_json::json!([]));
    assert!(noor.ok(&["member", "list"]).contains("Bas  (advisor-paid, has yet to sign the pledge)"));
    let refused = noor.fails(1, &["grant", &dossier, id]);
    assert!(refused.contains("Bas has yet to sign the confidentiality pledge."), "{refused}");
    assert!(bas.ok(&["unlock-test"]).contains("zegel pledge sign"));
    assert!(bas.ok(&["pledge", "show"]).contains("You have not signed it yet."));
    assert!(bas.fails(2, &["pledge", "sign"]).contains("Nothing was signed."));
    assert_eq!(bas.ok(&["pledge", "sign", "--accept"]), "Signed, version 1.");
    noor.ok(&["grant", &dossier, id]);
    let authorised = noor.ok(&["authorised", &dossier]);
    assert!(authorised.contains("Bas (advisor_paid): trail core"), "{authorised}");
    assert!(!noor.ok(&["authorised", &dossier, "--on", "2026-01-01"]).contains("Bas"), "before they came");
    assert!(bas.ok(&["dossier", "list"]).contains(&dossier));
    let told = bas.ok(&["today"]);
    assert!(told.contains(" by Noor Advies on ") && told.contains(&format!("zegel dossier show {dossier}")), "{told}");
    bas.ok(&["dossier", "show", &dossier]);
    assert_eq!(bas.ok(&["today"]), "Nothing waits for you.");
    let list = noor.path("bevoegd.txt").to_str().unwrap().to_owned();
    noor.ok(&["authorised", &dossier, "--signed", &list]);
    assert_eq!(bas.ok(&["authorised", "--check", &list]), "Signed by Noor Advies, and not changed since.");
    assert!(noor.ok(&["authorised", "--reviewed"]).contains("Last gone over by Noor Advies on 20"));
    assert!(bas.ok(&["authorised"]).contains("Last gone over by Noor Advies on 20"));
    assert!(bas.fails(1, &["authorised", "--reviewed"]).contains("You have no right to do this"));
    let changed = noor.file("anders.txt", fs::read_to_string(&list).unwrap().replace("Bas", "Bob").as_bytes());
    assert!(bas.fails(1, &["authorised", "--check", &changed]).contains("Do not rely on it"));

    // Bas acts for Noor while she is away: he invites, and makes nobody a director.
    assert!(bas.fails(1, &["invite", "Cas"]).contains("You have no right to do this"));
    let acts = noor.ok(&["member", "delegate", id, "--until", "2999-12-31"]);
    assert_eq!(acts, "They act for the directors until 2999-12-31.");
    assert!(bas.ok(&["unlock-test"]).contains("Bas, for the directors until 2999-12-31, of Stichting Brug"));
    bas.ok(&["invite", "Cas"]);
    assert!(bas.fails(1, &["invite", "Dirk", "--role", "director"]).contains("You have no right to do this"));
    assert!(noor.ok(&["member", "list"]).contains("    acts for the directors until 2999-12-31, by Noor Advies"));
    assert!(noor.ok(&["authorised"]).contains("acts for the directors until 2999-12-31): "));
    assert!(noor.fails(1, &["member", "delegate", id, "--until", "2020-01-01"]).contains("has already passed"));
    assert_eq!(noor.ok(&["member", "undelegate", id]), "Ended.");
    assert!(bas.fails(1, &["invite", "Eva"]).contains("You have no right to do this"));

    // Who is let in until a day reads on that day.
    let brief = noor.ok(&["dossier", "new", "Voor even"]);
    noor.ok(&["grant", &brief, id, "--until", "2999-12-31"]);
    let shown = noor.ok(&["dossier", "show", &brief]);
    assert!(shown.contains("until 2999-12-31"), "{shown}");

    // The last reader cannot be taken away.
    let only = bas.ok(&["dossier", "new", "Alleen van Bas"]);
    let members = bas.json(&["member", "list"]);
    let director = members.as_array().unwrap().iter().find(|member| member["director"] == true).unwrap();
    let director = director["person"].as_str().unwrap();
    bas.ok(&["grant", &only, director]);

    // Bas loses everything, comes back with other keys, and is given back what he read.
    let invited = noor.ok(&["invite", "--anew", id]);
    let (link, code) = link_and_code(&invited);
    let back = Person::new();
    let card = back.path("card.txt");
    let joined = back.ok(&["join", link, "--code", code, "--name", "Bas", "--key-card", card.to_str().unwrap()]);
    let words = joined.lines().last().unwrap().strip_prefix("Words: ").unwrap();
    let newcomer = |member: &&Value| member["state"] == "registered";
    let members = noor.json(&["member", "list"]);
    let again = members.as_array().unwrap().iter().find(newcomer).unwrap()["person"].as_str().unwrap().to_owned();
    noor.ok(&["member", "admit", &again, "--words", words]);
    assert!(bas.fails(1, &["unlock-test"]).contains("This device may no longer be used here."));
    assert!(noor.ok(&["member", "list"]).contains("dossiers that you can give back: 3"));
    assert!(noor.fails(1, &["member", "give-back", &again]).contains("has yet to sign the confidentiality pledge"));
    back.ok(&["pledge", "sign", "--accept"]);
    assert_eq!(noor.ok(&["member", "give-back", &again]), "Given back: 3.");
    assert!(back.ok(&["dossier", "list"]).contains(&only));
    assert!(back.ok(&["dossier", "show", &brief]).contains("until 2999-12-31"), "as long as they had it");

    assert!(back.fails(2, &["pledge", "leave"]).contains("Nothing was signed."));
    assert_eq!(back.ok(&["pledge", "leave", "--accept"]), "Signed.");
    assert!(noor.ok(&["member", "list"]).contains("    acknowledged their leaving on "));
    noor.ok(&["member", "remove", &again]);
    assert!(back.fails(1, &["unlock-test"]).contains("This device may no longer be used here."));
    assert!(noor.ok(&["dossier", "list"]).contains(&only));
}

#[test]
fn recovery_sheets_are_checked_and_split_anew() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let sheet = |number| noor.path(&format!("card-recovery-sheet-{number}.txt")).to_str().unwrap().to_owned();
    let (old, new) = ([1, 2, 3].map(sheet), noor.path("nieuw"));
    assert!(noor.ok(&["sheets", "check", &old[0]]).contains("Sheet 1 of 3, in force. 2 together open everything."));
    let renew = |recovery| {
        let sheets = ["sheets", "renew", "--relay", &relay.address, "--sheet", &old[0], "--sheet", &old[2]];
        [&sheets[..], &["--out", new.to_str().unwrap(), "--recovery", recovery]].concat()
    };
    assert!(noor.fails(2, &renew("4/3")).contains("4/3"));
    let renewed = noor.ok(&renew("2/2"));
    let sheets: Vec<&str> = renewed.lines().map(|line| line.strip_prefix("Recovery sheet: ").unwrap()).collect();
    assert_eq!(sheets.len(), 2);
    assert!(noor.ok(&["sheets", "check", &old[1]]).contains("replaced: destroy it"));
    assert!(noor.ok(&["sheets", "check", sheets[1]]).contains("Sheet 2 of 2, in force."));
    assert!(noor.fails(1, &renew("2/2")).contains("nieuw"), "nothing that was printed is written over");
    let list = ["recover", "--relay", &relay.address, "--sheet", sheets[0], "--sheet", sheets[1]];
    assert!(noor.ok(&list).contains("(director)"));
}

#[test]
fn a_policy_is_chosen_checked_and_set() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::new();
    assert_eq!(noor.ok(&["policy", "list"]).lines().count(), 5, "without any vault");
    let profile = noor.ok(&["policy", "show", "re-integratiebureau"]);
    let first = noor.file("reglement.toml", profile.as_bytes());
    assert!(noor.ok(&["policy", "check", &first]).starts_with("This is a policy, version 1,"));
    let broken = noor.file("stuk.toml", profile.replace("lock_after", "lock_afer").as_bytes());
    let said = noor.fails(1, &["policy", "check", &broken]);
    assert!(said.contains("session.lock_after: this is missing"), "{said}");
    assert!(said.contains("session.lock_afer: there is no such key"), "{said}");

    let (token, card) = (relay.token(), noor.path("card.txt"));
    let init = ["init", "--relay", &relay.address, "--setup-token", token.trim(), "--organisation", "Stichting Brug"];
    let init = [&init[..], &["--name", "Noor Advies", "--key-card", card.to_str().unwrap(), "--policy"]].concat();
    assert!(noor.fails(2, &[&init[..], &["vreemd"]].concat()).contains("is neither a file nor one of"));
    noor.ok(&[&init[..], &[first.as_str()]].concat());
    assert_eq!(noor.ok(&["policy", "show"]), profile);
    assert!(!relay.holds(b"lock_after"), "the relay reads no policy");

    assert!(noor.fails(1, &["policy", "set", &first]).contains("Version 1 of the policy is in force."));
    let second = noor.file("tweede.toml", profile.replacen("version = 1", "version = 2", 1).as_bytes());
    assert_eq!(noor.ok(&["policy", "set", &second]), "Version 2 of the policy is in force.");
    noor.ok(&["dossier", "new", "Jansen, Jan", "--type", "reintegration"]);
    assert!(noor.fails(1, &["dossier", "new", "Jansen, Jan", "--type", "coaching"]).contains("no dossiers of type"));

    let freelance = ["invite", "Sam", "--role", "advisor-freelance", "--until", "2099-12-31"];
    noor.ok(&freelance);
    assert!(noor.ok(&["member", "list"]).contains("Sam  (advisor-freelance, invited, until 2099-12-31)"));
    assert!(noor.fails(1, &["invite", "Jo", "--role", "processor"]).contains("The policy has no role"));
    assert!(noor.fails(2, &["invite", "Jo", "--role", "baas"]).contains("advisor-volunteer"));
}

#[test]
fn own_notes_are_for_their_writer_alone() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::new();
    let (token, card) = (relay.token(), noor.path("card.txt"));
    let init = ["init", "--relay", &relay.address, "--setup-token", token.trim(), "--organisation", "Noor Coacht"];
    let card = ["--name", "Noor", "--key-card", card.to_str().unwrap(), "--policy", "coach-en-vertrouwenspersoon"];
    noor.ok(&[&init[..], &card].concat());
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let text = noor.file("gedachte.txt", "KANARIE een vermoeden".as_bytes());
    let note = noor.ok(&["note", "add", &dossier, "--file", &text]);
    let listed = noor.ok(&["note", "list", &dossier]);
    assert!(listed.starts_with(&note) && listed.contains("KANARIE een vermoeden"), "{listed}");
    assert!(!noor.ok(&["dossier", "show", &dossier]).contains(&note), "it is not in the dossier");
    assert!(!relay.holds(b"KANARIE"));
    let report = noor.ok(&["note", "promote", &dossier, &note, "--title", "Vermoeden"]);
    assert!(noor.ok(&["dossier", "show", &dossier]).contains(&report));
    assert_eq!(noor.ok(&["note", "remove", &dossier, &note]), "Removed.");
    assert_eq!(noor.ok(&["note", "list", &dossier]), "");
}

#[test]
fn mistakes_are_answered_with_what_to_do() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let text = noor.file("verslag.txt", b"tekst");
    let item = noor.ok(&["report", &dossier, "--title", "Gesprek", "--file", &text, "--day", "2026-01-08"]);
    let share = |until| ["share", &dossier, "--item", &item, "--to", "UWV", "--purpose", "doel", "--until", until];

    assert!(noor.fails(1, &share("2020-01-01")).contains("The end date has already passed."));
    assert!(noor.fails(2, &share("morgen")).contains("is not a date"));
    assert!(noor.fails(1, &["dossier", "show", "onzin"]).contains("There is nothing under this id."));
    assert!(noor.fails(2, &["open", "http://127.0.0.1:1/o#x"]).contains("--code"));
    assert!(noor.fails(1, &["open", "http://127.0.0.1:1/o#x", "--code", "a"]).contains("The link is not complete"));
    assert!(noor.fails(2, &["open", "http://example.org/o#x", "--code", "a"]).contains("is not encrypted"));
    assert!(noor.fails(2, &["get", &dossier]).contains("--out"));
    let binary = noor.file("verslag.docx", &[0xff, 0xfe, 0]);
    assert!(noor.fails(2, &["report", &dossier, "--title", "x", "--file", &binary]).contains("is not text in UTF-8"));

    let printed = noor.ok(&share("2099-12-31"));
    let (link, _) = link_and_code(&printed);
    let wrong = noor.fails(1, &["open", link, "--code", "gewei reflex rebel frituur koepel burcht"]);
    assert!(wrong.contains("ode"), "{wrong}");
    let typo = link.replacen("#1.", "#1.A", 1);
    assert!(noor.fails(1, &["open", &typo, "--code", "a"]).contains("The link is not complete"));

    fs::write(noor.path("passphrase"), "een ander paard dan dit\n").unwrap();
    assert!(noor.fails(1, &["unlock-test"]).contains("This passphrase does not open the vault."));
    let said = noor.fails(1, &["--json", "unlock-test"]);
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["error"], "wrong-passphrase");
    fs::write(noor.path("passphrase"), "").unwrap();
    assert!(noor.fails(2, &["unlock-test"]).contains("is empty"));
}

#[test]
fn without_a_relay_it_says_to_try_later() {
    let uwv = Person::new();
    let link = "http://127.0.0.1:9/o#1.SxgEFA36hj8zZ6ysUtgdng.DpXJk6UtyoZ0iCN6v1x7ts-tRqcsrx599bAVTcWkHbY.sXsOt672ESdykdL5YKt_Qw.tsdN";
    let said = uwv.fails(5, &["open", link, "--code", "gewei reflex rebel frituur koepel burcht"]);
    assert!(said.contains("The relay cannot be reached. Check the connection and try again."), "{said}");
}
