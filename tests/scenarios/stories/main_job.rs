//! The main job: an advisor seals a dossier, a third party reads what was shared, and after revoking nothing opens.

use zegel_tests::world::{DAY, DOCUMENT, PASSPHRASE, REPORT, World, new_share, passphrase};
use zegel_vault::{
    Vault, VaultError,
    view::{ItemKind, MemberState, ShareState},
};

#[tokio::test]
async fn a_sealed_dossier_is_there_after_locking() {
    let world = World::new();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, report, document) = advisor.dossier("Yasemin Öztürk").await;
    let store = advisor.store.clone();
    drop(advisor.vault.lock());

    let wrong = Vault::unlock(world.ports(store.clone()), "iets heel anders".to_owned().into()).await;
    assert_eq!(wrong.err(), Some(VaultError::WrongPassphrase));

    let mut vault = Vault::unlock(world.ports(store), passphrase()).await.unwrap();
    let list = vault.dossiers();
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].title.as_str(), list[0].items), ("Yasemin Öztürk", 2));
    let view = vault.dossier(&dossier).await.unwrap();
    assert!(
        view.items
            .iter()
            .any(|item| item.id == report && matches!(&item.kind, ItemKind::Report { text, .. } if text == REPORT))
    );
    assert!(view.items.iter().any(|item| item.id == document && item.title == "cv.pdf"));
    assert_eq!(vault.session().organisation, "Stichting Voorbeeld");
    assert_eq!(vault.session().name, "Iris de Vries");
    assert!(view.alarms.is_empty() && vault.session().alarms.is_empty());
}

#[tokio::test]
async fn a_key_card_opens_the_vault_on_a_new_device() {
    let world = World::new();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, _, document) = advisor.dossier("Yasemin Öztürk").await;

    let (ports, _) = world.device();
    let mut laptop = Vault::enrol(ports, &advisor.printed.card, PASSPHRASE.to_owned().into()).await.unwrap();
    let view = laptop.dossier(&dossier).await.unwrap();
    assert_eq!(view.items.len(), 2);
    let mut sink = zegel_tests::world::Bytes(Vec::new());
    laptop.read_file(&dossier, &document, &mut sink, &()).await.unwrap();
    assert_eq!(sink.0, DOCUMENT);

    // What one device writes the other sees.
    laptop.save_report(&dossier, None, 0, "Op de laptop", "tekst", "2026-03-06").await.unwrap();
    advisor.vault.sync().await.unwrap();
    assert_eq!(advisor.vault.dossier(&dossier).await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn a_third_party_reads_what_was_shared_until_it_is_revoked() {
    let world = World::new();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, _, document) = advisor.dossier("Yasemin Öztürk").await;
    let shared = advisor.share(&dossier, &[&document]).await.unwrap();

    let mut inbox = world.open(&shared).await.unwrap();
    let view = inbox.view();
    assert_eq!(view.organisation, "Stichting Voorbeeld");
    assert_eq!(view.items.len(), 1);
    let mut sink = zegel_tests::world::Bytes(Vec::new());
    inbox.read_file(&view.items[0].id, &mut sink, &()).await.unwrap();
    assert_eq!(sink.0, DOCUMENT);

    let shares = advisor.vault.shares(&dossier).await.unwrap();
    assert_eq!(shares[0].state, ShareState::Live);
    assert_eq!(shares[0].delivered.len(), 1, "the relay's ledger knows the day");
    assert_eq!(shares[0].opened.len(), 1, "the receiver's vault said so");
    assert!(shares[0].incomplete, "no evidence was given");

    advisor.vault.revoke(&dossier, &shares[0].id).await.unwrap();
    assert_eq!(advisor.vault.shares(&dossier).await.unwrap()[0].state, ShareState::Revoked);
    assert_eq!(world.open(&shared).await.err(), Some(VaultError::LinkWithdrawn));
    let mut sink = zegel_tests::world::Bytes(Vec::new());
    assert!(inbox.read_file(&view.items[0].id, &mut sink, &()).await.is_err(), "nothing new opens");
}

#[tokio::test]
async fn a_share_ends_on_its_date() {
    let world = World::new();
    let mut advisor = world.director("Iris de Vries").await;
    let (dossier, report, _) = advisor.dossier("Yasemin Öztürk").await;
    let shared = advisor.share(&dossier, &[&report]).await.unwrap();
    world.clock.pass(31 * DAY);
    assert_eq!(world.open(&shared).await.err(), Some(VaultError::LinkExpired));
    let late = advisor.vault.share(&dossier, new_share(&[&report], zegel_tests::world::MONDAY)).await;
    assert_eq!(late.err(), Some(VaultError::DateInPast));
}

#[tokio::test]
async fn a_colleague_joins_reads_what_is_granted_and_leaves() {
    let world = World::new();
    let mut director = world.director("Iris de Vries").await;
    let (dossier, ..) = director.dossier("Yasemin Öztürk").await;
    let mut advisor = world.colleague(&mut director, "Ruben Bakker", false).await;
    let person = advisor.vault.session().person;
    assert!(!advisor.vault.session().waiting);
    assert!(advisor.vault.dossiers().is_empty(), "admission opens no dossier");

    director.vault.grant(&dossier, &person).await.unwrap();
    advisor.vault.sync().await.unwrap();
    assert_eq!(advisor.vault.dossiers().len(), 1);
    let view = advisor.vault.dossier(&dossier).await.unwrap();
    assert_eq!(view.items.len(), 2);
    assert!(view.readers.iter().any(|reader| reader.name == "Ruben Bakker"));

    director.vault.remove_member(&person).await.unwrap();
    director.vault.save_report(&dossier, None, 0, "Na vertrek", "geheim", "2026-03-10").await.unwrap();
    let members = director.vault.members();
    let leaver = members.iter().find(|member| member.person == person).unwrap();
    assert_eq!(leaver.state, MemberState::Removed);
    assert!(advisor.vault.sync().await.is_err(), "a removed member is served nothing");
    let view = director.vault.dossier(&dossier).await.unwrap();
    assert_eq!(view.items.len(), 3);
    assert!(!view.readers.iter().any(|reader| reader.name == "Ruben Bakker"));
    let found = director.vault.verify(None).await.unwrap();
    assert_eq!(found.alarms, []);
}

#[tokio::test]
async fn two_people_saving_one_report_keep_both_texts() {
    let world = World::new();
    let mut director = world.director("Iris de Vries").await;
    let (dossier, report, _) = director.dossier("Yasemin Öztürk").await;
    let mut advisor = world.colleague(&mut director, "Ruben Bakker", false).await;
    director.vault.grant(&dossier, &advisor.vault.session().person).await.unwrap();
    advisor.vault.sync().await.unwrap();

    let first =
        director.vault.save_report(&dossier, Some(&report), 1, "Eerste gesprek", "van Iris", "2026-03-05").await;
    assert_eq!(first.unwrap().version, 2);
    let second =
        advisor.vault.save_report(&dossier, Some(&report), 1, "Eerste gesprek", "van Ruben", "2026-03-05").await;
    let copy = second.unwrap().conflict.expect("a copy beside it");
    let view = advisor.vault.dossier(&dossier).await.unwrap();
    let texts: Vec<_> = view
        .items
        .iter()
        .filter_map(|item| match &item.kind {
            ItemKind::Report { text, conflict_of, .. } => Some((text.as_str(), conflict_of.clone(), item.id == copy)),
            ItemKind::Document { .. } => None,
        })
        .collect();
    assert!(texts.contains(&("van Iris", None, false)));
    assert!(texts.contains(&("van Ruben", Some(report), true)));
}
