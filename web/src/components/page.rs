//! A page: its title in the tab and in the `h1`, which takes the focus when somebody walks to it, so that a screen reader
//! says where they are.

use crate::device;
use std::cell::Cell;
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) title: AttrValue,
    /// What it is about, for the title of the tab: beside the `h1` it stands elsewhere on the page.
    #[prop_or_default]
    pub(crate) about: AttrValue,
    /// A sentence below it.
    #[prop_or_default]
    pub(crate) lead: AttrValue,
    /// What can be done here.
    #[prop_or_default]
    pub(crate) actions: Html,
    #[prop_or_default]
    pub(crate) children: Html,
}

thread_local! {
    /// The first page of a visit leaves the focus where the browser put it.
    static WALKED: Cell<bool> = const { Cell::new(false) };
}

/// The head of a page, and the page.
#[component]
pub(crate) fn Page(props: &Props) -> Html {
    let heading = use_node_ref();
    {
        let heading = heading.clone();
        use_effect_with((), move |()| {
            let element = heading.get().and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
            if let (true, Some(element)) = (WALKED.replace(true), element) {
                device::window().scroll_to_with_x_and_y(0.0, 0.0);
                let _ = element.focus();
            }
        });
    }
    use_effect_with((props.title.clone(), props.about.clone()), |(title, about)| {
        let parts = [title.as_str(), about.as_str(), "Zegel"];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        device::document().set_title(&parts.join(" · "));
    });
    html! {
        <>
            <div class="head">
                <div class="head-text">
                    <h1 ref={heading} tabindex="-1">{ &props.title }</h1>
                    <p class="lead">{ &props.lead }</p>
                </div>
                <div class="actions">{ props.actions.clone() }</div>
            </div>
            { props.children.clone() }
        </>
    }
}
