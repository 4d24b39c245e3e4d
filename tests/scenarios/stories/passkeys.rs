//! A passkey in the place of the passphrase: on its own device, for as long as it lasts, and never the only way in.

use zegel_protocol::{
    Problem,
    calls::{Call as _, StoreKeyring},
};
use zegel_tests::{
    hostile::{HostileRelay, problem},
    world::{Actor, PASSPHRASE, World, passphrase},
};
use zegel_vault::{FirstPolicy, PasskeySecret, Vault, VaultError, memory::MemoryStore, view::WaysInView};

const NEXT: &str = "een nieuwe zin van zes woorden";
const GIVEN: [u8; 32] = [7; 32];

/// What an authenticator gives; the browser stories have real ones.
fn given(bytes: [u8; 32]) -> PasskeySecret {
    PasskeySecret::new(bytes)
}

async fn with_passkey(world: &World) -> Actor {
    let mut iris = world.director("Iris de Vries").await;
    iris.vault.add_passkey(PASSPHRASE, b"credential".to_vec(), given(GIVEN)).await.unwrap();
    iris
}

async fn by_passkey(world: &World, store: &MemoryStore, bytes: [u8; 32]) -> Result<Vault, VaultError> {
    Vault::unlock_with_passkey(world.ports(store.clone()), given(bytes)).await
}

#[tokio::test]
async fn a_passkey_opens_the_vault_and_so_does_the_passphrase() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    assert_eq!(Vault::passkey(&world.ports(iris.store.clone())).await, Ok(None));
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let wrong = "iets heel anders dan dat";
    assert_eq!(iris.vault.begin_passkey(wrong).await, Err(VaultError::WrongPassphrase));
    let asked = iris.vault.begin_passkey(PASSPHRASE).await.unwrap();
    let refused = iris.vault.add_passkey(wrong, b"credential".to_vec(), given(GIVEN)).await;
    assert_eq!(refused, Err(VaultError::WrongPassphrase));
    iris.vault.add_passkey(PASSPHRASE, b"credential".to_vec(), given(GIVEN)).await.unwrap();
    assert_eq!(iris.vault.ways_in(), WaysInView { cards: 1, devices: 1, passkeys: 1 });
    assert!(iris.vault.devices().await.unwrap()[0].passkey);
    drop(iris.vault);

    let found = Vault::passkey(&world.ports(iris.store.clone())).await.unwrap().unwrap();
    assert_eq!((found.credential.as_slice(), found.input), (b"credential".as_slice(), asked.input));
    let mut vault = by_passkey(&world, &iris.store, GIVEN).await.unwrap();
    assert_eq!(vault.dossier(&dossier).await.unwrap().items.len(), 2);
    assert_eq!(by_passkey(&world, &iris.store, [8; 32]).await.err(), Some(VaultError::PasskeyRefused));
    Vault::unlock(world.ports(iris.store.clone()), passphrase()).await.unwrap();
}

#[tokio::test]
async fn a_passkey_opens_nothing_on_another_device() {
    let world = World::new();
    let iris = with_passkey(&world).await;
    let (ports, store) = world.device();
    let laptop = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    drop(laptop);
    assert_eq!(Vault::passkey(&world.ports(store.clone())).await, Ok(None));
    assert_eq!(by_passkey(&world, &store, GIVEN).await.err(), Some(VaultError::PasskeyRefused));
}

#[tokio::test]
async fn a_passkey_that_was_removed_opens_nothing() {
    let world = World::new();
    let mut iris = with_passkey(&world).await;
    assert_eq!(iris.vault.remove_passkey("iets heel anders dan dat").await, Err(VaultError::WrongPassphrase));
    iris.vault.remove_passkey(PASSPHRASE).await.unwrap();
    assert_eq!(iris.vault.remove_passkey(PASSPHRASE).await, Err(VaultError::NotFound));
    drop(iris.vault);
    assert_eq!(Vault::passkey(&world.ports(iris.store.clone())).await, Ok(None));
    assert_eq!(by_passkey(&world, &iris.store, GIVEN).await.err(), Some(VaultError::PasskeyRefused));
    Vault::unlock(world.ports(iris.store), passphrase()).await.unwrap();
}

#[tokio::test]
async fn a_new_passphrase_made_elsewhere_leaves_the_passkey_and_a_renewal_ends_it() {
    let world = World::new();
    let iris = with_passkey(&world).await;
    drop(iris.vault);
    let (ports, _) = world.device();
    let mut laptop = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    laptop.change_passphrase(PASSPHRASE, NEXT).await.unwrap();
    // Twice: with the keyring that was here, and with the one that came meanwhile.
    for _ in 0..2 {
        by_passkey(&world, &iris.store, GIVEN).await.unwrap();
    }
    let mut vault = by_passkey(&world, &iris.store, GIVEN).await.unwrap();
    vault.renew_keys(NEXT, "en nog een andere zin van zeven").await.unwrap();
    assert_eq!(vault.ways_in(), WaysInView { cards: 1, devices: 1, passkeys: 0 });
    drop(vault);
    assert_eq!(Vault::passkey(&world.ports(iris.store.clone())).await, Ok(None));
    assert_eq!(by_passkey(&world, &iris.store, GIVEN).await.err(), Some(VaultError::PasskeyRefused));
}

#[tokio::test]
async fn a_passkey_ends_with_its_device() {
    let world = World::new();
    let mut iris = with_passkey(&world).await;
    let (ports, _) = world.device();
    let mut laptop = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    iris.vault.sync().await.unwrap();
    let stolen = iris.vault.devices().await.unwrap()[0].id.clone();
    laptop.revoke_device(&stolen, PASSPHRASE).await.unwrap();
    assert_eq!(laptop.ways_in(), WaysInView { cards: 1, devices: 1, passkeys: 0 });
    assert_eq!(iris.vault.sync().await.err(), Some(VaultError::DeviceRemoved));
    drop(iris.vault);
    assert_eq!(by_passkey(&world, &iris.store, GIVEN).await.err(), Some(VaultError::DeviceRemoved));
}

#[tokio::test]
async fn a_passkey_that_the_relay_never_heard_of_is_not_offered() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = with_passkey(&world).await;
    relay.stop(StoreKeyring::PATH, problem(Problem::Busy));
    let second = iris.vault.add_passkey(PASSPHRASE, b"second".to_vec(), given([8; 32])).await;
    assert_eq!(second, Err(VaultError::RelayBusy));
    assert!(iris.vault.remove_passkey(PASSPHRASE).await.is_err());
    relay.relent();
    drop(iris.vault);
    let found = Vault::passkey(&world.ports(iris.store.clone())).await.unwrap().unwrap();
    assert_eq!(found.credential, b"credential");
    by_passkey(&world, &iris.store, GIVEN).await.unwrap();
}

#[tokio::test]
async fn a_policy_that_wants_the_passphrase_gets_it() {
    let world = World::new();
    let mut iris = with_passkey(&world).await;
    let strict = |text: String| text.replace("passkey_alone = true", "passkey_alone = false");
    let profile = strict(iris.vault.policy_view().unwrap().text);
    let next = profile.replacen("version = 1", "version = 2", 1);
    iris.vault.set_policy(&next).await.unwrap();
    let refused = iris.vault.add_passkey(PASSPHRASE, b"second".to_vec(), given([8; 32])).await;
    assert_eq!(refused, Err(VaultError::PasskeyNotAllowed));
    drop(iris.vault);
    assert_eq!(by_passkey(&world, &iris.store, GIVEN).await.err(), Some(VaultError::PasskeyNotAllowed));
    Vault::unlock(world.ports(iris.store), passphrase()).await.unwrap();

    let world = World::new();
    let mut strict = world.director_with("Bea Smit", FirstPolicy::File(profile)).await;
    assert_eq!(strict.vault.begin_passkey(PASSPHRASE).await, Err(VaultError::PasskeyNotAllowed));
}
