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
            <section class="group">
                <h2>{ t.keys_new_device() }</h2>
                <p>{ t.keys_new_device_text() }</p>
                <p><Link<Route> to={Route::LetIn} classes="button">{ t.let_in_title() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.passphrase() }</h2>
                <p>{ t.keys_passphrase_text() }</p>
                <p><Link<Route> to={Route::Passphrase} classes="button">{ t.passphrase_change() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.keys_passkey() }</h2>
                <p>{ text }</p>
                <p class="act">
                    if !act.is_empty() { <Link<Route> to={Route::Passkey} classes="button">{ act }</Link<Route>> }
                </p>
            </section>
            <section class="group">
                <h2>{ t.keys_card() }</h2>
                <p>{ t.keys_card_text() }</p>
                <p><Link<Route> to={Route::NewCard} classes="button">{ t.new_card() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.keys_wrong() }</h2>
                <p>{ t.keys_wrong_text() }</p>
                <p><Link<Route> to={Route::Renew} classes="button danger">{ t.renew() }</Link<Route>></p>
            </section>
        </div>
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
