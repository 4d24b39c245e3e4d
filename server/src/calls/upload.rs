//! Uploads of large blobs, in chunks, resumable at any of them.

use axum::body::Bytes;
use rusqlite::{OptionalExtension as _, params};
use zegel_crypto::Hash;
use zegel_ledger::{LogId, PersonId};
use zegel_protocol::{
    Problem,
    calls::{BeginUpload, FinishUpload, UploadState},
    limits,
};

use crate::{
    access::{self, Asker},
    failure::Failure,
    relay::Relay,
    store::logs::{signed, unsigned},
};

/// An upload as the archive knows it.
struct Row {
    log: LogId,
    length: u64,
    name: Option<Hash>,
}

pub(crate) async fn begin(relay: Relay, asker: Asker, call: BeginUpload) -> Result<UploadState, Failure> {
    let Asker::Member { person, .. } = asker else { return Err(Problem::NotFound.into()) };
    if call.length > limits::BLOB {
        return Err(Problem::TooLarge.into());
    }
    if call.length == 0 {
        return Err(Problem::Malformed.into());
    }
    may_upload(&relay, person, call.log)?;
    relay.folder().require_room()?;
    let time = relay.time();
    let insert = "INSERT OR IGNORE INTO upload (id, log, person, length, began) VALUES (?1, ?2, ?3, ?4, ?5)";
    relay
        .writer()
        .run(move |batch| {
            let row = params![call.upload, call.log.0, person.0, signed(call.length), signed(time)];
            Ok(batch.archive().prepare_cached(insert)?.execute(row)?)
        })
        .await?;
    let row = find(&relay, call.upload, person)?;
    if row.log != call.log || row.length != call.length {
        return Err(Problem::NotFound.into());
    }
    state(&relay, call.upload, &row)
}

pub(crate) async fn chunk(
    relay: Relay,
    asker: Asker,
    upload: [u8; 16],
    offset: u64,
    chunk: Bytes,
) -> Result<UploadState, Failure> {
    let row = find(&relay, upload, asker.person())?;
    if offset.saturating_add(chunk.len() as u64) > row.length {
        return Err(Problem::TooLarge.into());
    }
    let _turn = relay.uploads().turn(upload).await;
    if row.name.is_some() {
        return Ok(UploadState { received: row.length });
    }
    relay.folder().require_room()?;
    let received = relay.blocking(move |relay| relay.uploads().write(upload, offset, &chunk)).await?;
    Ok(UploadState { received })
}

pub(crate) async fn finish(relay: Relay, asker: Asker, call: FinishUpload) -> Result<UploadState, Failure> {
    let person = asker.person();
    let _turn = relay.uploads().turn(call.upload).await;
    let row = find(&relay, call.upload, person)?;
    if let Some(name) = row.name {
        return if name == call.blob { Ok(UploadState { received: row.length }) } else { Err(Problem::Damaged.into()) };
    }
    let received = relay.uploads().received(call.upload)?;
    if received != row.length {
        return Ok(UploadState { received });
    }
    let stored = relay.blobs().store(row.log, call.blob, &relay.uploads().path(call.upload)).await;
    if stored == Err(Failure(Problem::Damaged)) {
        // It cannot be said which chunk it was: all of them come again.
        relay.uploads().remove(call.upload)?;
    }
    stored?;
    let update = "UPDATE upload SET name = ?2 WHERE id = ?1";
    let name = call.blob;
    relay.writer().run(move |batch| Ok(batch.archive().execute(update, params![call.upload, name.0])?)).await?;
    relay.uploads().remove(call.upload)?;
    Ok(UploadState { received: row.length })
}

fn may_upload(relay: &Relay, person: PersonId, log: LogId) -> Result<(), Failure> {
    let judged = relay.with_log(log, |_, log, now| Ok(access::upload(person, Some(log), now)?));
    if judged != Err(Failure(Problem::NotFound)) {
        return judged;
    }
    let known = relay.directory().ok_or(Problem::NotFound)?;
    let known_log = relay.folder().read(|archive| {
        let mut find = archive.prepare_cached("SELECT 1 FROM log WHERE name = ?1")?;
        Ok(find.exists([log.0])?)
    })?;
    if known_log {
        return Err(Problem::NotFound.into());
    }
    Ok(access::upload(person, None, relay.now(&known.directory))?)
}

fn find(relay: &Relay, upload: [u8; 16], person: PersonId) -> Result<Row, Failure> {
    relay.folder().read(|archive| {
        let find = "SELECT log, length, name FROM upload WHERE id = ?1 AND person = ?2";
        let mut find = archive.prepare_cached(find)?;
        let row = find.query_row(params![upload, person.0], |row| {
            let name = row.get::<_, Option<[u8; 32]>>(2)?.map(Hash);
            Ok(Row { log: LogId(row.get(0)?), length: unsigned(row.get(1)?), name })
        });
        row.optional()?.ok_or(Failure(Problem::NotFound))
    })
}

fn state(relay: &Relay, upload: [u8; 16], row: &Row) -> Result<UploadState, Failure> {
    let received = if row.name.is_some() { row.length } else { relay.uploads().received(upload)? };
    Ok(UploadState { received })
}
