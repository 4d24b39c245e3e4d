//! A last day is the same day wherever the browser is, and ends at midnight in the Netherlands.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::{Role, Vault, days};

use crate::keys::{PASSPHRASE, colleague, ports};

/// 2099-08-08, counted from 1970.
const LAST_DAY: u64 = 47_336;

#[tokio::test]
async fn a_last_day_is_the_same_day_on_the_other_side_of_the_world() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;

    let (home, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut sanne = Vault::enrol(ports(home.path(), &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
    let dossier = sanne.new_dossier("Bram IJsselstein").await?;
    drop(colleague(&mut sanne, other.path(), &relay, "Sam Visser", Role::AdvisorVolunteer).await?);

    zone(&browser, "Pacific/Auckland").await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.see("Bram IJsselstein").await?;
    browser.driver().find(By::Css(format!("a[href='/dossiers/{dossier}']"))).await?.click().await?;
    browser.press("Toegang").await?;
    browser.press("Geef een collega toegang").await?;
    browser.choose("Sam Visser").await?;
    // Reads the same whatever comes first, day or month.
    browser.fill("Tot en met", "08082099").await?;
    browser.press("Geef toegang").await?;
    browser.see("tot en met 8 augustus 2099").await?;

    // What a terminal makes of that day, and the relay holds to.
    sanne.sync().await?;
    let readers = sanne.dossier(&dossier).await?.readers;
    let until: Vec<u64> = readers.iter().filter_map(|reader| reader.until).collect();
    ensure!(until == [days::end(LAST_DAY)], "{until:?}");

    for there in ["America/Los_Angeles", "Europe/Amsterdam"] {
        zone(&browser, there).await?;
        browser.press("Tijdlijn").await?;
        browser.press("Toegang").await?;
        browser.see("tot en met 8 augustus 2099").await?;
    }
    browser.quiet().await
}

/// Moves the browser to another time zone.
async fn zone(browser: &Browser, name: &str) -> Result<()> {
    let zone = json!({ "timezoneId": name });
    browser.driver().cdp().send_raw("Emulation.setTimezoneOverride", zone).await?;
    Ok(())
}
