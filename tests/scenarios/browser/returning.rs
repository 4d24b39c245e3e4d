//! A colleague lost every key: invited anew, and given back what they read. And what somebody signs before they leave.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::{Role, Vault};

use crate::{
    inviting::{go, join, letter},
    keys::{PASSPHRASE, colleague, ports},
};

const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn who_lost_every_key_is_given_back_what_they_read() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, phone) = (Profile::new()?, Profile::new()?);
    let (sanne, ruben) = (Browser::start(&desk).await?, Browser::start(&phone).await?);
    sanne.open(&relay.url()).await?;
    let card = sanne.set_up(&relay, PASSPHRASE).await?;
    let homes = [tempfile::tempdir()?, tempfile::tempdir()?];
    let [own, before] = homes.each_ref().map(|home| home.path());
    {
        let mut sanne = Vault::enrol(ports(own, &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
        let dossier = sanne.new_dossier("Bram IJsselstein").await?;
        let ruben = colleague(&mut sanne, before, &relay, "Ruben Bakker", Role::AdvisorVolunteer).await?;
        sanne.grant(&dossier, &ruben.session().person).await?;
    }

    go(&sanne, "/colleagues").await?;
    sanne.see("Ruben Bakker").await?;
    sanne.accessible().await?;
    sanne.pictures("colleagues-keys-lost").await?;
    sanne.tab_to("Sleutels kwijt").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Ruben Bakker opnieuw uitnodigen?").await?;
    sanne.accessible().await?;
    sanne.pictures("anew").await?;
    sanne.tab_to("Opnieuw uitnodigen").await?;
    sanne.keys(ENTER).await?;
    let (link, code) = letter(&sanne, "letter-anew").await?;
    join(&ruben, &link, &code).await?;
    ruben.prove_card().await?;
    ruben.see("laat je woorden horen").await?;

    go(&sanne, "/").await?;
    sanne.press("Vergelijk de woorden").await?;
    sanne.choose("Voorlezen").await?;
    sanne.press("De woorden kloppen, laat toe").await?;
    sanne.see("Ruben Bakker is toegelaten.").await?;
    let lost = Vault::unlock(ports(before, &relay)?, PASSPHRASE.to_owned().into()).await;
    ensure!(lost.is_err(), "the keys that were lost still open the vault");
    ruben.press("Dit beloof ik").await?;
    go(&ruben, "/dossiers").await?;
    ensure!(!ruben.text().await?.contains("Bram IJsselstein"), "admitted is not let in");

    go(&sanne, "/").await?;
    sanne.see("Ruben Bakker is terug").await?;
    sanne.accessible().await?;
    sanne.pictures("today-returned").await?;
    sanne.tab_to("Teruggeven").await?;
    sanne.keys(ENTER).await?;
    sanne.see("1 dossier dat jij beheert, wacht").await?;
    sanne.accessible().await?;
    sanne.pictures("give-back").await?;
    sanne.press("Teruggeven").await?;
    sanne.see("1 dossier teruggegeven.").await?;
    ruben.see("Bram IJsselstein").await?;

    // He leaves after all, and signs what outlasts it.
    go(&ruben, "/settings").await?;
    ruben.driver().find(By::XPath("//summary[contains(., 'Geheimhouding')]")).await?.click().await?;
    ruben.press("Vertrek: wat blijft gelden").await?;
    ruben.see("Ik heb geen dossiers").await?;
    ruben.accessible().await?;
    ruben.pictures("farewell").await?;
    ruben.press("Ik bevestig dit").await?;
    ruben.see("Ondertekend. Je bent nog steeds lid.").await?;
    sanne.see("Heeft op").await?;
    for browser in [&sanne, &ruben] {
        browser.quiet().await?;
    }
    Ok(())
}
