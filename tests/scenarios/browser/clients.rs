//! From a printed letter to reading on a telephone: a dossier's client, in two browsers. Then the telephone is lost.

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay, Width};

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";
const REPORT: &str = "Ze wil graag in de zorg werken.";
const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn from_a_printed_letter_to_reading_on_a_telephone() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, telephone) = (Profile::new()?, Profile::new()?);
    let sanne = Browser::start(&desk).await?;
    sanne.open(&relay.url()).await?;
    sanne.set_up(&relay, PASSPHRASE).await?;
    dossier(&sanne).await?;

    sanne.press("Toegang").await?;
    sanne.tab_to("Nodig de cliënt uit").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Wie je uitnodigt, leest dit dossier met eigen sleutels").await?;
    sanne.press("Maak de uitnodiging").await?;
    sanne.see("Vul een naam in.").await?;
    sanne.accessible().await?;
    sanne.pictures("client-invite").await?;
    sanne.fill("Naam", "Marijke Hooft").await?;
    sanne.tab_to("Maak de uitnodiging").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Sanne de Wit nodigt je uit om het dossier te lezen").await?;
    sanne.accessible().await?;
    sanne.pictures("client-letter").await?;
    let paper = sanne.driver().find(By::Css(".letter")).await?;
    let link = paper.find(By::Css(".words")).await?.text().await?;
    let code = sanne.driver().find_all(By::Css(".copied-text")).await?.get(1).context("a code")?.text().await?;
    ensure!(!sanne.on_paper("client-letter").await?.contains(&code), "the code is on the paper of the letter");

    // On a telephone from here on.
    let marijke = Browser::start(&telephone).await?;
    marijke.resize(Width::Phone).await?;
    marijke.open(&link).await?;
    marijke.fill("De code", &code).await?;
    marijke.fill("Je naam", "Marijke Hooft").await?;
    marijke.fill("Wachtwoordzin", PASSPHRASE).await?;
    marijke.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    marijke.press("Doe mee").await?;
    let card = marijke.prove_card().await?;
    marijke.see("laat je woorden horen").await?;
    marijke.see("We wachten op degene die je uitnodigde.").await?;
    let words = marijke.driver().find(By::Css(".words")).await?.text().await?;

    sanne.press("Naar het dossier").await?;
    sanne.see("Heeft meegedaan. Vergelijk nu de woorden.").await?;
    sanne.accessible().await?;
    sanne.pictures("client-came").await?;
    admit(&sanne, &words).await?;
    sanne.see("leest: gesprekken en plannen, werk en opleiding, brieven en e-mail").await?;
    sanne.see("Nog door niemand anders gecontroleerd dan door Sanne de Wit").await?;
    sanne.accessible().await?;
    sanne.pictures("client-reads").await?;

    reads(&marijke).await?;
    marijke.see("Er is niets gedeeld met anderen.").await?;
    marijke.accessible().await?;
    marijke.pictures("portal").await?;
    marijke.press("English").await?;
    marijke.see("Who can read this?").await?;
    marijke.pictures("portal-english").await?;
    marijke.fill("On this day", "01012020").await?;
    marijke.see("On that day nobody could read this yet.").await?;
    marijke.accessible().await?;
    marijke.pictures("portal-day").await?;
    marijke.press("Nederlands").await?;
    marijke.resize(Width::Phone).await?;
    marijke.tab_to("Vergrendel nu").await?;
    marijke.keys(ENTER).await?;
    marijke.fill("Wachtwoordzin", PASSPHRASE).await?;
    marijke.press("Ontgrendel").await?;
    reads(&marijke).await?;
    ensure!(!card.is_empty(), "a card was printed");

    // The telephone is lost, the card and the words with it: a new letter, new words, and she reads on.
    sanne.tab_to("Bekijk").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Alles kwijt?").await?;
    sanne.accessible().await?;
    sanne.pictures("client-lost").await?;
    sanne.press("Maak een nieuwe brief").await?;
    sanne.see("Beste Marijke Hooft,").await?;
    let link = sanne.driver().find(By::Css(".letter .words")).await?.text().await?;
    let code = sanne.driver().find_all(By::Css(".copied-text")).await?.get(1).context("a code")?.text().await?;
    let another = Profile::new()?;
    let anew = Browser::start(&another).await?;
    anew.resize(Width::Phone).await?;
    anew.open(&link).await?;
    anew.fill("De code", &code).await?;
    anew.fill("Je naam", "Marijke Hooft").await?;
    anew.fill("Wachtwoordzin", PASSPHRASE).await?;
    anew.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    anew.press("Doe mee").await?;
    anew.prove_card().await?;
    anew.see("laat je woorden horen").await?;
    let words = anew.driver().find(By::Css(".words")).await?.text().await?;
    sanne.press("Naar het dossier").await?;
    sanne.see("Heeft meegedaan. Vergelijk nu de woorden.").await?;
    admit(&sanne, &words).await?;
    sanne.see("Nieuwe sleutels; de oude waren kwijt.").await?;
    sanne.see("leest niet meer").await?;
    reads(&anew).await?;
    for browser in [&sanne, &anew] {
        browser.quiet().await?;
    }
    Ok(())
}

/// Compares the words of whoever came, and lets them in.
async fn admit(browser: &Browser, words: &str) -> Result<()> {
    browser.tab_to("Vergelijk de woorden").await?;
    browser.keys(ENTER).await?;
    browser.see(words).await?;
    browser.tab_to("De woorden kloppen, laat toe").await?;
    browser.keys(ENTER).await?;
    browser.see("Marijke Hooft kan het dossier nu lezen.").await
}

/// What a client reads.
async fn reads(browser: &Browser) -> Result<()> {
    browser.see(REPORT).await?;
    browser.see("Wie kan dit lezen?").await?;
    browser.see("Sanne de Wit").await?;
    browser.see("Directeur").await
}

/// A dossier with a report in it.
async fn dossier(browser: &Browser) -> Result<()> {
    browser.see("Collega’s").await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.press("Nieuw dossier").await?;
    browser.fill("Naam van de deelnemer", "Marijke Hooft").await?;
    browser.press("Maak het dossier").await?;
    browser.press("Verslagen").await?;
    browser.press("Nieuw verslag").await?;
    browser.fill("Onderwerp", "Eerste gesprek").await?;
    browser.fill("Verslag", REPORT).await?;
    browser.press("Sla op in het dossier").await?;
    browser.see("Het verslag is verzegeld en opgeslagen.").await
}
