//! A dossier's client on a telephone: what the advisor writes shows at once; passphrase and card are replaced; then on a computer of
//! somebody else. And what stands on the list of work of those who advise.

use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay, Width};
use zegel_vault::{Compared, Role, Vault};

use crate::keys::{PASSPHRASE, colleague, ports};

const NEXT: &str = "een nieuwe zin van zes woorden";
const REPORT: &str = "KANARIE wil graag in de zorg werken";
const ENTER: &str = "\u{e007}";

/// The app asks by itself no more often than this.
const EVERY: Duration = Duration::from_secs(20);

/// An organisation with one dossier: its director in a browser and at a terminal.
struct Office {
    desk: Browser,
    sanne: Vault,
    dossier: String,
    _kept: (Profile, TempDir),
}

impl Office {
    /// By this policy, if one is named.
    async fn of(relay: &Relay, policy: Option<&str>) -> Result<Self> {
        let (profile, home) = (Profile::new()?, tempfile::tempdir()?);
        let desk = Browser::start(&profile).await?;
        desk.open(&relay.url()).await?;
        if let Some(policy) = policy {
            desk.choose(policy).await?;
        }
        let card = desk.set_up(relay, PASSPHRASE).await?;
        let mut sanne = Vault::enrol(ports(home.path(), relay)?, &card, PASSPHRASE.to_owned().into()).await?;
        let dossier = sanne.new_dossier("Marijke Hooft").await?;
        sanne.save_report(&dossier, None, 0, "Eerste gesprek", REPORT, "2026-03-05").await?;
        Ok(Self { desk, sanne, dossier, _kept: (profile, home) })
    }
}

/// Invites the client on the page of the dossier; gives link and code.
async fn invite(browser: &Browser) -> Result<(String, String)> {
    browser.press("Toegang").await?;
    browser.press("Nodig de cliënt uit").await?;
    browser.fill("Naam", "Marijke Hooft").await?;
    browser.press("Maak de uitnodiging").await?;
    browser.see("Beste Marijke Hooft,").await?;
    let link = browser.driver().find(By::Css(".letter .words")).await?.text().await?;
    let code = browser.driver().find_all(By::Css(".copied-text")).await?.get(1).context("a code")?.text().await?;
    Ok((link, code))
}

/// Comes by a letter; gives the key card.
async fn come(browser: &Browser, (link, code): (String, String)) -> Result<String> {
    browser.open(&link).await?;
    browser.fill("De code", &code).await?;
    browser.fill("Je naam", "Marijke").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    browser.press("Doe mee").await?;
    let card = browser.prove_card().await?;
    browser.see("laat je woorden horen").await?;
    Ok(card)
}

#[tokio::test]
async fn a_client_replaces_passphrase_and_card_and_reads_along_at_once() -> Result<()> {
    let relay = Relay::start()?;
    let mut office = Office::of(&relay, None).await?;
    let (desk, sanne, dossier) = (&office.desk, &mut office.sanne, office.dossier.clone());
    desk.open(&format!("{}/dossiers/{dossier}", relay.url())).await?;
    desk.fill("Wachtwoordzin", PASSPHRASE).await?;
    desk.press("Ontgrendel").await?;
    let letter = invite(desk).await?;
    let telephone = Profile::new()?;
    let browser = Browser::start(&telephone).await?;
    browser.resize(Width::Phone).await?;
    let card = come(&browser, letter).await?;
    let words = browser.driver().find(By::Css(".words")).await?.text().await?.replace(" · ", " ");
    sanne.sync().await?;
    let parties = sanne.parties(&dossier).await?;
    sanne.admit_party(&dossier, &parties[0].person, &words, Compared::ByVoice).await?;
    browser.see(REPORT).await?;

    // The first call of a page that was just opened may have to wait for its line.
    sanne.save_report(&dossier, None, 0, "Eerste bericht", "hallo", "2026-03-06").await?;
    browser.see("Eerste bericht").await?;
    let begin = Instant::now();
    for title in ["Tweede bericht", "Derde bericht", "Vierde bericht", "Vijfde bericht"] {
        sanne.save_report(&dossier, None, 0, title, "gezien", "2026-03-06").await?;
        browser.see(title).await.context("nobody asked for it")?;
    }
    ensure!(begin.elapsed() < EVERY, "four reports in {:?}: the app asked by itself", begin.elapsed());

    browser.accessible().await?;
    browser.pictures("client-keys").await?;
    browser.resize(Width::Phone).await?;
    browser.tab_to("Maak een nieuwe sleutelkaart").await?;
    browser.screenshot("client-ways-in-phone").await?;
    browser.resize(Width::Desk).await?;
    browser.screenshot("client-ways-in-desk").await?;
    browser.resize(Width::Phone).await?;
    browser.tab_to("Verander je wachtwoordzin").await?;
    browser.keys(ENTER).await?;
    browser.see("Nieuwe wachtwoordzin").await?;
    browser.tab_to("Wachtwoordzin tot nu toe").await?;
    browser.keys(PASSPHRASE).await?;
    browser.tab_to("Nieuwe wachtwoordzin").await?;
    browser.keys(NEXT).await?;
    browser.tab_to("Nog een keer je wachtwoordzin").await?;
    browser.keys(NEXT).await?;
    browser.accessible().await?;
    browser.pictures("client-passphrase").await?;
    browser.keys(ENTER).await?;
    browser.see("Je wachtwoordzin is veranderd.").await?;
    browser.see(REPORT).await?;
    browser.press("Vergrendel nu").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Deze wachtwoordzin opent de kluis niet").await?;
    browser.fill("Wachtwoordzin", NEXT).await?;
    browser.press("Ontgrendel").await?;
    browser.see(REPORT).await?;

    browser.press("Maak een nieuwe sleutelkaart").await?;
    browser.fill("Wachtwoordzin", NEXT).await?;
    browser.press("Maak de kaart").await?;
    browser.see("Controleer de kaart").await?;
    browser.accessible().await?;
    browser.pictures("client-new-card").await?;
    let made = browser.prove_card().await?;
    ensure!(made != card, "the new card is the old one");
    browser.fill("Wachtwoordzin", NEXT).await?;
    browser.press("Beëindig de oude kaarten").await?;
    browser.see("Alleen je nieuwe sleutelkaart werkt nog.").await?;
    browser.see("Heeft iemand je wachtwoordzin gezien?").await?;
    browser.press("English").await?;
    browser.see("Did somebody see your passphrase?").await?;
    browser.pictures("client-keys-en").await?;

    // The computer of the library: the new card, and nothing stays.
    let library = Profile::new()?;
    let visit = Browser::start(&library).await?;
    visit.open(&format!("{}/visit", relay.url())).await?;
    visit.see("Na hooguit vijf minuten").await?;
    visit.tab_to("Tekst van je sleutelkaart").await?;
    visit.keys(&made).await?;
    visit.tab_to("Wachtwoordzin").await?;
    visit.keys(NEXT).await?;
    visit.keys(ENTER).await?;
    visit.see("Hier blijft niets bewaard.").await?;
    visit.see(REPORT).await?;
    visit.see("dit bezoek").await?;
    ensure!(!visit.text().await?.contains("Maak een nieuwe sleutelkaart"), "a card on somebody else's machine");
    visit.accessible().await?;
    visit.pictures("client-visit").await?;
    visit.tab_to("Beëindig").await?;
    visit.screenshot("client-visit-devices").await?;
    visit.tab_to("Sluit bezoek af").await?;
    visit.keys(ENTER).await?;
    visit.see("Je bezoek is afgesloten").await?;
    ensure!(!visit.text().await?.contains("KANARIE"), "it is still on the screen");
    visit.quiet().await?;
    browser.see("ended").await?;
    browser.quiet().await
}

#[tokio::test]
async fn who_is_let_in_and_who_invited_a_client_see_it_on_their_first_page() -> Result<()> {
    let relay = Relay::start()?;
    let mut office = Office::of(&relay, Some("Coach en vertrouwenspersoon")).await?;
    let (browser, sanne, dossier) = (&office.desk, &mut office.sanne, office.dossier.clone());
    let home = tempfile::tempdir()?;
    let mut ruben = colleague(sanne, home.path(), &relay, "Ruben Bakker", Role::Director).await?;
    let other = ruben.new_dossier("Bram IJsselstein").await?;
    ruben.save_report(&other, None, 0, "Gesprek", "KANARIE van een ander", "2026-03-05").await?;
    ruben.grant(&other, &sanne.session().person).await?;
    browser.walk_to("Vandaag").await?;
    browser.see("Je bent toegelaten tot Bram IJsselstein").await?;
    browser.see("Door Ruben Bakker.").await?;
    browser.accessible().await?;
    browser.pictures("today-let-in").await?;
    browser.tab_to("Bekijk").await?;
    browser.keys(ENTER).await?;
    browser.see("KANARIE van een ander").await?;
    browser.walk_to("Vandaag").await?;
    browser.see("Wat wacht, en waarom.").await?;
    browser.until("return !document.body.innerText.includes('Je bent toegelaten')").await?;

    // A client who came by her letter, to a dossier of hers.
    browser.open(&format!("{}/dossiers/{dossier}", relay.url())).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    let letter = invite(browser).await?;
    let telephone = Profile::new()?;
    let client = Browser::start(&telephone).await?;
    come(&client, letter).await?;
    browser.walk_to("Vandaag").await?;
    browser.see("Marijke heeft meegedaan met je uitnodiging voor Marijke Hooft").await?;
    browser.accessible().await?;
    browser.pictures("today-came").await?;
    browser.tab_to("Vergelijk de woorden").await?;
    browser.keys(ENTER).await?;
    browser.see("laat toe").await?;
    browser.quiet().await
}

#[tokio::test]
async fn a_client_whose_access_ended_takes_away_what_is_left_of_them() -> Result<()> {
    let relay = Relay::start()?;
    let mut office = Office::of(&relay, None).await?;
    let (desk, sanne, dossier) = (&office.desk, &mut office.sanne, office.dossier.clone());
    desk.open(&format!("{}/dossiers/{dossier}", relay.url())).await?;
    desk.fill("Wachtwoordzin", PASSPHRASE).await?;
    desk.press("Ontgrendel").await?;
    let letter = invite(desk).await?;
    let telephone = Profile::new()?;
    let browser = Browser::start(&telephone).await?;
    come(&browser, letter).await?;
    let words = browser.driver().find(By::Css(".words")).await?.text().await?.replace(" · ", " ");
    sanne.sync().await?;
    let person = sanne.parties(&dossier).await?[0].person.clone();
    sanne.admit_party(&dossier, &person, &words, Compared::ByVoice).await?;
    browser.see(REPORT).await?;

    // While it is open: nothing of the dossier stays, and there is a way out.
    sanne.end_access(&dossier, &person).await?;
    browser.see("De toegang is ingetrokken").await?;
    ensure!(!browser.text().await?.contains("KANARIE"), "it is still on the screen");
    browser.see("Afmelden op dit apparaat").await?;
    browser.accessible().await?;
    browser.pictures("client-over-open").await?;

    // After a reload, by keyboard; a wrong passphrase removes nothing.
    browser.open(&relay.url()).await?;
    browser.tab_to("Wachtwoordzin").await?;
    browser.keys(&format!("{PASSPHRASE}{ENTER}")).await?;
    browser.see("De toegang is ingetrokken").await?;
    browser.accessible().await?;
    browser.pictures("client-over-unlock").await?;
    browser.tab_to("Afmelden op dit apparaat").await?;
    browser.keys(ENTER).await?;
    browser.see("Jouw kluis wordt van dit apparaat gewist").await?;
    browser.accessible().await?;
    browser.pictures("client-over-sign-out").await?;
    browser.press("English").await?;
    browser.see("Wipe this device").await?;
    browser.pictures("client-over-sign-out-en").await?;
    browser.press("Nederlands").await?;
    browser.fill("Wachtwoordzin", NEXT).await?;
    browser.press("Wis dit apparaat").await?;
    browser.see("Deze wachtwoordzin opent de kluis niet").await?;
    browser.tab_to("Wachtwoordzin").await?;
    browser.keys(&format!("{PASSPHRASE}{ENTER}")).await?;
    browser.see("Tekst van je sleutelkaart").await?;
    let left = "return indexedDB.databases().then((all) => all.length === 0 && !localStorage['zegel.people'])";
    browser.until(left).await?;
    browser.quiet().await
}
