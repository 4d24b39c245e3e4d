//! Another tab has the vault: this one offers to take over.

use crate::{components::page::Page, state::use_words};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) take: Callback<()>,
}

#[component]
pub(crate) fn OtherTab(props: &Props) -> Html {
    let t = use_words();
    let onclick = props.take.reform(|_: MouseEvent| ());
    html! {
        <Page title={t.other_tab_title()} lead={t.other_tab_text()}>
            <p><button type="button" class="primary" {onclick}>{ t.other_tab_take() }</button></p>
        </Page>
    }
}
