//! The hand-over between the two programs that draw. The door has the page until a vault is open. Then it gives what it knows of
//! the session, and the worker with every key in it, to the program of the open vault, which gives the page back when the vault
//! has ended and the worker with it. So one of them draws at a time, in a root of its own, and that one has the worker.
//!
//! `boot.js` fetches the program of the open vault and knows its way in, which is the function that [`wait`] leaves behind.

use crate::{
    device,
    language::Language,
    panic,
    state::{
        Phase,
        session::{Session, Step},
        use_session, use_words,
    },
    worker::{client::Client, messages::Failure},
};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;
use yew::prelude::*;
use zegel_vault::view::SessionView;

/// What the door knows of an open vault.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Handed {
    /// Who is here.
    pub(crate) who: SessionView,
    /// The store the vault is in; none on a visit.
    pub(crate) store: Option<String>,
    /// The language of the page. On a visit it is kept nowhere else.
    pub(crate) language: Language,
    /// The address with what a new device shows, if that opened the page. Other links are the door's.
    pub(crate) knock: Option<String>,
    /// The number of the next call: the worker counts on.
    calls: u32,
}

/// How an open vault ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum End {
    /// It was locked.
    Locked,
    /// Another tab has it.
    OtherTab,
    /// It was a visit, and the relay does not know that it is over; whether something was lost.
    Left(bool),
}

/// What the door begins with after a vault has ended.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Returned {
    /// How.
    pub(crate) end: End,
    /// The store it was in.
    pub(crate) store: Option<String>,
    /// The language of the page.
    pub(crate) language: Language,
}

/// What the program of the open vault was given.
pub(crate) struct Taken {
    pub(crate) handed: Handed,
    /// The way to the worker.
    pub(crate) client: Client,
    /// What says that this tab has the vault, where the browser has such a thing.
    pub(crate) lock: Option<Promise>,
    /// The door's way back in.
    back: Function,
}

/// Has the program of the open vault fetched and started, unless it is there; gives its way in.
pub(crate) async fn fetch() -> Result<Function, Failure> {
    let missing = |_| Failure::of("work-missing");
    let global = js_sys::global();
    let fetch: Function = Reflect::get(&global, &"fetchWork".into()).and_then(JsValue::dyn_into).map_err(missing)?;
    let coming: Promise = fetch.call0(&global).and_then(JsValue::dyn_into).map_err(missing)?;
    JsFuture::from(coming).await.and_then(JsValue::dyn_into).map_err(missing)
}

/// Gives the open vault of `session` away; `back` hears how it ended. Says whether there was one to give.
pub(crate) fn give(
    way: &Function,
    session: &Session,
    language: Language,
    lock: Option<Promise>,
    back: impl FnOnce(Returned) + 'static,
) -> bool {
    let Some(who) = session.who.as_deref().cloned() else { return false };
    let Some((worker, calls)) = session.client.release() else { return false };
    let knock = device::arrived_link().filter(|link| link.contains("/let-in#"));
    let handed = Handed { who, store: session.store.clone(), language, knock, calls };
    let back = Closure::once_into_js(move |bytes: JsValue| match read(&bytes) {
        Some(returned) => back(returned),
        None => panic::halt("handover"),
    });
    let parts = Array::of4(&written(&handed), &worker, &lock.map_or(JsValue::UNDEFINED, JsValue::from), &back);
    if way.call1(&JsValue::UNDEFINED, &parts).is_err() {
        // Nobody has the worker now.
        panic::halt("handover");
    }
    true
}

/// Leaves behind the function by which an open vault comes in.
pub(crate) fn wait(take: impl Fn(Taken) + 'static) {
    let taken = Closure::<dyn FnMut(Array)>::new(move |parts: Array| match taken(&parts) {
        Some(taken) => take(taken),
        None => panic::halt("handover"),
    });
    let _ = Reflect::set(&js_sys::global(), &"openVault".into(), taken.as_ref());
    taken.forget(); // lives as long as the page
}

fn taken(parts: &Array) -> Option<Taken> {
    let handed: Handed = read(&parts.get(0))?;
    let client = Client::adopt(parts.get(1).dyn_into().ok()?, handed.calls, broken());
    Some(Taken { handed, client, lock: parts.get(2).dyn_into().ok(), back: parts.get(3).dyn_into().ok()? })
}

impl Taken {
    /// Gives the page back.
    pub(crate) fn give_back(&self, returned: &Returned) {
        if self.back.call1(&JsValue::UNDEFINED, &written(returned)).is_err() {
            panic::halt("handover");
        }
    }
}

/// Hears that the worker died.
pub(crate) fn broken() -> Callback<()> {
    Callback::from(|()| panic::halt("worker"))
}

/// Tells `ended` when the vault of this session has ended, and how.
#[hook]
pub(crate) fn use_end(ended: impl Fn(Returned) + 'static) {
    let (session, language) = (use_session(), use_words());
    let store = session.store.clone();
    use_effect_with(session.phase.clone(), move |phase| {
        if let Phase::Ended(end) = phase {
            ended(Returned { end: *end, store, language });
        }
    });
}

/// Begins anew at the door.
pub(crate) fn lock() -> Step {
    Step::End(End::Locked)
}

/// An empty root in the page, in the place of the one that was there.
pub(crate) fn root() -> Option<Element> {
    let document = device::document();
    let (app, root) = (document.get_element_by_id("app")?, document.create_element("div").ok()?);
    app.replace_children_with_node_1(&root);
    Some(root)
}

/// The programs that draw come from one build, so what they tell each other needs no version.
fn written(told: &impl Serialize) -> Uint8Array {
    Uint8Array::from(postcard::to_allocvec(told).unwrap_or_default().as_slice())
}

fn read<T: serde::de::DeserializeOwned>(told: &JsValue) -> Option<T> {
    postcard::from_bytes(&Uint8Array::new(told).to_vec()).ok()
}
