//! A coach writes something for herself, and later puts it in the dossier after all.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};

use crate::keys::PASSPHRASE;

const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn own_notes_stand_beside_the_reports() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.choose("Coach en vertrouwenspersoon").await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.press("Nieuw dossier").await?;
    browser.fill("Naam van de deelnemer", "Bram IJsselstein").await?;
    browser.press("Maak het dossier").await?;
    browser.press("Verslagen").await?;
    browser.see("Alleen jij kunt deze lezen").await?;
    browser.tab_to("Bewaar de aantekening").await?;
    browser.keys(ENTER).await?;
    browser.see("Schrijf eerst iets op.").await?;
    browser.fill("Nieuwe aantekening", "KANARIE vermoedt zelf de ploegendienst").await?;
    browser.press("Bewaar de aantekening").await?;
    browser.see("De aantekening is bewaard.").await?;
    browser.see("KANARIE vermoedt zelf de ploegendienst").await?;
    browser.accessible().await?;
    browser.pictures("own-notes").await?;

    browser.tab_to("Zet in het dossier").await?;
    browser.keys(ENTER).await?;
    browser.see("Een kopie met datum staat als verslag in het dossier.").await?;
    browser.see("Uit een eigen aantekening").await?;
    browser.press("Verwijder").await?;
    browser.see("De aantekening is verwijderd.").await?;
    ensure!(!browser.text().await?.contains("Zet in het dossier"), "the note is still there");

    // What was typed and not kept waits, over a lock; once kept it waits no more.
    browser.fill("Nieuwe aantekening", "KANARIE half af").await?;
    browser.press("Vergrendel nu").await?;
    for _ in 0..2 {
        browser.fill("Wachtwoordzin", PASSPHRASE).await?;
        browser.press("Ontgrendel").await?;
        browser.see("Concept verzegeld bewaard op dit apparaat").await?;
        let typed = browser.driver().find(By::Id("own-note")).await?.value().await?;
        ensure!(typed.as_deref() == Some("KANARIE half af"), "{typed:?}");
        browser.pictures("own-note-waits").await?;
        browser.press("Vergrendel nu").await?;
    }
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Concept verzegeld bewaard op dit apparaat").await?;
    browser.press("Bewaar de aantekening").await?;
    browser.see("De aantekening is bewaard.").await?;
    let typed = browser.driver().find(By::Id("own-note")).await?.value().await?;
    ensure!(typed.as_deref().is_none_or(str::is_empty), "{typed:?}");
    browser.quiet().await
}
