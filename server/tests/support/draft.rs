//! Entries that are signed and not sent yet.

use zegel_ledger::{Change, Entry, Log};
use zegel_protocol::calls::{Append, Bytes, LogAppend, StoredHalf};

use super::{Organisation, Person};

/// Entries of one log that are not sent yet, and the state after them.
#[derive(Clone)]
pub struct Draft {
    pub log: Log,
    pub entries: Vec<Entry>,
    pub blobs: Vec<Vec<u8>>,
    pub halves: Vec<StoredHalf>,
}

impl Draft {
    pub fn new(log: Log) -> Self {
        Self { log, entries: Vec::new(), blobs: Vec::new(), halves: Vec::new() }
    }

    /// Signs one more entry. What the ledger itself refuses is sent all the same: the relay must refuse it too.
    pub fn entry(mut self, of: &Organisation, who: &Person, changes: Vec<Change>, blobs: Vec<Vec<u8>>) -> Self {
        let entry = Entry::sign(&of.commit(who, &self.log, changes), &who.signing);
        let _ = self.log.admit(&entry, &of.directory);
        self.entries.push(entry);
        self.blobs.extend(blobs);
        self
    }
}

pub fn append_of(drafts: &[Draft]) -> Append {
    let log = |draft: &Draft| LogAppend {
        log: draft.log.id(),
        kind: draft.log.kind(),
        entries: draft.entries.clone(),
        blobs: draft.blobs.iter().cloned().map(Bytes).collect(),
    };
    Append {
        logs: drafts.iter().map(log).collect(),
        halves: drafts.iter().flat_map(|draft| draft.halves.clone()).collect(),
    }
}
