//! Somebody who directs is away: a colleague acts for them until a day, and it is seen afterwards that they did.

use zegel_dossier::policy::Role;
use zegel_tests::world::{Actor, DAY, MONDAY, World, passphrase};
use zegel_vault::{
    Compared, Vault, VaultError,
    view::{AuthorisedPerson, DelegateView, MemberState, MemberView},
};

fn person(actor: &Actor) -> String {
    actor.vault.session().person
}

fn member(actor: &Actor, name: &str) -> MemberView {
    actor.vault.members().into_iter().find(|member| member.name == name).unwrap()
}

/// Iris directs and goes on leave for two weeks; Noor acts for her.
async fn on_leave(world: &World) -> (Actor, Actor) {
    let mut iris = world.director("Iris de Vries").await;
    let mut noor = world.colleague(&mut iris, "Noor Haddad", false).await;
    iris.vault.delegate(&person(&noor), MONDAY + 14 * DAY).await.unwrap();
    noor.vault.sync().await.unwrap();
    (iris, noor)
}

/// What the list of a day (counted from the first one) says of somebody.
async fn on_day(actor: &mut Actor, day: u64, name: &str) -> AuthorisedPerson {
    let list = actor.vault.authorised(None, Some(MONDAY / DAY + day)).await.unwrap();
    list.people.into_iter().find(|person| person.name == name).unwrap()
}

#[tokio::test]
async fn a_delegate_invites_admits_and_removes_and_changes_nothing_of_who_directs() {
    let world = World::new();
    let (mut iris, mut noor) = on_leave(&world).await;
    assert_eq!(noor.vault.session().delegate_until, Some(MONDAY + 14 * DAY));
    let shown = DelegateView { until: MONDAY + 14 * DAY, by: "Iris de Vries".to_owned() };
    assert_eq!(member(&noor, "Noor Haddad").delegate, Some(shown));

    world.clock.pass(DAY);
    let mut sam = world.colleague(&mut noor, "Sam Visser", false).await;
    let mut ruben = world.colleague(&mut noor, "Ruben Bakker", false).await;
    iris.vault.sync().await.unwrap();
    assert_eq!(member(&iris, "Sam Visser").role, "advisor_paid");
    assert_eq!(member(&iris, "Sam Visser").vouched.invited_by.as_deref(), Some("Noor Haddad"));
    // Iris lets him into a dossier, and Bram, whom he shares it with, believes that he is staff.
    let (dossier, item, _) = iris.dossier("Bram IJsselstein").await;
    iris.vault.grant(&dossier, &person(&sam)).await.unwrap();
    sam.vault.sync().await.unwrap();
    let shared = sam.share(&dossier, &[&item]).await.unwrap();
    assert_eq!(world.open(&shared).await.unwrap().view().items.len(), 1);

    let director = person(&iris);
    let no = Err(VaultError::NoRight);
    assert_eq!(noor.vault.invite("Nog iemand", Role::Director, None).await.err(), Some(VaultError::NoRight));
    assert_eq!(noor.vault.invite_anew(&director).await.err(), Some(VaultError::NoRight));
    assert_eq!(noor.vault.remove_member(&director).await, no);
    assert_eq!(noor.vault.delegate(&person(&sam), MONDAY + 60 * DAY).await, no);
    assert_eq!(noor.vault.delegate(&person(&noor), MONDAY + 60 * DAY).await, no);
    assert_eq!(sam.vault.remove_member(&person(&ruben)).await, no);
    noor.vault.remove_member(&person(&ruben)).await.unwrap();
    iris.vault.sync().await.unwrap();
    assert_eq!(member(&iris, "Ruben Bakker").state, MemberState::Removed);
    assert!(ruben.vault.sync().await.is_err());
    for actor in [&mut iris, &mut noor, &mut sam] {
        assert_eq!(actor.vault.verify(None).await.unwrap().alarms, []);
    }
}

#[tokio::test]
async fn the_day_ends_it_and_the_first_director_online_says_so_for_good() {
    let world = World::new();
    let (mut iris, mut noor) = on_leave(&world).await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    let opened = noor.vault.invite("Sam Visser", Role::AdvisorPaid, None).await.unwrap();
    let (ports, _) = world.device();
    let (sam, _) = Vault::join(ports, &opened.link, &opened.code, "Sam Visser", passphrase()).await.unwrap();
    noor.vault.sync().await.unwrap();
    let waits = noor.vault.work_list().await.unwrap().newcomers;
    assert_eq!(waits.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["Sam Visser"]);
    world.clock.pass(14 * DAY);
    assert_eq!(noor.vault.work_list().await.unwrap().newcomers, []);

    // Nobody has ended it yet: Noor's own vault does not try, and the relay would not listen.
    let (newcomer, words) = (sam.session().person, sam.session().words.join(" "));
    assert_eq!(noor.vault.session().delegate_until, None);
    assert_eq!(noor.vault.admit(&newcomer, &words, Compared::ByVoice).await, Err(VaultError::NoRight));
    assert_eq!(noor.vault.invite("Nog iemand", Role::AdvisorPaid, None).await.err(), Some(VaultError::NoRight));
    assert_eq!(noor.vault.remove_member(&person(&ruben)).await, Err(VaultError::NoRight));

    // Ruben is the first of the directors; what he said Iris need not say again.
    ruben.vault.sync().await.unwrap();
    let before = ruben.vault.verify(None).await.unwrap().entries;
    iris.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.verify(None).await.unwrap().entries, before);
    // Somebody who directs admits whom Noor invited.
    iris.vault.admit(&newcomer, &words, Compared::ByVoice).await.unwrap();

    world.clock.pass(7 * DAY);
    assert_eq!(on_day(&mut iris, 3, "Noor Haddad").await.delegate_until, Some(MONDAY + 14 * DAY));
    assert_eq!(on_day(&mut iris, 13, "Noor Haddad").await.delegate_until, Some(MONDAY + 14 * DAY));
    assert_eq!(on_day(&mut iris, 14, "Noor Haddad").await.delegate_until, None);
    let now = iris.vault.authorised(None, None).await.unwrap().people;
    assert!(now.iter().all(|person| person.delegate_until.is_none()));
    assert_eq!(iris.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn a_director_moves_the_end_and_either_of_the_two_ends_it_early() {
    let world = World::new();
    let (mut iris, mut noor) = on_leave(&world).await;
    let delegate = person(&noor);
    iris.vault.delegate(&delegate, MONDAY + 7 * DAY).await.unwrap();
    noor.vault.sync().await.unwrap();
    assert_eq!(noor.vault.session().delegate_until, Some(MONDAY + 7 * DAY));
    world.clock.pass(2 * DAY);
    noor.vault.undelegate(&delegate).await.unwrap();
    assert_eq!(noor.vault.invite("Sam Visser", Role::AdvisorPaid, None).await.err(), Some(VaultError::NoRight));
    iris.vault.sync().await.unwrap();
    assert_eq!(member(&iris, "Noor Haddad").delegate, None);
    assert_eq!(iris.vault.undelegate(&delegate).await, Err(VaultError::NotFound));
    assert_eq!(on_day(&mut iris, 1, "Noor Haddad").await.delegate_until, Some(MONDAY + 7 * DAY));

    iris.vault.delegate(&delegate, MONDAY + 7 * DAY).await.unwrap();
    iris.vault.undelegate(&delegate).await.unwrap();
    noor.vault.sync().await.unwrap();
    assert_eq!(noor.vault.session().delegate_until, None);
    iris.vault.delegate(&delegate, MONDAY + 7 * DAY).await.unwrap();
    iris.vault.remove_member(&delegate).await.unwrap();
    assert_eq!(member(&iris, "Noor Haddad").delegate, None);
    for (whom, until, refusal) in [
        (person(&iris), MONDAY + 7 * DAY, VaultError::DirectsAlready("Iris de Vries".to_owned())),
        (delegate.clone(), MONDAY + 7 * DAY, VaultError::NotFound),
        (delegate, MONDAY + DAY, VaultError::DateInPast),
    ] {
        assert_eq!(iris.vault.delegate(&whom, until).await, Err(refusal));
    }
}

/// Whoever is invited to be a member until a day acts for nobody after it.
#[tokio::test]
async fn a_delegate_whose_own_membership_is_over_is_none() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let ends = Some(MONDAY + 3 * DAY);
    let mut noor = world.newcomer(&mut iris, "Noor Haddad", Role::AdvisorPaid, ends).await;
    iris.vault.delegate(&person(&noor), MONDAY + 14 * DAY).await.unwrap();
    noor.vault.sync().await.unwrap();
    noor.vault.invite("Sam Visser", Role::AdvisorPaid, None).await.unwrap();
    world.clock.pass(4 * DAY);
    let late = noor.vault.invite("Nog iemand", Role::AdvisorPaid, None).await;
    assert_eq!(late.err(), Some(VaultError::NoRight));
    iris.vault.sync().await.unwrap();
    assert_eq!(member(&iris, "Noor Haddad").delegate, None);
    let now = iris.vault.authorised(None, None).await.unwrap().people;
    assert!(now.iter().all(|person| person.name != "Noor Haddad"));
}
