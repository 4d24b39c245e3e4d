//! A colleague sees what another wrote without asking for it.

use zegel_tests::world::World;
use zegel_vault::view::ItemKind;

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
