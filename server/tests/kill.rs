//! The binary under load, ended without warning: what it acknowledged is there.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use support::{Draft, Key, Organisation, Person, append_of};
use zegel_crypto::{Canonical as _, rand_core::TryRng as _};
use zegel_ledger::{Entry, LogKind};
use zegel_protocol::{
    Problem, VERSION,
    calls::{Call, Hello, Pull},
    signature,
};

/// The built relay on a folder, with a connection each call.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts it; `before` is what the shell does first.
    fn start(folder: &Path, before: &str) -> Self {
        let relay = env!("CARGO_BIN_EXE_zegel-relay");
        let command = format!("{before} exec {relay} serve --data '{}' --listen 127.0.0.1:0", folder.display());
        let mut child =
            Command::new("sh").args(["-c", &command]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("zegel-relay listens on http://").unwrap().to_owned();
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Posts over HTTP; nothing if the relay is gone.
fn post(address: &str, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut request =
        format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += "\r\n";
    stream.write_all(request.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..split]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.trim().parse().ok()?;
    let body = answer[split + 4..].to_vec();
    (body.len() == length).then_some((status, body))
}

fn call<C: Call>(address: &str, key: &Key, call: &C) -> Option<Result<C::Answer, Problem>> {
    let (_, welcome) = post(address, Hello::PATH, &Hello { version: VERSION }.to_canonical(), &[])?;
    let challenge = <Hello as Call>::Answer::from_canonical(&welcome).unwrap().challenge;
    let body = call.to_canonical();
    let headers = signature::sign(C::PATH, &body, &key.name, &challenge, &key.key);
    let headers = [
        (signature::CONTENT_DIGEST, headers.content_digest.as_str()),
        (signature::SIGNATURE_INPUT, headers.signature_input.as_str()),
        (signature::SIGNATURE, headers.signature.as_str()),
    ];
    let (status, body) = post(address, C::PATH, &body, &headers)?;
    Some(if status == 200 {
        Ok(C::Answer::from_canonical(&body).unwrap())
    } else {
        Err(Problem::from_canonical(&body).unwrap())
    })
}

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
