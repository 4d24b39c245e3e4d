//! A relay that lies about what came first, and what came at all: forks, rollbacks, omissions.

use zegel_crypto::blob_name;
use zegel_ledger::{Head, LogKind, Refusal};
use zegel_protocol::{
    Problem,
    calls::{Append, Bytes, Call as _, Fetch, Pull},
};
use zegel_tests::{
    hostile::{
        Injection, Insider, answering, lose_answer, only, problem,
        scene::{Scene, alarms, refused, save, texts},
    },
    world::PASSPHRASE,
};
use zegel_vault::{VaultError, view::Alarm};

#[tokio::test]
async fn fork() {
    let mut scene = Scene::new().await;
    let (twin, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "in de ene geschiedenis").await.unwrap();
    scene.relay.route(Scene::RUBEN, twin);
    save(&mut scene.ruben, &scene.dossier, "in de andere geschiedenis").await.unwrap();

    // The first news from the other side betrays the two histories, to both.
    let before = (scene.heads(Scene::IRIS).await, scene.heads(Scene::RUBEN).await);
    scene.relay.relent();
    assert_eq!(save(&mut scene.ruben, &scene.dossier, "te laat").await.err(), Some(VaultError::ReadOnly));
    assert!(alarms(&scene.ruben).contains(&Alarm::Fork(scene.dossier.clone())));
    let view = scene.ruben.vault.dossier(&scene.dossier).await.unwrap();
    assert!(view.read_only && view.alarms.contains(&Alarm::Fork(scene.dossier.clone())));

    let (twin, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "en verder").await.unwrap();
    scene.relay.route(Scene::RUBEN, twin);
    assert!(!texts(&mut scene.ruben, &scene.dossier).await.contains(&"in de ene geschiedenis".to_owned()));
    assert!(!texts(&mut scene.iris, &scene.dossier).await.contains(&"in de andere geschiedenis".to_owned()));
    assert_eq!(scene.heads(Scene::RUBEN).await, before.1);
    assert_ne!(scene.heads(Scene::IRIS).await, before.0, "hers is the one that went on");
    scene.kept_quiet().await;
}

#[tokio::test]
async fn rollback_to() {
    let mut scene = Scene::new().await;
    let (earlier, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "daarna geschreven").await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    let before = scene.heads(Scene::IRIS).await;

    scene.relay.route(Scene::IRIS, earlier);
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&Alarm::Rollback(scene.dossier.clone())));
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"daarna geschreven".to_owned()));
    let saved = save(&mut scene.iris, &scene.dossier, "hierop niet verder").await;
    assert_eq!(saved.err(), Some(VaultError::ChangedFirst));
    let rollback = Alarm::Rollback(scene.dossier.clone());
    scene.withstood(Scene::IRIS, &before, &rollback).await;
}

/// Even if it lies about what changed: a pull of the log itself shows it.
#[tokio::test]
async fn rollback_of_one_log() {
    let mut scene = Scene::new().await;
    save(&mut scene.iris, &scene.dossier, "daarna geschreven").await.unwrap();
    save(&mut scene.ruben, &scene.dossier, "en nog iets").await.unwrap();
    let (log, before) = (scene.log(), scene.heads(Scene::RUBEN).await);
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let call = Pull { log, from: 0, limit: 500, blobs: false };
    let entries = keys.call(&scene.world.relay(), &call).await.unwrap().entries;
    let last_but_one = &entries[entries.len() - 2];
    let older = Head { sequence: entries.len() as u64 - 2, hash: last_but_one.hash() };
    scene.relay.play(only(
        Scene::RUBEN,
        answering::<Pull>(move |call, page| {
            if call.log == log {
                page.entries.clear();
                page.head = Some(older);
            }
        }),
    ));
    save(&mut scene.iris, &scene.dossier, "van Iris").await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    assert!(alarms(&scene.ruben).contains(&Alarm::Rollback(scene.dossier.clone())));
    assert_eq!(scene.heads(Scene::RUBEN).await, before);
    scene.kept_quiet().await;
}

/// A relay that stands still is believed until the first word from the other side; then everything it hid comes out.
#[tokio::test]
async fn freeze() {
    let mut scene = Scene::new().await;
    let (frozen, _folder) = scene.world.twin();
    scene.relay.route(Scene::RUBEN, frozen);
    save(&mut scene.iris, &scene.dossier, "verborgen voor Ruben").await.unwrap();
    let before = scene.heads(Scene::RUBEN).await;
    scene.ruben.vault.sync().await.unwrap();
    assert_eq!(scene.heads(Scene::RUBEN).await, before);

    save(&mut scene.ruben, &scene.dossier, "in de stilstand").await.unwrap();
    scene.relay.relent();
    assert_eq!(save(&mut scene.ruben, &scene.dossier, "erna").await.err(), Some(VaultError::ReadOnly));
    assert!(alarms(&scene.ruben).contains(&Alarm::Fork(scene.dossier.clone())));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn directory_equivocation() {
    let mut scene = Scene::new().await;
    let (twin, _folder) = scene.world.twin();
    scene.iris.vault.invite("Nieuwe collega", zegel_vault::Role::AdvisorPaid, None).await.unwrap();
    scene.relay.route(Scene::RUBEN, twin.clone());
    scene.ruben.vault.invite("Iemand anders", zegel_vault::Role::AdvisorPaid, None).await.unwrap();
    save(&mut scene.ruben, &scene.dossier, "op het andere ledenboek").await.unwrap();

    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let from = keys.call(&scene.world.relay(), &Pull { log: scene.log(), from: 0, limit: 500, blobs: false }).await;
    let from = from.unwrap().entries.len() as u64;
    let page = keys.call(&twin, &Pull { log: scene.log(), from, limit: 500, blobs: true }).await.unwrap();
    let [entry] = page.entries.as_slice() else { panic!("one entry was added") };
    let blobs = page.blobs.into_iter().map(|bytes| bytes.0);
    let before = scene.heads(Scene::IRIS).await;
    let injection = Injection::into_log(scene.log(), LogKind::Dossier).entry(entry.clone()).blobs(blobs);
    scene.relay.relent();
    scene.relay.inject(injection);
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&refused(&scene.dossier, Refusal::DirectoryHead)));
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    assert!(!texts(&mut scene.iris, &scene.dossier).await.contains(&"op het andere ledenboek".to_owned()));

    // And the other directory itself is never taken for the next part of this one.
    scene.relay.relent();
    scene.relay.route(Scene::IRIS, twin.clone());
    assert_eq!(
        scene.iris.vault.invite("Op de tweeling", zegel_vault::Role::AdvisorPaid, None).await.err(),
        Some(VaultError::ChangedFirst)
    );
    let organisation = scene.iris.vault.session().organisation_id;
    assert!(alarms(&scene.iris).contains(&Alarm::Rollback(organisation.clone())), "{:?}", alarms(&scene.iris));
    // As soon as it shows what follows on the other one, there are two.
    scene.relay.route(Scene::RUBEN, twin);
    scene.ruben.vault.invite("Nog iemand", zegel_vault::Role::AdvisorPaid, None).await.unwrap();
    let before = scene.heads(Scene::IRIS).await;
    let said = scene.iris.vault.sync().await;
    assert_eq!(said.err(), Some(VaultError::Untrusted(Refusal::Fork)));
    scene.withstood(Scene::IRIS, &before, &Alarm::Fork(organisation)).await;
}

#[tokio::test]
async fn omit_entry() {
    let mut scene = Scene::new().await;
    save(&mut scene.ruben, &scene.dossier, "wordt weggelaten").await.unwrap();
    save(&mut scene.ruben, &scene.dossier, "wordt getoond").await.unwrap();
    let (log, before) = (scene.log(), scene.heads(Scene::IRIS).await);
    scene.relay.play(only(
        Scene::IRIS,
        answering::<Pull>(move |call, page| {
            if call.log == log {
                page.entries.remove(0);
            }
        }),
    ));
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&refused(&scene.dossier, Refusal::Sequence)));
    assert_eq!(scene.heads(Scene::IRIS).await, before);

    // Reordered is as good as left out.
    scene.relay.relent();
    scene.relay.play(only(Scene::IRIS, answering::<Pull>(|_, page| page.entries.reverse())));
    save(&mut scene.ruben, &scene.dossier, "en nog een").await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    let refused = refused(&scene.dossier, Refusal::Sequence);
    scene.withstood(Scene::IRIS, &before, &refused).await;
}

/// The last entries are left out, and yet their head is named.
#[tokio::test]
async fn withhold_the_tail() {
    let mut scene = Scene::new().await;
    save(&mut scene.ruben, &scene.dossier, "wordt achtergehouden").await.unwrap();
    let (log, before) = (scene.log(), scene.heads(Scene::IRIS).await);
    scene.relay.play(only(
        Scene::IRIS,
        answering::<Pull>(move |call, page| {
            if call.log == log {
                page.entries.clear();
            }
        }),
    ));
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&Alarm::Rollback(scene.dossier.clone())));
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    scene.kept_quiet().await;
}

#[tokio::test]
async fn omit_blob() {
    let mut scene = Scene::new().await;
    let item = save(&mut scene.ruben, &scene.dossier, "zonder zijn bytes").await.unwrap();
    scene.relay.play(only(Scene::IRIS, answering::<Pull>(|_, page| page.blobs.clear())));
    scene.relay.stop("/v1/fetch", problem(Problem::NotFound));
    scene.iris.vault.sync().await.unwrap();
    let missing = Alarm::Unreadable(scene.dossier.clone(), "Ruben Bakker".to_owned());
    let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
    assert!(view.alarms.contains(&missing), "{:?}", view.alarms);
    assert!(!view.items.iter().any(|shown| shown.id == item));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn stale_record_fresh_head() {
    let mut scene = Scene::new().await;
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let old = keys.take(&scene.world.relay(), scene.log(), LogKind::Dossier, &directory).await.unwrap();
    let record = scene.report.parse().unwrap();
    let stale = old.blobs[&old.log.record(record).unwrap().blob].clone();
    let saved = scene.ruben.vault.save_report(&scene.dossier, Some(&scene.report), 1, "Nieuw", "nieuw", "2026-03-09");
    assert_eq!(saved.await.unwrap().version, 2);

    scene.relay.play(only(Scene::IRIS, answering::<Pull>(|_, page| page.blobs.clear())));
    scene.relay.play(only(Scene::IRIS, answering::<Fetch>(move |_, fetched| fetched.bytes = Bytes(stale.clone()))));
    scene.iris.vault.sync().await.unwrap();
    let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
    assert!(view.alarms.contains(&Alarm::Unreadable(scene.dossier.clone(), "Ruben Bakker".to_owned())));
    assert!(!view.items.iter().any(|item| item.id == scene.report), "an old text is not shown for the new one");
    scene.kept_quiet().await;
}

#[tokio::test]
async fn double_accept() {
    let mut scene = Scene::new().await;
    // Ruben's entry follows what both know; Iris wrote another with the same number.
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&scene.world.relay()).await;
    let held = keys.take(&scene.world.relay(), scene.log(), LogKind::Dossier, &directory).await.unwrap();
    let at = held.log.record(scene.report.parse().unwrap()).unwrap().at;
    let (put, blob) = held.put(&keys, at, zegel_ledger::RecordId([5; 16]), 1, b"x".to_vec());
    let twice = keys.entry(&held.log, directory.head(), vec![put]);
    let mut other = held.log.clone();
    other.admit(&twice, &directory).unwrap();
    let (put, second_blob) = held.put(&keys, at, zegel_ledger::RecordId([6; 16]), 1, b"y".to_vec());
    let after = keys.entry(&other, directory.head(), vec![put]);

    save(&mut scene.iris, &scene.dossier, "hetzelfde nummer").await.unwrap();
    let before = scene.heads(Scene::IRIS).await;
    assert_ne!(blob_name(&blob), blob_name(&second_blob));
    let injection = Injection::into_log(scene.log(), LogKind::Dossier).entry(after).blobs([blob, second_blob]);
    scene.relay.inject(injection);
    scene.iris.vault.sync().await.unwrap();
    let view = scene.iris.vault.dossier(&scene.dossier).await.unwrap();
    assert!(view.read_only && view.alarms.contains(&Alarm::Fork(scene.dossier.clone())), "{:?}", view.alarms);
    assert_eq!(scene.heads(Scene::IRIS).await, before);
    assert_eq!(save(&mut scene.iris, &scene.dossier, "kan niet").await.err(), Some(VaultError::ReadOnly));
    scene.kept_quiet().await;
}

/// The relay does what it is asked and denies having heard it: nothing is lost, nothing is there twice.
#[tokio::test]
async fn lost_answer() {
    let mut scene = Scene::new().await;
    let before = scene.relay.transcript().0.len();
    scene.relay.play(only(Scene::IRIS, lose_answer("/v1/append")));
    let saved = scene.iris.vault.save_report(&scene.dossier, None, 0, "Eén keer", "een keer", "2026-03-09").await;
    assert!(saved.unwrap().waiting);
    let requests = scene.relay.transcript().0.split_off(before);
    assert!(requests.iter().filter(|request| request.path == Append::PATH).count() <= 2, "no storm");
    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    scene.ruben.vault.sync().await.unwrap();
    for actor in [&mut scene.iris, &mut scene.ruben] {
        let texts = texts(actor, &scene.dossier).await;
        assert_eq!(texts.iter().filter(|text| *text == "een keer").count(), 1, "{texts:?}");
    }
    scene.kept_quiet().await;
}
