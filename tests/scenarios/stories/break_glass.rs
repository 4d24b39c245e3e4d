//! A director opens a dossier that they do not read: only where the policy has it, and never unseen.

use zegel_dossier::policy::{Day, Profile};
use zegel_protocol::{
    Problem,
    calls::{Append, Call as _, Hello},
};
use zegel_tests::{
    hostile::{HostileRelay, answering, problem, scene::texts},
    world::{Actor, MONDAY, World},
};
use zegel_vault::{
    FirstPolicy, VaultError,
    view::{Alarm, DormantView, Purpose},
};

const REASON: &str = "KANARIE Iris ligt in het ziekenhuis en de zitting is vanmiddag";

/// The policy of a consultancy where a director may break the glass.
fn policy() -> String {
    let text = Profile::Consultancy.text(Day::new(2026, 3, 9).unwrap());
    text.replacen("exists = false", "exists = true\ntold = [\"client\", \"readers\"]", 1)
}

fn person(actor: &Actor) -> String {
    actor.vault.session().person
}

/// Iris directs and founded it; Sam advises and has a dossier with a client.
async fn consultancy(world: &World) -> (Actor, Actor) {
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::File(policy())).await;
    let sam = world.colleague(&mut iris, "Sam Visser", false).await;
    (iris, sam)
}

async fn broken(actor: &mut Actor, dossier: &str) -> Vec<DormantView> {
    let dormant = actor.vault.dossier(dossier).await.unwrap().dormant;
    dormant.into_iter().filter(|view| view.purpose == Purpose::BreakGlass && view.opens.is_some()).collect()
}

fn told(alarms: &[Alarm], name: &str) -> bool {
    alarms.iter().any(|alarm| matches!(alarm, Alarm::Claimed(_, who, Purpose::BreakGlass, _) if who == name))
}

#[tokio::test]
async fn a_director_opens_a_closed_dossier_and_its_readers_and_the_client_read_why() {
    let world = World::new();
    let (mut iris, mut sam) = consultancy(&world).await;
    let (dossier, ..) = sam.dossier("Yasemin Öztürk").await;
    let mut yasemin = world.party(&mut sam, &dossier, "Yasemin Öztürk", "client").await;

    // What Iris sees is a list without titles, by a reference that whoever reads the dossier can tell her.
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.dossiers().is_empty() && iris.vault.dossier(&dossier).await.is_err());
    let closed = iris.vault.closed_dossiers();
    assert_eq!((closed.len(), closed[0].readers.join(" ").as_str(), closed[0].since), (1, "Sam Visser", MONDAY));
    assert_eq!(closed[0].reference, sam.vault.dossiers()[0].reference);
    assert_eq!(closed[0].reference, yasemin.portal.dossier().reference);
    assert!(!format!("{closed:?}").contains("Yasemin"));

    assert_eq!(iris.vault.break_glass(&dossier, "  ").await, Err(VaultError::ReasonMissing));
    assert_eq!(sam.vault.break_glass(&dossier, REASON).await, Err(VaultError::NotFound), "Sam reads it as it is");
    iris.vault.break_glass(&dossier, REASON).await.unwrap();
    assert_eq!(texts(&mut iris, &dossier).await.len(), 1);
    assert!(iris.vault.closed_dossiers().is_empty());
    let written = iris.vault.save_report(&dossier, None, 0, "Van mij", "tekst", "2026-03-09").await;
    assert_eq!(written.err(), Some(VaultError::NoRight), "she reads, and says why");

    sam.vault.sync().await.unwrap();
    yasemin.portal.sync().await.unwrap();
    assert!(
        told(&sam.vault.session().alarms, "Iris de Vries") && told(&yasemin.portal.session().alarms, "Iris de Vries")
    );
    assert_eq!(broken(&mut sam, &dossier).await[0].reason.as_deref(), Some(REASON));
    assert_eq!(yasemin.portal.dossier().dormant[0].reason.as_deref(), Some(REASON));
    assert!(yasemin.portal.dossier().readers.iter().any(|reader| reader.name == "Iris de Vries"));
    for actor in [&mut iris, &mut sam] {
        assert_eq!(actor.vault.verify(None).await.unwrap().alarms, []);
    }

    // Sam ends it. It can be broken again, and that is seen again.
    assert_eq!(sam.vault.refuse_claims(&person(&iris), Purpose::BreakGlass).await, Ok(1));
    sam.vault.sync().await.unwrap();
    assert!(!told(&sam.vault.session().alarms, "Iris de Vries"));
    sam.vault.save_report(&dossier, None, 0, "Daarna", "zonder Iris", "2026-03-09").await.unwrap();
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.dossier(&dossier).await.is_err());
    assert_eq!(iris.vault.closed_dossiers().len(), 1);
}

#[tokio::test]
async fn opened_without_a_reason_it_is_shown_as_that_until_one_is_given() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let (mut iris, mut sam) = consultancy(&world).await;
    let (dossier, ..) = sam.dossier("Yasemin Öztürk").await;
    iris.vault.sync().await.unwrap();
    relay.stop(Append::PATH, problem(Problem::Busy));
    assert_eq!(iris.vault.break_glass(&dossier, REASON).await, Err(VaultError::RelayUnreachable));
    relay.relent();
    sam.vault.sync().await.unwrap();
    let seen = broken(&mut sam, &dossier).await.remove(0);
    assert_eq!((seen.name.as_str(), seen.open, seen.reason), ("Iris de Vries", true, None));
    iris.vault.break_glass(&dossier, REASON).await.unwrap();
    sam.vault.sync().await.unwrap();
    assert_eq!(broken(&mut sam, &dossier).await[0].reason.as_deref(), Some(REASON));
    assert_eq!(iris.vault.break_glass(&dossier, REASON).await, Err(VaultError::NotFound), "once is said");
}

#[tokio::test]
async fn directors_and_dossiers_that_came_later_are_seen_to_and_so_is_a_policy_that_changed() {
    let world = World::new();
    let (mut iris, mut sam) = consultancy(&world).await;
    let (dossier, ..) = sam.dossier("Yasemin Öztürk").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    ruben.vault.sync().await.unwrap();
    assert!(ruben.vault.closed_dossiers().is_empty());
    sam.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.closed_dossiers().len(), 1);
    // Who reads it anyway need not break anything.
    sam.vault.grant(&dossier, &person(&ruben)).await.unwrap();
    sam.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!((ruben.vault.dossiers().len(), ruben.vault.closed_dossiers().len()), (1, 0));
    assert_eq!(sam.vault.dossier(&dossier).await.unwrap().dormant.len(), 1, "Iris");

    let without = policy().replacen("exists = true\ntold = [\"client\", \"readers\"]", "exists = false", 1);
    iris.vault.set_policy(&without.replacen("version = 1", "version = 2", 1)).await.unwrap();
    assert_eq!(iris.vault.break_glass(&dossier, REASON).await, Err(VaultError::NoBreakGlass));
    sam.vault.sync().await.unwrap();
    assert_eq!(sam.vault.dossier(&dossier).await.unwrap().dormant, []);
    iris.vault.sync().await.unwrap();
    let laptop = iris.printed.card.clone();
    let laptop = zegel_vault::Vault::enrol(world.device().0, &laptop, zegel_tests::world::passphrase()).await.unwrap();
    assert!(laptop.closed_dossiers().is_empty());
}

#[tokio::test]
async fn where_the_policy_does_not_have_it_there_is_nothing_to_break() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut sam = world.colleague(&mut iris, "Sam Visser", false).await;
    let (dossier, ..) = sam.dossier("Yasemin Öztürk").await;
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.closed_dossiers().is_empty());
    assert_eq!(iris.vault.break_glass(&dossier, REASON).await, Err(VaultError::NotFound));
    assert_eq!(sam.vault.dossier(&dossier).await.unwrap().dormant, []);
}

#[tokio::test]
async fn a_clock_that_is_ahead_keeps_nobody_out_who_said_why() {
    let relay = HostileRelay::new();
    relay.play(answering::<Hello>(|_, welcome| welcome.time += 2));
    let world = World::with_network(relay.network());
    let (mut iris, mut sam) = consultancy(&world).await;
    let (dossier, ..) = sam.dossier("Yasemin Öztürk").await;
    iris.vault.sync().await.unwrap();
    iris.vault.break_glass(&dossier, REASON).await.unwrap();
    assert_eq!(texts(&mut iris, &dossier).await.len(), 1);
}
