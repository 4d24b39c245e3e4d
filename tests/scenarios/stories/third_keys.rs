//! A third party who makes a share theirs: keys of their own, which whoever made the link never had.

use zegel_tests::world::{Actor, Bytes, DAY, DOCUMENT, MONDAY, PASSPHRASE, World, new_share};
use zegel_vault::{
    Compared, Inbox, VaultError,
    view::{ReadingCardView, ReceiverKeys, ShareState, ShareView, SharedView},
};

/// What the doctor thinks of, and nobody else.
const OWN: &str = "vijf ganzen in de mist";

/// The doctor opens the link, keeps a card, and says so.
async fn makes_own(world: &World, shared: &SharedView) -> ReadingCardView {
    let mut inbox = world.open(shared).await.unwrap();
    assert!(!inbox.view().by_card);
    let card = inbox.make_own(OWN).unwrap();
    inbox.register().await.unwrap();
    card
}

async fn opens(world: &World, card: &ReadingCardView, passphrase: &str) -> Result<Inbox, VaultError> {
    Inbox::open(world.device().0, &card.card, passphrase).await
}

async fn live(actor: &mut Actor, dossier: &str) -> ShareView {
    actor.vault.sync().await.unwrap();
    let shares = actor.vault.shares(dossier).await.unwrap();
    let mut live = shares.into_iter().filter(|share| share.state == ShareState::Live);
    let found = live.next().unwrap();
    assert!(live.next().is_none(), "one share, whoever's keys open it");
    found
}

async fn agree(actor: &mut Actor, dossier: &str, words: &[String]) -> Result<String, VaultError> {
    let share = live(actor, dossier).await;
    actor.vault.agree_share(dossier, &share.id, &words.join(" "), Compared::ByVoice).await
}

#[tokio::test]
async fn a_doctor_goes_on_with_keys_of_her_own_and_the_maker_of_the_link_opens_nothing_any_more() {
    let world = World::new();
    let mut noor = world.director("Noor Willems").await;
    let mut ruben = world.colleague(&mut noor, "Ruben Bakker", false).await;
    let (dossier, report, document) = noor.dossier("Femke de Boer").await;
    let mut femke = world.party(&mut noor, &dossier, "Femke de Boer", "client").await;
    let ruben_id = ruben.vault.session().person;
    noor.vault.grant(&dossier, &ruben_id).await.unwrap();
    let mut new = new_share(&[&report, &document], MONDAY + 30 * DAY);
    (new.to, new.evidence) = ("Dokter Jansen".to_owned(), Some(document.clone()));
    let shared = noor.vault.share(&dossier, new).await.unwrap();
    assert_eq!(live(&mut noor, &dossier).await.keys, ReceiverKeys::Handed);

    let card = makes_own(&world, &shared).await;
    assert_eq!(opens(&world, &card, OWN).await.err(), Some(VaultError::ReadingRefused), "nobody agreed yet");
    assert!(world.open(&shared).await.is_ok(), "until somebody did, the link goes on");

    // It waits for whoever made the link; every reader of the dossier finds it with the share.
    noor.vault.sync().await.unwrap();
    let came = noor.vault.work_list().await.unwrap().came;
    assert_eq!((came.len(), came[0].name.as_str(), came[0].title.as_str()), (1, "Dokter Jansen", "Femke de Boer"));
    let share = live(&mut noor, &dossier).await;
    assert_eq!(came[0].share.as_ref(), Some(&share.id));
    assert_eq!(share.keys, ReceiverKeys::Made { words: card.words.clone() });
    assert_eq!(live(&mut ruben, &dossier).await.keys, share.keys);

    let wrong = noor.vault.agree_share(&dossier, &share.id, "een twee drie", Compared::ByVoice).await;
    assert_eq!(wrong, Err(VaultError::WrongWords));
    let made = agree(&mut noor, &dossier, &card.words).await.unwrap();

    // The card opens it on any machine, with her passphrase; the link opens nothing, whoever made it.
    let mut inbox = opens(&world, &card, OWN).await.unwrap();
    let view = inbox.view();
    assert_eq!((view.by_card, view.to.as_str(), view.items.len()), (true, "Dokter Jansen", 2));
    let file = view.items.iter().find(|item| item.title == "cv.pdf").unwrap();
    let mut sink = Bytes(Vec::new());
    inbox.read_file(&file.id, &mut sink, &()).await.unwrap();
    assert_eq!(sink.0, DOCUMENT);
    assert_eq!(opens(&world, &card, PASSPHRASE).await.err(), Some(VaultError::ReadingRefused));
    assert_eq!(world.open(&shared).await.err(), Some(VaultError::LinkWithdrawn));
    let half = Inbox::open(world.device().0, &card.card[..40], OWN).await;
    assert_eq!(half.err(), Some(VaultError::BadReadingCard));
    let other = Inbox::open(world.device().0, &shared.link, OWN).await;
    assert_eq!(other.err(), Some(VaultError::BadCode), "a link goes with a code");

    // One receiver, the same terms, and whoever compared them by name. So far the maker of the link alone says so.
    let after = live(&mut noor, &dossier).await;
    assert_eq!((&after.id, after.until, &after.items), (&made, share.until, &share.items));
    assert_eq!((after.opened.len(), after.incomplete), (1, false), "the evidence is that of the first consent");
    let ReceiverKeys::Own { words, vouched } = after.keys else { panic!("{:?}", after.keys) };
    assert_eq!(words, card.words);
    assert_eq!((vouched.by_another, vouched.invited_by.as_deref()), (false, Some("Noor Willems")));
    assert_eq!((vouched.verifications.len(), vouched.verifications[0].how.as_str()), (1, "by_voice"));
    ruben.vault.sync().await.unwrap();
    let misheard = ruben.vault.verify_share(&dossier, &made, "een twee drie", Compared::InPerson).await;
    assert_eq!(misheard, Err(VaultError::WrongWords));
    ruben.vault.verify_share(&dossier, &made, &words.join(" "), Compared::InPerson).await.unwrap();
    let ReceiverKeys::Own { vouched, .. } = live(&mut noor, &dossier).await.keys else { panic!("they are hers") };
    assert!(vouched.by_another, "Ruben did not make the link");
    let former = noor.vault.shares(&dossier).await.unwrap().into_iter().find(|old| old.id == share.id).unwrap();
    assert_eq!(former.state, ShareState::Replaced);
    assert!(noor.vault.work_list().await.unwrap().came.is_empty());

    // The client sees the same receiver, with keys of their own.
    femke.portal.sync().await.unwrap();
    let shares = femke.portal.dossier().shares;
    let seen: Vec<_> = shares.iter().map(|share| (share.to.as_str(), share.own_keys, share.state)).collect();
    assert!(seen.contains(&("Dokter Jansen", true, ShareState::Live)), "{seen:?}");
    assert!(seen.contains(&("Dokter Jansen", false, ShareState::Replaced)), "{seen:?}");
    assert!(shares.iter().all(|share| !share.incomplete));

    // Said again nothing more is made, and other words are still wrong. And it ends like any share.
    let again = noor.vault.agree_share(&dossier, &share.id, &card.words.join(" "), Compared::ByVoice).await;
    assert_eq!(again.unwrap(), made);
    let wrong = noor.vault.agree_share(&dossier, &share.id, "", Compared::ByVoice).await;
    assert_eq!(wrong, Err(VaultError::WrongWords));
    noor.vault.revoke(&dossier, &made).await.unwrap();
    assert_eq!(opens(&world, &card, OWN).await.err(), Some(VaultError::LinkWithdrawn));
    for actor in [&mut noor, &mut ruben] {
        actor.vault.sync().await.unwrap();
        assert!(actor.vault.session().alarms.is_empty(), "{:?}", actor.vault.session().alarms);
        assert_eq!(actor.vault.verify(None).await.unwrap().alarms, []);
    }
}

#[tokio::test]
async fn a_link_makes_keys_once_and_one_that_ended_makes_none() {
    let world = World::new();
    let mut noor = world.director("Noor Willems").await;
    let (dossier, report, _) = noor.dossier("Femke de Boer").await;
    let shared = noor.share(&dossier, &[&report]).await.unwrap();
    let mut inbox = world.open(&shared).await.unwrap();
    assert_eq!(inbox.register().await, Err(VaultError::NotFound), "there are no keys to tell of");
    assert_eq!(inbox.make_own("kort").err(), Some(VaultError::WeakPassphrase));
    inbox.make_own(OWN).unwrap();
    inbox.register().await.unwrap();
    inbox.register().await.unwrap();

    // Somebody else with the same link and code comes too late, and hears why.
    let mut late = world.open(&shared).await.unwrap();
    late.make_own(OWN).unwrap();
    assert_eq!(late.register().await, Err(VaultError::ShareTaken));

    let share = live(&mut noor, &dossier).await;
    noor.vault.revoke(&dossier, &share.id).await.unwrap();
    assert!(noor.vault.work_list().await.unwrap().came.is_empty());
    let over = noor.vault.agree_share(&dossier, &share.id, "", Compared::ByVoice).await;
    assert_eq!(over, Err(VaultError::ShareOver));

    let shared = noor.share(&dossier, &[&report]).await.unwrap();
    let mut inbox = world.open(&shared).await.unwrap();
    inbox.make_own(OWN).unwrap();
    let share = live(&mut noor, &dossier).await;
    let nobody = noor.vault.agree_share(&dossier, &share.id, "", Compared::ByVoice).await;
    assert_eq!(nobody, Err(VaultError::NoReceiver));
    noor.vault.revoke(&dossier, &share.id).await.unwrap();
    assert_eq!(inbox.register().await, Err(VaultError::LinkWithdrawn));

    let shared = noor.share(&dossier, &[&report]).await.unwrap();
    let mut inbox = world.open(&shared).await.unwrap();
    let card = inbox.make_own(OWN).unwrap();
    inbox.register().await.unwrap();
    let share = live(&mut noor, &dossier).await;
    world.clock.pass(31 * DAY);
    let late = noor.vault.agree_share(&dossier, &share.id, &card.words.join(" "), Compared::ByVoice).await;
    assert_eq!(late, Err(VaultError::ShareOver));
    assert_eq!(inbox.register().await, Err(VaultError::LinkExpired));
}

#[tokio::test]
async fn what_is_left_of_a_share_goes_over_and_no_more() {
    let world = World::new();
    let mut noor = world.director("Noor Willems").await;
    let (dossier, report, _) = noor.dossier("Femke de Boer").await;
    let until = MONDAY + 30 * DAY;
    let shared =
        noor.vault.share(&dossier, zegel_vault::NewShare { readings: Some(3), ..new_share(&[&report], until) });
    let shared = shared.await.unwrap();
    world.open(&shared).await.unwrap();
    world.clock.pass(2 * DAY);
    let card = makes_own(&world, &shared).await;
    agree(&mut noor, &dossier, &card.words).await.unwrap();
    let share = live(&mut noor, &dossier).await;
    assert_eq!((share.readings, share.until), (Some(1), until));
    assert!(opens(&world, &card, OWN).await.is_ok());
    world.clock.pass(2 * DAY);
    assert_eq!(opens(&world, &card, OWN).await.err(), Some(VaultError::LinkExhausted));

    // Who may read once, and did, has nothing left to go on with.
    noor.vault.revoke(&dossier, &share.id).await.unwrap();
    let once = zegel_vault::NewShare { readings: Some(1), ..new_share(&[&report], until) };
    let shared = noor.vault.share(&dossier, once).await.unwrap();
    let card = makes_own(&world, &shared).await;
    assert_eq!(agree(&mut noor, &dossier, &card.words).await, Err(VaultError::NoReadingsLeft));
}

#[tokio::test]
async fn the_client_agreed_to_these_words_and_to_no_others() {
    let world = World::new();
    let mut noor = world.director("Noor Willems").await;
    let (dossier, report, _) = noor.dossier("Femke de Boer").await;
    let shared = noor.share(&dossier, &[&report]).await.unwrap();
    let card = makes_own(&world, &shared).await;
    let text = "hier staat nu iets dat niemand deelde";
    noor.vault.save_report(&dossier, Some(&report), 1, "Eerste gesprek", text, "2026-03-05").await.unwrap();
    let refused = agree(&mut noor, &dossier, &card.words).await;
    assert_eq!(refused, Err(VaultError::SharedChanged("Eerste gesprek".to_owned())));
    assert!(world.open(&shared).await.is_ok(), "the share stays as it was");
}

#[tokio::test]
async fn two_colleagues_who_agree_at_once_make_one_share() {
    let world = World::new();
    let mut noor = world.director("Noor Willems").await;
    let mut ruben = world.colleague(&mut noor, "Ruben Bakker", false).await;
    let (dossier, report, _) = noor.dossier("Femke de Boer").await;
    let ruben_id = ruben.vault.session().person;
    noor.vault.grant(&dossier, &ruben_id).await.unwrap();
    let shared = noor.share(&dossier, &[&report]).await.unwrap();
    let card = makes_own(&world, &shared).await;
    let (share, words) = (live(&mut noor, &dossier).await, card.words.join(" "));
    ruben.vault.sync().await.unwrap();
    let (his, hers) = futures::join!(
        ruben.vault.agree_share(&dossier, &share.id, &words, Compared::ByVoice),
        noor.vault.agree_share(&dossier, &share.id, &words, Compared::ByVoice),
    );
    let made = his.unwrap();
    assert_eq!(hers.unwrap(), made);
    live(&mut noor, &dossier).await;
    assert!(opens(&world, &card, OWN).await.is_ok());
    assert_eq!(world.open(&shared).await.err(), Some(VaultError::LinkWithdrawn));

    // Whoever did not make the link ends its consent, and the maker's vault what is left of it.
    noor.vault.sync().await.unwrap();
    assert!(noor.vault.work_list().await.unwrap().came.is_empty());
    // Either of them ends it, and the other one after them.
    for colleague in [&mut noor, &mut ruben] {
        colleague.vault.sync().await.unwrap();
        colleague.vault.revoke(&dossier, &made).await.unwrap();
    }
    assert_eq!(opens(&world, &card, OWN).await.err(), Some(VaultError::LinkWithdrawn));
}
