//! A laptop that is new, and a desk that is known: no key card at hand.

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::By;
use zegel_tests::browser::{Browser, Profile, Relay};

use crate::keys::{PASSPHRASE, keys};

const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn a_known_browser_lets_in_a_new_one() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, bag) = (Profile::new()?, Profile::new()?);
    let browser = Browser::start(&desk).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    let laptop = Browser::start(&bag).await?;
    laptop.open(&relay.url()).await?;
    laptop.press("Ik heb mijn sleutelkaart niet bij me").await?;
    laptop.see("Tekst voor je andere apparaat").await?;
    laptop.see("/let-in#k1.").await?;
    laptop.accessible().await?;
    laptop.pictures("knock").await?;

    // By keyboard, with the text; the first time it is a mistake.
    keys(&browser).await?;
    browser.tab_to("Laat een nieuw apparaat toe").await?;
    browser.keys(ENTER).await?;
    browser.see("Tekst van het nieuwe apparaat").await?;
    browser.accessible().await?;
    browser.pictures("let-in").await?;
    browser.fill("Tekst van het nieuwe apparaat", "https://voorbeeld.nl").await?;
    browser.press("Verder").await?;
    browser.see("Dit is niet de tekst van een nieuw apparaat").await?;
    browser.fill("Tekst van het nieuwe apparaat", &shown(&laptop).await?).await?;
    browser.press("Verder").await?;
    browser.see("Staan op het nieuwe apparaat dezelfde woorden?").await?;
    browser.press("Nee, laat het niet toe").await?;
    browser.see("Er is niets toegelaten.").await?;
    laptop.see("heeft dit apparaat niet toegelaten").await?;
    laptop.pictures("knock-refused").await?;

    // Then as a camera does it: the address itself is opened, and the vault unlocked there.
    laptop.press("Begin opnieuw").await?;
    laptop.see("Tekst voor je andere apparaat").await?;
    browser.open("about:blank").await?;
    browser.open(&shown(&laptop).await?).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Heb je de QR-code gescand?").await?;
    browser.press("Verder").await?;
    browser.see("Staan op het nieuwe apparaat dezelfde woorden?").await?;
    browser.accessible().await?;
    browser.pictures("let-in-words").await?;
    laptop.see("Staan op je andere apparaat dezelfde woorden?").await?;
    laptop.accessible().await?;
    laptop.pictures("knock-words").await?;
    let words = |text: String| text.lines().find(|line| line.matches(" · ").count() == 5).map(str::to_owned);
    let same = words(browser.text().await?).context("six words on the desk")?;
    ensure!(words(laptop.text().await?) == Some(same), "both show the same words");
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("De woorden zijn gelijk, laat het toe").await?;
    browser.see("Het nieuwe apparaat is toegelaten.").await?;
    laptop.see("Je andere apparaat heeft dit apparaat toegelaten.").await?;
    laptop.accessible().await?;
    laptop.pictures("knock-enter").await?;
    laptop.fill("Wachtwoordzin", "iets heel anders dan dat").await?;
    laptop.press("Ontgrendel").await?;
    laptop.see("Deze wachtwoordzin opent de kluis niet").await?;
    laptop.fill("Wachtwoordzin", PASSPHRASE).await?;
    laptop.keys(ENTER).await?;
    keys(&laptop).await?;
    laptop.until("return document.querySelectorAll('.keys .list > li').length === 2").await?;

    browser.quiet().await?;
    laptop.quiet().await
}

/// The address that the new device shows.
async fn shown(laptop: &Browser) -> Result<String> {
    Ok(laptop.driver().find(By::Css(".copied-text")).await?.text().await?)
}
