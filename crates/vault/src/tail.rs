//! Entries as they were signed. A book says what they come to; these are what a relay can be handed back that was put back to
//! an earlier state, and what tells whether an earlier head is in the same history.
//!
//! They lie sealed under the key of this device, not under the log's life half: a relay that lost a log whole serves no half
//! of it, and what is visible to the relay in them is nothing that opens a dossier.

use minicbor::{Decode, Encode};
use zegel_crypto::Canonical as _;
use zegel_ledger::{Entry, Head, LogId, SignedSlip};

use crate::{
    Vault, VaultError,
    ports::{Table, Write},
};

/// Entries that came together, in order. They lie under their log's id and the number of the last.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Piece {
    #[n(0)]
    entries: Vec<Entry>,
}

impl Vault {
    /// Keeps entries of one log that follow each other.
    pub(crate) fn tail_write(&mut self, entries: Vec<Entry>) -> Option<Write> {
        let last = entries.last()?.commit().ok()?;
        let key = place(last.log, last.sequence);
        let bytes = Piece { entries }.to_canonical();
        let sealed = self.keys.seal_local(&mut self.ports.rng(), Table::Entry, &key, bytes);
        Some(Write::Put(Table::Entry, key, sealed))
    }

    /// Keeps slips beside a log: an entry that names one can be handed back only with it.
    pub(crate) async fn keep_slips(&mut self, slips: &[SignedSlip]) -> Result<(), VaultError> {
        let mut writes = Vec::new();
        for slip in slips {
            let key = slip.hash().0.to_vec();
            // Those that wait come with every page.
            if self.ports.store.get(Table::Entry, &key).await?.is_some() {
                continue;
            }
            let sealed = self.keys.seal_local(&mut self.ports.rng(), Table::Entry, &key, slip.to_canonical());
            writes.push(Write::Put(Table::Entry, key, sealed));
        }
        if writes.is_empty() { Ok(()) } else { Ok(self.ports.store.write(writes).await?) }
    }

    /// The slips that these entries name, as far as they are here.
    pub(crate) async fn kept_slips(&self, entries: &[Entry]) -> Result<Vec<SignedSlip>, VaultError> {
        let mut slips = Vec::new();
        for hash in entries.iter().filter_map(|entry| entry.commit().ok()).flat_map(|commit| commit.slips) {
            let Some(sealed) = self.ports.store.get(Table::Entry, &hash.0).await? else { continue };
            let bytes = self.keys.open_local(Table::Entry, &hash.0, &sealed)?;
            slips.extend(SignedSlip::from_canonical(&bytes).ok());
        }
        Ok(slips)
    }

    /// The entries from number `from` to a head, each following from the one before; none if this device has not all of them.
    pub(crate) async fn tail(&self, log: LogId, head: Head, from: u64) -> Result<Option<Vec<Entry>>, VaultError> {
        let mut tail: Vec<Entry> = Vec::new();
        let mut next = Some(head);
        while let Some(wanted) = next.filter(|wanted| wanted.sequence >= from) {
            let Some(entries) = self.piece(&place(log, wanted.sequence)).await? else { return Ok(None) };
            for entry in entries.into_iter().rev() {
                let Some(wanted) = next.filter(|wanted| wanted.sequence >= from) else { break };
                let Ok(commit) = entry.commit() else { return Ok(None) };
                if entry.hash() != wanted.hash || commit.sequence != wanted.sequence {
                    return Ok(None);
                }
                let before = commit.previous.zip(commit.sequence.checked_sub(1));
                next = before.map(|(hash, sequence)| Head { sequence, hash });
                tail.push(entry);
            }
        }
        tail.reverse();
        Ok(Some(tail))
    }

    /// What takes a log's entries off this device.
    pub(crate) async fn tail_deletes(&self, log: LogId) -> Result<Vec<Write>, VaultError> {
        let mut deletes = Vec::new();
        let mut last = self.heads.get(&log).map(|head| head.sequence);
        while let Some(sequence) = last {
            let key = place(log, sequence);
            let Some(entries) = self.piece(&key).await? else { break };
            deletes.push(Write::Delete(Table::Entry, key));
            let first = entries.first().and_then(|entry| entry.commit().ok());
            last = first.and_then(|first| first.sequence.checked_sub(1));
        }
        Ok(deletes)
    }

    async fn piece(&self, key: &[u8]) -> Result<Option<Vec<Entry>>, VaultError> {
        let Some(sealed) = self.ports.store.get(Table::Entry, key).await? else { return Ok(None) };
        let bytes = self.keys.open_local(Table::Entry, key, &sealed)?;
        Ok(Piece::from_canonical(&bytes).ok().map(|piece| piece.entries))
    }
}

fn place(log: LogId, sequence: u64) -> Vec<u8> {
    [log.0.as_slice(), &sequence.to_be_bytes()].concat()
}
