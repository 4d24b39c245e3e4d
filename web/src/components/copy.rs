//! Something to pass on, with a button that copies it.

use crate::{clipboard, state::use_words};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) label: AttrValue,
    pub(crate) text: AttrValue,
    #[prop_or_default]
    pub(crate) hint: AttrValue,
}

/// The text and its button.
#[component]
pub(crate) fn Copy(props: &Props) -> Html {
    let t = use_words();
    let copied = use_state(|| None::<bool>);
    let onclick = {
        let (copied, text) = (copied.setter(), props.text.clone());
        Callback::from(move |_| {
            let (copied, text) = (copied.clone(), text.clone());
            yew::platform::spawn_local(async move { copied.set(Some(clipboard::copy(&text).await)) });
        })
    };
    let said = match *copied {
        None => "",
        Some(true) => t.copy_done(),
        Some(false) => t.copy_failed(),
    };
    html! {
        <section class="copy sheet">
            <h2>{ &props.label }</h2>
            <p class="fine">{ &props.hint }</p>
            <output class="copied-text words">{ &props.text }</output>
            <p class="actions no-print">
                <button type="button" {onclick} aria-label={format!("{}: {}", t.copy(), props.label)}>{ t.copy() }</button>
                <span class="fine" role="status">{ said }</span>
            </p>
        </section>
    }
}
