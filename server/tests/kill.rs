//! The binary under load, ended without warning: what it acknowledged is there.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use support::{
    Draft, Key, Organisation, Person, append_of,
    process::{Server, call},
};
use zegel_crypto::rand_core::TryRng as _;
use zegel_ledger::{Entry, LogKind};
use zegel_protocol::{Problem, calls::Pull};

/// An organisation with some dossiers in a folder that no relay serves any more, and a chain of reports for each.
async fn prepared(dossiers: usize, reports: usize) -> (Organisation, Person, Vec<Vec<Draft>>) {
    let mut org = Organisation::found().await;
    let director = org.director();
    let mut chains = Vec::new();
    for _ in 0..dossiers {
        let dossier = org.dossier(&director).await;
        let mut chain: Vec<Draft> = Vec::new();
        for version in 2..reports as u64 + 2 {
            let log = chain.last().map_or_else(|| org.logs[&dossier.log].clone(), |draft| draft.log.clone());
            let mut blob = vec![0; 1024];
            org.rng.try_fill_bytes(&mut blob).unwrap();
            let put = org.put(dossier.core.id, dossier.record, version, &blob);
            chain.push(Draft::new(log).entry(&org, &director, vec![put], vec![blob]));
        }
        chains.push(chain);
    }
    org.stop();
    (org, director, chains)
}

#[tokio::test]
async fn no_acknowledged_append_is_lost_over_twenty_kills() {
    const WRITERS: usize = 4;
    const REPORTS: usize = 1500;
    let (org, director, chains) = prepared(WRITERS, REPORTS).await;
    let key = director.key();
    let mut acknowledged = vec![0; WRITERS];
    for round in 0..20 {
        let server = Server::start(org.folder.path(), "");
        for (chain, count) in chains.iter().zip(&acknowledged) {
            let entries = stored(&server.address, &key, chain);
            assert!(entries.len() > *count, "round {round}: {} of {count} entries are left", entries.len() - 1);
            for (draft, entry) in chain.iter().zip(entries.iter().skip(1)) {
                assert_eq!(&draft.entries[0], entry);
            }
        }
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = chains
            .iter()
            .zip(acknowledged.iter().copied())
            .map(|(chain, from)| {
                let (chain, key, stop) = (chain.clone(), key.clone(), Arc::clone(&stop));
                let address = server.address.clone();
                thread::spawn(move || {
                    let mut count = from;
                    for draft in chain.iter().skip(from) {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        match call(&address, &key, &append_of(std::slice::from_ref(draft))) {
                            Some(answer) => drop(answer.unwrap()),
                            None => break,
                        }
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        // Load decides when the end comes, not a clock: after a number of appends that differs each round.
        let until = acknowledged.iter().sum::<usize>() + 7 + round * 3;
        while let Some(Ok(pulled)) = heads(&server.address, &key, &chains)
            && pulled < until
        {}
        server.kill();
        stop.store(true, Ordering::Relaxed);
        acknowledged = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
    }
    assert!(acknowledged.iter().sum::<usize>() > 100);
    assert!(zegel_relay::check::check(org.folder.path()).await.unwrap().faults.is_empty());
}

/// How many reports are stored in all.
fn heads(address: &str, key: &Key, chains: &[Vec<Draft>]) -> Option<Result<usize, Problem>> {
    let mut sum = 0;
    for chain in chains {
        let pull = Pull { log: chain[0].log.id(), from: u64::MAX >> 1, limit: 1, blobs: false };
        match call(address, key, &pull)? {
            Ok(pulled) => sum += usize::try_from(pulled.head.unwrap().sequence).unwrap(),
            Err(problem) => return Some(Err(problem)),
        }
    }
    Some(Ok(sum))
}

fn stored(address: &str, key: &Key, chain: &[Draft]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let pull = Pull { log: chain[0].log.id(), from: entries.len() as u64, limit: 500, blobs: true };
        let page = call(address, key, &pull).unwrap().unwrap().entries;
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

#[tokio::test]
async fn a_disk_that_takes_no_more_is_said_and_loses_nothing() {
    let (org, director, chains) = prepared(1, 2000).await;
    let key = director.key();
    let chain = &chains[0];
    assert_eq!(chain[0].log.kind(), LogKind::Dossier);
    // No file may grow beyond this: the write-ahead log meets it before the first checkpoint.
    let server = Server::start(org.folder.path(), "trap '' XFSZ; ulimit -f 2000;");
    let mut written = 0;
    let problem = loop {
        match call(&server.address, &key, &append_of(std::slice::from_ref(&chain[written]))).unwrap() {
            Ok(_) => written += 1,
            Err(problem) => break problem,
        }
    };
    assert!(matches!(problem, Problem::Full | Problem::Internal), "{problem}");
    assert!(written > 0);
    assert_eq!(stored(&server.address, &key, chain).len(), written + 1, "it still serves what it has");
    server.kill();
    let server = Server::start(org.folder.path(), "");
    assert_eq!(stored(&server.address, &key, chain).len(), written + 1);
    call(&server.address, &key, &append_of(std::slice::from_ref(&chain[written]))).unwrap().unwrap();
    server.kill();
}

#[tokio::test]
async fn a_relay_that_is_asked_to_stop_finishes_and_lets_go() {
    let (org, director, chains) = prepared(1, 1).await;
    let mut server = Server::start(org.folder.path(), "");
    call(&server.address, &director.key(), &append_of(&chains[0])).unwrap().unwrap();
    let stopped = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert!(server.child.wait().unwrap().success());
    assert!(zegel_relay::check::check(org.folder.path()).await.unwrap().faults.is_empty());
}
