//! What runs programs for wasm in a real browser: the runner, built from the version that the lock file names, and what it
//! must know.

use crate::{prerequisites::Browser, workspace};
use anyhow::Result;
use serde_json::json;
use std::ffi::OsString;
use std::fs;

/// The runner, built.
pub(crate) struct Runner(Vec<(&'static str, OsString)>);

impl Runner {
    /// Builds it for this browser.
    pub(crate) fn build(browser: &Browser) -> Result<Self> {
        let build = ["build", "--profile", "xtask", "--package", "xtask", "--features", "wasm-tests"];
        workspace::run(workspace::cargo(build).args(["--bin", "wasm-test-runner"]))?;
        let capabilities = json!({ "goog:chromeOptions": {
            "binary": browser.chromium,
            "args": ["headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
                "disable-background-networking", "disable-component-update", "disable-sync"],
        }});
        let path = workspace::root().join("target/web/webdriver.json");
        fs::create_dir_all(workspace::root().join("target/web"))?;
        fs::write(&path, capabilities.to_string())?;
        Ok(Self(vec![
            ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", workspace::target().join("xtask/wasm-test-runner").into()),
            ("CHROMEDRIVER", browser.driver.clone().into()),
            ("WASM_BINDGEN_USE_BROWSER", "1".into()),
            ("WASM_BINDGEN_TEST_TIMEOUT", "300".into()),
            ("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path.into()),
        ]))
    }

    /// The environment in which cargo, or whoever else starts the runner, finds it.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (&'static str, &OsString)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }
}
