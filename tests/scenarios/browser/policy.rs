//! The policy in the app: chosen at set-up, shown, and acted on: the pledge before the work, and the lock that comes by
//! itself.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay, Width};
use zegel_vault::Vault;

const SOON: Duration = Duration::from_secs(30);
const OFTEN: Duration = Duration::from_millis(50);
const PASSPHRASE: &str = "vier gewone woorden achter elkaar";

#[tokio::test]
async fn a_policy_is_chosen_at_set_up_and_a_vault_that_nobody_is_at_locks() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.see("Wat past bij je organisatie?").await?;
    browser.pictures("set-up").await?;
    browser.choose("Coach en vertrouwenspersoon").await?;
    browser.set_up(&relay, PASSPHRASE).await?;

    // What was chosen is what holds.
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.see("Je hebt haar getekend").await?;
    browser.press("Het reglement, versie 1").await?;
    browser.see("[dossiers.confidant]").await?;
    browser.pictures("policy").await?;
    browser.accessible().await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.press("Nieuw dossier").await?;
    browser.see("Soort dossier").await?;
    browser.pictures("new-dossier-types").await?;
    browser.fill("Naam van de deelnemer", "Bram IJsselstein").await?;
    browser.press("Maak het dossier").await?;
    browser.press("Nieuw verslag").await?;
    browser.fill("Onderwerp", "Eerste gesprek").await?;

    // Nine minutes go by; the lock comes after ten.
    for width in [Width::Phone, Width::Desk] {
        browser.resize(width).await?;
        browser.driver().execute(PASS, vec![(9 * 60).into()]).await?;
        browser.driver().query(By::Css("dialog[open] #idle")).wait(SOON, OFTEN).first().await?;
        browser.screenshot(&format!("idle-{width:?}").to_lowercase()).await?;
        browser.accessible().await?;
        browser.press("Ik ben er nog").await?;
    }
    browser.fill("Onderwerp", "Eerste gesprek, en verder").await?;
    browser.driver().execute(PASS, vec![(11 * 60).into()]).await?;
    browser.see("Ontgrendel").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    let title = By::XPath("//label[starts-with(normalize-space(), 'Onderwerp')]");
    let title = browser.driver().query(title).first().await?.to_json()?;
    let kept = browser.driver().execute("return arguments[0].control.value", vec![title]).await?;
    ensure!(kept.convert::<String>()? == "Eerste gesprek, en verder", "what was being written was lost");
    browser.quiet().await
}

#[tokio::test]
async fn a_pledge_is_read_and_signed_before_the_work() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;

    // The director sets another pledge, from a terminal.
    let folder = tempfile::tempdir()?;
    let ports = zegel_vault::native::ports(folder.path(), &relay.url()).ok().context("ports")?;
    let mut vault = Vault::enrol(ports, &card, PASSPHRASE.to_owned().into()).await?;
    let text = vault.policy_view()?.text;
    let (top, pledge) = text.split_once("[pledge]").context("a pledge")?;
    let pledge = pledge.replacen("version = 1", "version = 2", 1);
    vault.set_policy(&format!("{}[pledge]{pledge}", top.replacen("version = 1", "version = 2", 1))).await?;
    drop(vault.lock());

    browser.driver().refresh().await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Dit beloof ik").await?;
    // Nobody is at it: what stands before the work locks as well.
    browser.driver().execute(PASS, vec![(31 * 60).into()]).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Dit beloof ik").await?;
    browser.pictures("pledge").await?;
    browser.accessible().await?;
    browser.press("Later").await?;
    browser.see("Vandaag").await?;
    browser.driver().find(By::Css("a[href='/colleagues']")).await?.click().await?;
    browser.see("Moet de geheimhoudingsverklaring nog tekenen").await?;
    browser.pictures("colleagues-unsigned").await?;
    browser.press("Nodig een collega uit").await?;
    browser.see("Vrijwillig adviseur").await?;
    browser.pictures("invite-roles").await?;
    browser.accessible().await?;
    browser.driver().refresh().await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.press("Dit beloof ik").await?;
    browser.see("Wat wordt je collega?").await?;
    browser.quiet().await
}

/// Lets seconds go by on the page.
const PASS: &str = "const now = Date.now; const more = arguments[0] * 1000; Date.now = () => now() + more;";
