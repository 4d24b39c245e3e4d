//! The help is a promise to scripts and to people: what it says is held by `help.txt`. After a wanted change, run the
//! test once with `UPDATE_HELP=1`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{env, fs, path::Path, process::Command};

const VERBS: &[&[&str]] = &[
    &[],
    &["init"],
    &["enrol"],
    &["knock"],
    &["unlock-test"],
    &["today"],
    &["dossier"],
    &["dossier", "new"],
    &["dossier", "list"],
    &["dossier", "show"],
    &["dossier", "rename"],
    &["report"],
    &["note", "add"],
    &["note", "list"],
    &["note", "remove"],
    &["note", "promote"],
    &["emergency", "show"],
    &["emergency", "choose"],
    &["emergency", "drop"],
    &["emergency", "claim"],
    &["emergency", "refuse"],
    &["testament", "show"],
    &["testament", "trustees"],
    &["testament", "drop"],
    &["testament", "release"],
    &["testament", "refuse"],
    &["testament", "destroy"],
    &["glass", "list"],
    &["glass", "break"],
    &["glass", "show"],
    &["glass", "end"],
    &["add"],
    &["import"],
    &["get"],
    &["search"],
    &["share"],
    &["open"],
    &["shares"],
    &["revoke"],
    &["invite"],
    &["join"],
    &["member", "list"],
    &["member", "admit"],
    &["member", "verify"],
    &["member", "give-back"],
    &["member", "delegate"],
    &["member", "undelegate"],
    &["member", "remove"],
    &["receiver", "agree"],
    &["receiver", "verify"],
    &["client", "invite"],
    &["client", "list"],
    &["client", "admit"],
    &["client", "verify"],
    &["grant"],
    &["ungrant"],
    &["policy", "list"],
    &["policy", "show"],
    &["policy", "check"],
    &["policy", "set"],
    &["pledge", "show"],
    &["pledge", "sign"],
    &["pledge", "leave"],
    &["authorised"],
    &["leave"],
    &["device", "list"],
    &["device", "name"],
    &["device", "let-in"],
    &["device", "revoke"],
    &["passphrase"],
    &["card", "new"],
    &["renew"],
    &["recover"],
    &["restored"],
    &["sheets", "check"],
    &["sheets", "renew"],
    &["verify"],
    &["watch"],
    &["sign-out"],
];

#[test]
fn help_is_as_promised() {
    let mut help = String::new();
    for verb in VERBS {
        let output = Command::new(env!("CARGO_BIN_EXE_zegel")).args(*verb).arg("--help").output().unwrap();
        assert!(output.status.success());
        help.push_str(&format!("$ zegel {}\n", [*verb, &["--help"]].concat().join(" ")));
        help.push_str(&String::from_utf8(output.stdout).unwrap());
        help.push('\n');
    }
    let promised = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help.txt");
    if env::var_os("UPDATE_HELP").is_some() {
        fs::write(&promised, &help).unwrap();
    }
    assert_eq!(fs::read_to_string(&promised).unwrap_or_default(), help);
}
