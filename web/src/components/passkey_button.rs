//! The way in by the passkey of this device, above the passphrase, which stays beside it.

use crate::{
    state::{Loaded, use_answer, use_words},
    worker::messages::PasskeyOf,
};
use yew::prelude::*;
use zegel_vault::view::PasskeyView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Whose vault.
    pub(crate) store: AttrValue,
    /// Asks it.
    pub(crate) ask: Callback<PasskeyView>,
}

/// The button, where the vault has a passkey on this device.
#[component]
pub(crate) fn PasskeyButton(props: &Props) -> Html {
    let t = use_words();
    let known = match use_answer(PasskeyOf { store: props.store.to_string() }, 0) {
        Loaded::Ready(known) => (*known).clone(),
        Loaded::Waiting | Loaded::Failed(_) => None,
    };
    let onclick = known.map(|known| props.ask.reform(move |_: MouseEvent| known.clone()));
    html! {
        <div class="passkey">
            if let Some(onclick) = onclick {
                <p class="actions"><button type="button" {onclick}>{ t.passkey_unlock() }</button></p>
                <p class="fine">{ t.passkey_or() }</p>
            }
        </div>
    }
}
