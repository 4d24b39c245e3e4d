//! The worker's end: takes calls one at a time, and files beside them. A file holds the vault when it begins and when it is
//! put into its dossier; while it is sealed, sent or read, everything else goes on. Whoever listens for the relay's call holds the
//! vault only to sign.

use super::messages::{Command, Reply, Request};
use super::serve::{self, Cancelled, Served, Server};
use futures::{StreamExt as _, channel::mpsc, lock::Mutex};
use js_sys::{Array, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Blob, DedicatedWorkerGlobalScope, File, MessageEvent};
use zegel_vault::{Listening, ports::Progress};

/// A call that waits.
pub(crate) struct Job {
    pub(crate) call: u32,
    pub(crate) command: Command,
    pub(crate) file: Option<File>,
}

/// Listens for calls until the page ends the worker.
pub(crate) fn start() {
    std::panic::set_hook(Box::new(|_| broken()));
    if let Ok(scope) = js_sys::global().dyn_into() {
        listen(&scope);
    }
}

fn listen(scope: &DedicatedWorkerGlobalScope) {
    let cancelled = Cancelled::default();
    let (calls, mut waiting_calls) = mpsc::unbounded();
    let (files, mut waiting_files) = mpsc::unbounded();
    let (listeners, mut waiting_listeners) = mpsc::unbounded();
    let stopped = Rc::clone(&cancelled);
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let parts: Array = event.data().unchecked_into();
        let bytes = zeroize::Zeroizing::new(Uint8Array::new(&parts.get(0)).to_vec());
        match postcard::from_bytes(&bytes) {
            Ok(Request::Call(call, command)) => {
                let job = Job { call, command, file: parts.get(1).dyn_into().ok() };
                let lane = match job.command {
                    Command::AddFile(_) | Command::ReadFile(_) => &files,
                    Command::Listen(_) => &listeners,
                    _ => &calls,
                };
                let _ = lane.unbounded_send(job);
            }
            Ok(Request::Cancel(call)) => {
                stopped.borrow_mut().insert(call);
            }
            // The page and this worker come from one build, so this is a mistake of ours.
            Err(_) => broken(),
        }
    });
    scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget(); // lives as long as the worker
    let origin = scope.location().origin();
    let server = Rc::new(Mutex::new(Server::new(origin, cancelled)));
    let shared = Rc::clone(&server);
    wasm_bindgen_futures::spawn_local(async move {
        while let Some(job) = waiting_calls.next().await {
            let call = job.call;
            let served = shared.lock().await.serve(job).await;
            answer(call, served);
        }
    });
    let shared = Rc::clone(&server);
    wasm_bindgen_futures::spawn_local(async move {
        let mut listening = Listening::default();
        while let Some(job) = waiting_listeners.next().await {
            let call = job.call;
            answer(call, serve::listen(&shared, &mut listening, job).await);
        }
    });
    wasm_bindgen_futures::spawn_local(async move {
        while let Some(job) = waiting_files.next().await {
            let call = job.call;
            answer(call, serve::carry(&server, job).await);
        }
    });
    post(&Reply::Ready, &[], None);
}

fn answer(call: u32, served: Served) {
    match served {
        Ok((answer, blob)) => post(&Reply::Answer(call), &answer, blob.as_ref()),
        Err(failure) => post(&Reply::Failed(call, failure), &[], None),
    }
}

/// Tells the page that this worker died of a mistake.
fn broken() {
    post(&Reply::Broken, &[], None);
}

/// Sends a reply, what follows it in the same message, and what goes beside it.
fn post(reply: &Reply, answer: &[u8], blob: Option<&Blob>) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let Ok(mut bytes) = postcard::to_allocvec(reply) else { return };
    bytes.extend_from_slice(answer);
    let body = Uint8Array::from(bytes.as_slice());
    let message = Array::of1(&body);
    if let Some(blob) = blob {
        message.push(blob);
    }
    let _ = scope.post_message_with_transfer(&message, &Array::of1(&body.buffer()));
}

/// Tells the page how far a file has come, at most once for each percent.
pub(crate) struct Told {
    call: u32,
    last: std::cell::Cell<u64>,
}

impl Told {
    pub(crate) fn new(call: u32) -> Self {
        Self { call, last: std::cell::Cell::new(u64::MAX) }
    }
}

impl Progress for Told {
    fn bytes(&self, done: u64, total: u64) {
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
        if self.last.replace(percent) != percent {
            post(&Reply::Progress(self.call, done, total), &[], None);
        }
    }
}
