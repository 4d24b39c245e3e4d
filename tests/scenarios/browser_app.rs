//! The app as it is served: it starts, under a policy that forbids nearly everything, and nothing is refused.

use anyhow::{Result, ensure};
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
