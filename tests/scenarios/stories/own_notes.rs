//! Own notes: for nobody but their writer, on every device of theirs, and for as long as the dossier is there.

use zegel_tests::{
    hostile::scene::texts,
    world::{Actor, World, passphrase},
};
use zegel_vault::{
    FirstPolicy, OWN_NOTE, Profile, Recovery, Vault, VaultError,
    ports::{Store as _, Table},
    view::{DraftView, OwnNoteView},
};

const NOTE: &str = "KANARIE vermoedt zelf dat het aan de ploegendienst ligt";

async fn notes(actor: &mut Actor, dossier: &str) -> Vec<String> {
    let notes: Vec<OwnNoteView> = actor.vault.own_notes(dossier).await.unwrap();
    notes.into_iter().map(|note| note.text).collect()
}

#[tokio::test]
async fn a_note_is_its_writers_alone_and_promoted_by_hand() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Practice)).await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", true).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let (other, ..) = iris.dossier("Bram IJsselstein").await;
    iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
    let written = iris.vault.write_own_note(&dossier, None, "eerste gedachte").await.unwrap();
    world.clock.pass(60);
    iris.vault.write_own_note(&dossier, None, NOTE).await.unwrap();
    assert_eq!(iris.vault.write_own_note(&dossier, None, "  ").await, Err(VaultError::BadText("text")));
    assert_eq!(notes(&mut iris, &dossier).await, [NOTE, "eerste gedachte"], "newest first");
    assert!(notes(&mut iris, &other).await.is_empty(), "of this dossier only");

    // A colleague who reads everything else, and the sheets.
    ruben.vault.sync().await.unwrap();
    assert!(notes(&mut ruben, &dossier).await.is_empty());
    assert_eq!(texts(&mut ruben, &dossier).await.len(), 1);
    let none = ruben.vault.promote_own_note(&dossier, &written, "Van een ander").await;
    assert_eq!(none.err(), Some(VaultError::NotFound));
    let mut recovery = Recovery::open(world.device().0, &iris.printed.sheets).await.unwrap();
    recovery.give(&dossier, &ruben.vault.session().person).await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert!(notes(&mut ruben, &dossier).await.is_empty());

    // Changed, on another device of the same person; then that device takes the other one away.
    let (ports, store) = world.device();
    let vault = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    let mut laptop = Actor { vault, printed: iris.printed.clone(), store };
    assert_eq!(notes(&mut laptop, &dossier).await.len(), 2);
    world.clock.pass(60);
    laptop.vault.write_own_note(&dossier, Some(&written), "tweede gedachte").await.unwrap();
    iris.vault.sync().await.unwrap();
    assert_eq!(notes(&mut iris, &dossier).await, ["tweede gedachte", NOTE]);
    iris.vault.remove_own_note(&dossier, &written).await.unwrap();
    assert_eq!(notes(&mut iris, &dossier).await, [NOTE]);
    assert_eq!(iris.vault.remove_own_note(&dossier, &written).await, Err(VaultError::NotFound));

    // Promoted: a copy that colleagues read, of the day on which it was written. The note stays its writer's.
    let note = iris.vault.own_notes(&dossier).await.unwrap().remove(0).id;
    iris.vault.promote_own_note(&dossier, &note, "Wat zij vermoedt").await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert!(texts(&mut ruben, &dossier).await.contains(&NOTE.to_owned()));
    assert_eq!(notes(&mut iris, &dossier).await, [NOTE]);
    assert_eq!(iris.vault.verify(None).await.unwrap().alarms, []);
}

#[tokio::test]
async fn there_are_none_where_the_client_may_see_everything() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    assert_eq!(iris.vault.own_notes(&dossier).await, Err(VaultError::NoOwnNotes));
    let written = iris.vault.write_own_note(&dossier, None, NOTE).await;
    assert_eq!(written, Err(VaultError::NoOwnNotes));
}

#[tokio::test]
async fn what_was_typed_and_not_kept_waits_sealed_on_the_device_over_a_lock() {
    let world = World::new();
    let mut iris = world.director_with("Iris de Vries", FirstPolicy::Profile(Profile::Practice)).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let (other, ..) = iris.dossier("Bram IJsselstein").await;
    let typed = DraftView { item: Some(OWN_NOTE.to_owned()), text: NOTE.to_owned(), ..empty() };
    iris.vault.save_draft(&dossier, &typed).await.unwrap();
    for (_, sealed) in iris.store.all(Table::Draft).await.unwrap() {
        assert!(!sealed.windows(7).any(|window| window == b"KANARIE"), "in the clear");
    }

    iris.vault = Vault::unlock(world.ports(iris.store.clone()), passphrase()).await.unwrap();
    let waits = iris.vault.draft(&dossier, Some(OWN_NOTE)).await.unwrap().unwrap();
    assert_eq!((waits.text.as_str(), waits.item.as_deref()), (NOTE, Some(OWN_NOTE)));
    assert_eq!(iris.vault.draft(&other, Some(OWN_NOTE)).await.unwrap(), None);
    assert_eq!(iris.vault.drafts(&dossier).await.unwrap(), [], "it is no report that waits");
    assert_eq!(iris.vault.work_list().await.unwrap().drafts, []);
    assert_eq!(iris.vault.unsaved().await.unwrap(), 1, "a visit says that it would be lost");
    assert!(notes(&mut iris, &dossier).await.is_empty(), "nor a note yet");

    iris.vault.write_own_note(&dossier, None, NOTE).await.unwrap();
    assert_eq!(iris.vault.draft(&dossier, Some(OWN_NOTE)).await.unwrap(), None);
    assert_eq!(notes(&mut iris, &dossier).await, [NOTE]);
}

fn empty() -> DraftView {
    DraftView { item: None, base: 0, title: String::new(), text: String::new(), day: String::new(), kept: 0 }
}
