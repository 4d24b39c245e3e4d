//! The limit: a bare route that checks the same signatures and does the same group-committed SQLite insert or read as the
//! relay, under the same settings, and nothing else. It knows no rights, chains, halves or people.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::{Connection, params};
use tokio::sync::oneshot;
use zegel_crypto::{Canonical as _, VerifyingKey};
use zegel_protocol::{
    VERSION,
    calls::{Append, Call as _, Changes, Hello, Pull, Welcome},
    limits,
    signature::{self, SignatureHeaders},
};

use crate::process::LISTENS;

/// Appends that share one commit, as in the relay.
const MOST: usize = 256;
const CHALLENGE: &str = "the limit hands out one challenge and compares";

struct Limit {
    request: VerifyingKey,
    content: VerifyingKey,
    writer: mpsc::Sender<(Vec<Row>, oneshot::Sender<()>)>,
    readers: Mutex<Vec<Connection>>,
    file: std::path::PathBuf,
    last: Arc<AtomicI64>,
}

/// A record with, before the first of a request, the entries that list them.
type Row = Vec<u8>;

/// Serves until it is killed.
pub(crate) fn serve(data: &Path, request_key: &str, content_key: &str) -> Result<()> {
    let file = data.join("limit.sqlite");
    let connection = Connection::open(&file)?;
    connection.pragma_update(None, "page_size", 16384)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.pragma_update(None, "wal_autocheckpoint", 2000)?;
    connection.execute_batch("CREATE TABLE record (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")?;
    let (writer, jobs) = mpsc::channel();
    let last = Arc::new(AtomicI64::new(0));
    let limit = Limit {
        request: key(request_key)?,
        content: key(content_key)?,
        writer,
        readers: Mutex::default(),
        file,
        last: Arc::clone(&last),
    };
    let write = move || {
        if let Err(error) = commit(&connection, &jobs, &last) {
            eprintln!("limit: {error}");
        }
    };
    std::thread::Builder::new().name("writer".into()).spawn(write)?;
    let router = Router::new()
        .route(Hello::PATH, post(hello))
        .route(Append::PATH, post(append))
        .route(Pull::PATH, post(pull))
        .route(Changes::PATH, post(changes))
        .route("/healthz", get(async || StatusCode::OK))
        .with_state(Arc::new(limit));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("limit {LISTENS}{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

fn key(text: &str) -> Result<VerifyingKey> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    Ok(VerifyingKey::from_bytes(bytes.context("a key has 32 bytes")?)?)
}

fn commit(
    connection: &Connection,
    jobs: &mpsc::Receiver<(Vec<Row>, oneshot::Sender<()>)>,
    last: &AtomicI64,
) -> Result<()> {
    while let Ok(first) = jobs.recv() {
        let mut told = Vec::new();
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut insert = connection.prepare_cached("INSERT INTO record (bytes) VALUES (?1)")?;
        for (rows, tell) in std::iter::once(first).chain(std::iter::from_fn(|| jobs.try_recv().ok())).take(MOST) {
            for row in rows {
                insert.execute([row])?;
            }
            told.push(tell);
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        last.store(connection.last_insert_rowid(), Ordering::Release);
        for tell in told {
            // Whoever hung up does not hear it.
            let _ = tell.send(());
        }
    }
    Ok(())
}

type Answer = Result<Vec<u8>, StatusCode>;

async fn hello() -> Answer {
    let challenge = CHALLENGE.to_owned();
    let welcome =
        Welcome { version: VERSION, challenge, time: 0, organisation: None, backup_due: false, put_back: None };
    Ok(welcome.to_canonical())
}

async fn append(State(limit): State<Arc<Limit>>, request: Request) -> Answer {
    let body = limit.receive(request).await?;
    let call: Append = minicbor::decode(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let mut rows = Vec::new();
    for log in call.logs {
        let mut entries = Vec::new();
        for entry in &log.entries {
            entry.verify(&limit.content).map_err(|_| StatusCode::FORBIDDEN)?;
            entries.extend(entry.to_canonical());
        }
        let mut blobs = log.blobs.into_iter();
        rows.push([entries, blobs.next().map(|blob| blob.0).unwrap_or_default()].concat());
        rows.extend(blobs.map(|blob| blob.0));
    }
    let (tell, told) = oneshot::channel();
    limit.writer.send((rows, tell)).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    told.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    // As long as the relay's answer for one log.
    Ok(vec![0; 40])
}

async fn pull(State(limit): State<Arc<Limit>>, request: Request) -> Answer {
    let body = limit.receive(request).await?;
    let call: Pull = minicbor::decode(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let work = move || {
        limit.read("SELECT bytes FROM record WHERE id >= ?1 ORDER BY id LIMIT ?2", call.from, i64::from(call.limit))
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?
}

async fn changes(State(limit): State<Arc<Limit>>, request: Request) -> Answer {
    let body = limit.receive(request).await?;
    let call: Changes = minicbor::decode(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let last = limit.last.load(Ordering::Acquire);
    if i64::try_from(call.cursor).is_ok_and(|cursor| cursor < last) {
        let text = "SELECT CAST(id AS BLOB) FROM record WHERE id > ?1 ORDER BY id LIMIT ?2";
        let work = move || limit.read(text, call.cursor, i64::from(limits::CHANGES));
        return tokio::task::spawn_blocking(work).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    }
    Ok(last.to_be_bytes().to_vec())
}

impl Limit {
    /// The body of a request whose signature holds.
    async fn receive(&self, request: Request) -> Result<axum::body::Bytes, StatusCode> {
        let (head, body) = request.into_parts();
        let body = to_bytes(Body::new(body), limits::BODY).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let headers = headers(&head.headers).ok_or(StatusCode::UNAUTHORIZED)?;
        let claimed = signature::read(head.uri.path(), &body, &headers).map_err(|_| StatusCode::UNAUTHORIZED)?;
        let fresh = claimed.challenge == CHALLENGE && claimed.verify(&self.request).is_ok();
        if fresh { Ok(body) } else { Err(StatusCode::UNAUTHORIZED) }
    }

    fn read(&self, text: &str, from: u64, most: i64) -> Answer {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| Connection::open(&self.file), Ok);
        let found = connection.and_then(|connection| {
            let answer = {
                let mut find = connection.prepare_cached(text)?;
                let mut rows = find.query(params![i64::try_from(from).unwrap_or(i64::MAX), most])?;
                let mut answer = Vec::with_capacity(16 << 10);
                while let Some(row) = rows.next()? {
                    answer.extend_from_slice(row.get_ref(0)?.as_blob()?);
                }
                answer
            };
            Ok((answer, connection))
        });
        let (answer, connection) = found.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(answer)
    }
}

fn headers(headers: &HeaderMap) -> Option<SignatureHeaders> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Some(SignatureHeaders {
        content_digest: header(signature::CONTENT_DIGEST)?,
        signature_input: header(signature::SIGNATURE_INPUT)?,
        signature: header(signature::SIGNATURE)?,
    })
}

/// Where the answer to the last `Changes` says the limit is.
pub(crate) fn cursor(answer: &[u8]) -> Result<u64> {
    let bytes = answer.try_into().ok().context("a cursor has eight bytes")?;
    Ok(u64::from_be_bytes(bytes))
}
