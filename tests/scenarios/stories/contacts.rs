//! A contact who was chosen waits, and meanwhile people leave, renew their keys, lose them or stand in; what was arranged holds.

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

use crate::emergency::{claimed, dormant, person};

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
    assert_eq!(ruben.vault.claim_emergency(&person(&sam)).await, Ok(2));
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

#[tokio::test]
async fn what_ended_before_it_was_claimed_goes_away_without_an_alarm() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let (_iris, mut ruben, mut sam, dossier) = trusting(&world, false).await;
    let (kept, ..) = sam.dossier("Bram IJsselstein").await;
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.emergency().await.unwrap().trusted_by[0].dossiers, 2);

    // It is named, and by the time that he asks for it there is nothing of his in it.
    sam.vault.save_report(&dossier, None, 0, "Daarna", "hij wacht", "2026-03-09").await.unwrap();
    let ended: LogId = dossier.parse().unwrap();
    relay.play(Box::new(move |request, answer| match Pull::from_canonical(&request.body) {
        Ok(call) if request.path == Pull::PATH && call.log == ended => Err(problem(Problem::NotFound)),
        _ => answer,
    }));
    for _ in 0..2 {
        ruben.vault.sync().await.unwrap();
        assert_eq!(ruben.vault.session().alarms, []);
        assert_eq!(ruben.vault.emergency().await.unwrap().trusted_by[0].dossiers, 1);
    }
    relay.relent();
    let mut ruben = Vault::unlock(world.ports(ruben.store.clone()), passphrase()).await.unwrap();
    assert_eq!(ruben.session().alarms, []);

    // Of a dossier that he reads it would be missed.
    sam.vault.grant(&kept, &ruben.session().person).await.unwrap();
    ruben.sync().await.unwrap();
    sam.vault.save_report(&kept, None, 0, "Nog een", "hij leest", "2026-03-09").await.unwrap();
    relay.stop(Pull::PATH, problem(Problem::NotFound));
    ruben.sync().await.unwrap();
    assert_eq!(ruben.session().alarms, [Alarm::Rollback(kept)]);
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
