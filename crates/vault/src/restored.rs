//! A director confirms that the relay was put back to an earlier state, and says what is given up: from which entry on a log
//! goes on of which nobody handed back the rest. That is a head that everybody can compare, and the only thing that lowers what
//! a device remembers.

use zegel_ledger::{Change, Commit, Head, LogId};

use crate::{
    Vault, VaultError,
    ports::{Table, Write},
    sync::DAY,
    view::{Alarm, ConfirmedView, LostView, RestoredView},
};

impl Vault {
    /// What is known of the relay having been put back: what it misses, and who confirmed what.
    pub async fn restored(&mut self) -> Result<RestoredView, VaultError> {
        self.sync().await?;
        if self.offline {
            return Err(VaultError::RelayUnreachable);
        }
        let lost = self.lost.missing.iter().map(|(log, there)| LostView {
            log: log.to_string(),
            title: self.title_of(*log),
            known: self.heads.get(log).map_or(0, |head| head.sequence + 1),
            there: there.map_or(0, |head| head.sequence + 1),
        });
        let confirmed = self.directory.restorations().iter().map(|restoration| ConfirmedView {
            by: self.name_of(restoration.author),
            at: restoration.claimed_time,
            given_up: restoration.given_up.len(),
        });
        Ok(RestoredView {
            put_back: self.relay.put_back(),
            handed_back: self.lost.handed_back,
            lost: lost.collect(),
            confirmed: confirmed.collect(),
        })
    }

    /// Confirms, as a director, that the relay was put back: it serves everybody again. With `give_up` each log that it
    /// misses something of goes on from what it has.
    ///
    /// Errors: [`VaultError::StillLost`] if something is missing and nothing is to be given up.
    pub async fn confirm_restored(&mut self, give_up: bool) -> Result<RestoredView, VaultError> {
        if !self.directory.now().is_director(self.keys.person) {
            return Err(VaultError::NoRight);
        }
        let view = self.restored().await?;
        if !view.lost.is_empty() && !give_up {
            return Err(VaultError::StillLost(view.lost.into_iter().map(|lost| lost.title).collect()));
        }
        let given_up: Vec<(LogId, Head)> =
            self.lost.missing.iter().filter_map(|(log, there)| Some((*log, (*there)?))).collect();
        self.change_directory(None, |_, draft| {
            draft.changes.push(Change::Restored(given_up.clone()));
            Ok(())
        })
        .await?;
        self.lost.given_up.extend(given_up);
        self.lost.missing.clear();
        self.take_given_up().await?;
        self.relay.hello(&self.ports).await?;
        self.restored().await
    }

    /// Takes note of a confirmation that somebody else made.
    pub(crate) fn note_restored(&mut self, commit: &Commit) {
        for change in &commit.changes {
            let Change::Restored(given_up) = change else { continue };
            // To a device that is new here it is history.
            if self.heads.contains_key(&self.record.organisation) {
                let by = self.name_of(commit.author);
                self.raise(Alarm::Restored(by, commit.claimed_time / DAY, given_up.len()));
            }
            self.lost.confirmed = true;
            self.lost.given_up.extend(given_up.iter().copied());
        }
    }

    /// Goes on, in the logs that a director named, from the entry that the relay has: but only where that entry is in the
    /// history that is known here. Another one is a fork, whoever confirms it.
    pub(crate) async fn take_given_up(&mut self) -> Result<(), VaultError> {
        let named = core::mem::take(&mut self.lost.given_up);
        if named.is_empty() {
            return Ok(());
        }
        for (log, head) in named {
            let Some(ours) = self.heads.get(&log).copied().filter(|ours| ours.sequence > head.sequence) else {
                continue;
            };
            let tail = self.tail(log, ours, head.sequence + 1).await?;
            let first = tail.and_then(|tail| tail.first().and_then(|entry| entry.commit().ok()));
            let follows = first.is_none_or(|first| first.previous == Some(head.hash));
            if !follows && !zegel_crypto::sabotage::is("given-up") {
                self.mark_forked(log).await?;
                continue;
            }
            // The state at an earlier entry follows from the entries only: it is pulled anew when somebody looks.
            self.books.remove(&log);
            self.index.forget(log);
            self.forget_closed(log).await?;
            let lower = [self.remember_head(log, head), Write::Delete(Table::Book, log.0.to_vec())];
            self.ports.store.write(lower.into()).await?;
        }
        self.keep_directory().await
    }

    fn title_of(&self, log: LogId) -> String {
        let title = self.slots.get(&log).map(|slot| slot.title.clone()).filter(|title| !title.is_empty());
        title.unwrap_or_else(|| log.to_string())
    }
}
