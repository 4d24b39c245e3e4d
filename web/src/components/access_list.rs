//! Who can read a dossier.

use super::identity::reader_name;
use crate::language::Language;
use yew::prelude::*;
use zegel_vault::view::DossierView;

/// The readers; the relay stands among them, with nothing.
pub(crate) fn access_list(t: Language, dossier: &DossierView) -> Html {
    html! {
        <div class="sheet card">
            <dl class="facts wide">
                { for dossier.readers.iter().enumerate().map(|(index, reader)| html! {
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
