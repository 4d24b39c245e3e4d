//! What stands on the list of work: that a colleague let somebody in, that a client has come and waits, and that it is time to go
//! over who is authorised.

use zegel_tests::world::{DAY, World, new_party, passphrase};
use zegel_vault::{LetInView, Vault, VaultError, view::ReviewView};

#[tokio::test]
async fn who_is_let_into_a_dossier_hears_so_until_they_open_it() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.work_list().await.unwrap().let_in, []);
    world.clock.pass(DAY);
    let at = zegel_vault::ports::Clock::now(&world.clock);
    iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
    ruben.vault.sync().await.unwrap();
    let (title, by) = ("Yasemin Öztürk".to_owned(), "Iris de Vries".to_owned());
    let told = [LetInView { dossier: dossier.clone(), title, by, at }];
    assert_eq!(ruben.vault.work_list().await.unwrap().let_in, told);
    assert_eq!(iris.vault.work_list().await.unwrap().let_in, [], "her own dossier is no news to her");

    // Locked and opened again it still stands there; looking at the list changes nothing, opening the dossier does.
    let ports = world.ports(ruben.store.clone());
    ruben.vault = Vault::unlock(ports, passphrase()).await.unwrap();
    assert_eq!(ruben.vault.work_list().await.unwrap().let_in, told);
    ruben.vault.dossier(&dossier).await.unwrap();
    assert_eq!(ruben.vault.work_list().await.unwrap().let_in, []);
    iris.vault.save_report(&dossier, None, 0, "Later", "verder", "2026-03-11").await.unwrap();
    ruben.vault.sync().await.unwrap();
    ruben.vault = Vault::unlock(world.ports(ruben.store.clone()), passphrase()).await.unwrap();
    assert_eq!(ruben.vault.work_list().await.unwrap().let_in, [], "once");

    // On another device, to which it comes with everything else, it is no news either.
    let (ports, _) = world.device();
    let mut elsewhere = Vault::enrol(ports, &ruben.printed.card, passphrase()).await.unwrap();
    assert_eq!(elsewhere.work_list().await.unwrap().let_in, []);
}

#[tokio::test]
async fn that_somebody_was_let_in_is_news_for_a_fortnight() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
    ruben.vault.sync().await.unwrap();
    world.clock.pass(14 * DAY - 1);
    assert_eq!(ruben.vault.work_list().await.unwrap().let_in.len(), 1);
    world.clock.pass(1);
    assert_eq!(ruben.vault.work_list().await.unwrap().let_in, []);
}

#[tokio::test]
async fn who_invited_a_client_sees_that_they_came_until_they_are_admitted() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = ruben.dossier("Yasemin Öztürk").await;
    let letter = ruben.vault.invite_party(&dossier, &new_party("Yasemin Öztürk", "client")).await.unwrap();
    assert_eq!(ruben.vault.work_list().await.unwrap().came, []);
    let yasemin = world.outsider(&letter, "Yasemin").await.unwrap();
    for actor in [&mut ruben, &mut iris] {
        actor.vault.sync().await.unwrap();
    }
    let came = ruben.vault.work_list().await.unwrap().came;
    assert_eq!(came.len(), 1);
    assert_eq!((came[0].dossier.as_str(), came[0].title.as_str()), (dossier.as_str(), "Yasemin Öztürk"));
    assert_eq!((came[0].person.as_str(), came[0].name.as_str()), (&*yasemin.portal.session().person, "Yasemin"));
    assert_eq!(iris.vault.work_list().await.unwrap().came, [], "she reads the dossier, and invited nobody");
    world.admit_party(&mut ruben, &dossier, &yasemin).await;
    assert_eq!(ruben.vault.work_list().await.unwrap().came, []);
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.work_list().await.unwrap().came, []);
}

#[tokio::test]
async fn a_director_goes_over_who_is_authorised_once_a_year() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let mut noor = world.colleague(&mut iris, "Noor Haddad", true).await;
    world.clock.pass(364 * DAY);
    assert!(!iris.vault.work_list().await.unwrap().review_due);
    world.clock.pass(DAY);
    for (actor, due) in [(&mut iris, true), (&mut noor, true), (&mut ruben, false)] {
        actor.vault.sync().await.unwrap();
        assert_eq!(actor.vault.work_list().await.unwrap().review_due, due);
    }
    assert_eq!(iris.vault.authorised(None, None).await.unwrap().reviewed, None);

    assert!(matches!(ruben.vault.sign_review().await, Err(VaultError::NoRight)));
    noor.vault.sign_review().await.unwrap();
    let day = zegel_vault::days::of(zegel_vault::ports::Clock::now(&world.clock));
    for actor in [&mut iris, &mut noor, &mut ruben] {
        let known = actor.vault.authorised(None, None).await.unwrap().reviewed;
        assert_eq!(known, Some(ReviewView { by: "Noor Haddad".to_owned(), day }));
        assert!(!actor.vault.work_list().await.unwrap().review_due);
    }

    // It stands in the directory, so a new device knows it; and it holds for a year.
    let (ports, _) = world.device();
    let mut elsewhere = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    assert_eq!(elsewhere.authorised(None, None).await.unwrap().reviewed.unwrap().day, day);
    world.clock.pass(365 * DAY);
    elsewhere.sync().await.unwrap();
    assert!(elsewhere.work_list().await.unwrap().review_due);
}
