//! A colleague stands in: chosen terms, what the list says of them, and the end of it.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::{Role, Vault};

use crate::keys::{PASSPHRASE, colleague, ports};

#[tokio::test]
async fn a_colleague_stands_in_until_a_day() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;

    // From a terminal: a dossier with two reports, and a colleague who signed the pledge.
    let (home, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut sanne = Vault::enrol(ports(home.path(), &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
    let dossier = sanne.new_dossier("Bram IJsselstein").await?;
    for (title, text) in [("Intake", "KANARIE schulden"), ("Afspraken", "dinsdag bellen")] {
        sanne.save_report(&dossier, None, 0, title, text, "2026-03-05").await?;
    }
    let mut sam = colleague(&mut sanne, other.path(), &relay, "Sam Visser", Role::AdvisorVolunteer).await?;
    drop(sanne.lock());

    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.see("Bram IJsselstein").await?;
    browser.driver().find(By::Css(format!("a[href='/dossiers/{dossier}']"))).await?.click().await?;
    browser.press("Toegang").await?;
    browser.press("Geef een collega toegang").await?;
    browser.choose("Sam Visser").await?;
    browser.choose("Alleen wat er vanaf nu bij komt").await?;
    browser.choose("Afspraken").await?;
    // Half a date is no date, and no reason to give access for good.
    browser.fill("Tot en met", "12").await?;
    browser.press("Geef toegang").await?;
    browser.see("Deze datum is niet compleet.").await?;
    // Reads the same whatever comes first, day or month.
    browser.fill("Tot en met", "12122099").await?;
    browser.accessible().await?;
    browser.pictures("access-terms").await?;
    browser.press("Geef toegang").await?;
    browser.see("van wat er al stond alleen wat gekozen is; tot en met 12 december 2099").await?;
    browser.accessible().await?;
    browser.pictures("access-list").await?;

    browser.press("Wie is of was bevoegd, om af te drukken").await?;
    browser.see("de herstelvellen").await?;
    browser.accessible().await?;
    browser.pictures("authorised").await?;
    browser.driver().back().await?;

    sam.sync().await?;
    let items = sam.dossier(&dossier).await?.items;
    ensure!(items.iter().map(|item| item.title.as_str()).eq(["Afspraken"]), "{items:?}");
    drop(sam.lock());

    browser.press("Beëindig de toegang van Sam Visser").await?;
    browser.see("Wie blijft, krijgt nieuwe sleutels.").await?;
    browser.accessible().await?;
    browser.pictures("access-end").await?;
    browser.press("Beëindig de toegang van Sam Visser").await?;
    browser.see("Sam Visser kan het dossier niet meer openen.").await?;
    let again = Vault::unlock(ports(other.path(), &relay)?, PASSPHRASE.to_owned().into()).await?;
    ensure!(again.dossiers().is_empty(), "the dossier is still on the shelf");
    browser.quiet().await
}
