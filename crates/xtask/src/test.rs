//! `cargo xtask test`: everything that must hold, in the order in which it fails fastest, and one line of figures at the
//! end.

use crate::prerequisites::{self, Browser};
use crate::runner::Runner;
use crate::{web, workspace};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{fs, iter};

/// How much is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything, browsers included.
    Everything,
    /// The inner loop: format, lints, native tests.
    Quick,
}

/// Runs the tests; an error when one failed. The last line printed is `N passed, N failed`.
pub(crate) fn run(extent: Extent) -> Result<()> {
    let browser = match extent {
        Extent::Everything => Some(prerequisites::browser()?),
        Extent::Quick => None,
    };
    prerequisites::wasm_target()?;
    let axe = if browser.is_some() { prerequisites::axe()? } else { None };
    let mut report = Report::default();
    report.command("format", &mut workspace::cargo(["fmt", "--all", "--check"]));
    match browser {
        Some(browser) => everything(&mut report, &browser, axe.as_deref()),
        None => {
            report.command("lints", &mut clippy(&["--workspace", "--all-targets"]));
            build_tool(&mut report);
            report.command("native tests", &mut native(&[]));
        }
    }
    report.close()
}

/// The browser scenarios are compiled only with this feature, for they bring a WebDriver client along.
const SCENARIOS: [&str; 2] = ["--features", "zegel-tests/browser"];

fn everything(report: &mut Report, browser: &Browser, axe: Option<&Path>) {
    if prerequisites::deny() {
        let deny = ["deny", "--offline", "check", "bans", "licenses", "sources"];
        report.command("dependencies", &mut workspace::cargo(deny));
    }
    report.command("lints", &mut clippy(&["--workspace", "--all-targets", SCENARIOS[0], SCENARIOS[1]]));
    report.command(
        "lints, wasm",
        &mut clippy(&["--target", prerequisites::WASM, "--package", "zegel-vault", "--package", "zegel-web"]),
    );
    build_tool(report);
    report.step("app, and what a first visit costs", |_| web::build(web::Profile::Release)?.within_budget());
    report.command("relay and command line", workspace::cargo(PROGRAMS).args(SCENARIOS));
    let mut tests = native(&SCENARIOS);
    tests.env("CHROME", &browser.chromium).env("CHROMEDRIVER", &browser.driver);
    tests.envs(axe.map(|path| ("ZEGEL_AXE", path)));
    report.command("native tests and browser scenarios", &mut tests);
    report.step("wasm tests", |report| wasm(report, browser));
}

/// What the scenarios start as a user would.
const PROGRAMS: [&str; 8] = ["build", "--workspace", "--exclude", "xtask", "--bin", "zegel-relay", "--bin", "zegel"];

fn clippy(arguments: &[&str]) -> Command {
    let mut command = workspace::cargo(["clippy"]);
    command.args(arguments).args(["--", "-D", "warnings"]);
    command
}

/// The tests of this tool, under the profile that it is built with anyway.
fn build_tool(report: &mut Report) {
    report.command("tests of the build", &mut workspace::cargo(["test", "--profile", "xtask", "--package", "xtask"]));
}

fn native(arguments: &[&str]) -> Command {
    let mut command = workspace::cargo(["test", "--workspace", "--exclude", "xtask", "--no-fail-fast"]);
    let programs = workspace::target().join("debug");
    command.args(arguments);
    // An error of a scenario says in words where it was; a trace of the runtime would push that out of a log.
    command.env("RUST_LIB_BACKTRACE", "0");
    command.env("ZEGEL_RELAY_BIN", programs.join("zegel-relay")).env("ZEGEL_BIN", programs.join("zegel"));
    command
}

/// Runs the tests marked for wasm in a real browser.
fn wasm(report: &mut Report, browser: &Browser) -> Result<()> {
    let runner = Runner::build(browser)?;
    for (package, targets) in wasm_targets()? {
        let mut command =
            workspace::cargo(["test", "--no-fail-fast", "--target", prerequisites::WASM, "--package", &package]);
        command.args(targets).envs(runner.environment());
        report.command(&format!("wasm tests of {package}"), &mut command);
    }
    Ok(())
}

/// The targets that hold tests for wasm: per package the arguments that choose them.
fn wasm_targets() -> Result<Vec<(String, Vec<String>)>> {
    let output =
        workspace::cargo(["metadata", "--no-deps", "--format-version", "1"]).stderr(Stdio::inherit()).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let mut chosen = Vec::new();
    for package in array(&metadata["packages"]).filter(|package| package["name"] != "xtask") {
        let mut arguments = Vec::new();
        for target in array(&package["targets"]) {
            let path = Path::new(text(&target["src_path"]));
            let arguments_of_kind = match text(&target["kind"][0]) {
                "lib" if folder_mentions_wasm_tests(path.parent().unwrap_or(path))? => vec!["--lib".into()],
                "test" if mentions_wasm_tests(path)? => vec!["--test".into(), text(&target["name"]).to_owned()],
                _ => continue,
            };
            arguments.extend(arguments_of_kind);
        }
        if !arguments.is_empty() {
            if !package["features"]["browser"].is_null() {
                arguments.extend(["--features".into(), "browser".into()]);
            }
            chosen.push((text(&package["name"]).to_owned(), arguments));
        }
    }
    Ok(chosen)
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn mentions_wasm_tests(file: &Path) -> Result<bool> {
    Ok(fs::read_to_string(file).with_context(|| file.display().to_string())?.contains("wasm_bindgen_test"))
}

fn folder_mentions_wasm_tests(folder: &Path) -> Result<bool> {
    for path in workspace::sources(folder)? {
        if mentions_wasm_tests(&path)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What ran, and how it went.
#[derive(Default)]
struct Report {
    passed: u64,
    failed: u64,
    lines: Vec<String>,
}

impl Report {
    /// Runs one command, showing its output and counting the results of tests in it.
    fn command(&mut self, name: &str, command: &mut Command) {
        self.step(name, |report| {
            let before = report.failed;
            let mut child = command
                .stdout(Stdio::piped())
                .spawn()
                .with_context(|| format!("cannot start {}", workspace::shown(command)))?;
            for line in child.stdout.take().into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
                let line = line?;
                println!("{line}");
                let (passed, failed) = results(&line);
                report.passed += passed;
                report.failed += failed;
            }
            let status = child.wait()?;
            if !status.success() && report.failed == before {
                bail!("{} ended with {status}", workspace::shown(command));
            }
            Ok(())
        });
    }

    /// Runs one step; one that fails for another reason than a red test counts as one failure.
    fn step(&mut self, name: &str, action: impl FnOnce(&mut Self) -> Result<()>) {
        println!("\n== {name}");
        let (begin, passed, failed) = (Instant::now(), self.passed, self.failed);
        if let Err(error) = action(self) {
            eprintln!("{error:#}");
            self.failed += 1;
        }
        let (passed, failed) = (self.passed - passed, self.failed - failed);
        let verdict = if failed == 0 { "ok" } else { "FAILED" };
        let seconds = begin.elapsed().as_secs();
        self.lines.push(format!("{verdict:<7} {seconds:>5} s {passed:>6} passed {failed:>4} failed   {name}"));
    }

    fn close(self) -> Result<()> {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("\n{} passed, {} failed", self.passed, self.failed);
        if self.failed > 0 {
            bail!("not everything holds");
        }
        Ok(())
    }
}

/// Reads `test result: ok. 3 passed; 1 failed; …`, as both libtest and the wasm runner print it.
fn results(line: &str) -> (u64, u64) {
    let Some((_, counts)) = line.split_once("test result: ") else { return (0, 0) };
    let count = |word: &str| {
        let words: Vec<&str> = counts.split_whitespace().collect();
        let pair = iter::zip(&words, words.iter().skip(1)).find(|(_, next)| next.trim_end_matches(';') == word);
        pair.and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
    };
    (count("passed"), count("failed"))
}

#[cfg(test)]
mod tests {
    use super::results;

    #[test]
    fn results_are_read_as_libtest_and_the_wasm_runner_print_them() {
        assert_eq!(results("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out"), (12, 0));
        assert_eq!(results("    test result: FAILED. 3 passed; 2 failed; 0 ignored;"), (3, 2));
        assert_eq!(results("test a_name_with_3_passed ... ok"), (0, 0));
    }
}
