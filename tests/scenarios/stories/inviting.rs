//! An invitation from its letter to its end: used, used twice, withdrawn, run out, sent again.

use zegel_tests::world::{Actor, DAY, MONDAY, World, passphrase};
use zegel_vault::{
    Compared, Role, Vault, VaultError,
    view::{MemberState, MemberView, SharedView},
};

fn found(actor: &Actor, name: &str) -> Option<MemberView> {
    actor.vault.members().into_iter().find(|member| member.name == name)
}

async fn joins(world: &World, invitation: &SharedView, name: &str) -> Result<Actor, VaultError> {
    let (ports, store) = world.device();
    let (vault, printed) = Vault::join(ports, &invitation.link, &invitation.code, name, passphrase()).await?;
    Ok(Actor { vault, printed, store })
}

#[tokio::test]
async fn an_invitation_is_sent_again_in_one_step_and_the_old_link_says_that_it_was_withdrawn() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let until = Some(MONDAY + 100 * DAY);
    let first = iris.vault.invite("Ruben Bakker", Role::AdvisorVolunteer, until).await.unwrap();
    assert_eq!(first.until, MONDAY + 14 * DAY);
    let invited = found(&iris, "Ruben Bakker").unwrap();
    assert_eq!((invited.state, invited.invited_until), (MemberState::Invited, Some(first.until)));

    world.clock.pass(DAY);
    let second = iris.vault.reinvite(&invited.person).await.unwrap();
    assert_ne!((&first.link, &first.code), (&second.link, &second.code));
    assert_eq!(second.until, first.until + DAY);
    let again = found(&iris, "Ruben Bakker").unwrap();
    assert_eq!(
        (again.role, again.until, again.invited_until),
        ("advisor_volunteer".to_owned(), until, Some(second.until))
    );
    assert_eq!(iris.vault.members().len(), 2, "one invitation, not two");
    assert_eq!(joins(&world, &first, "Ruben").await.err(), Some(VaultError::InvitationOver));
    assert_eq!(iris.vault.reinvite(&invited.person).await.err(), Some(VaultError::NotFound), "the old one is gone");

    // A letter breaks a link over lines.
    let broken: String =
        second.link.chars().enumerate().map(|(at, c)| format!("{c}{}", ["", "\n"][at % 30 / 29])).collect();
    let mut ruben = joins(&world, &SharedView { link: broken, ..second.clone() }, "Ruben Bakker").await.unwrap();
    assert!(ruben.vault.session().waiting);
    assert_eq!(joins(&world, &second, "Een dief").await.err(), Some(VaultError::InvitationUsed));
    let organisation = iris.vault.session().organisation_id;
    assert_eq!(iris.vault.sync().await.unwrap().changed, [organisation], "that somebody stands at the door is news");
    assert_eq!(iris.vault.sync().await.unwrap().changed, [""; 0], "once");
    let words = ruben.vault.session().words.join(" ");
    iris.vault.admit(&ruben.vault.session().person, &words, Compared::ByVoice).await.unwrap();
    assert_eq!(joins(&world, &second, "Een dief").await.err(), Some(VaultError::InvitationOver));
    assert_eq!(iris.vault.reinvite(&ruben.vault.session().person).await.err(), Some(VaultError::NotFound));
    assert_eq!(found(&iris, "Ruben Bakker").unwrap().role, "advisor_volunteer");

    // The pledge that he has signed by now counts at once.
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    ruben.vault.sync().await.unwrap();
    let person = ruben.vault.session().person;
    assert!(matches!(iris.vault.grant(&dossier, &person).await, Err(VaultError::PledgeMissing(_))));
    ruben.sign_pledge().await;
    iris.vault.grant(&dossier, &person).await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert_eq!(ruben.vault.dossiers().len(), 1);
}

#[tokio::test]
async fn an_invitation_that_ran_out_or_was_withdrawn_says_so_and_admits_nobody() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut noor = world.colleague(&mut iris, "Noor Jansen", true).await;
    let late = iris.vault.invite("Ruben Bakker", Role::AdvisorPaid, None).await.unwrap();
    world.clock.pass(14 * DAY + 1);
    let expired = found(&iris, "Ruben Bakker").unwrap();
    assert_eq!((expired.state, expired.invited_until), (MemberState::Expired, Some(late.until)));
    assert_eq!(joins(&world, &late, "Ruben Bakker").await.err(), Some(VaultError::InvitationExpired));

    // Another director sends it again. Who comes by it is not let in once it was withdrawn, by neither of the two.
    noor.vault.sync().await.unwrap();
    let again = noor.vault.reinvite(&expired.person).await.unwrap();
    let ruben = joins(&world, &again, "Ruben Bakker").await.unwrap();
    let (person, words) = (ruben.vault.session().person, ruben.vault.session().words.join(" "));
    iris.vault.sync().await.unwrap();
    noor.vault.sync().await.unwrap();
    assert_eq!(found(&iris, "Ruben Bakker").unwrap().state, MemberState::Registered);
    noor.vault.remove_member(&person).await.unwrap();
    iris.vault.sync().await.unwrap();
    for actor in [&mut iris, &mut noor] {
        assert_eq!(found(actor, "Ruben Bakker"), None);
        let admitted = actor.vault.admit(&person, &words, Compared::ByVoice).await;
        assert_eq!(admitted, Err(VaultError::NoNewcomer));
    }
    assert_eq!(joins(&world, &again, "Ruben Bakker").await.err(), Some(VaultError::InvitationOver));

    // Only directors invite, again or at all; and not for a membership that is over.
    let mut advisor = world.colleague(&mut iris, "Bram IJsselstein", false).await;
    let short = iris.vault.invite("Sanne", Role::AdvisorPaid, Some(MONDAY + 20 * DAY)).await.unwrap();
    advisor.vault.sync().await.unwrap();
    assert_eq!(advisor.vault.reinvite(&short.id).await.err(), Some(VaultError::NoRight));
    world.clock.pass(10 * DAY);
    assert_eq!(iris.vault.reinvite(&short.id).await.err(), Some(VaultError::DateInPast));
}
