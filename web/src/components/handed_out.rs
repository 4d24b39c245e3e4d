//! A link and its code, which go different ways.

use super::copy::Copy;
use crate::language::Language;
use yew::prelude::*;
use zegel_vault::view::SharedView;

/// Both, apart, for `to`, and how to print them.
pub(crate) fn handed_out(t: Language, made: &SharedView, to: &str) -> Html {
    let print = Callback::from(|_| {
        let _ = crate::device::window().print();
    });
    html! {
        <div class="handed-out">
            <Copy label={t.handed_link()} hint={t.handed_link_hint(to)} text={whole(&made.link)} />
            <Copy label={t.handed_code()} hint={t.handed_code_hint(to)} text={made.code.clone()} />
            <p class="fine">{ t.handed_once() }</p>
            <p class="no-print"><button type="button" onclick={print}>{ t.print() }</button></p>
        </div>
    }
}

/// The vault knows the path of a link; the page knows where it is.
pub(crate) fn whole(link: &str) -> String {
    format!("{}{link}", crate::device::window().location().origin().unwrap_or_default())
}
