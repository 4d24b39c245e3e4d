//! People with real keys who do not play by the rules: makers of links, thieves with a letter, colleagues who poison,
//! backdate or lie to the recovery key.

use zegel_crypto::{Canonical as _, ReceivingKey, Seed, blob_name};
use zegel_ledger::{
    Change, DeviceCertificate, DeviceId, Entry, LogKind, PersonId, Receiver, RecordId, Refusal, Rights, SignedSlip,
    Slip, Statement,
};
use zegel_protocol::{Problem, calls::Post};
use zegel_tests::{
    hostile::{
        Injection, Insider, ask,
        scene::{NextEpoch, Scene, alarms, own_key, refused, save, texts},
    },
    world::{PASSPHRASE, passphrase},
};
use zegel_vault::{AccessTerms, Compared, Recovery, Vault, VaultError, memory::MemoryStore, view::Alarm};

use crate::{grant_to_link, keys_of};

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

    // And if the relay shows the withdrawal all the same, it is not believed.
    let before = scene.heads(Scene::IRIS).await;
    let slip = Slip { log: scene.log(), author: id, device: None, statement: Statement::Withdraw(consent) };
    let slip = SignedSlip::sign(&slip, &keys.signing);
    scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).slip(slip));
    scene.iris.vault.sync().await.unwrap();
    scene.relay.relent();
    let refused = refused(&scene.dossier, Refusal::Author);
    scene.withstood(Scene::IRIS, &before, &refused).await;
}

#[tokio::test]
async fn register_twice() {
    let mut scene = Scene::new().await;
    let invitation = scene.iris.vault.invite("Noor Jansen", zegel_vault::Role::AdvisorPaid, None).await.unwrap();
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
    // A slip that does not fit is no news: the rest of what the relay says is taken as it is.
    scene.iris.vault.sync().await.unwrap();
    assert!(
        alarms(&scene.iris).iter().any(|alarm| matches!(alarm, Alarm::RegisteredTwice(_))),
        "{:?}",
        alarms(&scene.iris)
    );
    let newcomer = scene.iris.vault.members().into_iter().find(|member| member.name == "Noor Jansen").unwrap();
    let (before, words) = (scene.heads(Scene::IRIS).await, newcomer.words.join(" "));
    assert_eq!(
        scene.iris.vault.admit(&newcomer.person, &words, Compared::ByVoice).await.err(),
        Some(VaultError::RegisteredTwice)
    );
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    scene.kept_quiet().await;
}

pub(crate) fn registration(number: u8) -> Statement {
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

    // Nor does it keep anybody from standing in.
    let person = scene.ruben.vault.session().person;
    scene.iris.vault.end_access(&scene.dossier, &person).await.unwrap();
    let terms = AccessTerms { from_now: Some(vec![scene.report.clone()]), ..AccessTerms::default() };
    scene.iris.vault.let_in(&scene.dossier, &person, &terms).await.unwrap();
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
    other.refuses(late, Vec::new(), Refusal::DirectoryHead).await;
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

    // Who brings the sheets together is told as well: what that wrap should have held is not recovered.
    let sheets = &scene.iris.printed.sheets[..2];
    let mut recovery = Recovery::open(scene.world.ports(MemoryStore::default()), sheets).await.unwrap();
    recovery.dossiers().await.unwrap();
    assert_eq!(recovery.alarms(), [alarm]);
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
    scene.remove_ruben().await.unwrap();

    for statement in [Statement::Withdraw(consent), Statement::Revoke(grant)] {
        let slip = keys.slip(scene.log(), statement);
        // The relay judges it first ...
        let said = keys.call(&scene.world.relay(), &Post { slip: slip.clone() }).await;
        assert_eq!(said, Err(Problem::Unauthenticated));
        // ... and if it looks away, everybody does again.
        let before = scene.heads(Scene::IRIS).await;
        scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).slip(slip));
        scene.iris.vault.sync().await.unwrap();
        scene.relay.relent();
        assert!(alarms(&scene.iris).contains(&refused(&scene.dossier, Refusal::Author)), "{:?}", alarms(&scene.iris));
        assert_eq!(scene.heads(Scene::IRIS).await, before);
    }
    assert!(scene.world.open(&shared).await.is_ok(), "the consent still stands");
    save(&mut scene.iris, &scene.dossier, "schrijft verder").await.unwrap();
    scene.kept_quiet().await;
}
