//! A recovery sheet is read from paper: one that is right, one with a mistake, one that was replaced since.

use anyhow::{Context, Result};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::Recovery;

use crate::keys::{PASSPHRASE, english};

const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn a_sheet_is_checked_alone_and_one_that_was_replaced_says_so() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.found(&relay, PASSPHRASE).await?;
    let mut sheets = Vec::new();
    for sheet in browser.driver().find_all(By::Css(".secret-lines")).await? {
        sheets.push(sheet.text().await?);
    }
    browser.press("De vellen zijn afgedrukt").await?;
    browser.see("Vandaag").await?;

    // By keyboard. A line with a mistake is named.
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.tab_to("Controleer een herstelvel").await?;
    browser.keys(ENTER).await?;
    browser.see("Eén vel opent niets").await?;
    browser.accessible().await?;
    browser.press("Controleer het vel").await?;
    browser.see("Typ de regels van het vel.").await?;
    let second = sheets.get(1).context("three sheets")?;
    let last = second.lines().next_back().context("lines")?;
    let wrong: String = last.chars().rev().collect();
    browser.fill("De regels van het vel", &second.replacen(last, &wrong, 1)).await?;
    browser.press("Controleer het vel").await?;
    browser.see("In regel 8 van het herstelvel zit een fout.").await?;
    browser.pictures("sheet-mistake").await?;
    browser.tab_to("De regels van het vel").await?;
    browser.fill("De regels van het vel", second).await?;
    browser.tab_to("Controleer het vel").await?;
    browser.keys(ENTER).await?;
    browser.see("Dit vel klopt. Het is vel 2 van 3. Met 2 vellen samen").await?;
    browser.accessible().await?;
    browser.pictures("sheet-good").await?;

    // Somewhere else, offline but for this, the sheets were split anew.
    let folder = tempfile::tempdir()?;
    let ports = zegel_vault::native::ports(folder.path(), &relay.url()).ok().context("ports")?;
    Recovery::open(ports, &sheets[..2]).await?.renew_sheets(2, 4).await?;
    english(&browser).await?;
    browser.see("The recovery sheets were used").await?;
    browser.press("Check a recovery sheet").await?;
    browser.fill("The lines of the sheet", second).await?;
    browser.press("Check the sheet").await?;
    browser.see("This is sheet 2 of a set that was replaced.").await?;
    browser.pictures("sheet-replaced-en").await?;
    browser.quiet().await
}
