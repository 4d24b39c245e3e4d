//! What changed for somebody since a cursor. With nothing new, nothing is read.

use rusqlite::params;
use zegel_crypto::{Hash, VerifyingKey};
use zegel_ledger::{Head, Log, LogId, PersonId};
use zegel_protocol::{
    Problem,
    calls::{Changed, ChangedLog, Changes},
    limits,
};

use crate::{
    access::Asker,
    failure::Failure,
    relay::Relay,
    store::logs::{kind_of, signed, unsigned},
};

pub(crate) async fn changes(relay: Relay, asker: Asker, call: Changes) -> Result<Changed, Failure> {
    let last = relay.changed();
    match asker {
        Asker::Member { .. } | Asker::Root { .. } => {}
        Asker::Link { log, .. } | Asker::Party { log, .. } => {
            return relay.blocking(move |relay| the_one_log(relay, asker, log, last)).await;
        }
        Asker::Card { person, account } => {
            let work = move |relay: &Relay| the_one_log(relay, asker, log_of_a_party(relay, person, &account)?, last);
            return relay.blocking(work).await;
        }
    }
    if call.cursor >= last {
        return Ok(Changed { cursor: last, logs: Vec::new(), more: false });
    }
    let person = asker.person();
    let root = matches!(asker, Asker::Root { .. });
    let time = signed(relay.time());
    relay
        .blocking(move |relay| {
            relay.folder().read(|archive| {
                // Every member reads the directory; a disclosure is read with the dossier it comes from. The root reads
                // directory and dossiers.
                let text = "SELECT l.name, l.kind, l.sequence, l.hash, l.slips, l.changed FROM log l
                    WHERE l.changed > ?1 AND l.changed <= ?4 AND l.forgotten IS NULL AND (l.kind = 0 OR (?6 AND l.kind = 1) OR EXISTS (
                        SELECT 1 FROM reader r WHERE r.person = ?2 AND r.log IN (l.id, l.source)
                        AND (r.until IS NULL OR r.until > ?3)))
                    ORDER BY l.changed LIMIT ?5";
                let mut find = archive.prepare_cached(text)?;
                let most = i64::from(limits::CHANGES);
                let mut rows = find.query(params![signed(call.cursor), person.0, time, signed(last), most, root])?;
                let mut logs = Vec::new();
                let mut cursor = last;
                while let Some(row) = rows.next()? {
                    let kind = kind_of(row.get(1)?).ok_or_else(|| Failure::internal("a stored log has no kind"))?;
                    let head = Head { sequence: unsigned(row.get(2)?), hash: Hash(row.get(3)?) };
                    logs.push(ChangedLog { log: LogId(row.get(0)?), kind, head, slips: row.get(4)? });
                    if logs.len() == usize::from(limits::CHANGES) {
                        cursor = unsigned(row.get(5)?);
                    }
                }
                Ok(Changed { cursor, logs, more: cursor < last })
            })
        })
        .await
}

/// A link leads to one log, and so does a device that one log knows. Its holder is told why, if it no longer does.
fn the_one_log(relay: &Relay, asker: Asker, log: LogId, cursor: u64) -> Result<Changed, Failure> {
    relay.read(asker, log, |_, state, reader| {
        let (head, slips) = match reader.only_head() {
            Some(first) => (first, 0),
            None => {
                let slips = u32::try_from(state.pending_slips().count()).unwrap_or(u32::MAX);
                (state.head().ok_or(Problem::NotFound)?, slips)
            }
        };
        Ok(Changed { cursor, logs: vec![ChangedLog { log, kind: state.kind(), head, slips }], more: false })
    })
}

/// The log that knows somebody outside the organisation. There is one (`names.rs`); should there be another by the same name, the
/// account key on the card's side says which is theirs.
fn log_of_a_party(relay: &Relay, person: PersonId, account: &VerifyingKey) -> Result<LogId, Failure> {
    let logs = relay.folder().read(|archive| {
        let text = "SELECT DISTINCT l.name FROM party p JOIN log l ON l.id = p.log WHERE p.person = ?1";
        let mut find = archive.prepare_cached(text)?;
        let logs = find.query_map([person.0], |row| row.get(0).map(LogId))?;
        Ok(logs.collect::<Result<Vec<LogId>, _>>()?)
    })?;
    let theirs = |log: &LogId| {
        let known = |log: &Log| log.party(person).is_some_and(|known| known.party.account == *account);
        relay.with_log(*log, |_, log, _| Ok(known(log))).unwrap_or(false)
    };
    logs.into_iter().find(theirs).ok_or(Failure(Problem::NotFound))
}
