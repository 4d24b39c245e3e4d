//! A device whose rows an earlier version wrote.

use zegel_tests::{
    hostile::Insider,
    world::{PASSPHRASE, World, passphrase},
};
use zegel_vault::{Session, Vault, VaultError, ports::Table};

#[tokio::test]
async fn what_an_earlier_version_wrote_is_said_and_the_card_opens_it_all_anew() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    let keys = Insider::of(&iris.store, PASSPHRASE).await;
    // The last field was not there yet: a shorter array, without it.
    let shorter = |row: &mut Vec<u8>| {
        assert_eq!((row.first(), row.last()), (Some(&0x8d), Some(&0xa0)), "thirteen fields, the last an empty map");
        row[0] = 0x8c;
        row.pop();
    };
    keys.rewrite(&iris.store, Table::Book, &keys.organisation.0, shorter).await;
    let opened = Vault::unlock(world.ports(iris.store.clone()), passphrase()).await;
    assert_eq!(opened.err(), Some(VaultError::EarlierVersion));

    // Nobody else takes it away, and then the card is enough.
    let wrong = "een andere zin dan deze".to_owned().into();
    let refused = Session::sign_out_here(world.ports(iris.store.clone()), wrong).await;
    assert_eq!(refused, Err(VaultError::WrongPassphrase));
    Session::sign_out_here(world.ports(iris.store.clone()), passphrase()).await.unwrap();
    let mut anew = Vault::enrol(world.ports(iris.store), &iris.printed.card, passphrase()).await.unwrap();
    assert_eq!(anew.dossier(&dossier).await.unwrap().items.len(), 2);
}
