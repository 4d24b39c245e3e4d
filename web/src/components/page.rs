//! A page: its title in the tab and in the `h1`, which takes the focus when somebody walks to it, so that a screen reader
//! says where they are.

use crate::device;
use std::cell::Cell;
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) title: AttrValue,
    /// What the tab is called where the title names somebody: browsers write the titles of tabs into their history, for
    /// whoever comes next to read.
    #[prop_or_default]
    pub(crate) tab: Option<AttrValue>,
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

/// Whatever page comes next is one that somebody walked to.
pub(crate) fn walk() {
    WALKED.set(true);
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
    use_effect_with(props.tab.clone().unwrap_or_else(|| props.title.clone()), |tab| {
        device::document().set_title(&format!("{tab} · Zegel"));
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
