//! A relay that tampers with what it stores: keyrings, records, files, their names and their versions.

use std::cell::RefCell;

use zegel_crypto::{
    Canonical as _, Hash, blob_name,
    printed::KeyCard,
    seal::{CHUNK, HEADER, TAG},
    unlock::{SealedKeyring, SlotSecret, UnlockError, open_keyring},
};
use zegel_ledger::{Change, Entry, File, FileId, LogKind, Put, RecordId, Refusal};
use zegel_protocol::calls::{Bytes, Call, Changes, Fetch, FetchKeyring, Halves, Hello, Pull};
use zegel_tests::{
    hostile::{
        Injection, Insider, Stolen, answering, bytes_of, only, open_at, place, remembered,
        scene::{Scene, TITLE, alarms, own_key, refused, save, texts},
    },
    world::{self, DOCUMENT, PASSPHRASE, REPORT, passphrase},
};
use zegel_vault::{
    Vault, VaultError,
    memory::MemoryStore,
    ports::{Entropy, Ports, Store as _, Table, Write},
    view::{Alarm, ItemKind},
};

/// Opens Iris's vault with her card on a new device, and says how that ended and what the relay saw of it.
async fn enrol(scene: &Scene, passphrase: &str) -> (Option<VaultError>, Vec<(String, usize)>) {
    scene.world.clock.pass(1);
    scene.relay.take_transcript();
    let (ports, store) = scene.world.device();
    let card = &scene.iris.printed.card;
    let outcome = Vault::enrol(ports, card, passphrase.to_owned().into()).await.err();
    if outcome.is_some() {
        assert_eq!(remembered(&store).await, None);
        assert_eq!(store.all(Table::Device).await.unwrap(), []);
    }
    (outcome, scene.relay.take_transcript().shape())
}

#[tokio::test]
async fn tamper_keyring() {
    let scene = Scene::new().await;
    let (wrong, traffic) = enrol(&scene, "een heel ander wachtwoord").await;
    assert_eq!(wrong, Some(VaultError::WrongPassphrase));
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let call = FetchKeyring { person: keys.person };
    let honest = keys.call(&scene.world.relay(), &call).await.unwrap().keyring.0;
    for at in (0..honest.len()).step_by(5) {
        let mut flipped = honest.clone();
        flipped[at] ^= 1 << (at / 5 % 8);
        let decoded = SealedKeyring::from_canonical(&flipped);
        let out_of_bounds = decoded.is_ok_and(|keyring| keyring.stretch.check().is_err());
        scene.relay.relent();
        scene.relay.play(answering::<FetchKeyring>(move |_, stored| stored.keyring = Bytes(flipped.clone())));
        let (error, seen) = enrol(&scene, PASSPHRASE).await;
        // The bounds of the stretching are public; everything else ends in one and the same way.
        let generic = if out_of_bounds { VaultError::StretchRefused } else { VaultError::WrongPassphrase };
        assert_eq!(error, Some(generic), "byte {at}");
        assert_eq!(seen, traffic, "byte {at}");
    }
}

#[tokio::test]
async fn kdf_params() {
    let scene = Scene::new().await;
    for (memory_kib, passes, lanes) in [(1, 1, 1), (4 << 20, 1, 1), (0, 1, 1), (64, 1, 1 << 24), (64, 1 << 31, 1)] {
        scene.relay.relent();
        scene.relay.play(answering::<FetchKeyring>(move |_, stored| {
            let mut keyring = SealedKeyring::from_canonical(&stored.keyring.0).unwrap();
            (keyring.stretch.memory_kib, keyring.stretch.passes, keyring.stretch.lanes) = (memory_kib, passes, lanes);
            stored.keyring = Bytes(keyring.to_canonical());
        }));
        assert_eq!(enrol(&scene, PASSPHRASE).await.0, Some(VaultError::StretchRefused));
    }
}

/// Somebody else's keyring under this person's name.
#[tokio::test]
async fn swap_keyrings() {
    let scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let other = keys.call(&scene.world.relay(), &FetchKeyring { person: keys.person }).await.unwrap();
    scene.relay.play(answering::<FetchKeyring>(move |_, stored| *stored = other.clone()));
    assert_eq!(enrol(&scene, PASSPHRASE).await.0, Some(VaultError::WrongPassphrase));
}

/// What a breach of the relay gives, and the passphrase on top of it, do not open anything: the card's secret is missing.
#[tokio::test]
async fn keyring_and_passphrase_alone() {
    let scene = Scene::new().await;
    let card = KeyCard::from_text(&scene.iris.printed.card).unwrap();
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let stored = keys.call(&scene.world.relay(), &FetchKeyring { person: keys.person }).await.unwrap();
    let keyring = SealedKeyring::from_canonical(&stored.keyring.0).unwrap();
    assert!(open_keyring(&keyring, PASSPHRASE.as_bytes(), &card.secret, &card.fingerprint).is_ok());
    for guess in 0..=255 {
        let secret = SlotSecret::from_bytes([guess; 32]);
        let opened = open_keyring(&keyring, PASSPHRASE.as_bytes(), &secret, &card.fingerprint);
        assert_eq!(opened.err(), Some(UnlockError::Refused));
    }
    let other = KeyCard { secret: SlotSecret::from_bytes([1; 32]), ..card };
    let (ports, _) = scene.world.device();
    let enrolled = Vault::enrol(ports, &other.to_text(), passphrase()).await;
    assert_eq!(enrolled.err(), Some(VaultError::CardNotKnown));
    scene.kept_quiet().await;
}

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
    is_refused(&mut scene, entry, Vec::new(), Refusal::OtherLog).await;
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

async fn is_refused(scene: &mut Scene, entry: Entry, blobs: Vec<Vec<u8>>, refusal: Refusal) {
    let before = remembered(&scene.iris.store).await;
    scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).entry(entry).blobs(blobs));
    scene.iris.vault.sync().await.unwrap();
    scene.relay.relent();
    assert!(alarms(&scene.iris).contains(&refused(&scene.dossier, refusal)), "{:?}", alarms(&scene.iris));
    assert_eq!(remembered(&scene.iris.store).await, before);
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
    is_refused(&mut scene, entry, vec![blob], Refusal::Signature).await;
    assert_eq!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().summary.title, TITLE);
    scene.kept_quiet().await;
}

#[tokio::test]
async fn inject_file() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let bytes = b"%PDF-1.4 niet van hier".to_vec();
    let home = held.log.files().next().unwrap().file.home;
    let (blob, length) = (blob_name(&bytes), bytes.len() as u64);
    let file = File { file: FileId([1; 16]), home, half: zegel_ledger::HalfId([1; 16]), blob, length };
    let entry = Entry::sign(&keys.commit(&held.log, directory.head(), vec![Change::File(file)]), &own_key(1));
    is_refused(&mut scene, entry, vec![bytes], Refusal::Signature).await;
    assert_eq!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().items.len(), 2);
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
    let (log, before) = (scene.log(), remembered(&scene.iris.store).await);
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
    assert_eq!(remembered(&scene.iris.store).await, before);
}

#[tokio::test]
async fn unknown_field() {
    let mut scene = Scene::new().await;
    save(&mut scene.ruben, &scene.dossier, "nieuws").await.unwrap();
    let before = remembered(&scene.iris.store).await;
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
            assert_eq!(remembered(&scene.iris.store).await, before);
        }
    }
    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"nieuws".to_owned()));
    scene.kept_quiet().await;
}

/// A device that has nothing but what is needed to ask for the passphrase.
async fn bare(scene: &Scene) -> (Ports, MemoryStore) {
    let record = scene.iris.store.get(Table::Device, b"device").await.unwrap().unwrap();
    let (ports, store) = scene.world.device();
    store.write(vec![Write::Put(Table::Device, b"device".to_vec(), record)]).await.unwrap();
    (ports, store)
}

/// Bits of every kind of answer are flipped while a device fetches everything anew. What it shows is true, or not shown.
#[tokio::test]
async fn flip_bits() {
    let mut scene = Scene::new().await;
    save(&mut scene.iris, &scene.dossier, "nog een verslag").await.unwrap();
    let mut shown = 0;
    for path in [Hello::PATH, Changes::PATH, Pull::PATH, Halves::PATH, Fetch::PATH, FetchKeyring::PATH] {
        for round in 0..10_usize {
            scene.world.clock.pass(1);
            scene.relay.relent();
            scene.relay.play(bytes_of(path, move |bytes| {
                let at = (round * 7919 + 13) % bytes.len();
                bytes[at] ^= 1 << (round % 8);
            }));
            let (ports, _) = bare(&scene).await;
            let Ok(mut vault) = Vault::unlock(ports, passphrase()).await else { continue };
            let Ok(view) = vault.dossier(&scene.dossier).await else { continue };
            assert!(view.summary.title.is_empty() || view.summary.title == TITLE);
            for item in &view.items {
                match &item.kind {
                    ItemKind::Report { text, .. } => assert!(text == REPORT || text == "nog een verslag"),
                    ItemKind::Document { name, .. } => assert_eq!(name, "cv.pdf"),
                }
            }
            let mut sink = world::Bytes(Vec::new());
            if vault.read_file(&scene.dossier, &scene.document, &mut sink, &()).await.is_ok() {
                assert_eq!(sink.0, DOCUMENT);
                shown += 1;
            }
        }
    }
    assert!(shown > 0, "some bits are in what nobody reads");
    scene.kept_quiet().await;
}

const WHOLE: usize = CHUNK + TAG;

/// Reads a file of several chunks whose ciphertext is bent; expects a refusal, and nothing written but what is true.
async fn chunks(bend: impl Fn(&mut Vec<u8>, &[u8]) + 'static) {
    let mut scene = Scene::new().await;
    let content: Vec<u8> = (0..5 * CHUNK).map(|at| (at / 7 % 251) as u8).collect();
    let other = scene.iris.add(&scene.dossier, "ander.pdf", &vec![7; 5 * CHUNK]).await.unwrap();
    let item = scene.iris.add(&scene.dossier, "groot.pdf", &content).await.unwrap();
    let spare = RefCell::new(Vec::new());
    scene.relay.take_transcript();
    assert_eq!(scene.iris.read(&scene.dossier, &item).await.unwrap(), content);
    let fetched = scene.relay.transcript().0;
    let call = fetched.iter().find(|request| request.path == Fetch::PATH).unwrap();
    let wanted = Fetch::from_canonical(&call.body).unwrap().blob;
    scene.iris.read(&scene.dossier, &other).await.unwrap();
    let requests = scene.relay.transcript().0;
    let call = requests.iter().rfind(|request| request.path == Fetch::PATH).unwrap();
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let of_other = keys.call(&scene.world.relay(), &Fetch::from_canonical(&call.body).unwrap()).await.unwrap();
    *spare.borrow_mut() = of_other.bytes.0;

    scene.relay.play(answering::<Fetch>(move |call, fetched| {
        if call.blob == wanted && call.offset == 0 {
            bend(&mut fetched.bytes.0, &spare.borrow());
        } else if call.blob == wanted {
            fetched.bytes.0.clear();
        }
    }));
    let mut sink = world::Bytes(Vec::new());
    let outcome = scene.iris.vault.read_file(&scene.dossier, &item, &mut sink, &()).await;
    assert_eq!(outcome.err(), Some(VaultError::Unreadable));
    assert!(content.starts_with(&sink.0));
}

fn chunk(number: usize) -> std::ops::Range<usize> {
    HEADER + number * WHOLE..HEADER + (number + 1) * WHOLE
}

#[tokio::test]
async fn chunk_reordered() {
    chunks(|bytes, _| {
        let first = bytes[chunk(1)].to_vec();
        bytes.copy_within(chunk(2), chunk(1).start);
        bytes[chunk(2)].copy_from_slice(&first);
    })
    .await;
}

#[tokio::test]
async fn chunk_dropped() {
    chunks(|bytes, _| drop(bytes.drain(chunk(1)))).await;
}

#[tokio::test]
async fn chunk_duplicated() {
    chunks(|bytes, _| {
        let twice = bytes[chunk(1)].to_vec();
        bytes.splice(chunk(1).start..chunk(1).start, twice);
    })
    .await;
}

#[tokio::test]
async fn chunk_truncated() {
    chunks(|bytes, _| bytes.truncate(chunk(2).end)).await;
}

#[tokio::test]
async fn chunk_spliced() {
    chunks(|bytes, other| bytes[chunk(1)].copy_from_slice(&other[chunk(1)])).await;
}

#[tokio::test]
async fn chunk_of_another_file_whole() {
    chunks(|bytes, other| *bytes = other.to_vec()).await;
}

#[tokio::test]
async fn chunk_flipped() {
    chunks(|bytes, _| bytes[chunk(3).start + 9] ^= 4).await;
}

/// Randomness that always says the same.
struct Stuck;

impl Entropy for Stuck {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0x42);
    }
}

#[tokio::test]
async fn rng_stuck() {
    let mut scene = Scene::new().await;
    let (ports, _) = bare(&scene).await;
    let stuck = Ports { entropy: Box::new(Stuck), ..ports };
    let mut vault = Vault::unlock(stuck, passphrase()).await.unwrap();
    for (base, text) in [(1, "eerste"), (2, "tweede"), (3, "tweede"), (4, "vijfde")] {
        let saved = vault.save_report(&scene.dossier, Some(&scene.report), base, "Titel", text, "2026-03-09").await;
        assert_eq!(saved.unwrap().version, base + 1);
    }
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    let mut names: Vec<Hash> = Vec::new();
    for entry in &held.entries {
        let puts = entry.commit().unwrap().changes.into_iter().filter_map(|change| match change {
            Change::Put(put) => Some(put.blob),
            _ => None,
        });
        names.extend(puts);
    }
    // A message's key and nonces follow from its salt: no two may begin alike.
    let mut salts: Vec<&[u8]> = names.iter().map(|name| &held.blobs[name][..24]).collect();
    salts.sort_unstable();
    let all = salts.len();
    salts.dedup();
    assert!(all >= 6 && salts.len() == all);
    scene.iris.vault.sync().await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"vijfde".to_owned()));
}
