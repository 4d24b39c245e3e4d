//! A new laptop without the key card at hand: the phone that is known lets it in, after words were compared.

use zegel_protocol::{
    Problem,
    calls::{AnswerKnock, Append, Call as _},
    limits,
};
use zegel_tests::{
    hostile::{HostileRelay, problem},
    world::{PASSPHRASE, World, passphrase},
};
use zegel_vault::{Knock, Vault, VaultError, view::KnockView};

#[tokio::test]
async fn a_known_device_lets_in_a_new_one() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let (ports, store) = world.device();
    let mut knock = Knock::make(ports).await.unwrap();
    assert_eq!(knock.look().await, Ok(KnockView { words: Vec::new(), let_in: false }));
    assert_eq!(knock.enter(PASSPHRASE).await.err(), Some(VaultError::KnockNotAnswered));

    let words = iris.vault.hear_knock(&knock.text()).await.unwrap();
    assert_eq!(words.len(), 6);
    assert_eq!(knock.look().await, Ok(KnockView { words: words.clone(), let_in: false }));
    assert_eq!(iris.vault.let_device_in("iets heel anders dan dat").await, Err(VaultError::WrongPassphrase));
    assert_eq!(iris.vault.devices().await.unwrap().len(), 1, "nobody comes in without the passphrase");
    iris.vault.let_device_in(PASSPHRASE).await.unwrap();
    assert_eq!(knock.look().await, Ok(KnockView { words, let_in: true }));

    assert_eq!(knock.enter("iets heel anders dan dat").await.err(), Some(VaultError::WrongPassphrase));
    let mut laptop = knock.enter(PASSPHRASE).await.unwrap();
    assert_eq!(laptop.dossier(&dossier).await.unwrap().items.len(), 2);
    laptop.name_device("Laptop").await.unwrap();
    assert_eq!(laptop.session().alarms, []);
    let devices = laptop.devices().await.unwrap();
    assert_eq!(
        devices.iter().map(|device| (device.this, device.visit)).collect::<Vec<_>>(),
        [(false, false), (true, false)]
    );
    drop(laptop);
    let mut laptop = Vault::unlock(world.ports(store.clone()), passphrase()).await.unwrap();
    laptop.new_dossier("Vanaf de laptop").await.unwrap();
    iris.vault.sync().await.unwrap();
    assert_eq!(iris.vault.dossiers().len(), 2);
    assert_eq!(Knock::make(world.ports(store)).await.err(), Some(VaultError::AlreadyHere));

    // What let it in ends it.
    let stolen = devices[1].id.clone();
    iris.vault.revoke_device(&stolen, PASSPHRASE).await.unwrap();
    assert_eq!(laptop.sync().await.err(), Some(VaultError::DeviceRemoved));
}

#[tokio::test]
async fn a_text_works_once_and_for_ten_minutes() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    assert_eq!(iris.vault.hear_knock("https://relay.example.org/").await, Err(VaultError::BadKnock));

    let mut used = Knock::make(world.device().0).await.unwrap();
    iris.vault.hear_knock(&used.text()).await.unwrap();
    assert_eq!(ruben.vault.hear_knock(&used.text()).await, Err(VaultError::KnockAnswered));
    iris.vault.let_device_in(PASSPHRASE).await.unwrap();
    used.look().await.unwrap();
    used.enter(PASSPHRASE).await.unwrap();
    assert_eq!(ruben.vault.hear_knock(&used.text()).await, Err(VaultError::KnockAnswered));
    assert!(iris.vault.hear_knock(&used.text()).await.is_err(), "it is in already");
    assert_eq!(iris.vault.let_device_in(PASSPHRASE).await, Err(VaultError::KnockExpired), "nobody is there any more");

    let mut late = Knock::make(world.device().0).await.unwrap();
    iris.vault.hear_knock(&late.text()).await.unwrap();
    world.clock.pass(limits::KNOCK_SECONDS);
    assert_eq!(late.look().await, Err(VaultError::KnockExpired));
    assert_eq!(ruben.vault.hear_knock(&late.text()).await, Err(VaultError::KnockExpired));

    let mut refused = Knock::make(world.device().0).await.unwrap();
    iris.vault.hear_knock(&refused.text()).await.unwrap();
    iris.vault.refuse_device().await.unwrap();
    assert_eq!(refused.look().await, Err(VaultError::KnockRefused));
    assert_eq!(iris.vault.let_device_in(PASSPHRASE).await, Err(VaultError::KnockExpired));
    assert_eq!(iris.vault.devices().await.unwrap().len(), 2, "nobody came in");
}

#[tokio::test]
async fn letting_in_is_finished_by_trying_again() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let mut knock = Knock::make(world.device().0).await.unwrap();
    iris.vault.hear_knock(&knock.text()).await.unwrap();
    for path in [Append::PATH, AnswerKnock::PATH] {
        relay.stop(path, problem(Problem::Busy));
        assert!(iris.vault.let_device_in(PASSPHRASE).await.is_err(), "{path}");
        relay.relent();
    }
    iris.vault.let_device_in(PASSPHRASE).await.unwrap();
    assert!(knock.look().await.unwrap().let_in);
    knock.enter(PASSPHRASE).await.unwrap();
    assert_eq!(iris.vault.devices().await.unwrap().len(), 2);
    assert_eq!(iris.vault.ways_in().devices, 2);
}

#[tokio::test]
async fn a_relay_lets_no_more_wait_than_it_has_room_for() {
    let world = World::new();
    assert_eq!(
        Knock::make(world.device().0).await.err(),
        Some(VaultError::KnockExpired),
        "there is nobody to let it in"
    );
    let _iris = world.director("Iris de Vries").await;
    for _ in 0..limits::KNOCKS {
        Knock::make(world.device().0).await.unwrap();
    }
    assert_eq!(Knock::make(world.device().0).await.err(), Some(VaultError::RelayBusy));
    world.clock.pass(2 * limits::KNOCK_SECONDS);
    Knock::make(world.device().0).await.unwrap();
}
