//! The list of who is authorised, signed: kept in a drawer, and checked by a colleague when somebody asks.

use zegel_tests::world::{MONDAY, World, passphrase};
use zegel_vault::{Vault, VaultError};

#[tokio::test]
async fn a_signed_list_is_checked_by_a_colleague_and_nothing_of_it_can_be_changed() {
    let world = World::new();
    let mut iris = world.director("Iris de Vries").await;
    let mut ruben = world.colleague(&mut iris, "Ruben Bakker", false).await;
    let (dossier, ..) = iris.dossier("Yasemin Öztürk").await;
    iris.vault.grant(&dossier, &ruben.vault.session().person).await.unwrap();
    let text = iris.vault.authorised_statement(Some(&dossier), None).await.unwrap();
    for said in ["Yasemin Öztürk", "Iris de Vries", "Ruben Bakker", "Recovery key", dossier.as_str()] {
        assert!(text.contains(said), "{said} is not in it:\n{text}");
    }

    ruben.vault.sync().await.unwrap();
    let signer = ruben.vault.check_statement(&text).unwrap();
    assert_eq!((signer.name.as_str(), signer.device_ended), ("Iris de Vries", false));
    // As mail and editors hand it on.
    let mailed: String = text.lines().map(|line| format!("{line}  \r\n")).collect();
    assert_eq!(ruben.vault.check_statement(&format!("\n{mailed}\n\n")), Ok(signer));

    let check = |text: &str| ruben.vault.check_statement(text).err();
    let without = |name: &str| text.lines().filter(|line| !line.starts_with(name)).collect::<Vec<_>>().join("\n");
    assert_eq!(check(&without("Ruben Bakker")), Some(VaultError::FalseStatement), "a reader left out");
    assert_eq!(check(&text.replace("core", "medical")), Some(VaultError::FalseStatement));
    assert_eq!(check(&text.replace("\n\n", "\n\nEen ander\n")), Some(VaultError::FalseStatement));
    let [iris_id, ruben_id] = [&iris, &ruben].map(|actor| actor.vault.session().person);
    assert_eq!(check(&text.replace(&iris_id, &ruben_id)), Some(VaultError::FalseStatement), "in another's name");
    assert_eq!(check(text.split("zegel-statement").next().unwrap()), Some(VaultError::NotAStatement));
    assert_eq!(check(""), Some(VaultError::NotAStatement));
    let stranger = World::new().director("Vreemde").await;
    assert_eq!(stranger.vault.check_statement(&text), Err(VaultError::FalseStatement), "of another organisation");

    // Of a day in the past, of all dossiers, and by a device that has ended since.
    let past = iris.vault.authorised_statement(None, Some(MONDAY / 86_400)).await.unwrap();
    assert!(past.contains("Dossiers: 1"), "{past}");
    let (ports, _) = world.device();
    let mut laptop = Vault::enrol(ports, &iris.printed.card, passphrase()).await.unwrap();
    let device = iris.vault.devices().await.unwrap().into_iter().find(|device| device.this).unwrap().id;
    laptop.sync().await.unwrap();
    laptop.revoke_device(&device, &passphrase()).await.unwrap();
    ruben.vault.sync().await.unwrap();
    assert!(ruben.vault.check_statement(&text).unwrap().device_ended);
}
