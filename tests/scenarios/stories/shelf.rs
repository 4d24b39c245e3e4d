//! A person's shelf follows them: a new device opens slots instead of wraps, knows the highest heads, and a removal is
//! finished by whoever can.

use zegel_crypto::{Canonical as _, Hash};
use zegel_ledger::{Head, LogKind, Refusal};
use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, Changes, Pull},
};
use zegel_tests::{
    hostile::{
        HostileRelay, Injection, Insider, Transcript, answering, problem,
        scene::{Scene, alarms, refused, save, texts},
    },
    world::{Actor, DAY, PASSPHRASE, World, passphrase},
};
use zegel_vault::{
    Vault,
    view::{Alarm, ReaderView},
};

/// A second device of the same person, with their key card.
async fn second_device(world: &World, actor: &Actor) -> Actor {
    let (ports, store) = world.device();
    let vault = Vault::enrol(ports, &actor.printed.card, passphrase()).await.expect("card and passphrase open it");
    Actor { vault, printed: actor.printed.clone(), store }
}

/// The logs whose entries were asked for.
fn pulled(transcript: &Transcript) -> Vec<String> {
    let pulls = transcript.0.iter().filter(|request| request.path == Pull::PATH);
    pulls.map(|request| Pull::from_canonical(&request.body).expect("a pull").log.to_string()).collect()
}

#[tokio::test]
async fn a_new_device_lists_every_dossier_without_pulling_one() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let (first, ..) = iris.dossier("Yasemin Öztürk").await;
    let (second, ..) = iris.dossier("Bram IJsselstein").await;
    iris.vault.sync().await.unwrap();

    relay.take_transcript();
    let mut laptop = second_device(&world, &iris).await;
    assert_eq!(laptop.vault.dossiers(), iris.vault.dossiers());
    let asked = pulled(&relay.take_transcript());
    assert!(!asked.contains(&first) && !asked.contains(&second), "the list came from the shelf");

    assert_eq!(texts(&mut laptop, &first).await, texts(&mut iris, &first).await);
    let asked = pulled(&relay.take_transcript());
    assert!(asked.contains(&first) && !asked.contains(&second), "what is opened is pulled, and nothing else");
    assert_eq!(laptop.vault.verify(None).await.unwrap().alarms, []);

    // And from there on it is a device like any other.
    save(&mut laptop, &first, "op de laptop").await.unwrap();
    iris.vault.sync().await.unwrap();
    assert!(texts(&mut iris, &first).await.contains(&"op de laptop".to_owned()));
    assert_eq!(alarms(&iris), [Alarm::OwnNewDevice]);
}

#[tokio::test]
async fn what_came_after_the_shelf_was_written_is_pulled() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    iris.vault.sync().await.unwrap();
    save(&mut iris, &dossier, "daarna").await.unwrap();
    iris.vault.rename_dossier(&dossier, "Yasemin van der Meer").await.unwrap();

    let mut laptop = second_device(&world, &iris).await;
    assert_eq!(laptop.vault.dossiers()[0].title, "Yasemin van der Meer");
    assert!(texts(&mut laptop, &dossier).await.contains(&"daarna".to_owned()));
}

#[tokio::test]
async fn a_new_device_notices_that_a_dossier_is_shown_as_it_was_before() {
    let mut scene = Scene::new().await;
    let log = scene.log();
    scene.iris.vault.sync().await.unwrap();

    // The relay shows the dossier as it was founded: a device that knew nothing could not tell.
    scene.relay.play(answering::<Changes>(move |_, page| page.logs.retain(|changed| changed.log != log)));
    scene.relay.play(answering::<Pull>(move |call, page| {
        if call.log == log {
            page.entries.retain(|entry| entry.commit().is_ok_and(|commit| commit.sequence == 0));
            page.head = page.entries.first().map(|first| Head { sequence: 0, hash: first.hash() });
        }
    }));
    let mut laptop = second_device(&scene.world, &scene.iris).await;
    assert!(laptop.vault.dossier(&scene.dossier).await.is_err(), "an older state is not shown as if it were all");
    assert!(alarms(&laptop).contains(&Alarm::Rollback(scene.dossier.clone())));

    scene.relay.relent();
    assert_eq!(texts(&mut laptop, &scene.dossier).await, texts(&mut scene.iris, &scene.dossier).await);
    scene.kept_quiet().await;
}

#[tokio::test]
async fn a_new_device_is_not_led_into_another_history() {
    let mut scene = Scene::new().await;
    let (twin, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "zoals het was").await.unwrap();
    scene.world.clock.pass(DAY);
    scene.iris.vault.sync().await.unwrap();

    // On a copy of the relay a colleague writes something else in the same place, and that is what the new device is shown.
    scene.relay.route(Scene::RUBEN, twin.clone());
    save(&mut scene.ruben, &scene.dossier, "zoals het niet was").await.unwrap();
    let keys = Insider::of(&scene.ruben.store, PASSPHRASE).await;
    let page = keys.call(&twin, &Pull { log: scene.log(), from: 0, limit: 500, blobs: true }).await.unwrap();
    let entry = page.entries.last().unwrap().clone();
    let blobs = page.blobs.into_iter().map(|bytes| bytes.0);
    scene.relay.relent();
    scene.relay.inject(Injection::into_log(scene.log(), LogKind::Dossier).entry(entry).blobs(blobs));
    let mut laptop = second_device(&scene.world, &scene.iris).await;
    assert!(laptop.vault.dossier(&scene.dossier).await.is_err());
    assert!(alarms(&laptop).contains(&refused(&scene.dossier, Refusal::Fork)), "{:?}", alarms(&laptop));

    scene.relay.relent();
    assert!(texts(&mut laptop, &scene.dossier).await.contains(&"zoals het was".to_owned()));
    scene.kept_quiet().await;
}

#[tokio::test]
async fn two_devices_of_one_person_that_were_shown_two_histories_tell_each_other() {
    let mut scene = Scene::new().await;
    scene.iris.vault.sync().await.unwrap();
    let mut laptop = second_device(&scene.world, &scene.iris).await;
    let device = scene.relay.last_device();
    texts(&mut laptop, &scene.dossier).await;
    let (twin, _folder) = scene.world.twin();
    save(&mut scene.iris, &scene.dossier, "in de ene geschiedenis").await.unwrap();
    scene.relay.route(device, twin);
    save(&mut laptop, &scene.dossier, "in de andere geschiedenis").await.unwrap();

    // From here on the relay hides the dossier from the laptop; the person's own log betrays it.
    scene.world.clock.pass(DAY);
    scene.iris.vault.sync().await.unwrap();
    scene.relay.relent();
    let log = scene.log();
    scene.relay.play(answering::<Changes>(move |_, page| page.logs.retain(|changed| changed.log != log)));
    laptop.vault.sync().await.unwrap();
    assert!(alarms(&laptop).contains(&Alarm::Fork(scene.dossier.clone())), "{:?}", alarms(&laptop));
    assert!(laptop.vault.dossier(&scene.dossier).await.unwrap().read_only);
    scene.kept_quiet().await;
}

#[tokio::test]
async fn what_a_relay_left_out_once_comes_the_next_day() {
    let mut scene = Scene::new().await;
    scene.iris.vault.sync().await.unwrap();
    let log = scene.log();
    scene.relay.play(answering::<Changes>(move |_, page| page.logs.retain(|changed| changed.log != log)));
    save(&mut scene.ruben, &scene.dossier, "van Ruben").await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();
    assert!(!texts(&mut scene.iris, &scene.dossier).await.contains(&"van Ruben".to_owned()), "nothing names it");
    scene.world.clock.pass(DAY);
    scene.iris.vault.sync().await.unwrap();
    assert!(texts(&mut scene.iris, &scene.dossier).await.contains(&"van Ruben".to_owned()));
}

#[tokio::test]
async fn a_relays_word_alone_makes_nothing_read_only() {
    let mut scene = Scene::new().await;
    let log = scene.log();
    scene.relay.play(answering::<Pull>(move |call, page| {
        if call.log == log
            && let Some(head) = &mut page.head
        {
            head.hash = Hash([9; 32]);
        }
    }));
    save(&mut scene.ruben, &scene.dossier, "van Ruben").await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    assert!(alarms(&scene.iris).contains(&Alarm::Rollback(scene.dossier.clone())));
    assert!(!alarms(&scene.iris).contains(&Alarm::Fork(scene.dossier.clone())));

    scene.relay.relent();
    scene.iris.vault.sync().await.unwrap();
    save(&mut scene.iris, &scene.dossier, "en verder").await.unwrap();
    assert!(!scene.iris.vault.dossier(&scene.dossier).await.unwrap().read_only);
    assert_eq!(texts(&mut scene.iris, &scene.dossier).await.len(), 3);
}

#[tokio::test]
async fn a_removal_that_was_stopped_half_way_is_finished_by_a_colleague() {
    let mut scene = Scene::new().await;
    let mut sam = scene.world.colleague(&mut scene.iris, "Sam Visser", false).await;
    let person = sam.vault.session().person;
    scene.iris.vault.grant(&scene.dossier, &person).await.unwrap();
    for actor in [&mut sam, &mut scene.ruben] {
        actor.vault.sync().await.unwrap();
    }

    // The directory takes the removal; then nothing more gets through.
    let relay = scene.relay.clone();
    scene.relay.play(Box::new(move |request, answer| {
        if request.path == Append::PATH {
            relay.stop(Append::PATH, problem(Problem::Busy));
        }
        answer
    }));
    let reads = |readers: Vec<ReaderView>| readers.iter().any(|reader| reader.person == person);
    assert!(scene.iris.vault.remove_member(&person).await.is_err());
    scene.relay.relent();
    let seen = epochs(&scene).await;

    scene.ruben.vault.sync().await.unwrap();
    assert!(!reads(scene.ruben.vault.dossier(&scene.dossier).await.unwrap().readers));
    assert!(epochs(&scene).await > seen, "new epochs, without who left");
    scene.iris.vault.sync().await.unwrap();
    assert_eq!(alarms(&scene.iris), []);
    scene.kept_quiet().await;
}

/// How many epochs a dossier's compartments have had.
async fn epochs(scene: &Scene) -> usize {
    let keys = Insider::of(&scene.iris.store, PASSPHRASE).await;
    let (_, held) = scene.held_by(&keys).await;
    held.log.compartments().map(|(_, epochs)| epochs.len()).sum()
}
