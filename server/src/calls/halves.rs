//! Handing out halves: decided, written down, and only then fetched.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, params};
use zegel_crypto::Half;
use zegel_ledger::{HalfId, LogId};
use zegel_protocol::{
    Problem,
    calls::{HalfServed, Halves, HalvesServed},
    limits,
};

use crate::{
    access::{Asker, HalfDecision},
    failure::Failure,
    readings::{self, Line},
    relay::Relay,
};

pub(crate) async fn halves(relay: Relay, asker: Asker, call: Halves) -> Result<HalvesServed, Failure> {
    if call.wanted.len() > limits::HALVES {
        return Err(Problem::TooLarge.into());
    }
    let wanted = call.wanted;
    let (decisions, lines, limit) = relay.blocking(move |relay| decide(relay, asker, wanted)).await?;
    if !lines.is_empty() {
        readings::record(&relay, asker, lines, limit).await?;
    }
    relay.blocking(move |relay| fetch(relay, decisions)).await
}

type Decided = (Vec<(HalfId, HalfDecision)>, Vec<Line>, Option<u32>);

fn decide(relay: &Relay, asker: Asker, wanted: Vec<(LogId, HalfId)>) -> Result<Decided, Failure> {
    let mut by_log: HashMap<LogId, Vec<(usize, HalfId)>> = HashMap::new();
    for (index, (log, half)) in wanted.iter().enumerate() {
        by_log.entry(*log).or_default().push((index, *half));
    }
    let mut decisions: Vec<_> = wanted.iter().map(|(_, half)| (*half, HalfDecision::No(Problem::NotFound))).collect();
    let mut lines = Vec::new();
    let mut limit = None;
    for (id, halves) in by_log {
        let decided = relay.read(asker, id, |row, log, reader| {
            if let Asker::Link { grant, .. } = asker {
                limit = log.grant(grant).and_then(|state| state.grant.readings);
            }
            Ok(halves.iter().map(|(index, half)| (*index, row, reader.half(*half))).collect::<Vec<_>>())
        });
        match decided {
            Ok(decided) => {
                for (index, row, decision) in decided {
                    let Some(slot) = decisions.get_mut(index) else { continue };
                    if matches!(decision, HalfDecision::Serve(_)) {
                        lines.push((row, asker.person(), asker.device(), slot.0));
                    }
                    slot.1 = decision;
                }
            }
            Err(Failure(problem @ (Problem::Internal | Problem::Full | Problem::ReadOnly))) => {
                return Err(problem.into());
            }
            Err(Failure(problem)) => {
                for (index, _) in halves {
                    if let Some(slot) = decisions.get_mut(index) {
                        slot.1 = HalfDecision::No(problem.clone());
                    }
                }
            }
        }
    }
    Ok((decisions, lines, limit))
}

fn fetch(relay: &Relay, decisions: Vec<(HalfId, HalfDecision)>) -> Result<HalvesServed, Failure> {
    relay.folder().read(|archive| {
        let mut find = archive.prepare_cached("SELECT half FROM halves.half WHERE log = ?1 AND id = ?2")?;
        let mut gone = archive.prepare_cached("SELECT 1 FROM halves.tombstone WHERE log = ?1 AND id = ?2")?;
        let mut served = Vec::with_capacity(decisions.len());
        for (half, decision) in decisions {
            served.push(match decision {
                HalfDecision::Serve(log) => {
                    let key = params![log.0, half.0];
                    match find.query_row(key, |row| row.get(0)).optional()? {
                        Some(bytes) => HalfServed::Half(Half::from_bytes(bytes)),
                        None if gone.exists(key)? => HalfServed::Destroyed,
                        None => HalfServed::No(Problem::NotFound),
                    }
                }
                HalfDecision::Destroyed => HalfServed::Destroyed,
                HalfDecision::No(problem) => HalfServed::No(problem),
            });
        }
        Ok(HalvesServed { served })
    })
}
