//! A colleague sees what another wrote without asking for it.

use zegel_tests::world::World;
use zegel_vault::{VaultError, view::ItemKind};

#[tokio::test]
async fn a_client_sees_what_their_advisor_wrote_without_asking() {
    let world = World::new();
    let mut anna = world.director("Anna Jansen").await;
    let (dossier, ..) = anna.dossier("Marijke 't Hooft").await;
    let mut marijke = world.party(&mut anna, &dossier, "Marijke 't Hooft", "client").await;
    let mut line = marijke.portal.listen().await.unwrap().await.unwrap();
    assert_eq!(line.changed().await, Ok(true), "for what happened before the line was there");
    marijke.portal.sync().await.unwrap();

    anna.vault.save_report(&dossier, None, 0, "Later", "net geschreven", "2026-03-10").await.unwrap();
    assert_eq!(line.changed().await, Ok(true));
    assert!(marijke.portal.sync().await.unwrap());
    assert!(marijke.portal.dossier().items.iter().any(|item| item.title == "Later"));

    let person = marijke.portal.session().person;
    anna.vault.end_access(&dossier, &person).await.unwrap();
    while line.changed().await == Ok(true) {}
    assert_eq!(marijke.portal.listen().await.unwrap().await.err(), Some(VaultError::LinkWithdrawn));
}

#[tokio::test]
async fn bram_sees_what_anna_changed_without_asking() {
    let world = World::new();
    let mut anna = world.director("Anna Jansen").await;
    let mut bram = world.colleague(&mut anna, "Bram IJsselstein", true).await;
    let (dossier, report, _) = anna.dossier("Marijke 't Hooft").await;
    bram.vault.sync().await.unwrap();

    let mut line = bram.vault.listen().await.unwrap().await.unwrap();
    assert_eq!(line.changed().await, Ok(true), "for what happened before the line was there");
    assert_eq!(bram.vault.sync().await.unwrap().changed, [""; 0]);

    let saved = anna.vault.save_report(&dossier, Some(&report), 1, "Eerste gesprek", "nieuwe tekst", "2026-03-05");
    saved.await.unwrap();
    assert_eq!(line.changed().await, Ok(true));
    assert_eq!(bram.vault.sync().await.unwrap().changed, std::slice::from_ref(&dossier));
    let view = bram.vault.dossier(&dossier).await.unwrap();
    assert!(
        view.items.iter().any(|item| matches!(&item.kind, ItemKind::Report { text, .. } if text == "nieuwe tekst"))
    );

    // The line ends with what it was signed for.
    let person = bram.vault.session().person;
    bram.vault.remove_member(&person).await.unwrap();
    while line.changed().await == Ok(true) {}
    assert!(bram.vault.listen().await.unwrap().await.is_err());
}
