//! The main job, in real browsers against the real relay: a participant's folder becomes a dossier, two items of it are read by
//! a third party in a browser of their own, and after withdrawing nothing opens. Everything that the browsers say on the way is
//! listened to, and in the end the relay's disk is searched.

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};
use thirtyfour::prelude::*;
use zegel_tests::{
    browser::{Browser, Profile, Relay},
    hostile::Canaries,
};

const PASSPHRASE: &str = "vier gewone woorden achter elkaar";
const TITLE: &str = "Marijke 't Hooft";
const REPORT: &str = "KANARIE-VERSLAG: ze kwam op tijd en had de brief meegenomen";
const RECEIVER: &str = "Opleidingshuis Noord";
const PURPOSE: &str = "Aanmelden voor de opleiding heftruck";
const DOCUMENT: &str = "CV Marijke 't Hooft.docx";

#[tokio::test]
async fn from_a_folder_on_the_desk_to_a_third_party_and_back() -> Result<()> {
    let relay = Relay::start()?;
    let wire = Wire::to(&relay.url())?;
    let (desk, elsewhere) = (Profile::new()?, Profile::new()?);
    let browser = Browser::start(&desk).await?;
    browser.open(&wire.url()).await?;
    browser.set_up(&relay, PASSPHRASE).await?;

    browser.driver().find(By::Css("a[href='/dossiers']")).await?.click().await?;
    browser.press("Nieuw dossier").await?;
    browser.fill("Naam van de deelnemer", TITLE).await?;
    browser.press("Maak het dossier").await?;
    browser.press("Stukken").await?;
    let files = files_below(&samples().join("'t Hooft, Marijke"))?;
    browser.drop_files(".drop", &files).await?;
    browser.see("Alle bestanden staan in het dossier").await?;
    for file in &files {
        browser.see(&file.file_name().unwrap_or_default().to_string_lossy()).await?;
    }
    browser.accessible().await?;
    browser.press("Ruim op").await?;

    browser.press("Verslagen").await?;
    browser.press("Nieuw verslag").await?;
    browser.fill("Onderwerp", "Eerste gesprek").await?;
    browser.fill("Verslag", REPORT).await?;
    browser.press("Sla op in het dossier").await?;
    browser.see("Het verslag is verzegeld en opgeslagen.").await?;

    let (link, code) = share(&browser).await?;
    browser.accessible().await?;
    let reader = Browser::start(&elsewhere).await?;
    read(&reader, &link, &code, &files).await?;
    ensure!(!reader.driver().current_url().await?.as_str().contains('#'), "the secret stays in the address bar");

    browser.press("Naar de verstrekkingen").await?;
    browser.see("geopend, laatst op").await?;
    browser.press("Trek in").await?;
    browser.press(&format!("Trek de verstrekking aan {RECEIVER} in")).await?;
    browser.see("is ingetrokken").await?;
    // As a link in a message opens: in a page that holds nothing of the visit before.
    reader.open("about:blank").await?;
    reader.open(&link).await?;
    reader.fill("De code", &code).await?;
    reader.press("Open").await?;
    reader.see("De toegang is ingetrokken").await?;
    ensure!(!reader.text().await?.contains("KANARIE"), "what was withdrawn is still shown");
    for one in [&browser, &reader] {
        one.quiet().await?;
    }

    let canaries = canaries(&link, &code, &files)?;
    ensure!(wire.heard().len() > 100_000, "the wire was not listened to");
    assert_eq!(canaries.found_in(&wire.heard()), [""; 0], "on the way to the relay");
    assert_eq!(canaries.found_under(relay.data()), [""; 0], "on the relay's disk");
    Ok(())
}

/// Shares the report and the CV by the wizard; gives the link and the code.
async fn share(browser: &Browser) -> Result<(String, String)> {
    browser.press("Verstrekkingen").await?;
    browser.press("Verstrek").await?;
    browser.fill("Aan", RECEIVER).await?;
    browser.press("Verder").await?;
    browser.choose("Eerste gesprek").await?;
    browser.choose(DOCUMENT).await?;
    browser.press("Verder").await?;
    browser.fill("Waarvoor", PURPOSE).await?;
    browser.press("Verder").await?;
    browser.see("Tot wanneer?").await?;
    browser.press("Verder").await?;
    browser.see("2 stukken. Verder niets.").await?;
    browser.press("Verstrek verzegeld").await?;
    browser.see("De code").await?;
    let texts = browser.driver().find_all(By::Css(".copied-text")).await?;
    let [link, code] = texts.as_slice() else { anyhow::bail!("a link and a code") };
    Ok((link.text().await?, code.text().await?))
}

/// Opens the link with its code and reads both items, and only these.
async fn read(reader: &Browser, link: &str, code: &str, files: &[PathBuf]) -> Result<()> {
    reader.open(link).await?;
    reader.see("Er is iets met u gedeeld").await?;
    reader.fill("De code", code).await?;
    reader.press("Open").await?;
    reader.see(REPORT).await?;
    reader.see(PURPOSE).await?;
    reader.accessible().await?;
    reader.press(&format!("Download: {DOCUMENT}")).await?;
    reader.see("Gedownload.").await?;
    let original = files.iter().find(|file| file.ends_with(DOCUMENT)).context("the sample")?;
    ensure!(reader.downloaded(DOCUMENT).await? == fs::read(original)?, "another document came");
    ensure!(!reader.text().await?.contains("Intake"), "more was shared than was ticked");
    let work = "return performance.getEntriesByType('resource').some(({ name }) => name.includes('/assets/work-'))";
    ensure!(
        !reader.driver().execute(work, vec![]).await?.convert::<bool>()?,
        "what draws a vault came to a third party"
    );
    Ok(())
}

fn canaries(link: &str, code: &str, files: &[PathBuf]) -> Result<Canaries> {
    let secret = link.split('.').nth(2).context("the link's secret")?;
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok().context("the secret is base64url")?;
    let mut canaries = Canaries::new()
        .and("title", TITLE)
        .and("report", REPORT)
        .and("receiver", RECEIVER)
        .and("purpose", PURPOSE)
        .and("name", "Sanne de Wit")
        .and("passphrase", PASSPHRASE)
        .and("link's secret", secret)
        .and("link's secret, as bytes", bytes)
        .and("code", code);
    for file in files {
        let bytes = fs::read(file)?;
        canaries = canaries.and("file name", file.file_name().context("a name")?.as_encoded_bytes());
        // Past what every file of a kind begins with.
        if let Some(middle) = bytes.get(bytes.len() / 2..bytes.len() / 2 + 24).filter(|part| distinct(part)) {
            canaries = canaries.and("content", middle);
        }
    }
    Ok(canaries)
}

/// Whether these bytes are not merely one, repeated.
fn distinct(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| Some(byte) != bytes.first())
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/drive-export/Deelnemers")
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => found.extend(files_below(&path)?),
            false => found.push(path),
        }
    }
    found.sort();
    Ok(found)
}

/// A wire to the relay that keeps what browsers send through it: requests with their headers, `Referer` among them.
struct Wire {
    port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    fn to(relay: &str) -> Result<Self> {
        let relay = relay.trim_start_matches("http://").replace("localhost", "127.0.0.1");
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (port, heard) = (listener.local_addr()?.port(), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&heard);
        thread::spawn(move || {
            for browser in listener.incoming().flatten() {
                let Ok(relay) = TcpStream::connect(&relay) else { continue };
                let (Ok(from), Ok(back)) = (browser.try_clone(), relay.try_clone()) else { continue };
                let kept = Arc::clone(&kept);
                thread::spawn(move || carry(from, relay, Some(&kept)));
                thread::spawn(move || carry(back, browser, None));
            }
        });
        Ok(Self { port, heard })
    }

    fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Carries bytes one way until either side hangs up.
fn carry(mut from: TcpStream, mut to: TcpStream, kept: Option<&Mutex<Vec<u8>>>) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if let Some(kept) = kept {
            kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..count]);
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}
