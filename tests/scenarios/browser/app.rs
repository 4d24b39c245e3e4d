//! The app as it is served: it starts, under a policy that forbids nearly everything, and nothing is refused; and what
//! somebody types stays where they type it.

use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;
use zegel_tests::browser::{Browser, Profile, Relay, Width};

#[tokio::test]
async fn the_app_starts_and_the_policy_refuses_nothing() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.see("Zegel").await?;
    browser.quiet().await?;
    browser.accessible().await?;
    browser.resize(Width::Phone).await?;
    let wide = "return document.documentElement.scrollWidth > innerWidth";
    ensure!(!browser.driver().execute(wide, vec![]).await?.convert::<bool>()?, "the page is wider than a phone");
    browser.quiet().await
}

#[tokio::test]
async fn a_first_visit_downloads_one_program_after_the_other_and_no_letters_it_does_not_show() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    // Which page that is, the vault says.
    browser.see("Begin met Zegel").await?;
    browser
        .until(&format!("return {CAME}.some(([name]) => name.startsWith('/assets/work-') && name.endsWith('.js'))"))
        .await?;
    let came: Vec<(String, f64, f64)> = browser.driver().execute(format!("return {CAME}"), vec![]).await?.convert()?;
    let file = |start: &str, end: &str| {
        let mut named = came.iter().filter(|(path, ..)| path.starts_with(start) && path.ends_with(end));
        named.next().with_context(|| format!("{start}…{end} was not downloaded")).map(|(_, begin, end)| (*begin, *end))
    };
    let (_, door) = file("/assets/door-", ".wasm")?;
    let (vault, vault_end) = file("/assets/vault-", ".wasm")?;
    let (work, _) = file("/assets/work-", ".wasm")?;
    ensure!(door <= vault, "the vault came beside the door");
    ensure!(vault_end <= work, "what draws an open vault came beside the vault");
    file("/assets/atkinson-", ".woff2")?;
    ensure!(file("/assets/atkinson-hyperlegible-next-ext-", ".woff2").is_err(), "the second font came too");
    browser.quiet().await
}

#[tokio::test]
async fn the_policy_is_in_force_and_the_watch_sees_it() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.see("Zegel").await?;
    let inline =
        "const script = document.createElement('script'); script.src = 'data:,1'; document.body.append(script);";
    ensure!(browser.driver().execute(inline, vec![]).await.is_err(), "Trusted Types let a script through");
    let style = "document.body.setAttribute('style', 'color: red')";
    browser.driver().execute(style, vec![]).await?;
    ensure!(browser.quiet().await.is_err(), "the watch missed a refused style");
    Ok(())
}

#[tokio::test]
async fn words_stay_when_something_appears_beside_them() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;

    // A box of problems above a form.
    browser.fill("Je naam", "Sanne").await?;
    mark(&browser, "name").await?;
    browser.press("Maak de organisatie").await?;
    browser.see("Dit lukte nog niet").await?;
    ensure!(kept(&browser, "name", "Sanne").await?, "the problems took a name away");
    browser.set_up(&relay, PASSPHRASE).await?;

    // What was found below a search.
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.see("Zoek").await?;
    mark(&browser, "search").await?;
    browser.fill("Zoek", "nobody of this name?").await?;
    browser.see("Niets gevonden").await?;
    ensure!(kept(&browser, "search", "nobody of this name?").await?, "what was found took the search away");
    ensure!(focused(&browser).await? == "search", "what was found took the focus away");
    browser.quiet().await
}

#[tokio::test]
async fn keys_find_the_search_and_their_own_help() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    browser.driver().action_chain().send_keys("?").perform().await?;
    browser.see("Deze uitleg").await?;
    browser.accessible().await?;
    browser.driver().action_chain().key_down(Key::Control).send_keys("k").key_up(Key::Control).perform().await?;
    browser.see("Toets / brengt je hier").await?;
    browser.press("Nieuw dossier").await?;
    browser.see("Naam van de deelnemer").await?;
    browser.quiet().await
}

#[tokio::test]
async fn a_locked_vault_asks_for_the_passphrase_and_opens_on_the_list() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.press("Vergrendel nu").await?;
    for begin in ["locked", "loaded anew"] {
        browser.fill("Wachtwoordzin", PASSPHRASE).await.context(begin)?;
        browser.press("Ontgrendel").await?;
        browser.see("Toets / brengt je hier").await.context(begin)?;
        browser.driver().refresh().await?;
    }
    browser.quiet().await
}

#[tokio::test]
async fn a_vault_whose_program_does_not_come_is_asked_for_again() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    let devtools = browser.driver().cdp();
    devtools.send_raw("Network.enable", serde_json::json!({})).await?;
    devtools.send_raw("Network.setBlockedURLs", serde_json::json!({ "urls": ["*/assets/vault-*.wasm"] })).await?;
    browser.driver().refresh().await?;
    browser.see("De server is niet te bereiken").await?;
    devtools.send_raw("Network.setBlockedURLs", serde_json::json!({ "urls": [] })).await?;
    browser.press("Probeer opnieuw").await?;
    browser.fill("Wachtwoordzin", PASSPHRASE).await?;
    browser.press("Ontgrendel").await?;
    browser.see("Vandaag").await?;
    browser.quiet().await
}

#[tokio::test]
async fn an_open_vault_waits_for_what_draws_it() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    let devtools = browser.driver().cdp();
    devtools.send_raw("Network.enable", serde_json::json!({})).await?;
    devtools.send_raw("Network.setCacheDisabled", serde_json::json!({ "cacheDisabled": true })).await?;
    // The program, or the script that starts it.
    for missing in ["*/assets/work-*.wasm", "*/assets/work-*.js*"] {
        devtools.send_raw("Network.setBlockedURLs", serde_json::json!({ "urls": [missing] })).await?;
        browser.open(&format!("{}/dossiers", relay.url())).await?;
        browser.fill("Wachtwoordzin", PASSPHRASE).await?;
        browser.press("Ontgrendel").await?;
        browser.see("Er gaat niets verloren").await.context(missing)?;
        browser.accessible().await?;
        browser.press("Probeer opnieuw").await?;
        browser.see("Het ontbrekende deel kwam niet aan").await?;
        browser.pictures("opening-failed").await?;
        devtools.send_raw("Network.setBlockedURLs", serde_json::json!({ "urls": [] })).await?;
        browser.press("Probeer opnieuw").await?;
        browser.see("Toets / brengt je hier").await.context(missing)?;
    }
    browser.quiet().await
}

#[tokio::test]
async fn a_mistake_in_either_program_ends_the_worker_and_says_so() -> Result<()> {
    let relay = Relay::start()?;
    let profile = Profile::new()?;
    let browser = Browser::start(&profile).await?;
    browser.open(&relay.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;
    let workers = "const end = Worker.prototype.terminate; \
                   Worker.prototype.terminate = function () { globalThis.ended = true; return end.call(this); }; \
                   Node.prototype.insertBefore = () => { throw new Error('on purpose'); };";
    for (program, press) in [("work", "Nieuw dossier"), ("door", "Ik gebruik deze computer ook")] {
        browser.open(&format!("{}/dossiers", relay.url())).await?;
        if program == "work" {
            browser.fill("Wachtwoordzin", PASSPHRASE).await?;
            browser.press("Ontgrendel").await?;
        }
        browser.see(press).await?;
        browser.driver().execute(workers, vec![]).await?;
        browser.press(press).await?;
        browser.see("Zegel is gestopt").await.context(program)?;
        ensure!(
            browser.driver().execute("return globalThis.ended === true", vec![]).await?.convert::<bool>()?,
            "{program}: keys stay"
        );
        browser.press("Open Zegel opnieuw").await?;
        browser.see("De kluis op dit apparaat is op slot").await.context(program)?;
    }
    Ok(())
}

/// What was downloaded: path, begin, end.
const CAME: &str = "performance.getEntriesByType('resource')\
                    .map((entry) => [new URL(entry.name).pathname, entry.startTime, entry.responseEnd])";

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";

/// Leaves a mark on an element, which one made anew would not have.
async fn mark(browser: &Browser, id: &str) -> Result<()> {
    browser.driver().execute(format!("document.getElementById('{id}').marked = true"), vec![]).await?;
    Ok(())
}

/// Whether the element is the one that was marked, with these words in it.
async fn kept(browser: &Browser, id: &str, words: &str) -> Result<bool> {
    let script =
        format!("const e = document.getElementById('{id}'); return e.marked === true && e.value === {words:?}");
    Ok(browser.driver().execute(script, vec![]).await?.convert()?)
}

/// The id of the element that has the focus.
async fn focused(browser: &Browser) -> Result<String> {
    Ok(browser.driver().execute("return document.activeElement.id", vec![]).await?.convert()?)
}
