//! The folder: what is in it, and what happens to it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use rusqlite::Connection;
use support::{DAY, Organisation, Terms, call, config, hello};
use zegel_crypto::{Canonical as _, blob_name};
use zegel_ledger::{Change, File, FileId, HalfId, LogKind};
use zegel_protocol::{
    Problem,
    calls::{BeginUpload, HalfServed},
};
use zegel_relay::{Config, OpenError, Relay, backup, check::check, clock::SystemClock};

fn open_error(folder: &Path) -> OpenError {
    Relay::open(Config::new(folder)).unwrap_err()
}

#[tokio::test]
async fn a_second_relay_on_the_folder_is_turned_away() {
    let mut org = Organisation::found().await;
    assert!(matches!(open_error(org.folder.path()), OpenError::InUse(_)));
    org.stop();
    assert!(Relay::open(config(&org.folder, &org.clock)).is_ok());
}

#[tokio::test]
async fn a_damaged_database_is_named_and_left_alone() {
    let mut org = Organisation::found().await;
    let director = org.director();
    for _ in 0..20 {
        org.dossier(&director).await;
    }
    org.stop();
    let path = org.folder.path().join("relay.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(open_error(org.folder.path()), OpenError::Damaged { path: named, .. } if named == path));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    fs::write(&path, b"not a database, but long enough to be looked at by anyone who opens it as one").unwrap();
    assert!(matches!(open_error(org.folder.path()), OpenError::Damaged { .. }));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    assert!(matches!(open_error(&file.join("data")), OpenError::NotWritable { .. }));
}

#[test]
fn another_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(Relay::open(Config::new(folder.path())).unwrap());
    let connection = Connection::open(folder.path().join("relay.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 9).unwrap();
    drop(connection);
    assert!(matches!(open_error(folder.path()), OpenError::Format { found: 9, .. }));
}

#[tokio::test]
async fn a_check_finds_nothing_in_a_sound_folder_and_each_fault_in_another() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    org.share(&director, &dossier, Terms::default()).await;
    org.stop();
    let sound = check(org.folder.path()).await.unwrap();
    assert_eq!((sound.logs, sound.faults.len()), (3, 0));
    let connection = Connection::open(org.folder.path().join("relay.sqlite")).unwrap();
    connection.execute("UPDATE blob SET data = zeroblob(1024) WHERE length = 1024 AND id = (SELECT min(id) FROM blob WHERE length = 1024)", []).unwrap();
    connection.execute("UPDATE log SET sequence = 7 WHERE kind = 2", []).unwrap();
    drop(connection);
    assert_eq!(check(org.folder.path()).await.unwrap().faults.len(), 2);
}

#[tokio::test]
async fn a_backup_holds_archive_and_halves_apart_and_stops_the_warning() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    assert!(hello(org.relay()).await.backup_due);
    let target = tempfile::tempdir().unwrap();
    backup::back_up(org.folder.path(), target.path(), &SystemClock).unwrap();
    assert!(!hello(org.relay()).await.backup_due);
    assert!(backup::back_up(org.folder.path(), target.path(), &SystemClock).is_err(), "not over another backup");
    org.dossier(&director).await;
    assert!(hello(org.relay()).await.backup_due, "halves were added");

    let restored = tempfile::tempdir().unwrap();
    fs::rename(target.path().join("archive/blobs"), restored.path().join("blobs")).unwrap();
    for (from, to) in [("archive/relay.sqlite", "relay.sqlite"), ("halves/halves.sqlite", "halves.sqlite")] {
        fs::rename(target.path().join(from), restored.path().join(to)).unwrap();
    }
    org.stop();
    let relay = Relay::open(config(&restored, &org.clock)).unwrap();
    let pull = zegel_protocol::calls::Pull { log: dossier.log, from: 0, limit: 9, blobs: true };
    assert_eq!(call(&relay, Some(&director.key()), &pull).await.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn a_half_after_the_last_one_was_destroyed_is_a_new_one_to_the_backup() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let target = tempfile::tempdir().unwrap();
    backup::back_up(org.folder.path(), target.path(), &SystemClock).unwrap();
    // The half that was stored last goes, and one comes.
    let destroy = vec![Change::Destroy(dossier.file_half)];
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, destroy, Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    assert!(!hello(org.relay()).await.backup_due);
    let bytes = org.blob(1000);
    let (file, half) = (FileId::make(&mut org.rng), HalfId::make(&mut org.rng));
    let added = File { file, home: dossier.core.id, half, blob: blob_name(&bytes), length: 1000 };
    let mut draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::File(added)], vec![bytes]);
    draft.halves.push(org.half(dossier.log, half));
    org.push(&director, vec![draft]).await.unwrap();
    assert!(hello(org.relay()).await.backup_due);
}

#[tokio::test]
async fn a_closed_dossier_is_forgotten_on_its_day_unless_it_is_held() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let (gone, held) = (org.dossier(&director).await, org.dossier(&director).await);
    let shared = org.share(&director, &gone, Terms::default()).await;
    for (dossier, changes) in [(&gone, vec![]), (&held, vec![Change::Hold(true)])] {
        let changes = [vec![Change::Close(Some(support::START + 30 * DAY))], changes].concat();
        let draft = org.draft(&director, dossier.log, LogKind::Dossier, changes, Vec::new());
        org.push(&director, vec![draft]).await.unwrap();
    }
    for _ in 0..29 {
        assert_eq!(org.relay().maintain().await.unwrap().forgotten, 0);
        org.clock.forward(DAY);
    }
    assert!(org.pull(&director.key(), gone.log).await.is_ok());
    org.clock.forward(DAY);
    assert_eq!(org.relay().maintain().await.unwrap().forgotten, 1);
    org.restart();
    for log in [gone.log, shared.link.log] {
        assert_eq!(org.pull(&director.key(), log).await.unwrap_err(), Problem::NotFound);
    }
    assert_eq!(org.ask_half(&director.key(), gone.log, gone.life).await, HalfServed::No(Problem::NotFound));
    assert!(org.pull(&director.key(), held.log).await.is_ok());
    let halves = Connection::open(org.folder.path().join("halves.sqlite")).unwrap();
    let left: i64 =
        halves.query_row("SELECT count(*) FROM half WHERE log = ?1", [gone.log.0], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    // The name is used up: nobody can begin a log under it again.
    let draft = support::Draft::new(zegel_ledger::Log::new(gone.log, LogKind::Dossier));
    let founding = org.directory.log().founding().unwrap().clone();
    let draft = draft.entry(&org, &director, vec![Change::Found(founding)], Vec::new());
    assert_eq!(org.push(&director, vec![draft]).await.unwrap_err(), Problem::NotFound);
}

/// Whoever reads that a database is damaged restores an old one over it: a full disk must not be called that.
#[tokio::test]
async fn a_start_on_a_full_disk_is_not_called_damage() {
    let mut org = Organisation::found().await;
    org.stop();
    let script = "mount -t tmpfs -o size=8m tmpfs \"$1\" || exit 77
        if [ -n \"$3\" ]; then cp -r \"$3\" \"$1/data\" || exit 76; fi
        cat /dev/zero > \"$1/ballast\" 2> /dev/null
        exec \"$2\" serve --data \"$1/data\" --listen 127.0.0.1:0";
    for before in [org.folder.path().to_str().unwrap(), ""] {
        let disk = tempfile::tempdir().unwrap();
        // The disk is seen by these programs alone and ends with them.
        let tried = [&["--mount"][..], &["--mount", "--map-root-user"]].map(|options| {
            let mut command = Command::new("unshare");
            command.args(options).args(["sh", "-c", script, "sh"]).arg(disk.path());
            command.args([env!("CARGO_BIN_EXE_zegel-relay"), before]).output()
        });
        let may = |ended: &Output| ended.status.code() != Some(77) && !ended.stderr.starts_with(b"unshare");
        let Some(ended) = tried.into_iter().flatten().find(may) else {
            eprintln!("not run: this user may not mount a small disk");
            return;
        };
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("is full; make room and start again"), "{said}");
    }
}

#[tokio::test]
async fn where_there_is_no_room_access_still_ends() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    org.restart_with(|config| config.reserve_bytes = u64::MAX);
    let report = org.report(&director, &dossier);
    assert_eq!(org.push(&director, vec![report]).await.unwrap_err(), Problem::Full);
    let begin = BeginUpload { log: dossier.log, upload: [6; 16], length: 9 };
    assert_eq!(call(org.relay(), Some(&director.key()), &begin).await.unwrap_err(), Problem::Full);
    let half = org.ask_half(&director.key(), dossier.log, dossier.core.half).await;
    assert_eq!(half, HalfServed::Half(support::half_of(dossier.core.half)));
    let ended = vec![Change::Withdraw(shared.consent)];
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, ended, Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    assert_eq!(org.pull(&shared.link.key(), shared.link.log).await.unwrap_err(), Problem::Withdrawn);
    org.restart();
    let report = org.report(&director, &dossier);
    org.push(&director, vec![report]).await.unwrap();
}

#[tokio::test]
async fn a_clock_that_jumped_destroys_nothing_until_it_is_confirmed() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let changes = vec![Change::Close(Some(support::START + 30 * DAY))];
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, changes, Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
    org.relay().maintain().await.unwrap();
    org.clock.forward(3650 * DAY);
    for _ in 0..3 {
        let done = org.relay().maintain().await.unwrap();
        assert_eq!((done.forgotten, done.clock_doubted), (0, true));
        org.restart();
    }
    org.restart_with(|config| config.clock_confirmed = true);
    assert_eq!(org.relay().maintain().await.unwrap().forgotten, 1);
}

/// Everything the relay sees stands in these tables. A new column is a new thing that it sees: think, then write it down.
#[test]
fn the_relay_sees_no_more_than_the_list_says() {
    let folder = tempfile::tempdir().unwrap();
    drop(Relay::open(Config::new(folder.path())).unwrap());
    let mut seen = String::new();
    for name in ["relay.sqlite", "halves.sqlite"] {
        let connection = Connection::open(folder.path().join(name)).unwrap();
        let text = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'
                    ORDER BY m.name, c.cid";
        let mut columns = connection.prepare(text).unwrap();
        let rows = columns.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
        for row in rows {
            let (table, column) = row.unwrap();
            seen += &format!("{name} {table}.{column}\n");
        }
    }
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    for file in files {
        seen += &format!("file {}\n", file.to_string_lossy());
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/relay-sees.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &seen).unwrap();
    }
    assert_eq!(seen, fs::read_to_string(&golden).unwrap());
}

#[tokio::test]
async fn a_slip_that_only_the_halves_remember_is_in_force_and_told_after_a_restart() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    let changes = zegel_protocol::calls::Changes { cursor: 0 };
    let cursor = call(org.relay(), Some(&director.key()), &changes).await.unwrap().cursor;
    org.stop();
    let slip = org.statement(&director, dossier.log, zegel_ledger::Statement::Withdraw(shared.consent));
    let slip = zegel_ledger::SignedSlip::sign(&slip, &director.signing);
    let halves = Connection::open(org.folder.path().join("halves.sqlite")).unwrap();
    let next = org.logs[&dossier.log].next_sequence();
    let row = rusqlite::params![dossier.log.0, i64::try_from(next).unwrap(), slip.hash().0, slip.to_canonical()];
    halves.execute("INSERT INTO slip (log, position, hash, bytes) VALUES (?1, ?2, ?3, ?4)", row).unwrap();
    drop(halves);
    org.restart();
    assert_eq!(org.pull(&shared.link.key(), shared.link.log).await.unwrap_err(), Problem::Withdrawn);
    let told = call(org.relay(), Some(&director.key()), &zegel_protocol::calls::Changes { cursor }).await.unwrap();
    assert!(told.logs.iter().any(|changed| changed.log == dossier.log && changed.slips == 1));
}
