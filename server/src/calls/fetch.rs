//! Fetching a blob, or a range of it.

use rusqlite::params;
use zegel_crypto::Hash;
use zegel_ledger::{CompartmentId, LogId};
use zegel_protocol::{
    Problem,
    calls::{Bytes, Fetch, Fetched},
    limits,
};

use crate::{
    access::{Asker, Reader},
    failure::Failure,
    relay::Relay,
    store::logs::{self, unsigned},
};

/// Where a blob is.
enum Found {
    Here(Vec<u8>),
    Stored { home: LogId, length: u64 },
}

pub(crate) async fn fetch(relay: Relay, asker: Asker, call: Fetch) -> Result<Fetched, Failure> {
    let name = call.blob;
    let found = relay.read(asker, call.log, |row, _, reader| find(&relay, call.log, row, reader, name))?;
    let wanted = call.length.min(limits::CHUNK as u64);
    match found {
        Found::Here(bytes) => {
            let from = usize::try_from(call.offset).unwrap_or(usize::MAX).min(bytes.len());
            let to = from.saturating_add(usize::try_from(wanted).unwrap_or(usize::MAX)).min(bytes.len());
            let range = bytes.get(from..to).unwrap_or_default().to_vec();
            Ok(Fetched { total: bytes.len() as u64, bytes: Bytes(range) })
        }
        Found::Stored { home, length } => {
            let wanted = wanted.min(length.saturating_sub(call.offset));
            let bytes = match wanted {
                0 => Vec::new(),
                _ => relay.blobs().range(home, name, call.offset, wanted).await?,
            };
            Ok(Fetched { total: length, bytes: Bytes(bytes) })
        }
    }
}

fn find(relay: &Relay, id: LogId, row: i64, reader: &Reader<'_>, name: Hash) -> Result<Found, Failure> {
    if !reader.sees_blobs() {
        return Err(Problem::NotFound.into());
    }
    if let Some(found) = listed(relay, id, row, name, |at| at.is_none_or(|at| reader.reads(at)))? {
        return Ok(found);
    }
    let (home, file) = reader.disclosed_file(name).ok_or(Problem::NotFound)?;
    let row = relay.folder().read(|archive| logs::find(archive, home))?.ok_or(Problem::NotFound)?.row;
    listed(relay, home, row, name, |at| at == Some(file.home))?.ok_or(Failure(Problem::NotFound))
}

fn listed(
    relay: &Relay,
    home: LogId,
    row: i64,
    name: Hash,
    sees: impl Fn(Option<CompartmentId>) -> bool,
) -> Result<Option<Found>, Failure> {
    relay.folder().read(|archive| {
        let text = "SELECT c.name, b.length, b.data FROM blob b LEFT JOIN compartment c ON c.id = b.compartment
                    WHERE b.log = ?1 AND substr(b.name, 1, 8) = substr(?2, 1, 8) AND b.name = ?2";
        let mut find = archive.prepare_cached(text)?;
        let mut rows = find.query(params![row, name.0])?;
        while let Some(row) = rows.next()? {
            if sees(row.get::<_, Option<[u8; 16]>>(0)?.map(CompartmentId)) {
                let length = unsigned(row.get(1)?);
                let data: Option<Vec<u8>> = row.get(2)?;
                return Ok(Some(data.map_or(Found::Stored { home, length }, Found::Here)));
            }
        }
        Ok(None)
    })
}
