//! Where the passphrase comes from: a file, or a question at the terminal.

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{arguments::Arguments, failure::Failure};

/// A way to the passphrase.
pub(crate) struct Passphrase {
    file: Option<PathBuf>,
}

impl Passphrase {
    /// The way that was chosen.
    pub(crate) fn of(arguments: &Arguments) -> Self {
        Self { file: arguments.passphrase_file.clone() }
    }

    /// From a file, or by a question where there is none.
    pub(crate) fn from_file(file: Option<&Path>) -> Self {
        Self { file: file.map(Path::to_owned) }
    }

    /// The passphrase of a vault that exists.
    pub(crate) fn ask(&self, question: &str) -> Result<Zeroizing<String>, Failure> {
        let Some(path) = &self.file else { return typed(question) };
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?);
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() {
            return Err(Failure::Usage(format!(
                "the passphrase file {} is empty; put the passphrase on its first line",
                path.display()
            )));
        }
        Ok(Zeroizing::new(line.to_owned()))
    }

    /// A new passphrase; typed twice, for nobody can look it up later.
    pub(crate) fn make(&self) -> Result<Zeroizing<String>, Failure> {
        let first = self.ask("New passphrase, of at least twelve characters")?;
        if self.file.is_none() && *typed("The same again")? != *first {
            return Err(Failure::Usage("the two passphrases differ; nothing was made, begin again".into()));
        }
        Ok(first)
    }
}

fn typed(question: &str) -> Result<Zeroizing<String>, Failure> {
    let typed = rpassword::prompt_password(format!("{question}: "));
    typed
        .map(Zeroizing::new)
        .map_err(|_| Failure::Usage("there is no terminal to type the passphrase at; use --passphrase-file".into()))
}

/// The code of a link: given, or asked for.
pub(crate) fn code(given: Option<&str>) -> Result<Zeroizing<String>, Failure> {
    if let Some(code) = given {
        return Ok(Zeroizing::new(code.to_owned()));
    }
    let missing = || Failure::Usage("the link opens with a code of six words only; give it with --code".into());
    line("Code of six words").ok_or_else(missing)
}

/// Asks a question at the terminal; nothing if there is none, or no answer.
pub(crate) fn line(question: &str) -> Option<Zeroizing<String>> {
    if !io::stdin().is_terminal() {
        return None;
    }
    write!(io::stderr(), "{question}: ").ok()?;
    let mut answer = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut answer).ok()?;
    Some(Zeroizing::new(answer.trim().to_owned())).filter(|answer| !answer.is_empty())
}
