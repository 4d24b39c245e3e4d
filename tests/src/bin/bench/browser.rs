//! The app in headless Chromium, as people have it: a full list, search while typing, scrolling; and what its worker does
//! beside the browser's own cryptography.

use std::{
    collections::HashMap,
    env,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use zegel_tests::{
    browser::{Browser, Profile},
    world::PASSPHRASE,
};

use crate::{
    Journal,
    office::{Office, title},
    report::{Row, median, thousands},
};

/// How often a locked vault is opened, and words are looked for in texts.
const TIMES: usize = 5;

/// What a full list of so many dossiers costs in the browser of somebody who comes with a key card.
pub(crate) async fn list(office: &Office, dossiers: usize, journal: &mut Journal) -> Result<Vec<Row>> {
    journal.look("a worker")?;
    let worker = worker()?;
    let mut rows = worker.rows()?;
    let [derivation] = worker.numbers("derivation")?;

    journal.look("the list, in a browser that is new")?;
    let profile = Profile::new()?;
    let page = Page(Browser::start(&profile).await?);
    page.0.open(&format!("http://localhost:{}/dossiers", office.server.address.port())).await?;
    page.0.fill("Tekst van je sleutelkaart", &office.card).await?;
    let [new] = page.submit(PASSPHRASE, "main .row").await?;
    journal.look("locked and opened")?;
    // A wrong passphrase is refused after the key derivation, so the difference is what else opening takes.
    let (mut refused, mut beyond) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        page.0.press("Vergrendel nu").await?;
        let [wrong] = page.submit("vier andere woorden dan deze", "#problems").await?;
        let [right] = page.submit(PASSPHRASE, "main .row").await?;
        refused.push(wrong);
        beyond.push(right - wrong);
    }
    let (refused, beyond) = (median(refused.into_iter()), median(beyond.into_iter()));
    let named = thousands(dossiers as f64);
    rows.push(
        Row::new(
            format!("passphrase to list, {named} dossiers, browser"),
            format!(
                "{beyond:.0} ms beyond the {refused:.0} ms in which a wrong one is refused; Argon2id alone {derivation:.0} ms"
            ),
        )
        .target("1 s beyond", beyond < 1000.0),
    );
    rows.push(Row::new(
        format!("key card to list, {named} dossiers, a browser that is new"),
        format!("{:.1} s", new / 1e3),
    ));
    journal.look("scrolling")?;
    rows.push(page.scrolling(&named).await?);
    journal.look("search")?;
    rows.extend(page.search(dossiers, &named).await?);
    page.0.quiet().await?;
    Ok(rows)
}

/// For every script: the next frame; what a change of the page brings about; the end of what it set going.
const PRELUDE: &str = r#"
    const frame = () => new Promise(requestAnimationFrame);
    const seen = (ready) => new Promise((done) => {
        const look = () => ready() && (observer.disconnect(), done());
        const observer = new MutationObserver(look);
        observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
        look();
    });
    const settled = () => new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
    });
    const type = (words) => {
        const input = document.getElementById("search");
        input.value = words;
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
        return performance.now();
    };
"#;

/// Frames a second and the longest in milliseconds, over three seconds: still, scrolling down, scrolling up, still; then
/// the pixels a frame, few enough not to come to an end, and the first row there was between down and up.
const SCROLL: &str = r#"
    const run = async (pixels) => {
        const began = await frame();
        let last = began, longest = 0, frames = 0;
        while (last - began < 3000) {
            scrollBy(0, pixels);
            const now = await frame();
            longest = Math.max(longest, now - last);
            last = now;
            frames += 1;
        }
        return [frames * 1000 / (last - began), longest];
    };
    const pixels = Math.min(400, Math.floor(document.documentElement.scrollHeight / 250));
    const still = await run(0), down = await run(pixels);
    const place = Number(document.querySelector("main .row").getAttribute("aria-posinset"));
    const up = await run(-pixels), again = await run(0);
    return [...still, ...down, ...up, ...again, pixels, place];
"#;

/// Milliseconds from each key of `yasemin 00` until the list is laid out, and the rows that it has in the end.
const TITLES: &str = r#"
    const took = [];
    for (let end = 1; end <= "yasemin 00".length; end += 1) {
        await frame();
        const began = type("yasemin 00".slice(0, end));
        await settled();
        document.querySelector("main").getBoundingClientRect();
        took.push(performance.now() - began);
    }
    const rows = Number(document.querySelector("main .row").getAttribute("aria-setsize"));
    // Before the pause ends after which texts are searched.
    type("");
    return [...took, rows];
"#;

/// Milliseconds until it is shown that nothing was found in texts, and until what was found is shown; each beyond the pause
/// after which texts are searched.
const TEXTS: &str = r#"
    const none = type("nothing of this kind");
    await seen(() => document.querySelector(".in-texts section:not(:has(li))"));
    const some = type("heftruck");
    await seen(() => document.querySelector(".in-texts li"));
    return [some - none - 120, performance.now() - some - 120];
"#;

/// One page, and numbers out of it.
struct Page(Browser);

impl Page {
    /// Milliseconds from a form's button, with this passphrase in the form, until what it leads to was drawn.
    async fn submit(&self, passphrase: &str, leads_to: &str) -> Result<[f64; 1]> {
        self.0.fill("Wachtwoordzin", passphrase).await?;
        let script = format!(
            r#"const began = performance.now();
            document.querySelector("form button[type=submit]").click();
            await seen(() => document.querySelector("{leads_to}"));
            await frame();
            await frame();
            return [performance.now() - began];"#
        );
        self.measure(&script).await
    }

    /// Runs a script that gives numbers, however long it takes.
    async fn measure<const N: usize>(&self, script: &str) -> Result<[f64; N]> {
        let begin = format!(
            "delete window.measured; (async () => {{ {PRELUDE} {script} }})().then((numbers) => window.measured = numbers, \
             (error) => window.measured = String(error))"
        );
        self.0.driver().execute(begin, vec![]).await?;
        let began = Instant::now();
        let mut interval = tokio::time::interval(Duration::from_millis(250));
        loop {
            interval.tick().await;
            let measured = self.0.driver().execute("return window.measured ?? null", vec![]).await?;
            match measured.json() {
                serde_json::Value::Null if began.elapsed() < Duration::from_secs(1800) => {}
                other => {
                    let numbers = serde_json::from_value::<Vec<f64>>(other.clone());
                    let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
                    return match numbers {
                        Some(numbers) => Ok(numbers),
                        None => bail!("the page measured {other}; it says:\n{}", self.0.text().await?),
                    };
                }
            }
        }
    }

    async fn scrolling(&self, named: &str) -> Result<Row> {
        let [still, _, down, longest, up, longer, again, _, pixels, place] = self.measure(SCROLL).await?;
        ensure!(place > 100.0, "three seconds of scrolling led to row {place}");
        let (frames, limit) = (f64::midpoint(down, up), f64::midpoint(still, again));
        let row = Row::new(
            format!("scrolling {named} dossiers, {pixels} pixels a frame"),
            format!("{frames:.1} frames a second, the longest {:.0} ms", longest.max(longer)),
        );
        let row = row.beside(format!("{limit:.1} frames a second, standing still"), format!("{:.2}", frames / limit));
        Ok(row.target("60 frames", frames >= 59.0))
    }

    async fn search(&self, dossiers: usize, named: &str) -> Result<Vec<Row>> {
        let [keys @ .., shown]: [f64; 11] = self.measure(TITLES).await?;
        let found = (0..dossiers).map(title).filter(|title| title.contains("Yasemin") && title.contains("00")).count();
        ensure!(shown == found as f64, "{shown} rows are shown, {found} match");
        let slowest = keys.into_iter().fold(0.0, f64::max);
        let [first, _] = self.measure(TEXTS).await?;
        let mut texts = Vec::new();
        for _ in 0..TIMES {
            texts.extend(self.measure::<2>(TEXTS).await?);
        }
        let texts = median(texts.into_iter());
        Ok(vec![
            Row::new(
                format!("search while typing, {named} dossiers, browser: titles"),
                format!("{:.1} ms from a key to the list, {slowest:.1} ms at most", median(keys.into_iter())),
            )
            .target("30 ms", slowest < 30.0),
            Row::new(
                format!("search while typing, {named} dossiers, browser: texts"),
                format!("{texts:.1} ms beyond the pause in typing; the first of a device {:.1} s", first / 1e3),
            )
            .target("30 ms", texts < 30.0),
        ])
    }
}

/// What `crates/vault/benches/worker.rs` printed.
struct Worker(HashMap<String, Vec<f64>>);

/// Runs it in a worker of a browser of its own.
fn worker() -> Result<Worker> {
    let named = |name| env::var_os(name).with_context(|| format!("{name} is not set; use `cargo xtask bench`"));
    let mut runner = Command::new(named("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER")?);
    runner.arg(named("ZEGEL_WORKER_BENCH")?).arg("--nocapture").env("WASM_BINDGEN_NO_DEBUG", "1");
    let output = runner.output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "the benchmark in the worker failed:\n{said}");
    let figure = |line: &str| {
        let (name, numbers) = line.strip_prefix("figure ")?.split_once(' ')?;
        Some((name.to_owned(), numbers.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?))
    };
    Ok(Worker(said.lines().filter_map(figure).collect()))
}

impl Worker {
    fn numbers<const N: usize>(&self, name: &str) -> Result<[f64; N]> {
        let numbers = self.0.get(name).and_then(|numbers| numbers.as_slice().try_into().ok());
        numbers.with_context(|| format!("the worker did not measure {name}"))
    }

    fn rows(&self) -> Result<Vec<Row>> {
        let [before, after] = self.numbers("memory")?;
        let mut rows = Vec::new();
        for (work, name) in [("seal and name a file, in the worker", "seal"), ("open a file, in the worker", "open")] {
            let [measured, bare, ratio] = self.numbers(name)?;
            let row = Row::new(work, format!("{measured:.0} MiB/s"));
            let row = row.beside(format!("{bare:.0} MiB/s: WebCrypto from JavaScript"), format!("{ratio:.2}"));
            rows.push(row.target("0.6 of the limit", ratio >= 0.6));
        }
        rows.push(
            Row::new("wasm memory for it", format!("{after:.1} MiB, {before:.1} MiB at first"))
                .target("flat", after <= before),
        );
        Ok(rows)
    }
}
