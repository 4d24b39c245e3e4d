//! `cargo xtask start`: the app and the relay on this machine.

use crate::{demo, web, workspace};
use anyhow::Result;
use std::process::Command;

/// Builds both and serves until interrupted; arguments replace those of `zegel-relay serve`, but for `--demo`, which serves
/// an organisation that does not exist.
pub(crate) fn start(arguments: &[&str]) -> Result<()> {
    web::build(web::Profile::Release)?;
    workspace::run(&mut workspace::cargo(["build", "--release", "--package", "zegel-relay", "--bin", "zegel-relay"]))?;
    if arguments == ["--demo"] {
        return demo::start();
    }
    let mut relay = Command::new(workspace::target().join("release/zegel-relay"));
    relay.current_dir(workspace::root()).arg("serve");
    if arguments.is_empty() {
        relay.args(["--data", "./zegel-data", "--listen", "127.0.0.1:8080"]);
        println!("Zegel will be on http://localhost:8080; its data in ./zegel-data. Stop with Ctrl-C.");
    }
    workspace::run(relay.args(arguments))
}
