//! Who is told at once that something changed, for how long, and that there is never more to hear than that.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::{pin::Pin, time::Duration};

use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt as _};
use http::Request;
use support::{DAY, Dossier, Key, Organisation, Person, START, Terms, hello};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    time::timeout,
};
use tower::ServiceExt as _;
use zegel_crypto::Canonical as _;
use zegel_ledger::{Change, LogKind, Rights, Slip, Statement};
use zegel_protocol::{
    Problem,
    calls::NOTICE,
    limits,
    notice::{BEAT, CHANGED},
    signature,
};
use zegel_relay::{Config, Relay, router, serve};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

struct Line(Pin<Box<dyn Stream<Item = Result<Bytes, axum::Error>> + Send>>);

impl Line {
    /// The next byte; none once the line has ended.
    async fn next(&mut self) -> Option<u8> {
        let piece = timeout(PATIENCE, self.0.next()).await.unwrap()?.unwrap();
        assert_eq!(piece.len(), 1, "a notice is one byte");
        Some(piece[0])
    }

    /// Waits until it is called.
    async fn called(&mut self) {
        while self.next().await.unwrap() != CHANGED {}
    }

    /// Whether nothing was called for a while.
    async fn is_quiet(&mut self) -> bool {
        self.next().await == Some(BEAT)
    }

    /// Whether it ends soon.
    async fn ends(&mut self) -> bool {
        for _ in 0..8 {
            let Some(byte) = self.next().await else { return true };
            assert!([BEAT, CHANGED].contains(&byte));
        }
        false
    }
}

async fn listen(relay: &Relay, key: &Key) -> Result<Line, Problem> {
    let headers = signature::sign(NOTICE, &[], &key.name, &hello(relay).await.challenge, &key.key);
    let request = Request::post(NOTICE)
        .header(signature::CONTENT_DIGEST, headers.content_digest)
        .header(signature::SIGNATURE_INPUT, headers.signature_input)
        .header(signature::SIGNATURE, headers.signature);
    let response = router(relay).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    if !response.status().is_success() {
        let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
        return Err(Problem::from_canonical(&body).unwrap());
    }
    Ok(Line(Box::pin(response.into_body().into_data_stream())))
}

/// A line on which everything that happened before was told.
async fn line(relay: &Relay, person: &Person) -> Line {
    let mut line = listen(relay, &person.key()).await.unwrap();
    assert_eq!(line.next().await, Some(CHANGED), "what happened before is for the listener to ask");
    line
}

/// A beat often enough to wait for.
fn brisk(config: &mut Config) {
    config.line_beat = Duration::from_millis(20);
}

async fn let_in(org: &mut Organisation, person: &Person, dossier: &Dossier, until: Option<u64>) {
    let director = org.director();
    let mut grant = org.grant_to(person, Rights::READ, &[dossier.core.id]);
    grant.until = until;
    let draft = org.draft(&director, dossier.log, LogKind::Dossier, vec![Change::Grant(grant)], Vec::new());
    org.push(&director, vec![draft]).await.unwrap();
}

async fn write(org: &mut Organisation, dossier: &Dossier) {
    let director = org.director();
    let report = org.report(&director, dossier);
    org.push(&director, vec![report]).await.unwrap();
}

#[tokio::test]
async fn those_who_may_read_a_log_are_called_and_nobody_else() {
    let mut org = Organisation::found().await;
    org.restart_with(brisk);
    let (reader, stranger, former) = (org.admit().await, org.admit().await, org.admit().await);
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let_in(&mut org, &reader, &dossier, None).await;
    let_in(&mut org, &former, &dossier, Some(START + DAY)).await;
    org.clock.forward(2 * DAY);

    let mut lines = Vec::new();
    for person in [&director, &reader, &stranger, &former] {
        lines.push(line(org.relay(), person).await);
    }
    write(&mut org, &dossier).await;
    let [own, called, quiet, over] = lines.as_mut_slice() else { unreachable!() };
    own.called().await;
    called.called().await;
    assert!(quiet.is_quiet().await, "a stranger learns that there was something");
    assert!(over.is_quiet().await, "whoever no longer reads learns that there was something");

    // The directory is everybody's, a personal log one person's.
    org.admit().await;
    for line in &mut lines {
        line.called().await;
    }
    org.personal(&reader).await;
    lines[1].called().await;
    assert!(lines[2].is_quiet().await);

    // That a receiver opened what was shared concerns those who read the dossier.
    let shared = org.share(&director, &dossier, Terms::default()).await;
    lines[0].called().await;
    lines[1].called().await;
    let today = u32::try_from((START + 2 * DAY) / DAY).unwrap();
    let slip = Slip { log: shared.link.log, author: shared.link.id, device: None, statement: Statement::Opened(today) };
    let key = shared.link.key();
    org.slip(&key, slip, &shared.link.signing).await.unwrap();
    lines[1].called().await;
    assert!(lines[2].is_quiet().await);
}

#[tokio::test]
async fn somebody_outside_is_called_of_their_own_dossier_and_of_nothing_else() {
    let mut org = Organisation::found().await;
    org.restart_with(brisk);
    let (director, client) = (org.director(), Person::make(&mut org.rng));
    let (own, other) = (org.dossier(&director).await, org.dossier(&director).await);
    assert_eq!(listen(org.relay(), &client.key()).await.err(), Some(Problem::Unauthenticated));
    let admitted = org.party(&client, &own);
    let Some(Change::Grant(grant)) = admitted.last().cloned() else { unreachable!() };
    org.change(&director, &own, admitted).await.unwrap();

    let mut line = line(org.relay(), &client).await;
    write(&mut org, &own).await;
    line.called().await;
    write(&mut org, &other).await;
    assert!(line.is_quiet().await, "a client learns that somebody works on another dossier");
    org.admit().await;
    assert!(line.is_quiet().await, "a client learns that something changed among the staff");

    // It ends with what it is for, at once.
    org.change(&director, &own, vec![Change::Revoke(grant.id)]).await.unwrap();
    assert!(line.ends().await);
    assert_eq!(listen(org.relay(), &client.key()).await.err(), Some(Problem::Withdrawn));
}

#[tokio::test]
async fn a_burst_is_called_once() {
    let mut org = Organisation::found().await;
    org.restart_with(brisk);
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let mut own = line(org.relay(), &director).await;
    for _ in 0..5 {
        write(&mut org, &dossier).await;
    }
    own.called().await;
    assert!(own.is_quiet().await, "each of a burst was called");
}

#[tokio::test]
async fn a_line_ends_with_its_device_with_its_time_and_with_the_relay() {
    let mut org = Organisation::found().await;
    org.restart_with(brisk);
    let (director, advisor) = (org.director(), org.admit().await);
    let mut line_of_advisor = line(org.relay(), &advisor).await;
    org.direct(&director, vec![Change::Remove(advisor.id)]).await.unwrap();
    assert!(line_of_advisor.ends().await);
    drop(line_of_advisor);
    assert_eq!(listen(org.relay(), &advisor.key()).await.err(), Some(Problem::Unauthenticated));

    org.restart_with(|config| config.line_life = Duration::from_millis(50));
    assert!(line(org.relay(), &director).await.ends().await, "who listens on signs again");
    org.restart_with(|config| config.line_beat = Duration::from_micros(1));
    let mut told = line(org.relay(), &director).await;
    for _ in 1..limits::NOTICES {
        assert_eq!(told.next().await, Some(BEAT));
    }
    assert_eq!(told.next().await, None, "a line has a length, too");
}

#[tokio::test]
async fn a_device_and_everybody_together_have_only_so_many_lines() {
    let mut org = Organisation::found().await;
    let director = org.director();
    org.restart_with(|config| config.lines = limits::LINES);
    let mut first = line(org.relay(), &director).await;
    let mut lines = Vec::new();
    for _ in 0..limits::LINES {
        lines.push(line(org.relay(), &director).await);
    }
    assert!(first.ends().await, "the oldest of a device makes room");
    let other = org.admit().await;
    assert_eq!(listen(org.relay(), &other.key()).await.err(), Some(Problem::Busy));
    lines.pop();
    assert!(listen(org.relay(), &other.key()).await.is_ok(), "a line that is gone makes room");
}

#[tokio::test]
async fn links_cards_and_bodies_get_no_line() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    let shared = org.share(&director, &dossier, Terms::default()).await;
    assert_eq!(listen(org.relay(), &shared.link.key()).await.err(), Some(Problem::NotFound));
    assert_eq!(listen(org.relay(), &director.card_key()).await.err(), Some(Problem::Unauthenticated));
    let long = support::post(org.relay(), NOTICE, vec![0], Some(&director.key())).await;
    assert_eq!(long.err(), Some(Problem::TooLarge));
}

#[tokio::test]
async fn an_end_does_not_wait_for_lines() {
    let org = Organisation::found().await;
    let key = org.director().key();
    let (ready, address) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let listening = |address| ready.send(address).unwrap();
    let relay = org.relay().clone();
    let ended = async { drop(stopped.await) };
    let served = tokio::spawn(serve(relay, "127.0.0.1:0".parse().unwrap(), listening, ended));
    let mut wire = TcpStream::connect(address.await.unwrap()).await.unwrap();
    let headers = signature::sign(NOTICE, &[], &key.name, &hello(org.relay()).await.challenge, &key.key);
    let head = format!(
        "POST {NOTICE} HTTP/1.1\r\nhost: relay\r\ncontent-length: 0\r\n{}: {}\r\n{}: {}\r\n{}: {}\r\n\r\n",
        signature::CONTENT_DIGEST,
        headers.content_digest,
        signature::SIGNATURE_INPUT,
        headers.signature_input,
        signature::SIGNATURE,
        headers.signature,
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    let mut heard = [0; 1];
    wire.read_exact(&mut heard).await.unwrap();
    stop.send(()).unwrap();
    timeout(PATIENCE, served).await.unwrap().unwrap().unwrap();
}
