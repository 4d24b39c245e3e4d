//! `cargo xtask bench [--quick] [relay] [vault] [browser]`: the relay beside its limit, and the vault against the relay,
//! as a program and in a browser, on this machine, now.
//!
//! The relay is the release binary as it is shipped; the limit is this program again, as [`limit`] says. Each round goes
//! limit, relay, relay, limit, each on an empty folder, and what is reported is the median of the rounds' ratios. Rates
//! are only worth quoting from a machine that is otherwise idle; processor time, bytes and memory hold on a busy one too.
//! A sample of what was sent is read back: a server that drops work ends the run.

mod browser;
mod client;
mod durability;
mod histogram;
mod limit;
mod office;
mod organisation;
mod process;
mod report;
mod vault;
mod workload;

use std::{
    env,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use office::Office;
use report::{Round, Row, median, relay_rows, thousands};
use workload::{Side, Visit, Workload};

/// How much of everything.
struct Extent {
    rounds: usize,
    relay: workload::Size,
    kept: usize,
    kills: usize,
    vault: vault::Size,
    /// On the list.
    dossiers: usize,
}

const FULL: Extent = Extent {
    rounds: 3,
    relay: workload::Size {
        dossiers: 10_000,
        pushed: [10_000, 2000],
        singles: [500, 2000, 4800, 4800, 500, 1600],
        pulled: 10_000,
        pulls: 5,
        polls: 3200,
    },
    kept: 100_000,
    kills: 5,
    vault: vault::Size { reports: 10_000, files: [16, 256], sealed: 256 },
    dossiers: 10_000,
};

const QUICK: Extent = Extent {
    rounds: 1,
    relay: workload::Size {
        dossiers: 500,
        pushed: [2000, 500],
        singles: [200, 500, 1000, 1000, 100, 320],
        pulled: 2000,
        pulls: 2,
        polls: 2000,
    },
    kept: 10_000,
    kills: 2,
    vault: vault::Size { reports: 50, files: [2, 16], sealed: 32 },
    dossiers: 200,
};

/// What is measured.
#[derive(Clone, Copy)]
struct Parts {
    relay: bool,
    vault: bool,
    browser: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (extent, parts) = match arguments.as_slice() {
        ["--quick", parts @ ..] => (&QUICK, parts),
        parts => (&FULL, parts),
    };
    let done = match parts {
        ["limit", data, request_key, content_key] => limit::serve(Path::new(data), request_key, content_key),
        _ => Parts::named(parts).and_then(|parts| run(extent, parts)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Parts {
    /// Those that are named; without a name all of them.
    fn named(names: &[&str]) -> Result<Self> {
        if let Some(other) = names.iter().find(|name| !["relay", "vault", "browser"].contains(name)) {
            bail!("{other}? cargo xtask bench [--quick] [relay] [vault] [browser]");
        }
        let named = |name| names.is_empty() || names.contains(&name);
        Ok(Self { relay: named("relay"), vault: named("vault"), browser: named("browser") })
    }
}

fn run(extent: &Extent, parts: Parts) -> Result<()> {
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
    if parts.relay {
        rows.extend(runtime.block_on(relay(extent, &binary, &mut journal))?);
    }
    if parts.vault {
        journal.look("shares and files")?;
        rows.extend(runtime.block_on(vault::sharing_and_files(&binary, extent.vault))?);
        rows.extend(runtime.block_on(vault::sealing(extent.vault.sealed))?);
    }
    if parts.vault || parts.browser {
        rows.extend(runtime.block_on(list(extent, parts, &binary, &mut journal))?);
    }
    if parts.browser {
        rows.extend(first_visit()?);
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
    rows.push(
        Row::new(
            format!("killed {} times under load", extent.kills),
            format!("{} lost of {} acknowledged", survived.lost, survived.acknowledged),
        )
        .target("0 lost", survived.lost == 0),
    );
    Ok(rows)
}

/// A full list, on a device of its own and in a browser: one organisation for both.
async fn list(extent: &Extent, parts: Parts, binary: &Path, journal: &mut Journal) -> Result<Vec<Row>> {
    journal.look("a list to fill")?;
    let mut office = Office::found(binary).await?;
    office.fill(extent.dossiers).await?;
    let mut rows = Vec::new();
    if parts.vault {
        journal.look("the list, native")?;
        rows.extend(vault::list(&office, extent.dossiers).await?);
    }
    if parts.browser {
        rows.extend(browser::list(&office, extent.dossiers, journal).await?);
    }
    Ok(rows)
}

/// What a browser downloads to open the app for the first time; `cargo xtask` has just built and weighed it.
fn first_visit() -> Result<Vec<Row>> {
    let weighed = env::var("ZEGEL_FIRST_VISIT").context("ZEGEL_FIRST_VISIT is not set; use `cargo xtask bench`")?;
    let (page, all) = weighed.split_once(' ').context("two numbers of bytes")?;
    let row = |work: &str, bytes: &str, budget: f64| -> Result<Row> {
        let kilobytes = bytes.parse::<f64>()? / 1000.0;
        let row = Row::new(work, format!("{} kB", thousands(kilobytes)));
        Ok(row.target(&format!("{budget} kB"), kilobytes < budget))
    };
    Ok(vec![
        row("first visit, all that is downloaded, brotli", all, 700.0)?,
        row("first visit, before the unlock page can be used, brotli", page, 350.0)?,
    ])
}

fn kept_rows(rounds: &[Round], kept: &durability::Kept) -> Vec<Row> {
    let relays = |value: fn(&Visit) -> f64| median(rounds.iter().flat_map(|round| &round.relay).map(value));
    let limits = |value: fn(&Visit) -> f64| median(rounds.iter().flat_map(|round| &round.limit).map(value));
    let ready = |visit: &Visit| visit.ready.as_secs_f64() * 1e3;
    let (first, idle) = (relays(ready), relays(|visit| visit.idle));
    let again = kept.ready.as_secs_f64() * 1e3;
    let disk = |work: &str, bytes: f64| {
        let row = Row::new(work, format!("{} B", thousands(bytes))).beside("1,024 B", "");
        row.target("1,250 B", bytes <= 1250.0)
    };
    let loaded =
        format!("{:.1} MiB ({:.1} MiB proportional)", relays(|visit| visit.loaded), relays(|visit| visit.proportional));
    vec![
        Row::new("start, empty folder, to the first 200", format!("{first:.0} ms"))
            .beside(format!("{:.0} ms", limits(ready)), "")
            .target("50 ms", first <= 50.0),
        Row::new(format!("start after {} records", thousands(kept.records as f64)), format!("{again:.0} ms"))
            .target("50 ms", again <= 50.0),
        Row::new("resident memory, just started", format!("{idle:.1} MiB"))
            .beside(format!("{:.1} MiB", limits(|visit| visit.idle)), "")
            .target("20 MiB", idle <= 20.0),
        Row::new("resident memory after all of the above (target: 20 MiB and its cache)", loaded)
            .beside(format!("{:.1} MiB", limits(|visit| visit.loaded)), ""),
        disk("disk for a record of 1 KiB, 100 a commit", kept.batched),
        disk("disk for a record of 1 KiB in a commit of its own", kept.single),
    ]
}
