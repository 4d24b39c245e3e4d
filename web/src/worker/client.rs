//! The page's end: numbered calls to the worker, each a future that ends with its answer, or with the worker.

use super::messages::{Call, Command, Failure, Reply, Request};
use futures::channel::oneshot;
use js_sys::{Array, Function, Reflect, Uint8Array};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, MessageEvent, Worker};
use yew::Callback;

/// A way to the vault. Clones lead to the same worker; two are equal if they do.
#[derive(Clone)]
pub(crate) struct Client(Rc<RefCell<Line>>);

/// An answer in postcard.
pub(crate) type Answer = Result<Vec<u8>, Failure>;

/// An answer with the bytes that came beside it.
type Answered = Result<(Vec<u8>, Option<Blob>), Failure>;

struct Line {
    worker: Option<Worker>,
    /// The listeners live as long as the worker.
    _listeners: Vec<Closure<dyn FnMut(MessageEvent)>>,
    ready: bool,
    /// What was said before the worker listened.
    unsent: Vec<(Vec<u8>, Option<JsValue>)>,
    open: HashMap<u32, Open>,
    next: u32,
    /// What a call hears once there is no worker.
    ended: &'static str,
}

struct Open {
    answer: oneshot::Sender<Answered>,
    progress: Callback<(u64, u64)>,
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Ends the worker that runs, and with it every key. `boot.js` knows it, so that a panic can end it from anywhere, whichever
/// program has it.
pub(crate) fn kill() {
    let global = js_sys::global();
    if let Ok(end) = Reflect::get(&global, &"endVault".into()).and_then(JsValue::dyn_into::<Function>) {
        let _ = end.call0(&global);
    }
}

impl Client {
    /// A way that leads nowhere: every call fails with `stopped`.
    pub(crate) fn none() -> Self {
        Self(Rc::new(RefCell::new(Line {
            worker: None,
            _listeners: Vec::new(),
            ready: false,
            unsent: Vec::new(),
            open: HashMap::new(),
            next: 1,
            ended: "stopped",
        })))
    }

    /// Starts a worker; an earlier one ends. `broken` hears when the worker cannot start or dies by itself.
    pub(crate) fn start(broken: Callback<()>) -> Self {
        let client = Self::none();
        let weak = Rc::downgrade(&client.0);
        // It may come to nothing long after this client has gone, so it owns itself.
        let missing = Closure::once_into_js(move || {
            if let Some(line) = weak.upgrade() {
                Self(line).miss();
            }
        });
        match spawn(&missing) {
            Ok(worker) => client.listen(worker, broken),
            Err(_) => broken.emit(()),
        }
        client
    }

    /// Takes over a worker that listens already, whose next call is `next`; its answers come here from now on.
    pub(crate) fn adopt(worker: Worker, next: u32, broken: Callback<()>) -> Self {
        let client = Self::none();
        client.listen(worker, broken);
        let mut line = client.0.borrow_mut();
        (line.ready, line.next) = (true, next);
        drop(line);
        client
    }

    /// Gives the worker away, and the number of the next call, unless it has ended or does not listen yet. Calls that are open
    /// fail with `stopped`; there is none when a vault has just been opened.
    pub(crate) fn release(&self) -> Option<(Worker, u32)> {
        let mut line = self.0.borrow_mut();
        if !line.ready {
            return None;
        }
        let worker = line.worker.take()?;
        worker.set_onmessage(None);
        worker.set_onerror(None);
        line.open.clear();
        Some((worker, line.next))
    }

    fn listen(&self, worker: Worker, broken: Callback<()>) {
        let weak = Rc::downgrade(&self.0);
        let failed = broken.clone();
        let heard = Closure::new(move |event: MessageEvent| {
            if let Some(line) = weak.upgrade() {
                Self(line).hear(&event.data(), &broken);
            }
        });
        let died = Closure::new(move |_: MessageEvent| failed.emit(()));
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(died.as_ref().unchecked_ref()));
        let mut line = self.0.borrow_mut();
        line.worker = Some(worker);
        line._listeners = vec![heard, died];
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn call<C: Call>(&self, call: C) -> Result<C::Answer, Failure> {
        parse(self.ask(call.into()).await)
    }

    /// Asks, and waits for the answer, which [`parse`] reads.
    pub(crate) async fn ask(&self, command: Command) -> Answer {
        let (_, answer) = self.send(command, None, Callback::noop());
        Ok(heard(answer).await?.0)
    }

    /// Asks for what takes long; `progress` hears how much is done, and of how much.
    pub(crate) async fn follow<C: Call>(&self, call: C, progress: Callback<(u64, u64)>) -> Result<C::Answer, Failure> {
        let (_, answer) = self.send(call.into(), None, progress);
        parse(heard(answer).await.map(|(answer, _)| answer))
    }

    /// Asks with a file beside the call; gives the call's number, for [`Self::cancel`], and the answer to come.
    pub(crate) fn upload<C: Call>(
        &self,
        call: C,
        file: JsValue,
        progress: Callback<(u64, u64)>,
    ) -> (u32, impl Future<Output = Result<C::Answer, Failure>> + use<C>) {
        let (number, answer) = self.send(call.into(), Some(file), progress);
        (number, async move { parse(heard(answer).await.map(|(answer, _)| answer)) })
    }

    /// Asks for bytes; they come as a blob.
    pub(crate) async fn download<C: Call>(&self, call: C, progress: Callback<(u64, u64)>) -> Result<Blob, Failure> {
        let (_, answer) = self.send(call.into(), None, progress);
        heard(answer).await?.1.ok_or_else(|| Failure::of("file-unreadable"))
    }

    /// Says that an answer is no longer wanted.
    pub(crate) fn cancel(&self, number: u32) {
        self.post(&Request::Cancel(number), None);
    }

    /// Ends the worker, if this way leads to it still, and with it every key. Calls that were open fail with `stopped`.
    pub(crate) fn end(&self) {
        let mut line = self.0.borrow_mut();
        if line.worker.take().is_some() {
            kill();
        }
        line.open.clear();
        line.unsent.clear();
    }

    fn send(
        &self,
        command: Command,
        file: Option<JsValue>,
        progress: Callback<(u64, u64)>,
    ) -> (u32, oneshot::Receiver<Answered>) {
        let (answer, receiver) = oneshot::channel();
        let number = {
            let mut line = self.0.borrow_mut();
            let number = line.next;
            line.next += 1;
            if line.worker.is_some() {
                line.open.insert(number, Open { answer, progress });
            } else {
                let _ = answer.send(Err(Failure::of(line.ended)));
            }
            number
        };
        self.post(&Request::Call(number, command), file);
        (number, receiver)
    }

    fn post(&self, request: &Request, file: Option<JsValue>) {
        let Ok(bytes) = postcard::to_allocvec(request) else { return };
        let mut line = self.0.borrow_mut();
        if line.ready {
            line.deliver(bytes, file);
        } else {
            line.unsent.push((bytes, file));
        }
    }

    fn hear(&self, data: &JsValue, broken: &Callback<()>) {
        let parts: &Array = data.unchecked_ref();
        let bytes = Uint8Array::new(&parts.get(0)).to_vec();
        match postcard::take_from_bytes(&bytes) {
            Ok((Reply::Ready, _)) => {
                let mut line = self.0.borrow_mut();
                line.ready = true;
                for (bytes, file) in std::mem::take(&mut line.unsent) {
                    line.deliver(bytes, file);
                }
            }
            Ok((Reply::Progress(number, done, total), _)) => {
                let heard = self.0.borrow().open.get(&number).map(|open| open.progress.clone());
                if let Some(progress) = heard {
                    progress.emit((done, total));
                }
            }
            Ok((Reply::Answer(number), answer)) => {
                self.settle(number, Ok((answer.to_vec(), parts.get(1).dyn_into::<Blob>().ok())));
            }
            Ok((Reply::Failed(number, failure), _)) => self.settle(number, Err(failure)),
            Ok((Reply::Broken, _)) | Err(_) => broken.emit(()),
        }
    }

    /// The program of the vault did not come: whoever waits hears that the relay is out of reach.
    fn miss(&self) {
        if self.0.borrow().worker.is_none() {
            return; // ended before
        }
        let open = std::mem::take(&mut self.0.borrow_mut().open);
        self.end();
        self.0.borrow_mut().ended = "relay-unreachable";
        for (_, open) in open {
            let _ = open.answer.send(Err(Failure::of("relay-unreachable")));
        }
    }

    fn settle(&self, number: u32, result: Answered) {
        let open = self.0.borrow_mut().open.remove(&number);
        if let Some(open) = open {
            // The component that asked may be gone.
            let _ = open.answer.send(result);
        }
    }
}

impl Line {
    fn deliver(&self, bytes: Vec<u8>, file: Option<JsValue>) {
        let Some(worker) = &self.worker else { return };
        let body = Uint8Array::from(bytes.as_slice());
        let transfer = Array::of1(&body.buffer());
        let message = Array::of1(&body);
        if let Some(file) = file {
            message.push(&file);
        }
        let _ = worker.post_message_with_transfer(&message, &transfer);
        drop(zeroize::Zeroizing::new(bytes));
    }
}

/// Under Trusted Types a worker starts from a trusted URL only, which `boot.js` keeps to itself. `missing` is called if
/// the program does not come.
fn spawn(missing: &JsValue) -> Result<Worker, JsValue> {
    let global = js_sys::global();
    let start: Function = Reflect::get(&global, &"startVault".into())?.dyn_into()?;
    start.call1(&global, missing)?.dyn_into()
}

/// An answer, or that the worker ended before it came.
async fn heard(answer: oneshot::Receiver<Answered>) -> Answered {
    answer.await.unwrap_or_else(|_| Err(Failure::of("stopped")))
}

/// Reads an answer.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(answer: Answer) -> Result<T, Failure> {
    // Page and worker come from one build, so this is a mistake of ours.
    postcard::from_bytes(&answer?).map_err(|_| Failure::of("alarm"))
}
