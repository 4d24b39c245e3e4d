//! Keys and receivers that nobody asked for, and a link that is shown something else.

use zegel_crypto::{Half, ReceivingKey, Seed, blob_name};
use zegel_ledger::{
    Change, DeviceCertificate, DeviceId, Entry, File, FileId, Grant, GrantId, LogKind, PersonId, Receiver, Refusal,
    Rights, SignedSlip, Statement,
};
use zegel_protocol::{
    Problem,
    calls::{HalfServed, Halves, Pull},
};
use zegel_tests::{
    hostile::{
        Injection, Insider, answering, bundle,
        scene::{NextEpoch, Scene, alarms, own_key, refused, save, texts},
    },
    world::{PASSPHRASE, passphrase},
};
use zegel_vault::{Vault, VaultError, view::Alarm};

use crate::{admission, grant_to_link, keys_of};

#[tokio::test]
async fn substitute_receiver_key() {
    let mut scene = Scene::new().await;
    let invitation = scene.iris.vault.invite("Noor Jansen", zegel_vault::Role::AdvisorPaid, None).await.unwrap();
    let (ports, _) = scene.world.device();
    Vault::join(ports, &invitation.link, &invitation.code, "Noor Jansen", passphrase()).await.unwrap();

    // The newcomer's slip is shown with keys of the relay's own, signed as well as it can.
    let before = scene.heads(Scene::IRIS).await;
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
    assert_eq!(scene.heads(Scene::IRIS).await, before);
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
    scene.refuses(entry, Vec::new(), Refusal::Reference).await;
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
    scene.refuses(Entry::sign(&commit, &own_key(1)), epoch.blobs, Refusal::Signature).await;
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
    scene.refuses(Entry::sign(&commit, &own_key(1)), vec![blob.clone()], Refusal::Signature).await;
    let stranger = zegel_ledger::Commit { device: DeviceId([1; 16]), ..commit.clone() };
    scene.refuses(Entry::sign(&stranger, &own_key(1)), vec![blob.clone()], Refusal::Author).await;
    let entry = Entry::sign(&commit, &keys.signing);
    let log = (scene.log(), LogKind::Dossier);
    let said = keys.append(&scene.world.relay(), log, entry.clone(), vec![blob.clone()], Vec::new()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");
    scene.refuses(entry, vec![blob], Refusal::Consent).await;
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
    scene.refuses(entry, vec![bytes], Refusal::Reference).await;
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
