//! A passkey in a real browser, with Chromium's own authenticator: it is set up, unlocks, and fails in every way it can; the
//! passphrase opens the vault all the while.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};

use crate::keys::{PASSPHRASE, english, keys};

const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn a_passkey_unlocks_and_the_passphrase_always_does() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    let computer = browser.authenticator(true).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;

    // By keyboard alone. A wrong passphrase makes no passkey.
    keys(&browser).await?;
    browser.tab_to("Maak een passkey").await?;
    browser.keys(ENTER).await?;
    browser.see("Je wachtwoordzin blijft altijd werken.").await?;
    browser.accessible().await?;
    browser.pictures("passkey-new").await?;
    browser.tab_to("Wachtwoordzin").await?;
    browser.keys("iets heel anders dan dat").await?;
    browser.keys(ENTER).await?;
    browser.see("Deze wachtwoordzin opent de kluis niet").await?;
    ensure!(computer.passkeys().await? == 0, "a passkey that opens nothing");
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.keys(ENTER).await?;
    browser.see("Je kunt op dit apparaat nu ook met je passkey ontgrendelen.").await?;
    browser.see("met passkey").await?;
    browser.accessible().await?;
    browser.pictures("passkey-keys").await?;
    ensure!(computer.passkeys().await? == 1, "one passkey");

    lock(&browser).await?;
    browser.see("Of met je wachtwoordzin").await?;
    browser.accessible().await?;
    browser.pictures("passkey-unlock").await?;
    browser.tab_to("Ontgrendel met je passkey").await?;
    browser.keys(ENTER).await?;
    browser.see("Passkey").await?;

    // The passkey is gone from the computer: the passphrase opens, and makes another one in its place.
    lock(&browser).await?;
    computer.forget().await?;
    refused(&browser, "staat hij niet meer op dit apparaat").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    remove(&browser).await?;
    browser.press("Maak een passkey").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Maak een passkey").await?;
    browser.see("nu ook met je passkey").await?;
    lock(&browser).await?;
    browser.press("Ontgrendel met je passkey").await?;
    browser.see("Passkey").await?;

    // Somebody else's finger. After that this authenticator wants the screen's code, as real ones do.
    lock(&browser).await?;
    computer.recognises(false).await?;
    refused(&browser, "werd je niet herkend").await?;
    browser.accessible().await?;
    browser.pictures("passkey-not-used").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    remove(&browser).await?;
    computer.remove().await?;
    let older = browser.authenticator(false).await?;
    browser.press("Maak een passkey").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Maak een passkey").await?;
    browser.see("geeft geen sleutel af").await?;
    browser.pictures("passkey-no-secret").await?;
    older.remove().await?;

    lock(&browser).await?;
    ensure!(!browser.text().await?.contains("Ontgrendel met je passkey"), "there is none any more");
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Maak een passkey").await?;
    english(&browser).await?;
    browser.press("Devices and keys").await?;
    browser.press("Make a passkey").await?;
    browser.pictures("passkey-new-en").await?;
    browser.quiet().await
}

#[tokio::test]
async fn an_address_without_a_name_has_no_passkeys() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    let _computer = browser.authenticator(true).await?;
    browser.open(&relay.url().replace("localhost", "127.0.0.1")).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    keys(&browser).await?;
    browser.press("Maak een passkey").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Maak een passkey").await?;
    browser.see("Een passkey werkt alleen op een adres met een naam").await?;
    browser.quiet().await
}

/// Ends the passkey, on the page of devices and keys.
async fn remove(browser: &Browser) -> Result<()> {
    browser.press("Haal de passkey weg").await?;
    browser.see("De passkey van dit apparaat weghalen?").await?;
    browser.pictures("passkey-end").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Haal de passkey weg").await?;
    browser.see("De passkey is weggehaald.").await
}

async fn refused(browser: &Browser, sentence: &str) -> Result<()> {
    browser.press("Ontgrendel met je passkey").await?;
    browser.see(sentence).await
}

/// Locks, from the page of devices and keys.
async fn lock(browser: &Browser) -> Result<()> {
    browser.press("Vergrendel nu").await?;
    browser.driver().query(By::Css("#passphrase")).first().await?;
    browser.see("Welkom terug").await
}
