//! Who directs is decided by two: neither admits nor removes a director alone, and nobody keeps anybody from leaving.

use zegel_dossier::policy::Role;
use zegel_tests::world::{Actor, World, passphrase};
use zegel_vault::{Compared, Vault, VaultError, view::MemberState};

fn person(actor: &Actor) -> String {
    actor.vault.session().person
}

#[tokio::test]
async fn a_third_director_is_admitted_by_two() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    let invited = iris.vault.invite("Sam Visser", Role::Director, None).await.unwrap();
    let (ports, _) = world.device();
    let (mut sam, _) = Vault::join(ports, &invited.link, &invited.code, "Sam Visser", passphrase()).await.unwrap();
    let (newcomer, words) = (sam.session().person, sam.session().words.join(" "));

    iris.vault.sync().await.unwrap();
    let wrong = iris.vault.admit(&newcomer, "een twee drie vier vijf zes", Compared::InPerson).await;
    assert_eq!(wrong, Err(VaultError::WrongWords));
    for _ in 0..2 {
        let alone = iris.vault.admit(&newcomer, &words, Compared::InPerson).await;
        assert_eq!(alone, Err(VaultError::SecondDirector), "Iris alone, however often");
    }
    ruben.vault.sync().await.unwrap();
    let seen = ruben.vault.members().into_iter().find(|member| member.person == newcomer).unwrap();
    assert_eq!((seen.state, seen.words.len()), (MemberState::Registered, 6), "Ruben compares words of his own");
    assert_eq!(seen.wanted_by, ["Iris de Vries"]);
    ruben.vault.admit(&newcomer, &words, Compared::ByVoice).await.unwrap();
    let admitted = ruben.vault.members().into_iter().find(|member| member.person == newcomer).unwrap();
    let by: Vec<_> = admitted.vouched.verifications.iter().map(|said| said.name.as_str()).collect();
    assert_eq!(by.len(), 2, "both compared words: {by:?}");
    sam.sync().await.unwrap();
    assert!(sam.session().director);
    assert_eq!(iris.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn two_directors_remove_a_third_and_not_each_other() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    let (first, second) = (person(&iris), person(&ruben));
    ruben.vault.sync().await.unwrap();

    // Each wants the other gone, at once. Each has then agreed to what the other wants of nobody but themselves.
    assert_eq!(iris.vault.remove_member(&second).await, Err(VaultError::SecondDirector));
    assert_eq!(ruben.vault.remove_member(&first).await, Err(VaultError::SecondDirector));
    iris.vault.sync().await.unwrap();
    assert_eq!(iris.vault.remove_member(&second).await, Err(VaultError::SecondDirector));
    assert!(ruben.vault.sync().await.is_ok());

    // Somebody may always go.
    ruben.vault.remove_member(&second).await.unwrap();
    iris.vault.sync().await.unwrap();
    assert_eq!(iris.vault.remove_member(&first).await, Err(VaultError::LastDirector));
    let mut sam = world.colleague(&mut iris, "Sam Visser", true).await;
    sam.vault.sync().await.unwrap();

    // An agreement of before is not one of now.
    let mut noor = world.newcomer_by_two(&mut iris, &mut sam, "Noor Haddad").await;
    noor.vault.sync().await.unwrap();
    let third = person(&noor);
    assert_eq!(iris.vault.remove_member(&third).await, Err(VaultError::SecondDirector));
    sam.vault.sync().await.unwrap();
    sam.vault.remove_member(&third).await.unwrap();
    assert!(noor.vault.sync().await.is_err());
}

/// Somebody else's entry takes note of the newcomer's slip before the director is there, and the laptop is closed in between.
#[tokio::test]
async fn a_newcomer_is_not_forgotten_when_something_else_happens_first() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let invited = iris.vault.invite("Sam Visser", Role::AdvisorPaid, None).await.unwrap();
    let (ports, _) = world.device();
    let (mut sam, _) = Vault::join(ports, &invited.link, &invited.code, "Sam Visser", passphrase()).await.unwrap();
    ruben.vault.sync().await.unwrap();
    ruben.vault.change_passphrase(zegel_tests::world::PASSPHRASE, "een heel andere zin van zes").await.unwrap();
    iris.vault.sync().await.unwrap();
    drop(iris.vault.lock());
    let mut iris = Vault::unlock(world.ports(iris.store), passphrase()).await.unwrap();
    iris.admit(&sam.session().person, &sam.session().words.join(" "), Compared::ByVoice).await.unwrap();
    sam.sync().await.unwrap();
    assert!(!sam.session().waiting);
}
