//! Sanne directs. A colleague asks for her dossiers as her emergency contact, and she says no; she asks for his; and she opens a
//! dossier that is closed to her.

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::{Role, Vault};

use crate::{
    inviting::go,
    keys::{PASSPHRASE, colleague, english, ports},
};

const ENTER: &str = "\u{e007}";
const REASON: &str = "KANARIE Sam ligt in het ziekenhuis en de zitting is vanmiddag";

/// The policy, with emergency contacts, and a glass that a director may break.
fn policy(first: &str) -> String {
    let next = first.replacen("version = 1", "version = 2", 1);
    let next = next.replacen("exists = false", "exists = true\ntold = [\"client\", \"readers\"]", 1);
    next.replacen("emergency_contact = \"none\"", "emergency_contact = \"7 days\"", 1)
}

#[tokio::test]
async fn asking_saying_no_and_opening_what_is_closed() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, home, profile) = (tempfile::tempdir()?, tempfile::tempdir()?, Profile::new()?);
    let sanne = Browser::start(&profile).await?;
    sanne.open(&relay.url()).await?;
    sanne.choose("Re-integratieadvies").await?;
    let card = sanne.set_up(&relay, PASSPHRASE).await?;
    // From a terminal: the policy, and a colleague with a dossier of his own.
    let mut terminal = Vault::enrol(ports(desk.path(), &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
    terminal.set_policy(&policy(&terminal.policy_view()?.text)).await?;
    let mut sam = colleague(&mut terminal, home.path(), &relay, "Sam Visser", Role::AdvisorPaid).await?;
    let hers = terminal.session().person;
    drop(terminal.lock());
    let dossier = sam.new_dossier("Yasemin Öztürk").await?;

    // She chooses him, by keyboard, and says no when he asks.
    go(&sanne, "/dossiers").await?;
    sanne.press("Nieuw dossier").await?;
    sanne.fill("Naam van de deelnemer", "Bram IJsselstein").await?;
    sanne.press("Maak het dossier").await?;
    sanne.see("Nog leeg").await?;
    go(&sanne, "/settings").await?;
    sanne.tab_to("Noodcontact").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Je hebt nog niemand gekozen.").await?;
    sanne.accessible().await?;
    sanne.fill("Hoeveel dagen moet je noodcontact wachten?", "3").await?;
    sanne.press("Bevestig je noodcontact").await?;
    sanne.see("Kies wie het wordt.").await?;
    sanne.see("Vul een aantal dagen in, ten minste 7.").await?;
    sanne.accessible().await?;
    sanne.pictures("emergency-choose").await?;
    sanne.choose("Sam Visser").await?;
    sanne.fill("Hoeveel dagen moet je noodcontact wachten?", "10").await?;
    sanne.tab_to("Bevestig je noodcontact").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Sam Visser is je noodcontact.").await?;
    sanne.see("Wacht 10 dagen en kan dan lezen.").await?;
    sam.sync().await?;
    ensure!(sam.claim_emergency(&hers).await? == 1, "there is one dossier of hers");
    go(&sanne, "/").await?;
    sanne.see("Sam Visser vraagt om dossiers").await?;
    sanne.accessible().await?;
    sanne.pictures("emergency-today").await?;
    sanne.tab_to("Bekijk").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Sam Visser vraagt om dossiers: Bram IJsselstein.").await?;
    sanne.accessible().await?;
    sanne.pictures("emergency-asked").await?;
    english(&sanne).await?;
    sanne.press("Emergency contact").await?;
    sanne.see("Sam Visser asks for dossiers: Bram IJsselstein.").await?;
    sanne.pictures("emergency-asked-en").await?;
    sanne.tab_to("Say no to Sam Visser").await?;
    sanne.keys(ENTER).await?;
    sanne.see("It was refused. Dossiers: 1.").await?;

    // He chooses her: she asks for his.
    sam.choose_contact(&hers, None, true).await?;
    go_in_english(&sanne, "/settings").await?;
    sanne.press("Emergency contact").await?;
    sanne.see("Sam Visser chose you. Dossiers: 1. They open 7 days after you ask for them.").await?;
    sanne.tab_to("Ask for the dossiers of Sam Visser").await?;
    sanne.keys(ENTER).await?;
    sanne.see("You asked for dossiers: 1.").await?;
    sanne.pictures("emergency-waits-en").await?;
    sam.sync().await?;
    ensure!(sam.claims().await?.len() == 1, "he is told");

    // It cannot wait: she opens it with a reason.
    go_in_english(&sanne, "/dossiers").await?;
    sanne.tab_to("Closed dossiers").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Readers: Sam Visser.").await?;
    ensure!(!sanne.text().await?.contains("Yasemin"), "the title is closed");
    sanne.accessible().await?;
    sanne.pictures("closed-en").await?;
    let reference = sam.dossiers().into_iter().find(|one| one.id == dossier).context("his")?.reference;
    sanne.tab_to(&format!("Open {reference}")).await?;
    sanne.keys(ENTER).await?;
    sanne.press("Open this dossier").await?;
    sanne.see("Write down why you open this dossier.").await?;
    sanne.accessible().await?;
    sanne.pictures("glass-en").await?;
    sanne.fill("Why do you open this dossier?", REASON).await?;
    sanne.tab_to("Open this dossier").await?;
    sanne.keys(ENTER).await?;
    sanne.see("The dossier is open. The reason stands with it.").await?;
    sanne.see("Yasemin Öztürk").await?;
    sanne.see(REASON).await?;
    sanne.accessible().await?;
    sanne.pictures("glass-opened-en").await?;
    sam.sync().await?;
    ensure!(sam.claims().await?.iter().any(|claim| claim.reason.as_deref() == Some(REASON)), "he reads why");
    sanne.quiet().await
}

/// A page of the main menu, in English.
async fn go_in_english(browser: &Browser, page: &str) -> Result<()> {
    browser.see("Colleagues").await?;
    browser.driver().find(By::Css(format!("a[href='{page}']"))).await?.click().await?;
    Ok(())
}
