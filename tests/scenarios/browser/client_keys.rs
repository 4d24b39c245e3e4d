//! A dossier's client on a telephone: what the advisor writes shows at once; passphrase and card are replaced; then on a computer of
//! somebody else. The advisor sits at a terminal.

use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay, Width};
use zegel_vault::{Compared, FirstPolicy, NewOrganisation, NewParty, Vault};

use crate::keys::{PASSPHRASE, ports};

const NEXT: &str = "een nieuwe zin van zes woorden";
const REPORT: &str = "KANARIE wil graag in de zorg werken";
const ENTER: &str = "\u{e007}";

/// The app asks by itself no more often than this.
const EVERY: Duration = Duration::from_secs(20);

/// An organisation at a terminal with one dossier; the dossier's id.
async fn office(relay: &Relay) -> Result<(Vault, TempDir, String)> {
    let home = tempfile::tempdir()?;
    let new = NewOrganisation {
        token: relay.setup_token()?,
        organisation: "Stichting Voorbeeld".to_owned(),
        name: "Sanne de Wit".to_owned(),
        passphrase: PASSPHRASE.to_owned().into(),
        threshold: 2,
        sheets: 3,
        policy: FirstPolicy::default(),
    };
    let (mut sanne, _) = Vault::found(ports(home.path(), relay)?, new).await?;
    let dossier = sanne.new_dossier("Marijke Hooft").await?;
    sanne.save_report(&dossier, None, 0, "Eerste gesprek", REPORT, "2026-03-05").await?;
    Ok((sanne, home, dossier))
}

/// Comes by a letter; gives the key card.
async fn come(sanne: &mut Vault, dossier: &str, browser: &Browser) -> Result<String> {
    let (name, kind) = ("Marijke Hooft".to_owned(), "client".to_owned());
    let letter = sanne.invite_party(dossier, &NewParty { name, kind, parts: Vec::new(), until: None }).await?;
    browser.resize(Width::Phone).await?;
    browser.open(&letter.link).await?;
    browser.fill("De code", &letter.code).await?;
    browser.fill("Je naam", "Marijke Hooft").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    browser.press("Doe mee").await?;
    let card = browser.prove_card().await?;
    browser.see("laat je woorden horen").await?;
    let words = browser.driver().find(By::Css(".words")).await?.text().await?.replace(" · ", " ");
    sanne.sync().await?;
    let came = sanne.work_list().await?.came.into_iter().next().context("she came")?;
    sanne.admit_party(dossier, &came.person, &words, Compared::ByVoice).await?;
    browser.see(REPORT).await?;
    Ok(card)
}

#[tokio::test]
async fn a_client_replaces_passphrase_and_card_and_reads_along_at_once() -> Result<()> {
    let relay = Relay::start()?;
    let (mut sanne, _home, dossier) = office(&relay).await?;
    let telephone = Profile::new()?;
    let browser = Browser::start(&telephone).await?;
    let card = come(&mut sanne, &dossier, &browser).await?;

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
    let (mut sanne, _home, dossier) = office(&relay).await?;
    let desk = Profile::new()?;
    let browser = Browser::start(&desk).await?;
    let invited = sanne.invite("Ruben Bakker", zegel_vault::Role::AdvisorPaid, None).await?;
    browser.open(&invited.link).await?;
    browser.fill("De code", &invited.code).await?;
    browser.fill("Je naam", "Ruben Bakker").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    browser.press("Doe mee").await?;
    browser.prove_card().await?;
    browser.see("laat je woorden horen").await?;
    let words = browser.driver().find(By::Css(".words")).await?.text().await?.replace(" · ", " ");
    sanne.sync().await?;
    let ruben = sanne.work_list().await?.newcomers.into_iter().next().context("he came")?;
    sanne.admit(&ruben.person, &words, Compared::ByVoice).await?;
    browser.press("Dit beloof ik").await?;
    browser.see("Vandaag").await?;
    sanne.sync().await?;
    sanne.grant(&dossier, &ruben.person).await?;
    browser.see("Je bent toegelaten tot Marijke Hooft").await?;
    browser.see("Door Sanne de Wit.").await?;
    browser.accessible().await?;
    browser.pictures("today-let-in").await?;
    browser.tab_to("Bekijk").await?;
    browser.keys(ENTER).await?;
    browser.see(REPORT).await?;
    browser.walk_to("Vandaag").await?;
    browser.see("Niets dat op je wacht").await?;

    // She invites from a page of her own too: a client who came stands on it.
    let other = Profile::new()?;
    let client = Browser::start(&other).await?;
    browser.open(&format!("{}/dossiers/{dossier}", relay.url())).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.press("Toegang").await?;
    browser.press("Nodig de cliënt uit").await?;
    browser.fill("Naam", "Marijke Hooft").await?;
    browser.press("Maak de uitnodiging").await?;
    browser.see("Beste Marijke Hooft,").await?;
    let link = browser.driver().find(By::Css(".letter .words")).await?.text().await?;
    let code = browser.driver().find_all(By::Css(".copied-text")).await?.get(1).context("a code")?.text().await?;
    client.open(&link).await?;
    client.fill("De code", &code).await?;
    client.fill("Je naam", "Marijke").await?;
    client.fill("Wachtwoordzin", PASSPHRASE).await?;
    client.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    client.press("Doe mee").await?;
    client.prove_card().await?;
    client.see("laat je woorden horen").await?;
    browser.walk_to("Vandaag").await?;
    browser.see("Marijke heeft meegedaan met je uitnodiging voor Marijke Hooft").await?;
    browser.accessible().await?;
    browser.pictures("today-came").await?;
    browser.tab_to("Vergelijk de woorden").await?;
    browser.keys(ENTER).await?;
    browser.see("laat toe").await?;
    browser.quiet().await
}
