//! A relay as a process, and people at a terminal. The relay's program is taken from `ZEGEL_RELAY_BIN`, or from beside
//! `zegel`; where there is none yet, the tests that need it say so and end.
#![allow(dead_code, reason = "every test takes from this what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A relay of its own for each story.
pub(crate) struct Relay {
    child: Child,
    pub(crate) address: String,
    folder: TempDir,
    program: PathBuf,
}

impl Relay {
    /// Starts it; nothing where there is no program.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(Some)
    }

    /// The same on a disk of this many mebibytes, which nobody but the relay sees and which ends with it; nothing where
    /// this user may not mount one.
    pub(crate) fn start_on_a_small_disk(mebibytes: u32) -> Option<Self> {
        Self::start_with(|relay| {
            let may = |options: &Vec<&str>| {
                let mut command = Command::new("unshare");
                command.args(options).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
                command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
            };
            let Some(options) = [vec!["--mount"], vec!["--mount", "--map-root-user"]].into_iter().find(may) else {
                eprintln!("not run: this user may not mount a small disk");
                return None;
            };
            let mut command = Command::new("unshare");
            let script = "data=$1; shift; mkdir -p \"$data\" && \
                mount -t tmpfs -o size=$1m tmpfs \"$data\" && shift && exec \"$@\"";
            command.args(options).args(["sh", "-c", script, "sh"]);
            command.arg(relay.get_args().last()?).arg(mebibytes.to_string());
            command.arg(relay.get_program()).args(relay.get_args());
            Some(command)
        })
    }

    fn start_with(prepare: impl FnOnce(Command) -> Option<Command>) -> Option<Self> {
        let beside = || Some(Path::new(env!("CARGO_BIN_EXE_zegel")).with_file_name("zegel-relay"));
        let program = std::env::var_os("ZEGEL_RELAY_BIN").map(PathBuf::from).or_else(beside)?;
        if !program.exists() {
            eprintln!("not run: there is no relay at {}", program.display());
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(&program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
        let mut command = prepare(command)?;
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = said.into_iter().find_map(|line| Some(line.split_once("listens on ")?.1.trim().to_owned()));
        Some(Self { child, address: address.unwrap(), folder, program })
    }

    /// Runs its program for something else than serving.
    fn run(&self, arguments: &[&str]) {
        let done = Command::new(&self.program).current_dir(self.folder.path()).args(arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Makes a backup under this name.
    pub(crate) fn back_up(&self, name: &str) {
        self.run(&["backup", "--data", "data", "--to", name]);
    }

    /// Stops it, and serves that backup with the newest halves at the same address.
    pub(crate) fn restore(&mut self, name: &str) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.run(&["backup", "--halves-only", "--data", "data", "--to", "newest"]);
        let archive = format!("{name}/archive");
        self.run(&["restore", "--archive", &archive, "--halves", "newest/halves", "--data", "restored"]);
        self.run(&["check", "--data", "restored"]);
        let listen = self.address.trim_start_matches("http://").to_owned();
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder.path()).args(["serve", "--data", "restored", "--listen", &listen]);
        self.child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(self.child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(said.into_iter().any(|line| line.contains("listens on")));
    }

    /// Its folder, as it sees it.
    fn data(&self) -> PathBuf {
        let folder = self.folder.path().join("data");
        Path::new("/proc").join(self.child.id().to_string()).join("root").join(folder.strip_prefix("/").unwrap())
    }

    /// Takes the room that is left on its disk, but for so many bytes.
    pub(crate) fn fill_disk(&self, but: u64) {
        let mut ballast = fs::File::create(self.data().join("ballast")).unwrap();
        while ballast.write_all(&[0; 4096]).is_ok() {}
        let length = ballast.metadata().unwrap().len();
        ballast.set_len(length.saturating_sub(but)).unwrap();
    }

    /// Gives it back.
    pub(crate) fn empty_disk(&self) {
        fs::remove_file(self.data().join("ballast")).unwrap();
    }

    /// The most memory that it ever had resident, in KiB.
    pub(crate) fn high_water(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Ends it; its address is free.
    pub(crate) fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::take(&mut self.address)
    }

    pub(crate) fn token(&self) -> String {
        fs::read_to_string(self.data().join("setup-token")).unwrap()
    }

    pub(crate) fn holds(&self, wanted: &[u8]) -> bool {
        let mut waiting = vec![self.data()];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else if fs::read(path).unwrap().windows(wanted.len()).any(|window| window == wanted) {
                return true;
            }
        }
        false
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was begun. It ends with the test, also with one that fails half-way.
pub(crate) struct Begun(Child);

impl Deref for Begun {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Begun {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Somebody at a terminal, with a home of their own.
pub(crate) struct Person {
    folder: TempDir,
}

impl Person {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("passphrase"), "paard batterij nietje correct\n").unwrap();
        Self { folder }
    }

    /// The director of an organisation that was just set up.
    pub(crate) fn director(relay: &Relay) -> Self {
        Self::director_by(relay, &relay.address)
    }

    /// The same, by another way to the relay.
    pub(crate) fn director_by(relay: &Relay, address: &str) -> Self {
        let person = Self::new();
        let (token, card) = (relay.token(), person.path("card.txt"));
        let init = ["init", "--relay", address, "--setup-token", token.trim(), "--organisation", "Stichting Brug"];
        person.ok(&[&init[..], &["--name", "Noor Advies", "--key-card", card.to_str().unwrap()]].concat());
        person
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, content: &[u8]) -> String {
        fs::write(self.path(name), content).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.at_home(&mut Command::new(env!("CARGO_BIN_EXE_zegel"))).args(arguments).output().unwrap()
    }

    /// Begins something that waits for somebody else; what it says can be read meanwhile.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Begun {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zegel"));
        let command = self.at_home(&mut command).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        Begun(command.spawn().unwrap())
    }

    /// The same with no more memory of its own than this, in KiB.
    pub(crate) fn run_within(&self, kibibytes: usize, arguments: &[&str]) -> Output {
        let script = format!("ulimit -d {kibibytes} && exec \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_zegel")]);
        self.at_home(&mut command).args(arguments).output().unwrap()
    }

    fn at_home<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let (home, passphrase) = (self.path("home"), self.path("passphrase"));
        command.arg("--home").arg(home).arg("--passphrase-file").arg(passphrase).stdin(Stdio::null())
    }

    /// What it printed; it must have succeeded.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// What it said; it must have ended with this status.
    pub(crate) fn fails(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        said
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[&["--json"], arguments].concat())).unwrap()
    }
}

/// Somebody whom a director invites into a dossier, and admits after comparing words.
pub(crate) fn client(director: &Person, dossier: &str, name: &str) -> Person {
    let invitation = director.ok(&["client", "invite", dossier, name]);
    let (link, code) = link_and_code(&invitation);
    let person = Person::new();
    let card = person.path("card.txt");
    let join = ["join", link, "--code", code, "--name", name, "--key-card", card.to_str().unwrap()];
    let joined = person.ok(&join);
    let words = joined.lines().last().unwrap().strip_prefix("Words: ").unwrap();
    let parties = director.json(&["client", "list", dossier]);
    let came = parties.as_array().unwrap().iter().find(|party| party["standing"] == "registered").unwrap();
    director.ok(&["client", "admit", dossier, came["person"].as_str().unwrap(), "--words", words]);
    person
}

/// The link and the code in what was printed.
pub(crate) fn link_and_code(printed: &str) -> (&str, &str) {
    let link = printed.lines().next().unwrap();
    (link, printed.lines().last().unwrap().strip_prefix("Code: ").unwrap())
}
