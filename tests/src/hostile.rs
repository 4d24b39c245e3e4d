//! A relay that does everything it should not.
//!
//! [`HostileRelay`] stands between vaults and an honest relay. It keeps a [`Transcript`] of every byte that it was sent,
//! and bends answers by strategies that compose: each takes an answer and gives another. What a real relay could do with
//! its disk (show an old state, or two states) is done with copies of the honest relay's folder and
//! [`HostileRelay::route`].

mod canary;
mod insider;
pub mod scene;

pub use canary::{Canaries, spellings};
pub use insider::{Insider, Stolen, ask, bundle, open_at, place};

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use async_trait::async_trait;
use zegel_crypto::{Canonical as _, Half, blob_name};
use zegel_ledger::{Entry, HalfId, Head, LogId, LogKind, SignedSlip};
use zegel_protocol::{
    Problem,
    calls::{Bytes, Call, ChangedLog, Changes, Fetch, Fetched, HalfServed, Halves, Pull, Pulled},
    signature::SignatureHeaders,
};
use zegel_vault::{
    memory::MemoryStore,
    ports::{Opening, Store as _, Table, Transport, TransportError},
};

use crate::world::{InProcessRelay, Network};

/// What came back, or why nothing did.
pub type Answer = Result<Vec<u8>, TransportError>;

/// Bends an answer. The request was carried out by then, unless an earlier strategy kept it from that.
pub type Strategy = Box<dyn Fn(&Request, Answer) -> Answer>;

/// One request, as the relay saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which of the devices asked, in the order in which they came.
    pub device: usize,
    /// The path.
    pub path: String,
    /// The body.
    pub body: Vec<u8>,
    /// The headers with the signature, one after the other.
    pub headers: String,
}

/// Everything a relay was sent.
#[derive(Clone, Debug, Default)]
pub struct Transcript(pub Vec<Request>);

impl Transcript {
    /// What tells one run from another without reading a body: paths and lengths.
    pub fn shape(&self) -> Vec<(String, usize)> {
        self.0.iter().map(|request| (request.path.clone(), request.body.len())).collect()
    }

    /// Every byte, in one piece.
    pub fn bytes(&self) -> Vec<u8> {
        let parts = self.0.iter().flat_map(|r| [r.path.as_bytes(), r.headers.as_bytes(), r.body.as_slice()]);
        parts.flatten().copied().collect()
    }
}

/// An honest relay behind somebody who is not. Clones are the same one.
#[derive(Clone, Default)]
pub struct HostileRelay(Rc<State>);

#[derive(Default)]
struct State {
    strategies: RefCell<Vec<Strategy>>,
    stopped: RefCell<HashMap<&'static str, TransportError>>,
    routes: RefCell<HashMap<usize, InProcessRelay>>,
    transcript: RefCell<Transcript>,
    devices: Cell<usize>,
}

impl HostileRelay {
    /// One that still behaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The network of a world behind it.
    pub fn network(&self) -> Network {
        let hostile = self.clone();
        Rc::new(move |relay| Box::new(hostile.connect(relay)))
    }

    /// The way of one more device to `relay`.
    pub fn connect(&self, relay: InProcessRelay) -> Connection {
        let device = self.0.devices.replace(self.0.devices.get() + 1);
        Connection { hostile: self.clone(), relay, device }
    }

    /// Does this from now on, after what it does already.
    pub fn play(&self, strategy: Strategy) -> &Self {
        self.0.strategies.borrow_mut().push(strategy);
        self
    }

    /// Answers calls to a path with this error, and does not carry them out.
    pub fn stop(&self, path: &'static str, error: TransportError) -> &Self {
        self.0.stopped.borrow_mut().insert(path, error);
        self
    }

    /// Sends a device to another relay: a fork, or an earlier state.
    pub fn route(&self, device: usize, relay: InProcessRelay) -> &Self {
        self.0.routes.borrow_mut().insert(device, relay);
        self
    }

    /// Behaves again.
    pub fn relent(&self) {
        self.0.strategies.borrow_mut().clear();
        self.0.stopped.borrow_mut().clear();
        self.0.routes.borrow_mut().clear();
    }

    /// Everything it was sent so far.
    pub fn transcript(&self) -> Transcript {
        self.0.transcript.borrow().clone()
    }

    /// What it was sent since the last time that this was asked.
    pub fn take_transcript(&self) -> Transcript {
        self.0.transcript.take()
    }

    /// The number of the device that connected last.
    pub fn last_device(&self) -> usize {
        self.0.devices.get() - 1
    }
}

/// A device's way to the hostile relay.
pub struct Connection {
    hostile: HostileRelay,
    relay: InProcessRelay,
    device: usize,
}

#[async_trait(?Send)]
impl Transport for Connection {
    async fn post(&self, path: &str, body: Vec<u8>, signature: Option<SignatureHeaders>) -> Answer {
        let state = &self.hostile.0;
        let headers = signature.as_ref().map_or(String::new(), |headers| {
            format!("{} {} {}", headers.content_digest, headers.signature_input, headers.signature)
        });
        let request = Request { device: self.device, path: path.to_owned(), body: body.clone(), headers };
        state.transcript.borrow_mut().0.push(request.clone());
        let stopped = state.stopped.borrow().get(path).cloned();
        let mut answer = match stopped {
            Some(error) => Err(error),
            None => {
                let relay = state.routes.borrow().get(&self.device).cloned();
                relay.as_ref().unwrap_or(&self.relay).post(path, body, signature).await
            }
        };
        for strategy in state.strategies.borrow().iter() {
            answer = strategy(&request, answer);
        }
        answer
    }

    fn listen(&self, path: &str, signature: SignatureHeaders) -> Opening {
        self.relay.listen(path, signature)
    }
}

/// Bends the answers to one kind of call.
pub fn answering<C: Call + 'static>(bend: impl Fn(&C, &mut C::Answer) + 'static) -> Strategy {
    Box::new(move |request, answer| {
        if request.path != C::PATH {
            return answer;
        }
        let call = C::from_canonical(&request.body).map_err(|_| TransportError::NotARelay)?;
        let mut typed = C::Answer::from_canonical(&answer?).map_err(|_| TransportError::NotARelay)?;
        bend(&call, &mut typed);
        Ok(typed.to_canonical())
    })
}

/// Bends the bytes of the answers to one path.
pub fn bytes_of(path: &'static str, bend: impl Fn(&mut Vec<u8>) + 'static) -> Strategy {
    Box::new(move |request, answer| {
        let mut bytes = answer?;
        if request.path == path {
            bend(&mut bytes);
        }
        Ok(bytes)
    })
}

/// Does to one device only what `strategy` does.
pub fn only(device: usize, strategy: Strategy) -> Strategy {
    Box::new(move |request, answer| if request.device == device { strategy(request, answer) } else { answer })
}

/// Carries a call out and says that nobody was there.
pub fn lose_answer(path: &'static str) -> Strategy {
    Box::new(move |request, answer| if request.path == path { Err(TransportError::Unreachable) } else { answer })
}

/// Gives the first answer to a call again whenever that call comes again.
pub fn replay(path: &'static str) -> Strategy {
    let first: RefCell<HashMap<Vec<u8>, Answer>> = RefCell::default();
    Box::new(move |request, answer| {
        if request.path != path {
            return answer;
        }
        first.borrow_mut().entry(request.body.clone()).or_insert(answer).clone()
    })
}

/// Shows a log as if all this had been appended to it.
#[derive(Clone, Debug)]
pub struct Injection {
    log: LogId,
    kind: LogKind,
    entries: Vec<Entry>,
    slips: Vec<SignedSlip>,
    blobs: Vec<Vec<u8>>,
    halves: Vec<(HalfId, Half)>,
}

impl Injection {
    /// Nothing yet, in this log.
    pub fn into_log(log: LogId, kind: LogKind) -> Self {
        Self { log, kind, entries: Vec::new(), slips: Vec::new(), blobs: Vec::new(), halves: Vec::new() }
    }

    /// An entry; entries of the honest relay with its number or a later one are not shown.
    pub fn entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// A slip.
    pub fn slip(mut self, slip: SignedSlip) -> Self {
        self.slips.push(slip);
        self
    }

    /// Blobs.
    pub fn blobs(mut self, blobs: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.blobs.extend(blobs);
        self
    }

    /// Halves.
    pub fn halves(mut self, halves: impl IntoIterator<Item = (HalfId, Half)>) -> Self {
        self.halves.extend(halves);
        self
    }

    fn head(&self) -> Option<Head> {
        let last = self.entries.last()?;
        Some(Head { sequence: last.commit().ok()?.sequence, hash: last.hash() })
    }

    /// The strategy.
    pub fn strategies(self) -> [Strategy; 4] {
        let (pulling, changing, fetching, serving) = (self.clone(), self.clone(), self.clone(), self);
        [
            answering::<Pull>(move |call, page| pulling.pull(call, page)),
            answering::<Changes>(move |_, page| {
                page.logs.retain(|changed| changed.log != changing.log);
                let head = changing.head().unwrap_or(Head { sequence: u64::MAX, hash: zegel_crypto::Hash([0; 32]) });
                page.logs.push(ChangedLog { log: changing.log, kind: changing.kind, head, slips: 0 });
            }),
            Box::new(move |request, answer| {
                let wanted = Fetch::from_canonical(&request.body).ok().filter(|_| request.path == Fetch::PATH);
                match wanted.and_then(|call| fetching.blobs.iter().find(|bytes| blob_name(bytes) == call.blob)) {
                    Some(bytes) => {
                        Ok(Fetched { total: bytes.len() as u64, bytes: Bytes(bytes.clone()) }.to_canonical())
                    }
                    None => answer,
                }
            }),
            answering::<Halves>(move |call, answer| {
                for ((_, id), served) in call.wanted.iter().zip(&mut answer.served) {
                    if let Some((_, half)) = serving.halves.iter().find(|(known, _)| known == id) {
                        *served = HalfServed::Half(half.clone());
                    }
                }
            }),
        ]
    }

    fn pull(&self, call: &Pull, page: &mut Pulled) {
        if call.log != self.log {
            return;
        }
        let sequence = |entry: &Entry| entry.commit().map_or(0, |commit| commit.sequence);
        if let Some(first) = self.entries.first().map(sequence) {
            page.entries.retain(|entry| sequence(entry) < first);
            page.entries.extend(self.entries.iter().filter(|entry| sequence(entry) >= call.from).cloned());
            page.head = self.head();
        }
        page.slips.extend(self.slips.iter().cloned());
        page.blobs.extend(self.blobs.iter().cloned().map(Bytes));
    }
}

impl HostileRelay {
    /// Shows a log with something in it that nobody put there.
    pub fn inject(&self, injection: Injection) -> &Self {
        for strategy in injection.strategies() {
            self.play(strategy);
        }
        self
    }
}

/// The heads that a device remembers, as they lie in its store: what no refused answer may change.
pub async fn remembered(store: &MemoryStore) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut heads = store.all(Table::Device).await.expect("a store");
    heads.retain(|(key, _)| key.starts_with(b"head/"));
    heads
}

/// What the relay says when it does not want to.
pub fn problem(problem: Problem) -> TransportError {
    TransportError::Problem(problem)
}
