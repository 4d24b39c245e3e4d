//! Sanne works alone and names three people in her testament. Two of them say that she is gone; her client reads the rest of his
//! dossier, and what nobody is left to read is closed. She was only away, and takes it back.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, DAY, Profile, Relay, Width};
use zegel_vault::{
    Compared, NewDocument, NewParty, Role, Session, Vault,
    view::{PrintedView, SharedView},
};

use crate::{
    inviting::go,
    keys::{PASSPHRASE, colleague_with_card, english, ports},
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
    let mut trustees = Vec::new();
    for (home, name) in homes[1..].iter().zip(["Bas Smit", "Cas Mulder", "Dirk Vos"]) {
        trustees.push(colleague_with_card(&mut terminal, home.path(), &relay, name, Role::BackOffice).await?);
    }
    let owner = terminal.session().person;
    let dossier = terminal.new_dossier("Femke Jansen").await?;
    terminal.new_dossier("Gijs de Boer").await?;
    let medical = NewDocument { name: "bedrijfsarts.txt", media_type: "text/plain", folder: "3. Medisch" };
    terminal.add_file(&dossier, medical, &mut zegel_tests::world::Bytes(b"belastbaarheid".to_vec()), &()).await?;
    let femke = client(&mut terminal, &relay, &dossier).await?;
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
    let (bas, _) = &mut trustees[0];
    bas.sync().await?;
    ensure!(bas.release(&owner).await? == 2, "two dossiers");
    let cas = Browser::start(&office).await?;
    cas.open(&relay.url()).await?;
    unlock(&cas, &trustees[1].1.card).await?;
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
    sanne.see("Ze gaan open op").await?;
    english(&sanne).await?;
    sanne.press("Testament").await?;
    sanne.see("They open on").await?;
    sanne.accessible().await?;
    sanne.pictures("testament-asked-en").await?;

    // The days are over.
    clock.pass(15 * DAY);
    cas.open(&relay.url()).await?;
    cas.fill("Wachtwoordzin", PASSPHRASE).await?;
    cas.press("Ontgrendel").await?;
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
    let phone = Browser::start(&telephone).await?;
    phone.resize(Width::Phone).await?;
    phone.open(&relay.url()).await?;
    unlock(&phone, &femke.card).await?;
    phone.see("bedrijfsarts.txt").await?;
    phone.see("Testament van Sanne de Wit").await?;
    phone.accessible().await?;
    phone.pictures("testament-client").await?;
    phone.close().await;

    // She was only away.
    sanne.open(&relay.url()).await?;
    sanne.fill("Passphrase", PASSPHRASE).await?;
    sanne.press("Unlock").await?;
    sanne.see("Colleagues").await?;
    sanne.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    sanne.press("Testament").await?;
    sanne.see("Dossiers that will be destroyed: 1.").await?;
    sanne.pictures("testament-back-en").await?;
    sanne.tab_to("Say no").await?;
    sanne.keys(ENTER).await?;
    sanne.see("It was refused. Dossiers: 2.").await?;
    sanne.quiet().await
}

async fn unlock(browser: &Browser, card: &str) -> Result<()> {
    browser.fill("Tekst van je sleutelkaart", card).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await
}

/// Femke, invited into her dossier and admitted; gives what was printed for her.
async fn client(vault: &mut Vault, relay: &Relay, dossier: &str) -> Result<PrintedView> {
    let new = NewParty { name: "Femke Jansen".to_owned(), kind: "client".to_owned(), parts: Vec::new(), until: None };
    let SharedView { link, code, .. } = vault.invite_party(dossier, &new).await?;
    let home = tempfile::tempdir()?;
    let joined = Session::join(ports(home.path(), relay)?, &link, &code, "Femke Jansen", PASSPHRASE.to_owned().into());
    let (Session::Portal(portal), printed) = joined.await? else { anyhow::bail!("a client has no vault") };
    vault.sync().await?;
    let who = portal.session();
    vault.admit_party(dossier, &who.person, &who.words.join(" "), Compared::ByVoice).await?;
    Ok(printed)
}
