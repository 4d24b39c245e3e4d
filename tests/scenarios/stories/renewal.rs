//! A laptop was stolen with the passphrase on a note, and the key card beside it: keys, passphrase and card are renewed, and
//! whatever the thief has opens nothing.

use zegel_ledger::{Change, Commit, CompartmentEpoch, DeviceCertificate, DeviceId, Entry, LogKind, Refusal};
use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, StoreKeyring},
};
use zegel_tests::{
    hostile::{HostileRelay, Insider, problem, scene::texts},
    world::{Actor, DAY, MONDAY, PASSPHRASE, World, new_share, passphrase},
};
use zegel_vault::{Role, Vault, VaultError, memory::MemoryStore, view::Alarm};

const NEXT: &str = "een heel andere zin van zes";
const LAST: &str = "en nog een andere zin van zeven";

async fn enrol(world: &World, card: &str, passphrase: &str) -> Result<Vault, VaultError> {
    Vault::enrol(world.ports(MemoryStore::default()), card, passphrase.to_owned().into()).await
}

async fn note(actor: &mut Actor, dossier: &str, text: &str) {
    actor.vault.save_report(dossier, None, 0, "Daarna", text, "2026-03-10").await.unwrap();
}

#[tokio::test]
async fn whoever_saw_card_and_passphrase_opens_nothing_any_more() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Bram IJsselstein").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
    ruben.vault.sync().await.unwrap();
    let card = ruben.printed.card.clone();
    let mut laptop = enrol(&world, &card, PASSPHRASE).await.unwrap();
    let thief = Insider::of(&ruben.store, PASSPHRASE).await;

    // The thief counts generations ahead, so that nothing later would be taken.
    let ahead = Insider::keyring_at(&ruben.store, PASSPHRASE, u64::MAX).await;
    thief.call(&world.relay(), &StoreKeyring { keyring: ahead.into() }).await.unwrap();

    assert_eq!(ruben.vault.renew_keys(PASSPHRASE, PASSPHRASE).await.err(), Some(VaultError::SamePassphrase));
    let wrong = ruben.vault.renew_keys("iets heel anders dan dat", NEXT).await;
    assert_eq!(wrong.err(), Some(VaultError::WrongPassphrase));
    let made = ruben.vault.renew_keys(PASSPHRASE, NEXT).await.unwrap();

    // The stolen laptop, the old card, the old passphrase; and the old account key, which would certify a new device.
    assert_eq!(laptop.sync().await.err(), Some(VaultError::DeviceRemoved));
    assert_eq!(enrol(&world, &card, PASSPHRASE).await.err(), Some(VaultError::CardNotKnown));
    let (own, _) = world.device();
    assert!(matches!(Vault::unlock(own, passphrase()).await, Err(VaultError::NothingHere)));
    let again = Vault::unlock(world.ports(ruben.store.clone()), passphrase()).await;
    assert_eq!(again.err(), Some(VaultError::WrongPassphrase));

    // Everybody hears of it, and whatever is sealed from now on is for the new keys alone.
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.session().alarms.contains(&Alarm::Renewed("Ruben Bakker".to_owned())));
    note(&mut iris, &dossier, "na de diefstal").await;
    ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 2);
    note(&mut ruben, &dossier, "met de nieuwe sleutels").await;
    let now = Insider::of(&ruben.store, NEXT).await;
    let (directory, _) = now.directory(&world.relay()).await;
    let log = dossier.parse().unwrap();
    let mut held = now.take(&world.relay(), log, LogKind::Dossier, &directory).await.unwrap();
    held.seeds.clear();
    held.open_wraps_with(&thief.receiving);
    let in_force = held.log.compartments().filter_map(|(id, epochs)| Some((id, epochs.last()?.epoch)));
    for (compartment, epoch) in in_force {
        assert!(!held.seeds.contains_key(&CompartmentEpoch { compartment, epoch }), "wrapped to the old key");
    }
    let (device, signing) = (DeviceId([7; 16]), &thief.signing);
    let certificate =
        DeviceCertificate::sign(thief.person, device, signing.verifying(), signing.verifying(), &thief.account);
    let commit = now.commit(directory.log(), None, vec![Change::Certify(certificate)]);
    let entry = Entry::sign(&Commit { device, ..commit }, signing);
    assert_eq!(directory.clone().admit(&entry).err(), Some(Refusal::Signature));

    // The new card opens it all on another machine, the past included.
    let mut elsewhere = enrol(&world, &made.card, NEXT).await.unwrap();
    assert_eq!(elsewhere.dossier(&dossier).await.unwrap().items.len(), 4);
    iris.vault.sync().await.unwrap();
    for vault in [&mut ruben.vault, &mut elsewhere] {
        assert_eq!(vault.verify(None).await.unwrap().alarms, []);
    }

    // From that other machine it is renewed once more, and a third one shares: the chain that vouches for it is whole.
    let last = elsewhere.renew_keys(NEXT, LAST).await.unwrap();
    let mut third = enrol(&world, &last.card, LAST).await.unwrap();
    let item = third.dossier(&dossier).await.unwrap().items[0].id.clone();
    let shared = third.share(&dossier, new_share(&[&item], MONDAY + 30 * DAY)).await.unwrap();
    world.open(&shared).await.unwrap();
    assert_eq!(third.verify(None).await.unwrap().alarms, []);
    iris.vault.sync().await.unwrap();
    assert_eq!(iris.vault.verify(None).await.unwrap().alarms, [Alarm::Renewed("Ruben Bakker".to_owned())]);
}

/// Wherever it is cut off, the new passphrase opens this device, and the rest follows by itself.
#[tokio::test]
async fn a_renewal_that_is_cut_off_goes_on_with_the_next_unlock() {
    for path in [Append::PATH, StoreKeyring::PATH] {
        let relay = HostileRelay::new();
        let world = World::with_network(relay.network());
        let mut iris = world.director("Iris de Vries").await;
        let (dossier, ..) = iris.dossier("Bram IJsselstein").await;
        let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
        iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
        ruben.vault.sync().await.unwrap();
        enrol(&world, &ruben.printed.card, PASSPHRASE).await.unwrap();

        relay.stop(path, problem(Problem::Busy));
        let made = ruben.vault.renew_keys(PASSPHRASE, NEXT).await.unwrap();
        relay.relent();
        // Iris writes before Ruben's vault is back: what she wraps opens as well.
        iris.vault.sync().await.unwrap();
        note(&mut iris, &dossier, "tussendoor").await;
        iris.vault.invite("Sam Visser", Role::AdvisorPaid, None).await.unwrap();
        let mut back = Vault::unlock(world.ports(ruben.store), NEXT.to_owned().into()).await.unwrap();
        assert_eq!(back.dossier(&dossier).await.unwrap().items.len(), 3, "{path}");
        assert_eq!(back.session().alarms, [], "{path}");
        assert_eq!(enrol(&world, &ruben.printed.card, PASSPHRASE).await.err(), Some(VaultError::CardNotKnown));
        let mut elsewhere = enrol(&world, &made.card, NEXT).await.unwrap();
        assert_eq!(elsewhere.dossier(&dossier).await.unwrap().items.len(), 3, "{path}");
        assert_eq!(elsewhere.verify(None).await.unwrap().alarms, []);
    }
}

/// A colleague who has not heard of it opens an epoch that is wrapped to the old key.
#[tokio::test]
async fn what_was_wrapped_to_the_old_key_meanwhile_still_opens() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Bram IJsselstein").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let sam = world.colleague(&mut iris, "Sam Visser", false).await;
    for colleague in [&ruben, &sam] {
        iris.vault.grant(&dossier, &colleague.vault.session().person).await.unwrap();
    }
    ruben.vault.sync().await.unwrap();
    relay.stop(Append::PATH, problem(Problem::Busy));
    ruben.vault.renew_keys(PASSPHRASE, NEXT).await.unwrap();
    relay.relent();
    iris.vault.end_access(&dossier, &sam.vault.session().person).await.unwrap();
    note(&mut iris, &dossier, "in het nieuwe tijdvak").await;

    ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 2);
    assert_eq!(ruben.vault.verify(None).await.unwrap().alarms, []);
}
