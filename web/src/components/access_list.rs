//! Who can read a dossier.

use super::identity::reader_name;
use crate::state::use_words;
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::DossierView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: Rc<DossierView>,
}

/// The readers; the relay stands among them, with nothing.
#[component]
pub(crate) fn AccessList(props: &Props) -> Html {
    let t = use_words();
    html! {
        <div class="sheet card">
            <dl class="facts wide">
                { for props.dossier.readers.iter().enumerate().map(|(index, reader)| html! {
                    <div key={index}>
                        <dt>{ reader_name(t, reader) }</dt>
                        <dd>{ if reader.recovery { t.access_recovery() } else { t.access_all() } }</dd>
                    </div>
                }) }
                <div key="relay"><dt>{ t.access_relay() }</dt><dd>{ t.access_nothing() }</dd></div>
            </dl>
        </div>
    }
}
