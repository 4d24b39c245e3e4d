//! Sanne works alone and names three people in her testament. Two of them say that she is gone; her client reads the rest of his
//! dossier, and what nobody is left to read is closed. She was only away, and takes it back.

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, DAY, Profile, Relay, Width};
use zegel_vault::{
    Compared, NewDocument, Role, Vault,
    view::{MemberState, PartyStanding},
};

use crate::{
    inviting::go,
    keys::{PASSPHRASE, colleague, english, ports},
};

const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn trustees_release_what_is_their_clients_and_close_the_rest() -> Result<()> {
    let (relay, clock) = Relay::start_with_clock()?;
    let (desk, office, telephone) = (Profile::new()?, Profile::new()?, Profile::new()?);
    let homes = [tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?];
    let sanne = Browser::start(&desk).await?;
    sanne.open(&relay.url()).await?;
    sanne.choose("Coach en vertrouwenspersoon").await?;
    let card = sanne.set_up(&relay, PASSPHRASE).await?;
    // From a terminal: the people, and her dossiers.
    let mut terminal = Vault::enrol(ports(homes[0].path(), &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
    let mut bas = colleague(&mut terminal, homes[1].path(), &relay, "Bas Smit", Role::BackOffice).await?;
    colleague(&mut terminal, homes[2].path(), &relay, "Dirk Vos", Role::BackOffice).await?;
    go(&sanne, "/colleagues").await?;
    sanne.press("Nodig een collega uit").await?;
    sanne.fill("Naam van je collega", "Cas Mulder").await?;
    sanne.choose("Backoffice").await?;
    let cas = Browser::start(&office).await?;
    join(&sanne, &cas, "Cas Mulder").await?;
    terminal.sync().await?;
    let newcomer = terminal.members().into_iter().find(|member| member.state == MemberState::Registered);
    let newcomer = newcomer.context("Cas")?;
    terminal.admit(&newcomer.person, &newcomer.words.join(" "), Compared::ByVoice).await?;
    cas.press("Dit beloof ik").await?;
    cas.see("Collega’s").await?;
    terminal.sync().await?;
    let owner = terminal.session().person;
    let dossier = terminal.new_dossier("Femke Jansen").await?;
    terminal.new_dossier("Gijs de Boer").await?;
    let medical = NewDocument { name: "bedrijfsarts.txt", media_type: "text/plain", folder: "3. Medisch" };
    terminal.add_file(&dossier, medical, &mut zegel_tests::world::Bytes(b"belastbaarheid".to_vec()), &()).await?;
    let phone = Browser::start(&telephone).await?;
    phone.resize(Width::Phone).await?;
    go(&sanne, "/dossiers").await?;
    sanne.see("Femke Jansen").await?;
    sanne.driver().find(By::XPath("//main//a[contains(., 'Femke Jansen')]")).await?.click().await?;
    sanne.press("Toegang").await?;
    sanne.press("Nodig de cliënt uit").await?;
    sanne.fill("Naam", "Femke Jansen").await?;
    join(&sanne, &phone, "Femke Jansen").await?;
    terminal.sync().await?;
    let came = terminal.parties(&dossier).await?.into_iter().find(|party| party.standing == PartyStanding::Registered);
    let came = came.context("Femke")?;
    terminal.admit_party(&dossier, &came.person, &came.words.join(" "), Compared::ByVoice).await?;
    drop(terminal.lock());

    // She names them, by keyboard.
    go(&sanne, "/settings").await?;
    sanne.tab_to("Testament").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Je hebt nog niemand aangewezen.").await?;
    sanne.choose("Bas Smit").await?;
    sanne.tab_to("Bevestig je uitvoerders").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Kies er precies 3.").await?;
    sanne.accessible().await?;
    sanne.pictures("testament-choose").await?;
    sanne.choose("Cas Mulder").await?;
    sanne.choose("Dirk Vos").await?;
    sanne.tab_to("Bevestig je uitvoerders").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Je uitvoerders zijn aangewezen.").await?;
    sanne.see("Geregeld voor dossiers: 2. Daarvan met een cliënt die meeleest: 1.").await?;
    sanne.accessible().await?;
    sanne.pictures("testament-named").await?;

    // Bas says so from a terminal, Cas in a browser.
    bas.sync().await?;
    ensure!(bas.release(&owner).await? == 2, "two dossiers");
    unlock(&cas, &relay).await?;
    go(&cas, "/settings").await?;
    cas.tab_to("Testament").await?;
    cas.keys(ENTER).await?;
    cas.see("Om de dossiers van Sanne de Wit vroegen: Bas Smit. Er zijn er 2 nodig.").await?;
    cas.tab_to("Geef de dossiers van Sanne de Wit vrij").await?;
    cas.keys(ENTER).await?;
    cas.see("Doe dit alleen als Sanne de Wit is overleden").await?;
    cas.accessible().await?;
    cas.pictures("testament-release").await?;
    cas.tab_to("Ja, vraag erom").await?;
    cas.keys(ENTER).await?;
    cas.see("Gevraagd. Dossiers: 2.").await?;
    cas.see("tenzij Sanne de Wit nee zegt.").await?;

    go(&sanne, "/").await?;
    sanne.see("Testament van Sanne de Wit").await?;
    sanne.accessible().await?;
    sanne.pictures("testament-today").await?;
    sanne.tab_to("Bekijk").await?;
    sanne.keys(ENTER).await?;
    sanne.see("Ze zijn open vanaf").await?;
    english(&sanne).await?;
    sanne.press("Testament").await?;
    sanne.see("They are open from").await?;
    sanne.accessible().await?;
    sanne.pictures("testament-asked-en").await?;

    // The days are over.
    clock.pass(15 * DAY);
    unlock(&cas, &relay).await?;
    go(&cas, "/settings").await?;
    cas.press("Testament").await?;
    cas.see("Voor de eigen cliënt: 1. Door anderen gelezen: 0. Over: 1. Worden vernietigd: 0.").await?;
    cas.tab_to("Laat de rest vernietigen").await?;
    cas.keys(ENTER).await?;
    cas.see("Na een maand zijn ze weg").await?;
    cas.accessible().await?;
    cas.pictures("testament-destroy").await?;
    cas.tab_to("Ja, vernietig ze voorgoed").await?;
    cas.keys(ENTER).await?;
    cas.see("Ze worden na een maand vernietigd. Dossiers: 1.").await?;
    cas.close().await;
    unlock(&phone, &relay).await?;
    phone.see("bedrijfsarts.txt").await?;
    phone.see("Testament van Sanne de Wit").await?;
    phone.accessible().await?;
    phone.pictures("testament-client").await?;
    phone.close().await;

    // She was only away.
    sanne.open(&relay.url()).await?;
    sanne.fill("Passphrase", PASSPHRASE).await?;
    sanne.press("Unlock").await?;
    sanne.see("Dossiers that will be destroyed: 1.").await?;
    sanne.accessible().await?;
    sanne.pictures("testament-today-en").await?;
    sanne.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    sanne.press("Testament").await?;
    sanne.see("Dossiers that will be destroyed: 1.").await?;
    sanne.pictures("testament-back-en").await?;
    sanne.tab_to("Say no").await?;
    sanne.keys(ENTER).await?;
    sanne.see("It was refused. Dossiers: 2.").await?;
    // It is asked twice.
    sanne.tab_to("Take your testament back").await?;
    sanne.keys(ENTER).await?;
    sanne.see("What your trustees asked for lapses.").await?;
    sanne.accessible().await?;
    sanne.pictures("testament-drop-en").await?;
    sanne.tab_to("Yes, take it back").await?;
    sanne.keys(ENTER).await?;
    sanne.see("You have no testament any more.").await?;
    sanne.quiet().await
}

async fn unlock(browser: &Browser, relay: &Relay) -> Result<()> {
    browser.open(&relay.url()).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await
}

/// Invites somebody, whose name and role are filled in, and accepts the invitation.
async fn join(from: &Browser, browser: &Browser, name: &str) -> Result<()> {
    from.press("Maak de uitnodiging").await?;
    from.see(&format!("Beste {name},")).await?;
    let link = from.driver().find(By::Css(".letter .words")).await?.text().await?;
    let code = from.driver().find_all(By::Css(".copied-text")).await?.get(1).context("a code")?.text().await?;
    browser.open(&link).await?;
    browser.fill("De code", &code).await?;
    browser.fill("Je naam", name).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.fill("Nog een keer je wachtwoordzin", PASSPHRASE).await?;
    browser.press("Doe mee").await?;
    browser.prove_card().await?;
    browser.see("laat je woorden horen").await
}
