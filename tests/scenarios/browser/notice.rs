//! What a colleague changes shows by itself, and at once.

use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::{Vault, native};

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";

/// The app asks by itself no more often than this.
const EVERY: Duration = Duration::from_secs(20);

#[tokio::test]
async fn changes_made_elsewhere_show_at_once() -> Result<()> {
    let relay = Relay::start()?;
    let (profile, home) = (Profile::new()?, tempfile::tempdir()?);
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.see("Nog geen dossiers").await?;

    // The same person at another machine.
    let ports = native::ports(home.path(), &relay.url())?;
    let mut elsewhere = Vault::enrol(ports, &card, PASSPHRASE.to_owned().into()).await?;
    let dossier = elsewhere.new_dossier("Marijke 't Hooft").await?;
    browser.see("Marijke 't Hooft").await?;
    let begin = Instant::now();
    for title in ["Marijke Jansen", "Marijke Bakker", "Marijke de Wit", "Marijke Visser"] {
        elsewhere.rename_dossier(&dossier, title).await?;
        browser.see(title).await.context("nobody asked for it")?;
    }
    ensure!(begin.elapsed() < EVERY, "four changes in {:?}: the app asked by itself", begin.elapsed());
    browser.quiet().await
}
