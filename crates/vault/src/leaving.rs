//! Leaving: what somebody reads is handed over first, then they are removed. Every step is done once, however often it is
//! asked for, so a laptop that is closed half-way through hundreds of dossiers loses nothing.

use zegel_ledger::{LogId, PersonId};
use zegel_protocol::calls::Readings;

use crate::{
    Vault, VaultError,
    dossiers::id,
    order::{alphabetical, sort_by_bytes},
    ports::Progress,
    view::{LeavingView, ReaderView},
};

impl Vault {
    /// What somebody who leaves can read, as far as this vault sees it too: who else can go on with it, and on which days something
    /// of it was handed to their devices. What was handed out may have been copied; nothing takes that back.
    pub async fn leaving(&mut self, person: &str) -> Result<Vec<LeavingView>, VaultError> {
        let person: PersonId = id(person)?;
        self.directory.now().member(person).ok_or(VaultError::NotFound)?;
        let mut list = Vec::new();
        for log in self.dossiers_of(person).await? {
            let book = self.book(log).await?.clone();
            let stays = |reader: &ReaderView| reader.stays && reader.person != person.to_string();
            list.push(LeavingView {
                dossier: log.to_string(),
                title: self.slots.get(&log).map(|slot| slot.title.clone()).unwrap_or_default(),
                others: self.readers(&book).into_iter().filter(stays).map(|reader| reader.name).collect(),
                handed_out: self.handed_out(log, person).await,
            });
        }
        sort_by_bytes(&mut list, |of| alphabetical(&of.title.to_lowercase(), &of.dossier));
        Ok(list)
    }

    /// Gives a successor what the leaver reads and nobody else can go on with, or `all` of it. Gives how many dossiers that were.
    pub async fn hand_over(
        &mut self,
        person: &str,
        successor: &str,
        all: bool,
        progress: &dyn Progress,
    ) -> Result<usize, VaultError> {
        let chosen: Vec<_> = self.leaving(person).await?.into_iter().filter(|of| all || of.others.is_empty()).collect();
        let total = chosen.len() as u64;
        for (done, leaving) in (0..).zip(&chosen) {
            progress.bytes(done, total);
            self.grant(&leaving.dossier, successor).await?;
        }
        progress.bytes(total, total);
        Ok(chosen.len())
    }

    /// The days on which the relay says that it handed out something of a log to somebody, oldest first.
    async fn handed_out(&mut self, log: LogId, person: PersonId) -> Vec<u32> {
        let ledger = self.relay.call(&self.ports, &self.keys.signer(), &Readings { log }).await;
        let readings = ledger.map(|ledger| ledger.readings).unwrap_or_default();
        let mut days: Vec<u32> = readings.iter().filter(|r| r.person == person).map(|r| r.day).collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}
