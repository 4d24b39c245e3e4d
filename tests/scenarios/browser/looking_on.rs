//! What somebody who looks on, or comes to the machine later, does not get: what lay on the clipboard, and what stood on a
//! screen that nobody was at.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};

use crate::keys::PASSPHRASE;

const ENTER: &str = "\u{e007}";

/// Lets seconds go by on the page.
const PASS: &str = "const now = Date.now; const more = arguments[0] * 1000; Date.now = () => now() + more;";

/// Looks at the clipboard, and says at a later look whether it holds these words.
fn holds(words: &str) -> String {
    format!("navigator.clipboard.readText().then(text => window.held = text); return window.held === {words:?}")
}

#[tokio::test]
async fn what_was_copied_leaves_the_clipboard_after_a_while_and_at_the_lock() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    let leave = serde_json::json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.driver().cdp().send_raw("Browser.grantPermissions", leave).await?;
    browser.driver().find(By::Css("a[href='/colleagues']")).await?.click().await?;
    browser.press("Nodig een collega uit").await?;
    browser.fill("Naam van je collega", "Ruben Bakker").await?;
    browser.press("Maak de uitnodiging").await?;
    browser.see("De code").await?;
    let code = browser.driver().query(By::Css(".copied-text")).all_from_selector().await?;
    let code = code.last().ok_or_else(|| anyhow::anyhow!("no code"))?.text().await?;

    let copy = "Kopieer: De code";
    browser.tab_to_named(copy).await?;
    browser.keys(ENTER).await?;
    browser.see("Over twee minuten gaat het van het klembord.").await?;
    browser.until(&holds(&code)).await?;
    browser.driver().execute(PASS, vec![121.into()]).await?;
    browser.until(&holds(" ")).await?;

    browser.press(copy).await?;
    browser.until(&holds(&code)).await?;
    browser.press("Vergrendel nu").await?;
    browser.see("Ontgrendel").await?;
    browser.until(&holds(" ")).await?;

    // What somebody copied by hand since is theirs.
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.fill("Naam van je collega", "Yusuf Demir").await?;
    browser.press("Maak de uitnodiging").await?;
    browser.press(copy).await?;
    browser.see("Over twee minuten gaat het van het klembord.").await?;
    let by_hand = "getSelection().selectAllChildren(document.querySelector('h1')); document.execCommand('copy'); \
                   return document.querySelector('h1').innerText";
    let by_hand: String = browser.driver().execute(by_hand, vec![]).await?.convert()?;
    browser.press("Vergrendel nu").await?;
    browser.see("Ontgrendel").await?;
    browser.until(&holds(&by_hand)).await?;
    browser.quiet().await
}

#[tokio::test]
async fn nothing_is_seen_of_a_page_that_nobody_looks_at() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    browser.driver().find(By::Css("a[href='/settings']")).await?.click().await?;
    browser.see("Scherm afdekken").await?;
    browser.accessible().await?;
    // The page says itself when it was covered: whoever asks it brings it to the front again.
    let watch = "window.covered = 0; new MutationObserver(() => { \
                    if (getComputedStyle(document.body).opacity === '0') window.covered += 1; \
                 }).observe(document.documentElement, { attributes: true })";
    browser.driver().execute(watch, vec![]).await?;
    let first = browser.driver().window().await?;
    let second = browser.driver().new_tab().await?;
    browser.driver().switch_to_window(second).await?;
    browser.driver().cdp().send_raw("Page.bringToFront", serde_json::json!({})).await?;
    browser.until("return document.visibilityState === 'visible'").await?;
    browser.driver().switch_to_window(first.clone()).await?;
    browser.until("return window.covered === 1 && getComputedStyle(document.body).opacity === '1'").await?;

    // Behind another window: only where somebody wishes it. A browser without a screen never loses the focus, so it is told to.
    let elsewhere = "document.hasFocus = () => false; dispatchEvent(new Event('blur'))";
    let back = "delete document.hasFocus; dispatchEvent(new Event('focus'))";
    browser.driver().execute(elsewhere, vec![]).await?;
    browser.choose("Scherm afdekken als ik in een ander venster werk").await?;
    browser.driver().execute(elsewhere, vec![]).await?;
    browser.until("return getComputedStyle(document.body).opacity === '0'").await?;
    ensure!(
        browser.driver().execute("return window.covered", vec![]).await?.convert::<u32>()? == 2,
        "nobody wished it yet"
    );
    browser.screenshot("covered").await?;
    browser.driver().execute(back, vec![]).await?;
    browser.until("return getComputedStyle(document.body).opacity === '1'").await?;

    // It outlasts a lock.
    browser.press("Vergrendel nu").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Scherm afdekken").await?;
    browser.driver().execute(elsewhere, vec![]).await?;
    browser.until("return getComputedStyle(document.body).opacity === '0'").await?;
    browser.driver().execute(back, vec![]).await?;
    browser.pictures("settings-cover").await?;
    browser.quiet().await
}
