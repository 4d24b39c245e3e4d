//! Showing the reading ledger of a log to those who read it.

use zegel_ledger::{DeviceId, GrantId, HalfId, PersonId};
use zegel_protocol::{
    Problem,
    calls::{Reading, ReadingLedger, Readings},
};

use crate::{access::Asker, failure::Failure, relay::Relay};

pub(crate) async fn readings(relay: Relay, asker: Asker, call: Readings) -> Result<ReadingLedger, Failure> {
    if !matches!(asker, Asker::Member { .. }) {
        return Err(Problem::NotFound.into());
    }
    relay
        .blocking(move |relay| {
            relay.read(asker, call.log, |row, _, reader| {
                // Who only waits to be let in is not told who reads what.
                if reader.sees_blobs() { ledger(relay, row) } else { Err(Problem::NotFound.into()) }
            })
        })
        .await
}

fn ledger(relay: &Relay, row: i64) -> Result<ReadingLedger, Failure> {
    relay.folder().read(|archive| {
        let text = "SELECT person, device, grant_id, half, day FROM reading WHERE log = ?1 ORDER BY day, person, half";
        let mut find = archive.prepare_cached(text)?;
        let rows = find.query_map([row], |row| {
            let device: Vec<u8> = row.get(1)?;
            Ok(Reading {
                person: PersonId(row.get(0)?),
                device: device.try_into().ok().map(DeviceId),
                grant: row.get::<_, Option<[u8; 16]>>(2)?.map(GrantId),
                half: HalfId(row.get(3)?),
                day: row.get(4)?,
            })
        })?;
        Ok(ReadingLedger { readings: rows.collect::<Result<_, _>>()? })
    })
}
