//! The ways into a vault: devices, key cards and the passphrase change without each other, and whatever is cut off half-way
//! leaves somebody a way in.

use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, StoreKeyring},
};
use zegel_tests::{
    hostile::{HostileRelay, Insider, problem},
    world::{Actor, DAY, MONDAY, PASSPHRASE, World, passphrase},
};
use zegel_vault::{Vault, VaultError, view::Alarm};
use zeroize::Zeroizing;

const NEXT: &str = "een nieuwe zin van zes woorden";

fn next() -> Zeroizing<String> {
    Zeroizing::new(NEXT.to_owned())
}

async fn enrol(world: &World, card: &str, passphrase: Zeroizing<String>) -> Result<Actor, VaultError> {
    let (ports, store) = world.device();
    let vault = Vault::enrol(ports, card, passphrase).await?;
    let printed = zegel_vault::view::PrintedView { card: card.to_owned(), sheets: Vec::new(), threshold: 0 };
    Ok(Actor { vault, printed, store })
}

#[tokio::test]
async fn a_new_passphrase_opens_what_the_old_one_opened() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let card = iris.printed.card.clone();
    let laptop = enrol(&world, &card, passphrase()).await.unwrap();

    let wrong = iris.vault.change_passphrase("iets heel anders dan dat", NEXT).await;
    assert_eq!(wrong, Err(VaultError::WrongPassphrase));
    assert_eq!(iris.vault.change_passphrase(PASSPHRASE, "kort").await, Err(VaultError::WeakPassphrase));
    iris.vault.change_passphrase(PASSPHRASE, NEXT).await.unwrap();
    drop(iris.vault);
    assert_eq!(
        Vault::unlock(world.ports(iris.store.clone()), passphrase()).await.err(),
        Some(VaultError::WrongPassphrase)
    );
    let mut vault = Vault::unlock(world.ports(iris.store.clone()), next()).await.unwrap();
    assert_eq!(vault.dossier(&dossier).await.unwrap().items.len(), 2);

    // A card needs the new one at once; a device that was away takes the old one once more.
    assert_eq!(enrol(&world, &card, passphrase()).await.err(), Some(VaultError::WrongPassphrase));
    enrol(&world, &card, next()).await.unwrap();
    drop(laptop.vault);
    drop(Vault::unlock(world.ports(laptop.store.clone()), passphrase()).await.unwrap());
    let again = Vault::unlock(world.ports(laptop.store.clone()), passphrase()).await;
    assert_eq!(again.err(), Some(VaultError::WrongPassphrase));
    Vault::unlock(world.ports(laptop.store), next()).await.unwrap();
}

#[tokio::test]
async fn a_new_card_is_there_before_the_old_one_ends() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let old = iris.printed.card.clone();
    let made = iris.vault.make_card(PASSPHRASE).await.unwrap();
    for card in [&old, &made.card] {
        enrol(&world, card, passphrase()).await.unwrap();
    }
    iris.vault.sync().await.unwrap();
    iris.vault.retire_cards(PASSPHRASE, &made.slot).await.unwrap();
    assert_eq!(enrol(&world, &old, passphrase()).await.err(), Some(VaultError::CardNotKnown));
    enrol(&world, &made.card, passphrase()).await.unwrap();
}

#[tokio::test]
async fn a_device_that_was_ended_is_served_nothing() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    iris.vault.name_device("Kantoor").await.unwrap();
    let card = iris.printed.card.clone();
    let mut laptop = enrol(&world, &card, passphrase()).await.unwrap();
    laptop.vault.name_device("Laptop").await.unwrap();
    world.clock.pass(3 * DAY);
    iris.vault.sync().await.unwrap();

    let devices = iris.vault.devices().await.unwrap();
    let named: Vec<_> = devices.iter().map(|device| (device.name.as_str(), device.this, device.last_day)).collect();
    let monday = MONDAY / DAY;
    assert_eq!(named, [("Kantoor", true, Some(monday + 3)), ("Laptop", false, Some(monday))]);
    let (own, stolen) = (devices[0].id.clone(), devices[1].id.clone());
    assert_eq!(iris.vault.revoke_device(&own, PASSPHRASE).await, Err(VaultError::ThisDevice));
    let wrong = iris.vault.revoke_device(&stolen, "iets heel anders dan dat").await;
    assert_eq!(wrong, Err(VaultError::WrongPassphrase));
    iris.vault.revoke_device(&stolen, PASSPHRASE).await.unwrap();

    assert_eq!(laptop.vault.sync().await.err(), Some(VaultError::DeviceRemoved));
    assert!(laptop.vault.new_dossier("Na de diefstal").await.is_err());
    assert!(iris.vault.devices().await.unwrap()[1].revoked.is_some());
    // What the thief has of the keyring is its last generation there; the next one has no slot for that device.
    enrol(&world, &card, passphrase()).await.unwrap();
    assert_eq!(iris.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn everybody_hears_of_a_new_device_once() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    assert_eq!(iris.vault.session().alarms, [], "whoever comes brings a device along");
    let mut laptop = enrol(&world, &ruben.printed.card.clone(), passphrase()).await.unwrap();
    for actor in [&mut iris, &mut ruben, &mut laptop] {
        actor.vault.sync().await.unwrap();
    }
    assert_eq!(iris.vault.session().alarms, [Alarm::NewDevice("Ruben Bakker".to_owned())]);
    assert_eq!(ruben.vault.session().alarms, [Alarm::OwnNewDevice]);
    assert_eq!(laptop.vault.session().alarms, [], "it knows itself");
    drop(ruben.vault);
    let again = Vault::unlock(world.ports(ruben.store), passphrase()).await.unwrap();
    assert_eq!(again.session().alarms, [], "once");
}

#[tokio::test]
async fn a_director_ends_a_colleagues_device() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let device = ruben.vault.devices().await.unwrap()[0].id.clone();
    let iris_device = iris.vault.devices().await.unwrap()[0].id.clone();
    assert!(ruben.vault.revoke_device(&iris_device, PASSPHRASE).await.is_err(), "an advisor does not");
    iris.vault.revoke_device(&device, "").await.unwrap();
    assert_eq!(ruben.vault.sync().await.err(), Some(VaultError::DeviceRemoved));
    let card = ruben.printed.card.clone();
    enrol(&world, &card, passphrase()).await.expect("the person is still a member, and has a card");
}

#[tokio::test]
async fn ending_a_device_is_finished_by_trying_again() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let card = iris.printed.card.clone();
    let laptop = enrol(&world, &card, passphrase()).await.unwrap();
    iris.vault.sync().await.unwrap();
    let stolen = iris.vault.devices().await.unwrap()[1].id.clone();
    relay.stop(StoreKeyring::PATH, problem(Problem::Busy));
    assert!(iris.vault.revoke_device(&stolen, PASSPHRASE).await.is_err());
    relay.relent();
    let before = recorded(&world, &iris, PASSPHRASE).await;
    iris.vault.revoke_device(&stolen, PASSPHRASE).await.unwrap();
    assert_eq!(recorded(&world, &iris, PASSPHRASE).await, before + 1, "sealed anew, without the slot of that device");
    iris.vault.revoke_device(&stolen, PASSPHRASE).await.unwrap();
    assert_eq!(recorded(&world, &iris, PASSPHRASE).await, before + 1, "once");
    drop(laptop);
}

#[tokio::test]
async fn a_keyring_that_was_stored_and_not_recorded_is_recorded_by_the_next_sync() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let before = recorded(&world, &iris, PASSPHRASE).await;
    relay.stop(Append::PATH, problem(Problem::Busy));
    assert!(iris.vault.change_passphrase(PASSPHRASE, NEXT).await.is_err());
    relay.relent();
    assert_eq!(recorded(&world, &iris, NEXT).await, before);
    iris.vault.sync().await.unwrap();
    assert_eq!(recorded(&world, &iris, NEXT).await, before + 1);
}

/// The generation of somebody's keyring that the directory names.
async fn recorded(world: &World, actor: &Actor, passphrase: &str) -> u64 {
    let keys = Insider::of(&actor.store, passphrase).await;
    let (directory, _) = keys.directory(&world.relay()).await;
    directory.now().member(keys.person).and_then(|member| member.keyring).map_or(0, |(generation, _)| generation)
}

/// Wherever the relay is lost, one of the two passphrases opens the vault, and the change can be made again.
#[tokio::test]
async fn a_change_that_is_cut_off_leaves_a_way_in() {
    for path in [StoreKeyring::PATH, Append::PATH] {
        let relay = HostileRelay::new();
        let world = World::with_network(relay.network());
        let mut iris = world.director("Iris de Vries").await;
        let card = iris.printed.card.clone();
        relay.stop(path, problem(Problem::Busy));
        assert!(iris.vault.change_passphrase(PASSPHRASE, NEXT).await.is_err());
        relay.relent();
        drop(iris.vault);
        let mut open = Vec::new();
        for passphrase in [passphrase(), next()] {
            if let Ok(mut vault) = Vault::unlock(world.ports(iris.store.clone()), passphrase.clone()).await {
                vault.sync().await.unwrap();
                open.push((vault, passphrase));
            }
        }
        let (mut vault, passphrase) = open.pop().expect("a way in");
        enrol(&world, &card, passphrase.clone()).await.expect("the card as well");
        vault.sync().await.unwrap();
        vault.change_passphrase(&passphrase, "en nog een andere lange zin").await.unwrap();
    }
}
