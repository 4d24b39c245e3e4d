//! One vault per browser profile: a Web Lock says which tab has it, and lets another take over.

use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use yew::Callback;

const NAME: &str = "zegel.vault";

thread_local! {
    /// What ends when another tab takes the vault, while this one has it.
    static LOCK: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// What ends when another tab takes the vault; none if this tab does not have it, or has it without a lock.
pub(crate) fn lock() -> Option<Promise> {
    LOCK.with_borrow(Clone::clone)
}

/// Asks for the vault, unless this tab has it; `steal` takes it from the tab that has it. `held` hears whether this tab has it
/// now, and once more if another tab takes it. A browser without Web Locks gets it: the store's own transactions still keep it
/// whole.
pub(crate) fn claim(steal: bool, held: Callback<bool>) {
    if let Some(lock) = lock() {
        held.emit(true);
        return watch(lock, move || held.emit(false));
    }
    if request(steal, &held).is_err() {
        held.emit(true);
    }
}

/// Tells `lost` when another tab takes the vault.
pub(crate) fn watch(lock: Promise, lost: impl FnOnce() + 'static) {
    yew::platform::spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(lock).await.is_err() {
            LOCK.take();
            lost();
        }
    });
}

fn request(steal: bool, held: &Callback<bool>) -> Result<(), JsValue> {
    let navigator: JsValue = crate::device::window().navigator().into();
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &(if steal { "steal" } else { "ifAvailable" }).into(), &true.into())?;
    let told = held.clone();
    let granted = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
        if lock.is_null() {
            LOCK.take();
            told.emit(false);
            return JsValue::UNDEFINED;
        }
        told.emit(true);
        // Held as long as the tab lives.
        Promise::new(&mut |_, _| {}).into()
    });
    let ended: Promise = request.call3(&locks, &NAME.into(), &options, granted.as_ref())?.dyn_into()?;
    granted.forget();
    // Whether it is granted comes later; what is given is asked for only then.
    LOCK.replace(Some(ended.clone()));
    let held = held.clone();
    watch(ended, move || held.emit(false));
    Ok(())
}
