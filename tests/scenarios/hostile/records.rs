//! A relay that swaps, moves, renames, revives or damages records, or speaks of another suite.

use zegel_crypto::{Canonical as _, Seed, blob_name, seal::HEADER};
use zegel_dossier::{Record, Report};
use zegel_ledger::{Change, CompartmentEpoch, Entry, LogKind, Put, RecordId, Refusal};
use zegel_protocol::calls::{Bytes, Call, Changes, Fetch, Hello, Pull};
use zegel_tests::{
    hostile::{
        Insider, Stolen, answering, bytes_of, only, open_at, place,
        scene::{NextEpoch, Scene, TITLE, alarms, own_key, refused, save, texts},
    },
    world::{PASSPHRASE, REPORT},
};
use zegel_vault::{
    Vault, VaultError,
    view::{Alarm, ItemKind},
};

type Bend = fn(&mut Vec<u8>);

#[tokio::test]
async fn error_uniformity() {
    let mut scene = Scene::new().await;
    let bends: [Bend; 8] = [
        |bytes| bytes[0] ^= 1,
        |bytes| bytes[30] ^= 1,
        |bytes| bytes[HEADER + 1] ^= 1,
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        |bytes| bytes.truncate(bytes.len() - 1),
        |bytes| bytes.push(0),
        |bytes| bytes.truncate(10),
        |bytes| bytes.fill(0),
    ];
    let mut traffic = None;
    for (number, bend) in bends.into_iter().enumerate() {
        let item = save(&mut scene.ruben, &scene.dossier, &format!("bericht {number}")).await.unwrap();
        scene.relay.play(only(Scene::IRIS, answering::<Pull>(|_, page| page.blobs.clear())));
        scene.relay.play(only(Scene::IRIS, answering::<Fetch>(move |_, fetched| bend(&mut fetched.bytes.0))));
        let start = scene.relay.transcript().0.len();
        scene.iris.vault.sync().await.unwrap();
        let seen = scene.relay.transcript().0.split_off(start);
        let shape: Vec<String> = seen.iter().map(|request| request.path.clone()).collect();
        // The first time there is other news as well.
        if number > 0 {
            assert_eq!(*traffic.get_or_insert(shape.clone()), shape, "bend {number}");
        }
        let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
        assert!(view.alarms.contains(&Alarm::Unreadable(scene.dossier.clone(), "Ruben Bakker".to_owned())));
        assert!(!view.items.iter().any(|shown| shown.id == item), "bend {number}");
        scene.relay.relent();
        // Honest again, it is there.
        let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
        assert!(view.items.iter().any(|shown| shown.id == item), "bend {number}");
    }
    scene.kept_quiet().await;
}

/// Every stored blob is tried at every place, with the key of that place: none opens but where it belongs.
async fn only_where_it_belongs(scene: &Scene, held: &Stolen, others: &Stolen) {
    let organisation = scene.organisation();
    let mut opened = 0;
    for (id, state) in held.log.records() {
        let key = held.key(organisation, state.at).unwrap();
        let context = place(organisation, held.log.id(), id, state);
        for (name, blob) in held.blobs.iter().chain(&others.blobs) {
            let opens = open_at(&key, &context, blob).is_some();
            assert_eq!(opens, *name == state.blob, "{name} at {id:?}");
            opened += usize::from(opens);
        }
    }
    assert!(opened > 0);
}

#[tokio::test]
async fn type_confusion() {
    let mut scene = Scene::new().await;
    scene.iris.vault.save_report(&scene.dossier, Some(&scene.report), 1, "Twee", "twee", "2026-03-09").await.unwrap();
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    only_where_it_belongs(&scene, &held, &held).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn move_between_dossiers() {
    let mut scene = Scene::new().await;
    let (other, ..) = scene.iris.dossier("Iemand anders").await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let other = keys.take(&scene.world.relay(), other.parse().unwrap(), LogKind::Dossier, &directory).await.unwrap();
    only_where_it_belongs(&scene, &held, &other).await;
    only_where_it_belongs(&scene, &other, &held).await;
    // Nor is an entry of one an entry of the other.
    for text in ["een", "twee"] {
        save(&mut scene.iris, &other.log.id().to_string(), text).await.unwrap();
    }
    let other = keys.take(&scene.world.relay(), other.log.id(), LogKind::Dossier, &directory).await.unwrap();
    let entry = keys.entry(&other.log, directory.head(), Vec::new());
    scene.refuses(entry, Vec::new(), Refusal::OtherLog).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn swap_records() {
    let mut scene = Scene::new().await;
    let one = save(&mut scene.ruben, &scene.dossier, "het eerste").await.unwrap();
    let two = save(&mut scene.ruben, &scene.dossier, "het tweede").await.unwrap();
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    let blob = |id: &str| held.blobs[&held.log.record(id.parse().unwrap()).unwrap().blob].clone();
    let (one_blob, two_blob) = (blob(&one), blob(&two));
    scene.relay.play(only(Scene::IRIS, answering::<Pull>(|_, page| page.blobs.clear())));
    scene.relay.play(only(
        Scene::IRIS,
        answering::<Fetch>(move |call, fetched| {
            if call.blob == blob_name(&one_blob) {
                fetched.bytes = Bytes(two_blob.clone());
            } else if call.blob == blob_name(&two_blob) {
                fetched.bytes = Bytes(one_blob.clone());
            }
        }),
    ));
    scene.iris.vault.sync().await.unwrap();
    let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
    assert!(!view.items.iter().any(|item| item.id == one || item.id == two));
    assert!(view.alarms.contains(&Alarm::Unreadable(scene.dossier.clone(), "Ruben Bakker".to_owned())));
    scene.kept_quiet().await;
}

/// Names stand in sealed records, and the tree is what signed entries say.
#[tokio::test]
async fn rename() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let records = held.records(scene.organisation());
    let (title, state, _) = records.iter().find(|(_, _, r)| matches!(r, zegel_dossier::Record::Title(_))).unwrap();
    let renamed = zegel_dossier::Record::Title(zegel_dossier::Title { title: "Iemand anders".to_owned() });
    let (put, blob) = held.put(&keys, state.at, *title, state.version + 1, renamed.to_canonical());
    let entry = Entry::sign(&keys.commit(&held.log, directory.head(), vec![put]), &own_key(1));
    scene.refuses(entry, vec![blob], Refusal::Signature).await;
    assert_eq!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().summary.title, TITLE);
    scene.kept_quiet().await;
}

/// An insider puts an old version's bytes as the newest one.
#[tokio::test]
async fn resurrect_deleted() {
    let mut scene = Scene::new().await;
    let (dossier, report) = (scene.dossier.clone(), scene.report.clone());
    scene.iris.vault.save_report(&dossier, Some(&report), 1, "Nieuw", "het nieuwe", "2026-03-09").await.unwrap();
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let record: RecordId = report.parse().unwrap();
    let state = held.log.record(record).unwrap();
    let old = Put { at: state.at, record, version: 3, blob: state.previous.unwrap() };
    let entry = keys.entry(&held.log, directory.head(), vec![Change::Put(old)]);
    let log = (scene.log(), LogKind::Dossier);
    keys.append(&scene.world.relay(), log, entry, Vec::new(), Vec::new()).await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    let view = scene.iris.vault.dossier(&dossier).await.unwrap();
    assert!(view.alarms.contains(&Alarm::Unreadable(dossier, "Ruben Bakker".to_owned())), "{:?}", view.alarms);
    let shows_old = |kind: &ItemKind| matches!(kind, ItemKind::Report { text, .. } if text == REPORT);
    assert!(!view.items.iter().any(|item| shows_old(&item.kind)));
    scene.kept_quiet().await;
}

/// An insider seals a colleague's report again for somebody without the history, with other words in it.
#[tokio::test]
async fn reseal_with_other_words() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, mut held) = scene.held_by(&keys).await;
    let record: RecordId = scene.report.parse().unwrap();
    let at = held.log.record(record).unwrap().at;
    let epoch = NextEpoch::make(&held, &directory, at.compartment, &Seed::from_bytes([65; 32]), |_| None);
    let next = CompartmentEpoch { epoch: at.epoch + 1, ..at };
    let before = held.log.clone();
    let content = held.records(scene.organisation()).into_iter().find(|(id, ..)| *id == record).expect("the report").2;
    // As it will be, to seal in the epoch that the same entry opens.
    held.log.admit(&keys.entry(&before, directory.head(), epoch.changes.clone()), &directory).unwrap();
    held.seeds.insert(next, Seed::from_bytes([65; 32]));
    held.halves.insert(epoch.half.0, epoch.half.1.clone());
    let Record::Report(report) = content else { panic!("a report") };
    let words = Record::Report(Report { text: "kwam niet opdagen".to_owned(), ..report });
    let (put, blob) = held.put(&keys, next, record, 2, words.to_canonical());
    let Change::Put(put) = put else { panic!("a put") };
    // By itself it is refused: only whoever opens an epoch seals again, in it.
    let alone = keys.entry(&before, directory.head(), vec![Change::Reseal(Put { at, ..put })]);
    scene.refuses(alone, vec![blob.clone()], Refusal::Epoch).await;
    let changes = epoch.changes.into_iter().chain([Change::Reseal(put)]).collect();
    let entry = keys.entry(&before, directory.head(), changes);
    let blobs = epoch.blobs.into_iter().chain([blob]).collect();
    let log = (scene.log(), LogKind::Dossier);
    keys.append(&scene.world.relay(), log, entry, blobs, vec![epoch.half]).await.unwrap();

    // Told again and again, also after a lock.
    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();
    let alarm = Alarm::Resealed(scene.dossier.clone(), "Ruben Bakker".to_owned());
    assert!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().alarms.contains(&alarm));
    let ports = scene.world.ports(scene.iris.store.clone());
    let mut again = Vault::unlock(ports, zegel_tests::world::passphrase()).await.unwrap();
    assert!(again.dossier(&scene.dossier).await.unwrap().alarms.contains(&alarm));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn downgrade_suite() {
    let mut scene = Scene::new().await;
    for version in [0, 2, u16::MAX] {
        scene.relay.relent();
        scene.relay.play(answering::<Hello>(move |_, welcome| welcome.version = version));
        let (ports, _) = scene.world.device();
        let said = Vault::relay(&ports).await.err();
        assert_eq!(said, Some(VaultError::RelayVersion(version, zegel_protocol::VERSION)));
    }
    scene.relay.relent();
    // The suite stands in what is signed; another one is no entry.
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let entry = keys.entry(&held.log, directory.head(), Vec::new());
    for suite in [0, 2] {
        let mut bytes = zegel_crypto::labelled(zegel_crypto::Label::Commit, &entry.commit().unwrap());
        let at = 1 + 1 + "zegel/commit".len();
        assert_eq!(bytes[at], zegel_crypto::SUITE);
        bytes[at] = suite;
        let signature = keys.signing.sign_bytes(&bytes);
        let encoded = minicbor::to_vec((minicbor::bytes::ByteVec::from(bytes), signature)).unwrap();
        let older = Entry::from_canonical(&encoded).unwrap();
        assert_eq!(older.commit(), Err(Refusal::Malformed));
        is_refused_as_malformed(&mut scene, older).await;
    }
    scene.kept_quiet().await;
}

async fn is_refused_as_malformed(scene: &mut Scene, entry: Entry) {
    let (log, before) = (scene.log(), scene.heads(Scene::IRIS).await);
    save(&mut scene.ruben, &scene.dossier, "erna").await.unwrap();
    scene.relay.play(only(
        Scene::IRIS,
        answering::<Pull>(move |call, page| {
            if call.log == log {
                page.entries.insert(0, entry.clone());
            }
        }),
    ));
    scene.iris.vault.sync().await.unwrap();
    scene.relay.relent();
    assert!(alarms(&scene.iris).contains(&refused(&scene.dossier, Refusal::Malformed)));
    assert_eq!(scene.heads(Scene::IRIS).await, before);
}

#[tokio::test]
async fn unknown_field() {
    let mut scene = Scene::new().await;
    save(&mut scene.ruben, &scene.dossier, "nieuws").await.unwrap();
    let before = scene.heads(Scene::IRIS).await;
    for path in [Changes::PATH, Pull::PATH] {
        // One more field at the end, another length of the array, a byte behind it all, a longer spelling of a number.
        let bends: [Bend; 4] = [
            |bytes| {
                bytes[0] += 1;
                bytes.push(0xf6);
            },
            |bytes| bytes[0] += 1,
            |bytes| bytes.push(0),
            |bytes| {
                let length = bytes[0] & 0x1f;
                bytes.splice(..1, [0x98, length]);
            },
        ];
        for bend in bends {
            scene.relay.relent();
            scene.relay.play(bytes_of(path, bend));
            assert_eq!(scene.iris.vault.sync().await.err(), Some(VaultError::NotARelay));
            assert_eq!(scene.heads(Scene::IRIS).await, before);
        }
    }
    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"nieuws".to_owned()));
    scene.kept_quiet().await;
}
