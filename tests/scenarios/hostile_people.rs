//! People who are not who they say, or no longer: keys and receivers that nobody asked for, false directories, ghosts,
//! insiders, and everybody who left with what they had.

use std::{collections::BTreeSet, fs};

use rusqlite::Connection;
use zegel_crypto::{
    Canonical as _, Half, Label, ReceivingKey, Seed, blob_name, labelled,
    printed::{Code, Link, LinkKeys, link_keys},
};
use zegel_ledger::{
    Admission, Change, DeviceCertificate, DeviceId, Directory, Entry, File, FileId, Founding, Gate, Grant, GrantId,
    HalfId, LinkReceiver, LogId, LogKind, PersonId, Receiver, RecordId, Refusal, Rights, SignedSlip, Slip, Standing,
    Statement,
};
use zegel_protocol::{
    Problem,
    calls::{HalfServed, Halves, Post, Pull},
};
use zegel_tests::{
    hostile::{
        Injection, Insider, Stolen, answering, ask, bundle, open_at, place, remembered,
        scene::{NextEpoch, Scene, TITLE, alarms, own_key, refused, save, texts},
    },
    world::{PASSPHRASE, World, passphrase},
};
use zegel_vault::{
    Vault, VaultError,
    view::{Alarm, ItemKind, SharedView},
};

fn keys_of(shared: &SharedView) -> (PersonId, LinkKeys) {
    let (_, fragment) = shared.link.split_once('#').unwrap();
    let link = Link::from_fragment(fragment).unwrap();
    (PersonId(link.id), link_keys(&link.secret, &Code::parse(&shared.code).unwrap()))
}

fn grant_to_link(number: u8, rights: Rights, held: &Stolen) -> (Grant, ReceivingKey) {
    let receiving = ReceivingKey::from_seed(&[number; 32]);
    let link = LinkReceiver {
        id: PersonId([number; 16]),
        receiving: receiving.public(),
        signing: own_key(number).verifying(),
        request: own_key(number + 1).verifying(),
    };
    let grant = Grant {
        id: GrantId([number; 16]),
        receiver: Receiver::Link(link),
        receiver_key: receiving.public().hash(),
        rights,
        compartments: held.log.compartments().map(|(id, _)| id).collect(),
        from: None,
        until: None,
        readings: None,
        gate: Gate::Open,
        consent: None,
    };
    (grant, receiving)
}

/// Shows Iris an entry of the dossier and expects her to refuse it for this reason, and to stay where she was.
async fn is_refused(scene: &mut Scene, entry: Entry, blobs: Vec<Vec<u8>>, refusal: Refusal) {
    let before = remembered(&scene.iris.store).await;
    scene.relay.relent();
    scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).entry(entry).blobs(blobs));
    scene.iris.vault.sync().await.unwrap();
    scene.relay.relent();
    let found = alarms(&scene.iris);
    assert!(found.contains(&refused(&scene.dossier, refusal)), "{found:?}");
    assert_eq!(remembered(&scene.iris.store).await, before);
    assert!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().alarms.contains(&refused(&scene.dossier, refusal)));
}

/// Shows Iris an entry of the directory and expects the same.
async fn is_no_directory(scene: &mut Scene, entry: Entry, refusal: Refusal) {
    let (before, members) = (remembered(&scene.iris.store).await, scene.iris.vault.members());
    scene.relay.relent();
    scene.relay.inject(Injection::into_log(scene.organisation(), LogKind::Directory).entry(entry));
    assert_eq!(scene.iris.vault.sync().await.err(), Some(refusal.into()));
    scene.relay.relent();
    let organisation = scene.iris.vault.session().organisation_id;
    assert!(alarms(&scene.iris).contains(&refused(&organisation, refusal)), "{:?}", alarms(&scene.iris));
    assert_eq!(remembered(&scene.iris.store).await, before);
    assert_eq!(scene.iris.vault.members(), members);
}

#[tokio::test]
async fn substitute_receiver_key() {
    let mut scene = Scene::new().await;
    let invitation = scene.iris.vault.invite("Noor Jansen", false).await.unwrap();
    let (ports, _) = scene.world.device();
    Vault::join(ports, &invitation.link, &invitation.code, "Noor Jansen", passphrase()).await.unwrap();

    // The newcomer's slip is shown with keys of the relay's own, signed as well as it can.
    let before = remembered(&scene.iris.store).await;
    scene.relay.play(answering::<Pull>(|_, page| {
        for shown in &mut page.slips {
            let mut slip = shown.slip().unwrap();
            if let Statement::Register { person, account, receiving, device, signing, request, certificate, .. } =
                &mut slip.statement
            {
                *account = own_key(1).verifying();
                *receiving = ReceivingKey::from_seed(&[2; 32]).public();
                *certificate = DeviceCertificate::sign(*person, *device, *signing, *request, &own_key(1)).signature;
                *shown = SignedSlip::sign(&slip, &own_key(3));
            }
        }
    }));
    assert_eq!(scene.iris.vault.sync().await.err(), Some(VaultError::Untrusted(Refusal::Signature)));
    let organisation = scene.iris.vault.session().organisation_id;
    assert!(alarms(&scene.iris).contains(&refused(&organisation, Refusal::Signature)));
    assert_eq!(remembered(&scene.iris.store).await, before);
    let newcomer = scene.iris.vault.members().into_iter().find(|member| member.name == "Noor Jansen").unwrap();
    assert!(newcomer.words.is_empty(), "there is nobody to admit");
    scene.relay.relent();

    // A member who may grant names another key than the directory does.
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let own = held.log.grants_of(keys.person).next().unwrap().grant.clone();
    let false_key = ReceivingKey::from_seed(&[4; 32]).public().hash();
    let grant = Grant { id: GrantId([4; 16]), receiver_key: false_key, ..own };
    let entry = keys.entry(&held.log, directory.head(), vec![Change::Grant(grant)]);
    is_refused(&mut scene, entry, Vec::new(), Refusal::Reference).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn inject_metadata_key() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let compartment = held.log.compartments().next().unwrap().0;
    let epoch = NextEpoch::make(&held, &directory, compartment, &Seed::from_bytes([9; 32]), |_| None);
    let commit = keys.commit(&held.log, directory.head(), epoch.changes);
    is_refused(&mut scene, Entry::sign(&commit, &own_key(1)), epoch.blobs, Refusal::Signature).await;
    save(&mut scene.iris, &scene.dossier, "onder de eigen sleutel").await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    assert!(texts(&mut scene.ruben, &scene.dossier).await.contains(&"onder de eigen sleutel".to_owned()));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn add_receiver_unasked() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let (grant, receiving) = grant_to_link(5, Rights::READ, &held);
    let seeds: Vec<_> = held.seeds.iter().map(|(at, seed)| (*at, seed.clone())).collect();
    let commitments: Vec<_> = seeds.iter().map(|(_, seed)| seed.commitment()).collect();
    let (wrap, blob) = bundle(held.log.id(), &grant, &receiving.public(), &seeds, &commitments);
    let changes = vec![Change::Grant(grant), wrap];

    // By nobody, by somebody who is not here, and by somebody who is: a third party needs a consent.
    let commit = keys.commit(&held.log, directory.head(), changes);
    is_refused(&mut scene, Entry::sign(&commit, &own_key(1)), vec![blob.clone()], Refusal::Signature).await;
    let stranger = zegel_ledger::Commit { device: DeviceId([1; 16]), ..commit.clone() };
    is_refused(&mut scene, Entry::sign(&stranger, &own_key(1)), vec![blob.clone()], Refusal::Author).await;
    let entry = Entry::sign(&commit, &keys.signing);
    let log = (scene.log(), LogKind::Dossier);
    let said = keys.append(&scene.world.relay(), log, entry.clone(), vec![blob.clone()], Vec::new()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
    is_refused(&mut scene, entry, vec![blob], Refusal::Consent).await;
    scene.kept_quiet().await;
}

/// Ruben opens the next epoch as the rules want it, and wraps Iris a seed that he made up.
#[tokio::test]
async fn inject_compartment_key() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await.person;
    let forge = |receiver: &Receiver| receiver.is(iris).then(|| Seed::from_bytes([66; 32]));
    let epoch = NextEpoch::make(&held, &directory, at.compartment, &Seed::from_bytes([65; 32]), forge);
    let entry = keys.entry(&held.log, directory.head(), epoch.changes);
    let log = (scene.log(), LogKind::Dossier);
    keys.append(&scene.world.relay(), log, entry, epoch.blobs, vec![epoch.half]).await.unwrap();

    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&Alarm::FalseWrap(scene.dossier.clone())));
    let sent = scene.relay.transcript().0.len();
    let saved = save(&mut scene.iris, &scene.dossier, "niet onder een vreemde sleutel").await;
    assert_eq!(saved.err(), Some(VaultError::NoRight), "the made-up seed is not learnt, so nothing is sealed with it");
    let requests = scene.relay.transcript().0.split_off(sent);
    assert!(!requests.iter().any(|request| request.path == "/v1/append"));
    scene.kept_quiet().await;
}

/// A relay cannot swap the half of an epoch either: what comes out is not the key that was committed to, and nothing is
/// opened or sealed with it.
#[tokio::test]
async fn substitute_half() {
    let scene = Scene::new().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    let half = held.log.epoch(at).unwrap().half;
    scene.relay.play(answering::<Halves>(move |call, answer| {
        for ((_, id), served) in call.wanted.iter().zip(&mut answer.served) {
            if *id == half {
                *served = HalfServed::Half(Half::from_bytes([1; 32]));
            }
        }
    }));
    let (ports, _) = scene.world.device();
    let mut vault = Vault::enrol(ports, &scene.iris.printed.card, passphrase()).await.unwrap();
    let view = vault.dossier(&scene.dossier).await.unwrap();
    assert!(view.items.is_empty() && view.alarms.iter().any(|alarm| matches!(alarm, Alarm::Unreadable(..))));
    let sent = scene.relay.transcript().0.len();
    let saved = vault.save_report(&scene.dossier, None, 0, "x", "x", "2026-03-09").await;
    assert_eq!(saved.err(), Some(VaultError::Unreadable));
    let requests = scene.relay.transcript().0.split_off(sent);
    assert!(!requests.iter().any(|request| request.path == "/v1/append"), "nothing was sealed under a false key");
    scene.kept_quiet().await;
}

#[tokio::test]
async fn rogue_directory() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, all) = keys.directory(&scene.world.relay()).await;

    // The whole of it, under a root of the relay's own, with the true people in it.
    let rooted = |entry: &Entry| {
        let mut commit = entry.commit().unwrap();
        for change in &mut commit.changes {
            if let Change::Found(founding) = change {
                *founding = Founding { root: own_key(1).verifying(), ..founding.clone() };
            }
        }
        Entry::sign(&commit, &own_key(1))
    };
    let rogue = rooted(&all.entries[0]);
    assert!(Directory::new(scene.organisation()).admit(&rogue).is_ok(), "in itself it is a directory");
    scene.relay.inject(Injection::into_log(scene.organisation(), LogKind::Directory).entry(rogue));
    let (ports, store) = scene.world.device();
    let enrolled = Vault::enrol(ports, &scene.iris.printed.card, passphrase()).await;
    assert_eq!(enrolled.err(), Some(VaultError::Untrusted(Refusal::Founding)));
    assert_eq!(remembered(&store).await, None);
    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();

    // Its next entry, signed by the relay in a director's name.
    let ghost = Change::Admit(admission(7));
    let commit = keys.commit(directory.log(), None, vec![ghost.clone()]);
    is_no_directory(&mut scene, Entry::sign(&commit, &own_key(1)), Refusal::Signature).await;

    // And by somebody who was a director.
    scene.iris.vault.remove_member(&scene.ruben.vault.session().person).await.unwrap();
    let thief = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, _) = thief.directory(&scene.world.relay()).await;
    let entry = keys.entry(directory.log(), None, vec![ghost]);
    is_no_directory(&mut scene, entry, Refusal::Author).await;
    scene.kept_quiet().await;
}

fn admission(number: u8) -> Admission {
    Admission {
        person: PersonId([number; 16]),
        account: own_key(number).verifying(),
        receiving: ReceivingKey::from_seed(&[number; 32]).public(),
        standing: Standing(Standing::STAFF.0 | Standing::DIRECTOR.0),
        until: None,
    }
}

#[tokio::test]
async fn ghost_member() {
    let mut scene = Scene::new().await;
    let noor = scene.world.colleague(&mut scene.iris, "Noor Jansen", false).await;
    let keys = Insider::of(&noor.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let entry = keys.entry(directory.log(), None, vec![Change::Admit(admission(7))]);
    let log = (scene.organisation(), LogKind::Directory);
    let said = keys.append(&scene.world.relay(), log, entry.clone(), Vec::new(), Vec::new()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
    is_no_directory(&mut scene, entry, Refusal::Right).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn ghost_device() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await.person;
    // A director who plays along cannot certify somebody else's device: that takes the account key.
    let (one, two) = (own_key(1).verifying(), own_key(2).verifying());
    let ghost = DeviceCertificate::sign(iris, DeviceId([7; 16]), one, two, &own_key(3));
    let entry = keys.entry(directory.log(), None, vec![Change::Certify(ghost.clone())]);
    is_no_directory(&mut scene, entry, Refusal::Signature).await;
    // Nor can a device certify itself.
    let mut commit = keys.commit(directory.log(), None, vec![Change::Certify(ghost)]);
    (commit.author, commit.device) = (iris, DeviceId([7; 16]));
    is_no_directory(&mut scene, Entry::sign(&commit, &own_key(1)), Refusal::Signature).await;
    scene.kept_quiet().await;
}

#[tokio::test]
async fn confuse_entry_kinds() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let directory_change = vec![Change::Admit(admission(7))];
    let entry = keys.entry(&held.log, directory.head(), directory_change.clone());
    is_refused(&mut scene, entry, Vec::new(), Refusal::Right).await;
    for kind in [LogKind::Directory, LogKind::Disclosure, LogKind::Personal] {
        let mut commit = keys.commit(&held.log, directory.head(), Vec::new());
        commit.kind = kind;
        is_refused(&mut scene, Entry::sign(&commit, &keys.signing), Vec::new(), Refusal::OtherLog).await;
    }
    let mut commit = keys.commit(directory.log(), None, directory_change);
    commit.kind = LogKind::Dossier;
    is_no_directory(&mut scene, Entry::sign(&commit, &keys.signing), Refusal::OtherLog).await;
    let mut commit = keys.commit(&held.log, directory.head(), Vec::new());
    commit.sequence = directory.log().next_sequence();
    is_no_directory(&mut scene, Entry::sign(&commit, &keys.signing), Refusal::OtherLog).await;
    scene.kept_quiet().await;
}

/// Each signature is offered for everything else that is signed.
#[tokio::test]
async fn cross_protocol_sign() {
    let scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let entry = keys.entry(&held.log, directory.head(), Vec::new());
    let slip = keys.slip(scene.log(), Statement::Revoke(held.log.grants().next().unwrap().grant.id));

    // An entry and a slip have the same shape on the wire; the label inside tells them apart.
    let as_slip = SignedSlip::from_canonical(&entry.to_canonical()).unwrap();
    assert_eq!(as_slip.slip(), Err(Refusal::Malformed));
    assert_eq!(held.log.clone().post(&as_slip, directory.now()), Err(Refusal::Malformed));
    let as_entry = Entry::from_canonical(&slip.to_canonical()).unwrap();
    assert_eq!(as_entry.commit(), Err(Refusal::Malformed));
    assert_eq!(held.log.clone().admit(&as_entry, &directory), Err(Refusal::Malformed));
    let call = Post { slip: as_slip };
    assert!(keys.call(&scene.world.relay(), &call).await.is_err());

    // No label's signature is another label's, over any body.
    let body = (scene.log(), keys.person);
    for signed in Label::ALL {
        let signature = keys.signing.sign(*signed, &body);
        for offered in Label::ALL {
            let holds = keys.signing.verifying().verify(*offered, &body, &signature).is_ok();
            assert_eq!(holds, signed == offered, "{signed:?} as {offered:?}");
        }
        assert!(!labelled(*signed, &body).starts_with(b"\"@method\""), "nor a request's");
    }
    // A device's two keys do not stand in for each other.
    let wrong = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let entry = Entry::sign(&keys.commit(&held.log, directory.head(), Vec::new()), &wrong.request);
    assert_eq!(held.log.clone().admit(&entry, &directory), Err(Refusal::Signature));
    let call = Pull { log: scene.log(), from: 0, limit: 1, blobs: false };
    let said = ask(&scene.world.relay(), &keys.device.to_string(), &keys.signing, &call).await;
    assert_eq!(said, Err(Problem::Unauthenticated));
    scene.kept_quiet().await;
}

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
    assert!(disk.directory.head().is_some() && disk.logs.len() == 5);
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
async fn maker_as_receiver() {
    let mut scene = Scene::new().await;
    let shared = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    let (id, keys) = keys_of(&shared);
    let relay = scene.world.relay();
    let insider = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&insider).await;
    let consent = held.log.consents().next().unwrap().consent.consent;
    let disclosure = held.log.disclosures().next().unwrap().disclosure;
    let disclosed = insider.take(&relay, disclosure, LogKind::Disclosure, &directory).await.unwrap();
    let grant = disclosed.log.grants_of(id).next().unwrap().grant.id;

    // With the link's keys nothing is withdrawn, revoked, consented to or registered.
    for (log, statement) in [
        (scene.log(), Statement::Withdraw(consent)),
        (disclosure, Statement::Withdraw(consent)),
        (disclosure, Statement::Revoke(grant)),
        (disclosure, Statement::Beacon(1, Vec::new())),
    ] {
        let slip = SignedSlip::sign(&Slip { log, author: id, device: None, statement }, &keys.signing);
        let said = ask(&relay, &id.to_string(), &keys.request, &Post { slip: slip.clone() }).await;
        assert!(said.is_err(), "{said:?}");
        let mut state = if log == disclosure { disclosed.log.clone() } else { held.log.clone() };
        assert!(matches!(state.post(&slip, directory.now()), Err(Refusal::Right | Refusal::Author)));
    }
    let (again, _) = grant_to_link(9, Rights::READ, &disclosed);
    let mut commit = insider.commit(&disclosed.log, directory.head(), vec![Change::Grant(again)]);
    (commit.author, commit.device) = (id, DeviceId(id.0));
    let entry = Entry::sign(&commit, &keys.signing);
    assert_eq!(disclosed.log.clone().admit(&entry, &directory), Err(Refusal::Author));
    let shares = scene.iris.vault.shares(&scene.dossier).await.unwrap();
    assert!(shares[0].opened.is_empty(), "nobody has opened it");
    scene.kept_quiet().await;
}

#[tokio::test]
async fn register_twice() {
    let mut scene = Scene::new().await;
    let invitation = scene.iris.vault.invite("Noor Jansen", false).await.unwrap();
    let (ports, _) = scene.world.device();
    Vault::join(ports, &invitation.link, &invitation.code, "Noor Jansen", passphrase()).await.unwrap();
    // A thief with letter and code comes second; the relay would take it, or is made to.
    let (ports, _) = scene.world.device();
    let second = Vault::join(ports, &invitation.link, &invitation.code, "Noor Jansen", passphrase()).await;
    if second.is_err() {
        let (id, keys) = keys_of(&invitation);
        let statement = registration(11);
        let slip = Slip { log: scene.organisation(), author: id, device: None, statement };
        let slip = SignedSlip::sign(&slip, &keys.signing);
        scene.relay.inject(Injection::into_log(scene.organisation(), LogKind::Directory).slip(slip));
    }
    let _ = scene.iris.vault.sync().await;
    assert!(
        alarms(&scene.iris).iter().any(|alarm| matches!(alarm, Alarm::RegisteredTwice(_))),
        "{:?}",
        alarms(&scene.iris)
    );
    let newcomer = scene.iris.vault.members().into_iter().find(|member| member.name == "Noor Jansen").unwrap();
    let before = remembered(&scene.iris.store).await;
    assert_eq!(scene.iris.vault.admit(&newcomer.person).await.err(), Some(VaultError::RegisteredTwice));
    assert_eq!(remembered(&scene.iris.store).await, before);
    scene.kept_quiet().await;
}

fn registration(number: u8) -> Statement {
    let (person, device) = (PersonId([number; 16]), DeviceId([number; 16]));
    let (account, signing, request) = (own_key(number), own_key(number + 1), own_key(number + 2));
    let certificate = DeviceCertificate::sign(person, device, signing.verifying(), request.verifying(), &account);
    Statement::Register {
        person,
        account: account.verifying(),
        receiving: ReceivingKey::from_seed(&[number; 32]).public(),
        device,
        signing: signing.verifying(),
        request: request.verifying(),
        certificate: certificate.signature,
        introduction: Vec::new(),
    }
}

#[tokio::test]
async fn poison_entry() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    // One that is not sealed at all, and one that is, over something that is no record.
    let rubbish = b"geen verzegeld bericht".repeat(100);
    let (sealed, blob) = held.put(&keys, at, RecordId([1; 16]), 1, b"geen record".to_vec());
    let Change::Put(put) = sealed else { panic!("a put") };
    let bare = zegel_ledger::Put { record: RecordId([2; 16]), blob: blob_name(&rubbish), ..put };
    let entry = keys.entry(&held.log, directory.head(), vec![Change::Put(put), Change::Put(bare)]);
    let log = (scene.log(), LogKind::Dossier);
    keys.append(&scene.world.relay(), log, entry, vec![blob, rubbish], Vec::new()).await.unwrap();

    let before = texts(&mut scene.iris, &scene.dossier).await;
    scene.iris.vault.sync().await.unwrap();
    let poisoned = Alarm::Unreadable(scene.dossier.clone(), "Ruben Bakker".to_owned());
    let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
    assert!(view.alarms.contains(&poisoned) && !view.read_only);
    assert_eq!(texts(&mut scene.iris, &scene.dossier).await, before);
    save(&mut scene.iris, &scene.dossier, "gaat gewoon verder").await.unwrap();
    assert_eq!(scene.iris.read(&scene.dossier, &scene.document).await.unwrap(), zegel_tests::world::DOCUMENT);
    scene.kept_quiet().await;
}

#[tokio::test]
async fn backdate_removed_device() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    let report = zegel_dossier::Record::Report(zegel_dossier::Report {
        title: "Van een oude laptop".to_owned(),
        text: "geantedateerd".to_owned(),
        day: "2026-03-01".to_owned(),
        conflict_of: None,
    });
    let (put, blob) = held.put(&keys, at, RecordId([1; 16]), 1, report.to_canonical());
    let late = keys.entry(&held.log, directory.head(), vec![put]);

    // The device is removed; the dossier does not know yet.
    let iris = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let ended = iris.entry(directory.log(), None, vec![Change::RevokeDevice(keys.device)]);
    let log = (scene.organisation(), LogKind::Directory);
    iris.append(&scene.world.relay(), log, ended, Vec::new(), Vec::new()).await.unwrap();
    let injection = Injection::into_log(scene.log(), LogKind::Dossier).entry(late.clone()).blobs([blob.clone()]);
    scene.relay.inject(injection);
    scene.iris.vault.sync().await.unwrap();
    let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
    let item = view.items.iter().find(|item| item.title == "Van een oude laptop").unwrap();
    assert!(item.unconfirmed, "it is shown for what it is");
    assert!(view.alarms.contains(&Alarm::Unconfirmed(scene.dossier.clone(), 1)));
    scene.relay.relent();

    // Once somebody else has relied on the directory without the device, the old head is closed.
    let mut other = Scene::new().await;
    let keys = Insider::of(&other.ruben.store, PASSPHRASE).await;
    let (old, _) = other.held_by(&keys).await;
    let iris = Insider::of(&other.iris.store, PASSPHRASE).await;
    let ended = iris.entry(old.log(), None, vec![Change::RevokeDevice(keys.device)]);
    let log = (other.organisation(), LogKind::Directory);
    iris.append(&other.world.relay(), log, ended, Vec::new(), Vec::new()).await.unwrap();
    other.iris.vault.sync().await.unwrap();
    save(&mut other.iris, &other.dossier, "sluit het af").await.unwrap();
    let (_, now) = other.held_by(&iris).await;
    let late = keys.entry(&now.log, old.head(), Vec::new());
    is_refused(&mut other, late, Vec::new(), Refusal::DirectoryHead).await;
    other.kept_quiet().await;
}

#[tokio::test]
async fn false_recovery_wrap() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    let forge = |receiver: &Receiver| (*receiver == Receiver::Recovery).then(|| Seed::from_bytes([66; 32]));
    let epoch = NextEpoch::make(&held, &directory, at.compartment, &Seed::from_bytes([65; 32]), forge);
    let entry = keys.entry(&held.log, directory.head(), epoch.changes);
    let log = (scene.log(), LogKind::Dossier);
    keys.append(&scene.world.relay(), log, entry, epoch.blobs, vec![epoch.half]).await.unwrap();

    scene.iris.vault.sync().await.unwrap();
    let alarm = Alarm::FalseWrap(scene.dossier.clone());
    assert!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().alarms.contains(&alarm));
    let found = scene.iris.vault.verify(Some(&scene.dossier)).await.unwrap();
    assert!(found.alarms.contains(&alarm));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn stale_slip() {
    let mut scene = Scene::new().await;
    let shared = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    let consent = held.log.consents().next().unwrap().consent.consent;
    let grant = held.log.grants_of(Insider::of(&scene.iris.store, PASSPHRASE).await.person).next().unwrap().grant.id;
    scene.iris.vault.remove_member(&scene.ruben.vault.session().person).await.unwrap();

    for statement in [Statement::Withdraw(consent), Statement::Revoke(grant)] {
        let slip = keys.slip(scene.log(), statement);
        // The relay judges it first ...
        let said = keys.call(&scene.world.relay(), &Post { slip: slip.clone() }).await;
        assert_eq!(said, Err(Problem::Unauthenticated));
        // ... and if it looks away, everybody does again.
        let before = remembered(&scene.iris.store).await;
        scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).slip(slip));
        scene.iris.vault.sync().await.unwrap();
        scene.relay.relent();
        assert!(alarms(&scene.iris).contains(&refused(&scene.dossier, Refusal::Author)), "{:?}", alarms(&scene.iris));
        assert_eq!(remembered(&scene.iris.store).await, before);
    }
    assert!(scene.world.open(&shared).await.is_ok(), "the consent still stands");
    save(&mut scene.iris, &scene.dossier, "schrijft verder").await.unwrap();
    scene.kept_quiet().await;
}

/// A half that belongs to one compartment is named as that of a file elsewhere, so that the relay hands it out there.
#[tokio::test]
async fn borrowed_half() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&keys).await;
    let (home, _) = held.log.compartments().next().unwrap();
    let (_, other) = held.log.compartments().nth(1).unwrap();
    let bytes = b"een bestand".to_vec();
    let (blob, length) = (blob_name(&bytes), bytes.len() as u64);
    let file = File { file: FileId([1; 16]), home, half: other[0].half, blob, length };
    let entry = keys.entry(&held.log, directory.head(), vec![Change::File(file)]);
    let log = (scene.log(), LogKind::Dossier);
    let said = keys.append(&scene.world.relay(), log, entry.clone(), vec![bytes.clone()], Vec::new()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
    is_refused(&mut scene, entry, vec![bytes], Refusal::Reference).await;
    scene.kept_quiet().await;
}

/// A link that is shown another disclosure, or another organisation, says so and shows nothing.
#[tokio::test]
async fn substitute_disclosure() {
    let mut scene = Scene::new().await;
    let shared = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    let (id, link) = keys_of(&shared);
    let insider = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, held) = scene.held_by(&insider).await;
    let disclosure = held.log.disclosures().next().unwrap().disclosure;
    let honest = insider.take(&scene.world.relay(), disclosure, LogKind::Disclosure, &directory).await.unwrap();
    // Rebuilt under a root of the relay's own, to the same receiver.
    let mut commit = honest.entries[0].commit().unwrap();
    let admitted = Change::Admit(admission(1));
    let certified = DeviceCertificate::sign(
        PersonId([1; 16]),
        DeviceId([1; 16]),
        own_key(2).verifying(),
        own_key(3).verifying(),
        &own_key(1),
    );
    let mut root = directory_root(&commit);
    root.changes = vec![root.changes[0].clone(), admitted, Change::Certify(certified)];
    for change in commit.changes.iter_mut().chain(&mut root.changes) {
        if let Change::Found(founding) = change {
            founding.root = own_key(4).verifying();
        }
    }
    (root.author, root.device) = (PersonId([1; 16]), DeviceId([1; 16]));
    let chain = vec![Entry::sign(&root, &own_key(4))];
    for change in &mut commit.changes {
        if let Change::Found(founding) = change
            && let Some(source) = &mut founding.source
        {
            source.chain = chain.clone();
        }
    }
    (commit.author, commit.device) = (PersonId([1; 16]), DeviceId([1; 16]));
    let entry = Entry::sign(&commit, &own_key(2));
    let blobs: Vec<_> = honest.blobs.values().cloned().collect();
    scene.relay.inject(Injection::into_log(disclosure, LogKind::Disclosure).entry(entry).blobs(blobs));
    assert_eq!(scene.world.open(&shared).await.err(), Some(VaultError::LinkNotWhatWasPromised));
    scene.relay.relent();
    assert!(scene.world.open(&shared).await.is_ok());
    assert!(honest.log.grants_of(id).any(|state| state.grant.receiver_key == link.receiving.public().hash()));
    scene.kept_quiet().await;
}

fn directory_root(commit: &zegel_ledger::Commit) -> zegel_ledger::Commit {
    let Some(Change::Found(founding)) = commit.changes.first() else { panic!("a founding") };
    founding.source.as_ref().unwrap().chain[0].commit().unwrap()
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
