//! A third party makes what was shared theirs, in three browsers: the doctor's, the advisor's and, with the card alone, another one
//! of the doctor's.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay, Width};

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";
/// With a blank at its end, which is part of it.
const OWN: &str = "vijf ganzen in de mist ";
const REPORT: &str = "Ze wil graag in de zorg werken.";
const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn a_doctor_keeps_a_card_and_the_link_opens_nothing_any_more() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, practice, home) = (Profile::new()?, Profile::new()?, Profile::new()?);
    let noor = Browser::start(&desk).await?;
    noor.open(&relay.url()).await?;
    noor.set_up(&relay, PASSPHRASE).await?;
    let (link, code) = shares(&noor).await?;

    let doctor = Browser::start(&practice).await?;
    doctor.resize(Width::Phone).await?;
    opens(&doctor, &link, &code).await?;
    doctor.accessible().await?;
    doctor.pictures("own-offer").await?;
    doctor.tab_to("Lees met een eigen wachtwoordzin").await?;
    doctor.keys(ENTER).await?;
    doctor.fill("Wachtwoordzin", "kort").await?;
    doctor.press("Maak de leeskaart").await?;
    doctor.see("Deze wachtwoordzin is te kort").await?;
    doctor.accessible().await?;
    doctor.pictures("own-ask").await?;
    doctor.fill("Wachtwoordzin", OWN).await?;
    doctor.fill("Nog een keer uw wachtwoordzin", OWN).await?;
    doctor.tab_to("Maak de leeskaart").await?;
    doctor.keys(ENTER).await?;
    doctor.see("Leeskaart van Dokter Jansen").await?;
    doctor.accessible().await?;
    doctor.pictures("own-card").await?;
    let card = doctor.driver().find(By::Css(".paper .words")).await?.text().await?;
    ensure!(doctor.on_paper("own-card").await?.contains("typ uw wachtwoordzin"), "the paper says what it is for");
    let printed = doctor.driver().find(By::Css(".paper .spoken")).await?.text().await?;
    doctor.tab_to("Ik heb de kaart bewaard").await?;
    doctor.keys(ENTER).await?;
    doctor.see("Bel nu Sanne de Wit").await?;
    doctor.accessible().await?;
    doctor.pictures("own-words").await?;
    doctor.press("English").await?;
    doctor.see("Call Sanne de Wit now").await?;
    doctor.pictures("own-words-english").await?;
    doctor.press("Nederlands").await?;
    doctor.see("Bel nu Sanne de Wit").await?;
    let words = doctor.driver().find(By::Css(".words")).await?.text().await?;
    ensure!(printed == words, "the card has the words as well");
    doctor.press("Terug naar de stukken").await?;
    doctor.see(REPORT).await?;
    ensure!(!doctor.text().await?.contains("Lees met een eigen wachtwoordzin"), "there is a card already");
    doctor.press("Toon mijn woorden").await?;
    doctor.see("Bel nu Sanne de Wit").await?;
    ensure!(doctor.text().await?.contains(&words), "the same words again");

    // Somebody else with the link and the code hears that they are late.
    let late = Profile::new()?;
    let thief = Browser::start(&late).await?;
    opens(&thief, &link, &code).await?;
    thief.press("Lees met een eigen wachtwoordzin").await?;
    thief.fill("Wachtwoordzin", PASSPHRASE).await?;
    thief.fill("Nog een keer uw wachtwoordzin", PASSPHRASE).await?;
    thief.press("Maak de leeskaart").await?;
    thief.press("Ik heb de kaart bewaard").await?;
    thief.see("Er maakte al iemand eigen sleutels met deze link.").await?;

    noor.press("Naar de verstrekkingen").await?;
    noor.driver().find(By::Css("a[href='/']")).await?.click().await?;
    noor.see("Dokter Jansen maakte eigen sleutels voor wat je verstrekte uit Marijke Hooft").await?;
    noor.pictures("own-today").await?;
    noor.tab_to("Vergelijk de woorden").await?;
    noor.keys(ENTER).await?;
    noor.see("Gaat Dokter Jansen verder met eigen sleutels?").await?;
    ensure!(noor.text().await?.contains(&words), "the words are those that the doctor sees");
    noor.accessible().await?;
    noor.pictures("own-agree").await?;
    noor.tab_to("De woorden kloppen, stem in").await?;
    noor.keys(ENTER).await?;
    noor.see("Opent met een leeskaart.").await?;
    noor.see("Nog door niemand anders gecontroleerd dan door Sanne de Wit").await?;
    noor.see("gaat verder met eigen sleutels").await?;
    noor.accessible().await?;
    noor.pictures("own-shares").await?;

    // At home, with the card and nothing else.
    let elsewhere = Browser::start(&home).await?;
    elsewhere.open(&card).await?;
    elsewhere.fill("Wachtwoordzin", "iets heel anders").await?;
    elsewhere.press("Open").await?;
    elsewhere.see("Deze wachtwoordzin opent deze leeskaart niet").await?;
    elsewhere.accessible().await?;
    elsewhere.pictures("own-open").await?;
    elsewhere.fill("Wachtwoordzin", OWN).await?;
    elsewhere.press("Open").await?;
    elsewhere.see(REPORT).await?;
    ensure!(!elsewhere.text().await?.contains("Lees met een eigen wachtwoordzin"), "it is theirs");
    elsewhere.press("English").await?;
    elsewhere.see("Can be read until").await?;
    elsewhere.pictures("own-read-english").await?;
    doctor.open("about:blank").await?;
    doctor.open(&link).await?;
    doctor.fill("De code", &code).await?;
    doctor.press("Open").await?;
    doctor.see("De toegang is ingetrokken").await?;
    for browser in [&noor, &elsewhere] {
        browser.quiet().await?;
    }
    Ok(())
}

/// A dossier with one report, shared with a doctor; gives the link and the code.
async fn shares(noor: &Browser) -> Result<(String, String)> {
    noor.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    noor.press("Nieuw dossier").await?;
    noor.fill("Naam van de deelnemer", "Marijke Hooft").await?;
    noor.press("Maak het dossier").await?;
    noor.press("Verslagen").await?;
    noor.press("Nieuw verslag").await?;
    noor.fill("Onderwerp", "Eerste gesprek").await?;
    noor.fill("Verslag", REPORT).await?;
    noor.press("Sla op in het dossier").await?;
    noor.see("Het verslag is verzegeld en opgeslagen.").await?;
    noor.press("Verstrekkingen").await?;
    noor.press("Verstrek").await?;
    noor.fill("Aan", "Dokter Jansen").await?;
    noor.press("Verder").await?;
    noor.choose("Eerste gesprek").await?;
    noor.press("Verder").await?;
    noor.fill("Waarvoor", "Onderzoek").await?;
    noor.press("Verder").await?;
    noor.see("Tot wanneer?").await?;
    noor.press("Verder").await?;
    noor.press("Verstrek verzegeld").await?;
    noor.see("De code").await?;
    let texts = noor.driver().find_all(By::Css(".copied-text")).await?;
    let [link, code] = texts.as_slice() else { anyhow::bail!("a link and a code") };
    Ok((link.text().await?, code.text().await?))
}

/// Opens what was shared, with the link.
async fn opens(browser: &Browser, link: &str, code: &str) -> Result<()> {
    browser.open(link).await?;
    browser.fill("De code", code).await?;
    browser.press("Open").await?;
    browser.see(REPORT).await
}
