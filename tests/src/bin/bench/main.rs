//! `cargo xtask bench [--quick] [relay | vault]`: the relay beside its limit and the vault against the relay, on this
//! machine, now.
//!
//! The relay is the release binary as it is shipped; the limit is this program again, as [`limit`] says. Each round goes
//! limit, relay, relay, limit, each on an empty folder, and what is reported is the median of the rounds' ratios. Rates
//! are only worth quoting from a machine that is otherwise idle; processor time, bytes and memory hold on a busy one too.
//! A sample of what was sent is read back: a server that drops work ends the run.

mod client;
mod durability;
mod histogram;
mod limit;
mod organisation;
mod process;
mod report;
mod vault;
mod workload;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use report::{Round, Row, median, relay_rows, thousands};
use workload::{Side, Workload};

/// How much of everything.
struct Extent {
    rounds: usize,
    relay: workload::Size,
    kept: usize,
    kills: usize,
    vault: vault::Size,
    sealed: usize,
}

const FULL: Extent = Extent {
    rounds: 3,
    relay: workload::Size {
        dossiers: 10_000,
        pushed: 10_000,
        singles: [500, 2000, 4800, 4800],
        pulled: 10_000,
        pulls: 5,
        polls: 3200,
    },
    kept: 100_000,
    kills: 5,
    vault: vault::Size { dossiers: 10_000, reports: 1000, files: [16, 256] },
    sealed: 256,
};

const QUICK: Extent = Extent {
    rounds: 1,
    relay: workload::Size {
        dossiers: 500,
        pushed: 2000,
        singles: [200, 500, 1000, 1000],
        pulled: 2000,
        pulls: 2,
        polls: 2000,
    },
    kept: 10_000,
    kills: 2,
    vault: vault::Size { dossiers: 200, reports: 50, files: [2, 16] },
    sealed: 32,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (extent, parts) = match arguments.as_slice() {
        ["--quick", parts @ ..] => (&QUICK, parts),
        parts => (&FULL, parts),
    };
    let done = match parts {
        [] => run(extent, true, true),
        ["relay"] => run(extent, true, false),
        ["vault"] => run(extent, false, true),
        ["limit", data, request_key, content_key] => limit::serve(Path::new(data), request_key, content_key),
        _ => Err(anyhow::anyhow!("usage: cargo xtask bench [--quick] [relay | vault]")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(extent: &Extent, with_relay: bool, with_vault: bool) -> Result<()> {
    if cfg!(debug_assertions) {
        bail!("figures of a debug build say nothing; use `cargo xtask bench`");
    }
    let binary = env::current_exe()?.with_file_name("zegel-relay");
    if !binary.exists() {
        bail!("{} is not there; `cargo xtask bench` builds it", binary.display());
    }
    // One thread: whatever the driver takes, the server cannot have.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut journal = Journal { began: Instant::now(), machine: Vec::new() };
    let mut rows = Vec::new();
    if with_relay {
        rows.extend(runtime.block_on(relay(extent, &binary, &mut journal))?);
    }
    if with_vault {
        rows.extend(runtime.block_on(vault(extent, &binary, &mut journal))?);
    }
    journal.look("done")?;
    println!("In the course of it: {}.\n", journal.machine.join("; "));
    println!("| Work | Measured | Limit | Ratio | Target | |\n|---|---|---|---|---|---|");
    rows.iter().for_each(|row| println!("{row}"));
    Ok(())
}

/// How far it is, and how busy the machine was meanwhile.
struct Journal {
    began: Instant,
    machine: Vec<String>,
}

impl Journal {
    /// Looks at the machine for a second before what comes next.
    fn look(&mut self, next: &str) -> Result<()> {
        let (idle, load) = process::idle(Duration::from_secs(1))?;
        let state = format!("{idle:.0} % idle, load {load}");
        eprintln!("{:>5.1} s  {next}: {state}", self.began.elapsed().as_secs_f64());
        self.machine.push(state);
        Ok(())
    }
}

async fn relay(extent: &Extent, binary: &Path, journal: &mut Journal) -> Result<Vec<Row>> {
    let mut workload = Workload::make(extent.relay)?;
    let mut rounds = Vec::new();
    for number in 1..=extent.rounds {
        journal.look(&format!("round {number} of {}", extent.rounds))?;
        let first = workload.visit(Side::Limit, binary).await?;
        let second = workload.visit(Side::Relay, binary).await?;
        let third = workload.visit(Side::Relay, binary).await?;
        let fourth = workload.visit(Side::Limit, binary).await?;
        rounds.push(Round { relay: [second, third], limit: [first, fourth] });
    }
    let mut rows = relay_rows(&rounds);
    journal.look("bytes on disk, starting again, kills")?;
    let kept = durability::keep(&mut workload.organisation, binary, extent.kept).await?;
    rows.extend(kept_rows(&rounds, &kept));
    let survived = durability::kill(&mut workload.organisation, binary, extent.kills).await?;
    rows.push(Row {
        work: format!("killed {} times under load", extent.kills),
        measured: format!("{} lost of {} acknowledged", survived.lost, survived.acknowledged),
        limit: String::new(),
        ratio: String::new(),
        target: "0 lost".to_owned(),
        met: Some(survived.lost == 0),
    });
    Ok(rows)
}

async fn vault(extent: &Extent, binary: &Path, journal: &mut Journal) -> Result<Vec<Row>> {
    journal.look("the vault")?;
    let figures = vault::measure(binary, extent.vault).await?;
    let mut rows = vault_rows(&figures);
    rows.extend(sealing_rows(vault::sealing(extent.sealed).await?));
    rows.push(first_visit()?);
    Ok(rows)
}

fn kept_rows(rounds: &[Round], kept: &durability::Kept) -> Vec<Row> {
    let visits = || rounds.iter().flat_map(|round| &round.relay);
    let limits = || rounds.iter().flat_map(|round| &round.limit);
    let ready = median(visits().map(|visit| visit.ready.as_secs_f64() * 1e3));
    let idle = median(visits().map(|visit| visit.idle));
    let row = |work: &str, measured: String, limit: String, target: &str, met: Option<bool>| Row {
        work: work.to_owned(),
        measured,
        limit,
        ratio: String::new(),
        target: target.to_owned(),
        met,
    };
    vec![
        row(
            "start, empty folder, to the first 200",
            format!("{ready:.0} ms"),
            format!("{:.0} ms", median(limits().map(|visit| visit.ready.as_secs_f64() * 1e3))),
            "50 ms",
            Some(ready <= 50.0),
        ),
        row(
            &format!("start after {} records", thousands(kept.records as f64)),
            format!("{:.0} ms", kept.ready.as_secs_f64() * 1e3),
            String::new(),
            "50 ms",
            Some(kept.ready <= Duration::from_millis(50)),
        ),
        row(
            "resident memory, just started",
            format!("{idle:.1} MiB"),
            format!("{:.1} MiB", median(limits().map(|visit| visit.idle))),
            "20 MiB",
            Some(idle <= 20.0),
        ),
        row(
            "resident memory after all of the above",
            format!(
                "{:.1} MiB ({:.1} MiB proportional)",
                median(visits().map(|visit| visit.loaded)),
                median(visits().map(|visit| visit.proportional))
            ),
            format!("{:.1} MiB", median(limits().map(|visit| visit.loaded))),
            "20 MiB and its cache",
            None,
        ),
        row(
            "disk for a record of 1 KiB, 100 a commit",
            format!("{} B", thousands(kept.batched)),
            "1,024 B".to_owned(),
            "1,250 B",
            Some(kept.batched <= 1250.0),
        ),
        row(
            "disk for a record of 1 KiB in a commit of its own",
            format!("{} B", thousands(kept.single)),
            "1,024 B".to_owned(),
            "1,250 B",
            Some(kept.single <= 1250.0),
        ),
    ]
}

fn vault_rows(figures: &vault::Figures) -> Vec<Row> {
    let mut rows = Vec::new();
    let shared = |share: &vault::Shared| {
        let (time, derivation) = (millis(share.time), millis(share.derivation));
        let sent = thousands(share.sent as f64);
        format!("{time:.0} ms, of them {derivation:.0} ms Argon2id; {sent} B in {} request", share.requests)
    };
    let heaviest = figures.files.last().map_or(0, |file| file.mebibytes);
    let shares = [
        (format!("sharing a report of a dossier with {} reports", figures.reports), &figures.share_long),
        (format!("sharing a document of {heaviest} MiB"), &figures.share_file),
    ];
    for (work, share) in shares {
        let met = share.time < Duration::from_millis(100) && share.sent <= 20 << 10;
        rows.push(Row {
            work,
            measured: shared(share),
            limit: format!("{} (a new dossier)", shared(&figures.share_empty)),
            ratio: format!("time {:.2}", share.time.as_secs_f64() / figures.share_empty.time.as_secs_f64()),
            target: "100 ms, 20 KiB".to_owned(),
            met: Some(met),
        });
    }
    let least = figures.files.first().map_or(0.0, |file| file.high_water);
    for file in &figures.files {
        rows.push(Row {
            work: format!("file of {} MiB, by the vault", file.mebibytes),
            measured: format!(
                "up {:.0} MiB/s, down {:.0} MiB/s; relay at most {:.1} MiB resident",
                file.up, file.down, file.high_water
            ),
            limit: format!("up {:.0} MiB/s, down {:.0} MiB/s", file.bare_up, file.bare_down),
            ratio: format!("up {:.2}, down {:.2}", file.up / file.bare_up, file.down / file.bare_down),
            target: "memory flat".to_owned(),
            met: Some(file.high_water <= least + 8.0),
        });
    }
    let listed = &figures.listed;
    let beyond = listed.time.saturating_sub(listed.derivation);
    let named = thousands(listed.dossiers as f64);
    rows.push(Row {
        work: format!("passphrase to list, {named} dossiers, native"),
        measured: format!("{:.0} ms beyond {:.0} ms Argon2id", millis(beyond), millis(listed.derivation)),
        limit: String::new(),
        ratio: String::new(),
        target: "1 s beyond (in a browser)".to_owned(),
        met: Some(beyond < Duration::from_secs(1)),
    });
    rows.push(Row {
        work: format!("search while typing, {named} dossiers, native"),
        measured: format!(
            "{:.1} ms; the first of a session {:.0} ms",
            millis(listed.search),
            millis(listed.first_search)
        ),
        limit: String::new(),
        ratio: String::new(),
        target: "30 ms (in a browser)".to_owned(),
        met: Some(listed.search < Duration::from_millis(30)),
    });
    rows
}

fn sealing_rows([seal, bare_seal, open, bare_open]: [f64; 4]) -> Vec<Row> {
    [("seal and name a file, native", seal, bare_seal), ("open a file, native", open, bare_open)]
        .map(|(work, measured, bare)| Row {
            work: work.to_owned(),
            measured: format!("{} MiB/s", thousands(measured)),
            limit: format!("{} MiB/s", thousands(bare)),
            ratio: format!("{:.2}", measured / bare),
            target: "0.6 of the limit (in a browser, of WebCrypto)".to_owned(),
            met: Some(measured / bare >= 0.6),
        })
        .into()
}

/// What a browser downloads to open the app for the first time, from the last `cargo xtask web`.
fn first_visit() -> Result<Row> {
    let dist = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/web/dist");
    let mut packed = 0;
    let mut built = false;
    for folder in [dist.clone(), dist.join("assets")] {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry?.path();
            let name = path.file_name().context("a file")?.to_string_lossy().into_owned();
            built |= name.ends_with(".wasm.br");
            // What does not compress has no packed form; licences are not downloaded.
            if name.ends_with(".br") || name.ends_with(".woff2") {
                packed += path.metadata()?.len();
            }
        }
    }
    let measured =
        if built { format!("{} kB", thousands(packed as f64 / 1000.0)) } else { "the app is not built".into() };
    Ok(Row {
        work: "first visit, all that is downloaded, brotli".to_owned(),
        measured,
        limit: String::new(),
        ratio: String::new(),
        target: "700 kB".to_owned(),
        met: built.then_some(packed < 700_000),
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
