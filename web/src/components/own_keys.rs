//! The ways into a vault beside its devices: passphrase, passkey, key card; and what to do when somebody saw them.

use crate::{language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;

/// What is changed on a device of one's own. `passkey` says whether there is one here, `allowed` whether there may be.
pub(crate) fn own_keys(t: Language, passkey: bool, allowed: bool) -> Html {
    let (text, act) = match (passkey, allowed) {
        (true, _) => (t.keys_passkey_here(), t.passkey_end()),
        (false, true) => (t.keys_passkey_text(), t.passkey_make()),
        (false, false) => (t.keys_passkey_not(), ""),
    };
    html! {
        <div key="own">
            { way(t.keys_new_device(), t.keys_new_device_text(), Route::LetIn, t.let_in_title()) }
            { way(t.passphrase(), t.keys_passphrase_text(), Route::Passphrase, t.passphrase_change()) }
            <section class="group">
                <h2>{ t.keys_passkey() }</h2>
                <p>{ text }</p>
                <p class="act">
                    if !act.is_empty() { <Link<Route> to={Route::Passkey} classes="button">{ act }</Link<Route>> }
                </p>
            </section>
            { way(t.keys_card(), t.keys_card_text(), Route::NewCard, t.new_card()) }
            <section class="group">
                <h2>{ t.keys_wrong() }</h2>
                <p>{ t.keys_wrong_text() }</p>
                <p><Link<Route> to={Route::Renew} classes="button danger">{ t.renew() }</Link<Route>></p>
            </section>
        </div>
    }
}

/// A way in, and where it is changed.
pub(crate) fn way(title: &'static str, text: &'static str, to: Route, act: &'static str) -> Html {
    html! {
        <section class="group">
            <h2>{ title }</h2>
            <p>{ text }</p>
            <p><Link<Route> {to} classes="button">{ act }</Link<Route>></p>
        </section>
    }
}

/// What a list says of one of somebody's devices: that it is this one, that it has ended and how, or where it is ended.
pub(crate) fn device_state(t: Language, device: &str, this: bool, visit: bool, ended: Option<String>) -> Html {
    if this {
        return html! { <span class="tag ok">{ if visit { t.visit_this() } else { t.device_this() } }</span> };
    }
    if let Some(ended) = ended {
        return html! { <span class="tag">{ ended }</span> };
    }
    let to = Route::EndDevice { device: device.to_owned() };
    html! {
        <>
            if visit { <span class="tag wait">{ t.visit_open() }</span> }
            <Link<Route> {to} classes="button danger">{ t.end_device() }</Link<Route>>
        </>
    }
}

/// Where somebody is, all the while that they are on a visit.
pub(crate) fn visit_banner(t: Language, visiting: bool) -> Html {
    html! {
        if visiting { <p class="visit"><b>{ t.visit_banner() }</b>{ " " }{ t.visit_banner_text() }</p> }
    }
}

/// A new passphrase or card is not for a machine of somebody else.
pub(crate) fn visit(t: Language) -> Html {
    html! { <p key="visit">{ t.visit_keys() }</p> }
}
