//! Keys that work anywhere in the open vault, and the dialog that lists them.

use crate::{device, route::Route, state::use_words};
use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDialogElement, HtmlElement, KeyboardEvent};
use yew::prelude::*;
use yew_router::prelude::*;

/// What a key asks for.
#[derive(Debug, PartialEq)]
enum Asked {
    Search,
    Help,
}

/// Listens for the keys; holds the dialog, closed until `?` opens it.
#[component]
pub(crate) fn Shortcuts() -> Html {
    let t = use_words();
    let dialog = use_node_ref();
    let navigator = use_navigator();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            let options = gloo::events::EventListenerOptions::enable_prevent_default();
            let listener = EventListener::new_with_options(&device::document(), "keydown", options, move |event| {
                let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
                let Some(asked) = asked(key) else { return };
                event.prevent_default();
                let dialog = dialog.cast::<HtmlDialogElement>();
                match (asked, dialog) {
                    (Asked::Help, Some(dialog)) if !dialog.open() => {
                        let _ = dialog.show_modal();
                    }
                    (Asked::Search, dialog) => {
                        if let Some(dialog) = dialog {
                            dialog.close();
                        }
                        search(navigator.as_ref());
                    }
                    _ => {}
                }
            });
            move || drop(listener)
        });
    }
    let onclick = {
        let dialog = dialog.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    html! {
        <dialog ref={dialog} class="sheet card" aria-labelledby="shortcuts">
            <h2 id="shortcuts">{ t.shortcuts_title() }</h2>
            <dl class="facts">
                <dt><kbd>{ "/" }</kbd>{ " " }<kbd>{ "Ctrl K" }</kbd></dt><dd>{ t.shortcuts_search() }</dd>
                <dt><kbd>{ "?" }</kbd></dt><dd>{ t.shortcuts_this() }</dd>
                <dt><kbd>{ "Esc" }</kbd></dt><dd>{ t.shortcuts_close() }</dd>
            </dl>
            <p class="actions"><button type="button" {onclick}>{ t.notice_close() }</button></p>
        </dialog>
    }
}

/// What a key asks for, if anything. A single letter belongs to whoever types it.
fn asked(key: &KeyboardEvent) -> Option<Asked> {
    let target = key.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let typing = target.is_some_and(|element| matches!(&*element.tag_name(), "INPUT" | "TEXTAREA" | "SELECT"));
    let held = key.ctrl_key() || key.meta_key();
    match &*key.key() {
        "k" | "K" if held && !key.alt_key() && !key.shift_key() => Some(Asked::Search),
        "/" if !typing && !held && !key.alt_key() => Some(Asked::Search),
        "?" if !typing && !held && !key.alt_key() => Some(Asked::Help),
        _ => None,
    }
}

/// Goes to the search field, on whatever page.
fn search(navigator: Option<&Navigator>) {
    if device::document().get_element_by_id("search").is_some() {
        return device::focus("search");
    }
    if let Some(navigator) = navigator {
        navigator.push(&Route::Dossiers);
    }
    // The list has to be drawn first.
    Timeout::new(30, || device::focus("search")).forget();
}
