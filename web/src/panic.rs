//! What happens when the app makes a mistake it cannot mend: the keys go, and a plain page says so, outside the root of
//! the components, which may be in any state.

use crate::{device, language::Language, worker::client};
use wasm_bindgen::JsCast as _;

/// Puts the hook of a program that draws in place. Told by itself, yew would put its own there, which only writes to the console.
pub(crate) fn install() {
    yew::set_custom_panic_hook(Box::new(|mistake| {
        halt(&mistake.to_string());
    }));
}

/// Ends the worker and replaces the page. `detail` is for whoever reports it; panics carry no content of dossiers.
pub(crate) fn halt(detail: &str) {
    client::kill();
    let document = device::document();
    let Some(body) = document.body() else { return };
    if document.get_element_by_id("halt").is_some() {
        return;
    }
    let language = Language::preferred();
    let add = |kind: &str, text: &str| {
        let element = document.create_element(kind).ok()?;
        element.set_text_content(Some(text));
        Some(element)
    };
    let parts = [
        add("h1", language.halt_title()),
        add("p", language.halt_text()),
        add("p", detail),
        add("a", language.halt_again()),
    ];
    let Ok(main) = document.create_element("main") else { return };
    main.set_id("halt");
    main.set_class_name("plain");
    for part in parts.into_iter().flatten() {
        if part.tag_name() == "A" {
            let _ = part.set_attribute("href", "/");
        }
        let _ = main.append_child(&part);
    }
    if let Some(root) = document.get_element_by_id("app").and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok())
    {
        root.set_hidden(true);
    }
    let _ = body.append_child(&main);
}
