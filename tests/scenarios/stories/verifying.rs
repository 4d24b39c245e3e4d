//! Whose keys are whose: who compared the words, when and how, and who has yet to.

use zegel_tests::{
    hostile::Insider,
    world::{Actor, DAY, MONDAY, PASSPHRASE, World, passphrase},
};
use zegel_vault::{
    Compared, Role, Vault, VaultError,
    view::{Alarm, MemberState, MemberView, Origin},
};

fn member(actor: &Actor, name: &str) -> MemberView {
    actor.vault.members().into_iter().find(|member| member.name == name).unwrap()
}

/// By whom, on which day, how.
fn verified(actor: &Actor, name: &str) -> Vec<(String, u64, String)> {
    let said = member(actor, name).vouched.verifications;
    said.into_iter().map(|said| (said.name, said.day, said.how)).collect()
}

fn said(name: &str, day: u64, how: &str) -> (String, u64, String) {
    (name.to_owned(), day, how.to_owned())
}

#[tokio::test]
async fn everybody_sees_who_compared_whose_words_on_which_day_and_how() {
    let world = World::new();
    let today = MONDAY / DAY;
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let mut noor = world.colleague(&mut iris, "Noor Jansen", false).await;

    assert_eq!(member(&iris, "Iris de Vries").vouched.origin, Origin::Founder);
    assert!(member(&noor, "Iris de Vries").vouched.by_another, "nobody need vouch for who founded it");
    for actor in [&iris, &noor] {
        assert_eq!(verified(actor, "Ruben Bakker"), [said("Iris de Vries", today, "by_voice")]);
        let vouched = member(actor, "Ruben Bakker").vouched;
        assert_eq!((vouched.origin, vouched.invited_by.as_deref()), (Origin::Invited, Some("Iris de Vries")));
        assert!(!vouched.by_another, "who invited him is the only one");
    }

    // Iris says it again: still nobody else. Then a colleague who leads nothing.
    world.clock.pass(DAY);
    let (person, words) = (ruben.vault.session().person, ruben.vault.session().words.join(" "));
    iris.vault.verify_person(&person, &words, Compared::InPerson).await.unwrap();
    assert!(!member(&iris, "Ruben Bakker").vouched.by_another);
    world.clock.pass(DAY);
    noor.vault.verify_person(&person, &words.to_uppercase(), Compared::InPerson).await.unwrap();
    iris.vault.sync().await.unwrap();
    ruben.vault.sync().await.unwrap();
    for actor in [&iris, &ruben, &noor] {
        let expected = [
            said("Iris de Vries", today, "by_voice"),
            said("Iris de Vries", today + 1, "in_person"),
            said("Noor Jansen", today + 2, "in_person"),
        ];
        assert_eq!(verified(actor, "Ruben Bakker"), expected);
        assert!(member(actor, "Ruben Bakker").vouched.by_another);
    }
    assert!(member(&noor, "Ruben Bakker").vouched.verifications[2].you);

    // It is there on a device that is new, and nothing in the histories is wrong.
    let laptop = Vault::enrol(world.device().0, &ruben.printed.card, passphrase()).await.unwrap();
    let seen = laptop.members().into_iter().find(|member| member.name == "Ruben Bakker").unwrap();
    assert_eq!(seen.vouched, member(&ruben, "Ruben Bakker").vouched);
    assert_eq!(noor.vault.verify(None).await.unwrap().alarms, []);
    for actor in [&noor, &iris] {
        assert!(actor.vault.session().alarms.iter().all(|alarm| matches!(alarm, Alarm::NewDevice(_))));
    }
}

#[tokio::test]
async fn wrong_words_admit_nobody_verify_nobody_and_leave_no_trace() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut noor = world.colleague(&mut iris, "Noor Jansen", false).await;
    let invitation = iris.vault.invite("Ruben Bakker", Role::AdvisorPaid, None).await.unwrap();
    let (ports, store) = world.device();
    let joined = Vault::join(ports, &invitation.link, &invitation.code, "Ruben Bakker", passphrase()).await;
    let (vault, printed) = joined.unwrap();
    let mut ruben = Actor { vault, printed, store };
    let person = ruben.vault.session().person;
    iris.vault.sync().await.unwrap();

    // Somebody else's words; too few of them; in another order.
    let right = ruben.vault.session().words;
    let reversed: Vec<String> = right.iter().rev().cloned().collect();
    let wrong = [iris.vault.session().words.join(" "), right[..5].join(" "), reversed.join(" "), String::new()];
    let written = entries(&world, &noor).await;
    for heard in &wrong {
        let refused = iris.vault.admit(&person, heard, Compared::ByVoice).await;
        assert_eq!(refused, Err(VaultError::WrongWords), "{heard}");
    }
    assert_eq!(entries(&world, &noor).await, written);
    assert_eq!(member(&iris, "Ruben Bakker").state, MemberState::Registered);

    iris.vault.admit(&person, &right.join("  "), Compared::InPerson).await.unwrap();
    ruben.vault.sync().await.unwrap();
    noor.vault.sync().await.unwrap();
    let written = entries(&world, &noor).await;
    for heard in &wrong {
        let refused = noor.vault.verify_person(&person, heard, Compared::ByVoice).await;
        assert_eq!(refused, Err(VaultError::WrongWords), "{heard}");
    }
    // Nobody vouches for themselves, or for somebody who is not there.
    let own = ruben.vault.verify_person(&person, &right.join(" "), Compared::InPerson).await;
    assert_eq!(own, Err(VaultError::OwnKeys));
    iris.vault.remove_member(&noor.vault.session().person).await.unwrap();
    let left = noor.vault.session();
    let gone = iris.vault.verify_person(&left.person, &left.words.join(" "), Compared::ByVoice).await;
    assert_eq!(gone, Err(VaultError::NotFound));
    assert_eq!(entries(&world, &ruben).await, written + 2, "the removal and new keys for the names, and nothing else");
    assert_eq!(verified(&iris, "Ruben Bakker"), [said("Iris de Vries", MONDAY / DAY, "in_person")]);
}

/// How many entries the directory has on the relay.
async fn entries(world: &World, reader: &Actor) -> usize {
    let keys = Insider::of(&reader.store, PASSPHRASE).await;
    keys.directory(&world.relay()).await.1.entries.len()
}
