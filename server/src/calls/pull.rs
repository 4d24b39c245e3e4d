//! Pulling a page of a log. Stored bytes go out as they are: they were canonical when they were admitted.

use std::collections::HashMap;

use minicbor::{Encoder, encode::Write};
use rusqlite::params;
use zegel_crypto::Canonical as _;
use zegel_ledger::CompartmentId;
use zegel_protocol::{Problem, calls::Pull, limits};

use crate::{
    access::{Asker, Reader},
    failure::Failure,
    relay::Relay,
    store::logs::{self, signed},
};

/// Bytes after which a page ends early, whatever number of entries was asked for.
const PAGE_BYTES: usize = 8 << 20;
/// Room for an entry that puts one record, and for its blob at its most frequent size.
const ENTRY: usize = 400;
const BLOB: usize = 1152;

/// Answers with the encoding of a [`zegel_protocol::calls::Pulled`], in pieces that follow each other.
pub(crate) async fn pull(relay: Relay, asker: Asker, call: Pull) -> Result<[Vec<u8>; 3], Failure> {
    relay.blocking(move |relay| relay.read(asker, call.log, |row, _, reader| page(relay, &call, row, reader))).await
}

/// A list that is being encoded, before it is known how long it gets.
#[derive(Default)]
struct List {
    count: u64,
    items: Vec<u8>,
}

impl List {
    /// An empty list with room for items of so many bytes together.
    fn with_room(bytes: usize) -> Self {
        Self { count: 0, items: Vec::with_capacity(bytes.min(PAGE_BYTES)) }
    }

    fn push(&mut self, encoded: &[u8]) {
        self.count += 1;
        self.items.extend_from_slice(encoded);
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        self.count += 1;
        let _ = Encoder::new(&mut self.items).bytes(bytes);
    }
}

fn page(relay: &Relay, call: &Pull, row: i64, reader: &Reader<'_>) -> Result<[Vec<u8>; 3], Failure> {
    relay.folder().read(|archive| {
        // One transaction, so that head, entries and blobs belong together.
        let transaction = archive.unchecked_transaction()?;
        let head = match reader.only_head() {
            Some(first) => first,
            None => logs::find(&transaction, call.log)?.ok_or(Problem::NotFound)?.head,
        };
        let most = u64::from(call.limit.min(limits::PAGE));
        let count = usize::try_from((head.sequence + 1).saturating_sub(call.from).min(most)).unwrap_or_default();
        let with_blobs = call.blobs && reader.sees_blobs();
        let mut entries = List::with_room(count * ENTRY);
        let mut blobs = List::with_room(if with_blobs { count * BLOB } else { 0 });
        let mut slips = List::default();
        let everything = reader.sees_everything();
        let compartments = if everything { HashMap::new() } else { compartments(&transaction, row)? };
        let sees =
            |place: i64| everything || place == 0 || compartments.get(&place).is_some_and(|id| reader.reads(*id));
        let text = if with_blobs {
            "SELECT e.sequence, e.bytes, b.compartment, b.data FROM entry e
             LEFT JOIN blob b ON b.id >= e.blobs AND b.id < e.blobs + e.blob_count
             WHERE e.log = ?1 AND e.sequence >= ?2 AND e.sequence < ?3 ORDER BY e.sequence"
        } else {
            "SELECT sequence, bytes, NULL, NULL FROM entry WHERE log = ?1 AND sequence >= ?2 AND sequence < ?3
             ORDER BY sequence"
        };
        let mut find = transaction.prepare_cached(text)?;
        let to = call.from.saturating_add(most).min(head.sequence + 1);
        let mut rows = find.query(params![row, signed(call.from), signed(to)])?;
        let mut last = None;
        while let Some(found) = rows.next()? {
            let sequence: i64 = found.get(0)?;
            if last != Some(sequence) {
                if entries.items.len() + blobs.items.len() > PAGE_BYTES {
                    break;
                }
                last = Some(sequence);
                entries.push(found.get_ref(1)?.as_blob().unwrap_or_default());
            }
            if let Ok(Some(data)) = found.get_ref(3)?.as_blob_or_null()
                && sees(found.get(2)?)
            {
                blobs.push_bytes(data);
            }
        }
        // Those that these entries name, and those that wait.
        let text =
            "SELECT bytes FROM halves.slip WHERE log = ?1 AND ((position >= ?2 AND position <= ?3) OR position = ?4)
                    ORDER BY position, id";
        let mut find = transaction.prepare_cached(text)?;
        let last = last.unwrap_or(-1);
        let mut rows = find.query(params![call.log.0, signed(call.from), last, signed(head.sequence) + 1])?;
        while reader.only_head().is_none()
            && let Some(found) = rows.next()?
        {
            slips.push(found.get_ref(0)?.as_blob().unwrap_or_default());
        }
        Ok(pieces([entries, slips], blobs, Some(head).to_canonical()))
    })
}

fn compartments(archive: &rusqlite::Connection, row: i64) -> Result<HashMap<i64, CompartmentId>, Failure> {
    let mut find = archive.prepare_cached("SELECT id, name FROM compartment WHERE log = ?1")?;
    let rows = find.query_map([row], |row| Ok((row.get(0)?, CompartmentId(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The answer, without copying the blobs once more: what comes before them, they, what comes after.
fn pieces(small: [List; 2], blobs: List, head: Vec<u8>) -> [Vec<u8>; 3] {
    let length: usize = small.iter().map(|list| list.items.len() + 9).sum();
    let mut encoder = Encoder::new(Vec::with_capacity(length + 10));
    // Writing into a vector cannot fail.
    let _ = encoder.array(4);
    for list in small {
        let _ = encoder.array(list.count);
        let _ = encoder.writer_mut().write_all(&list.items);
    }
    let _ = encoder.array(blobs.count);
    [encoder.into_writer(), blobs.items, head]
}
