//! A relay that was put back to an earlier state is given what it lost: entries, slips, blobs and halves as they were. What
//! this device knows stays what it knows, whatever the relay says of itself.

use std::collections::BTreeMap;

use zegel_crypto::{Canonical as _, Hash};
use zegel_ledger::{Change, Entry, Head, LogId, LogKind};
use zegel_protocol::{
    Problem,
    calls::{Bytes, Changes, FetchKeyring, HandBack, LogAppend, StoreKeyring, StoredHalf},
    limits,
};

use crate::{
    Vault, VaultError,
    ports::{Table, TransportError},
    relay::is_unreachable,
    view::Alarm,
};

/// What is known of the relay's earlier states.
#[derive(Default)]
pub(crate) struct Lost {
    /// To which time it was put back and on which day this device last compared every log with it.
    compared: Option<(u64, u64)>,
    /// A director confirmed it in an entry that came just now.
    pub(crate) confirmed: bool,
    /// Logs of which the relay misses what this device knows of, and the last entry it has.
    pub(crate) missing: BTreeMap<LogId, Option<Head>>,
    /// How many logs were handed back since the vault was unlocked.
    pub(crate) handed_back: usize,
    /// What a director gave up and this device has not yet.
    pub(crate) given_up: Vec<(LogId, Head)>,
}

/// Bytes of one request, with room for what is around them.
const MOST: usize = limits::BODY / 2;

impl Vault {
    /// Looks, where the relay was put back, for every log of which it has less than is known here, and hands that back.
    pub(crate) async fn look_for_lost(&mut self) -> Result<(), VaultError> {
        let put_back = self.relay.put_back();
        let confirmed = core::mem::take(&mut self.lost.confirmed);
        if put_back.is_none() {
            self.alarms.retain(|alarm| !matches!(alarm, Alarm::PutBack(_)));
        }
        if put_back.is_none() && !confirmed {
            self.lost.compared = None;
            return Ok(());
        }
        if let Some(to) = put_back {
            self.raise(Alarm::PutBack(to));
        }
        let round = (put_back.unwrap_or_default(), self.today());
        if self.lost.compared == Some(round) && self.lost.missing.is_empty() && !confirmed {
            return Ok(());
        }
        self.hand_back_keyring().await?;
        let theirs = self.heads_of_relay().await?;
        let mut lost = Vec::new();
        for log in self.logs_of_shelf().await? {
            let (Some(ours), there) = (self.heads.get(&log).copied(), theirs.get(&log).copied()) else { continue };
            if there.is_none_or(|there| there.sequence < ours.sequence) {
                let kind = self.kind_as_signed(log, ours).await?;
                lost.push((kind, log, there));
            }
        }
        // A disclosure rests on its dossier; a person's own log on both.
        lost.sort_unstable();
        self.lost.missing.clear();
        let mut came_back = Vec::new();
        for (kind, log, there) in lost {
            match kind {
                Some(kind) if self.hand_back(log, there).await? => came_back.push((log, kind)),
                _ => {
                    self.lost.missing.insert(log, there);
                    // Two histories are worse than a shorter one, and were told.
                    if !self.alarms.contains(&Alarm::Fork(log.to_string())) {
                        self.raise(Alarm::Rollback(log.to_string()));
                    }
                }
            }
        }
        if !came_back.is_empty() {
            self.load_shelf().await?;
        }
        for (log, kind) in came_back {
            let missed = Alarm::Rollback(log.to_string());
            self.alarms.retain(|alarm| *alarm != missed);
            self.pull_kind(log, kind).await?;
        }
        self.lost.compared = Some(round);
        self.watch.ask_again();
        Ok(())
    }

    /// Hands back a log's entries that come after the relay's head. False if the relay does not take them, or this device has
    /// not all of them, or they do not follow from what the relay has.
    pub(crate) async fn hand_back(&mut self, log: LogId, theirs: Option<Head>) -> Result<bool, VaultError> {
        let Some(ours) = self.heads.get(&log).copied() else { return Ok(false) };
        if !self.may_hand_back() || theirs.is_some_and(|theirs| theirs.sequence >= ours.sequence) {
            return Ok(false);
        }
        let from = theirs.map_or(0, |theirs| theirs.sequence + 1);
        match self.tail(log, ours, from).await? {
            Some(tail) => self.send_back(log, theirs, tail).await,
            None => Ok(false),
        }
    }

    /// The same of the directory, of which every device has all entries.
    pub(crate) async fn hand_back_directory(&mut self, theirs: Option<Head>) -> Result<bool, VaultError> {
        if !self.may_hand_back() {
            return Ok(false);
        }
        let from = theirs.map_or(0, |theirs| theirs.sequence + 1);
        let tail = usize::try_from(from).ok().and_then(|from| self.directory_entries.get(from..));
        let tail = tail.unwrap_or_default().to_vec();
        self.send_back(self.record.organisation, theirs, tail).await
    }

    /// Only a relay that was put back has lost anything: by its own word, or by a director's.
    fn may_hand_back(&self) -> bool {
        self.relay.put_back().is_some() || !self.directory.restorations().is_empty()
    }

    async fn send_back(&mut self, log: LogId, theirs: Option<Head>, tail: Vec<Entry>) -> Result<bool, VaultError> {
        let follows = tail.first().and_then(|first| first.commit().ok());
        if follows.is_none_or(|first| first.previous != theirs.map(|theirs| theirs.hash)) {
            return Ok(false);
        }
        let mut entries: Vec<Entry> = Vec::new();
        let (mut blobs, mut size) = (Vec::new(), 0);
        for entry in tail {
            let own = self.kept_blobs(&entry).await?;
            let weight = entry.len() + own.iter().map(Vec::len).sum::<usize>();
            if !entries.is_empty() && (size + weight > MOST || entries.len() == limits::ENTRIES) {
                let (full, with) = (core::mem::take(&mut entries), core::mem::take(&mut blobs));
                size = 0;
                if !self.send_piece(log, full, with).await? {
                    return Ok(false);
                }
            }
            size += weight;
            entries.push(entry);
            blobs.extend(own);
        }
        let sent = self.send_piece(log, entries, blobs).await?;
        self.lost.handed_back += usize::from(sent);
        Ok(sent)
    }

    async fn send_piece(&mut self, log: LogId, entries: Vec<Entry>, blobs: Vec<Vec<u8>>) -> Result<bool, VaultError> {
        let Some(kind) = entries.first().and_then(|entry| entry.commit().ok()).map(|commit| commit.kind) else {
            return Ok(false);
        };
        let halves = entries.iter().flat_map(|entry| self.known_halves(log, entry)).collect();
        let slips = self.kept_slips(&entries).await?;
        let blobs = blobs.into_iter().map(Bytes).collect();
        let call = HandBack { log: LogAppend { log, kind, entries, blobs }, halves, slips };
        match self.relay.call(&self.ports, &self.keys.signer(), &call).await {
            Ok(_) => Ok(true),
            Err(error) if is_unreachable(&error) => Err(error.into()),
            // Whatever it says: it has not taken them.
            Err(TransportError::Problem(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The blobs that an entry names and that are on this device. Large files are not.
    async fn kept_blobs(&self, entry: &Entry) -> Result<Vec<Vec<u8>>, VaultError> {
        let mut kept = Vec::new();
        for name in entry.commit().map(|commit| commit.changes).unwrap_or_default().iter().filter_map(blob_of) {
            let bytes = self.ports.store.get(Table::Blob, &name.0).await?;
            kept.extend(
                bytes.filter(|bytes| zegel_crypto::blob_name(bytes) == name && bytes.len() <= limits::INLINE_BLOB),
            );
        }
        Ok(kept)
    }

    /// The halves that an entry names and that the relay once served to this vault, or got from it.
    fn known_halves(&self, log: LogId, entry: &Entry) -> Vec<StoredHalf> {
        let changes = entry.commit().map(|commit| commit.changes).unwrap_or_default();
        let named = changes.iter().filter_map(|change| match change {
            Change::Found(founding) => Some(founding.life),
            Change::Epoch(epoch) => Some(epoch.half),
            Change::File(file) => Some(file.half),
            _ => None,
        });
        named.filter_map(|id| Some(StoredHalf { log, id, half: self.halves.get(&id)?.clone() })).collect()
    }

    /// A relay with an earlier keyring gets the one that is here: passphrase and slots stay as they were made.
    async fn hand_back_keyring(&mut self) -> Result<(), VaultError> {
        let call = FetchKeyring { person: self.keys.person };
        let stored = match self.relay.call(&self.ports, &self.keys.signer(), &call).await {
            Ok(stored) => zegel_crypto::unlock::SealedKeyring::from_canonical(&stored.keyring.0).ok(),
            Err(TransportError::Problem(Problem::NotFound)) => None,
            Err(error) => return Err(error.into()),
        };
        let ours = &self.record.keyring;
        if stored.is_some_and(|stored| stored.generation >= ours.generation && stored.account == ours.account) {
            return Ok(());
        }
        let call = StoreKeyring { keyring: ours.to_canonical().into() };
        match self.relay.call(&self.ports, &self.keys.signer(), &call).await {
            Err(error) if is_unreachable(&error) => Err(error.into()),
            // It does not take a keyring whose account key it does not know of yet; the next round tries again.
            _ => Ok(()),
        }
    }

    /// Every log that the relay shows this person, with its head.
    pub(crate) async fn heads_of_relay(&mut self) -> Result<BTreeMap<LogId, Head>, VaultError> {
        let mut heads = BTreeMap::new();
        let mut cursor = 0;
        loop {
            let page = self.relay.call(&self.ports, &self.keys.signer(), &Changes { cursor }).await?;
            heads.extend(page.logs.iter().map(|changed| (changed.log, changed.head)));
            if !page.more || page.cursor <= cursor {
                return Ok(heads);
            }
            cursor = page.cursor;
        }
    }

    /// The logs that lie on this device, opened or not.
    async fn logs_of_shelf(&self) -> Result<Vec<LogId>, VaultError> {
        let keys = self.ports.store.all(Table::Shelf).await?.into_iter().map(|(key, _)| key);
        let mut logs: Vec<LogId> = keys.filter_map(|key| Some(LogId(key.try_into().ok()?))).collect();
        logs.push(self.personal_log());
        Ok(logs)
    }

    async fn kind_as_signed(&self, log: LogId, head: Head) -> Result<Option<LogKind>, VaultError> {
        let last = self.tail(log, head, head.sequence).await?.unwrap_or_default().pop();
        Ok(last.and_then(|entry| entry.commit().ok()).map(|commit| commit.kind))
    }
}

fn blob_of(change: &Change) -> Option<Hash> {
    match change {
        Change::Put(put) | Change::Reseal(put) | Change::Reason(_, put) => Some(put.blob),
        Change::Wrap(wrap) => Some(wrap.blob),
        Change::File(file) => Some(file.blob),
        _ => None,
    }
}
