//! After a visit: what is gone, what may be left, and what to do about it.

use crate::{components::page::Page, device, language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;

/// `heard`: whether the relay knows that this device has ended; `lost`: whether something was written and not saved.
pub(crate) fn visit_over(t: Language, heard: bool, lost: bool) -> Html {
    let close = Callback::from(|_: MouseEvent| device::reload_at(&Route::Today.to_path()));
    html! {
        <Page key="visit-over" title={t.visit_over()} lead={t.visit_over_text()}>
            <ul class="sheet card over">
                <li>{ if heard { t.visit_heard() } else { t.visit_unheard() } }</li>
                <li>{ t.visit_over_honest() }</li>
                if lost { <li key="lost">{ t.visit_lost() }</li> }
            </ul>
            <p class="actions"><button type="button" class="primary" onclick={close}>{ t.visit_done() }</button></p>
        </Page>
    }
}
