//! Somebody stands in for a colleague, or works on a part for a time; it begins without the past and ends by itself.

use zegel_dossier::policy::Role;
use zegel_protocol::{Problem, calls::Append, calls::Call as _};
use zegel_tests::{
    hostile::{HostileRelay, problem, scene::texts},
    world::{Actor, DAY, MONDAY, World, passphrase},
};
use zegel_vault::{AccessTerms, FirstPolicy, Profile, Vault, VaultError, view::ReaderView};

/// Terms of somebody who stands in for a week, with some of what was there before.
fn a_week(items: &[&str]) -> AccessTerms {
    let picked = items.iter().map(|item| (*item).to_owned()).collect();
    AccessTerms { until: Some(MONDAY + 7 * DAY), from_now: Some(picked), ..AccessTerms::default() }
}

async fn report(actor: &mut Actor, dossier: &str, title: &str, text: &str) -> String {
    actor.vault.save_report(dossier, None, 0, title, text, "2026-03-10").await.unwrap().item
}

async fn reader(actor: &mut Actor, dossier: &str, name: &str) -> Option<ReaderView> {
    let view = actor.vault.dossier(dossier).await.unwrap();
    view.readers.into_iter().find(|reader| reader.name == name)
}

#[tokio::test]
async fn a_stand_in_reads_what_was_picked_and_what_comes_until_the_last_day() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Bram IJsselstein").await;
    let picked = report(&mut iris, &dossier, "Afspraken", "dinsdag belt Bram de gemeente").await;
    let document = iris.add(&dossier, "cv.pdf", b"zeventien jaar schilder").await.unwrap();
    let mut sam = world.colleague(&mut iris, "Sam Visser", false).await;
    let stand_in = sam.vault.session().person;
    iris.vault.let_in(&dossier, &stand_in, &a_week(&[&picked, &document])).await.unwrap();

    sam.vault.sync().await.unwrap();
    assert_eq!(sam.vault.dossiers()[0].title, "Bram IJsselstein");
    assert_eq!(texts(&mut sam, &dossier).await, ["dinsdag belt Bram de gemeente"], "nothing that was not picked");
    assert_eq!(sam.read(&dossier, &document).await.unwrap(), b"zeventien jaar schilder");
    report(&mut sam, &dossier, "Waarneming", "Bram heeft gebeld").await;
    iris.vault.sync().await.unwrap();
    assert_eq!(texts(&mut iris, &dossier).await.len(), 3);
    report(&mut iris, &dossier, "Van vakantie", "goed gedaan").await;
    sam.vault.sync().await.unwrap();
    assert_eq!(texts(&mut sam, &dossier).await.len(), 3);
    let listed = reader(&mut iris, &dossier, "Sam Visser").await.unwrap();
    assert_eq!((listed.until, listed.from_now), (Some(MONDAY + 7 * DAY), true));
    assert_eq!(sam.vault.verify(None).await.unwrap().alarms, []);
    let more = iris.vault.grant(&dossier, &stand_in).await;
    assert_eq!(more, Err(VaultError::ReadsAlready("Sam Visser".to_owned())), "not for good by the way");
    assert_eq!(sam.vault.end_access(&dossier, &iris.vault.session().person).await, Err(VaultError::NoRight));

    // What Iris had open when it was sealed again is no conflict: the words had not changed.
    let saved =
        iris.vault.save_report(&dossier, Some(&picked), 1, "Afspraken", "woensdag", "2026-03-10").await.unwrap();
    assert_eq!((saved.item, saved.conflict), (picked, None));

    // Whoever stands in cannot take over: without Iris nobody would let anybody in.
    let leaver = iris.vault.session().person;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    ruben.vault.sync().await.unwrap();
    let orphans = iris.vault.remove_member(&leaver).await;
    assert_eq!(orphans, Err(VaultError::WouldOrphan(vec!["Bram IJsselstein".to_owned()])));
    let taken_over = iris.vault.hand_over(&leaver, &stand_in, true, &()).await;
    assert_eq!(taken_over, Err(VaultError::ReadsAlready("Sam Visser".to_owned())));

    // On the last day the relay stops; the first manager online ends it for good, with new keys.
    let before = iris.vault.verify(Some(&dossier)).await.unwrap().wraps;
    world.clock.pass(8 * DAY);
    sam.vault.sync().await.unwrap();
    assert!(sam.vault.dossier(&dossier).await.is_err());
    iris.vault.sync().await.unwrap();
    assert_eq!(reader(&mut iris, &dossier, "Sam Visser").await, None);
    assert!(iris.vault.verify(Some(&dossier)).await.unwrap().wraps > before);
    report(&mut iris, &dossier, "Daarna", "zonder Sam").await;
    assert_eq!(iris.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn the_first_manager_online_opens_new_epochs_after_the_last_day() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Bram IJsselstein").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
    let sam = world.colleague(&mut iris, "Sam Visser", false).await;
    iris.vault.let_in(&dossier, &sam.vault.session().person, &a_week(&[])).await.unwrap();
    world.clock.pass(8 * DAY);

    // Iris is cut off while she ends it; Ruben does it.
    relay.stop(Append::PATH, problem(Problem::Busy));
    iris.vault.sync().await.unwrap();
    assert!(reader(&mut iris, &dossier, "Sam Visser").await.is_some());
    relay.relent();
    ruben.vault.sync().await.unwrap();
    assert_eq!(reader(&mut ruben, &dossier, "Sam Visser").await, None);
    iris.vault.sync().await.unwrap();
    assert_eq!(reader(&mut iris, &dossier, "Sam Visser").await, None);
    for actor in [&mut iris, &mut ruben] {
        assert_eq!(actor.vault.verify(None).await.unwrap().alarms, []);
    }
}

#[tokio::test]
async fn a_freelancer_gets_a_part_and_it_is_ended_by_hand() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Bureau)).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut noor = world.newcomer(&mut iris, "Noor Haddad", Role::AdvisorFreelance, None).await;
    noor.sign_pledge().await;
    iris.vault.sync().await.unwrap();
    let freelancer = noor.vault.session().person;
    let terms = AccessTerms {
        parts: vec!["core".to_owned(), "work".to_owned()],
        until: Some(MONDAY + 30 * DAY),
        ..AccessTerms::default()
    };
    iris.vault.let_in(&dossier, &freelancer, &terms).await.unwrap();

    noor.vault.sync().await.unwrap();
    assert_eq!(texts(&mut noor, &dossier).await.len(), 1, "the history of their part");
    report(&mut noor, &dossier, "Werkplek", "gezien en goed").await;
    let listed = reader(&mut iris, &dossier, "Noor Haddad").await.unwrap();
    assert_eq!((listed.compartments.join(" ").as_str(), listed.from_now), ("trail core work", false));
    let more = iris.vault.let_in(&dossier, &freelancer, &AccessTerms::default()).await;
    assert_eq!(more, Err(VaultError::ReadsAlready("Noor Haddad".to_owned())));

    iris.vault.end_access(&dossier, &freelancer).await.unwrap();
    let work = AccessTerms { parts: vec!["work".to_owned()], ..a_week(&[]) };
    iris.vault.let_in(&dossier, &freelancer, &work).await.unwrap();
    noor.vault.sync().await.unwrap();
    iris.vault.end_access(&dossier, &freelancer).await.unwrap();
    report(&mut iris, &dossier, "Daarna", "zonder Noor").await;
    noor.vault.sync().await.unwrap();
    assert_eq!(texts(&mut noor, &dossier).await.len(), 2, "what was read stays read until the vault is locked");
    let again = Vault::unlock(world.ports(noor.store), passphrase()).await.unwrap();
    assert!(again.dossiers().is_empty());
    assert_eq!(iris.vault.end_access(&dossier, &freelancer).await, Err(VaultError::NotFound));
    assert_eq!(iris.vault.end_access(&dossier, &iris.vault.session().person).await, Err(VaultError::OwnAccess));
    for (terms, refusal) in [
        (AccessTerms { until: Some(MONDAY), ..terms.clone() }, VaultError::DateInPast),
        (AccessTerms { parts: vec!["kelder".to_owned()], ..terms.clone() }, VaultError::UnknownPart),
    ] {
        assert_eq!(iris.vault.let_in(&dossier, &freelancer, &terms).await, Err(refusal));
    }
}
