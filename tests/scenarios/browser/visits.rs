//! A computer of somebody else: a report and a document are read on it, by keyboard, and after that its disk is searched.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::{
    browser::{Browser, Profile, Relay},
    hostile::Canaries,
};
use zegel_vault::{NewDocument, Vault, ports::Ports};

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";
const TITLE: &str = "Marijke 't Hooft";
const REPORT: &str = "KANARIE-VERSLAG: ze kwam op tijd en had de brief meegenomen";
const TEXT: &str = "KANARIE-STUK: aantekening los, met \u{e9}\u{e9}n streepje";
const TYPED: &str = "KANARIE-CONCEPT: half af";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// A picture of one red pixel.
const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\
    \xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// An organisation, set up in a browser of its own, and a dossier in it from a terminal. Gives the terminal's home and the
/// key card.
async fn office(relay: &Relay) -> Result<(tempfile::TempDir, String)> {
    let (desk, home) = (Profile::new()?, tempfile::tempdir()?);
    let browser = Browser::start(&desk).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(relay, PASSPHRASE).await?;
    let mut vault = Vault::enrol(ports(&home, relay)?, &card, PASSPHRASE.to_owned().into()).await?;
    vault.name_device("Kantoor").await?;
    let dossier = vault.new_dossier(TITLE).await?;
    vault.save_report(&dossier, None, 0, "Eerste gesprek", REPORT, "2026-03-05").await?;
    let windows: Vec<u8> = TEXT.chars().map(|letter| letter as u8).collect();
    for (name, bytes) in [
        ("los.txt", &windows[..]),
        ("foto.png", PIXEL),
        ("brief.pdf", b"%PDF-1.4 KANARIE-PDF"),
        ("pagina.svg", b"<svg/>"),
    ] {
        let document = NewDocument { name, media_type: "application/octet-stream", folder: "" };
        vault.add_file(&dossier, document, &mut zegel_tests::world::Bytes(bytes.to_vec()), &()).await?;
    }
    vault.sync().await?;
    Ok((home, card))
}

#[tokio::test]
async fn a_visit_leaves_nothing_on_the_computer() -> Result<()> {
    let relay = Relay::start()?;
    let (home, card) = office(&relay).await?;
    let library = Profile::new()?;
    let browser = Browser::start(&library).await?;
    browser.open(&relay.url()).await?;
    browser.press("Deze computer is niet van mij").await?;
    browser.see("Na hooguit vijf minuten").await?;
    browser.accessible().await?;
    browser.pictures("visit").await?;
    browser.press("English").await?;
    browser.see("This computer is not mine").await?;
    browser.pictures("visit-en").await?;
    browser.press("Nederlands").await?;

    // Everything that follows by keyboard, until the address of the report is known.
    browser.tab_to("Tekst van je sleutelkaart").await?;
    browser.keys(&card).await?;
    browser.tab_to("Wachtwoordzin").await?;
    browser.keys(PASSPHRASE).await?;
    browser.keys(ENTER).await?;
    browser.see("Hier blijft niets bewaard.").await?;
    browser.walk_to("Dossiers").await?;
    browser.see(TITLE).await?;
    browser.accessible().await?;
    browser.walk_to(TITLE).await?;
    browser.see("KANARIE-VERSLAG").await?;
    browser.accessible().await?;
    browser.pictures("visit-dossier").await?;
    let dossier = browser.driver().current_url().await?;

    browser.walk_to("Stukken").await?;
    for (name, seen, picture) in [
        ("los.txt", "KANARIE-STUK: aantekening los, met één streepje", "preview-text"),
        ("brief.pdf", "Alleen tekst en afbeeldingen", "preview-none"),
        ("pagina.svg", "<svg/>", "preview-svg"),
    ] {
        browser.tab_to_named(&format!("Bekijk: {name}")).await?;
        browser.keys(ENTER).await?;
        browser.see(seen).await?;
        browser.accessible().await?;
        browser.pictures(picture).await?;
        browser.keys(ESCAPE).await?;
    }
    browser.tab_to_named("Bekijk: foto.png").await?;
    browser.keys(ENTER).await?;
    let drawn = "const i = document.querySelector('.preview img'); return !!i && i.complete && i.naturalWidth === 1";
    browser.until(drawn).await?;
    browser.pictures("preview-picture").await?;
    browser.keys(ESCAPE).await?;
    browser.tab_to_named("Download: brief.pdf").await?;
    browser.keys(ENTER).await?;
    browser.see("blijft op deze computer staan").await?;
    browser.accessible().await?;
    browser.pictures("visit-download").await?;
    browser.press("Annuleren").await?;

    // The list of devices says what this is, and asks for no new card here.
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.see("Dit bezoek staat daarna als beëindigd").await?;
    browser.pictures("visit-settings").await?;
    browser.press("Apparaten en sleutels").await?;
    browser.see("dit bezoek").await?;
    browser.see("Bezoek, Chrome op Linux").await?;
    browser.accessible().await?;
    browser.pictures("visit-keys").await?;
    ensure!(!browser.text().await?.contains("Maak een nieuwe sleutelkaart"), "a card on somebody else's machine");

    // Words that are in no dossier yet hold the end back, once.
    browser
        .driver()
        .execute(
            "history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'))",
            vec![serde_json::json!(dossier.path())],
        )
        .await?;
    browser.press("Nieuw verslag").await?;
    browser.fill("Onderwerp", "Tweede gesprek").await?;
    browser.fill("Verslag", TYPED).await?;
    browser.see("staat alleen in het geheugen").await?;
    browser.pictures("visit-report").await?;
    browser.press("Sluit bezoek af").await?;
    browser.see("nog niet in een dossier staat").await?;
    browser.accessible().await?;
    browser.pictures("visit-unsaved").await?;
    browser.press("Sluit toch af").await?;
    browser.see("Je bezoek is afgesloten").await?;
    browser.see("Dat is niet bewaard.").await?;
    browser.see("staat bij je apparaten als beëindigd").await?;
    browser.accessible().await?;
    browser.pictures("visit-over").await?;
    browser.quiet().await?;
    nothing_kept(&browser).await?;
    browser.press("Klaar").await?;
    browser.see("Dit apparaat is nieuw voor Zegel").await?;
    nothing_kept(&browser).await?;
    browser.close().await;

    let canaries = Canaries::new()
        .and("title", TITLE)
        .and("report", "KANARIE-VERSLAG")
        .and("document", "KANARIE-STUK")
        .and("PDF", "KANARIE-PDF")
        .and("draft", "KANARIE-CONCEPT")
        .and("passphrase", PASSPHRASE)
        .and("organisation's person", "Sanne de Wit");
    let canaries = card.lines().fold(canaries, |canaries, line| canaries.and("card", line));
    assert_eq!(canaries.found_under(&library.data()), [""; 0], "on the disk of the computer");
    let address = Canaries::new().and("address", format!("{}/visit", relay.url()));
    ensure!(!address.found_under(&library.data()).is_empty(), "the browser wrote nothing that was searched");

    let mut vault = Vault::unlock(ports(&home, &relay)?, PASSPHRASE.to_owned().into()).await?;
    let devices = vault.devices().await?.into_iter();
    let devices: Vec<_> = devices.map(|device| (device.name, device.revoked.is_some())).collect();
    let expected = [("Chrome op Linux", false), ("Kantoor", false), ("Bezoek, Chrome op Linux", true)];
    assert_eq!(devices, expected.map(|(name, ended)| (name.to_owned(), ended)));
    Ok(())
}

#[tokio::test]
async fn a_visit_on_a_computer_with_a_vault_leaves_that_alone() -> Result<()> {
    let mut relay = Relay::start()?;
    let desk = Profile::new()?;
    let browser = Browser::start(&desk).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;
    browser.press("Vergrendel nu").await?;
    browser.press("Deze computer is niet van mij").await?;
    browser.fill("Tekst van je sleutelkaart", &card).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Begin je bezoek").await?;
    browser.see("Hier blijft niets bewaard.").await?;

    // The relay is gone when the visit ends: it ends all the same, and says what is left to do.
    relay.stop()?;
    browser.press("Sluit bezoek af").await?;
    browser.see("staat nog open bij je apparaten").await?;
    relay.restart()?;
    browser.pictures("visit-unheard").await?;
    browser.press("Klaar").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Vandaag").await?;
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.press("Apparaten en sleutels").await?;
    browser.see("bezoek, niet afgesloten").await?;
    browser.pictures("visit-left").await?;
    Ok(())
}

#[tokio::test]
async fn a_visit_that_nobody_touches_ends_by_itself() -> Result<()> {
    let relay = Relay::start()?;
    let (_home, card) = office(&relay).await?;
    let library = Profile::new()?;
    let browser = Browser::start(&library).await?;
    browser.open(&format!("{}/visit", relay.url())).await?;
    browser.fill("Tekst van je sleutelkaart", &card).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Begin je bezoek").await?;
    browser.see("Hier blijft niets bewaard.").await?;
    let later = "const [now, seconds] = [Date.now, arguments[0]]; Date.now = () => now() + seconds * 1000";
    browser.driver().execute(later, vec![serde_json::json!(200)]).await?;
    browser.see("Je bezoek wordt zo afgesloten").await?;
    browser.accessible().await?;
    browser.pictures("visit-idle").await?;
    browser.driver().execute(later, vec![serde_json::json!(101)]).await?;
    browser.see("Je bezoek is afgesloten").await?;
    nothing_kept(&browser).await?;
    browser.quiet().await
}

/// Nothing of the app in what a site may keep.
async fn nothing_kept(browser: &Browser) -> Result<()> {
    let kept = "const done = arguments[arguments.length - 1]; \
                indexedDB.databases().then(async (found) => done([...Object.keys(localStorage), \
                    ...found.map((one) => one.name), ...await caches.keys(), \
                    ...(await navigator.serviceWorker.getRegistrations()).map(() => 'service worker')]))";
    let kept: Vec<String> = browser.driver().execute_async(kept, vec![]).await?.convert()?;
    ensure!(kept.is_empty(), "this was kept: {kept:?}");
    Ok(())
}

fn ports(home: &tempfile::TempDir, relay: &Relay) -> Result<Ports> {
    Ok(zegel_vault::native::ports(home.path(), &relay.url())?)
}
