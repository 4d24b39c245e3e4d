//! Ruben lost his key card and forgot his passphrase: he is invited anew, and who reads what he read gives it back.

use zegel_ledger::{CompartmentEpoch, LogKind};
use zegel_tests::{
    hostile::{Insider, scene::texts},
    world::{Actor, DAY, MONDAY, World, passphrase},
};
use zegel_vault::{AccessTerms, Compared, Role, Vault, VaultError, view::MemberView};

async fn comes_back(world: &World, director: &mut Actor, former: &str, name: &str) -> Actor {
    let invitation = director.vault.invite_anew(former).await.unwrap();
    let (ports, store) = world.device();
    let (vault, printed) = Vault::join(ports, &invitation.link, &invitation.code, name, passphrase()).await.unwrap();
    let (person, words) = (vault.session().person, vault.session().words.join(" "));
    director.vault.sync().await.unwrap();
    director.vault.admit(&person, &words, Compared::InPerson).await.unwrap();
    Actor { vault, printed, store }
}

fn found(actor: &Actor, person: &str) -> MemberView {
    actor.vault.members().into_iter().find(|member| member.person == person).unwrap()
}

#[tokio::test]
async fn who_lost_every_key_is_given_back_what_they_read_and_no_more() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut sanne = world.colleague(&mut iris, "Sanne Bos", false).await;
    let until = Some(MONDAY + 300 * DAY);
    let mut ruben = world.newcomer(&mut iris, "Ruben Bakker", Role::AdvisorVolunteer, until).await;
    ruben.sign_pledge().await;
    let former = ruben.vault.session().person;
    let (own, ..) = ruben.dossier("Bram IJsselstein").await;
    iris.vault.sync().await.unwrap();
    sanne.vault.sync().await.unwrap();
    // Of Sanne's he stood in for one, and was done with another.
    let (passing, ..) = sanne.dossier("Yasemin Öztürk").await;
    let (over, ..) = sanne.dossier("Kees Smit").await;
    let terms = AccessTerms { until: Some(MONDAY + 30 * DAY), from_now: Some(Vec::new()), parts: Vec::new() };
    sanne.vault.let_in(&passing, &former, &terms).await.unwrap();
    sanne.vault.save_report(&passing, None, 0, "Daarna", "voor de vervanger", "2026-03-10").await.unwrap();
    sanne.vault.grant(&over, &former).await.unwrap();
    sanne.vault.end_access(&over, &former).await.unwrap();

    let mut back = comes_back(&world, &mut iris, &former, "Ruben Bakker").await;
    let person = back.vault.session().person;
    assert!(ruben.vault.sync().await.is_err(), "the keys that were lost are served nothing");
    let returned = found(&iris, &person);
    assert_eq!((returned.role.as_str(), returned.until), ("advisor_volunteer", until), "he is what he was");
    sanne.vault.sync().await.unwrap();
    // A director reads every dossier here; Sanne her own.
    assert_eq!(
        (found(&iris, &person).waiting, found(&sanne, &person).waiting),
        (2, 1),
        "each knows what they can give"
    );

    // The next epoch is open before anybody gives anything back, and was not wrapped for the keys that were lost.
    iris.vault.save_report(&own, None, 0, "Ertussen", "terwijl Ruben weg was", "2026-03-11").await.unwrap();
    let holder = Insider::of(&iris.store, &passphrase()).await;
    let lost = Insider::of(&ruben.store, &passphrase()).await;
    let (directory, _) = holder.directory(&world.relay()).await;
    let log = own.parse().unwrap();
    let mut held = holder.take(&world.relay(), log, LogKind::Dossier, &directory).await.unwrap();
    held.seeds.clear();
    held.open_wraps_with(&lost.receiving);
    assert!(!held.seeds.is_empty(), "the past that he had");
    let in_force = held.log.compartments().filter_map(|(id, epochs)| Some((id, epochs.last()?.epoch)));
    for (compartment, epoch) in in_force {
        assert!(!held.seeds.contains_key(&CompartmentEpoch { compartment, epoch }), "open to the keys that were lost");
    }
    back.vault.sync().await.unwrap();
    assert_eq!(back.vault.dossiers(), [], "being admitted under a name opens nothing");
    let early = sanne.vault.give_back(&person, &()).await;
    assert_eq!(early, Err(VaultError::PledgeMissing("Ruben Bakker".into())));
    back.sign_pledge().await;

    assert_eq!(sanne.vault.give_back(&person, &()).await, Ok(1));
    assert_eq!(iris.vault.give_back(&person, &()).await, Ok(1), "what Sanne gave is not given twice");
    for giver in [&mut iris, &mut sanne] {
        assert_eq!(giver.vault.give_back(&person, &()).await, Ok(0), "once");
        assert_eq!(found(giver, &person).waiting, 0);
        assert_eq!(giver.vault.verify(None).await.unwrap().alarms, []);
    }
    back.vault.sync().await.unwrap();
    let mut titles: Vec<_> = back.vault.dossiers().into_iter().map(|dossier| dossier.title).collect();
    titles.sort();
    assert_eq!(titles, ["Bram IJsselstein", "Yasemin Öztürk"]);
    assert_eq!(texts(&mut back, &own).await.len(), 2, "the past and what was written meanwhile");
    assert_eq!(texts(&mut back, &passing).await, ["voor de vervanger"], "the past that he never had stays closed");
    let view = sanne.vault.dossier(&passing).await.unwrap();
    let reader = view.readers.iter().find(|reader| reader.person == person).unwrap();
    assert_eq!((reader.until, reader.from_now, reader.stays), (terms.until, true, false), "until when he had it");
    back.vault.save_report(&own, None, 0, "Terug", "er weer", "2026-03-12").await.unwrap();
    assert_eq!(back.vault.verify(None).await.unwrap().alarms, []);
    world.clock.pass(31 * DAY);
    sanne.vault.sync().await.unwrap();
    assert!(!sanne.vault.dossier(&passing).await.unwrap().readers.iter().any(|reader| reader.person == person));
}

#[tokio::test]
async fn only_a_director_invites_anew_and_only_a_member_comes_back() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut sanne = world.colleague(&mut iris, "Sanne Bos", false).await;
    let ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (director, former) = (iris.vault.session().person, ruben.vault.session().person);
    assert_eq!(iris.vault.invite_anew(&director).await.err(), Some(VaultError::KeysNotLost));
    sanne.vault.sync().await.unwrap();
    assert_eq!(sanne.vault.invite_anew(&former).await.err(), Some(VaultError::NoRight));
    assert_eq!(sanne.vault.give_back(&former, &()).await.err(), Some(VaultError::NotFound), "who never left");

    // The letter got lost: another one ends the first.
    let first = iris.vault.invite_anew(&former).await.unwrap();
    let second = iris.vault.invite_anew(&former).await.unwrap();
    let (ports, _) = world.device();
    let late = Vault::join(ports, &first.link, &first.code, "Ruben Bakker", passphrase()).await;
    assert_eq!(late.err(), Some(VaultError::InvitationOver));
    iris.vault.remove_member(&second.id).await.unwrap();
    iris.vault.remove_member(&former).await.unwrap();
    assert_eq!(iris.vault.invite_anew(&former).await.err(), Some(VaultError::NotFound), "who left is invited as new");
}
