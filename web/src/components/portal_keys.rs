//! The ways into a dossier, to the person it is about: their devices, passphrase and key card; and what to do when somebody saw them.

use super::own_keys::{device_state, visit, way};
use crate::{language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::PortalDevice;

/// Their devices, each but this one to be ended.
pub(crate) fn portal_devices(t: Language, devices: &[PortalDevice]) -> Html {
    html! { <ul class="list sheet">{ for devices.iter().enumerate().map(|(at, one)| device(t, at, one)) }</ul> }
}

fn device(t: Language, at: usize, device: &PortalDevice) -> Html {
    let ended = device.ended.then(|| t.portal_device_ended().to_owned());
    let act = device_state(t, &device.id, device.this, device.visit, ended);
    html! {
        <li key={device.id.clone()}>
            <div><b>{ t.portal_device(at + 1) }</b></div>
            <span class="row-tags">{ act }</span>
        </li>
    }
}

/// What is changed without the advisor, and for what they are asked; on a machine of one's own.
pub(crate) fn portal_keys(t: Language, visiting: bool) -> Html {
    if visiting {
        return visit(t);
    }
    html! {
        <div key="keys">
            { way(t.passphrase(), t.keys_passphrase_text(), Route::Passphrase, t.passphrase_change()) }
            { way(t.keys_card(), t.keys_card_text(), Route::NewCard, t.new_card()) }
            <section class="group">
                <h2>{ t.keys_wrong() }</h2>
                <p>{ t.portal_stolen() }</p>
                <p>{ t.portal_seen() }</p>
                <p>{ t.portal_new_keys() }</p>
            </section>
            <p><Link<Route> to={Route::SignOut} classes="button danger">{ t.sign_out_title() }</Link<Route>></p>
        </div>
    }
}
