//! Another tab has the vault: this one offers to take over.

use crate::{components::page::Page, language::Language};
use yew::prelude::*;

pub(crate) fn other_tab(t: Language, take: Callback<()>) -> Html {
    let onclick = take.reform(|_: MouseEvent| ());
    html! {
        <Page key="other-tab" title={t.other_tab_title()} lead={t.other_tab_text()}>
            <p><button type="button" class="primary" {onclick}>{ t.other_tab_take() }</button></p>
        </Page>
    }
}
