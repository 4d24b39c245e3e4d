//! A relay that was put back to an earlier state, to somebody outside the organisation. They hand nothing back and confirm nothing; what
//! a director gave up of their dossier lowers what this device remembers, once, and nothing else does.

use zegel_crypto::{Canonical as _, sabotage};
use zegel_ledger::{Certificate, GivenUp, Head, Log, LogKind};
use zegel_protocol::calls::FetchChain;

use super::Portal;
use crate::{
    VaultError,
    book::Book,
    ports::{Table, Write},
    relay::Signer,
    shelf::HEAD,
    sync::DAY,
    view::Alarm,
};

/// Under which the directory's head lies that the last entry read here relied on.
const RELIED: &[u8] = b"relied/";

impl Portal {
    fn key(&self, table: &[u8]) -> Vec<u8> {
        [table, &self.log.0].concat()
    }

    /// What this device remembers of how far it read.
    pub(super) async fn load_head(&mut self) -> Result<(), VaultError> {
        let mut read = [None; 2];
        for (read, table) in read.iter_mut().zip([HEAD, RELIED]) {
            let Some(bytes) = self.ports.store.get(Table::Device, &self.key(table)).await? else { continue };
            *read = Some(Head::from_canonical(&bytes).map_err(|_| VaultError::Unreadable)?);
        }
        [self.head, self.relied] = read;
        Ok(())
    }

    /// Remembers that this device read to the end of what it has.
    pub(super) async fn keep_head(&mut self) -> Result<(), VaultError> {
        (self.head, self.relied) = (self.book.log.head(), self.book.log.relied_on());
        let kept = [(HEAD, self.head), (RELIED, self.relied)];
        let put = |(table, head): (&[u8], Option<Head>)| {
            Some(Write::Put(Table::Device, self.key(table), head?.to_canonical()))
        };
        let writes = kept.into_iter().filter_map(put).collect();
        Ok(self.ports.store.write(writes).await?)
    }

    /// Goes on from an earlier entry if a director named it, in the directory, after what was read here was written: an older word
    /// of theirs was about something else. That the entry is in the history that is shown is checked as the log is read.
    pub(super) fn take_given_up(&mut self) -> bool {
        let (Some(known), Some(relied)) = (self.head, self.relied) else { return false };
        let later = |given: &&GivenUp| given.sequence > relied.sequence || sabotage::is("given-up-once");
        let ours = self.staff.given_up().iter().filter(|given| given.log == self.log).filter(later);
        let lower = ours.filter(|given| given.head.sequence < known.sequence);
        let Some(given) = lower.min_by_key(|given| given.head.sequence).copied() else { return false };
        self.head = Some(given.head);
        self.given_up = Some(given);
        true
    }

    /// The same where the log was read further already: it is read anew.
    pub(super) async fn go_back(&mut self, signer: &Signer<'_>) -> bool {
        let Some(founding) = self.book.log.founding() else { return false };
        let root = founding.root;
        // Whatever is wrong with the answer: nothing was given up then.
        let Ok(chain) = self.relay.call(&self.ports, signer, &FetchChain { log: self.log }).await else { return false };
        let Ok(staff) = Certificate(&chain.entries).follow(&root) else { return false };
        self.staff = staff;
        if !self.take_given_up() {
            return false;
        }
        self.book = Book::new(Log::new(self.log, LogKind::Dossier));
        self.opened.clear();
        self.blobs.clear();
        self.shown = None;
        true
    }

    /// Tells who gave something up, once names are known.
    pub(super) fn tell_given_up(&mut self) {
        let Some(given) = self.given_up.take() else { return };
        let missed = Alarm::Rollback(self.log.to_string());
        self.alarms.retain(|alarm| *alarm != missed);
        self.raise(Alarm::Restored(self.name_of(given.author), given.claimed_time / DAY, 1));
    }
}
