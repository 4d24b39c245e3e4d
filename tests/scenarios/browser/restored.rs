//! The server's disk broke and a backup was put back: what everybody sees, and a director's word that ends it.

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use thirtyfour::By;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::{Role, Vault};

use crate::keys::{PASSPHRASE, colleague, ports};

/// A director at a browser with a dossier, another device of theirs, and a colleague who reads along.
struct House {
    relay: Relay,
    browser: Browser,
    sanne: Vault,
    sam: Vault,
    dossier: String,
    _kept: (Profile, TempDir, TempDir),
}

impl House {
    async fn new() -> Result<Self> {
        let relay = Relay::start()?;
        let profile = Profile::new()?;
        let browser = Browser::start(&profile).await?;
        browser.open(&relay.url()).await?;
        let card = browser.set_up(&relay, PASSPHRASE).await?;
        let (home, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let mut sanne = Vault::enrol(ports(home.path(), &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
        let mut sam = colleague(&mut sanne, other.path(), &relay, "Sam Visser", Role::AdvisorPaid).await?;
        sanne.sync().await?;
        let dossier = sanne.new_dossier("Bram IJsselstein").await?;
        sanne.grant(&dossier, &sam.session().person).await.context("a grant")?;
        sam.sync().await?;
        Ok(Self { relay, browser, sanne, sam, dossier, _kept: (profile, home, other) })
    }

    /// Writes on the other device and looks at it in the browser, which is locked then.
    async fn write(&mut self, title: &str) -> Result<()> {
        self.sanne.save_report(&self.dossier, None, 0, title, "na de reservekopie", "2026-03-05").await?;
        self.browser.open(&format!("{}/dossiers/{}", self.relay.url(), self.dossier)).await?;
        self.unlock().await?;
        self.browser.see(title).await?;
        self.browser.press("Vergrendel nu").await
    }

    async fn unlock(&self) -> Result<()> {
        self.browser.fill("Wachtwoordzin", PASSPHRASE).await?;
        self.browser.press("Ontgrendel").await
    }
}

#[tokio::test]
async fn a_director_confirms_that_the_server_was_put_back() -> Result<()> {
    let mut house = House::new().await?;
    let backup = house.relay.back_up()?;
    house.write("Na de reservekopie").await?;
    house.relay.restore(&backup)?;
    house.unlock().await?;
    let browser = &house.browser;
    browser.see("De server is teruggezet naar").await?;
    browser.accessible().await?;
    browser.pictures("restored-banner").await?;
    browser.walk_to("Bekijk hoe de server ervoor staat").await?;
    browser.see("De server staat weer zoals op").await?;
    ensure!(!browser.text().await?.contains("Dit mist de server nog"), "this device handed it back");
    browser.accessible().await?;
    browser.pictures("restored").await?;
    browser.walk_to("Bevestig en laat iedereen weer toe").await?;
    browser.see("De server is niet teruggezet, of dat is al bevestigd.").await?;
    browser.see("Eerder bevestigd").await?;
    browser.until("return !document.body.innerText.includes('Wie een link kreeg, kan nu niets openen')").await?;
    browser.pictures("restored-confirmed").await?;

    house.sam.sync().await?;
    let items = house.sam.dossier(&house.dossier).await?.items;
    ensure!(items.iter().any(|item| item.title == "Na de reservekopie"), "{items:?}");
    house.browser.quiet().await
}

#[tokio::test]
async fn what_does_not_come_back_is_given_up() -> Result<()> {
    let mut house = House::new().await?;
    let backup = house.relay.back_up()?;
    house.write("In de ene geschiedenis").await?;
    house.write("En verder daarin").await?;
    house.relay.restore(&backup)?;
    house.sam.sync().await?;
    house.sam.save_report(&house.dossier, None, 0, "In de andere", "intussen", "2026-03-05").await?;
    house.unlock().await?;
    let browser = &house.browser;
    browser.see("De server toont twee verschillende geschiedenissen").await?;
    browser.press("Instellingen").await?;
    browser.choose("English").await?;
    browser.walk_to("See how the server stands").await?;
    browser.see("The server stands as it did on").await?;
    browser.accessible().await?;
    browser.pictures("restored-lost-english").await?;
    browser.driver().back().await?;
    browser.choose("Nederlands").await?;
    browser.walk_to("Bekijk hoe de server ervoor staat").await?;
    browser.see("Dit mist de server nog").await?;
    browser.pictures("restored-lost").await?;
    browser.walk_to("Geef op wat ontbreekt en laat iedereen weer toe").await?;
    browser.see("Eerder bevestigd").await?;
    // Nobody's signature makes one history of two: what was written here is still there to copy.
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.see("Bram IJsselstein").await?;
    browser.driver().find(By::Css(format!("a[href='/dossiers/{}']", house.dossier))).await?.click().await?;
    browser.see("En verder daarin").await?;
    browser.quiet().await
}
