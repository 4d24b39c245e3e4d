//! A relay that was put back to an earlier state, or says so.

use zegel_crypto::Hash;
use zegel_ledger::{Change, Head, LogKind};
use zegel_protocol::{
    Problem,
    calls::{Beacons, Call as _, Changes, HandBack, Hello, Pull},
};
use zegel_tests::{
    hostile::{
        Insider, answering, only, problem,
        scene::{Scene, TITLE, alarms, save, texts},
    },
    world::{DAY, MONDAY, PASSPHRASE, passphrase},
};
use zegel_vault::{Role, Vault, VaultError, view::Alarm};

/// The day of the scene, counted from 1970.
const TODAY: u64 = MONDAY / DAY;

#[tokio::test]
async fn restore_from_backup() {
    let mut scene = Scene::new().await;
    let mut noor = scene.world.newcomer(&mut scene.iris, "Noor Smit", Role::AdvisorPaid, None).await;
    let shared = scene.iris.share(&scene.dossier, &[&scene.report]).await.unwrap();
    assert!(scene.world.open(&shared).await.is_ok());
    let backup = scene.world.back_up();
    save(&mut scene.iris, &scene.dossier, "na de reservekopie").await.unwrap();
    save(&mut scene.ruben, &scene.dossier, "ook daarna").await.unwrap();
    scene.iris.vault.revoke(&scene.dossier, &shared.id).await.unwrap();
    let (new, ..) = scene.iris.dossier("Helemaal verloren").await;
    scene.iris.vault.remove_member(&noor.vault.session().person).await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    let before = scene.heads(Scene::RUBEN).await;

    scene.world.restore(&backup);
    assert_eq!(scene.world.open(&shared).await.err(), Some(VaultError::RelayPutBack), "receivers wait");
    scene.ruben.vault.sync().await.unwrap();
    let now = scene.ruben.vault.session().put_back.unwrap();
    scene.withstood(Scene::RUBEN, &before, &Alarm::PutBack(now)).await;
    assert!(
        texts(&mut scene.ruben, &scene.dossier).await.contains(&"na de reservekopie".to_owned()),
        "hers, by his hand"
    );
    assert!(noor.vault.sync().await.is_err(), "who was removed stays so");

    // Iris comes back, to a vault that was locked meanwhile: the dossier that was lost whole is there again.
    let ports = scene.world.ports(scene.iris.store.clone());
    scene.iris.vault = Vault::unlock(ports, passphrase()).await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"ook daarna".to_owned()));
    assert!(scene.iris.vault.dossier(&new).await.unwrap().alarms.is_empty());
    assert_eq!(scene.iris.vault.restored().await.unwrap().lost, []);

    let confirmed = scene.iris.vault.confirm_restored(false).await.unwrap();
    assert_eq!((confirmed.put_back, confirmed.lost.len(), confirmed.confirmed.len()), (None, 0, 1));
    assert_eq!(confirmed.confirmed[0].by, "Iris de Vries");
    scene.ruben.vault.sync().await.unwrap();
    assert!(alarms(&scene.ruben).contains(&Alarm::Restored("Iris de Vries".to_owned(), TODAY, 0)));
    assert_eq!(scene.ruben.vault.session().put_back, None);
    assert_eq!(
        scene.world.open(&shared).await.err(),
        Some(VaultError::LinkWithdrawn),
        "and who was withdrawn stays so"
    );
    save(&mut scene.ruben, &scene.dossier, "verder").await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"verder".to_owned()));
    let verified = scene.iris.vault.verify(None).await.unwrap();
    let about = |alarm: &Alarm| !matches!(alarm, Alarm::PutBack(_) | Alarm::Restored(..));
    assert!(!verified.alarms.iter().any(about), "{:?}", verified.alarms);
    scene.kept_quiet().await;
}

/// It says that it was put back, shows less, and takes nothing.
#[tokio::test]
async fn a_restored_relay_that_lies() {
    let mut scene = Scene::new().await;
    let (earlier, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "daarna geschreven").await.unwrap();
    let before = scene.heads(Scene::IRIS).await;
    scene.relay.route(Scene::IRIS, earlier);
    scene.relay.play(answering::<Hello>(|_, welcome| welcome.put_back = Some(MONDAY)));
    scene.world.clock.pass(300);
    scene.iris.vault.sync().await.unwrap();
    scene.withstood(Scene::IRIS, &before, &Alarm::PutBack(MONDAY)).await;
    scene.withstood(Scene::IRIS, &before, &Alarm::Rollback(scene.dossier.clone())).await;
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"daarna geschreven".to_owned()));
    let refused = scene.iris.vault.confirm_restored(false).await;
    assert_eq!(refused.err(), Some(VaultError::StillLost(vec![TITLE.to_owned()])), "nothing is given up unasked");
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    scene.kept_quiet().await;
}

/// A director names another head than everybody knows: that is no earlier state of this history.
#[tokio::test]
async fn a_confirmation_of_another_history() {
    let mut scene = Scene::new().await;
    save(&mut scene.iris, &scene.dossier, "daarna geschreven").await.unwrap();
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let before = scene.heads(Scene::IRIS).await;
    let other = vec![(scene.log(), Head { sequence: 1, hash: Hash([7; 32]) })];
    let entry = keys.entry(directory.log(), None, vec![Change::Restored(other)]);
    let log = (scene.organisation(), LogKind::Directory);
    keys.append(&scene.world.relay(), log, entry, Vec::new(), Vec::new()).await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    let dossiers = |heads: Vec<(Vec<u8>, Vec<u8>)>| -> Vec<_> {
        heads.into_iter().filter(|(key, _)| key.ends_with(&scene.log().0)).collect()
    };
    assert_eq!(dossiers(scene.heads(Scene::IRIS).await), dossiers(before));
    assert!(alarms(&scene.iris).contains(&Alarm::Restored("Ruben Bakker".to_owned(), TODAY, 1)));
    assert!(alarms(&scene.iris).contains(&Alarm::Fork(scene.dossier.clone())));
    assert!(scene.iris.vault.dossier(&scene.dossier).await.unwrap().read_only);
    scene.kept_quiet().await;
}

/// What is not handed back is given up by a director, for everybody, from a head that everybody knows.
#[tokio::test]
async fn what_nobody_hands_back_is_given_up_by_a_director_alone() {
    let mut scene = Scene::new().await;
    let backup = scene.world.back_up();
    save(&mut scene.iris, &scene.dossier, "komt niet terug").await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    scene.world.restore(&backup);
    scene.relay.stop(HandBack::PATH, problem(Problem::Internal));
    let before = scene.heads(Scene::RUBEN).await;
    scene.ruben.vault.sync().await.unwrap();
    scene.withstood(Scene::RUBEN, &before, &Alarm::Rollback(scene.dossier.clone())).await;
    scene.iris.vault.sync().await.unwrap();
    let lost = scene.iris.vault.restored().await.unwrap().lost;
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!((lost[0].title.as_str(), lost[0].known - lost[0].there), (TITLE, 1));
    assert_eq!(scene.iris.vault.confirm_restored(true).await.unwrap().lost, []);
    scene.ruben.vault.sync().await.unwrap();
    for actor in [&mut scene.iris, &mut scene.ruben] {
        assert!(!texts(actor, &scene.dossier).await.contains(&"komt niet terug".to_owned()));
    }
    save(&mut scene.ruben, &scene.dossier, "opnieuw").await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"opnieuw".to_owned()));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn two_devices_that_went_on_differently_after_a_restore() {
    let mut scene = Scene::new().await;
    let backup = scene.world.back_up();
    save(&mut scene.iris, &scene.dossier, "voor de brand").await.unwrap();
    save(&mut scene.iris, &scene.dossier, "vlak voor de brand").await.unwrap();
    scene.world.restore(&backup);
    scene.ruben.vault.sync().await.unwrap();
    save(&mut scene.ruben, &scene.dossier, "na de brand").await.unwrap();
    let before = scene.heads(Scene::IRIS).await;
    scene.iris.vault.sync().await.unwrap();
    scene.withstood(Scene::IRIS, &before, &Alarm::Fork(scene.dossier.clone())).await;
    let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
    assert!(view.read_only, "people merge: what she wrote is still there to copy");
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"voor de brand".to_owned()));
}

/// One viewer is shown nothing new of a dossier, day after day. A colleague's device has seen more.
#[tokio::test]
async fn freeze_is_noticed_by_a_beacon() {
    let mut scene = Scene::new().await;
    let log = scene.log();
    save(&mut scene.iris, &scene.dossier, "achtergehouden voor Ruben").await.unwrap();
    let known = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let page = known.call(&scene.world.relay(), &Pull { log, from: 0, limit: 500, blobs: false }).await.unwrap();
    let last = &page.entries[page.entries.len() - 2];
    let frozen = Head { sequence: last.commit().unwrap().sequence, hash: last.hash() };
    scene.relay.play(only(
        Scene::RUBEN,
        answering::<Pull>(move |call, page| {
            if call.log == log {
                (page.entries, page.head) = (Vec::new(), Some(frozen));
            }
        }),
    ));
    scene.relay.play(only(Scene::RUBEN, answering::<Changes>(move |_, page| page.logs.retain(|one| one.log != log))));
    let before = scene.heads(Scene::RUBEN).await;
    scene.ruben.vault.sync().await.unwrap();
    assert_eq!(alarms(&scene.ruben), [], "by itself it cannot be told from a quiet dossier");

    scene.world.clock.pass(DAY);
    scene.iris.vault.sync().await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    let day = u32::try_from(TODAY + 1).unwrap();
    let withheld = Alarm::Withheld(scene.dossier.clone(), "Iris de Vries".to_owned(), day);
    let dossiers = |heads: Vec<(Vec<u8>, Vec<u8>)>| -> Vec<_> {
        heads.into_iter().filter(|(key, _)| key.ends_with(&log.0)).collect()
    };
    assert_eq!(dossiers(scene.heads(Scene::RUBEN).await), dossiers(before));
    assert!(alarms(&scene.ruben).contains(&withheld), "{:?}", alarms(&scene.ruben));
    assert!(scene.ruben.vault.dossier(&scene.dossier).await.unwrap().alarms.contains(&withheld));

    // An honest relay, and the day after nobody is alarmed and each has seen what the other has.
    scene.relay.relent();
    let ports = scene.world.ports(scene.ruben.store.clone());
    scene.ruben.vault = Vault::unlock(ports, passphrase()).await.unwrap();
    scene.world.clock.pass(DAY);
    scene.iris.vault.sync().await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    assert_eq!(alarms(&scene.ruben), []);
    let seen = scene.ruben.vault.dossier(&scene.dossier).await.unwrap().seen.unwrap();
    assert_eq!((seen.by.as_str(), seen.day), ("Iris de Vries", day + 1));
    scene.kept_quiet().await;
}

/// Each is shown a history of their own. Their beacons do not agree.
#[tokio::test]
async fn equivocation_is_noticed_by_a_beacon() {
    let mut scene = Scene::new().await;
    let (twin, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "voor haar alleen").await.unwrap();
    scene.relay.route(Scene::RUBEN, twin);
    save(&mut scene.ruben, &scene.dossier, "voor hem alleen").await.unwrap();
    let before = scene.heads(Scene::RUBEN).await;
    scene.world.clock.pass(DAY);
    scene.iris.vault.sync().await.unwrap();
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let told = keys.call(&scene.world.relay(), &Beacons { since: 0 }).await.unwrap();
    scene.relay.play(only(Scene::RUBEN, answering::<Beacons>(move |_, page| *page = told.clone())));
    scene.ruben.vault.sync().await.unwrap();
    let day = u32::try_from(TODAY + 1).unwrap();
    let contradicted = Alarm::Contradicted(scene.dossier.clone(), "Iris de Vries".to_owned(), day);
    scene.withstood(Scene::RUBEN, &before, &contradicted).await;
}

/// A relay that makes beacons up, or bends them, alarms nobody: they are signed.
#[tokio::test]
async fn a_beacon_is_its_devices_own_word() {
    let mut scene = Scene::new().await;
    scene.world.clock.pass(DAY);
    scene.iris.vault.sync().await.unwrap();
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let ruben = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let day = u32::try_from(TODAY + 1).unwrap();
    let higher = Head { sequence: 99, hash: Hash([1; 32]) };
    let heads = vec![(zegel_ledger::BeaconTag::of(scene.log(), keys.device, day), higher)];
    let slip = zegel_ledger::Slip {
        log: scene.organisation(),
        author: keys.person,
        device: Some(keys.device),
        statement: zegel_ledger::Statement::Beacon(day, heads),
    };
    let forged = zegel_ledger::SignedSlip::sign(&slip, &ruben.signing);
    scene.relay.play(only(Scene::RUBEN, answering::<Beacons>(move |_, page| page.beacons = vec![forged.clone()])));
    scene.ruben.vault.sync().await.unwrap();
    assert_eq!(alarms(&scene.ruben), []);
}
