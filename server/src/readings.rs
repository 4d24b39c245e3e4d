//! The reading ledger: what was handed to whom, on disk before it leaves.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use rusqlite::params;
use zegel_ledger::{DeviceId, GrantId, HalfId, PersonId};
use zegel_protocol::{Problem, limits};

use crate::{
    access::Asker,
    failure::Failure,
    relay::Relay,
    store::{logs::signed, writer::Batch},
};

const DAY: u64 = 24 * 60 * 60;
/// Lines that are remembered as written; more than one evening's unlocks.
const MOST: usize = 200_000;

/// A line of the ledger, without its day: log, person, device, half.
pub(crate) type Line = (i64, PersonId, Option<DeviceId>, HalfId);

/// Lines of today that are on disk, so that they are not written again.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<(u64, HashSet<Line>)>);

impl Seen {
    fn unseen(&self, day: u64, lines: &[Line]) -> Vec<Line> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0 != day || seen.1.len() > MOST {
            *seen = (day, HashSet::new());
        }
        lines.iter().filter(|line| !seen.1.contains(*line)).copied().collect()
    }

    fn remember(&self, day: u64, lines: Vec<Line>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0 == day {
            seen.1.extend(lines);
        }
    }
}

/// Writes down what is about to be handed out, and for a link begins a reading if none is going on. `limit` is how many
/// its grant allows.
///
/// Errors: [`Problem::Exhausted`] if they are used up; nothing may be handed out after any error.
pub(crate) async fn record(relay: &Relay, asker: Asker, lines: Vec<Line>, limit: Option<u32>) -> Result<(), Failure> {
    let time = relay.time();
    let day = time / DAY;
    let new = relay.seen().unseen(day, &lines);
    let link = match asker {
        Asker::Link { grant, .. } => Some(grant),
        _ => None,
    };
    if new.is_empty() && link.is_none() {
        return Ok(());
    }
    let rows = new.clone();
    relay
        .writer()
        .run(move |batch| {
            if let Some(grant) = link {
                begin(batch, grant, time, limit)?;
            }
            let insert = "INSERT OR IGNORE INTO reading VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let mut insert = batch.archive().prepare_cached(insert)?;
            for (log, person, device, half) in rows {
                let device = device.as_ref().map_or(&[][..], |device| &device.0);
                insert.execute(params![log, signed(day), person.0, device, half.0, link.map(|grant| grant.0)])?;
            }
            Ok(())
        })
        .await?;
    relay.seen().remember(day, new);
    Ok(())
}

fn begin(batch: &Batch<'_>, grant: GrantId, time: u64, limit: Option<u32>) -> Result<(), Failure> {
    let since = signed(time.saturating_sub(limits::READING_SECONDS));
    let count = "SELECT count(*), coalesce(max(started) > ?2, 0) FROM opening WHERE grant_id = ?1";
    let mut count = batch.archive().prepare_cached(count)?;
    let (begun, open): (u32, bool) = count.query_row(params![grant.0, since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if open {
        return Ok(());
    }
    if limit.is_some_and(|limit| begun >= limit) && !zegel_crypto::sabotage::is("readings") {
        return Err(Problem::Exhausted.into());
    }
    let insert = "INSERT OR IGNORE INTO opening VALUES (?1, ?2)";
    batch.archive().prepare_cached(insert)?.execute(params![grant.0, signed(time)])?;
    Ok(())
}
