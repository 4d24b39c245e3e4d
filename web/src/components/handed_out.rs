//! A link and its code, which go different ways.

use super::copy::Copy;
use crate::state::use_words;
use yew::prelude::*;
use zegel_vault::view::SharedView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) made: SharedView,
    /// For whom.
    pub(crate) to: AttrValue,
}

/// Both, apart, and how to print them.
#[component]
pub(crate) fn HandedOut(props: &Props) -> Html {
    let t = use_words();
    let print = Callback::from(|_| {
        let _ = crate::device::window().print();
    });
    html! {
        <div class="handed-out">
            <Copy label={t.handed_link()} hint={t.handed_link_hint(&props.to)} text={whole(&props.made.link)} />
            <Copy label={t.handed_code()} hint={t.handed_code_hint(&props.to)} text={props.made.code.clone()} />
            <p class="fine">{ t.handed_once() }</p>
            <p class="no-print"><button type="button" onclick={print}>{ t.print() }</button></p>
        </div>
    }
}

/// The vault knows the path of a link; the page knows where it is.
fn whole(link: &str) -> String {
    format!("{}{link}", crate::device::window().location().origin().unwrap_or_default())
}
