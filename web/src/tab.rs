//! One vault per browser profile: a Web Lock says which tab has it, and lets another take over.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use yew::Callback;

const NAME: &str = "zegel.vault";

/// Asks for the vault; `steal` takes it from the tab that has it. `held` hears whether this tab has it now, and once more
/// if another tab takes it. A browser without Web Locks gets it: the store's own transactions still keep it whole.
pub(crate) fn claim(steal: bool, held: Callback<bool>) {
    if request(steal, &held).is_err() {
        held.emit(true);
    }
}

fn request(steal: bool, held: &Callback<bool>) -> Result<(), JsValue> {
    let navigator: JsValue = crate::device::window().navigator().into();
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &(if steal { "steal" } else { "ifAvailable" }).into(), &true.into())?;
    let told = held.clone();
    let granted = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
        told.emit(!lock.is_null());
        if lock.is_null() {
            return JsValue::UNDEFINED;
        }
        // Held as long as the tab lives.
        Promise::new(&mut |_, _| {}).into()
    });
    let ended: Promise = request.call3(&locks, &NAME.into(), &options, granted.as_ref())?.dyn_into()?;
    granted.forget();
    let held = held.clone();
    wasm_bindgen_futures::spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(ended).await.is_err() {
            held.emit(false);
        }
    });
    Ok(())
}
