//! The owner of a practice is gone. The people whom she trusted, and who read nothing, release each dossier to its own client, and
//! have the rest destroyed.

use zegel_tests::{
    practice::Practice,
    world::{Actor, Bytes, DAY, MONDAY},
};
use zegel_vault::{
    VaultError,
    view::{Alarm, EntrustedView, Purpose, TestamentView},
};

use crate::emergency::dormant;

async fn own(actor: &mut Actor) -> TestamentView {
    actor.vault.testament().await.unwrap()
}

async fn entrusted(actor: &mut Actor) -> EntrustedView {
    own(actor).await.entrusted_by.remove(0)
}

fn told(alarms: &[Alarm]) -> Vec<(&str, u64)> {
    let told = |alarm| match alarm {
        &Alarm::Claimed(_, ref name, Purpose::Release, opens) => Some((name.as_str(), opens)),
        _ => None,
    };
    alarms.iter().filter_map(told).collect()
}

#[tokio::test]
async fn two_of_three_release_each_dossier_to_its_own_client_and_have_the_rest_destroyed() {
    let mut practice = Practice::new().await;
    let seen = own(&mut practice.noor).await;
    assert_eq!((seen.quorum, seen.days, seen.dossiers, seen.clients), (Some((2, 3)), 14, 2, 1));
    assert!(seen.trustees.iter().all(|trustee| trustee.counts) && seen.trustees.len() == 3);
    // The client sees beforehand who decides, and that it is for her.
    practice.femke.portal.sync().await.unwrap();
    let listed = practice.femke.portal.dossier().dormant.remove(0);
    let trustees = listed.trustees.unwrap();
    assert_eq!((listed.name.as_str(), listed.purpose, trustees.needed), ("Noor Haddad", Purpose::Release, 2));
    assert!(trustees.names.contains(&"Dirk Vos".to_owned()) && trustees.to_client, "{:?}", trustees.names);
    let before = practice.femke.portal.dossier().items.len();

    let entrusted_by = entrusted(&mut practice.trustees[0]).await;
    assert_eq!((entrusted_by.name.as_str(), entrusted_by.dossiers, entrusted_by.needed), ("Noor Haddad", 2, 2));
    assert!(practice.trustees[0].vault.dossiers().is_empty(), "trustees read nothing");
    assert_eq!(practice.release(&[0]).await, [2]);
    assert_eq!(practice.release(&[0]).await, [0], "once is enough");
    practice.noor.vault.sync().await.unwrap();
    assert_eq!(told(&practice.noor.vault.session().alarms), []);
    assert_eq!(own(&mut practice.noor).await.claimed, ["Bas Smit"]);

    practice.world.clock.pass(DAY);
    assert_eq!(practice.release(&[2]).await, [2]);
    let opens = MONDAY + 15 * DAY;
    practice.noor.vault.sync().await.unwrap();
    practice.femke.portal.sync().await.unwrap();
    assert_eq!(told(&practice.noor.vault.session().alarms), [("Noor Haddad", opens), ("Noor Haddad", opens)]);
    assert_eq!(told(&practice.femke.portal.session().alarms), [("Noor Haddad", opens)]);
    let waiting = entrusted(&mut practice.trustees[1]).await;
    assert_eq!((waiting.claimed.len(), waiting.by_you, waiting.opens, waiting.open), (2, false, Some(opens), false));

    // What the company doctor wrote Femke did not read so far. When the days are over she does, in a portal that stays open.
    practice.world.clock.pass(13 * DAY);
    let owner = practice.owner();
    assert_eq!(practice.trustees[2].vault.destroy_rest(&owner).await, Err(VaultError::NothingLeft));
    practice.femke.portal.sync().await.unwrap();
    assert_eq!(practice.femke.portal.dossier().items.len(), before);
    practice.world.clock.pass(DAY);
    practice.femke.portal.sync().await.unwrap();
    let dossier = practice.femke.portal.dossier();
    let medical = dossier.items.iter().find(|item| item.title == "bedrijfsarts.pdf").unwrap();
    let mut sink = Bytes(Vec::new());
    practice.femke.portal.read_file(&medical.id, &mut sink, &()).await.unwrap();
    assert_eq!((sink.0.as_slice(), dossier.items.len()), (&b"belastbaarheid"[..], before + 1));
    assert!(!dossier.readers.iter().any(|reader| reader.name == "Bas Smit"), "no trustee reads");

    practice.sync().await;
    assert!(practice.trustees[0].vault.dossiers().is_empty());
    let open = entrusted(&mut practice.trustees[0]).await;
    assert_eq!((open.open, open.clients, open.rest, open.stay, open.closing), (true, 1, 1, 0, 0));
    assert_eq!(practice.trustees[0].vault.destroy_rest(&owner).await, Ok(1));
    assert_eq!(practice.trustees[0].vault.destroy_rest(&owner).await, Err(VaultError::NothingLeft));
    let done = entrusted(&mut practice.trustees[0]).await;
    assert_eq!((done.clients, done.rest, done.closing, done.destroyed), (1, 0, 1, Some(MONDAY + 46 * DAY)));
    assert_eq!(dormant(&mut practice.noor, &practice.femkes).await.len(), 1);
}
