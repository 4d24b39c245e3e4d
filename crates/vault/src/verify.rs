//! Verifying everything anew: every signature, every link of every chain, every blob's name, every wrap.

use std::collections::HashMap;

use zegel_ledger::{Change, Directory, Log, LogId};
use zegel_protocol::{calls::Pull, limits};

use crate::{
    Vault, VaultError,
    book::{Book, Seeds},
    dossiers::id,
    sync::{learn, named, take_directory_entry, take_entry},
    view::{Alarm, VerifyView},
};

impl Vault {
    /// Walks one dossier, or the directory and every log, from the first entry on, as the relay serves them now, and
    /// compares with what this device knows.
    pub async fn verify(&mut self, dossier: Option<&str>) -> Result<VerifyView, VaultError> {
        self.sync().await?;
        if self.offline {
            return Err(VaultError::RelayUnreachable);
        }
        let mut report = VerifyView { logs: 0, entries: 0, blobs: 0, wraps: 0, alarms: Vec::new() };
        let logs = match dossier {
            Some(text) => vec![id(text)?],
            None => {
                self.verify_directory(&mut report).await?;
                self.slots.keys().copied().collect::<Vec<LogId>>()
            }
        };
        for log in logs {
            self.verify_log(log, &mut report).await?;
        }
        report.alarms.extend(self.alarms.iter().filter(|alarm| !alarm.is_news()).cloned());
        report.alarms.dedup();
        Ok(report)
    }

    async fn verify_directory(&mut self, report: &mut VerifyView) -> Result<(), VaultError> {
        let id = self.record.organisation;
        let mut fresh = Directory::new(id);
        loop {
            let call = Pull { log: id, from: fresh.log().next_sequence(), limit: limits::PAGE, blobs: true };
            let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            report.blobs += named(&page).len();
            for entry in &page.entries {
                if let Err(refusal) = take_directory_entry(&mut fresh, entry, &page) {
                    report.alarms.push(Alarm::Refused(id.to_string(), refusal.to_string()));
                    return Ok(());
                }
                report.entries += 1;
            }
            if page.entries.is_empty() || fresh.head() == page.head {
                break;
            }
        }
        report.logs += 1;
        if fresh.head() != self.directory.head() {
            report.alarms.push(Alarm::Fork(id.to_string()));
        }
        Ok(())
    }

    async fn verify_log(&mut self, id: LogId, report: &mut VerifyView) -> Result<(), VaultError> {
        let known = self.book(id).await?.clone();
        let mut fresh = Book { seeds: Seeds::default(), ..Book::new(Log::new(id, known.log.kind())) };
        let mut blobs = HashMap::new();
        loop {
            let call = Pull { log: id, from: fresh.log.next_sequence(), limit: limits::PAGE, blobs: true };
            let page = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            blobs.extend(named(&page));
            for entry in &page.entries {
                let commit = match take_entry(&mut fresh.log, entry, &page, &self.directory) {
                    Ok(commit) => commit,
                    Err(refusal) => {
                        report.alarms.push(Alarm::Refused(id.to_string(), refusal.to_string()));
                        return Ok(());
                    }
                };
                let alarms = learn(&fresh.log, &mut fresh.seeds, &commit, &blobs, &self.directory, |grant| {
                    self.keys.receives(grant)
                });
                report.alarms.extend(alarms);
                report.wraps += commit.changes.iter().filter(|change| matches!(change, Change::Wrap(_))).count();
                report.entries += 1;
            }
            if page.entries.is_empty() || fresh.log.head() == page.head {
                break;
            }
        }
        report.logs += 1;
        if fresh.log.head() != known.log.head() {
            report.alarms.push(Alarm::Fork(id.to_string()));
        }
        for (_, state) in fresh.log.records() {
            let fetched = match blobs.remove(&state.blob) {
                Some(_) => Ok(()),
                None => self.blob(id, state.blob).await.map(drop),
            };
            match fetched {
                Ok(()) => report.blobs += 1,
                Err(_) => report.alarms.push(Alarm::Unreadable(id.to_string(), self.name_of(state.author))),
            }
        }
        for state in fresh.log.files() {
            match self.verify_file(id, state.file.blob, state.file.length).await {
                Ok(()) => report.blobs += 1,
                Err(_) => report.alarms.push(Alarm::Unreadable(id.to_string(), String::new())),
            }
        }
        Ok(())
    }

    /// Recomputes the name of a file's ciphertext, piece by piece.
    async fn verify_file(&mut self, log: LogId, blob: zegel_crypto::Hash, length: u64) -> Result<(), VaultError> {
        let mut hasher = zegel_crypto::BlobHasher::new();
        let mut offset = 0;
        while offset < length {
            let call = zegel_protocol::calls::Fetch { log, blob, offset, length: limits::CHUNK as u64 };
            let fetched = self.relay.call(&self.ports, &self.keys.signer(), &call).await?;
            if fetched.bytes.0.is_empty() {
                return Err(VaultError::Unreadable);
            }
            offset += fetched.bytes.0.len() as u64;
            hasher.update(&fetched.bytes.0);
        }
        if hasher.finish(length) == blob { Ok(()) } else { Err(VaultError::Unreadable) }
    }
}

impl Alarm {
    /// Whether it tells of something that may well be right.
    fn is_news(&self) -> bool {
        matches!(self, Self::NewDevice(_) | Self::OwnNewDevice | Self::Claimed(..))
    }

    /// Whether it concerns this log.
    pub(crate) fn is_about(&self, log: &str) -> bool {
        match self {
            Self::Fork(id)
            | Self::Rollback(id)
            | Self::Refused(id, _)
            | Self::FalseWrap(id)
            | Self::Unreadable(id, _)
            | Self::Resealed(id, _)
            | Self::Recovered(id)
            | Self::Withheld(id, ..)
            | Self::Contradicted(id, ..)
            | Self::Claimed(id, ..)
            | Self::Unconfirmed(id, _) => id == log,
            Self::RegisteredTwice(_)
            | Self::ReceiverTwice(_)
            | Self::Renewed(_)
            | Self::NewDevice(_)
            | Self::OwnNewDevice
            | Self::Clock(_)
            | Self::PutBack(_)
            | Self::Restored(..)
            | Self::Policy(_) => false,
        }
    }
}
