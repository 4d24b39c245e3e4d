//! A relay that was put back to an earlier state, to a dossier's client: what a director gave up lowers what they remember, and only
//! that does; what ended stays so, and their keyring comes back by their own hand.

use zegel_ledger::{Change, Head};
use zegel_protocol::{
    Problem,
    calls::{Call as _, FetchChain, FetchKeyring, HandBack, Pull},
};
use zegel_tests::{
    hostile::{
        Insider, answering, problem,
        scene::{Scene, save},
    },
    world::{DAY, MONDAY, Outsider, PASSPHRASE, passphrase},
};
use zegel_vault::{Portal, Role, Session, VaultError, memory::MemoryStore, view::Alarm};

const NEXT: &str = "een nieuwe zin van zes woorden";

async fn client(scene: &mut Scene) -> Outsider {
    let client = scene.world.party(&mut scene.iris, &scene.dossier, "Yasemin Yilmaz", "client").await;
    scene.ruben.vault.sync().await.unwrap();
    client
}

fn portal(session: Session) -> Portal {
    let Session::Portal(portal) = session else { panic!("a client has no vault") };
    *portal
}

async fn unlock(scene: &Scene, store: &MemoryStore, passphrase: &str) -> Result<Portal, VaultError> {
    let passphrase = passphrase.to_owned().into();
    Session::unlock(scene.world.ports(store.clone()), passphrase).await.map(portal)
}

fn titles(portal: &Portal) -> Vec<String> {
    portal.dossier().items.into_iter().map(|item| item.title).collect()
}

/// She read what nobody hands back. Iris gives it up, and is named.
async fn given_up(scene: &mut Scene, yasemin: &mut Outsider) {
    let backup = scene.world.back_up();
    save(&mut scene.iris, &scene.dossier, "komt niet terug").await.unwrap();
    yasemin.portal.sync().await.unwrap();
    assert_eq!(titles(&yasemin.portal).len(), 3);
    scene.world.restore(&backup);
    scene.relay.stop(HandBack::PATH, problem(Problem::Internal));
    for actor in [&mut scene.ruben, &mut scene.iris] {
        actor.vault.sync().await.unwrap();
    }
    assert_eq!(yasemin.portal.sync().await.err(), Some(VaultError::RelayPutBack));
    scene.iris.vault.confirm_restored(true).await.unwrap();
    scene.relay.relent();
}

fn confirmed() -> Alarm {
    Alarm::Restored("Iris de Vries".to_owned(), MONDAY / DAY, 1)
}

#[tokio::test]
async fn a_client_who_read_further_goes_on_from_what_a_director_gave_up() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    given_up(&mut scene, &mut yasemin).await;
    // In a page that stayed open, and on the same device after it was locked.
    let store = yasemin.store.clone();
    let locked = unlock(&scene, &store, PASSPHRASE).await.unwrap();
    assert_eq!((titles(&locked).len(), locked.session().alarms), (2, vec![confirmed()]));
    yasemin.portal.sync().await.unwrap();
    assert_eq!((titles(&yasemin.portal).len(), yasemin.portal.session().alarms), (2, vec![confirmed()]));

    save(&mut scene.iris, &scene.dossier, "opnieuw").await.unwrap();
    yasemin.portal.sync().await.unwrap();
    assert_eq!(titles(&yasemin.portal).len(), 3);
    let again = unlock(&scene, &store, PASSPHRASE).await.unwrap();
    assert_eq!((titles(&again).len(), again.session().alarms), (3, Vec::new()), "it was told once");
    scene.kept_quiet().await;
}

/// The relay shows what it had when it was given up, with the same word of the same director, long after.
#[tokio::test]
async fn an_old_confirmation_gives_up_nothing_new() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    given_up(&mut scene, &mut yasemin).await;
    let (then, _folder) = scene.world.twin();
    for text in ["opnieuw", "en verder"] {
        save(&mut scene.iris, &scene.dossier, text).await.unwrap();
    }
    yasemin.portal.sync().await.unwrap();
    assert_eq!(titles(&yasemin.portal).len(), 4);
    let ports = scene.world.ports(yasemin.store.clone());
    scene.relay.route(scene.relay.last_device(), then);
    assert_eq!(Session::unlock(ports, passphrase()).await.err(), Some(VaultError::ReadOnly));
    scene.relay.relent();
    assert_eq!(titles(&unlock(&scene, &yasemin.store, PASSPHRASE).await.unwrap()).len(), 4);
    scene.kept_quiet().await;
}

/// Somebody of staff who does not direct says that it is given up; the relay hands that on and shows less.
#[tokio::test]
async fn a_confirmation_by_somebody_who_does_not_direct() {
    let mut scene = Scene::new().await;
    let mut noor = scene.world.newcomer(&mut scene.iris, "Noor Smit", Role::AdvisorPaid, None).await;
    noor.sign_pledge().await;
    scene.iris.vault.sync().await.unwrap();
    let person = noor.vault.session().person;
    scene.iris.vault.grant(&scene.dossier, &person).await.unwrap();
    let mut yasemin = client(&mut scene).await;
    let (before, _folder) = scene.world.twin();
    let keys = Insider::of(&noor.store, PASSPHRASE).await;
    let (directory, _) = keys.directory(&before).await;
    let page = keys.call(&before, &Pull { log: scene.log(), from: 0, limit: 500, blobs: false }).await.unwrap();
    let last = page.entries.last().unwrap();
    let head = Head { sequence: last.commit().unwrap().sequence, hash: last.hash() };
    let said = keys.entry(directory.log(), None, vec![Change::Restored(vec![(scene.log(), head)])]);

    save(&mut scene.iris, &scene.dossier, "daarna geschreven").await.unwrap();
    yasemin.portal.sync().await.unwrap();
    let ports = scene.world.ports(yasemin.store.clone());
    scene.relay.route(scene.relay.last_device(), before);
    scene.relay.play(answering::<FetchChain>(move |_, chain| chain.entries.push(said.clone())));
    assert_eq!(Session::unlock(ports, passphrase()).await.err(), Some(VaultError::ReadOnly));
    scene.relay.relent();
    assert!(unlock(&scene, &yasemin.store, PASSPHRASE).await.is_ok());
    scene.kept_quiet().await;
}

/// The archive that came back has the keyring from before: with the old passphrase, and the card that was seen.
#[tokio::test]
async fn a_client_hands_back_their_keyring() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    let backup = scene.world.back_up();
    yasemin.portal.change_passphrase(PASSPHRASE, NEXT).await.unwrap();
    for actor in [&mut scene.iris, &mut scene.ruben] {
        actor.vault.sync().await.unwrap();
    }
    scene.world.restore(&backup);
    for actor in [&mut scene.iris, &mut scene.ruben] {
        actor.vault.sync().await.unwrap();
    }
    scene.iris.vault.confirm_restored(false).await.unwrap();
    let card = yasemin.printed.card.clone();
    let enrol = async |passphrase: &str| {
        let (ports, _) = scene.world.device();
        Session::enrol(ports, &card, passphrase.to_owned().into()).await.map(portal)
    };
    let opened = unlock(&scene, &yasemin.store, NEXT).await.unwrap();
    assert!(opened.session().alarms.is_empty(), "{:?}", opened.session().alarms);
    assert_eq!(enrol(PASSPHRASE).await.err(), Some(VaultError::WrongPassphrase));
    enrol(NEXT).await.unwrap();
    unlock(&scene, &yasemin.store, NEXT).await.unwrap();
}

/// The same in a page that stayed open while the relay was put back.
#[tokio::test]
async fn a_client_whose_page_stayed_open_hands_back_their_keyring() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    let backup = scene.world.back_up();
    yasemin.portal.change_passphrase(PASSPHRASE, NEXT).await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    scene.world.restore(&backup);
    assert_eq!(yasemin.portal.sync().await.err(), Some(VaultError::RelayPutBack));
    scene.iris.vault.sync().await.unwrap();
    scene.iris.vault.confirm_restored(false).await.unwrap();
    yasemin.portal.sync().await.unwrap();
    let (ports, _) = scene.world.device();
    let old = Session::enrol(ports, &yasemin.printed.card, passphrase()).await;
    assert_eq!(old.err(), Some(VaultError::WrongPassphrase));
}

/// A relay that was never put back shows a device the keyring from before a card was ended.
#[tokio::test]
async fn an_older_keyring_is_not_taken_by_a_clients_device() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    let made = yasemin.portal.make_card(PASSPHRASE).await.unwrap();
    let keys = Insider::of(&yasemin.store, PASSPHRASE).await;
    let older = keys.call(&scene.world.relay(), &FetchKeyring { person: keys.person }).await.unwrap();
    yasemin.portal.retire_cards(PASSPHRASE, &made.slot).await.unwrap();
    scene.relay.play(answering::<FetchKeyring>(move |_, stored| *stored = older.clone()));
    let opened = unlock(&scene, &yasemin.store, PASSPHRASE).await.unwrap();
    assert_eq!(opened.ways_in().cards, 1);
    scene.relay.relent();
    assert_eq!(unlock(&scene, &yasemin.store, PASSPHRASE).await.unwrap().ways_in().cards, 1);
    let (ports, _) = scene.world.device();
    let ended = Session::enrol(ports, &yasemin.printed.card, passphrase()).await;
    assert_eq!(ended.err(), Some(VaultError::CardNotKnown));
}

/// A telephone was stolen and ended; the archive that came back does not know so.
#[tokio::test]
async fn a_clients_ended_device_stays_ended_after_a_restore() {
    let mut scene = Scene::new().await;
    let mut yasemin = client(&mut scene).await;
    let (ports, _) = scene.world.device();
    let mut stolen = portal(Session::enrol(ports, &yasemin.printed.card, passphrase()).await.unwrap());
    yasemin.portal.sync().await.unwrap();
    scene.iris.vault.sync().await.unwrap();
    let backup = scene.world.back_up();
    let device = yasemin.portal.devices().into_iter().find(|device| !device.this).unwrap().id;
    yasemin.portal.revoke_device(&device, PASSPHRASE).await.unwrap();
    assert_eq!(stolen.sync().await.err(), Some(VaultError::DeviceRemoved));

    scene.world.restore(&backup);
    scene.iris.vault.sync().await.unwrap();
    scene.iris.vault.confirm_restored(true).await.unwrap();
    assert_eq!(stolen.sync().await.err(), Some(VaultError::DeviceRemoved), "whatever came back");
}
