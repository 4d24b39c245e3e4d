//! A third party who makes a share theirs at a terminal: a reading card, words over the telephone, and the link is over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Person, Relay, client, link_and_code};

#[test]
fn a_doctor_keeps_a_card_and_the_link_opens_nothing_any_more() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Femke de Boer"]);
    let femke = client(&noor, &dossier, "Femke");
    let text = noor.file("verslag.txt", "Wil in de zorg werken.\n".as_bytes());
    let report = noor.ok(&["report", &dossier, "--title", "Intake", "--file", &text]);
    let consent = noor.file("akkoord.pdf", b"%PDF-1.4 akkoord");
    let to = ["--to", "Dokter Jansen", "--purpose", "Onderzoek", "--until", "2099-12-31", "--evidence", &consent];
    let shared = noor.ok(&[&["share", &dossier, "--item", &report][..], &to].concat());
    let (link, code) = link_and_code(&shared);
    let share = noor.json(&["shares", &dossier])[0]["id"].as_str().unwrap().to_owned();
    let agree = ["receiver", "agree", &dossier, &share];
    assert!(noor.fails(1, &agree).contains("Nobody made keys of their own with this link"));

    let jansen = Person::new();
    std::fs::write(jansen.path("passphrase"), "vijf ganzen in de mist\n").unwrap();
    let card = jansen.path("leeskaart.txt");
    let card = card.to_str().unwrap();
    let keep = ["open", link, "--code", code, "--keep-as", card];
    assert!(jansen.fails(2, &[&keep[..], &["--out", "x"]].concat()).contains("cannot be used with"));
    let made = jansen.ok(&keep);
    let words = made.lines().last().unwrap().strip_prefix("Words: ").unwrap();
    let text = std::fs::read_to_string(card).unwrap();
    assert!(text.starts_with(&relay.address) && text.contains("/o#r1."), "{text}");
    assert!(text.contains(words), "the words last as long as the card: {text}");
    assert!(jansen.fails(1, &["open", card]).contains("nobody agreed to its keys yet"));
    let again = jansen.path("tweede.txt");
    let again = ["open", link, "--code", code, "--keep-as", again.to_str().unwrap()];
    assert!(jansen.fails(1, &again).contains("Somebody made keys of their own with this link already."));

    let waits = noor.ok(&["today"]);
    assert!(waits.starts_with("Dokter Jansen made keys") && waits.contains(&agree.join(" ")), "{waits}");
    assert!(noor.ok(&["shares", &dossier]).contains("compare the words with zegel receiver agree"));
    assert!(noor.fails(2, &agree).contains("Nothing was agreed"));
    assert!(noor.fails(1, &[&agree[..], &["--words", "niet de woorden"]].concat()).contains("Do not trust them"));
    let agreed = noor.ok(&[&agree[..], &["--words", words]].concat());
    let share = agreed.lines().next().unwrap();
    assert_eq!(noor.ok(&["today"]), "Nothing waits for you.");

    let read = jansen.ok(&["open", card]);
    assert!(read.contains("to Dokter Jansen") && read.contains("Wil in de zorg werken."), "{read}");
    let typed = text.lines().next().unwrap();
    assert!(jansen.ok(&["open", typed]).contains("Wil in de zorg werken."), "the card, typed");
    assert!(jansen.fails(2, &["open", card, "--keep-as", "x.txt"]).contains("reading card already"));
    assert!(jansen.fails(1, &["open", link, "--code", code]).contains("Access was withdrawn"));
    std::fs::write(jansen.path("passphrase"), "een heel andere zin\n").unwrap();
    assert!(jansen.fails(1, &["open", card]).contains("This passphrase does not open this reading card"));

    let list = noor.ok(&["shares", &dossier]);
    for part in
        ["keys of their own; words: ", "words compared by you on ", "not verified by anybody but Noor", "goes on"]
    {
        assert!(list.contains(part), "{part}: {list}");
    }
    let noted = noor.ok(&["receiver", "verify", &dossier, share, "--words", words, "--how", "in-person"]);
    assert!(
        noted.starts_with("Noted: the words of Dokter Jansen are theirs.") && noted.contains("in person"),
        "{noted}"
    );
    let seen = femke.ok(&["dossier", "show", &dossier]);
    assert!(seen.contains("Shared: Dokter Jansen") && seen.contains(", with keys of their own)"), "{seen}");
    noor.ok(&["revoke", &dossier, share]);
    std::fs::write(jansen.path("passphrase"), "vijf ganzen in de mist\n").unwrap();
    assert!(jansen.fails(1, &["open", card]).contains("Access was withdrawn"));
}
