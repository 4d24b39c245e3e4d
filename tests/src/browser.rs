//! A person at a browser: real Chromium, driven through chromedriver, against the real relay.
//!
//! Each [`Browser`] has a driver of its own on a port of its own and a [`Profile`], so scenarios run side by side. The
//! verbs name what a person sees (the label of a field, the words on a button) and wait for it. Whatever the content
//! security policy refuses, and every error of the page, is kept; [`Browser::quiet`] fails on it.
//!
//! `cargo xtask test` builds what is started here and says where it is: `ZEGEL_RELAY_BIN`, `CHROME`, `CHROMEDRIVER`,
//! `ZEGEL_AXE`.

mod authenticator;

pub use authenticator::Authenticator;

use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::mem::ManuallyDrop;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use std::{env, fs, thread};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel};
use zegel_relay::Config;
use zegel_relay::clock::{Clock, SystemClock};

/// How long anything on a page may take; key derivation on a busy machine is the longest.
const PATIENCE: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_millis(50);

/// A child process that ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// Starts a program and waits for the line of its output in which `find` sees what is asked for. The rest of its
    /// output is read on, so that it never waits for us.
    fn start<T: Send + 'static>(mut command: Command, find: fn(&str) -> Option<T>) -> Result<(Self, T)> {
        let program = command.get_program().to_string_lossy().into_owned();
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.with_context(|| format!("cannot start {program}"))?;
        let (sender, receiver) = mpsc::channel();
        if let Some(pipe) = child.stdout.take() {
            follow(pipe, find, sender.clone());
        }
        if let Some(pipe) = child.stderr.take() {
            follow(pipe, find, sender);
        }
        let process = Self(child);
        let mut said = String::new();
        while let Ok(message) = receiver.recv_timeout(PATIENCE) {
            match message {
                Ok(found) => return Ok((process, found)),
                Err(line) => said.push_str(&(line + "\n")),
            }
        }
        bail!("{program} did not say that it is ready:\n{said}")
    }
}

fn follow<T: Send + 'static>(
    pipe: impl Read + Send + 'static,
    find: fn(&str) -> Option<T>,
    sender: mpsc::Sender<Result<T, String>>,
) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            // Once the answer is known nobody listens; reading goes on all the same.
            let _ = sender.send(find(&line).ok_or(line));
        }
    });
}

/// The digits after the first `before` in a line.
fn number_after(line: &str, before: &str) -> Option<u16> {
    let (_, rest) = line.split_once(before)?;
    let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The machine's clock, set on by as much as a scenario says.
#[derive(Clone, Default)]
pub struct ClockAhead(Arc<AtomicU64>);

impl ClockAhead {
    /// Sets it on by so many seconds.
    pub fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for ClockAhead {
    fn millis(&self) -> u64 {
        SystemClock.millis() + self.0.load(Ordering::SeqCst)
    }
}

/// The relay as an operator starts it, on a data folder of its own and a free port.
pub struct Relay {
    /// None of one that runs in this process.
    process: Option<Process>,
    data: TempDir,
    port: u16,
}

impl Relay {
    /// Starts `zegel-relay serve` on an empty folder.
    pub fn start() -> Result<Self> {
        let data = TempDir::new()?;
        let (process, port) = Self::serve(data.path(), 0)?;
        Ok(Self { process: Some(process), data, port })
    }

    /// The same relay in this process, by a clock that can be set on. It cannot be stopped.
    pub fn start_with_clock() -> Result<(Self, ClockAhead)> {
        let (data, clock) = (TempDir::new()?, ClockAhead::default());
        let config = Config { clock: Arc::new(clock.clone()), ..Config::new(data.path()) };
        let relay = zegel_relay::Relay::open(config)?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || -> Result<()> {
            // Nobody listens any more if it took too long.
            let ready = move |address: SocketAddr| sender.send(address.port()).unwrap_or_default();
            let serving = zegel_relay::serve(relay, ([127, 0, 0, 1], 0).into(), ready, std::future::pending());
            Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(serving)?)
        });
        let port = receiver.recv_timeout(PATIENCE)?;
        Ok((Self { process: None, data, port }, clock))
    }

    /// Kills the relay without warning and starts it again on the same folder and port.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        self.serve_again()
    }

    fn serve_again(&mut self) -> Result<()> {
        let (process, port) = Self::serve(self.data.path(), self.port)?;
        (self.process, self.port) = (Some(process), port);
        Ok(())
    }

    /// A backup, as the operator makes one.
    pub fn back_up(&self) -> Result<TempDir> {
        let backup = TempDir::new()?;
        zegel_relay::backup::back_up(self.data.path(), backup.path(), &SystemClock)?;
        Ok(backup)
    }

    /// Kills the relay and serves, at the same port, the archive of that backup with the newest halves.
    pub fn restore(&mut self, backup: &TempDir) -> Result<()> {
        self.stop()?;
        let (halves, data) = (TempDir::new()?, TempDir::new()?);
        zegel_relay::backup::back_up_halves(self.data.path(), halves.path())?;
        let (archive, halves) = (backup.path().join("archive"), halves.path().join("halves"));
        zegel_relay::restore::restore(&archive, &halves, data.path(), &SystemClock)?;
        self.data = data;
        self.serve_again()
    }

    fn serve(data: &Path, port: u16) -> Result<(Process, u16)> {
        let mut command = Command::new(program("ZEGEL_RELAY_BIN", "zegel-relay"));
        command.arg("serve").arg("--data").arg(data).args(["--listen", &format!("127.0.0.1:{port}")]);
        Process::start(command, |line| number_after(line, "127.0.0.1:").or_else(|| number_after(line, "localhost:")))
    }

    /// Kills the relay without warning; [`Relay::restart`] brings it back.
    pub fn stop(&mut self) -> Result<()> {
        let process = self.process.as_mut().context("a relay in this process is not stopped")?;
        process.0.kill()?;
        process.0.wait()?;
        Ok(())
    }

    /// Where the app and the relay are; `localhost`, because a browser trusts that name without https.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The folder with all that the relay keeps.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The one-time token with which the first director sets up the organisation.
    pub fn setup_token(&self) -> Result<String> {
        let path = self.data.path().join("setup-token");
        Ok(fs::read_to_string(&path).with_context(|| path.display().to_string())?.trim().to_owned())
    }
}

/// The program that a variable names, or the one that cargo built beside this test.
fn program(variable: &str, name: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| {
        let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
        target.join("debug").join(name).into()
    })
}

/// What a browser keeps between its starts: a profile folder and a downloads folder.
pub struct Profile {
    folder: TempDir,
}

impl Profile {
    /// The profile of somebody who never opened the app.
    pub fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        fs::create_dir(folder.path().join("downloads"))?;
        Ok(Self { folder })
    }

    /// All that the browser wrote to disk, for a search for what it should not have.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("browser")
    }

    fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }
}

/// The two widths on which every page must work, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub enum Width {
    /// 1280 by 800.
    Desk,
    /// 360 by 740.
    Phone,
}

/// One running browser with one page.
pub struct Browser {
    // Never dropped by itself: its own way of ending a session blocks the runtime that it waits for.
    driver: ManuallyDrop<WebDriver>,
    port: u16,
    _process: Process,
    downloads: PathBuf,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to shut down, the driver ends its browser first; killed, it would leave that behind.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
    }
}

/// Starts chromedriver; gives its port. It lets the system choose one for IPv6 and then wants the same for IPv4, where some
/// other program may have it: that is no reason to fail, and another one is chosen next time.
fn start_driver() -> Result<(Process, u16)> {
    for _ in 0..9 {
        let started = Process::start(driver_command(), driver_port);
        if !started.as_ref().is_err_and(|error| error.to_string().contains("port not available")) {
            return started;
        }
    }
    Process::start(driver_command(), driver_port)
}

fn driver_command() -> Command {
    let mut command = Command::new(env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into()));
    command.arg("--port=0");
    command
}

fn driver_port(line: &str) -> Option<u16> {
    number_after(line, "started successfully on port ")
}

/// Runs before the scripts of every page; what it keeps survives a reload, not the browser.
const WATCH: &str = r#"
    const keep = (text) => {
        try {
            const kept = JSON.parse(sessionStorage.getItem("complaints") ?? "[]");
            sessionStorage.setItem("complaints", JSON.stringify([...kept, text]));
        } catch {}
    };
    addEventListener("securitypolicyviolation", (e) =>
        keep(`refused by ${e.effectiveDirective}: ${e.blockedURI} ${e.sample} (${e.sourceFile}:${e.lineNumber})`));
    addEventListener("error", (e) => keep(`error: ${e.message ?? e.target?.outerHTML}`), true);
    addEventListener("unhandledrejection", (e) => keep(`rejected: ${e.reason}`));
"#;

impl Browser {
    /// Starts Chromium with this profile; one browser at a time may have it.
    pub async fn start(profile: &Profile) -> Result<Self> {
        let (process, port) = start_driver().context("chromedriver")?;
        let mut capabilities = ChromeCapabilities::new();
        if let Some(path) = env::var_os("CHROME") {
            capabilities.set_binary(&path.to_string_lossy())?;
        }
        let folder = format!("--user-data-dir={}", profile.data().display());
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=nl",
            &folder,
        ] {
            capabilities.add_arg(argument)?;
        }
        capabilities.add_experimental_option(
            "prefs",
            serde_json::json!({
                "download.default_directory": profile.downloads(),
                "download.prompt_for_download": false,
                "intl.accept_languages": "nl,en",
            }),
        )?;
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::Warning)?;
        let driver =
            WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.context("no browser session")?;
        let watch = serde_json::json!({ "source": WATCH });
        driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", watch).await?;
        let driver = ManuallyDrop::new(driver);
        let browser = Self { driver, port, _process: process, downloads: profile.downloads() };
        browser.resize(Width::Desk).await?;
        Ok(browser)
    }

    /// The session itself, for what has no verb here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) -> Result<()> {
        self.driver.goto(url).await.with_context(|| format!("cannot open {url}"))
    }

    /// Gives the page one of the two widths.
    pub async fn resize(&self, width: Width) -> Result<()> {
        let (width, height) = match width {
            Width::Desk => (1280, 800),
            Width::Phone => (360, 740),
        };
        let metrics = serde_json::json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Writes a picture of the page to `target/screenshots/NAME.png`.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        self.driver.screenshot(&path).await?;
        Ok(path)
    }

    /// Waits until the words stand on the page.
    pub async fn see(&self, words: &str) -> Result<()> {
        let anywhere = format!("//body//*[not(self::script) and contains(normalize-space(), {})]", quoted(words));
        self.visible(&anywhere, &format!("the words “{words}”")).await.map(drop)
    }

    /// All that can be read on the page now.
    pub async fn text(&self) -> Result<String> {
        Ok(self.driver.find(By::Tag("body")).await?.text().await?)
    }

    /// Presses the button, link, tab or summary with these words, or with this accessible name.
    pub async fn press(&self, words: &str) -> Result<()> {
        let words_of_it = format!("[normalize-space()={0} or @aria-label={0}]", quoted(words));
        let kinds = ["self::button", "self::a", "self::summary", "@role='button'", "@role='tab'", "@role='link'"];
        let path = format!("//*[{}]{words_of_it}", kinds.join(" or "));
        let begin = Instant::now();
        loop {
            let pressed = self.visible(&path, &format!("a button “{words}”")).await?.click().await;
            if pressed.is_ok() || begin.elapsed() > PATIENCE {
                return pressed.with_context(|| format!("“{words}” cannot be pressed"));
            }
        }
    }

    /// Types into the field with this label, in place of what it held.
    pub async fn fill(&self, label: &str, value: &str) -> Result<()> {
        let field = self.field(label).await?;
        field.clear().await?;
        field.send_keys(value).await?;
        Ok(())
    }

    /// Ticks, unticks or chooses the box, radio button or option with this label.
    pub async fn choose(&self, label: &str) -> Result<()> {
        self.field(label).await?.click().await?;
        Ok(())
    }

    /// Hands files to the file picker with this label.
    pub async fn pick(&self, label: &str, files: &[PathBuf]) -> Result<()> {
        self.field(label).await?.send_keys(lines(files)?).await?;
        Ok(())
    }

    /// Drops files on the first element that the CSS selector names, as from a folder on the desk.
    pub async fn drop_files(&self, selector: &str, files: &[PathBuf]) -> Result<()> {
        let target = self.driver.query(By::Css(selector)).wait(PATIENCE, INTERVAL).first().await?;
        let create = "const input = document.createElement('input'); input.type = 'file'; input.multiple = true; \
                      document.body.append(input); return input;";
        let input = self.driver.execute(create, vec![]).await?.element()?;
        input.send_keys(lines(files)?).await?;
        let drop = "const [target, input] = arguments; const dataTransfer = new DataTransfer(); \
                    for (const file of input.files) dataTransfer.items.add(file); input.remove(); \
                    for (const kind of ['dragenter', 'dragover', 'drop']) \
                        target.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));";
        self.driver.execute(drop, vec![target.to_json()?, input.to_json()?]).await?;
        Ok(())
    }

    /// Makes an organisation of an empty relay, by what the pages ask. Gives the key card's lines.
    pub async fn set_up(&self, relay: &Relay, passphrase: &str) -> Result<String> {
        let card = self.found(relay, passphrase).await?;
        self.press("De vellen zijn afgedrukt").await?;
        self.see("Vandaag").await?;
        Ok(card)
    }

    /// The same until the recovery sheets are shown.
    pub async fn found(&self, relay: &Relay, passphrase: &str) -> Result<String> {
        self.fill("Startcode van de server", &relay.setup_token()?).await?;
        self.fill("Organisatie", "De Brug").await?;
        self.fill("Je naam", "Sanne de Wit").await?;
        self.fill("Wachtwoordzin", passphrase).await?;
        self.fill("Nog een keer je wachtwoordzin", passphrase).await?;
        self.press("Maak de organisatie").await?;
        let card = self.prove_card().await?;
        self.see("Druk de herstelvellen af").await?;
        Ok(card)
    }

    /// Types back the two groups that the page asks of a key card; gives the card's lines.
    pub async fn prove_card(&self) -> Result<String> {
        self.see("Controleer de kaart").await?;
        let card = self.driver.find(By::Css(".secret-lines")).await?.text().await?;
        let lines: Vec<Vec<&str>> = card.lines().map(|line| line.split_whitespace().collect()).collect();
        for group in ["group-0", "group-1"] {
            let label = self.driver.find(By::Css(format!("label[for={group}]"))).await?.text().await?;
            let mut numbers = label.split(|letter: char| !letter.is_ascii_digit()).filter_map(|part| part.parse().ok());
            let (line, place): (usize, usize) = numbers.next().zip(numbers.next()).context("which group is asked")?;
            self.fill(&label, lines[line - 1][place - 1]).await?;
        }
        self.press("De kaart klopt").await?;
        Ok(card)
    }

    /// Walks with the Tab key to the control with these words, as its own or as its label.
    pub async fn tab_to(&self, words: &str) -> Result<()> {
        self.tab_until(words, "(e.labels?.[0] ?? e).textContent.trim()", |here| here == words).await
    }

    /// The same by the name that a screen reader says.
    pub async fn tab_to_named(&self, name: &str) -> Result<()> {
        self.tab_until(name, "e.getAttribute('aria-label') ?? ''", |here| here == name).await
    }

    /// Walks to the link or button that begins with these words, and presses Enter there.
    pub async fn walk_to(&self, words: &str) -> Result<()> {
        self.see(words).await?;
        self.tab_until(words, "e.textContent.trim()", |here| here.starts_with(words)).await?;
        self.keys("\u{e007}").await
    }

    async fn tab_until(&self, words: &str, what: &str, found: impl Fn(&str) -> bool) -> Result<()> {
        const TAB: &str = "\u{e004}";
        let here = format!("const e = document.activeElement; return {what}");
        for _ in 0..60 {
            self.keys(TAB).await?;
            if found(&self.driver.execute(here.as_str(), vec![]).await?.convert::<String>()?) {
                return Ok(());
            }
        }
        bail!("the Tab key does not come to “{words}”")
    }

    /// Waits until a script says yes.
    pub async fn until(&self, script: &str) -> Result<()> {
        let mut interval = tokio::time::interval(INTERVAL);
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if self.driver.execute(script, vec![]).await?.convert::<bool>()? {
                return Ok(());
            }
            interval.tick().await;
        }
        bail!("it never became so: {script}")
    }

    /// Closes the browser as its person does, so that all that it keeps is on the disk.
    pub async fn close(self) {
        // Whoever would answer is gone by then.
        let _ = self.driver.cdp().send_raw("Browser.close", serde_json::json!({})).await;
    }

    /// Types where the focus is.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }

    /// Pictures of the page at both widths, light and dark; fails where it is wider than a phone.
    pub async fn pictures(&self, name: &str) -> Result<()> {
        for (scheme, width) in
            [("light", Width::Desk), ("dark", Width::Desk), ("dark", Width::Phone), ("light", Width::Phone)]
        {
            let media = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
            self.resize(width).await?;
            self.screenshot(&format!("{name}-{width:?}-{scheme}").to_lowercase()).await?;
        }
        let wide = "return document.documentElement.scrollWidth > innerWidth";
        let wide: bool = self.driver.execute(wide, vec![]).await?.convert()?;
        ensure!(!wide, "{name} is wider than a phone");
        self.resize(Width::Desk).await
    }

    /// A picture of what would come out of the printer, on A4, and the words on it.
    pub async fn on_paper(&self, name: &str) -> Result<String> {
        let devtools = self.driver.cdp();
        devtools.send_raw("Emulation.setEmulatedMedia", serde_json::json!({ "media": "print" })).await?;
        let metrics = serde_json::json!({ "width": 794, "height": 1123, "deviceScaleFactor": 1, "mobile": false });
        devtools.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.driver.execute("scrollTo(0, 0)", vec![]).await?;
        self.screenshot(&format!("{name}-paper")).await?;
        let words = self.text().await?;
        devtools.send_raw("Emulation.setEmulatedMedia", serde_json::json!({ "media": "" })).await?;
        self.resize(Width::Desk).await?;
        Ok(words)
    }

    /// Waits for a downloaded file and returns its bytes.
    pub async fn downloaded(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.downloads.join(name);
        let wait = async {
            let mut interval = tokio::time::interval(INTERVAL);
            // Chromium gives the name only when the file is whole.
            while !path.exists() {
                interval.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.with_context(|| format!("{name} was not downloaded"))?;
        Ok(fs::read(path)?)
    }

    /// Fails when anything was refused by the content security policy, threw, or wrote an error to the console since the
    /// last call. Answers of the relay that refuse something are no errors of the page.
    pub async fn quiet(&self) -> Result<()> {
        let taken = "const kept = sessionStorage.getItem('complaints') ?? '[]'; \
                     sessionStorage.removeItem('complaints'); return JSON.parse(kept);";
        let mut complaints: Vec<String> = self.driver.execute(taken, vec![]).await?.convert()?;
        for entry in self.driver.browser_log().await? {
            if entry.source.as_deref() != Some("network") {
                complaints.push(format!("{}: {}", entry.level, entry.message));
            }
        }
        ensure!(complaints.is_empty(), "the browser complains:\n{}", complaints.join("\n"));
        Ok(())
    }

    /// Checks the page against WCAG 2.2 AA as far as axe-core can; `ZEGEL_AXE` names its script, without it nothing is
    /// checked.
    pub async fn accessible(&self) -> Result<()> {
        let Some(path) = env::var_os("ZEGEL_AXE") else { return Ok(()) };
        let script = fs::read_to_string(&path).with_context(|| Path::new(&path).display().to_string())?;
        self.driver.execute(script, vec![]).await?;
        let run = "const done = arguments[arguments.length - 1]; \
                   const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']; \
                   axe.run(document, { runOnly: tags }).then((result) => done(result.violations.map((violation) => \
                       `${violation.help}: ${violation.nodes.map((node) => node.html).join(' | ')}`)), \
                       (error) => done([`axe: ${error}`]));";
        let violations: Vec<String> = self.driver.execute_async(run, vec![]).await?.convert()?;
        ensure!(violations.is_empty(), "not for everybody:\n{}", violations.join("\n"));
        Ok(())
    }

    /// The control of a label, also when the label only names it (`aria-label`).
    async fn field(&self, label: &str) -> Result<WebElement> {
        let name = quoted(label);
        let path = format!("//label[starts-with(normalize-space(), {name})] | //*[@aria-label={name}]");
        let found = self.driver.query(By::XPath(path)).wait(PATIENCE, INTERVAL).first().await;
        let found = found.with_context(|| format!("there is no field “{label}”"))?;
        let control =
            self.driver.execute("return arguments[0].control ?? arguments[0]", vec![found.to_json()?]).await?;
        Ok(control.element()?)
    }

    /// Waits for a displayed element. A page that draws itself anew takes elements away between two questions; that is
    /// no failure, the next round finds the new one.
    async fn visible(&self, path: &str, what: &str) -> Result<WebElement> {
        let mut interval = tokio::time::interval(INTERVAL);
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            for element in self.driver.find_all(By::XPath(path)).await? {
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(element);
                }
            }
            interval.tick().await;
        }
        let text = self.text().await.unwrap_or_default();
        let picture = self.screenshot("missing").await?;
        bail!("{what} did not appear; the page ({}) says:\n{text}", picture.display())
    }
}

/// A string as XPath writes it, which knows no escapes.
fn quoted(text: &str) -> String {
    let parts: Vec<String> = text.split('"').map(|part| format!("\"{part}\"")).collect();
    if parts.len() == 1 { parts.concat() } else { format!("concat({})", parts.join(", '\"', ")) }
}

/// Paths as a file field takes them: absolute, one a line.
fn lines(files: &[PathBuf]) -> Result<String> {
    let absolute: Result<Vec<String>> = files
        .iter()
        .map(|file| Ok(file.canonicalize().with_context(|| file.display().to_string())?.display().to_string()))
        .collect();
    Ok(absolute?.join("\n"))
}
