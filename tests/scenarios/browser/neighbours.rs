//! Two people and one computer: each has a vault of their own beside the other's, says who they are, and leaves alone what is
//! not theirs.

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::{
    browser::{Browser, Profile, Relay},
    hostile::Canaries,
};
use zegel_vault::{Compared, Vault, ports::Ports, view::MemberState};

const SANNE: &str = "vier gewone woorden achter elkaar";
const RUBEN: &str = "iets anders dat lang genoeg is";
const TITLE: &str = "Marijke 't Hooft";
const OTHER: &str = "Yasemin Öztürk";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
const UP: &str = "\u{e013}";

#[tokio::test]
async fn two_people_have_a_vault_each_in_one_browser() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, home) = (Profile::new()?, tempfile::tempdir()?);
    let browser = Browser::start(&desk).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, SANNE).await?;
    dossier(&browser, TITLE).await?;
    browser.driver().find(By::Css("a[href='/colleagues']")).await?.click().await?;
    browser.press("Nodig een collega uit").await?;
    browser.fill("Naam van je collega", "Ruben Bakker").await?;
    browser.press("Maak de uitnodiging").await?;
    browser.see("De code").await?;
    let texts = browser.driver().find_all(By::Css(".copied-text")).await?;
    let [link, code] = texts.as_slice() else { anyhow::bail!("a link and a code") };
    let (link, code) = (link.text().await?, code.text().await?);
    browser.press("Vergrendel nu").await?;
    browser.see("Ik gebruik deze computer ook").await?;
    ensure!(!browser.text().await?.contains("Wie ben je?"), "one person is asked who they are");

    // Ruben is invited, and joins where Sanne's vault is.
    let mut sanne = Vault::enrol(ports(home.path(), &relay)?, &card, SANNE.to_owned().into()).await?;
    browser.open("about:blank").await?;
    browser.open(&link).await?;
    browser.see("Staat je kluis al op deze computer?").await?;
    browser.accessible().await?;
    browser.pictures("beside-join").await?;
    browser.fill("De code", &code).await?;
    browser.fill("Je naam", "Ruben Bakker").await?;
    browser.fill("Wachtwoordzin", RUBEN).await?;
    browser.fill("Nog een keer je wachtwoordzin", RUBEN).await?;
    browser.press("Doe mee").await?;
    let rubens = browser.prove_card().await?;
    browser.see("laat je woorden horen").await?;
    sanne.sync().await?;
    let newcomer = sanne.members().into_iter().find(|member| member.state == MemberState::Registered);
    let newcomer = newcomer.context("a newcomer")?;
    sanne.admit(&newcomer.person, &newcomer.words.join(" "), Compared::ByVoice).await?;
    browser.press("Dit beloof ik").await?;
    browser.see("Vandaag").await?;
    dossier(&browser, OTHER).await?;
    is_his(&browser).await?;

    // Who somebody is, they say by keyboard; a passphrase opens one's own vault only.
    browser.press("Vergrendel nu").await?;
    browser.see("Wie ben je?").await?;
    browser.accessible().await?;
    browser.pictures("who").await?;
    browser.press("English").await?;
    browser.see("Who are you?").await?;
    browser.pictures("who-en").await?;
    browser.press("Nederlands").await?;
    browser.tab_to("Wachtwoordzin").await?;
    browser.keys(SANNE).await?;
    browser.keys(ENTER).await?;
    browser.see("Kies wie je bent.").await?;
    browser.pictures("who-missing").await?;
    // The Tab key comes to the group, the arrows go through it.
    for (group, arrow, passphrase, then) in
        [("SdW", DOWN, SANNE, "Deze wachtwoordzin opent de kluis niet"), ("RB", UP, SANNE, "Vandaag")]
    {
        browser.tab_to(group).await?;
        browser.keys(arrow).await?;
        browser.fill("Wachtwoordzin", passphrase).await?;
        browser.keys(ENTER).await?;
        browser.see(then).await?;
    }
    is_hers(&browser).await?;

    // A name instead of initials, if one likes.
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.see("Wie hier na jou gaat zitten").await?;
    browser.pictures("show-name").await?;
    browser.choose("Toon daar mijn hele naam").await?;
    browser.press("Vergrendel nu").await?;
    browser.see("Sanne de Wit").await?;
    browser.pictures("who-named").await?;

    // Ruben signs out: his goes, hers stays.
    open_as(&browser, "RB", RUBEN).await?;
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.press("Afmelden op dit apparaat").await?;
    browser.press("Wis dit apparaat").await?;
    browser.see("De kluis op dit apparaat is op slot").await?;
    ensure!(kept(&browser).await? == ["zegel", "zegel\tname\tSanne de Wit"], "{:?}", kept(&browser).await?);

    // He comes back with his card, and she signs out, who was here first.
    browser.press("Ik gebruik deze computer ook").await?;
    browser.see("Geen van beiden kan bij de ander").await?;
    browser.accessible().await?;
    browser.pictures("beside").await?;
    browser.fill("Tekst van je sleutelkaart", &rubens).await?;
    browser.fill("Wachtwoordzin", SANNE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Deze wachtwoordzin opent de kluis niet").await?;
    ensure!(kept(&browser).await?.len() == 2, "a store of somebody who did not get in: {:?}", kept(&browser).await?);
    browser.fill("Wachtwoordzin", RUBEN).await?;
    browser.press("Ontgrendel").await?;
    is_his(&browser).await?;
    browser.press("Vergrendel nu").await?;
    open_as(&browser, "Sanne de Wit", SANNE).await?;
    is_hers(&browser).await?;
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.press("Afmelden op dit apparaat").await?;
    browser.press("Wis dit apparaat").await?;
    browser.fill("Wachtwoordzin", RUBEN).await?;
    browser.press("Ontgrendel").await?;
    is_his(&browser).await?;
    let left = kept(&browser).await?;
    ensure!(left.len() == 2 && left[0].starts_with("zegel-") && left[1].ends_with("\tinitials\tRB"), "{left:?}");
    browser.quiet().await?;
    browser.close().await;
    let canaries = Canaries::new().and("hers", TITLE).and("his", OTHER).and("hers", SANNE).and("his", RUBEN);
    assert_eq!(canaries.found_under(&desk.data()), [""; 0], "on the disk of their computer");
    Ok(())
}

/// Makes a dossier.
async fn dossier(browser: &Browser, title: &str) -> Result<()> {
    browser.see("Vandaag").await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.press("Nieuw dossier").await?;
    browser.fill("Naam van de deelnemer", title).await?;
    browser.press("Maak het dossier").await?;
    browser.see("Tijdlijn").await
}

/// Says who one is, and opens one's vault.
async fn open_as(browser: &Browser, who: &str, passphrase: &str) -> Result<()> {
    browser.choose(who).await?;
    browser.fill("Wachtwoordzin", passphrase).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Vandaag").await
}

/// Whether this is Sanne's vault: she directs, so she reads his dossier too, but it is her name in the settings.
async fn is_hers(browser: &Browser) -> Result<()> {
    is(browser, "Sanne de Wit", TITLE).await
}

/// Whether this is Ruben's vault, in which there is nothing of what he was not let into.
async fn is_his(browser: &Browser) -> Result<()> {
    is(browser, "Ruben Bakker", OTHER).await?;
    ensure!(!browser.text().await?.contains(TITLE), "hers is in his list");
    Ok(())
}

async fn is(browser: &Browser, name: &str, title: &str) -> Result<()> {
    browser.see("Vandaag").await?;
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.see("Wie je bent").await?;
    browser.see(name).await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.see(title).await
}

/// The databases of this profile, and the lines of its list.
async fn kept(browser: &Browser) -> Result<Vec<String>> {
    let kept = "const done = arguments[arguments.length - 1]; indexedDB.databases().then((found) => \
                done([...found.map((one) => one.name), ...localStorage.getItem('zegel.people').split('\\n')]))";
    Ok(browser.driver().execute_async(kept, vec![]).await?.convert()?)
}

fn ports(home: &std::path::Path, relay: &Relay) -> Result<Ports> {
    Ok(zegel_vault::native::ports(home, &relay.url())?)
}
