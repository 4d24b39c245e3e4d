//! A browser profile from before a table was added to the database of a vault.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay};
use zegel_vault::Vault;

use crate::keys::{PASSPHRASE, ports};

/// Makes the database as version 1 made it, with what is in it now: that had no table of signed entries. Gives how many rows it has.
const DOWNGRADE: &str = "
    const done = arguments[arguments.length - 1];
    const heard = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    (async () => {
        const now = await heard(indexedDB.open('zegel'));
        if (now.version !== 2) throw new Error(`version ${now.version}`);
        const rows = {};
        for (const name of [...now.objectStoreNames].filter((name) => name !== 'entry')) {
            const store = now.transaction(name).objectStore(name);
            const [keys, values] = await Promise.all([heard(store.getAllKeys()), heard(store.getAll())]);
            rows[name] = keys.map((key, at) => [key, values[at]]);
        }
        now.close();
        await heard(indexedDB.deleteDatabase('zegel'));
        const opening = indexedDB.open('zegel', 1);
        opening.onupgradeneeded = () => Object.keys(rows).forEach((name) => opening.result.createObjectStore(name));
        const old = await heard(opening);
        for (const [name, all] of Object.entries(rows)) {
            const store = old.transaction(name, 'readwrite').objectStore(name);
            await Promise.all(all.map(([key, value]) => heard(store.put(value, key))));
        }
        old.close();
        return { queue: rows.queue.length, shelf: rows.shelf.length };
    })().then(done, (error) => done({ error: `${error}` }));";

#[tokio::test]
async fn a_profile_of_the_version_before_opens_and_loses_nothing() -> Result<()> {
    let mut relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    let card = browser.set_up(&relay, PASSPHRASE).await?;
    let home = tempfile::tempdir()?;
    let mut sanne = Vault::enrol(ports(home.path(), &relay)?, &card, PASSPHRASE.to_owned().into()).await?;
    let dossier = sanne.new_dossier("Bram IJsselstein").await?;
    sanne.save_report(&dossier, None, 0, "Intake", "KANARIE wil werken", "2026-03-05").await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.see("Bram IJsselstein").await?;
    browser.driver().find(By::Css(format!("a[href='/dossiers/{dossier}']"))).await?.click().await?;
    browser.see("Intake").await?;

    // A report that waits on this device, and is nowhere else.
    browser.press("Verslagen").await?;
    browser.press("Nieuw verslag").await?;
    relay.stop()?;
    browser.fill("Onderwerp", "Onderweg").await?;
    browser.fill("Verslag", "KANARIE geschreven in de trein").await?;
    browser.press("Sla op in het dossier").await?;
    browser.see("Het verslag staat verzegeld op dit apparaat").await?;
    browser.press("Vergrendel nu").await?;
    browser.see("Welkom terug").await?;

    let rows = browser.driver().execute_async(DOWNGRADE, vec![]).await?.json().clone();
    ensure!(rows == json!({ "queue": 1, "shelf": 1 }), "{rows}");
    relay.restart()?;
    browser.open(&format!("{}/dossiers/{dossier}", relay.url())).await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Intake").await?;
    browser.see("Onderweg").await?;
    browser.until("return !document.body.innerText.includes('wacht op verzenden')").await?;
    sanne.sync().await?;
    let items = sanne.dossier(&dossier).await?.items;
    ensure!(items.iter().any(|item| item.title == "Onderweg"), "what waited did not come");

    // What was added is there, and used.
    let version = "return indexedDB.databases().then(([one]) => one.version)";
    ensure!(browser.driver().execute(version, vec![]).await?.convert::<u64>()? == 2);
    browser.quiet().await
}
