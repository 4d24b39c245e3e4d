//! A relay whose disk is full, that speaks another version, that is slow, or that is asked for large files: what the
//! command line then says, and that nothing is lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use support::{Person, Relay, link_and_code};

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    const FULL: &str = "The relay's disk is full. Tell its operator";
    let Some(relay) = Relay::start_on_a_small_disk(64) else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let (small, large) = (noor.file("klein.txt", b"blijft"), noor.file("groot.pdf", &vec![b'%'; 2 << 20]));
    let item = noor.ok(&["add", &dossier, &small]);
    let share = ["share", &dossier, "--item", &item, "--to", "UWV", "--purpose", "doel", "--until", "2099-12-31"];
    let printed = noor.ok(&share);
    let (link, code) = link_and_code(&printed);
    let report = ["report", &dossier, "--title", "Gesprek", "--file", &small];

    // Nearly full: nothing new, but what was there is read, and what was shared can be ended.
    relay.fill_disk(8 << 20);
    for arguments in [&["add", &dossier, &large][..], &report, &share, &["dossier", "new", "Te veel"]] {
        let said = noor.fails(1, arguments);
        assert!(said.contains(FULL), "{arguments:?}: {said}");
    }
    let out = noor.path("terug.txt");
    noor.ok(&["get", &dossier, &item, "--out", out.to_str().unwrap()]);
    assert_eq!(fs::read(&out).unwrap(), b"blijft");
    let shares = noor.json(&["shares", &dossier]);
    noor.ok(&["revoke", &dossier, shares[0]["id"].as_str().unwrap()]);
    assert!(Person::new().fails(1, &["open", link, "--code", code]).contains("Access was withdrawn."));

    // To the last byte: not even that somebody read can be written down, so nothing is handed out.
    relay.fill_disk(0);
    assert!(noor.fails(1, &report).contains(FULL));

    relay.empty_disk();
    let added = noor.ok(&["add", &dossier, &large]);
    noor.ok(&report);
    let out = noor.path("terug.pdf");
    noor.ok(&["get", &dossier, &added, "--out", out.to_str().unwrap()]);
    assert_eq!(fs::read(&out).unwrap(), fs::read(&large).unwrap());
    assert!(noor.ok(&["verify"]).ends_with("Everything is as it was signed."));
}

/// Answers every call as a relay of another version does: `Problem::Version`.
fn of_version(address: &str, version: u8) {
    let listener = TcpListener::bind(address.strip_prefix("http://").unwrap()).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            // The head and the few bytes of a hello come in one or two pieces; the rest may be dropped.
            let _ = stream.read(&mut request).unwrap();
            let problem = [0x82, 1, 0x81, version];
            write!(stream, "HTTP/1.1 426 Upgrade Required\r\ncontent-length: 4\r\nconnection: close\r\n\r\n").unwrap();
            stream.write_all(&problem).unwrap();
        }
    });
}

#[test]
fn another_version_is_said_with_what_to_do() {
    for version in [0, 2] {
        let Some(relay) = Relay::start() else { return };
        let noor = Person::director(&relay);
        let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
        let text = noor.file("verslag.txt", b"blijft wachten");
        let item = noor.ok(&["add", &dossier, &text]);
        let share = ["share", &dossier, "--item", &item, "--to", "UWV", "--purpose", "doel", "--until", "2099-12-31"];
        let printed = noor.ok(&share);
        let (link, code) = link_and_code(&printed);
        // The same address, the day after an update, or before one.
        of_version(&relay.stop(), version);
        let expected = format!("The relay speaks version {version} of the protocol");
        let advice = if version == 0 { "Ask the relay's operator to update it." } else { "Update this program." };
        for arguments in [&["unlock-test"][..], &["report", &dossier, "--title", "x", "--file", &text]] {
            let said = noor.fails(1, arguments);
            assert!(said.contains(&expected) && said.contains(advice), "{arguments:?}: {said}");
        }
        let said = Person::new().fails(1, &["open", link, "--code", code]);
        assert!(said.contains(&expected), "{said}");
    }
}

/// Passes everything on, and the relay's answers one byte at a time.
fn dripping(relay: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let relay = relay.strip_prefix("http://").unwrap().to_owned();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut client, mut server) = (stream.unwrap(), TcpStream::connect(&relay).unwrap());
            client.set_nodelay(true).unwrap();
            let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
            thread::spawn(move || {
                let mut byte = [0];
                while server.read(&mut byte).is_ok_and(|read| read == 1) && client.write_all(&byte).is_ok() {}
            });
        }
    });
    address
}

#[test]
fn a_relay_whose_answers_come_byte_by_byte_is_waited_for() {
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director_by(&relay, &dripping(&relay.address));
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let file = noor.file("brief.pdf", &[b'%'; 100_000]);
    let item = noor.ok(&["add", &dossier, &file]);
    let out = noor.path("terug.pdf");
    noor.ok(&["get", &dossier, &item, "--out", out.to_str().unwrap()]);
    assert_eq!(fs::read(&out).unwrap(), fs::read(&file).unwrap());
}

#[test]
fn a_large_file_goes_through_a_little_memory() {
    const SIZE: usize = 64 << 20;
    /// Unlocking stretches the passphrase over 64 MiB, and gives them back.
    const CLIENT: usize = (64 + 24) << 10;
    const RELAY: usize = 32 << 10;
    let Some(relay) = Relay::start() else { return };
    let noor = Person::director(&relay);
    let dossier = noor.ok(&["dossier", "new", "Jansen, Jan"]);
    let large = noor.path("groot.mp4");
    fs::File::create(&large).unwrap().set_len(SIZE as u64).unwrap();
    let before = relay.high_water();
    let added = noor.run_within(CLIENT, &["add", &dossier, large.to_str().unwrap()]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let item = String::from_utf8(added.stdout).unwrap();
    let out = noor.path("terug.mp4");
    let got = noor.run_within(CLIENT, &["get", &dossier, item.trim(), "--out", out.to_str().unwrap()]);
    assert!(got.status.success(), "{}", String::from_utf8_lossy(&got.stderr));
    assert!(fs::metadata(&out).unwrap().len() == SIZE as u64 && fs::read(&out).unwrap().iter().all(|byte| *byte == 0));
    let taken = relay.high_water() - before;
    assert!(taken < RELAY, "the relay took {taken} KiB");
}
