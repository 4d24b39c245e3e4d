//! Changes made while the relay was out of reach. They lie sealed on this device and are sent, in order, when it is
//! back; until then the vault shows them as waiting.

use minicbor::{Decode, Encode};
use zegel_crypto::Canonical as _;
use zegel_dossier::{CompartmentKind, Record};
use zegel_ledger::{LogId, RecordId};

use crate::{
    Vault, VaultError,
    book::Book,
    ports::{Table, Write},
    relay::Outcome,
    view::{Alarm, DraftView, SavedView},
    write::Draft,
};

/// A version of a record that somebody wants to save.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Queued {
    /// Its place in the queue.
    #[n(0)]
    pub(crate) number: u64,
    /// In which log.
    #[n(1)]
    pub(crate) log: LogId,
    /// Which record.
    #[n(2)]
    pub(crate) record: RecordId,
    /// The version its author had before them; 0 for a new record.
    #[n(3)]
    pub(crate) base: u64,
    /// The record to use instead, if somebody else saved first: drawn beforehand, so that trying again is harmless.
    #[n(4)]
    pub(crate) beside: RecordId,
    /// Where it belongs.
    #[n(5)]
    pub(crate) kind: CompartmentKind,
    /// What it says.
    #[n(6)]
    pub(crate) content: Record,
}

impl Vault {
    /// Saves now, or keeps for later if nobody hears it.
    pub(crate) async fn save(&mut self, mut queued: Queued) -> Result<SavedView, VaultError> {
        // Order matters: what waits goes first.
        if self.queue.is_empty() {
            match self.save_now(&queued).await {
                Err(Outcome::Unreachable) => {}
                other => return Ok(other?),
            }
        }
        self.offline = true;
        queued.number = self.queue.last().map_or(0, |last| last.number + 1);
        let key = queued.number.to_be_bytes();
        let sealed = self.keys.seal_local(&mut self.ports.rng(), Table::Queue, &key, queued.to_canonical());
        self.ports.store.write(vec![Write::Put(Table::Queue, key.to_vec(), sealed)]).await?;
        let saved =
            SavedView { item: queued.record.to_string(), version: queued.base + 1, conflict: None, waiting: true };
        self.queue.push(queued);
        Ok(saved)
    }

    /// Sends what waits. What cannot be sent any more is reported, and its text kept as a draft: nothing is lost, and
    /// nothing stands in the way of what comes after it.
    pub(crate) async fn flush(&mut self) -> Result<(), VaultError> {
        while let Some(queued) = self.queue.first().cloned() {
            match self.save_now(&queued).await {
                Ok(_) => {}
                Err(Outcome::Unreachable) => return Err(VaultError::RelayUnreachable),
                Err(other) => {
                    let error = VaultError::from(other);
                    self.keep_as_draft(&queued).await?;
                    self.raise(Alarm::Refused(queued.log.to_string(), error.to_string()));
                }
            }
            let key = queued.number.to_be_bytes().to_vec();
            self.ports.store.write(vec![Write::Delete(Table::Queue, key)]).await?;
            self.queue.remove(0);
        }
        Ok(())
    }

    async fn keep_as_draft(&mut self, queued: &Queued) -> Result<(), VaultError> {
        let Record::Report(report) = &queued.content else { return Ok(()) };
        let draft = DraftView {
            item: (queued.base > 0).then(|| queued.record.to_string()),
            base: queued.base,
            title: report.title.clone(),
            text: report.text.clone(),
            day: report.day.clone(),
            kept: 0,
        };
        self.keep_draft(queued.log, &draft).await
    }

    async fn save_now(&mut self, queued: &Queued) -> Result<SavedView, Outcome> {
        self.change(queued.log, |vault, book, draft| vault.draft_save(queued, book, draft)).await
    }

    fn draft_save(&mut self, queued: &Queued, book: &Book, draft: &mut Draft) -> Result<SavedView, VaultError> {
        let version_of = |record| book.log.record(record).map_or(0, |state| state.version);
        let saved = |item: RecordId, version, conflict: Option<RecordId>| SavedView {
            item: item.to_string(),
            version,
            conflict: conflict.map(|id| id.to_string()),
            waiting: false,
        };
        let current = version_of(queued.record);
        // Sealed again since, with the same words, is not changed.
        let changed = book.log.record(queued.record).map_or(0, |state| state.changed);
        if (changed..=current).contains(&queued.base) {
            self.draft_kind(draft, book, queued.kind, queued.record, &queued.content)?;
            return Ok(saved(queued.record, current + 1, None));
        }
        // An answer that was lost on the way: what is there is what was to be saved.
        let same = book.log.record(queued.record).is_some_and(|state| {
            let shown = self.opened.get(&crate::shelf::version(book, queued.record, state));
            state.device == self.keys.device && shown == Some(&queued.content)
        });
        if same || version_of(queued.beside) > 0 {
            return Ok(saved(queued.record, current, None));
        }
        let mut content = queued.content.clone();
        if let Record::Report(report) = &mut content {
            report.conflict_of = Some(queued.record);
        }
        self.draft_kind(draft, book, queued.kind, queued.beside, &content)?;
        Ok(saved(queued.record, current, Some(queued.beside)))
    }
}
