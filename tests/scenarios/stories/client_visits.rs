//! A client reads their dossier on a machine of somebody else: with card and passphrase, and nothing of it stays there.

use zegel_protocol::{
    Problem,
    calls::{Append, Call as _},
};
use zegel_tests::{
    hostile::{HostileRelay, problem},
    world::{Bytes, DAY, DOCUMENT, Outsider, PASSPHRASE, World, passphrase},
};
use zegel_vault::{
    Portal, Session, VaultError,
    memory::MemoryStore,
    ports::{Store as _, Table},
};

/// Somebody with a dossier, the dossier's id, the document in it, and who advises them.
async fn yasemin(world: &World) -> (Outsider, String, zegel_tests::world::Actor) {
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, _, document) = iris.dossier("Yasemin Öztürk").await;
    let client = world.party(&mut iris, &dossier, "Yasemin Öztürk", "client").await;
    (client, document, iris)
}

/// Comes with a card to a machine whose store is looked into afterwards.
async fn visit(world: &World, client: &Outsider) -> (Portal, MemoryStore) {
    let (ports, store) = world.device();
    let opened = Session::visit(ports, &client.printed.card, passphrase()).await.expect("card and passphrase open");
    let Session::Portal(portal) = opened else { panic!("a client has no vault") };
    (*portal, store)
}

/// This person's devices: whether each is a visit, whether it has ended.
async fn devices(client: &mut Outsider) -> Vec<(bool, bool)> {
    client.portal.sync().await.unwrap();
    client.portal.devices().into_iter().map(|device| (device.visit, device.ended)).collect()
}

#[tokio::test]
async fn a_clients_visit_reads_and_leaves_nothing() {
    let world = World::new();
    let (mut yasemin, document, mut iris) = yasemin(&world).await;
    let (mut library, store) = visit(&world, &yasemin).await;
    assert!(library.session().visit && !yasemin.portal.session().visit);
    assert_eq!(library.dossier().items.len(), 2);
    let mut bytes = Bytes(Vec::new());
    library.read_file(&document, &mut bytes, &()).await.unwrap();
    assert_eq!(bytes.0, DOCUMENT);
    assert_eq!(devices(&mut yasemin).await, [(false, false), (true, false)]);

    library.end_visit().await.unwrap();
    for table in Table::ALL {
        assert_eq!(store.all(table).await, Ok(Vec::new()), "{} stayed behind", table.name());
    }
    assert_eq!(devices(&mut yasemin).await, [(false, false), (false, true)]);
    assert_eq!(yasemin.portal.ways_in().devices, 1, "no slot was made for it");
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.session().alarms.is_empty() && yasemin.portal.session().alarms.is_empty());

    // By the same door a member comes to their vault, and who has no such card to nothing.
    let session = Session::visit(world.device().0, &iris.printed.card, passphrase()).await.unwrap();
    assert!(matches!(session, Session::Vault(ref vault) if vault.session().visit));
    assert_eq!(session.end_visit().await, Ok(0));
    let wrong = Session::visit(world.device().0, &yasemin.printed.card, "iets heel anders dan dat".to_owned().into());
    assert_eq!(wrong.await.err(), Some(VaultError::WrongPassphrase));
}

#[tokio::test]
async fn a_clients_visit_that_was_ended_is_served_nothing_and_ends_a_lost_telephone() {
    let world = World::new();
    let (mut yasemin, ..) = yasemin(&world).await;
    let (mut library, _) = visit(&world, &yasemin).await;
    yasemin.portal.sync().await.unwrap();
    let id = yasemin.portal.devices().into_iter().find(|device| device.visit).unwrap().id;
    yasemin.portal.revoke_device(&id, PASSPHRASE).await.unwrap();
    assert_eq!(library.sync().await.err(), Some(VaultError::DeviceRemoved));
    assert_eq!(library.end_visit().await, Ok(()), "it has ended");

    let (mut library, _) = visit(&world, &yasemin).await;
    let telephone = library.devices().into_iter().find(|device| !device.this && !device.ended).unwrap().id;
    library.revoke_device(&telephone, PASSPHRASE).await.unwrap();
    assert_eq!(yasemin.portal.sync().await.err(), Some(VaultError::DeviceRemoved));
    assert_eq!(library.end_visit().await, Ok(()));
}

#[tokio::test]
async fn a_clients_visit_that_nobody_ended_is_ended_by_their_next_device() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let (mut yasemin, ..) = yasemin(&world).await;
    let (library, _) = visit(&world, &yasemin).await;
    drop(library);
    let (second, _) = visit(&world, &yasemin).await;
    relay.stop(Append::PATH, problem(Problem::Busy));
    assert_eq!(second.end_visit().await, Err(VaultError::RelayUnreachable), "the page can say so");
    relay.relent();
    // A telephone that came by card as well is no visit.
    let (ports, _) = world.device();
    drop(Session::enrol(ports, &yasemin.printed.card, passphrase()).await.unwrap());
    world.clock.pass(DAY / 2);
    assert_eq!(devices(&mut yasemin).await.iter().filter(|(visit, _)| *visit).count(), 2);
    world.clock.pass(DAY / 2);
    devices(&mut yasemin).await;
    let living: Vec<_> = devices(&mut yasemin).await.into_iter().filter(|(_, ended)| !ended).collect();
    assert_eq!(living, [(false, false), (false, false)], "what is left are the devices that are no visit");
}
