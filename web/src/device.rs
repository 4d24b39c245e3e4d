//! The browser around the page: what every browser that can run the app has, and what it may refuse.

use gloo::events::EventListener;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{Document, Storage, Window};

/// The window of the page. The app's page code runs nowhere else.
pub(crate) fn window() -> Window {
    js_sys::global().dyn_into().unwrap_throw()
}

/// Its document.
pub(crate) fn document() -> Document {
    window().document().unwrap_throw()
}

thread_local! {
    static PASSING: Cell<bool> = const { Cell::new(false) };
}

/// Says whether whoever is here is on a visit: then nothing is kept.
pub(crate) fn pass(passing: bool) {
    PASSING.set(passing);
}

/// Small settings that survive a reload; none on a visit, or where the browser forbids it. Nothing secret goes here.
pub(crate) fn storage() -> Option<Storage> {
    if PASSING.get() { None } else { window().local_storage().ok().flatten() }
}

/// Asks the browser not to clear what this site keeps when room is short. It may say no; the relay has everything that
/// was sent.
pub(crate) fn keep_store() {
    #[cfg(target_arch = "wasm32")]
    yew::platform::spawn_local(async {
        zegel_vault::browser::persist().await;
    });
}

/// What this browser and the system it runs on are called, as far as people know them by name.
pub(crate) fn browser() -> Option<(&'static str, &'static str)> {
    // Most say that they are others as well, so the order counts.
    const BROWSERS: [(&str, &str); 5] =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let agent = window().navigator().user_agent().ok()?;
    let known =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    known(&BROWSERS).zip(known(&SYSTEMS))
}

/// Seconds since 1970, as this machine believes.
pub(crate) fn now() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}

thread_local! {
    static LINK: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Takes a link's secret out of the address bar before anything else happens, so that it does not stay in the history or
/// on a screen that is shared later. Another link opened in this tab changes the fragment only: then begin anew.
pub(crate) fn take_link() {
    let location = window().location();
    let (Ok(whole), Ok(clean)) = (location.href(), location.pathname()) else { return };
    if whole.split_once('#').is_some_and(|(_, fragment)| !fragment.is_empty())
        && let Ok(history) = window().history()
        && history.replace_state_with_url(&JsValue::NULL, "", Some(&clean)).is_ok()
    {
        LINK.replace(Some(whole));
    }
    EventListener::new(&window(), "hashchange", move |_| {
        let _ = location.reload();
    })
    .forget();
}

/// Notes the link that opened this page, or that it has served.
pub(crate) fn arrive(link: Option<String>) {
    LINK.replace(link);
}

/// The link that opened this page, if one did.
pub(crate) fn arrived_link() -> Option<String> {
    LINK.with_borrow(Clone::clone)
}

/// Leaves for a path by loading the page anew: everything in memory is gone.
pub(crate) fn reload_at(path: &str) {
    let _ = window().location().replace(path);
}

/// Puts the caret or the reading position on an element.
pub(crate) fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// Whether a date was typed and is none, or not whole: such a field reads as an empty one.
pub(crate) fn is_half_typed(id: &str) -> bool {
    let element = document().get_element_by_id(id).and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    element.is_some_and(|field| field.validity().bad_input())
}

/// Hands a finished file to the browser's downloads.
pub(crate) fn save(blob: &web_sys::Blob, name: &str) {
    let Ok(url) = web_sys::Url::create_object_url_with_blob(blob) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The browser has begun by then; kept longer, the address would pin the file in memory.
    gloo::timers::callback::Timeout::new(60_000, move || {
        let _ = web_sys::Url::revoke_object_url(&url);
    })
    .forget();
}
