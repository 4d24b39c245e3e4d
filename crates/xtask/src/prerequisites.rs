//! What must be on the machine: installed where that is possible, named clearly where it is not.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target that the app is compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that the standard library for wasm is installed.
pub(crate) fn wasm_target() -> Result<()> {
    let sysroot = Command::new("rustc").current_dir(workspace::root()).args(["--print", "sysroot"]).output();
    let sysroot = String::from_utf8(sysroot.context("cannot start rustc")?.stdout)?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    workspace::run(rustup.current_dir(workspace::root()).args(["target", "add", WASM]))
        .with_context(|| format!("the app needs the Rust target {WASM}; install it for the toolchain in use"))
}

/// A browser and its driver.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds Chromium and chromedriver, or installs them (on Debian, as root).
pub(crate) fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    if Path::new("/etc/debian_version").exists() && is_root() {
        for arguments in
            [["update", "-q"].as_slice(), &["install", "-qy", "--no-install-recommends", "chromium", "chromium-driver"]]
        {
            workspace::run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments))?;
        }
    }
    let Some(browser) = find_browser() else {
        bail!(
            "the browser tests need Chromium and chromedriver of the same version on the PATH.\n\
             Debian, Ubuntu: sudo apt-get install chromium chromium-driver. Fedora: sudo dnf install chromium chromedriver.\n\
             macOS: brew install --cask chromium chromedriver. Or set CHROME and CHROMEDRIVER to where they are.\n\
             Without a browser: cargo xtask test --quick"
        )
    };
    Ok(browser)
}

/// Installs axe-core as its lock file names it; returns where its script is, or nothing where there is no npm.
pub(crate) fn axe() -> Result<Option<PathBuf>> {
    let folder = workspace::root().join("tests/accessibility");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.exists() {
        let Some(npm) = find("NPM", &["npm"]) else {
            println!("npm is not on the PATH: pages are not checked against WCAG (Debian: apt-get install npm)");
            return Ok(None);
        };
        workspace::run(Command::new(npm).current_dir(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(Some(script))
}

/// Whether cargo-deny is installed; it takes minutes to build, so nobody is made to.
pub(crate) fn deny() -> bool {
    workspace::cargo(["deny", "--version"]).output().is_ok_and(|output| output.status.success())
}

fn find_browser() -> Option<Browser> {
    Some(Browser {
        chromium: find("CHROME", &["chromium", "chromium-browser", "google-chrome"])?,
        driver: find("CHROMEDRIVER", &["chromedriver"])?,
    })
}

/// The program that a variable names, or the first of these names on the PATH.
fn find(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
