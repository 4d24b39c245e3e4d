//! `cargo xtask bench`: the benchmarks and the relay, both built as the relay is shipped.

use crate::workspace;
use anyhow::Result;
use std::process::Command;

/// Without the tests' features: those weaken what is measured, and do not compile in a release.
const BUILD: [&str; 11] = [
    "build",
    "--release",
    "--no-default-features",
    "--package",
    "zegel-relay",
    "--package",
    "zegel-tests",
    "--bin",
    "zegel-relay",
    "--bin",
    "bench",
];

/// Runs the benchmarks; the arguments are passed on.
pub(crate) fn bench(arguments: &[&str]) -> Result<()> {
    workspace::run(&mut workspace::cargo(BUILD))?;
    workspace::run(Command::new(workspace::target().join("release/bench")).args(arguments))
}
