//! A machine of somebody else: the vault is there while its person is, nothing of it stays, and the list of devices says so.

use zegel_protocol::{
    Problem,
    calls::{Append, Call as _},
};
use zegel_tests::{
    hostile::{HostileRelay, problem},
    world::{Actor, DAY, DOCUMENT, PASSPHRASE, World, passphrase},
};
use zegel_vault::{
    Vault, VaultError,
    memory::MemoryStore,
    ports::{Store as _, Table},
};

/// Comes with a card to a machine whose store is looked into afterwards.
async fn visit(world: &World, actor: &Actor) -> (Vault, MemoryStore) {
    let (ports, store) = world.device();
    (Vault::visit(ports, &actor.printed.card, passphrase()).await.expect("card and passphrase open"), store)
}

/// This person's devices: what each is called, whether it is a visit, whether it has ended.
async fn devices(actor: &mut Actor) -> Vec<(String, bool, bool)> {
    actor.vault.sync().await.unwrap();
    let devices = actor.vault.devices().await.unwrap().into_iter();
    devices.map(|device| (device.name, device.visit, device.revoked.is_some())).collect()
}

#[tokio::test]
async fn a_visit_reads_and_writes_and_leaves_nothing() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    iris.vault.name_device("Kantoor").await.unwrap();
    let (dossier, report, document) = iris.dossier("Yasemin Öztürk").await;
    iris.vault.sync().await.unwrap();

    let (mut library, store) = visit(&world, &iris).await;
    assert!(library.session().visit);
    library.name_device("Bezoek").await.unwrap();
    let seen = library.dossier(&dossier).await.unwrap();
    assert_eq!(seen.items.len(), 2);
    let mut bytes = zegel_tests::world::Bytes(Vec::new());
    library.read_file(&dossier, &document, &mut bytes, &()).await.unwrap();
    assert_eq!(bytes.0, DOCUMENT);
    library.save_report(&dossier, Some(&report), 1, "Eerste gesprek", "aangevuld", "2026-03-05").await.unwrap();
    let named = |name: &str, visit, ended| (name.to_owned(), visit, ended);
    assert_eq!(devices(&mut iris).await, [named("Kantoor", false, false), named("Bezoek", true, false)]);

    assert_eq!(library.end_visit().await, Ok(0));
    for table in Table::ALL {
        assert_eq!(store.all(table).await, Ok(Vec::new()), "{} stayed behind", table.name());
    }
    assert_eq!(devices(&mut iris).await, [named("Kantoor", false, false), named("Bezoek", false, true)]);
    assert_eq!(iris.vault.dossier(&dossier).await.unwrap().items.len(), 2);
    // What was written on the visit is doubted by no device of the same person, not even by one that never saw it alive.
    let (ports, _) = world.device();
    let mut laptop = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    assert_eq!(laptop.dossier(&dossier).await.unwrap().items.iter().filter(|item| item.unconfirmed).count(), 0);
    assert_eq!(laptop.session().alarms, []);
}

#[tokio::test]
async fn a_visit_that_was_ended_is_served_nothing() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (mut library, _) = visit(&world, &iris).await;
    iris.vault.sync().await.unwrap();
    let id = iris.vault.devices().await.unwrap().into_iter().find(|device| device.visit).unwrap().id;
    iris.vault.revoke_device(&id, PASSPHRASE).await.unwrap();
    assert_eq!(library.sync().await.err(), Some(VaultError::DeviceRemoved));
    assert_eq!(library.end_visit().await, Ok(0), "it has ended");
}

#[tokio::test]
async fn a_visit_ends_a_lost_laptop() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (mut library, _) = visit(&world, &iris).await;
    let laptop = library.devices().await.unwrap().into_iter().find(|device| !device.this).unwrap().id;
    library.revoke_device(&laptop, PASSPHRASE).await.unwrap();
    assert_eq!(iris.vault.sync().await.err(), Some(VaultError::DeviceRemoved));
    assert_eq!(library.end_visit().await, Ok(0));
}

#[tokio::test]
async fn a_visit_that_nobody_ended_is_ended_by_the_next_device_of_the_same_person() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let (library, _) = visit(&world, &iris).await;
    drop(library);
    let (second, _) = visit(&world, &iris).await;
    relay.stop(Append::PATH, problem(Problem::Busy));
    assert_eq!(second.end_visit().await, Err(VaultError::RelayUnreachable), "the page can say so");
    relay.relent();
    world.clock.pass(DAY / 2);
    assert_eq!(devices(&mut iris).await.iter().filter(|(_, visit, _)| *visit).count(), 2);
    world.clock.pass(DAY / 2);
    let living: Vec<_> = devices(&mut iris).await.into_iter().filter(|(.., ended)| !ended).collect();
    assert_eq!(living, [(String::new(), false, false)], "what is left is the device that is no visit");
}

#[tokio::test]
async fn a_device_that_stays_is_never_taken_for_a_visit() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (ports, _) = world.device();
    let mut laptop = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    world.clock.pass(3 * DAY);
    assert_eq!(devices(&mut iris).await.iter().filter(|(_, visit, ended)| *visit || *ended).count(), 0);
    laptop.sync().await.expect("it is still one of hers");
}
