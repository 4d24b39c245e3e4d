//! The way to the relay over HTTP.

use std::{
    io::Read,
    net::IpAddr,
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::Duration,
};

use async_trait::async_trait;
use ureq::{Agent, http::Uri};
use zegel_crypto::Canonical as _;
use zegel_protocol::{
    Problem, limits,
    signature::{CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders},
};

use crate::ports::{Line, Opening, SILENCE, Transport, TransportError};

const CONNECT: Duration = Duration::from_secs(15);
const SEND: Duration = Duration::from_secs(180);
const ANSWER: Duration = Duration::from_secs(60);
const RECEIVE: Duration = Duration::from_secs(180);
/// A line is ended by the relay before that.
const LINE: Duration = Duration::from_secs(2 * limits::LINE_SECONDS);
/// An answer holds at most a body and what surrounds it.
const LARGEST: u64 = 2 * limits::BODY as u64;

/// Why an address cannot be a relay's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an address of the form `https://host` or `https://host:port`.
    #[error("{0:?} is not the address of a relay; it looks like https://relay.example.org")]
    Form(String),
    /// Unencrypted, and not on this machine.
    #[error("the address {0} is not encrypted; use https, for http is only for a relay on this machine")]
    Unencrypted(String),
}

/// The way to one relay. Requests block; the terminal has nothing else to do meanwhile.
pub struct HttpTransport {
    agent: Agent,
    origin: String,
    silence: Duration,
}

impl HttpTransport {
    /// The way to the relay at `address`: scheme, host and, if need be, port.
    pub fn new(address: &str) -> Result<Self, AddressError> {
        let (origin, loopback) = origin(address)?;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // Who redirects could send a signed request elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("zegel")
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_send_body(Some(SEND))
            .timeout_recv_response(Some(ANSWER))
            .timeout_recv_body(Some(RECEIVE));
        if loopback {
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().new_agent(), origin, silence: Duration::from_secs(SILENCE) })
    }

    /// The relay's address in its one form.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

#[async_trait(?Send)]
impl Transport for HttpTransport {
    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        signature: Option<SignatureHeaders>,
    ) -> Result<Vec<u8>, TransportError> {
        let mut request = self.agent.post(format!("{}{path}", self.origin)).content_type("application/octet-stream");
        if let Some(headers) = signature {
            request = request
                .header(CONTENT_DIGEST, headers.content_digest)
                .header(SIGNATURE_INPUT, headers.signature_input)
                .header(SIGNATURE, headers.signature);
        }
        let mut response = request.send(&body[..]).map_err(unanswered)?;
        let status = response.status().as_u16();
        let answer = response.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(unanswered)?;
        if status == 200 {
            return Ok(answer);
        }
        Err(Problem::from_canonical(&answer).map_or(TransportError::NotARelay, Into::into))
    }

    fn listen(&self, path: &str, signature: SignatureHeaders) -> Opening {
        let request = self.agent.post(format!("{}{path}", self.origin));
        let request = request.config().timeout_recv_body(Some(LINE)).build();
        let request = request
            .header(CONTENT_DIGEST, signature.content_digest)
            .header(SIGNATURE_INPUT, signature.signature_input)
            .header(SIGNATURE, signature.signature);
        let silence = self.silence;
        Box::pin(async move {
            let mut response = request.send_empty().map_err(unanswered)?;
            if response.status().as_u16() != 200 {
                let answer = response.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(unanswered)?;
                return Err(Problem::from_canonical(&answer).map_or(TransportError::NotARelay, Into::into));
            }
            let (sender, pieces) = sync_channel(1);
            let mut body = response.into_body().into_reader();
            // Reading blocks, and does not know how long silence may last: the thread ends with the line, or with its listener.
            thread::spawn(move || {
                let mut buffer = [0; 64];
                loop {
                    let read = body.read(&mut buffer).map(|length| buffer[..length].to_vec());
                    let over = !read.as_ref().is_ok_and(|bytes| !bytes.is_empty());
                    if sender.send(read.map_err(|_| TransportError::Unreachable)).is_err() || over {
                        return;
                    }
                }
            });
            Ok(Box::new(Pieces { pieces, silence }) as Box<dyn Line>)
        })
    }
}

/// The end of a line that is read on a thread of its own.
struct Pieces {
    pieces: Receiver<Result<Vec<u8>, TransportError>>,
    silence: Duration,
}

#[async_trait(?Send)]
impl Line for Pieces {
    async fn next(&mut self) -> Result<Vec<u8>, TransportError> {
        match self.pieces.recv_timeout(self.silence) {
            Ok(piece) => piece,
            Err(RecvTimeoutError::Timeout) => Err(TransportError::Unreachable),
            // It has ended, and said so before.
            Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
        }
    }
}

fn unanswered(error: ureq::Error) -> TransportError {
    use ureq::Error::{BodyExceedsLimit, Http, LargeResponseHeader, Protocol};
    match error {
        Http(_) | Protocol(_) | BodyExceedsLimit(_) | LargeResponseHeader(..) => TransportError::NotARelay,
        _ => TransportError::Unreachable,
    }
}

/// The address in its one form, and whether it is on this machine.
fn origin(address: &str) -> Result<(String, bool), AddressError> {
    let form = || AddressError::Form(address.to_owned());
    let uri: Uri = address.trim().parse().map_err(|_| form())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(form());
    };
    // The path is signed, so a relay stands at the root of its host.
    if authority.host().is_empty() || authority.as_str().contains('@') || !matches!(uri.path(), "" | "/") {
        return Err(form());
    }
    let origin = format!("{scheme}://{authority}");
    match (scheme, is_loopback(authority.host())) {
        ("https", loopback) => Ok((origin, loopback)),
        ("http", true) => Ok((origin, true)),
        ("http", false) => Err(AddressError::Unencrypted(origin)),
        _ => Err(form()),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        net::{TcpListener, TcpStream},
    };

    use futures::executor::block_on;

    use super::*;

    #[test]
    fn http_is_for_this_machine_only() {
        let of = |address| origin(address).map(|(origin, _)| origin);
        assert_eq!(of("http://localhost:8080/").unwrap(), "http://localhost:8080");
        assert_eq!(of(" http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080");
        assert_eq!(of("http://[::1]:8080").unwrap(), "http://[::1]:8080");
        assert_eq!(of("https://relay.example.org").unwrap(), "https://relay.example.org");
        let refused = ["http://relay.example.org", "http://10.0.0.1:8080", "http://localhost.example.org"];
        for address in refused {
            assert_eq!(of(address), Err(AddressError::Unencrypted(address.to_owned())));
        }
        for address in ["", "relay", "relay.example.org", "ftp://localhost", "https://a/b", "https://u@a", "https://"] {
            assert_eq!(of(address), Err(AddressError::Form(address.to_owned())), "{address}");
        }
    }

    /// Answers one request with these bytes, and hangs up.
    fn answering(answer: Vec<u8>) -> String {
        serving(b"body", answer, |_| ())
    }

    /// Answers one request, known by its `end`, with these bytes; `then` says what becomes of the line.
    fn serving(end: &'static [u8], answer: Vec<u8>, then: fn(&mut TcpStream)) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut read = Vec::new();
            let mut buffer = [0; 1024];
            while !read.ends_with(end) {
                let length = stream.read(&mut buffer).unwrap();
                read.extend_from_slice(&buffer[..length]);
            }
            stream.write_all(&answer).unwrap();
            then(&mut stream);
        });
        address
    }

    fn asked(answer: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let transport = HttpTransport::new(&answering(answer)).unwrap();
        block_on(transport.post("/hello", b"body".to_vec(), None))
    }

    fn with_status(status: &str, body: &[u8]) -> Vec<u8> {
        let mut answer =
            format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len()).into_bytes();
        answer.extend_from_slice(body);
        answer
    }

    #[test]
    fn an_answer_is_given_as_it_is() {
        assert_eq!(asked(with_status("200 OK", b"\x01\x02")), Ok(vec![1, 2]));
    }

    #[test]
    fn a_problem_is_told_from_what_is_no_relay() {
        let full = asked(with_status("507 Insufficient Storage", &Problem::Full.to_canonical()));
        assert_eq!(full, Err(TransportError::Problem(Problem::Full)));
        assert_eq!(asked(with_status("404 Not Found", b"<html>")), Err(TransportError::NotARelay));
        assert_eq!(asked(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()), Err(TransportError::NotARelay));
    }

    #[test]
    fn a_redirect_is_not_followed() {
        let redirect = b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(asked(redirect.to_vec()), Err(TransportError::NotARelay));
    }

    #[test]
    fn nobody_there_is_unreachable() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let transport = HttpTransport::new(&format!("http://{closed}")).unwrap();
        assert_eq!(block_on(transport.post("/hello", Vec::new(), None)), Err(TransportError::Unreachable));
    }

    #[test]
    fn a_line_gives_what_comes_as_it_comes_and_no_silence_lasts() {
        let opened = |answer: &[u8]| {
            let mut transport = HttpTransport::new(&holding(answer.to_vec())).unwrap();
            transport.silence = Duration::from_millis(200);
            let none = SignatureHeaders {
                content_digest: "none".into(),
                signature_input: "none".into(),
                signature: "none".into(),
            };
            block_on(transport.listen("/line", none))
        };
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut line = opened(format!("{head}1\r\n\u{1}\r\n").as_bytes()).unwrap();
        assert_eq!(block_on(line.next()), Ok(vec![1]), "before the line has ended");
        assert_eq!(block_on(line.next()), Err(TransportError::Unreachable), "whoever stalls is gone");
        let mut line = opened(format!("{head}1\r\n\u{0}\r\n0\r\n\r\n").as_bytes()).unwrap();
        assert_eq!((block_on(line.next()), block_on(line.next())), (Ok(vec![0]), Ok(vec![])));
        let busy = opened(&with_status("429 Too Many Requests", &Problem::Busy.to_canonical()));
        assert_eq!(busy.err(), Some(TransportError::Problem(Problem::Busy)));
    }

    /// Answers a request without a body with these bytes, and holds the line.
    fn holding(answer: Vec<u8>) -> String {
        // Until the other side has hung up.
        serving(b"\r\n\r\n", answer, |stream| while stream.read(&mut [0; 1024]).is_ok_and(|length| length > 0) {})
    }
}
