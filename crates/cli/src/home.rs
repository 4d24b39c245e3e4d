//! The home folder: the vault's store, and the relay's address beside it.

use std::{
    env, fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use zegel_vault::{
    DeviceState, Session, Vault, VaultError,
    memory::MemoryStore,
    native::{HttpTransport, SystemClock, SystemEntropy, ports},
    ports::{InProcess, Ports},
};

use crate::{
    arguments::Arguments,
    failure::Failure,
    output::{Output, alarm},
    passphrase::Passphrase,
};

const RELAY: &str = "relay";

/// Where this vault lives.
pub(crate) struct Home {
    folder: PathBuf,
    /// The relay of a visit, which keeps nothing in the folder.
    visited: Option<String>,
}

impl Home {
    /// The folder that was named, or the usual one.
    pub(crate) fn of(arguments: &Arguments) -> Result<Self, Failure> {
        let usual = || {
            let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
            let data = data.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".local/share")));
            Some(data?.join("zegel"))
        };
        let folder = arguments.home.clone().or_else(usual);
        let folder = folder.ok_or_else(|| Failure::Usage("there is no home folder; name one with --home".into()))?;
        Ok(Self { folder, visited: arguments.visit.clone() })
    }

    /// Ports for a vault that is about to be made here, for this relay.
    pub(crate) async fn empty(&self, relay: &str) -> Result<Ports, Failure> {
        let ports = ports(&self.folder, relay)?;
        match Vault::state(&ports).await? {
            DeviceState::Empty => Ok(ports),
            DeviceState::Locked | DeviceState::Portal => Err(VaultError::AlreadyHere.into()),
        }
    }

    /// Remembers the relay for every later command.
    pub(crate) fn remember(&self, relay: &str) -> Result<(), Failure> {
        let path = self.folder.join(RELAY);
        let written = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).and_then(
            |mut file| {
                file.write_all(relay.as_bytes())?;
                file.sync_all()
            },
        );
        written.map_err(|error| Failure::unreadable(&path, &error))
    }

    /// The relay's address, if there is a vault here.
    pub(crate) fn relay(&self) -> Result<String, Failure> {
        if let Some(visited) = &self.visited {
            return Ok(visited.clone());
        }
        let address = fs::read_to_string(self.folder.join(RELAY)).map_err(|_| VaultError::NothingHere)?;
        Ok(address.trim().to_owned())
    }

    /// Whether there is a vault here.
    pub(crate) fn is_empty(&self) -> bool {
        self.relay().is_err()
    }

    /// Opens a member's vault, and says what its user must know.
    pub(crate) async fn unlock(&self, passphrase: &Passphrase, output: Output) -> Result<Vault, Failure> {
        match self.unlock_any(passphrase, output).await? {
            Session::Vault(vault) => Ok(*vault),
            Session::Portal(_) => Err(VaultError::NoRight.into()),
        }
    }

    /// Opens what is here, and says what its user must know.
    pub(crate) async fn unlock_any(&self, passphrase: &Passphrase, output: Output) -> Result<Session, Failure> {
        let ports = self.ports()?;
        if Vault::state(&ports).await? == DeviceState::Empty {
            return Err(VaultError::NothingHere.into());
        }
        let opened = Session::unlock(ports, passphrase.ask("Passphrase")?).await?;
        warn(&opened, output);
        Ok(opened)
    }

    /// The ports of what is here.
    pub(crate) fn ports(&self) -> Result<Ports, Failure> {
        Ok(ports(&self.folder, &self.relay()?)?)
    }

    /// Forgets the relay, when the vault has been wiped.
    pub(crate) fn forget(&self) -> Result<(), Failure> {
        let path = self.folder.join(RELAY);
        fs::remove_file(&path).map_err(|error| Failure::unreadable(&path, &error))
    }
}

/// Says what the user of a vault that was just opened must know.
pub(crate) fn warn(opened: &Session, output: Output) {
    let (alarms, backup_due) = match opened {
        Session::Vault(vault) => (vault.session().alarms, vault.session().backup_due),
        Session::Portal(portal) => (portal.session().alarms, false),
    };
    for raised in &alarms {
        output.note(&alarm(raised));
    }
    if backup_due {
        output.note("Warning: the relay was never backed up; tell its operator.");
    }
}

/// Ports for somebody who keeps nothing.
pub(crate) fn passing(relay: &str) -> Result<Ports, Failure> {
    Ok(Ports {
        transport: Box::new(HttpTransport::new(relay)?),
        store: Box::new(MemoryStore::new()),
        clock: Box::new(SystemClock),
        entropy: Box::new(SystemEntropy),
        accelerator: Box::new(InProcess),
    })
}

/// The relay's address in a link: all of it before the path.
pub(crate) fn relay_of(link: &str) -> Result<&str, Failure> {
    let before = link.split_once('#').map(|(before, _)| before);
    let origin = before.and_then(|before| {
        let (scheme, rest) = before.split_once("://")?;
        let host = rest.split('/').next()?;
        before.get(..scheme.len() + 3 + host.len())
    });
    origin.ok_or_else(|| VaultError::BadLink.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_its_relay() {
        assert_eq!(relay_of("https://relay.example.org/o#x.y/z://w").unwrap(), "https://relay.example.org");
        assert_eq!(relay_of("http://[::1]:8080/join#x").unwrap(), "http://[::1]:8080");
        for wrong in ["", "#x", "relay.example.org/o#x", "https://relay.example.org/o"] {
            assert!(relay_of(wrong).is_err(), "{wrong}");
        }
    }
}
