//! A client's passphrase and key card: each is replaced without the advisor, and whatever is cut off half-way leaves them a way in.

use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, StoreKeyring},
};
use zegel_tests::{
    hostile::{HostileRelay, problem},
    world::{Outsider, PASSPHRASE, World, new_party, passphrase},
};
use zegel_vault::{
    Portal, Session, VaultError,
    memory::MemoryStore,
    ports::{Store as _, Table, Write},
};
use zeroize::Zeroizing;

const NEXT: &str = "een nieuwe zin van zes woorden";

fn next() -> Zeroizing<String> {
    Zeroizing::new(NEXT.to_owned())
}

async fn yasemin(world: &World) -> Outsider {
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    world.party(&mut iris, &dossier, "Yasemin Öztürk", "client").await
}

fn portal(session: Session) -> Portal {
    let Session::Portal(portal) = session else { panic!("a client has no vault") };
    *portal
}

async fn unlock(world: &World, store: &MemoryStore, passphrase: Zeroizing<String>) -> Result<Portal, VaultError> {
    Session::unlock(world.ports(store.clone()), passphrase).await.map(portal)
}

async fn enrol(world: &World, card: &str, passphrase: Zeroizing<String>) -> Result<(Portal, MemoryStore), VaultError> {
    let (ports, store) = world.device();
    Ok((portal(Session::enrol(ports, card, passphrase).await?), store))
}

/// What a device held at a moment, to go back to.
async fn copy(store: &MemoryStore) -> MemoryStore {
    let copied = MemoryStore::new();
    for table in Table::ALL {
        let rows = store.all(table).await.unwrap().into_iter();
        copied.write(rows.map(|(key, value)| Write::Put(table, key, value)).collect()).await.unwrap();
    }
    copied
}

fn appends(relay: &HostileRelay) -> usize {
    relay.transcript().0.iter().filter(|request| request.path == Append::PATH).count()
}

#[tokio::test]
async fn a_client_chooses_another_passphrase() {
    let world = World::new();
    let mut yasemin = yasemin(&world).await;
    let card = yasemin.printed.card.clone();
    let (telephone, kept) = enrol(&world, &card, passphrase()).await.unwrap();
    drop(telephone);

    let wrong = yasemin.portal.change_passphrase("iets heel anders dan dat", NEXT).await;
    assert_eq!(wrong, Err(VaultError::WrongPassphrase));
    assert_eq!(yasemin.portal.change_passphrase(PASSPHRASE, "kort").await, Err(VaultError::WeakPassphrase));
    yasemin.portal.change_passphrase(PASSPHRASE, NEXT).await.unwrap();
    assert_eq!(unlock(&world, &yasemin.store, passphrase()).await.err(), Some(VaultError::WrongPassphrase));
    let again = unlock(&world, &yasemin.store, next()).await.unwrap();
    assert_eq!(again.dossier().items.len(), 2);

    // A card needs the new one at once; a device that was away takes the old one once more.
    assert_eq!(enrol(&world, &card, passphrase()).await.err(), Some(VaultError::WrongPassphrase));
    enrol(&world, &card, next()).await.unwrap();
    unlock(&world, &kept, passphrase()).await.unwrap();
    assert_eq!(unlock(&world, &kept, passphrase()).await.err(), Some(VaultError::WrongPassphrase));
    assert!(unlock(&world, &kept, next()).await.unwrap().session().alarms.is_empty());
}

#[tokio::test]
async fn a_clients_new_card_is_there_before_the_old_one_ends() {
    let world = World::new();
    let mut yasemin = yasemin(&world).await;
    let old = yasemin.printed.card.clone();
    let made = yasemin.portal.make_card(PASSPHRASE).await.unwrap();
    assert_eq!(yasemin.portal.ways_in().cards, 2);
    for card in [&old, &made.card] {
        enrol(&world, card, passphrase()).await.unwrap();
    }
    let unknown = yasemin.portal.retire_cards(PASSPHRASE, &"00".repeat(16)).await;
    assert_eq!(unknown, Err(VaultError::NotFound), "one card stays, whatever is asked");
    yasemin.portal.retire_cards(PASSPHRASE, &made.slot).await.unwrap();
    assert_eq!(yasemin.portal.ways_in().cards, 1);
    assert_eq!(enrol(&world, &old, passphrase()).await.err(), Some(VaultError::CardNotKnown));
    enrol(&world, &made.card, passphrase()).await.unwrap();
}

#[tokio::test]
async fn who_waits_to_be_admitted_keeps_the_passphrase_and_card_they_came_with() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let letter = iris.vault.invite_party(&dossier, &new_party("Yasemin Öztürk", "client")).await.unwrap();
    let mut yasemin = world.outsider(&letter, "Yasemin").await.unwrap();
    assert_eq!(yasemin.portal.change_passphrase(PASSPHRASE, NEXT).await, Err(VaultError::Waiting));
    assert_eq!(yasemin.portal.make_card(PASSPHRASE).await.err(), Some(VaultError::Waiting));
    unlock(&world, &yasemin.store, passphrase()).await.unwrap();
}

/// Wherever the relay is lost, one of the two passphrases opens the dossier, here and with the card, and the change can be made
/// again.
#[tokio::test]
async fn a_clients_change_that_is_cut_off_leaves_a_way_in() {
    for path in [StoreKeyring::PATH, Append::PATH] {
        let relay = HostileRelay::new();
        let world = World::with_network(relay.network());
        let mut yasemin = yasemin(&world).await;
        let card = yasemin.printed.card.clone();
        relay.stop(path, problem(Problem::Busy));
        assert!(yasemin.portal.change_passphrase(PASSPHRASE, NEXT).await.is_err());
        relay.relent();
        drop(yasemin.portal);
        let mut open = Vec::new();
        for passphrase in [passphrase(), next()] {
            if let Ok(portal) = unlock(&world, &yasemin.store, passphrase.clone()).await {
                open.push((portal, passphrase));
            }
        }
        let (mut portal, passphrase) = open.pop().expect("a way in");
        enrol(&world, &card, passphrase.clone()).await.expect("the card as well");
        portal.sync().await.unwrap();
        portal.change_passphrase(&passphrase, "en nog een andere lange zin").await.unwrap();
    }
}

/// The relay had stored it and this device never heard so: the old passphrase opens here still, the card wants the new one, and
/// neither is the end.
#[tokio::test]
async fn a_client_whose_device_fails_between_the_steps_comes_in_by_either_way() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut yasemin = yasemin(&world).await;
    let before = copy(&yasemin.store).await;
    yasemin.portal.change_passphrase(PASSPHRASE, NEXT).await.unwrap();
    let card = yasemin.printed.card.clone();
    let mut behind = unlock(&world, &before, passphrase()).await.unwrap();
    assert!(behind.session().alarms.is_empty(), "{:?}", behind.session().alarms);
    enrol(&world, &card, next()).await.unwrap();
    behind.change_passphrase(NEXT, "en nog een andere lange zin").await.unwrap();
    let last = Zeroizing::new("en nog een andere lange zin".to_owned());
    enrol(&world, &card, last).await.unwrap();
}

#[tokio::test]
async fn a_clients_keyring_that_was_stored_and_not_recorded_is_recorded_by_the_next_sync() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut yasemin = yasemin(&world).await;
    let card = yasemin.printed.card.clone();
    relay.stop(Append::PATH, problem(Problem::Busy));
    assert!(yasemin.portal.change_passphrase(PASSPHRASE, NEXT).await.is_err());
    relay.relent();
    let entries = appends(&relay);
    yasemin.portal.sync().await.unwrap();
    assert_eq!(appends(&relay), entries + 1);
    yasemin.portal.sync().await.unwrap();
    yasemin.portal.sync().await.unwrap();
    assert_eq!(appends(&relay), entries + 1, "once");
    enrol(&world, &card, next()).await.unwrap();
}
