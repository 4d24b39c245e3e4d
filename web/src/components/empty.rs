//! Nothing: why, and the one thing to do about it.

use yew::prelude::*;

/// An empty place.
pub(crate) fn empty(title: &str, text: &str, act: Html) -> Html {
    html! {
        <div class="empty sheet">
            <h2>{ title }</h2>
            <p>{ text }</p>
            <div class="actions">{ act }</div>
        </div>
    }
}
