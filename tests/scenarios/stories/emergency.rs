//! Somebody falls ill. A colleague whom they chose beforehand says so, waits, and steps in, unless somebody says no.

use zegel_tests::{
    hostile::scene::texts,
    world::{Actor, DAY, MONDAY, World, passphrase},
};
use zegel_vault::{
    FirstPolicy, Profile, Vault, VaultError,
    view::{Alarm, DormantView, Purpose},
};

pub(crate) fn person(actor: &Actor) -> String {
    actor.vault.session().person
}

async fn practice(world: &World) -> (Actor, Actor) {
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Practice)).await;
    let ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    (iris, ruben)
}

pub(crate) fn claimed(alarms: &[Alarm]) -> Vec<(String, u64)> {
    let claim = |alarm: &Alarm| match alarm {
        Alarm::Claimed(_, name, Purpose::Emergency, opens) => Some((name.clone(), *opens)),
        _ => None,
    };
    alarms.iter().filter_map(claim).collect()
}

pub(crate) async fn dormant(actor: &mut Actor, dossier: &str) -> Vec<DormantView> {
    actor.vault.dossier(dossier).await.unwrap().dormant
}

#[tokio::test]
async fn a_contact_waits_and_steps_in_and_everybody_who_reads_is_told() {
    let world = World::new();
    let (mut iris, mut ruben) = practice(&world).await;
    let (yasemins, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut yasemin = world.party(&mut iris, &yasemins, "Yasemin Öztürk", "client").await;
    assert_eq!(iris.vault.choose_contact(&person(&ruben), Some(13), false).await, Err(VaultError::WaitsTooShort(14)));
    assert_eq!(iris.vault.choose_contact(&person(&iris), None, true).await, Err(VaultError::OwnContact));
    iris.vault.choose_contact(&person(&ruben), None, true).await.unwrap();
    // A dossier that comes later is for the contact as well.
    let (brams, ..) = iris.dossier("Bram IJsselstein").await;
    let chosen = iris.vault.emergency().await.unwrap().contact.unwrap();
    assert_eq!((chosen.name.as_str(), chosen.days, chosen.take_over, chosen.dossiers), ("Ruben Bakker", 14, true, 2));

    // Ruben knows whose contact he is, and for how many; of what is in them he sees nothing, not even the names.
    ruben.vault.sync().await.unwrap();
    let trusted = ruben.vault.emergency().await.unwrap().trusted_by.remove(0);
    assert_eq!((trusted.name.as_str(), trusted.dossiers, trusted.claimed), ("Iris de Vries", 2, 0));
    assert_eq!((ruben.vault.dossiers().len(), ruben.vault.closed_dossiers().len()), (0, 0));
    assert!(ruben.vault.dossier(&yasemins).await.is_err());
    assert!(!iris.vault.dossier(&yasemins).await.unwrap().readers.iter().any(|reader| reader.name == "Ruben Bakker"));

    let foreign = iris.vault.claim_emergency(&person(&ruben)).await;
    assert_eq!(foreign, Err(VaultError::NotTrusted("Ruben Bakker".to_owned())));
    assert_eq!(ruben.vault.claim_emergency(&person(&iris)).await, Ok(2));
    assert_eq!(ruben.vault.claim_emergency(&person(&iris)).await, Ok(0), "once is enough");
    let opens = MONDAY + 14 * DAY;
    iris.vault.sync().await.unwrap();
    yasemin.portal.sync().await.unwrap();
    assert_eq!(
        claimed(&iris.vault.session().alarms),
        [("Ruben Bakker".to_owned(), opens), ("Ruben Bakker".to_owned(), opens)]
    );
    assert_eq!(claimed(&yasemin.portal.session().alarms), [("Ruben Bakker".to_owned(), opens)]);
    let seen = dormant(&mut iris, &yasemins).await.remove(0);
    assert_eq!((seen.claimed, seen.opens, seen.open, seen.may_refuse), (Some(MONDAY), Some(opens), false, true));
    assert_eq!(yasemin.portal.dossier().dormant[0].opens, Some(opens));

    // What is written while he waits is there when it opens.
    world.clock.pass(13 * DAY);
    ruben.vault.sync().await.unwrap();
    assert!(ruben.vault.dossiers().is_empty());
    iris.vault.save_report(&yasemins, None, 0, "Ziek", "bel de arts", "2026-03-22").await.unwrap();
    world.clock.pass(DAY);
    let mut ruben =
        Actor { vault: Vault::unlock(world.ports(ruben.store.clone()), passphrase()).await.unwrap(), ..ruben };
    let titles: Vec<String> = ruben.vault.dossiers().into_iter().map(|dossier| dossier.title).collect();
    assert_eq!(titles, ["Bram IJsselstein", "Yasemin Öztürk"]);
    assert_eq!(texts(&mut ruben, &yasemins).await.len(), 2);
    ruben.vault.save_report(&brams, None, 0, "Waarneming", "Bram gesproken", "2026-03-23").await.unwrap();
    iris.vault.sync().await.unwrap();
    assert_eq!(texts(&mut iris, &brams).await.len(), 2);
    assert!(iris.vault.dossier(&brams).await.unwrap().readers.iter().any(|reader| reader.name == "Ruben Bakker"));
    yasemin.portal.sync().await.unwrap();
    assert!(yasemin.portal.dossier().readers.iter().any(|reader| reader.name == "Ruben Bakker"));
    for actor in [&mut iris, &mut ruben] {
        assert_eq!(actor.vault.verify(None).await.unwrap().alarms, []);
    }

    // Iris is back: he goes, with new keys, and is her contact again as before.
    assert_eq!(iris.vault.refuse_claims(&person(&ruben), Purpose::Emergency).await, Ok(2));
    iris.vault.sync().await.unwrap();
    iris.vault.save_report(&brams, None, 0, "Terug", "weer zelf", "2026-03-24").await.unwrap();
    ruben.vault.sync().await.unwrap();
    let again = Vault::unlock(world.ports(ruben.store.clone()), passphrase()).await.unwrap();
    assert!(again.dossiers().is_empty());
    assert_eq!(claimed(&iris.vault.session().alarms), []);
    assert_eq!(dormant(&mut iris, &brams).await[0].claimed, None);
}

#[tokio::test]
async fn the_owner_or_another_manager_says_no_before_the_days_are_over() {
    let world = World::new();
    let (mut iris, mut ruben) = practice(&world).await;
    let mut noor = world.newcomer_by_two(&mut iris, &mut ruben, "Noor Haddad").await;
    noor.vault.sync().await.unwrap();
    noor.sign_pledge().await;
    iris.vault.sync().await.unwrap();
    let (yasemins, ..) = iris.dossier("Yasemin Öztürk").await;
    iris.vault.grant(&yasemins, &person(&noor)).await.unwrap();
    iris.vault.choose_contact(&person(&ruben), Some(20), false).await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.claim_emergency(&person(&iris)).await, Ok(1));
    assert_eq!(ruben.vault.refuse_claims(&person(&ruben), Purpose::Emergency).await, Err(VaultError::NothingClaimed));

    noor.vault.sync().await.unwrap();
    assert_eq!(noor.vault.claims().await.unwrap().len(), 1);
    assert_eq!(noor.vault.refuse_claims(&person(&ruben), Purpose::Emergency).await, Ok(1));
    world.clock.pass(21 * DAY);
    ruben.vault.sync().await.unwrap();
    assert!(ruben.vault.dossiers().is_empty(), "the days are over, and nothing opened");
    assert_eq!(ruben.vault.emergency().await.unwrap().trusted_by.len(), 0);

    // The owner's vault makes it anew, and the days begin again.
    iris.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.claim_emergency(&person(&iris)).await, Ok(1));
    world.clock.pass(19 * DAY);
    // Another contact: what the first one claimed is over.
    iris.vault.choose_contact(&person(&noor), None, true).await.unwrap();
    world.clock.pass(2 * DAY);
    ruben.vault.sync().await.unwrap();
    assert!(ruben.vault.dossiers().is_empty());
    assert_eq!(claimed(&iris.vault.session().alarms), []);
    iris.vault.drop_contact().await.unwrap();
    assert_eq!(dormant(&mut iris, &yasemins).await, []);
    assert_eq!(iris.vault.drop_contact().await, Err(VaultError::NotFound));
}

#[tokio::test]
async fn there_are_none_where_the_policy_has_none() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    assert_eq!(iris.vault.choose_contact(&person(&ruben), None, false).await, Err(VaultError::NoEmergencyContacts));
    assert_eq!(iris.vault.emergency().await.unwrap().least_days, None);
}

/// What was said before a device ended stays said: by it the owner says no, and whoever reads from the beginning goes on.
#[tokio::test]
async fn a_claim_outlasts_the_device_that_made_it() {
    let world = World::new();
    let (mut iris, ruben) = practice(&world).await;
    let mut ruben = ruben;
    let (yasemins, ..) = iris.dossier("Yasemin Öztürk").await;
    iris.vault.choose_contact(&person(&ruben), None, false).await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.claim_emergency(&person(&iris)).await, Ok(1));
    let lost = ruben.vault.devices().await.unwrap().into_iter().find(|device| device.this).unwrap().id;
    let ports = world.device().0;
    let mut other = Vault::enrol(ports, &ruben.printed.card, passphrase()).await.unwrap();
    other.revoke_device(&lost, &passphrase()).await.unwrap();

    // Iris hears of the claim and of the end of its device at once.
    iris.vault.sync().await.unwrap();
    assert_eq!(claimed(&iris.vault.session().alarms).len(), 1);
    assert!(!iris.vault.session().alarms.iter().any(|alarm| matches!(alarm, Alarm::Refused(..))));
    iris.vault.save_report(&yasemins, None, 0, "Beter", "weer op de been", "2026-03-10").await.unwrap();
    let mut tablet = Vault::enrol(world.device().0, &iris.printed.card, passphrase()).await.unwrap();
    assert_eq!(tablet.dossier(&yasemins).await.unwrap().dormant.len(), 1);
    assert_eq!(tablet.verify(None).await.unwrap().alarms, []);
    assert_eq!(iris.vault.refuse_claims(&person(&ruben), Purpose::Emergency).await, Ok(1));
    world.clock.pass(15 * DAY);
    other.sync().await.unwrap();
    assert!(other.dossiers().is_empty());
}
