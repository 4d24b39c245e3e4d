//! The people a dossier is about, with keys of their own: from the letter to reading, and to losing everything and back.

use zegel_tests::world::{Actor, Bytes, DAY, MONDAY, PASSPHRASE, REPORT, World, new_party, passphrase};
use zegel_vault::{
    Compared, NewParty, Session, Vault, VaultError, days,
    view::{ItemKind, PartyStanding, PartyView, PortalView},
};

async fn party(actor: &mut Actor, dossier: &str, name: &str) -> PartyView {
    let mut named: Vec<PartyView> = actor.vault.parties(dossier).await.unwrap();
    named.retain(|party| party.name == name && party.standing != PartyStanding::Ended);
    assert_eq!(named.len(), 1, "{named:?}");
    named.remove(0)
}

fn texts(view: &PortalView) -> Vec<String> {
    let text = |item: &zegel_vault::view::ItemView| match &item.kind {
        ItemKind::Report { text, .. } => text.clone(),
        ItemKind::Document { name, .. } => name.clone(),
    };
    let mut texts: Vec<String> = view.items.iter().map(text).collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn a_client_comes_from_a_letter_to_their_dossier_and_reads_what_they_were_given() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, report, document) = ruben.dossier("Yasemin Öztürk").await;
    ruben.share(&dossier, &[&report]).await.unwrap();
    iris.dossier("Piet Pietersen").await;

    let letter = ruben.vault.invite_party(&dossier, &new_party("Yasemin Öztürk", "client")).await.unwrap();
    assert_eq!(letter.until, MONDAY + 14 * DAY);
    assert_eq!(party(&mut ruben, &dossier, "Yasemin Öztürk").await.standing, PartyStanding::Invited);
    let mut yasemin = world.outsider(&letter, "Yasemin").await.unwrap();
    assert!(yasemin.portal.session().waiting);
    assert!(!yasemin.portal.sync().await.unwrap(), "nobody admitted her yet");
    assert_eq!(world.outsider(&letter, "Een dief").await.err(), Some(VaultError::InvitationUsed));

    ruben.vault.sync().await.unwrap();
    let came = party(&mut ruben, &dossier, "Yasemin").await;
    assert_eq!((came.standing, came.kind.as_str()), (PartyStanding::Registered, "client"));
    assert_eq!(came.words, yasemin.portal.session().words);
    let wrong = ruben.vault.admit_party(&dossier, &came.person, "een twee drie", Compared::ByVoice).await;
    assert_eq!(wrong, Err(VaultError::WrongWords));
    ruben.vault.admit_party(&dossier, &came.person, &came.words.join(" "), Compared::ByVoice).await.unwrap();

    assert!(yasemin.portal.sync().await.unwrap());
    let session = yasemin.portal.session();
    assert_eq!((session.waiting, session.name.as_str()), (false, "Yasemin"));
    assert_eq!((session.organisation.as_str(), session.kind.as_deref()), ("Stichting Voorbeeld", Some("client")));
    assert!(session.alarms.is_empty(), "{:?}", session.alarms);
    let view = yasemin.portal.dossier();
    assert_eq!((view.title.as_str(), view.until), ("Yasemin Öztürk", None));
    assert_eq!(texts(&view), [REPORT, "cv.pdf"]);
    assert_eq!(view.items[0].author, "Ruben Bakker");
    let mut bytes = Bytes(Vec::new());
    yasemin.portal.read_file(&document, &mut bytes, &()).await.unwrap();
    assert_eq!(bytes.0, zegel_tests::world::DOCUMENT);

    // Who reads is who holds keys: by name, and of whom it was compared that they are it.
    let names: Vec<&str> = view.readers.iter().map(|reader| reader.name.as_str()).collect();
    assert_eq!(names, ["Iris de Vries", "Ruben Bakker", "Yasemin", ""]);
    assert!(view.readers[3].recovery && view.readers[2].you);
    let vouched = view.readers[2].vouched.clone().unwrap();
    assert_eq!(vouched.verifications.len(), 1);
    assert!(!vouched.by_another, "who invited her is the only one");
    assert_eq!(view.shares.len(), 1);
    assert_eq!(view.shares[0].to, "Opleidingshuis Noord");

    // A colleague compares them too; from then on it was in nobody's hands to play her.
    iris.vault.sync().await.unwrap();
    let words = came.words.join(" ");
    iris.vault.verify_party(&dossier, &came.person, &words, Compared::InPerson).await.unwrap();
    yasemin.portal.sync().await.unwrap();
    let reader = yasemin.portal.dossier().readers.into_iter().find(|reader| reader.you).unwrap();
    assert!(reader.vouched.unwrap().by_another);

    // What is written from now on is there when she looks again; what lies in other parts is not.
    world.clock.pass(DAY);
    let saved = ruben.vault.save_report(&dossier, None, 0, "Tweede gesprek", "Vandaag gebeld", "2026-03-10").await;
    saved.unwrap();
    let medical = zegel_vault::NewDocument { name: "fml.pdf", media_type: "application/pdf", folder: "Medisch" };
    ruben.vault.add_file(&dossier, medical, &mut Bytes(b"%PDF-1.4 geheim".to_vec()), &()).await.unwrap();
    let yasemin = yasemin.again(&world).await;
    assert_eq!(texts(&yasemin.portal.dossier()), [REPORT, "Vandaag gebeld", "cv.pdf"]);
    assert_eq!(yasemin.portal.devices().len(), 1);
    assert!(yasemin.portal.session().alarms.is_empty());

    // The staff sees her among the readers, and in the list of who is authorised.
    ruben.vault.sync().await.unwrap();
    let readers = ruben.vault.dossier(&dossier).await.unwrap().readers;
    let listed = readers.iter().find(|reader| reader.name == "Yasemin").unwrap();
    assert_eq!((listed.party.as_deref(), listed.stays), (Some("client"), false));
    let authorised = ruben.vault.authorised(Some(&dossier), None).await.unwrap();
    let roles: Vec<_> = authorised.people.iter().map(|person| (person.name.as_str(), person.role.as_str())).collect();
    assert!(roles.contains(&("Yasemin", "client")), "{roles:?}");
    assert!(ruben.vault.session().alarms.is_empty(), "{:?}", ruben.vault.session().alarms);
    assert_eq!(ruben.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn a_client_sees_who_could_read_their_dossier_on_any_day() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let noor = world.colleague(&mut iris, "Noor Haddad", false).await;
    world.clock.pass(2 * DAY);
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut yasemin = world.party(&mut iris, &dossier, "Yasemin Öztürk", "client").await;
    let today = days::of(MONDAY) + 2;
    world.clock.pass(DAY);
    iris.vault.grant(&dossier, &noor.vault.session().person).await.unwrap();
    world.clock.pass(2 * DAY);
    iris.vault.end_access(&dossier, &noor.vault.session().person).await.unwrap();
    world.clock.pass(DAY);
    yasemin.portal.sync().await.unwrap();
    for (day, named) in
        [(Some(today - 1), None), (Some(today), Some(false)), (Some(today + 1), Some(true))].into_iter().chain([
            (Some(today + 2), Some(true)),
            (Some(today + 3), Some(false)),
            (Some(today + 4), Some(false)),
            (None, Some(false)),
        ])
    {
        let readers = yasemin.portal.readers_on(day).await.unwrap();
        assert_eq!(readers.is_empty(), named.is_none(), "{day:?}: {readers:?}");
        let noor = readers.iter().any(|reader| reader.name == "Noor Haddad");
        assert_eq!(noor, named == Some(true), "{day:?}: {readers:?}");
    }
    assert_eq!(yasemin.portal.readers_on(None).await.unwrap(), yasemin.portal.dossier().readers);
}

#[tokio::test]
async fn who_lost_everything_gets_a_new_letter_and_the_old_keys_open_nothing_that_comes_later() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut before = world.party(&mut iris, &dossier, "Yasemin Öztürk", "client").await;
    let old = before.portal.session().person;

    let letter = iris.vault.replace_party(&dossier, &old).await.unwrap();
    before.portal.sync().await.unwrap();
    assert_eq!(texts(&before.portal.dossier()).len(), 2, "until the new keys are there nothing ends");
    let mut after = world.outsider(&letter, "Yasemin Öztürk").await.unwrap();
    world.admit_party(&mut iris, &dossier, &after).await;
    after.portal.sync().await.unwrap();
    assert_eq!(texts(&after.portal.dossier()), [REPORT, "cv.pdf"]);

    iris.vault.save_report(&dossier, None, 0, "Later", "na het verlies", "2026-03-10").await.unwrap();
    after.portal.sync().await.unwrap();
    assert_eq!(texts(&after.portal.dossier()), [REPORT, "cv.pdf", "na het verlies"]);
    assert_eq!(before.portal.sync().await.err(), Some(VaultError::LinkWithdrawn));
    let again = Session::unlock(world.ports(before.store.clone()), passphrase()).await;
    assert_eq!(again.err(), Some(VaultError::LinkWithdrawn));

    // It shows in the dossier: who came in whose place.
    let parties = iris.vault.parties(&dossier).await.unwrap();
    let standing = |person: &str| parties.iter().find(|party| party.person == person).unwrap().standing;
    assert_eq!(standing(&old), PartyStanding::Ended);
    let now = party(&mut iris, &dossier, "Yasemin Öztürk").await;
    assert_eq!((now.standing, now.replaces.as_deref()), (PartyStanding::Reads, Some(old.as_str())));
    assert!(iris.vault.session().alarms.is_empty() && after.portal.session().alarms.is_empty());
}

#[tokio::test]
async fn a_key_card_opens_the_dossier_on_a_new_telephone_and_the_old_one_is_ended_from_there() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut yasemin = world.party(&mut iris, &dossier, "Yasemin Öztürk", "client").await;
    let (ports, _) = world.device();
    let wrong = Session::enrol(ports, &yasemin.printed.card, "iets heel anders dan dat".to_owned().into()).await;
    assert_eq!(wrong.err(), Some(VaultError::WrongPassphrase));

    let (ports, store) = world.device();
    let session = Session::enrol(ports, &yasemin.printed.card, passphrase()).await.unwrap();
    let Session::Portal(mut telephone) = session else { panic!("a client has no vault") };
    assert_eq!(texts(&telephone.dossier()), [REPORT, "cv.pdf"]);
    yasemin.portal.sync().await.unwrap();
    let devices = yasemin.portal.devices();
    assert_eq!((devices.len(), devices.iter().filter(|device| device.this).count()), (2, 1));
    let lost = devices.iter().find(|device| device.this).unwrap().id.clone();
    assert_eq!(telephone.revoke_device(&lost, "iets heel anders").await, Err(VaultError::WrongPassphrase));
    telephone.revoke_device(&lost, PASSPHRASE).await.unwrap();
    assert_eq!(yasemin.portal.sync().await.err(), Some(VaultError::DeviceRemoved));
    drop(telephone);
    let reopened = Session::unlock(world.ports(store), passphrase()).await.unwrap();
    assert!(matches!(reopened, Session::Portal(_)));
    iris.vault.sync().await.unwrap();
    assert!(iris.vault.session().alarms.is_empty());

    // A member's card still opens a member's vault, and no other way in takes one for the other.
    let session = Session::enrol(world.device().0, &iris.printed.card, passphrase()).await.unwrap();
    assert!(matches!(session, Session::Vault(_)));
    assert_eq!(Vault::unlock(world.ports(yasemin.store), passphrase()).await.err(), Some(VaultError::NothingHere));
}

#[tokio::test]
async fn a_guardian_reads_for_a_time_in_the_parts_that_were_picked_and_is_nobody_who_goes_on() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = ruben.dossier("Sem Öztürk").await;
    let until = MONDAY + 30 * DAY;
    let new =
        NewParty { parts: vec!["work".to_owned()], until: Some(until), ..new_party("Fatma Öztürk", "guardian") };
    let letter = ruben.vault.invite_party(&dossier, &new).await.unwrap();

    // Sent again in one step; the first letter is worth nothing.
    let sent = party(&mut ruben, &dossier, "Fatma Öztürk").await;
    let again = ruben.vault.reinvite_party(&dossier, &sent.person).await.unwrap();
    assert_eq!(world.outsider(&letter, "Fatma").await.err(), Some(VaultError::InvitationOver));
    let mut fatma = world.outsider(&again, "Fatma Öztürk").await.unwrap();
    world.admit_party(&mut ruben, &dossier, &fatma).await;
    fatma.portal.sync().await.unwrap();
    let view = fatma.portal.dossier();
    assert_eq!((view.items.len(), view.until), (0, Some(until)), "no reports, for they lie in another part");
    let own = view.readers.iter().find(|reader| reader.you).unwrap();
    assert_eq!(
        (own.role.as_str(), own.compartments.as_slice()),
        ("guardian", &["trail".to_owned(), "work".to_owned()][..])
    );

    // Somebody who reads for the child is nobody with whom an advisor leaves a dossier.
    iris.vault.sync().await.unwrap();
    let others = iris.vault.leaving(&ruben.vault.session().person).await.unwrap();
    assert!(others.iter().all(|leaving| !leaving.others.contains(&"Fatma Öztürk".to_owned())));

    world.clock.pass(30 * DAY);
    assert_eq!(fatma.portal.sync().await.err(), Some(VaultError::LinkExpired));
    let epoch = ruben.vault.sync().await;
    epoch.unwrap();
    assert_eq!(ruben.vault.parties(&dossier).await.unwrap()[0].standing, PartyStanding::Ended);
}

#[tokio::test]
async fn access_is_ended_and_an_invitation_is_withdrawn_in_one_step() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let mut yasemin = world.party(&mut iris, &dossier, "Yasemin Öztürk", "client").await;
    let letter = iris.vault.invite_party(&dossier, &new_party("Mo Demir", "representative")).await.unwrap();
    let invited = party(&mut iris, &dossier, "Mo Demir").await;
    iris.vault.end_access(&dossier, &invited.person).await.unwrap();
    assert_eq!(world.outsider(&letter, "Mo Demir").await.err(), Some(VaultError::InvitationOver));

    iris.vault.end_access(&dossier, &yasemin.portal.session().person).await.unwrap();
    assert_eq!(yasemin.portal.sync().await.err(), Some(VaultError::LinkWithdrawn));
    assert!(iris.vault.dossier(&dossier).await.unwrap().readers.iter().all(|reader| reader.party.is_none()));
    let unknown = iris.vault.invite_party(&dossier, &new_party("X", "neighbour")).await;
    assert_eq!(unknown.err(), Some(VaultError::UnknownKind("neighbour".to_owned())));

    // Two weeks later a letter that nobody used says that it is too late.
    let late = iris.vault.invite_party(&dossier, &new_party("Mo Demir", "representative")).await.unwrap();
    world.clock.pass(14 * DAY + 1);
    assert_eq!(world.outsider(&late, "Mo Demir").await.err(), Some(VaultError::InvitationExpired));
    let expired: Vec<_> = iris.vault.parties(&dossier).await.unwrap();
    assert!(expired.iter().any(|party| party.standing == PartyStanding::Expired));
}

#[tokio::test]
async fn a_client_reads_on_while_a_colleague_comes_back_with_new_keys() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let former = ruben.vault.session().person;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    iris.vault.grant(&dossier, &former).await.unwrap();
    let letter = iris.vault.invite_party(&dossier, &new_party("Yasemin Öztürk", "client")).await.unwrap();
    let mut yasemin = world.outsider(&letter, "Yasemin").await.unwrap();
    iris.vault.sync().await.unwrap();
    let came = party(&mut iris, &dossier, "Yasemin").await;
    iris.vault.admit_party(&dossier, &came.person, &came.words.join(" "), Compared::ByVoice).await.unwrap();
    assert!(yasemin.portal.sync().await.unwrap());

    let anew = iris.vault.invite_anew(&former).await.unwrap();
    let (ports, _) = world.device();
    let (back, _) = Vault::join(ports, &anew.link, &anew.code, "Ruben Bakker", passphrase()).await.unwrap();
    let who = back.session();
    iris.vault.sync().await.unwrap();
    iris.vault.admit(&who.person, &who.words.join(" "), Compared::InPerson).await.unwrap();
    iris.vault.save_report(&dossier, None, 0, "Ertussen", "in het nieuwe tijdvak", "2026-03-11").await.unwrap();
    assert!(yasemin.portal.sync().await.unwrap(), "an epoch that leaves out who has left");
    assert!(texts(&yasemin.portal.dossier()).contains(&"in het nieuwe tijdvak".to_owned()));
}
