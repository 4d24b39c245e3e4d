//! Whether the page is covered as soon as its owner works in another window.

use crate::state::preferences::{Prefer, use_preferences};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) store: AttrValue,
}

/// The choice.
#[component]
pub(crate) fn Cover(props: &Props) -> Html {
    let preferences = use_preferences();
    let (t, covers) = (preferences.language, preferences.cover);
    let onchange = {
        let (dispatch, store) = (preferences.dispatcher(), props.store.to_string());
        Callback::from(move |_: Event| dispatch.dispatch(Prefer::Cover(store.clone(), !covers)))
    };
    html! {
        <label class="choice sheet">
            <input type="checkbox" checked={covers} {onchange} />
            <span><b>{ t.cover() }</b><small class="fine">{ t.cover_text() }</small></span>
        </label>
    }
}
