//! The owner of a practice is gone. The people whom she trusted, and who read nothing, release each dossier to its own client, and
//! have the rest destroyed.

use zegel_ledger::LogKind;
use zegel_tests::{
    hostile::Insider,
    practice::{Practice, people},
    world::{Actor, Bytes, DAY, MONDAY, PASSPHRASE, passphrase},
};
use zegel_vault::{
    AccessTerms, Role, Vault, VaultError,
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

#[tokio::test]
async fn a_living_owner_says_no_and_takes_back_what_was_to_be_destroyed() {
    let mut practice = Practice::new().await;
    let owner = practice.owner();
    practice.release(&[0, 1]).await;
    practice.noor.vault.sync().await.unwrap();
    assert_eq!(own(&mut practice.noor).await.opens, Some(MONDAY + 14 * DAY));
    assert_eq!(practice.noor.vault.refuse_claims(&owner, Purpose::Release).await, Ok(2));
    assert_eq!(practice.noor.vault.refuse_claims(&owner, Purpose::Release).await, Err(VaultError::NothingClaimed));
    assert_eq!(told(&practice.noor.vault.session().alarms), []);
    practice.world.clock.pass(15 * DAY);
    practice.sync().await;
    practice.femke.portal.sync().await.unwrap();
    assert!(!practice.femke.portal.dossier().items.iter().any(|item| item.title == "bedrijfsarts.pdf"));
    assert_eq!(practice.trustees[0].vault.destroy_rest(&owner).await, Err(VaultError::NothingLeft));

    // It is arranged anew, and the days begin again.
    practice.noor.vault.sync().await.unwrap();
    practice.sync().await;
    let anew = entrusted(&mut practice.trustees[0]).await;
    assert_eq!((anew.dossiers, anew.claimed.len(), anew.opens), (2, 0, None));
    practice.release(&[0, 1]).await;
    practice.world.clock.pass(14 * DAY);
    practice.sync().await;
    assert_eq!(practice.trustees[1].vault.destroy_rest(&owner).await, Ok(1));
    // She was in hospital for long. The clients keep what they have read; she goes on with the rest.
    practice.noor.vault.sync().await.unwrap();
    let seen = own(&mut practice.noor).await;
    assert_eq!((seen.closing, seen.claimed.len()), (1, 2));
    let waits = practice.noor.vault.work_list().await.unwrap();
    assert_eq!(waits.closing, 1);
    assert!(waits.claims.iter().all(|claim| claim.purpose == Purpose::Release && claim.open && claim.may_refuse));
    assert_eq!(waits.claims.len(), 2);
    assert_eq!(practice.noor.vault.refuse_claims(&owner, Purpose::Release).await, Ok(2));
    practice.noor.vault.sync().await.unwrap();
    assert_eq!(own(&mut practice.noor).await.closing, 0);
    practice.noor.vault.save_report(&practice.gijss, None, 0, "Terug", "weer zelf", "2026-04-30").await.unwrap();
    practice.sync().await;
    let back = entrusted(&mut practice.trustees[1]).await;
    assert_eq!((back.closing, back.rest, back.claimed.len()), (0, 1, 0));
    for actor in practice.trustees.iter_mut().chain([&mut practice.noor]) {
        assert_eq!(actor.vault.verify(None).await.unwrap().alarms, []);
    }
}

#[tokio::test]
async fn other_trustees_or_one_who_left_begin_anew_and_nobody_is_one_twice() {
    let mut practice = Practice::new().await;
    let mut named = people(&practice.trustees);
    let noor = &mut practice.noor;
    assert_eq!(noor.vault.choose_trustees(&named[..2]).await, Err(VaultError::TrusteeCount(2, 3)));
    let twice = [named[0].clone(), named[0].clone(), named[1].clone()];
    assert_eq!(noor.vault.choose_trustees(&twice).await, Err(VaultError::TrusteeCount(2, 3)));
    let oneself = [named[0].clone(), named[1].clone(), noor.vault.session().person];
    assert_eq!(noor.vault.choose_trustees(&oneself).await, Err(VaultError::OwnTrustee));
    let owner = noor.vault.session().person;
    let foreign = noor.vault.release(&named[0]).await;
    assert_eq!(foreign, Err(VaultError::NotTrustee("Bas Smit".to_owned())));

    // Dirk leaves. Two are left, and what he claimed counts no more.
    practice.release(&[2]).await;
    practice.noor.vault.sync().await.unwrap();
    practice.noor.vault.remove_member(&named[2]).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    assert!(own(&mut practice.noor).await.trustees.iter().any(|trustee| !trustee.counts));
    assert!(practice.trustees[2].vault.sync().await.is_err());
    practice.trustees.pop();
    practice.sync().await;
    let left = entrusted(&mut practice.trustees[0]).await;
    assert_eq!((left.trustees.len(), left.needed, left.claimed.len(), left.dossiers), (2, 2, 0, 2));
    assert_eq!(practice.release(&[0]).await, [2]);
    assert_eq!(entrusted(&mut practice.trustees[1]).await.opens, None);

    // Evi comes in his place: Bas's word is asked again.
    let mut evi = practice.world.newcomer(&mut practice.noor, "Evi Peters", Role::BackOffice, None).await;
    evi.sign_pledge().await;
    practice.noor.vault.sync().await.unwrap();
    named[2] = evi.vault.session().person;
    practice.noor.vault.choose_trustees(&named).await.unwrap();
    practice.trustees.push(evi);
    practice.sync().await;
    let anew = entrusted(&mut practice.trustees[2]).await;
    assert_eq!((anew.trustees.len(), anew.claimed.len(), anew.dossiers), (3, 0, 2));
    practice.release(&[0, 1]).await;
    // Taken back while the days run, it is over.
    practice.noor.vault.drop_trustees().await.unwrap();
    assert_eq!(practice.noor.vault.drop_trustees().await, Err(VaultError::NotFound));
    practice.world.clock.pass(15 * DAY);
    practice.sync().await;
    assert!(own(&mut practice.trustees[0]).await.entrusted_by.is_empty());
    assert_eq!(dormant(&mut practice.noor, &practice.femkes).await, []);
    assert_eq!(practice.trustees[0].vault.destroy_rest(&owner).await, Err(VaultError::NothingLeft));
}

#[tokio::test]
async fn what_a_colleague_goes_on_with_is_in_no_testament() {
    let mut practice = Practice::new().await;
    // A second director comes, and goes on with Gijs's dossier.
    let lars = practice.world.colleague(&mut practice.noor, "Lars Bos", true).await;
    practice.noor.vault.grant(&practice.gijss, &lars.vault.session().person).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    // What ended is looked for once a day.
    practice.world.clock.pass(DAY);
    practice.sync().await;
    assert_eq!(entrusted(&mut practice.trustees[0]).await.dossiers, 1);
    assert_eq!(dormant(&mut practice.noor, &practice.gijss).await, []);
    // He gives it up: nobody else goes on with it.
    practice.noor.vault.end_access(&practice.gijss, &lars.vault.session().person).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    practice.sync().await;
    assert_eq!(entrusted(&mut practice.trustees[0]).await.dossiers, 2);

    // Gijs's sister reads his dossier: it stays when the rest goes. A client whose access ended gets nothing.
    practice.world.party(&mut practice.noor, &practice.gijss, "Hanna de Boer", "representative").await;
    let femke = practice.femke.portal.session().person;
    practice.noor.vault.end_access(&practice.femkes, &femke).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    practice.sync().await;
    practice.release(&[0, 2]).await;
    practice.world.clock.pass(14 * DAY);
    practice.sync().await;
    let open = entrusted(&mut practice.trustees[0]).await;
    assert_eq!((open.open, open.clients, open.stay, open.rest), (true, 0, 1, 1));
    let owner = practice.owner();
    assert_eq!(practice.trustees[0].vault.destroy_rest(&owner).await, Ok(1));
    assert!(practice.femke.portal.sync().await.is_err());
}

#[tokio::test]
async fn a_client_who_comes_back_with_new_keys_has_what_she_had_and_is_released_to() {
    let mut practice = Practice::new().await;
    let before = practice.femke.portal.dossier().items.len();
    let old = practice.femke.portal.session().person;
    let letter = practice.noor.vault.replace_party(&practice.femkes, &old).await.unwrap();
    let mut femke = practice.world.outsider(&letter, "Femke Jansen").await.unwrap();
    practice.world.admit_party(&mut practice.noor, &practice.femkes, &femke).await;
    practice.noor.vault.sync().await.unwrap();
    femke.portal.sync().await.unwrap();
    assert_eq!(femke.portal.dossier().items.len(), before);
    practice.sync().await;
    assert_eq!(own(&mut practice.noor).await.clients, 1);
    practice.release(&[1, 2]).await;
    practice.world.clock.pass(14 * DAY);
    femke.portal.sync().await.unwrap();
    assert_eq!(femke.portal.dossier().items.len(), before + 1);
}

#[tokio::test]
async fn a_client_whom_another_device_let_in_a_moment_ago_is_released_to() {
    let mut practice = Practice::new().await;
    practice.noor.vault.drop_trustees().await.unwrap();
    let (ports, store) = practice.world.device();
    let printed = practice.noor.printed.clone();
    let vault = Vault::enrol(ports, &printed.card, passphrase()).await.unwrap();
    let mut laptop = Actor { vault, printed, store };
    practice.world.party(&mut laptop, &practice.gijss, "Gijs de Boer", "client").await;
    practice.noor.vault.choose_trustees(&people(&practice.trustees)).await.unwrap();
    assert_eq!(own(&mut practice.noor).await.clients, 2);
}

/// Two trustees had Gijs's dossier closed; Noor's vault has not heard of it.
async fn closed() -> Practice {
    let mut practice = Practice::new().await;
    let owner = practice.owner();
    practice.release(&[0, 1]).await;
    practice.world.clock.pass(14 * DAY);
    practice.sync().await;
    assert_eq!(practice.trustees[1].vault.destroy_rest(&owner).await, Ok(1));
    practice
}

#[tokio::test]
async fn whichever_way_the_owner_ends_it_nothing_is_destroyed() {
    for way in ["drops it", "names another", "one left", "the trustees' access ends"] {
        let mut practice = closed().await;
        let (owner, named) = (practice.owner(), people(&practice.trustees));
        let mut evi = practice.world.newcomer(&mut practice.noor, "Evi Peters", Role::BackOffice, None).await;
        evi.sign_pledge().await;
        practice.noor.vault.sync().await.unwrap();
        let evi = evi.vault.session().person;
        let noor = &mut practice.noor.vault;
        match way {
            "drops it" => noor.drop_trustees().await.unwrap(),
            "names another" => noor.choose_trustees(&[named[0].clone(), named[1].clone(), evi]).await.unwrap(),
            "one left" => noor.remove_member(&named[2]).await.unwrap(),
            // Of such a closing nothing is left but itself.
            _ => {
                for person in &named {
                    noor.end_access(&practice.gijss, person).await.unwrap();
                }
                noor.drop_trustees().await.unwrap();
                assert_eq!(own(&mut practice.noor).await.closing, 1, "it is shown");
                assert_eq!(practice.noor.vault.refuse_claims(&owner, Purpose::Release).await, Ok(1));
            }
        }
        practice.noor.vault.sync().await.unwrap();
        assert_eq!(own(&mut practice.noor).await.closing, 0, "{way}");
        let keys = Insider::of(&practice.noor.store, PASSPHRASE).await;
        let (directory, _) = keys.directory(&practice.world.relay()).await;
        let log = practice.gijss.parse().unwrap();
        let taken = keys.take(&practice.world.relay(), log, LogKind::Dossier, &directory).await.unwrap();
        assert_eq!(taken.log.closed().unwrap().destroy_after, None, "{way}");
        let nothing = practice.noor.vault.refuse_claims(&owner, Purpose::Release).await;
        assert_eq!(nothing, Err(VaultError::NothingClaimed), "{way}");
    }
}

#[tokio::test]
async fn an_emergency_contact_keeps_a_dossier_only_once_they_claimed_it() {
    for claims in [false, true] {
        let mut practice = Practice::new().await;
        let owner = practice.owner();
        let mut lars = practice.world.colleague(&mut practice.noor, "Lars Bos", true).await;
        practice.noor.vault.choose_contact(&lars.vault.session().person, None, false).await.unwrap();
        practice.noor.vault.sync().await.unwrap();
        practice.sync().await;
        practice.release(&[0, 1]).await;
        practice.world.clock.pass(14 * DAY);
        lars.vault.sync().await.unwrap();
        if claims {
            assert_eq!(lars.vault.claim_emergency(&owner).await, Ok(2));
        }
        practice.world.clock.pass(DAY);
        practice.sync().await;
        let open = entrusted(&mut practice.trustees[0]).await;
        assert_eq!((open.stay, open.rest), if claims { (1, 0) } else { (0, 1) });
        let destroyed = practice.trustees[0].vault.destroy_rest(&owner).await;
        assert_eq!(destroyed, if claims { Err(VaultError::NothingLeft) } else { Ok(1) });
    }
}

#[tokio::test]
async fn what_is_read_for_a_time_goes_when_that_is_over() {
    let mut practice = Practice::new().await;
    practice.noor.vault.new_dossier("Hanna de Boer").await.unwrap();
    let (dossier, report, _) = practice.noor.dossier("Ilse Kok").await;
    practice.noor.share(&dossier, &[&report]).await.unwrap();
    let lars = practice.world.colleague(&mut practice.noor, "Lars Bos", true).await.vault.session().person;
    let terms = AccessTerms { until: Some(MONDAY + 20 * DAY), ..AccessTerms::default() };
    practice.noor.vault.let_in(&practice.gijss, &lars, &terms).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    practice.sync().await;
    practice.release(&[0, 1]).await;
    let owner = practice.owner();
    for (days, stay, rest) in [(15, 2, 1), (6, 1, 1), (10, 0, 1)] {
        practice.world.clock.pass(days * DAY);
        practice.sync().await;
        let open = entrusted(&mut practice.trustees[0]).await;
        assert_eq!((open.stay, open.rest), (stay, rest), "after {days} more days");
        assert_eq!(practice.trustees[0].vault.destroy_rest(&owner).await, Ok(1));
    }
}

#[tokio::test]
async fn a_new_pledge_suspends_no_testament() {
    let mut practice = Practice::new().await;
    let text = practice.noor.vault.policy_view().unwrap().text;
    let (top, pledge) = text.split_once("[pledge]").unwrap();
    let second = |part: &str| part.replacen("version = 1", "version = 2", 1);
    let pledge = second(pledge).replacen("text.nl = \"\"\"", "text.nl = \"\"\"\nOok dit.\n", 1);
    practice.noor.vault.set_policy(&format!("{}[pledge]{pledge}", second(top))).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    practice.sync().await;
    assert!(practice.trustees[0].vault.session().pledge_due);
    let seen = own(&mut practice.noor).await;
    assert!(seen.dossiers == 2 && seen.trustees.iter().all(|trustee| trustee.counts), "{seen:?}");
    assert_eq!(practice.release(&[0, 1]).await, [2, 2]);
    // Naming them anew asks for it.
    let named = people(&practice.trustees);
    let anew = practice.noor.vault.choose_trustees(&named).await;
    assert!(matches!(anew, Err(VaultError::PledgeMissing(_))), "{anew:?}");
}

#[tokio::test]
async fn a_dossier_that_went_away_keeps_nobody_from_the_others() {
    let mut practice = Practice::new().await;
    let lars = practice.world.colleague(&mut practice.noor, "Lars Bos", true).await;
    practice.noor.vault.grant(&practice.gijss, &lars.vault.session().person).await.unwrap();
    practice.noor.vault.sync().await.unwrap();
    assert_eq!(practice.release(&[0, 1]).await, [1, 1]);
}

#[tokio::test]
async fn whoever_manages_it_later_says_no_for_an_owner_who_is_gone() {
    let mut practice = closed().await;
    let owner = practice.owner();
    let mut lars = practice.world.colleague(&mut practice.noor, "Lars Bos", true).await;
    practice.noor.vault.grant(&practice.gijss, &lars.vault.session().person).await.unwrap();
    lars.vault.sync().await.unwrap();
    let seen = own(&mut lars).await;
    let claims: Vec<_> = seen.claims.iter().map(|claim| (claim.person.as_str(), claim.dossier.as_str())).collect();
    assert_eq!(claims, [(owner.as_str(), practice.gijss.as_str())]);
    assert_eq!(own(&mut practice.noor).await.claims, []);
    assert_eq!(lars.vault.refuse_claims(&owner, Purpose::Release).await, Ok(1));
    assert_eq!(own(&mut lars).await.claims, []);
    practice.noor.vault.sync().await.unwrap();
    assert_eq!(own(&mut practice.noor).await.closing, 0);
}
