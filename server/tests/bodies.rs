//! Bodies over real connections: for whom they are kept, and how many at once.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use support::{
    Key, Organisation,
    process::{Server, call, post},
};
use tokio::sync::oneshot;
use zegel_crypto::Canonical as _;
use zegel_protocol::{
    Problem, VERSION,
    calls::{Append, BeginUpload, Call as _, Changes, Hello, UPLOAD_CHUNK, UploadState, Welcome},
    limits, signature,
};

const UPLOAD: [u8; 16] = [6; 16];

/// A request whose head was sent and whose body was not.
struct Begun {
    stream: TcpStream,
    body: Vec<u8>,
}

impl Begun {
    /// Sends the head of a chunk. With `expect` it waits until the relay begins to read, so until it has room.
    fn chunk(address: &str, key: &Key, body: Vec<u8>, expect: bool) -> Self {
        let hello = Hello { version: VERSION }.to_canonical();
        let (_, welcome) = post(address, Hello::PATH, &hello, &[]).unwrap();
        let challenge = Welcome::from_canonical(&welcome).unwrap().challenge;
        let path = format!("{UPLOAD_CHUNK}/{}/0", URL_SAFE_NO_PAD.encode(UPLOAD));
        let signed = signature::sign(&path, &body, &key.name, &challenge, &key.key);
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let expect = if expect { "expect: 100-continue\r\n" } else { "" };
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n{expect}\
             {}: {}\r\n{}: {}\r\n{}: {}\r\n\r\n",
            body.len(),
            signature::CONTENT_DIGEST,
            signed.content_digest,
            signature::SIGNATURE_INPUT,
            signed.signature_input,
            signature::SIGNATURE,
            signed.signature,
        )
        .unwrap();
        if !expect.is_empty() {
            let mut go_on = [0; 25];
            stream.read_exact(&mut go_on).unwrap();
            assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        Self { stream, body }
    }

    /// Sends the body; returns head and body of the answer.
    fn finish(mut self) -> (String, Vec<u8>) {
        self.stream.write_all(&self.body).unwrap();
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer).unwrap();
        let split = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (String::from_utf8_lossy(&answer[..split]).to_lowercase(), answer[split + 4..].to_vec())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_no_room_waits_a_while_and_is_told_to_come_back() {
    let mut org = Organisation::found().await;
    let director = org.director();
    let dossier = org.dossier(&director).await;
    org.restart_with(|config| {
        config.body_bytes = 2 * limits::CHUNK;
        config.body_patience = Duration::from_millis(50);
    });
    let (ready, listening) = oneshot::channel::<SocketAddr>();
    let (stop, stopped) = oneshot::channel::<()>();
    let relay = org.relay().clone();
    let served = tokio::spawn(async move {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let ready = |address| ready.send(address).unwrap();
        zegel_relay::serve(relay, listen, ready, async { drop(stopped.await) }).await
    });
    let address = listening.await.unwrap().to_string();
    let chunk = org.blob(limits::CHUNK);
    let key = director.key();
    let told = tokio::task::spawn_blocking(move || {
        let begin = BeginUpload { log: dossier.log, upload: UPLOAD, length: limits::CHUNK as u64 };
        call(&address, &key, &begin).unwrap().unwrap();
        let (one, two) =
            (Begun::chunk(&address, &key, chunk.clone(), true), Begun::chunk(&address, &key, chunk.clone(), true));
        let (head, problem) = Begun::chunk(&address, &key, chunk.clone(), false).finish();
        assert!(head.starts_with("http/1.1 429") && head.contains("retry-after: 1"), "{head}");
        assert_eq!(Problem::from_canonical(&problem), Ok(Problem::Busy));
        // What is small goes on meanwhile.
        call(&address, &key, &Changes { cursor: 0 }).unwrap().unwrap();
        let mut told = Vec::new();
        for begun in [one, two, Begun::chunk(&address, &key, chunk, false)] {
            let (head, state) = begun.finish();
            assert!(head.starts_with("http/1.1 200"), "{head}");
            told.push(UploadState::from_canonical(&state).unwrap().received);
        }
        told
    });
    assert_eq!(told.await.unwrap(), [limits::CHUNK as u64; 3]);
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}

#[test]
fn nothing_is_kept_for_those_who_do_not_sign() {
    const MANY: usize = 16;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), "");
    assert!(post(&server.address, Hello::PATH, &[0; 65], &[]).is_some_and(|(status, _)| status == 413));
    let before = server.high_water();
    let most = vec![0; limits::BODY - 1];
    let begun: Vec<TcpStream> = (0..MANY)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            write!(stream, "POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", Append::PATH, limits::BODY)
                .unwrap();
            // All but the last byte: each waits with its whole body.
            stream.write_all(&most).unwrap();
            stream
        })
        .collect();
    for mut stream in begun {
        stream.write_all(&[0]).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 401", "they hear it when they have sent everything");
    }
    let grown = server.high_water() - before;
    assert!(grown < limits::BODY, "{MANY} bodies took {grown} bytes");
    server.kill();
}
