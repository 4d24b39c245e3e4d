//! Asking the vault from a component: what a page shows, and what a button does.

use super::use_session;
use crate::worker::{
    client::{Answer, Client, parse},
    messages::{Call, Command, Failure},
};
use std::{cell::Cell, rc::Rc};
use yew::prelude::*;

/// What a page asked for.
#[derive(PartialEq)]
pub(crate) enum Loaded<T> {
    /// Not here yet.
    Waiting,
    /// Here.
    Ready(Rc<T>),
    /// Will not come.
    Failed(Failure),
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Waiting => Self::Waiting,
            Self::Ready(value) => Self::Ready(value.clone()),
            Self::Failed(failure) => Self::Failed(failure.clone()),
        }
    }
}

/// The answer to `call`, asked anew when the call or `revision` changes; meanwhile the earlier answer stays.
#[hook]
pub(crate) fn use_answer<C: Call + Clone + PartialEq + 'static>(call: C, revision: u32) -> Loaded<C::Answer> {
    let client = use_session().client.clone();
    let answer = use_state(|| Loaded::Waiting);
    let set = answer.setter();
    use_effect_with((call, revision, client), move |(call, _, client)| {
        let wanted = Rc::new(Cell::new(true));
        let still = wanted.clone();
        let then = Box::new(move |answer: Answer| {
            if still.get() {
                set.set(match parse(answer) {
                    Ok(value) => Loaded::Ready(Rc::new(value)),
                    Err(failure) => Loaded::Failed(failure),
                });
            }
        });
        ask(client, call.clone().into(), then);
        move || wanted.set(false)
    });
    (*answer).clone()
}

/// Something a button does.
#[derive(Clone)]
pub(crate) struct Task {
    client: Client,
    busy: UseStateHandle<bool>,
    failure: UseStateHandle<Option<Failure>>,
    mounted: Rc<Cell<bool>>,
}

impl Task {
    /// Whether it runs.
    pub(crate) fn busy(&self) -> bool {
        *self.busy
    }

    /// Why it came to nothing the last time.
    pub(crate) fn failure(&self) -> Option<Failure> {
        (*self.failure).clone()
    }

    /// The way to the vault.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Does it with what `first` gives, unless it runs already: what only the page can ask a browser for.
    pub(crate) fn run_with<T: 'static, C: Call + 'static>(
        &self,
        first: impl Future<Output = Result<T, Failure>> + 'static,
        call: impl FnOnce(T) -> C + 'static,
        done: impl FnOnce(C::Answer) + 'static,
    ) {
        if *self.busy {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        let task = self.clone();
        yew::platform::spawn_local(async move {
            let answer = match first.await {
                Ok(given) => task.client.ask(call(given).into()).await,
                Err(failure) => Err(failure),
            };
            task.end(answer, done);
        });
    }

    fn end<T: serde::de::DeserializeOwned>(&self, answer: Answer, done: impl FnOnce(T)) {
        if !self.mounted.get() {
            return;
        }
        self.busy.set(false);
        match parse(answer) {
            Ok(answer) => done(answer),
            Err(failure) => self.failure.set(Some(failure)),
        }
    }

    /// Does it, unless it runs already; `done` gets the answer if the page is still there.
    pub(crate) fn run<C: Call + 'static>(&self, call: C, done: impl FnOnce(C::Answer) + 'static) {
        if *self.busy {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        let task = self.clone();
        let then = Box::new(move |answer: Answer| task.end(answer, done));
        ask(&self.client, call.into(), then);
    }
}

/// What is done with an answer.
type Then = Box<dyn FnOnce(Answer)>;

/// Asks, and hands the answer on. One body for every call: a generic one would be compiled for each of them.
fn ask(client: &Client, command: Command, then: Then) {
    let client = client.clone();
    yew::platform::spawn_local(async move { then(client.ask(command).await) });
}

/// A task of this component.
#[hook]
pub(crate) fn use_task() -> Task {
    let client = use_session().client.clone();
    let busy = use_state(|| false);
    let failure = use_state(|| None);
    let mounted = use_memo((), |()| Rc::new(Cell::new(true)));
    let gone = (*mounted).clone();
    use_effect_with((), move |()| move || gone.set(false));
    Task { client, busy, failure, mounted: (*mounted).clone() }
}
