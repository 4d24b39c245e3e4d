//! Somebody who directs is away: a colleague acts for them until a day, and ends it themselves.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};

use crate::{
    inviting::{go, join, letter},
    keys::PASSPHRASE,
};

const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn a_colleague_acts_for_the_directors_until_a_day() -> Result<()> {
    let relay = Relay::start()?;
    let (desk, laptop) = (Profile::new()?, Profile::new()?);
    let sanne = Browser::start(&desk).await?;
    sanne.open(&relay.url()).await?;
    sanne.set_up(&relay, PASSPHRASE).await?;
    let ruben = colleague(&sanne, &laptop).await?;

    go(&sanne, "/colleagues").await?;
    sanne.see("Ruben Bakker").await?;
    sanne.tab_to("Vervanging").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Laat je vervangen door Ruben Bakker").await?;
    sanne.tab_to("Laat vervangen").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Kies de laatste dag.").await?;
    sanne.accessible().await?;
    // Reads the same whatever comes first, day or month.
    sanne.fill("Tot en met", "12122099").await?;
    sanne.pictures("delegate").await?;
    sanne.press("Laat vervangen").await?;
    sanne.see("Ruben Bakker vervangt nu wie leiding geeft.").await?;
    sanne.see("tot en met 12 december 2099. Geregeld door Sanne de Wit.").await?;
    sanne.accessible().await?;
    sanne.pictures("colleagues-delegate").await?;
    sanne.press("Wie is bevoegd").await?;
    sanne.see("(vervangt wie leiding geeft, tot en met 12 december 2099)").await?;
    sanne.accessible().await?;
    sanne.see("Deze lijst is nog niet nagekeken.").await?;
    sanne.tab_to("Ik heb de lijst nagekeken").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Het laatst nagekeken door Sanne de Wit, op").await?;
    sanne.accessible().await?;
    sanne.pictures("authorised-delegate").await?;

    go(&ruben, "/colleagues").await?;
    ruben.press("Nodig een collega uit").await?;
    ruben.fill("Naam van je collega", "Sam Visser").await?;
    let roles = ruben.driver().find(By::Css("fieldset")).await?.text().await?;
    ensure!(!roles.contains("Directeur"), "he may make nobody a director: {roles}");
    ruben.press("Maak de uitnodiging").await?;
    ruben.see("Sam Visser").await?;
    ruben.press("Naar de collega’s").await?;
    ruben.see("De link werkt tot").await?;
    let row = ruben.driver().find(By::XPath("//li[contains(., 'Sanne de Wit') and .//b]")).await?.text().await?;
    ensure!(!row.contains("Verwijder") && !row.contains("Sleutels kwijt"), "nor remove one: {row}");
    ruben.accessible().await?;
    ruben.pictures("colleagues-as-delegate").await?;

    // Before he is done with it, the same in English.
    go(&sanne, "/settings").await?;
    sanne.choose("English").await?;
    sanne.driver().find(By::Css("a[href='/colleagues']")).await?.click().await?;
    sanne.see("until 12 December 2099. Arranged by Sanne de Wit.").await?;
    sanne.pictures("colleagues-delegate-en").await?;
    sanne.press("Delegate").await?;
    sanne.see("Let Ruben Bakker act for you").await?;
    sanne.accessible().await?;
    sanne.pictures("delegate-en").await?;

    // By keyboard.
    ruben.tab_to("Vervanging").await?;
    ruben.keys(ENTER).await?;
    ruben.see("Is dat niet meer nodig?").await?;
    ruben.accessible().await?;
    ruben.pictures("delegate-own").await?;
    ruben.tab_to("Beëindig het nu").await?;
    ruben.keys(ENTER).await?;
    ruben.see("Ruben Bakker vervangt niemand meer.").await?;
    ensure!(!ruben.text().await?.contains("Nodig een collega uit"), "he invites still");
    for browser in [&sanne, &ruben] {
        browser.quiet().await?;
    }
    Ok(())
}

/// Ruben joins by letter, in a browser of his own, and signs the pledge.
async fn colleague(director: &Browser, profile: &Profile) -> Result<Browser> {
    go(director, "/colleagues").await?;
    director.press("Nodig een collega uit").await?;
    director.fill("Naam van je collega", "Ruben Bakker").await?;
    director.press("Maak de uitnodiging").await?;
    let (link, code) = letter(director, "letter").await?;
    let ruben = Browser::start(profile).await?;
    join(&ruben, &link, &code).await?;
    ruben.prove_card().await?;
    ruben.see("laat je woorden horen").await?;
    go(director, "/").await?;
    director.press("Vergelijk de woorden").await?;
    director.press("De woorden kloppen, laat toe").await?;
    director.see("Ruben Bakker is toegelaten.").await?;
    ruben.press("Dit beloof ik").await?;
    Ok(ruben)
}
