//! A relay, and people, that lie about when: backdating, clocks, writing after the end, old grants.

use zegel_ledger::{Change, Entry, LogId, LogKind, Refusal};
use zegel_protocol::{
    Problem,
    calls::{Hello, Pull},
};
use zegel_tests::{
    hostile::{
        Injection, Insider, answering, replay,
        scene::{Scene, alarms, refused, save},
    },
    world::{DAY, MONDAY, PASSPHRASE, passphrase},
};
use zegel_vault::{VaultError, view::Alarm};

#[tokio::test]
async fn write_after_revocation() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let held = keys.take(&scene.world.relay(), scene.log(), LogKind::Dossier, &directory).await.unwrap();
    scene.remove_ruben().await.unwrap();
    let saved = save(&mut scene.ruben, &scene.dossier, "na vertrek").await;
    assert_eq!(saved.err(), Some(VaultError::DeviceRemoved), "the relay itself says no");

    // Nor when the relay helps, and the entry is put after the end and dated before it.
    let thief = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory_now, _) = thief.directory(&scene.world.relay()).await;
    let log = thief.take(&scene.world.relay(), scene.log(), LogKind::Dossier, &directory_now).await.unwrap().log;
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    let (put, blob) = held.put(&keys, at, scene.report.parse().unwrap(), 2, b"overschreven".to_vec());
    let before = scene.heads(Scene::IRIS).await;
    for (relied, claimed_time, refusal) in [
        (directory.head(), 0, Refusal::DirectoryHead),
        (directory_now.head(), 0, Refusal::Author),
        (directory.head(), u64::MAX, Refusal::DirectoryHead),
    ] {
        let mut commit = keys.commit(&log, relied, vec![put.clone()]);
        commit.claimed_time = claimed_time;
        let entry = Entry::sign(&commit, &keys.signing);
        let injection = Injection::into_log(scene.log(), LogKind::Dossier).entry(entry).blobs([blob.clone()]);
        scene.relay.relent();
        scene.relay.inject(injection);
        scene.iris.vault.sync().await.unwrap();
        let refused = refused(&scene.dossier, refusal);
        scene.withstood(Scene::IRIS, &before, &refused).await;
    }
}

/// Whatever time somebody claims: what came first is decided by where it stands.
#[tokio::test]
async fn backdate() {
    let mut scene = Scene::new().await;
    let document = scene.iris.vault.dossier(&scene.dossier).await.unwrap().items;
    let document = document.iter().find(|item| item.title == "cv.pdf").unwrap().id.clone();
    let shared = scene.iris.share(&scene.dossier, &[&document]).await.unwrap();
    let share = scene.iris.vault.shares(&scene.dossier).await.unwrap()[0].id.clone();
    scene.iris.vault.revoke(&scene.dossier, &share).await.unwrap();
    scene.ruben.vault.sync().await.unwrap();

    // A disclosure on the withdrawn consent, dated before the withdrawal.
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let held = keys.take(&scene.world.relay(), scene.log(), LogKind::Dossier, &directory).await.unwrap();
    let consent = held.log.consents().next().unwrap().consent.consent;
    let again = zegel_ledger::Disclose {
        disclosure: LogId([7; 16]),
        first: zegel_crypto::Hash([7; 32]),
        consent,
        files: Vec::new(),
    };
    let mut commit = keys.commit(&held.log, directory.head(), vec![Change::Disclose(again)]);
    commit.claimed_time = 0;
    let entry = Entry::sign(&commit, &keys.signing);
    let kind = (scene.log(), LogKind::Dossier);
    let said = keys.append(&scene.world.relay(), kind, entry.clone(), Vec::new(), Vec::new()).await;
    assert!(matches!(said, Err(Problem::Refused(_))), "{said:?}");

    let before = scene.heads(Scene::IRIS).await;
    scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).entry(entry));
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&refused(&scene.dossier, zegel_ledger::Refusal::Consent)));
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    scene.relay.relent();
    assert_eq!(scene.world.open(&shared).await.err(), Some(VaultError::LinkWithdrawn));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn relay_clock() {
    const TEN_YEARS: i64 = 3653 * 86_400;
    for skew in [-TEN_YEARS, TEN_YEARS] {
        let scene = Scene::new().await;
        scene.relay.play(answering::<Hello>(move |_, welcome| {
            welcome.time = welcome.time.checked_add_signed(skew).unwrap();
        }));
        // A challenge of the new welcome is fetched when the old one is stale.
        scene.world.clock.pass(DAY);
        let mut again = zegel_vault::Vault::unlock(scene.world.ports(scene.iris.store.clone()), passphrase()).await;
        let vault = again.as_mut().unwrap();
        vault.save_report(&scene.dossier, None, 0, "Gewoon", "gewoon", "2026-03-10").await.unwrap();
        assert!(vault.session().alarms.contains(&Alarm::Clock(skew)));
        let view = vault.dossier(&scene.dossier).await.unwrap();
        let saved = view.items.iter().find(|item| item.title == "Gewoon").unwrap();
        assert_eq!(saved.changed, MONDAY + DAY, "its own clock, not the relay's");
        scene.kept_quiet().await;
    }
}

#[tokio::test]
async fn replay_grant_after_revoke() {
    let mut scene = Scene::new().await;
    let person = scene.ruben.vault.session().person;
    let thief = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let page = thief.call(&scene.world.relay(), &Pull { log: scene.log(), from: 0, limit: 500, blobs: true }).await;
    let page = page.unwrap();
    let names = |entry: &&Entry| {
        let changes = entry.commit().unwrap().changes;
        changes.len() == 2 && changes.iter().any(|change| matches!(change, Change::Grant(_)))
    };
    let granting = page.entries.iter().find(names).unwrap().clone();
    scene.remove_ruben().await.unwrap();
    let before = scene.heads(Scene::IRIS).await;

    // The old entry as it was.
    scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).entry(granting.clone()));
    let found = scene.iris.vault.verify(Some(&scene.dossier)).await;
    assert!(found.is_err() || !found.unwrap().alarms.is_empty());
    assert_eq!(scene.heads(Scene::IRIS).await, before);

    // Its changes in a new entry, by somebody who may: the grant's name is used up.
    let (directory, _) = thief.directory(&scene.world.relay()).await;
    let log = thief.take(&scene.world.relay(), scene.log(), LogKind::Dossier, &directory).await.unwrap().log;
    let entry = thief.entry(&log, directory.head(), granting.commit().unwrap().changes);
    assert_eq!(log.clone().admit(&entry, &directory).err(), Some(zegel_ledger::Refusal::Reference));

    // An earlier answer shown once more.
    scene.relay.relent();
    scene.relay.play(replay("/v1/pull"));
    scene.iris.vault.sync().await.unwrap();
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    assert!(!scene.iris.vault.dossier(&scene.dossier).await.unwrap().readers.iter().any(|r| r.person == person));
    scene.kept_quiet().await;
}
