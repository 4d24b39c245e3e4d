//! The load: connections that are kept, requests whose bytes lie ready, and never more than one under way on each.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Barrier,
};
use zegel_crypto::{Canonical as _, SigningKey};
use zegel_protocol::{
    Problem, VERSION,
    calls::{Call, Hello},
    signature,
};

use crate::histogram::Histogram;

/// The bytes of a whole request.
pub(crate) type Request = Vec<u8>;

/// A call that is encoded and not signed: challenges live for minutes, what is called does not change.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    path: &'static str,
    body: Vec<u8>,
}

impl Prepared {
    pub(crate) fn new<C: Call>(call: &C) -> Self {
        Self { path: C::PATH, body: call.to_canonical() }
    }
}

/// Who signs: a device's request key.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    pub(crate) name: String,
    pub(crate) key: SigningKey,
}

/// Signs with the server's present challenge.
pub(crate) struct Session {
    pub(crate) address: SocketAddr,
    challenge: String,
    signer: Signer,
}

impl Session {
    pub(crate) async fn open(address: SocketAddr, signer: &Signer) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let hello = Prepared::new(&Hello { version: VERSION });
        let (status, body) = connection.send(&request(hello.path, &hello.body, "")).await?;
        let welcome = <Hello as Call>::Answer::from_canonical(body).with_context(|| format!("hello: {status}"))?;
        Ok(Self { address, challenge: welcome.challenge, signer: signer.clone() })
    }

    pub(crate) fn sign(&self, call: &Prepared) -> Request {
        let headers = signature::sign(call.path, &call.body, &self.signer.name, &self.challenge, &self.signer.key);
        let headers = format!(
            "{}: {}\r\n{}: {}\r\n{}: {}\r\n",
            signature::CONTENT_DIGEST,
            headers.content_digest,
            signature::SIGNATURE_INPUT,
            headers.signature_input,
            signature::SIGNATURE,
            headers.signature,
        );
        request(call.path, &call.body, &headers)
    }

    /// Signs what each connection is to send.
    pub(crate) fn sign_all(&self, lanes: &[Vec<Prepared>]) -> Vec<Vec<Request>> {
        lanes.iter().map(|lane| lane.iter().map(|call| self.sign(call)).collect()).collect()
    }

    /// Makes one call, on a connection of its own.
    pub(crate) async fn call<C: Call>(&self, call: &C) -> Result<C::Answer> {
        let body = self.raw(&Prepared::new(call)).await?;
        C::Answer::from_canonical(&body).context(C::PATH)
    }

    /// Makes one call and gives the answer's bytes.
    pub(crate) async fn raw(&self, call: &Prepared) -> Result<Vec<u8>> {
        let mut connection = Connection::open(self.address).await?;
        let (status, body) = connection.send(&self.sign(call)).await?;
        if status != 200 {
            bail!("{}: {status} {:?}", call.path, Problem::from_canonical(body));
        }
        Ok(body.to_vec())
    }
}

fn request(path: &str, body: &[u8], headers: &str) -> Request {
    let head = format!("POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 << 10) })
    }

    /// Sends a request and waits for the whole answer: its status and its body.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (status, start, length) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the connection was closed");
            }
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let (status, length) = head(&self.buffer[..end])?;
                break (status, end + 4, length);
            }
        };
        self.buffer.reserve((start + length).saturating_sub(self.buffer.len()));
        while self.buffer.len() < start + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the connection was closed in the middle of an answer");
            }
        }
        Ok((status, &self.buffer[start..start + length]))
    }
}

fn head(bytes: &[u8]) -> Result<(u16, usize)> {
    let head = std::str::from_utf8(bytes)?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Ok((status, length.map_or(Ok(0), |(_, length)| length.trim().parse())?))
}

/// What came of a load.
#[derive(Clone, Debug, Default)]
pub(crate) struct Load {
    pub(crate) operations: u64,
    pub(crate) bytes: u64,
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Histogram,
}

/// Sends each lane over a connection of its own, `times` over, all at once, and waits for the last answer.
///
/// Errors: if one answer is not a 200: a load that drops work is no load.
pub(crate) async fn drive(address: SocketAddr, lanes: Vec<Vec<Request>>, times: usize) -> Result<Load> {
    let start = Arc::new(Barrier::new(lanes.len() + 1));
    let mut tasks = tokio::task::JoinSet::new();
    for lane in lanes {
        let start = Arc::clone(&start);
        tasks.spawn(async move {
            let connection = Connection::open(address).await;
            start.wait().await;
            one(connection?, &lane, times).await
        });
    }
    start.wait().await;
    let began = Instant::now();
    let mut load = Load::default();
    while let Some(done) = tasks.join_next().await {
        let lane = done??;
        load.operations += lane.operations;
        load.bytes += lane.bytes;
        load.latencies.merge(&lane.latencies);
    }
    load.elapsed = began.elapsed();
    Ok(load)
}

async fn one(mut connection: Connection, lane: &[Request], times: usize) -> Result<Load> {
    let mut load = Load::default();
    for request in (0..times).flat_map(|_| lane) {
        let began = Instant::now();
        let (status, body) = connection.send(request).await?;
        load.latencies.record(began.elapsed());
        if status != 200 {
            bail!("{status} {:?}", Problem::from_canonical(body));
        }
        load.operations += 1;
        load.bytes += body.len() as u64;
    }
    Ok(load)
}
