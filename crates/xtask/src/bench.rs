//! `cargo xtask bench`: the benchmarks, built as they are shipped.

use crate::workspace;
use anyhow::Result;

/// Runs the benchmarks; the arguments are passed on.
pub(crate) fn bench(arguments: &[&str]) -> Result<()> {
    let mut command = workspace::cargo(["run", "--release", "--package", "zegel-tests", "--bin", "bench", "--"]);
    workspace::run(command.args(arguments))
}
