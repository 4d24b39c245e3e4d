//! Search over what was opened, on this device alone: one sealed segment a dossier, read into memory at the first
//! question. No word that is searched for leaves the device.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use zegel_crypto::Canonical as _;
use zegel_dossier::Record;
use zegel_ledger::{Head, LogId, LogKind, RecordId};

use crate::{
    Vault, VaultError,
    book::Book,
    dossiers::item,
    ports::Table,
    spelling::folded,
    view::{FoundView, ItemKind},
};

/// How many answers are given.
const MOST: usize = 200;

/// How many segments are made at once.
const AT_ONCE: usize = 200;

/// What is found in one dossier.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
struct Segment {
    /// The log's head when it was made.
    #[n(0)]
    head: Option<Head>,
    #[n(1)]
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Encode, Decode)]
#[cbor(array)]
struct Line {
    #[n(0)]
    item: RecordId,
    #[n(1)]
    title: String,
    #[n(2)]
    text: String,
    #[n(3)]
    folded: String,
}

/// The segments that were read.
#[derive(Default)]
pub(crate) struct Index {
    segments: BTreeMap<LogId, Segment>,
    /// Titles, and each as it was folded: every search looks at all of them, and in a browser folding is dear.
    titles: BTreeMap<LogId, (String, String)>,
}

impl Index {
    /// A dossier changed: its segment is made again when it is next asked for.
    pub(crate) fn forget(&mut self, log: LogId) {
        self.segments.remove(&log);
    }
}

impl Vault {
    /// Finds items in which every word occurs, and dossiers by their title. Case, accents and ligatures do not matter.
    pub async fn search(&mut self, words: &str) -> Result<Vec<FoundView>, VaultError> {
        let words: Vec<String> = folded(words).split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.complete_index().await?;
        let Index { segments, titles } = &mut self.index;
        let mut found = Vec::new();
        for (log, slot) in self.slots.iter().filter(|(_, slot)| slot.kind == LogKind::Dossier) {
            let (last, title) = titles.entry(*log).or_default();
            if *last != slot.title {
                (*last, *title) = (slot.title.clone(), folded(&slot.title));
            }
            if words.iter().all(|word| title.contains(word)) {
                found.push(FoundView {
                    dossier: log.to_string(),
                    dossier_title: slot.title.clone(),
                    item: None,
                    title: slot.title.clone(),
                    excerpt: String::new(),
                });
            }
            for line in segments.get(log).map_or(&[][..], |segment| &segment.lines) {
                if words.iter().all(|word| line.folded.contains(word) || title.contains(word))
                    && words.iter().any(|word| line.folded.contains(word))
                {
                    found.push(FoundView {
                        dossier: log.to_string(),
                        dossier_title: slot.title.clone(),
                        item: Some(line.item.to_string()),
                        title: line.title.clone(),
                        excerpt: excerpt(&line.text, &words),
                    });
                }
            }
            if found.len() >= MOST {
                found.truncate(MOST);
                break;
            }
        }
        Ok(found)
    }

    /// Reads or makes the segments that are not in memory, many at a time: each question to relay or disk takes its while.
    async fn complete_index(&mut self) -> Result<(), VaultError> {
        let dossiers = self.slots.iter().filter(|(_, slot)| slot.kind == LogKind::Dossier);
        let missing: Vec<LogId> =
            dossiers.map(|(log, _)| *log).filter(|log| !self.index.segments.contains_key(log)).collect();
        for some in missing.chunks(AT_ONCE) {
            let mut changed = Vec::new();
            for log in some.iter().copied() {
                match self.stored_segment(log).await? {
                    Some(segment) => drop(self.index.segments.insert(log, segment)),
                    None => match self.book_in_passing(log).await {
                        Ok(book) => changed.push(book),
                        Err(error @ (VaultError::RelayUnreachable | VaultError::RelayBusy)) => return Err(error),
                        // One dossier that does not open must not keep the others from being found.
                        Err(_) => {}
                    },
                }
            }
            self.need_halves(&changed.iter().collect::<Vec<_>>()).await?;
            let mut writes = Vec::new();
            for book in changed {
                let segment = self.make_segment(&book).await;
                writes.extend(self.seal_kept(Table::Index, &book.log, segment.to_canonical()));
                self.index.segments.insert(book.log.id(), segment);
            }
            self.ports.store.write(writes).await?;
        }
        Ok(())
    }

    /// The segment this device kept, unless the dossier has changed since.
    async fn stored_segment(&mut self, log: LogId) -> Result<Option<Segment>, VaultError> {
        let Some(bytes) = self.open_kept(Table::Index, log).await? else { return Ok(None) };
        let segment = Segment::from_canonical(&bytes).ok();
        Ok(segment.filter(|segment| segment.head == self.heads.get(&log).copied()))
    }

    async fn make_segment(&mut self, book: &Book) -> Segment {
        let records: Vec<RecordId> = book.log.records().map(|(id, _)| id).collect();
        let mut lines = Vec::new();
        for record in records {
            let Ok(content) = self.record(book, record).await else { continue };
            lines.extend(line(record, &content));
        }
        Segment { head: book.log.head(), lines }
    }
}

fn line(id: RecordId, record: &Record) -> Option<Line> {
    let (title, kind) = item(record)?;
    let text = match kind {
        ItemKind::Report { text, .. } => text,
        ItemKind::Document { folder, .. } => folder,
    };
    let folded = folded(&format!("{title}\n{text}"));
    Some(Line { item: id, title, text, folded })
}

/// Some words around the first place a word was found.
fn excerpt(text: &str, words: &[String]) -> String {
    const AROUND: usize = 60;
    let plain: Vec<String> = text.split_whitespace().map(folded).collect();
    let place = plain.iter().position(|word| words.iter().any(|wanted| word.contains(wanted.as_str()))).unwrap_or(0);
    let mut cut = String::new();
    for word in text.split_whitespace().skip(place.saturating_sub(6)) {
        if cut.chars().count() + word.chars().count() > 2 * AROUND {
            cut.push('…');
            break;
        }
        if !cut.is_empty() {
            cut.push(' ');
        }
        cut.push_str(word);
    }
    cut
}
