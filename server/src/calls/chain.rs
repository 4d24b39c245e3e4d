//! By whose word somebody outside the organisation believes the members who wrote a dossier.

use std::collections::BTreeSet;

use rusqlite::params;
use zegel_crypto::Canonical as _;
use zegel_ledger::{Certificate, Entry, Head, LogId, LogKind};
use zegel_protocol::{
    Problem,
    calls::{Chain, FetchChain},
};

use crate::{access::Asker, failure::Failure, relay::Relay, store::logs::signed};

pub(crate) async fn chain(relay: Relay, asker: Asker, call: FetchChain) -> Result<Chain, Failure> {
    relay.blocking(move |relay| entries(relay, asker, &call)).await
}

fn entries(relay: &Relay, asker: Asker, call: &FetchChain) -> Result<Chain, Failure> {
    let people = relay.read(asker, call.log, |_, log, _| {
        if log.kind() != LogKind::Dossier {
            return Err(Problem::NotFound.into());
        }
        Ok(match asker {
            // Whoever was invited has to believe the one who invites, and nobody else yet.
            Asker::Link { grant, .. } => log.grant(grant).map(|state| state.author).into_iter().collect(),
            _ => log.people(),
        })
    })?;
    let known = relay.directory().ok_or(Problem::NotFound)?;
    let mut sequences: BTreeSet<u64> = Certificate::leading_to(&known.directory, &people).into_iter().collect();
    // Whoever read further than what a relay came back with has to hear from a director that it is given up.
    if !matches!(asker, Asker::Link { .. }) {
        let names = |given_up: &[(LogId, Head)]| given_up.iter().any(|(log, _)| *log == call.log);
        let named = known.directory.restorations().iter().filter(|restoration| names(&restoration.given_up));
        sequences.extend(named.map(|restoration| restoration.sequence));
    }
    relay.folder().read(|archive| {
        let find = "SELECT bytes FROM entry WHERE log = ?1 AND sequence = ?2";
        let mut find = archive.prepare_cached(find)?;
        let mut entries = Vec::with_capacity(sequences.len());
        for sequence in sequences {
            let bytes: Vec<u8> = find.query_row(params![known.row, signed(sequence)], |row| row.get(0))?;
            entries
                .push(Entry::from_canonical(&bytes).map_err(|_| Failure::internal("a stored entry does not decode"))?);
        }
        Ok(Chain { entries })
    })
}
