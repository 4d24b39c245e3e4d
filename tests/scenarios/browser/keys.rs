//! What opens a vault, and who leaves, in a real browser: a lost laptop is ended, the passphrase and the key card are changed,
//! and a director hands over before they go.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::{Compared, Role, Vault, ports::Ports};

pub(crate) const PASSPHRASE: &str = "vier gewone woorden achter elkaar";
const NEXT: &str = "een nieuwe zin van zes woorden";
const LAST: &str = "weer een andere zin van zes";
const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn a_lost_device_is_ended_and_passphrase_and_card_are_changed() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, laptop) = (Profile::new()?, Profile::new()?);
    let browser = Browser::start(&desk).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;
    let lost = Browser::start(&laptop).await?;
    lost.open(&relay.url()).await?;
    lost.fill("Tekst van je sleutelkaart", &card).await?;
    lost.fill("Wachtwoordzin", PASSPHRASE).await?;
    lost.press("Ontgrendel").await?;
    keys(&lost).await?;
    lost.see("Chrome op Linux").await?;
    lost.fill("Naam van dit apparaat", "Laptop").await?;
    lost.press("Bewaar de naam").await?;
    lost.see("De naam is bewaard.").await?;

    // Everything that follows by keyboard.
    keys(&browser).await?;
    browser.see("Laptop").await?;
    browser.accessible().await?;
    browser.pictures("keys").await?;
    browser.tab_to("Beëindig").await?;
    browser.keys(ENTER).await?;
    browser.see("Het apparaat Laptop beëindigen?").await?;
    browser.accessible().await?;
    browser.pictures("end-device").await?;
    browser.tab_to("Wachtwoordzin").await?;
    browser.keys(PASSPHRASE).await?;
    browser.keys(ENTER).await?;
    browser.see("beëindigd op").await?;
    browser.pictures("device-ended").await?;
    lost.see("Dit apparaat heeft hier geen toegang meer").await?;

    browser.tab_to("Verander je wachtwoordzin").await?;
    browser.keys(ENTER).await?;
    for (old, then, picture) in [
        ("iets heel anders dan dat", "Deze wachtwoordzin opent de kluis niet", "passphrase-wrong"),
        (PASSPHRASE, "veranderd", "passphrase-changed"),
    ] {
        browser.see("Nieuwe wachtwoordzin").await?;
        browser.fill("Wachtwoordzin tot nu toe", old).await?;
        browser.fill("Nieuwe wachtwoordzin", NEXT).await?;
        browser.tab_to("Nog een keer je wachtwoordzin").await?;
        browser.keys(NEXT).await?;
        browser.accessible().await?;
        browser.keys(ENTER).await?;
        browser.see(then).await?;
        browser.pictures(picture).await?;
    }
    browser.press("Vergrendel nu").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Deze wachtwoordzin opent de kluis niet").await?;
    browser.fill("Wachtwoordzin", NEXT).await?;
    browser.press("Ontgrendel").await?;

    // A card is proven to be on paper before the old one ends.
    browser.press("Maak een nieuwe sleutelkaart").await?;
    browser.fill("Wachtwoordzin", NEXT).await?;
    browser.pictures("new-card").await?;
    browser.press("Maak de kaart").await?;
    browser.see("Controleer de kaart").await?;
    browser.accessible().await?;
    browser.pictures("new-card-print").await?;
    ensure!(browser.prove_card().await? != card, "the new card is the old one");
    browser.see("De oude kaarten beëindigen?").await?;
    browser.pictures("new-card-retire").await?;
    browser.fill("Wachtwoordzin", NEXT).await?;
    browser.press("Beëindig de oude kaarten").await?;
    browser.see("Alleen je nieuwe sleutelkaart werkt nog.").await?;

    // Somebody saw the passphrase: everything anew, at once.
    browser.press("Iemand kent mijn wachtwoordzin").await?;
    browser.see("Al je andere apparaten worden beëindigd.").await?;
    browser.accessible().await?;
    browser.pictures("renew").await?;
    browser.fill("De wachtwoordzin die iemand kent", NEXT).await?;
    browser.fill("Nieuwe wachtwoordzin", LAST).await?;
    browser.fill("Nog een keer je wachtwoordzin", LAST).await?;
    browser.press("Vernieuw al mijn sleutels").await?;
    browser.prove_card().await?;
    browser.see("Je sleutels zijn vernieuwd.").await?;
    browser.press("Vergrendel nu").await?;
    browser.fill("Wachtwoordzin", LAST).await?;
    browser.press("Ontgrendel").await?;
    keys(&browser).await?;
    english(&browser).await?;
    browser.press("Devices and keys").await?;
    browser.see("this device").await?;
    browser.accessible().await?;
    browser.pictures("keys-en").await?;
    browser.quiet().await
}

#[tokio::test]
async fn a_director_hands_over_and_leaves() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;

    // From a terminal: a dossier that nobody else can go on with, and another director.
    let (home, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut sanne = Vault::enrol(ports(home.path(), &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
    sanne.new_dossier("Bram IJsselstein").await?;
    let ruben = colleague(&mut sanne, other.path(), &relay, "Ruben Bakker", Role::Director).await?;
    drop((sanne.lock(), ruben.lock()));

    browser.driver().find(By::Css("a[href='/colleagues']")).await?.click().await?;
    browser.see("Ruben Bakker").await?;
    browser.press("Ik ga weg").await?;
    browser.see("niemand anders kan hiermee verder").await?;
    browser.accessible().await?;
    browser.pictures("leave-look").await?;
    browser.press("Verder").await?;
    browser.see("Met 1 dossier kan verder niemand door").await?;
    browser.accessible().await?;
    browser.pictures("leave-over").await?;
    browser.press("Ga verder zonder overdragen").await?;
    browser.press("Verwijder Sanne de Wit").await?;
    browser.see("Dit lukte nog niet").await?;
    browser.see("Bram IJsselstein").await?;
    browser.pictures("leave-refused").await?;

    // Left half-way and come back to, in the other language.
    browser.press("Stop hier").await?;
    english(&browser).await?;
    browser.driver().find(By::Css("a[href='/colleagues']")).await?.click().await?;
    browser.press("I leave").await?;
    browser.see("nobody else can go on with this").await?;
    browser.pictures("leave-look-en").await?;
    browser.press("Continue").await?;
    browser.choose("Ruben Bakker").await?;
    browser.pictures("leave-over-en").await?;
    browser.press("Hand over").await?;
    browser.see("1 dossier was handed over.").await?;
    browser.accessible().await?;
    browser.pictures("leave-remove-en").await?;
    browser.press("Remove Sanne de Wit").await?;
    browser.see("Sign out on this device").await?;
    browser.quiet().await
}

/// The page of devices and keys, from any other.
pub(crate) async fn keys(browser: &Browser) -> Result<()> {
    browser.see("Vandaag").await?;
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.press("Apparaten en sleutels").await?;
    browser.see("dit apparaat").await
}

/// Another language, in the settings.
pub(crate) async fn english(browser: &Browser) -> Result<()> {
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.choose("English").await
}

/// A colleague at a terminal: invited, admitted, and bound by the pledge.
pub(crate) async fn colleague(
    director: &mut Vault,
    home: &Path,
    relay: &Relay,
    name: &str,
    role: Role,
) -> Result<Vault> {
    let invited = director.invite(name, role, None).await?;
    let passphrase = PASSPHRASE.to_owned().into();
    let (mut vault, _) = Vault::join(ports(home, relay)?, &invited.link, &invited.code, name, passphrase).await?;
    director.sync().await?;
    let who = vault.session();
    director.admit(&who.person, &who.words.join(" "), Compared::ByVoice).await?;
    vault.sync().await?;
    vault.sign_pledge(vault.pledge()?.version).await?;
    Ok(vault)
}

pub(crate) fn ports(home: &Path, relay: &Relay) -> Result<Ports> {
    zegel_vault::native::ports(home, &relay.url()).ok().context("ports")
}
