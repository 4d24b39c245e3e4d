//! `cargo xtask bench`: the benchmarks and the relay with its app, built as they are shipped.

use crate::runner::Runner;
use crate::{prerequisites, web, workspace};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Without the tests' own features: those weaken what is measured, and do not compile in a release.
const BUILD: [&str; 13] = [
    "build",
    "--release",
    "--no-default-features",
    "--features",
    "zegel-tests/browser",
    "--package",
    "zegel-relay",
    "--package",
    "zegel-tests",
    "--bin",
    "zegel-relay",
    "--bin",
    "bench",
];

/// What is measured in a worker, built as the app is.
const WORKER: [&str; 14] = [
    "test",
    "--no-run",
    "--message-format",
    "json-render-diagnostics",
    "--profile",
    "web",
    "--target",
    prerequisites::WASM,
    "--package",
    "zegel-vault",
    "--features",
    "browser",
    "--bench",
    "worker",
];

/// Runs the benchmarks; the arguments are passed on.
pub(crate) fn bench(arguments: &[&str]) -> Result<()> {
    let visit = web::build(web::Profile::Release)?;
    workspace::run(&mut workspace::cargo(BUILD))?;
    let mut bench = Command::new(workspace::target().join("release/bench"));
    let parts = arguments.iter().filter(|part| **part != "--quick");
    if parts.clone().count() == 0 || parts.clone().any(|part| *part == "browser") {
        let browser = prerequisites::browser()?;
        bench.env("CHROME", &browser.chromium).envs(Runner::build(&browser)?.environment());
        bench.env("ZEGEL_WORKER_BENCH", worker()?);
        bench.env("ZEGEL_FIRST_VISIT", format!("{} {}", visit.before_unlock, visit.total));
    }
    workspace::run(bench.args(arguments))
}

/// Builds what runs in the worker; gives its path.
fn worker() -> Result<PathBuf> {
    let output = workspace::cargo(WORKER).stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    let mut messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    let program = messages.find_map(|message: Value| message["executable"].as_str().map(PathBuf::from));
    program.context("the benchmark for the worker was not built")
}
