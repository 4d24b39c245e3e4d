//! Somebody falls ill. A colleague whom they chose beforehand says so, waits, and steps in, unless somebody says no.

use zegel_crypto::Canonical as _;
use zegel_dossier::policy::Day;
use zegel_ledger::{LogId, LogKind};
use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, Changes, Post, Pull},
};
use zegel_tests::{
    hostile::{HostileRelay, answering, problem, scene::texts},
    world::{Actor, DAY, MONDAY, PASSPHRASE, World, passphrase},
};
use zegel_vault::{
    AccessTerms, Compared, FirstPolicy, Profile, Recovery, Vault, VaultError,
    view::{Alarm, DormantView, Purpose},
};

fn person(actor: &Actor) -> String {
    actor.vault.session().person
}

async fn practice(world: &World) -> (Actor, Actor) {
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Practice)).await;
    let ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    (iris, ruben)
}

fn claimed(alarms: &[Alarm]) -> Vec<(String, u64)> {
    let claim = |alarm: &Alarm| match alarm {
        Alarm::Claimed(_, name, Purpose::Emergency, opens) => Some((name.clone(), *opens)),
        _ => None,
    };
    alarms.iter().filter_map(claim).collect()
}

async fn dormant(actor: &mut Actor, dossier: &str) -> Vec<DormantView> {
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

/// The policy of a consultancy with emergency contacts, and directors who break the glass if it says so.
fn consultancy(glass: bool) -> FirstPolicy {
    let text = Profile::Consultancy.text(Day::new(2026, 3, 9).unwrap());
    let text = text.replacen("emergency_contact = \"none\"", "emergency_contact = \"14 days\"", 1);
    let exists = "exists = true\ntold = [\"client\", \"readers\"]";
    FirstPolicy::File(if glass { text.replacen("exists = false", exists, 1) } else { text })
}

/// Iris and Ruben direct. Sam has a dossier and chose Ruben, who is to take over.
async fn trusting(world: &World, glass: bool) -> (Actor, Actor, Actor, String) {
    let mut iris = world.director_with("Iris de Vries", consultancy(glass)).await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    let mut sam = world.colleague(&mut iris, "Sam Visser", false).await;
    let (dossier, ..) = sam.dossier("Yasemin Öztürk").await;
    sam.vault.choose_contact(&person(&ruben), None, true).await.unwrap();
    ruben.vault.sync().await.unwrap();
    (iris, ruben, sam, dossier)
}

#[tokio::test]
async fn who_took_over_stays_when_the_owner_is_gone_and_lets_themselves_in_for_good() {
    let world = World::new();
    let (mut iris, mut ruben, sam, dossier) = trusting(&world, false).await;
    ruben.vault.claim_emergency(&person(&sam)).await.unwrap();
    world.clock.pass(15 * DAY);
    ruben.vault.sync().await.unwrap();
    iris.vault.sync().await.unwrap();
    iris.vault.remove_member(&person(&sam)).await.unwrap();
    for _ in 0..2 {
        ruben.vault.sync().await.unwrap();
        ruben.vault.save_report(&dossier, None, 0, "Daarna", "zonder Sam", "2026-03-24").await.unwrap();
    }
    let own = person(&ruben);
    ruben.vault.grant(&dossier, &own).await.unwrap();
    ruben.vault.sync().await.unwrap();
    let view = ruben.vault.dossier(&dossier).await.unwrap();
    assert!(view.dormant.iter().all(|dormant| dormant.person != own), "nothing that waits or ends");
    assert!(view.readers.iter().any(|reader| reader.person == own && reader.stays));
    assert_eq!(
        ruben.vault.let_in(&dossier, &own, &AccessTerms::default()).await,
        Err(VaultError::ReadsAlready("Ruben Bakker".to_owned()))
    );
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 3);
    assert_eq!(ruben.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn a_contact_who_renews_their_keys_waits_on_and_stays() {
    const NEXT: &str = "een heel andere zin van zes";
    const LAST: &str = "en nog een andere zin van zeven";
    let world = World::new();
    let (mut iris, mut ruben, mut sam, dossier) = trusting(&world, false).await;
    let (owner, contact) = (person(&sam), person(&ruben));
    sam.vault.grant(&dossier, &person(&iris)).await.unwrap();
    iris.vault.sync().await.unwrap();
    // While nothing is claimed it is the owner who arranges it anew, whoever else manages the dossier hears of it first.
    ruben.vault.renew_keys(PASSPHRASE, NEXT).await.unwrap();
    for actor in [&mut iris, &mut sam, &mut ruben] {
        actor.vault.sync().await.unwrap();
    }
    iris.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    let trusted = ruben.vault.emergency().await.unwrap().trusted_by;
    assert_eq!(trusted.iter().map(|trust| trust.person.as_str()).collect::<Vec<_>>(), [owner.as_str()]);
    assert_eq!(ruben.vault.claim_emergency(&owner).await, Ok(1));
    let claimed = MONDAY;

    ruben.vault.renew_keys(NEXT, LAST).await.unwrap();
    for actor in [&mut iris, &mut sam, &mut ruben] {
        actor.vault.sync().await.unwrap();
    }
    let seen = dormant(&mut sam, &dossier).await;
    assert!(seen.iter().any(|view| view.person == contact && view.claimed == Some(claimed)));
    world.clock.pass(15 * DAY);
    sam.vault.save_report(&dossier, None, 0, "Daarna", "voor wie waarneemt", "2026-03-24").await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 2);
    ruben.vault.renew_keys(LAST, PASSPHRASE).await.unwrap();
    ruben.vault.sync().await.unwrap();
    sam.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    sam.vault.save_report(&dossier, None, 0, "Weer", "en nog eens", "2026-03-24").await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 3);
    assert_eq!(ruben.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn a_contact_who_stands_in_for_a_while_is_the_contact_before_and_after() {
    let world = World::new();
    let (_iris, mut ruben, mut sam, dossier) = trusting(&world, true).await;
    sam.vault.choose_contact(&person(&ruben), None, false).await.unwrap();
    let terms = AccessTerms { until: Some(MONDAY + 7 * DAY), ..AccessTerms::default() };
    sam.vault.let_in(&dossier, &person(&ruben), &terms).await.unwrap();
    sam.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 1);
    let waiting = dormant(&mut sam, &dossier).await.into_iter().filter(|view| view.person == person(&ruben)).count();
    assert_eq!(waiting, 2, "as a contact, and to break the glass");
    // Nobody has ended it yet; to the relay it is over, and Ruben waits like any contact.
    world.clock.pass(8 * DAY);
    for _ in 0..2 {
        ruben.vault.sync().await.unwrap();
        assert_eq!((ruben.vault.dossiers().len(), ruben.vault.session().alarms), (0, Vec::new()));
    }
    assert_eq!(ruben.vault.claim_emergency(&person(&sam)).await, Ok(1));
    sam.vault.sync().await.unwrap();
    world.clock.pass(15 * DAY);
    ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 1);
}

#[tokio::test]
async fn a_director_who_took_over_and_those_who_stay_agree_on_the_glass() {
    let world = World::new();
    let (mut iris, mut ruben, mut sam, dossier) = trusting(&world, true).await;
    ruben.vault.claim_emergency(&person(&sam)).await.unwrap();
    world.clock.pass(15 * DAY);
    for _ in 0..3 {
        for actor in [&mut ruben, &mut sam, &mut iris] {
            actor.vault.sync().await.unwrap();
        }
    }
    let entries = dormant(&mut sam, &dossier).await;
    let glass = |views: &[DormantView], who: &Actor| {
        views.iter().filter(|view| view.person == person(who) && view.purpose == Purpose::BreakGlass).count()
    };
    assert_eq!((glass(&entries, &ruben), glass(&entries, &iris)), (1, 1));
    for actor in [&mut ruben, &mut sam, &mut iris] {
        assert_eq!(actor.vault.sync().await.unwrap().changed, Vec::<String>::new(), "nothing goes to and fro");
    }
}

#[tokio::test]
async fn the_reason_goes_with_the_glass_that_was_broken_not_with_the_claim_of_a_contact() {
    let world = World::new();
    let (_iris, mut ruben, mut sam, first) = trusting(&world, true).await;
    let mut dossiers = vec![first];
    for title in ["Bram IJsselstein", "Layla Demir", "Tom de Wit", "Mei Lin", "Jan Smit"] {
        dossiers.push(sam.dossier(title).await.0);
    }
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.claim_emergency(&person(&sam)).await, Ok(6));
    for dossier in &dossiers {
        ruben.vault.break_glass(dossier, "de zitting is vanmiddag").await.unwrap();
        sam.vault.sync().await.unwrap();
        let said = dormant(&mut sam, dossier).await.into_iter().filter(|view| view.reason.is_some());
        assert_eq!(said.map(|view| view.purpose).collect::<Vec<_>>(), [Purpose::BreakGlass]);
    }
}

#[tokio::test]
async fn one_dossier_that_fails_keeps_neither_a_claim_nor_a_no_from_the_others() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let (_iris, mut ruben, mut sam, first) = trusting(&world, false).await;
    let mut dossiers = [first, sam.dossier("Bram IJsselstein").await.0, sam.dossier("Mei Lin").await.0];
    dossiers.sort_by_key(|dossier| dossier.parse::<LogId>().unwrap());
    let bad: LogId = dossiers[0].parse().unwrap();
    ruben.vault.sync().await.unwrap();
    relay.play(Box::new(move |request, answer| match Post::from_canonical(&request.body) {
        Ok(call) if request.path == Post::PATH && call.slip.slip().unwrap().log == bad => {
            Err(problem(Problem::Withdrawn))
        }
        _ => answer,
    }));
    assert!(ruben.vault.claim_emergency(&person(&sam)).await.is_err());
    relay.relent();
    let trusted = ruben.vault.emergency().await.unwrap().trusted_by.remove(0);
    assert_eq!((trusted.dossiers, trusted.claimed), (2, 2), "what was withdrawn is not there to claim");
    sam.vault.sync().await.unwrap();
    assert_eq!(claimed(&sam.vault.session().alarms).len(), 3);
    relay.play(Box::new(move |request, answer| match Append::from_canonical(&request.body) {
        Ok(call) if request.path == Append::PATH && call.logs.iter().any(|part| part.log == bad) => {
            Err(problem(Problem::Internal))
        }
        _ => answer,
    }));
    assert!(sam.vault.refuse_claims(&person(&ruben), Purpose::Emergency).await.is_err());
    for dossier in &dossiers[1..] {
        assert!(dormant(&mut sam, dossier).await.iter().all(|view| view.claimed.is_none()));
    }
}

#[tokio::test]
async fn a_contact_who_lost_every_key_is_given_back_what_they_read() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", consultancy(false)).await;
    let mut sam = world.colleague(&mut iris, "Sam Visser", false).await;
    let mut noor = world.colleague(&mut iris, "Noor Haddad", false).await;
    let former = person(&noor);
    sam.vault.sync().await.unwrap();
    let (claims, ..) = sam.dossier("Yasemin Öztürk").await;
    let (reads, ..) = sam.dossier("Bram IJsselstein").await;
    sam.vault.choose_contact(&former, None, true).await.unwrap();
    sam.vault.grant(&reads, &former).await.unwrap();
    sam.vault.sync().await.unwrap();
    noor.vault.sync().await.unwrap();
    noor.vault.claim_emergency(&person(&sam)).await.unwrap();
    sam.vault.sync().await.unwrap();
    for dossier in [&claims, &reads] {
        sam.vault.grant(dossier, &person(&iris)).await.unwrap();
    }
    iris.vault.sync().await.unwrap();

    // Iris gives it back before Sam's vault looks again.
    let invitation = iris.vault.invite_anew(&former).await.unwrap();
    let (ports, _) = world.device();
    let joined = Vault::join(ports, &invitation.link, &invitation.code, "Noor Haddad", passphrase()).await;
    let (mut back, printed) = joined.unwrap();
    let (own, words) = (back.session().person, back.session().words.join(" "));
    iris.vault.sync().await.unwrap();
    iris.vault.admit(&own, &words, Compared::InPerson).await.unwrap();
    back.sync().await.unwrap();
    let mut back = Actor { vault: back, printed, store: noor.store.clone() };
    back.sign_pledge().await;
    assert_eq!(iris.vault.give_back(&own, &()).await, Ok(1));
    back.vault.sync().await.unwrap();
    assert_eq!(texts(&mut back, &reads).await.len(), 1);
    assert_eq!(dormant(&mut iris, &claims).await, [], "what they asked for with keys that are lost");
    assert_eq!(iris.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn a_device_that_is_not_shown_the_choice_takes_nothing_back() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let (_iris, mut ruben, sam, dossier) = trusting(&world, false).await;
    relay.play(answering::<Changes>(|_, page| page.logs.retain(|log| log.kind != LogKind::Personal)));
    let shown: [LogId; 2] = [&dossier, &sam.vault.session().organisation_id].map(|log| log.parse().unwrap());
    relay.play(Box::new(move |request, answer| match Pull::from_canonical(&request.body) {
        Ok(call) if request.path == Pull::PATH && !shown.contains(&call.log) => Err(problem(Problem::NotFound)),
        _ => answer,
    }));
    let mut laptop = Vault::enrol(world.device().0, &sam.printed.card, passphrase()).await.unwrap();
    laptop.sync().await.unwrap();
    assert_eq!(laptop.dossier(&dossier).await.unwrap().dormant.len(), 1);
    assert_eq!(ruben.vault.claim_emergency(&person(&sam)).await, Ok(1));
    laptop.sync().await.unwrap();
    assert_eq!(claimed(&laptop.session().alarms).len(), 1);
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

#[tokio::test]
async fn who_only_waits_is_let_in_by_a_colleague_or_by_the_sheets() {
    let world = World::new();
    let (iris, mut ruben, mut sam, first) = trusting(&world, false).await;
    let (second, ..) = sam.dossier("Bram IJsselstein").await;
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.claim_emergency(&person(&sam)).await, Ok(2));
    sam.vault.sync().await.unwrap();
    sam.vault.grant(&first, &person(&ruben)).await.unwrap();
    let mut sheets = Recovery::open(world.device().0, &iris.printed.sheets[..2]).await.unwrap();
    sheets.give(&second, &person(&ruben)).await.unwrap();
    ruben.vault.sync().await.unwrap();
    for dossier in [&first, &second] {
        assert_eq!(texts(&mut ruben, dossier).await.len(), 1);
    }
    sam.vault.sync().await.unwrap();
    for dossier in [&first, &second] {
        let waits = dormant(&mut sam, dossier).await.into_iter().any(|view| view.claimed.is_some());
        assert!(!waits, "what was claimed is over");
    }
    assert_eq!(ruben.vault.verify(None).await.unwrap().alarms, [Alarm::Recovered(second)]);
}

#[tokio::test]
async fn who_took_over_and_is_let_in_to_less_reads_no_more_than_that() {
    let world = World::new();
    let (_iris, mut ruben, mut sam, dossier) = trusting(&world, false).await;
    ruben.vault.claim_emergency(&person(&sam)).await.unwrap();
    world.clock.pass(15 * DAY);
    ruben.vault.sync().await.unwrap();
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 1);
    let terms = AccessTerms { until: Some(MONDAY + 30 * DAY), from_now: Some(Vec::new()), parts: Vec::new() };
    sam.vault.let_in(&dossier, &person(&ruben), &terms).await.unwrap();
    sam.vault.save_report(&dossier, None, 0, "Daarna", "voor wie waarneemt", "2026-03-24").await.unwrap();
    let mut fresh = Vault::enrol(world.device().0, &ruben.printed.card, passphrase()).await.unwrap();
    let items = fresh.dossier(&dossier).await.unwrap();
    assert!(items.dormant.iter().all(|view| view.opens.is_none()), "what he claimed is over");
    let written = fresh.save_report(&dossier, None, 0, "Van mij", "waargenomen", "2026-03-24").await;
    assert!(written.is_ok());
    sam.vault.sync().await.unwrap();
    assert_eq!(texts(&mut sam, &dossier).await.len(), 3);
    assert_eq!(sam.vault.verify(None).await.unwrap().alarms, []);
}
