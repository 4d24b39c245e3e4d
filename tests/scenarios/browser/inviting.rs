//! From a printed letter to the first dossier, in two browsers: a director invites, a newcomer scans the letter, two people
//! compare words, and everybody sees who did.

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";
const REPORT: &str = "Ze kwam op tijd en had de brief meegenomen.";
const ENTER: &str = "\u{e007}";
const SPACE: &str = " ";

#[tokio::test]
async fn from_a_printed_letter_to_the_first_dossier() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, home) = (Profile::new()?, Profile::new()?);
    let sanne = Browser::start(&desk).await?;
    sanne.open(&relay.url()).await?;
    sanne.set_up(&relay, PASSPHRASE).await?;
    dossier(&sanne).await?;

    go(&sanne, "/colleagues").await?;
    sanne.press("Nodig een collega uit").await?;
    sanne.fill("Naam van je collega", "Ruben Bakker").await?;
    sanne.press("Maak de uitnodiging").await?;
    let (lost, lost_code) = letter(&sanne, "letter").await?;
    ensure!(sanne.on_paper("letter").await?.contains("Beste Ruben Bakker,"), "the letter is not on the paper");
    ensure!(!sanne.on_paper("letter").await?.contains(&lost_code), "the code is on the paper of the letter");
    sanne.tab_to("Druk de code apart af").await?;
    sanne.keys(ENTER).await?;
    let slip = sanne.on_paper("slip").await?;
    ensure!(slip.contains(&lost_code) && !slip.contains("Beste Ruben"), "the slip is not alone on its paper:\n{slip}");

    // The letter was lost: by keyboard, another one.
    sanne.press("Naar de collega’s").await?;
    sanne.see("De link werkt tot").await?;
    sanne.accessible().await?;
    sanne.pictures("colleagues-invited").await?;
    sanne.tab_to("Uitnodiging").await?;
    sanne.keys(ENTER).await?;
    sanne.see("De uitnodiging voor Ruben Bakker").await?;
    sanne.accessible().await?;
    sanne.pictures("invitation").await?;
    sanne.tab_to("Maak een nieuwe link").await?;
    sanne.keys(ENTER).await?;
    let (link, code) = letter(&sanne, "letter-again").await?;
    ensure!(link != lost && code != lost_code, "it is the old link");
    let ruben = Browser::start(&home).await?;
    join(&ruben, &lost, &lost_code).await?;
    ruben.see("Deze uitnodiging is ingetrokken of al gebruikt.").await?;
    ruben.accessible().await?;
    ruben.pictures("invitation-over").await?;
    ruben.open("about:blank").await?;
    join(&ruben, &link, &code).await?;
    ruben.prove_card().await?;
    ruben.see("laat je woorden horen").await?;
    let words = ruben.driver().find(By::Css(".words")).await?.text().await?;

    go(&sanne, "/").await?;
    sanne.press("Vergelijk de woorden").await?;
    sanne.see(&words).await?;
    sanne.accessible().await?;
    sanne.pictures("admit").await?;
    sanne.tab_to("VoorlezenAan de telefoon of in een videogesprek.").await?;
    sanne.keys("\u{e015}").await?;
    sanne.tab_to("De woorden kloppen, laat toe").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Ruben Bakker is toegelaten.").await?;
    sanne.see("Begon de organisatie.").await?;
    sanne.see("Gecontroleerd door jou op").await?;
    sanne.see(", door de woorden naast elkaar te leggen.").await?;
    sanne.see("Nog door niemand anders gecontroleerd dan door Sanne de Wit").await?;
    sanne.accessible().await?;
    sanne.pictures("colleagues-verified").await?;

    ruben.press("Dit beloof ik").await?;
    go(&ruben, "/colleagues").await?;
    ruben.see("Gecontroleerd door Sanne de Wit op").await?;
    ruben.press("Vergelijk de woorden").await?;
    ruben.see("Zijn dit de woorden van Sanne de Wit?").await?;
    ruben.accessible().await?;
    ruben.pictures("verify").await?;
    ruben.tab_to("De woorden kloppen").await?;
    ruben.keys(SPACE).await?;
    ruben.see("Iedereen kan nu zien dat jij de woorden van Sanne de Wit hebt gecontroleerd.").await?;
    ruben.see("Gecontroleerd door jou op").await?;

    // What the letter was for.
    go(&sanne, "/dossiers").await?;
    row(&sanne, "Marijke Hooft").await?;
    sanne.press("Toegang").await?;
    sanne.press("Geef een collega toegang").await?;
    sanne.choose("Ruben Bakker").await?;
    sanne.press("Geef toegang").await?;
    sanne.see("De collega kan het dossier nu lezen.").await?;
    go(&ruben, "/dossiers").await?;
    row(&ruben, "Marijke Hooft").await?;
    ruben.press("Verslagen").await?;
    row(&ruben, "Eerste gesprek").await?;
    ruben.see("Versie 1, van Sanne de Wit").await?;
    let text = ruben.driver().find(By::Tag("textarea")).await?.prop("value").await?;
    ensure!(text.as_deref() == Some(REPORT), "the report does not read: {text:?}");
    for browser in [&sanne, &ruben] {
        browser.quiet().await?;
    }
    Ok(())
}

/// A dossier with a report in it.
async fn dossier(browser: &Browser) -> Result<()> {
    go(browser, "/dossiers").await?;
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

/// Reads the letter on the page as a person and as a telephone does; gives its link, and the code beside it.
pub(crate) async fn letter(browser: &Browser, picture: &str) -> Result<(String, String)> {
    browser.see("Beste Ruben Bakker,").await?;
    browser.see("Sanne de Wit nodigt je uit om met Zegel te werken.").await?;
    browser.accessible().await?;
    browser.pictures(&format!("{picture}-top")).await?;
    let paper = browser.driver().find(By::Css(".letter")).await?;
    paper.scroll_into_view().await?;
    browser.pictures(picture).await?;
    let link = paper.find(By::Css(".words")).await?.text().await?;
    let code = browser.driver().find_all(By::Css(".copied-text")).await?;
    let code = code.get(1).context("a code")?.text().await?;
    ensure!(code.split_whitespace().count() == 6, "the code is not six words: {code}");
    ensure!(!paper.text().await?.contains(&code), "the code stands in the letter");
    let drawn = paper.find(By::Css(".qr path")).await?.attr("d").await?.context("a drawing")?;
    ensure!(scan(&drawn)? == link, "the QR code says something else than the letter");
    Ok((link, code))
}

/// What a telephone makes of the squares of a drawing.
fn scan(drawn: &str) -> Result<String> {
    const SIDE: usize = 4;
    let square = |part: &str| {
        let (x, rest) = part.split_once(' ')?;
        Some((x.parse::<usize>().ok()?, rest.strip_suffix("h1v1h-1z")?.parse::<usize>().ok()?))
    };
    let dark: Option<std::collections::BTreeSet<_>> = drawn.split('M').skip(1).map(square).collect();
    let dark = dark.context("squares")?;
    let side = (dark.iter().map(|(x, _)| *x).max().context("a square")? + 5) * SIDE;
    let at = |x: usize, y: usize| if dark.contains(&(x / SIDE, y / SIDE)) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, at);
    let grids = image.detect_grids();
    Ok(grids.first().context("a code in the drawing")?.decode()?.1)
}

/// Opens an invitation and fills in what it asks.
pub(crate) async fn join(browser: &Browser, link: &str, code: &str) -> Result<()> {
    browser.open(link).await?;
    browser.fill("De code", code).await?;
    browser.fill("Je naam", "Ruben Bakker").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    browser.press("Doe mee").await
}

/// A page of the main menu.
pub(crate) async fn go(browser: &Browser, page: &str) -> Result<()> {
    browser.see("Collega’s").await?;
    browser.driver().find(By::Css(format!("a[href='{page}']"))).await?.click().await?;
    Ok(())
}

/// Goes in at a row of a list.
async fn row(browser: &Browser, title: &str) -> Result<()> {
    browser.see(title).await?;
    let link = format!("//main//a[contains(., '{title}')]");
    browser.driver().find(By::XPath(link)).await?.click().await?;
    Ok(())
}
