//! `cargo xtask sabotage`: a test that cannot fail proves nothing, so each protection is removed once and some test must
//! turn red.
//!
//! The protections are those that the sources ask about with `sabotage::is("name")`. The tests are built once, with the
//! feature `sabotage`; their binaries then run per name, first the test that caught it last time, until one is red.

use crate::workspace;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A binary is given this long, or twenty times what it takes undisturbed, before it counts as red.
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays every sabotage, or only the named one; an error when one goes unnoticed.
pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let mut names = names()?;
    if let Some(only) = only {
        if !names.contains(only) {
            bail!("no source asks about the sabotage {only:?}; there are: {}", join(&names));
        }
        names.retain(|name| name == only);
    }
    let mut binaries = build()?;
    println!("{} test binaries, undisturbed first", binaries.len());
    for binary in &mut binaries {
        let begin = Instant::now();
        if let Some(red) = binary.play(None, None)? {
            bail!("{red} in {} is red without any sabotage", binary.name);
        }
        binary.usual = begin.elapsed();
    }
    binaries.sort_by_key(|binary| binary.usual);

    let mut memory = Memory::load();
    let mut caught = 0;
    for name in &names {
        let begin = Instant::now();
        let catcher = catch(name, &binaries, &memory)?;
        let seconds = begin.elapsed().as_secs_f32();
        match &catcher {
            Some((binary, test)) => println!("{name:<24} caught by {binary}: {test} ({seconds:.1} s)"),
            None => println!("{name:<24} NOT CAUGHT ({seconds:.1} s)"),
        }
        caught += usize::from(catcher.is_some());
        memory.remember(name, catcher)?;
    }
    println!("\n{} sabotages, {caught} caught", names.len());
    if caught < names.len() {
        bail!("a protection can be removed unnoticed");
    }
    Ok(())
}

/// The names that the sources ask about.
fn names() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let root = workspace::root();
    for folder in ["crates", "server", "web"] {
        for path in workspace::sources(&root.join(folder))? {
            if !path.starts_with(env!("CARGO_MANIFEST_DIR")) {
                names.extend(asked(&fs::read_to_string(path)?).map(str::to_owned));
            }
        }
    }
    Ok(names)
}

/// The names in one source.
fn asked(source: &str) -> impl Iterator<Item = &str> {
    let calls = source.split("sabotage::is(").skip(1);
    calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next())
}

/// One binary of tests.
struct Binary {
    name: String,
    path: PathBuf,
    folder: PathBuf,
    usual: Duration,
}

impl Binary {
    /// Runs all tests, or one; returns the name of a red one.
    fn play(&self, sabotage: Option<&str>, test: Option<&str>) -> Result<Option<String>> {
        let mut command = Command::new(&self.path);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder).stderr(Stdio::null());
        if let Some(name) = sabotage {
            command.env("ZEGEL_SABOTAGE", name);
        }
        if let Some(test) = test {
            command.args(["--exact", test]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| self.path.display().to_string())?;
        let pipe = child.stdout.take();
        let reader = thread::spawn(move || pipe.map(std::io::read_to_string).transpose());
        let patience = if self.usual.is_zero() { PATIENCE * 20 } else { PATIENCE.max(self.usual * 20) };
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if begin.elapsed() > patience {
                child.kill()?;
                child.wait()?;
                return Ok(Some("a test that did not end".into()));
            }
            thread::sleep(Duration::from_millis(5));
        };
        let output = reader.join().ok().and_then(Result::ok).flatten().unwrap_or_default();
        if status.success() {
            return Ok(None);
        }
        let red = output.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
        Ok(Some(red.unwrap_or("a test that ended the process").to_owned()))
    }
}

/// Builds all native tests with the feature.
fn build() -> Result<Vec<Binary>> {
    let output =
        workspace::cargo(["metadata", "--no-deps", "--format-version", "1"]).stderr(Stdio::inherit()).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let features: Vec<String> = packages
        .filter(|package| !package["features"]["sabotage"].is_null())
        .filter_map(|package| Some(format!("{}/sabotage", package["name"].as_str()?)))
        .collect();
    let output = workspace::cargo(["test", "--workspace", "--exclude", "xtask", "--no-run"])
        .args(["--message-format", "json-render-diagnostics", "--features", &features.join(",")])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("the tests do not compile");
    }
    let mut binaries = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let message: Value = serde_json::from_str(line)?;
        let (Some(path), Some(true)) = (message["executable"].as_str(), message["profile"]["test"].as_bool()) else {
            continue;
        };
        let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
        let folder = manifest.parent().unwrap_or(manifest).to_path_buf();
        let package = folder.file_name().unwrap_or_default().to_string_lossy();
        let target = message["target"]["name"].as_str().unwrap_or_default();
        let name = format!("{package}/{target}");
        binaries.push(Binary { name, path: path.into(), folder, usual: Duration::ZERO });
    }
    Ok(binaries)
}

/// Removes one protection; returns the binary and the test that noticed.
fn catch(name: &str, binaries: &[Binary], memory: &Memory) -> Result<Option<(String, String)>> {
    let last = memory.last.get(name);
    let remembered = |binary: &&Binary| last.is_some_and(|(known, _)| *known == binary.name);
    if let (Some(binary), Some((_, test))) = (binaries.iter().find(remembered), last)
        && let Some(red) = binary.play(Some(name), Some(test))?
    {
        return Ok(Some((binary.name.clone(), red)));
    }
    for binary in binaries {
        if let Some(red) = binary.play(Some(name), None)? {
            return Ok(Some((binary.name.clone(), red)));
        }
    }
    Ok(None)
}

/// Which test caught what the last time: only an order, never a result.
struct Memory {
    last: BTreeMap<String, (String, String)>,
}

impl Memory {
    fn path() -> PathBuf {
        workspace::target().join("sabotage.json")
    }

    fn load() -> Self {
        let stored: Option<Value> = fs::read(Self::path()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let entries = stored.as_ref().and_then(Value::as_object).into_iter().flatten();
        let last = entries.filter_map(|(name, catcher)| {
            let part = |index: usize| catcher[index].as_str().map(str::to_owned);
            Some((name.clone(), (part(0)?, part(1)?)))
        });
        Self { last: last.collect() }
    }

    fn remember(&mut self, name: &str, catcher: Option<(String, String)>) -> Result<()> {
        match catcher {
            Some(catcher) => self.last.insert(name.to_owned(), catcher),
            None => self.last.remove(name),
        };
        Ok(fs::write(Self::path(), json!(self.last).to_string())?)
    }
}

fn join(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn names_are_found_where_they_are_asked() {
        let source = "if !sabotage::is(\"strict\") && ok { } zegel_crypto::sabotage::is(\n    \"epoch\",\n)";
        assert_eq!(asked(source).collect::<Vec<_>>(), ["strict", "epoch"]);
        assert_eq!(asked("pub fn is(name: &str)").count(), 0);
    }
}
