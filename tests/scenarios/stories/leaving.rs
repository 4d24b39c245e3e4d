//! Somebody leaves: what they read is handed over, and nobody is left without a reader, whoever is cut off where.

use std::cell::RefCell;

use zegel_protocol::{
    Problem,
    calls::{Append, Call as _},
};
use zegel_tests::{
    hostile::{HostileRelay, problem, scene::texts},
    world::{DAY, MONDAY, World},
};
use zegel_vault::{VaultError, ports::Progress, view::MemberView};

/// Hears how far it has come.
#[derive(Default)]
struct Steps(RefCell<Vec<(u64, u64)>>);

impl Progress for Steps {
    fn bytes(&self, done: u64, total: u64) {
        self.0.borrow_mut().push((done, total));
    }
}

#[tokio::test]
async fn a_director_leaves_and_their_dossiers_stay() {
    let relay = HostileRelay::new();
    let world = World::with_network(relay.network());
    let mut iris = world.director("Iris de Vries").await;
    let (first, ..) = iris.dossier("Bram IJsselstein").await;
    let (second, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    let mut sam = world.colleague(&mut iris, "Sam Visser", false).await;
    let (leaver, successor) = (iris.vault.session().person, ruben.vault.session().person);
    iris.vault.grant(&second, &sam.vault.session().person).await.unwrap();

    let seen = iris.vault.leaving(&leaver).await.unwrap();
    let seen: Vec<_> = seen.iter().map(|of| (of.title.as_str(), of.others.clone())).collect();
    assert_eq!(seen, [("Bram IJsselstein", vec![]), ("Yasemin Öztürk", vec!["Sam Visser".to_owned()])]);
    sam.vault.sync().await.unwrap();
    let seen = iris.vault.leaving(&sam.vault.session().person).await.unwrap();
    let today = u32::try_from(MONDAY / DAY).unwrap();
    assert_eq!((seen.len(), seen[0].handed_out.as_slice()), (1, &[today][..]), "what Sam's device was handed is known");
    let orphans = iris.vault.remove_member(&leaver).await;
    assert_eq!(orphans, Err(VaultError::WouldOrphan(vec!["Bram IJsselstein".to_owned()])));

    // The laptop is closed half-way; what was handed over is not handed over again.
    relay.stop(Append::PATH, problem(Problem::Busy));
    assert!(iris.vault.hand_over(&leaver, &successor, true, &()).await.is_err());
    relay.relent();
    let steps = Steps::default();
    assert_eq!(iris.vault.hand_over(&leaver, &successor, false, &steps).await, Ok(1));
    assert_eq!(steps.0.into_inner(), [(0, 1), (1, 1)]);
    assert_eq!(iris.vault.hand_over(&leaver, &successor, false, &()).await, Ok(0));
    for actor in [&mut ruben, &mut sam] {
        actor.vault.sync().await.unwrap();
    }
    iris.vault.remove_member(&leaver).await.unwrap();
    assert!(iris.vault.sync().await.is_err(), "nothing is served to who left");

    for actor in [&mut ruben, &mut sam] {
        actor.vault.sync().await.unwrap();
    }
    assert_eq!(texts(&mut ruben, &first).await.len(), 1);
    for (actor, dossier) in [(&mut ruben, &first), (&mut sam, &second)] {
        let view = actor.vault.dossier(dossier).await.unwrap();
        assert!(!view.readers.iter().any(|reader| reader.name == "Iris de Vries"));
        actor.vault.save_report(dossier, None, 0, "Daarna", "zonder Iris", "2026-03-10").await.unwrap();
        assert_eq!(actor.vault.verify(None).await.unwrap().alarms, []);
    }
}

#[tokio::test]
async fn the_last_director_and_an_advisor_do_not_leave_alone() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (director, advisor) = (iris.vault.session().person, ruben.vault.session().person);
    assert_eq!(iris.vault.remove_member(&director).await, Err(VaultError::LastDirector));
    assert_eq!(ruben.vault.remove_member(&advisor).await, Err(VaultError::NoRight));
    assert_eq!(ruben.vault.leaving(&advisor).await, Ok(vec![]));
}

#[tokio::test]
async fn who_leaves_acknowledges_that_the_pledge_outlasts_it() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let person = ruben.vault.session().person;
    let farewell = ruben.vault.farewell().unwrap();
    assert!(!farewell.signed && farewell.dutch.contains("geheimhouding"), "{}", farewell.dutch);
    assert_eq!(ruben.vault.sign_farewell(farewell.version + 1).await, Err(VaultError::ChangedFirst));

    world.clock.pass(DAY);
    ruben.vault.sign_farewell(farewell.version).await.unwrap();
    assert!(ruben.vault.farewell().unwrap().signed && ruben.vault.pledge().unwrap().signed);
    iris.vault.sync().await.unwrap();
    let said = |members: Vec<MemberView>| members.into_iter().find(|one| one.person == person).unwrap().farewell;
    assert_eq!(said(iris.vault.members()), Some(MONDAY + DAY));
    assert!(!iris.vault.farewell().unwrap().signed, "for nobody else");
    // It stays, where the membership does not.
    iris.vault.remove_member(&person).await.unwrap();
    assert_eq!(said(iris.vault.members()), Some(MONDAY + DAY));
    assert!(ruben.vault.sign_farewell(farewell.version).await.is_err(), "afterwards is too late");
}
