//! The relay's disk breaks, and last night's backup is put back.

use zegel_tests::world::{DAY, DOCUMENT, PASSPHRASE, World, passphrase};
use zegel_vault::{
    Vault, VaultError,
    ports::{Store as _, Table},
    view::Alarm,
};

const CHANGED: &str = "een heel andere zin dan eerst";

#[tokio::test]
async fn a_passphrase_that_was_changed_stays_changed() {
    let mut world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let backup = world.back_up();
    iris.vault.change_passphrase(PASSPHRASE, CHANGED).await.unwrap();
    world.restore(&backup);
    iris.vault.sync().await.unwrap();
    let (ports, _) = world.device();
    let old = Vault::enrol(ports, &iris.printed.card, passphrase()).await;
    assert_eq!(old.err(), Some(VaultError::WrongPassphrase));
    let (ports, _) = world.device();
    assert!(Vault::enrol(ports, &iris.printed.card, CHANGED.to_owned().into()).await.is_ok());
}

#[tokio::test]
async fn a_device_that_comes_back_late_still_hands_back_what_it_has() {
    let mut world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = ruben.dossier("J. Jansen").await;
    let backup = world.back_up();
    let saved = ruben.vault.save_report(&dossier, None, 0, "Late brief", "voor de vakantie", "2026-03-09").await;
    let late = saved.unwrap().item;
    ruben.add(&dossier, "diploma.pdf", DOCUMENT).await.unwrap();
    ruben.vault.sync().await.unwrap();

    world.restore(&backup);
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.restored().await.unwrap().put_back.is_some());
    assert_eq!(ruben.vault.confirm_restored(true).await.err(), Some(VaultError::NoRight), "that is for directors");
    let alone = iris.vault.confirm_restored(false).await.unwrap();
    assert_eq!(alone.put_back, None);
    world.clock.pass(14 * DAY);

    let ports = world.ports(ruben.store.clone());
    ruben.vault = Vault::unlock(ports, passphrase()).await.unwrap();
    let view = ruben.vault.dossier(&dossier).await.unwrap();
    assert!(view.items.iter().any(|item| item.id == late) && view.alarms.is_empty(), "{:?}", view.alarms);
    let confirmed = ruben.vault.session().alarms.into_iter().any(|alarm| matches!(alarm, Alarm::Restored(..)));
    assert!(confirmed, "who confirmed it, and when");
    let (ports, _) = world.device();
    let mut elsewhere = Vault::enrol(ports, &ruben.printed.card, passphrase()).await.unwrap();
    assert!(elsewhere.dossier(&dossier).await.unwrap().items.iter().any(|item| item.id == late));
}

/// In the backup the old keys are let in, which ended since, and the new ones are not known.
#[tokio::test]
async fn who_renewed_their_keys_since_the_backup_loses_nothing() {
    let mut world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("J. Jansen").await;
    let backup = world.back_up();
    iris.vault.renew_keys(PASSPHRASE, CHANGED).await.unwrap();
    let saved = iris.vault.save_report(&dossier, None, 0, "Daarna", "met nieuwe sleutels", "2026-03-09").await.unwrap();
    iris.vault.sync().await.unwrap();

    world.restore(&backup);
    world.clock.pass(DAY);
    let ports = world.ports(iris.store.clone());
    iris.vault = Vault::unlock(ports, CHANGED.to_owned().into()).await.unwrap();
    iris.vault.sync().await.unwrap();
    assert_eq!(iris.vault.restored().await.unwrap().lost, []);
    iris.vault.confirm_restored(false).await.unwrap();
    let view = iris.vault.dossier(&dossier).await.unwrap();
    assert!(view.items.iter().any(|item| item.id == saved.item), "what was written since came back");
    iris.vault.save_report(&dossier, None, 0, "En verder", "gewoon", "2026-03-10").await.unwrap();
}

/// Large files are on the relay alone. Their entry comes back, and says that the bytes did not.
#[tokio::test]
async fn a_file_that_was_lost_is_named_and_the_rest_goes_on() {
    let mut world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("J. Jansen").await;
    let backup = world.back_up();
    let film = iris.add(&dossier, "film.mp4", &[7; 300_000]).await.unwrap();
    let saved = iris.vault.save_report(&dossier, None, 0, "Daarna", "na de film", "2026-03-09").await.unwrap();
    world.restore(&backup);
    iris.vault.sync().await.unwrap();
    let given = iris.vault.restored().await.unwrap();
    assert_eq!(given.lost, []);
    assert_eq!(iris.read(&dossier, &film).await.err(), Some(VaultError::FileLost));
    let (ports, _) = world.device();
    let mut elsewhere = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    assert!(elsewhere.dossier(&dossier).await.unwrap().items.iter().any(|item| item.id == saved.item));
}

/// What keeping entries costs a device: about a kibibyte for a change, beside the sealed record.
#[tokio::test]
async fn keeping_what_was_signed_costs_little() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("J. Jansen").await;
    let kept = async |table| -> usize {
        let rows = iris.store.all(table).await.unwrap();
        rows.into_iter().map(|(key, value)| key.len() + value.len()).sum()
    };
    let before = (kept(Table::Entry).await, kept(Table::Blob).await);
    for number in 0..20 {
        let title = format!("Gesprek {number}");
        iris.vault.save_report(&dossier, None, 0, &title, "kort", "2026-03-09").await.unwrap();
    }
    let after = (kept(Table::Entry).await, kept(Table::Blob).await);
    let (entries, blobs) = ((after.0 - before.0) / 20, (after.1 - before.1) / 20);
    assert!(entries <= 1_200 && entries <= blobs + 100, "{entries} bytes beside {blobs}");
}
