//! Nothing: why, and the one thing to do about it.

use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) title: AttrValue,
    #[prop_or_default]
    pub(crate) text: AttrValue,
    #[prop_or_default]
    pub(crate) children: Html,
}

/// An empty place.
#[component]
pub(crate) fn Empty(props: &Props) -> Html {
    html! {
        <div class="empty sheet">
            <h2>{ &props.title }</h2>
            <p>{ &props.text }</p>
            <div class="actions">{ props.children.clone() }</div>
        </div>
    }
}
