//! What went wrong: one sentence that says so, one that says what to do, and an exit status.

use std::{io, path::Path, process::ExitCode};

use zegel_vault::{
    VaultError,
    native::{AddressError, PortsError},
    ports::{FileError, StoreError},
};

/// Why the program ends without having done everything.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The vault said no.
    Vault(VaultError),
    /// The relay's address cannot be used.
    Address(AddressError),
    /// A file that the user named. The path is part of the sentence.
    File { path: String, error: FileError },
    /// Something is missing or contradicts itself. Both sentences.
    Usage(String),
    /// Some things were done; those that were not have been named already.
    Partly,
    /// Verifying found something.
    Alarms,
    /// Whoever read the output went away.
    NobodyListens,
}

impl Failure {
    /// A file the user named cannot be read or written.
    pub(crate) fn file(path: &Path, error: FileError) -> Self {
        Self::File { path: crate::output::shown(&path.to_string_lossy()), error }
    }

    /// The same, from the operating system's error.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::file(path, FileError::Unreadable(error.to_string()))
    }

    /// A stable name, for scripts.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.key(),
            Self::Address(_) => "bad-address",
            Self::File { error, .. } => VaultError::File(error.clone()).key(),
            Self::Usage(_) => "usage",
            Self::Partly => "done-in-part",
            Self::Alarms => "alarms",
            Self::NobodyListens => "nobody-listens",
        }
    }

    /// Two sentences; nothing if all was said.
    pub(crate) fn sentences(&self) -> Option<String> {
        let text = match self {
            Self::Vault(VaultError::File(error)) => file_sentences("the file", error),
            Self::Vault(error) => error.to_string(),
            Self::Address(error) => error.to_string(),
            Self::File { path, error } => file_sentences(&format!("the file {path}"), error),
            Self::Usage(text) => text.clone(),
            Self::Partly => return None,
            Self::Alarms => {
                "something in these histories is not as it should be; show the lines above to a director".into()
            }
            Self::NobodyListens => return None,
        };
        Some(two_sentences(&text))
    }

    /// What a script sees.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) | Self::Address(_) => 2,
            Self::Partly => 3,
            Self::Alarms => 4,
            Self::Vault(VaultError::RelayUnreachable | VaultError::RelayBusy | VaultError::RelayPutBack) => 5,
            Self::Vault(_) | Self::File { .. } | Self::NobodyListens => 1,
        })
    }
}

fn file_sentences(what: &str, error: &FileError) -> String {
    match error {
        FileError::Unreadable(why) => format!("{what} cannot be read ({why}); check its name and permissions"),
        FileError::Changed => format!("{what} changed while it was read; add it again when nobody writes to it"),
        FileError::Unwritable(why) => format!("{what} cannot be written ({why}); choose another place"),
    }
}

/// The library's errors are one sentence of two halves; a terminal has room for two. What stands in brackets stays whole.
fn two_sentences(text: &str) -> String {
    let mut sentences = String::new();
    let (mut depth, mut begins) = (0_usize, true);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if letter == ';' && depth == 0 && letters.peek() == Some(&' ') {
            sentences.push('.');
            sentences.extend(letters.next());
            begins = true;
        } else if begins {
            sentences.extend(letter.to_uppercase());
            begins = false;
        } else {
            sentences.push(letter);
        }
    }
    if !sentences.ends_with(['.', '?']) {
        sentences.push('.');
    }
    sentences
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Vault(error.into())
    }
}

impl From<AddressError> for Failure {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<PortsError> for Failure {
    fn from(error: PortsError) -> Self {
        match error {
            PortsError::Address(error) => error.into(),
            PortsError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_happened_and_what_to_do() {
        let failure = Failure::Vault(VaultError::WrongPassphrase);
        assert_eq!(
            failure.sentences().unwrap(),
            "This passphrase does not open the vault. Type it again, or use the key card it belongs to."
        );
        let failure = Failure::file(Path::new("a\u{202e}b"), FileError::Changed);
        assert_eq!(
            failure.sentences().unwrap(),
            "The file a\u{fffd}b changed while it was read. Add it again when nobody writes to it."
        );
        let failure = Failure::Vault(VaultError::StoreUnusable("it is open; wait".into()));
        assert!(
            failure.sentences().unwrap().starts_with("This device's store cannot be used (it is open; wait). Leave")
        );
    }
}
