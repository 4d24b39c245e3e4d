//! The page goes from one program to the other and back: what was being written, the address, the language and the way back are
//! all still there, and the keys are in one tab.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";

#[tokio::test]
async fn another_tab_takes_the_vault_and_what_was_being_written_is_kept() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    dossier(&browser).await?;
    browser.press("Verslagen").await?;
    browser.press("Nieuw verslag").await?;
    browser.fill("Onderwerp", "Eerste gesprek").await?;
    browser.fill("Verslag", "Wat er nog niet stond").await?;

    // Before the pause after which words are kept.
    let first = browser.driver().window().await?;
    let second = browser.driver().new_tab().await?;
    browser.driver().switch_to_window(second.clone()).await?;
    browser.open(&relay.url()).await?;
    browser.see("Zegel is al open in een ander tabblad").await?;
    browser.accessible().await?;
    browser.press("Ga hier verder").await?;
    open(&browser).await?;
    browser.see("Concept in Marijke").await?;

    // The first has none of it any more, and takes it back the same way, at the address where it was.
    browser.driver().switch_to_window(first).await?;
    browser.see("Zegel is al open in een ander tabblad").await?;
    ensure!(!browser.text().await?.contains("Wat er nog niet stond"), "what was written is still shown");
    browser.press("Ga hier verder").await?;
    open(&browser).await?;
    browser.see("Dit is het concept dat je eerder begon").await?;
    browser.driver().switch_to_window(second).await?;
    browser.see("Zegel is al open in een ander tabblad").await?;
    browser.quiet().await
}

#[tokio::test]
async fn address_language_and_the_way_back_outlast_a_lock() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    dossier(&browser).await?;
    browser.press("Verslagen").await?;
    browser.see("Nieuw verslag").await?;
    ensure!(browser.driver().title().await?.ends_with(" · Zegel"), "the tab has no title");
    for time in 0..3 {
        browser.press("Vergrendel nu").await?;
        browser.see("De kluis op dit apparaat is op slot").await?;
        let title = browser.driver().title().await?;
        ensure!(!title.contains("Marijke") && title.ends_with(" · Zegel"), "lock {time}: the tab is called {title}");
        let focus = "return document.activeElement.id === 'passphrase'";
        browser.until(focus).await?;
        if time == 1 {
            browser.press("English").await?;
            browser.fill("Passphrase", PASSPHRASE).await?;
            browser.press("Unlock").await?;
            browser.see("New report").await?;
            browser.press("Lock now").await?;
            browser.press("Nederlands").await?;
        }
        open(&browser).await?;
        browser.see("Nieuw verslag").await?;
        browser.until("return document.activeElement.tagName === 'H1'").await?;
    }
    browser.driver().back().await?;
    browser.see("Tijdlijn").await?;
    browser.until("return !location.pathname.endsWith('reports')").await?;
    browser.driver().forward().await?;
    browser.see("Nieuw verslag").await?;
    browser.quiet().await
}

async fn dossier(browser: &Browser) -> Result<()> {
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.press("Nieuw dossier").await?;
    browser.fill("Naam van de deelnemer", "Marijke").await?;
    browser.press("Maak het dossier").await?;
    browser.see("Tijdlijn").await
}

async fn open(browser: &Browser) -> Result<()> {
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await
}
