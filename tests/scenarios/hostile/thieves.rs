//! Everybody who left or was robbed, with everything they had, and the relay's disk.

use std::{collections::BTreeSet, fs};

use rusqlite::Connection;
use zegel_crypto::{
    Canonical as _, Half, ReceivingKey, blob_name,
    printed::{Code, Link, link_keys},
};
use zegel_ledger::{Directory, Entry, HalfId, LogId, LogKind, PersonId, RecordId, SignedSlip};
use zegel_protocol::{Problem, calls::Pull};
use zegel_tests::{
    hostile::{
        Insider, Stolen, open_at, place,
        scene::{Scene, TITLE, save},
    },
    world::{PASSPHRASE, World},
};
use zegel_vault::view::ItemKind;

use crate::keys_of;

/// The relay's whole disk, as a thief reads it.
struct Disk {
    logs: Vec<Stolen>,
    directory: Directory,
}

impl Disk {
    fn read(world: &World, organisation: LogId) -> Self {
        let archive = Connection::open(world.folder().join("relay.sqlite")).unwrap();
        let halves = Connection::open(world.folder().join("halves.sqlite")).unwrap();
        let rows = |connection: &Connection, query: &str| {
            let mut find = connection.prepare(query).unwrap();
            let rows = find.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
            rows.map(Result::unwrap).collect::<Vec<_>>()
        };
        let id = |bytes: &[u8]| -> [u8; 16] { bytes.try_into().unwrap() };
        let entries =
            "SELECT l.name, e.bytes FROM entry e JOIN log l ON l.id = e.log ORDER BY l.kind, l.id, e.sequence";
        let slips: Vec<SignedSlip> = rows(&halves, "SELECT bytes, bytes FROM slip ORDER BY rowid")
            .iter()
            .map(|(bytes, _)| SignedSlip::from_canonical(bytes).unwrap())
            .collect();
        let mut blobs: Vec<Vec<u8>> = Vec::new();
        blobs.extend(rows(&archive, "SELECT data, data FROM blob WHERE data IS NOT NULL").into_iter().map(|row| row.0));
        blobs.extend(
            fs::read_dir(world.folder().join("blobs"))
                .into_iter()
                .flatten()
                .filter_map(|file| fs::read(file.ok()?.path()).ok()),
        );
        let halves = rows(&halves, "SELECT id, half FROM half");
        let halves =
            halves.iter().map(|(name, half)| (HalfId(id(name)), Half::from_bytes(half.as_slice().try_into().unwrap())));
        let halves: std::collections::HashMap<_, _> = halves.collect();
        let named: std::collections::HashMap<_, _> =
            blobs.into_iter().map(|bytes| (blob_name(&bytes), bytes)).collect();

        let mut directory = Directory::new(organisation);
        let mut logs: Vec<Stolen> = Vec::new();
        for (name, bytes) in rows(&archive, entries) {
            let (log, entry) = (LogId(id(&name)), Entry::from_canonical(&bytes).unwrap());
            let commit = entry.commit().unwrap();
            let about: Vec<_> = slips.iter().filter(|slip| commit.slips.contains(&slip.hash())).collect();
            if log == organisation {
                about.iter().for_each(|slip| directory.post(slip).unwrap());
                directory.admit(&entry).unwrap();
                continue;
            }
            if logs.last().is_none_or(|last| last.log.id() != log) {
                logs.push(Stolen {
                    log: zegel_ledger::Log::new(log, commit.kind),
                    entries: Vec::new(),
                    slips: Vec::new(),
                    blobs: named.clone(),
                    seeds: Default::default(),
                    halves: halves.clone(),
                });
            }
            let stolen = logs.last_mut().unwrap();
            about.iter().for_each(|slip| stolen.log.replay_slip(slip).unwrap());
            stolen.log.replay(&entry, &directory).unwrap();
            stolen.entries.push(entry);
        }
        Self { logs, directory }
    }
}

/// Tries every stolen key on every blob of a stolen disk.
struct BruteDecryptor<'k> {
    keys: &'k [ReceivingKey],
}

impl BruteDecryptor<'_> {
    /// The records that open, by log and id.
    fn open(&self, organisation: LogId, disk: &mut Disk) -> BTreeSet<(LogId, RecordId)> {
        let mut opened = BTreeSet::new();
        for stolen in &mut disk.logs {
            for key in self.keys {
                stolen.open_wraps_with(key);
            }
            for (id, state) in stolen.log.records() {
                for at in stolen.seeds.keys() {
                    let Some(key) = stolen.key(organisation, *at) else { continue };
                    let context = place(organisation, stolen.log.id(), id, state);
                    if stolen.blobs.values().any(|blob| open_at(&key, &context, blob).is_some()) {
                        opened.insert((stolen.log.id(), id));
                    }
                }
            }
        }
        opened
    }
}

/// An adviser who left, two third parties, and the relay's disk put everything together.
#[tokio::test]
async fn everything_stolen_opens_what_the_documents_say_and_no_more() {
    let mut scene = Scene::new().await;
    let organisation = scene.organisation();
    let noor = scene.world.colleague(&mut scene.iris, "Noor Jansen", false).await;
    let person = noor.vault.session().person;
    scene.iris.vault.grant(&scene.dossier, &person).await.unwrap();
    let closed = scene.iris.vault.new_dossier("Nooit van Noor").await.unwrap();
    save(&mut scene.iris, &closed, "nooit te lezen").await.unwrap();

    let withdrawn = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    let living = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    let unknown = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    let other_code = Code::parse("aan aan aan aan aan aan").ok();
    assert!(scene.iris.vault.shares(&scene.dossier).await.unwrap().len() == 3);
    scene.iris.vault.revoke(&scene.dossier, &withdrawn.id).await.unwrap();
    let stolen_keys = Insider::of(&noor.store, PASSPHRASE).await;
    let before: BTreeSet<RecordId> = {
        let (_, held) = scene.held_by(&stolen_keys).await;
        held.log.records().map(|(id, _)| id).collect()
    };

    scene.iris.vault.remove_member(&person).await.unwrap();
    let after = save(&mut scene.iris, &scene.dossier, "na het vertrek").await.unwrap();
    let pull = Pull { log: scene.log(), from: 0, limit: 500, blobs: true };
    let said = stolen_keys.call(&scene.world.relay(), &pull).await;
    assert_eq!(said.err(), Some(Problem::Unauthenticated), "without the disk: nothing");

    // The link that was lost without its code: its secret alone, and with another code.
    let (_, fragment) = unknown.link.split_once('#').unwrap();
    let secret = Link::from_fragment(fragment).unwrap().secret;
    let mut keys = vec![
        stolen_keys.receiving,
        keys_of(&withdrawn).1.receiving,
        keys_of(&living).1.receiving,
        ReceivingKey::from_seed(&secret),
    ];
    keys.extend(other_code.map(|code| link_keys(&secret, &code).receiving));
    let mut disk = Disk::read(&scene.world, organisation);
    let shared = disk.logs.iter().filter(|stolen| stolen.log.kind() != LogKind::Personal);
    assert!(disk.directory.head().is_some() && shared.count() == 5);
    let opened = BruteDecryptor { keys: &keys }.open(organisation, &mut disk);

    // What was Noor's to read while the half is still there, and the disclosure of whoever lost link and code.
    let living_log = disclosure_of(&disk, keys_of(&living).0);
    for (log, record) in &opened {
        let documented = (*log == scene.log() && before.contains(record)) || *log == living_log;
        assert!(documented, "{record:?} of {log:?} opens");
    }
    let of_dossier: BTreeSet<_> = opened.iter().filter(|(log, _)| *log == scene.log()).map(|(_, id)| *id).collect();
    assert!(of_dossier.contains(&scene.report.parse().unwrap()), "it is not for want of trying");
    assert!(!of_dossier.contains(&after.parse().unwrap()));
    assert!(opened.iter().any(|(log, _)| *log == living_log));

    // A withdrawn share: no half is left of it, on no page of the disk.
    let withdrawn_log = disclosure_of(&disk, keys_of(&withdrawn).0);
    let gone = disk.logs.iter().find(|stolen| stolen.log.id() == withdrawn_log).unwrap();
    for (_, epochs) in gone.log.compartments() {
        assert!(epochs.iter().all(|epoch| !gone.halves.contains_key(&epoch.half)));
    }
    scene.kept_quiet().await;
}

fn disclosure_of(disk: &Disk, link: PersonId) -> LogId {
    let holds = |stolen: &&Stolen| stolen.log.grants().any(|state| state.grant.receiver.is(link));
    disk.logs.iter().find(holds).unwrap().log.id()
}

#[tokio::test]
async fn nothing_readable_is_on_the_relays_disk() {
    let mut scene = Scene::new().await;
    let shared = scene.iris.share(&scene.dossier, &[&scene.report, &scene.document]).await.unwrap();
    let mut inbox = scene.world.open(&shared).await.unwrap();
    let item =
        inbox.view().items.iter().find(|item| matches!(item.kind, ItemKind::Document { .. })).unwrap().id.clone();
    inbox.read_file(&item, &mut zegel_tests::world::Bytes(Vec::new()), &()).await.unwrap();
    scene.iris.add(&scene.dossier, "KANARIE-bestandsnaam.pdf", &b"KANARIE-GROOT ".repeat(20_000)).await.unwrap();
    let canaries = scene.canaries().await;
    let canaries = canaries
        .and("long file name", "KANARIE-bestandsnaam")
        .and("large document", "KANARIE-GROOT ")
        .and("third party", "Opleidingshuis Noord")
        .and("purpose", "Aanmelden voor de opleiding")
        .and("code", &shared.code)
        .and("link", shared.link.split_once('#').unwrap().1)
        .and("link key", keys_of(&shared).1.receiving.to_seed().as_slice());
    assert_eq!(canaries.found_under(scene.world.folder()), [""; 0]);
    assert_eq!(canaries.found_in(&scene.relay.transcript().bytes()), [""; 0]);
    let planted = tempfile::tempdir().unwrap();
    fs::write(planted.path().join("log"), format!("… {TITLE} …")).unwrap();
    assert_eq!(canaries.found_under(planted.path()).len(), 1, "it would be seen");
}
