//! The ways into a dossier, to the person it is about: their devices, passphrase and key card; and what to do when somebody saw them.

use super::own_keys::visit;
use crate::{language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::PortalDevice;

/// Their devices, each but this one to be ended.
pub(crate) fn portal_devices(t: Language, devices: &[PortalDevice]) -> Html {
    html! { <ul class="list sheet">{ for devices.iter().enumerate().map(|(at, one)| device(t, at, one)) }</ul> }
}

fn device(t: Language, at: usize, device: &PortalDevice) -> Html {
    let act = if device.this {
        html! { <span class="tag ok">{ if device.visit { t.visit_this() } else { t.device_this() } }</span> }
    } else if device.ended {
        html! { <span class="tag">{ t.portal_device_ended() }</span> }
    } else {
        let to = Route::EndDevice { device: device.id.clone() };
        html! {
            <>
                if device.visit { <span class="tag wait">{ t.visit_open() }</span> }
                <Link<Route> {to} classes="button danger">{ t.end_device() }</Link<Route>>
            </>
        }
    };
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
    let part = |title: &'static str, text: &'static str, to: Route, act: &'static str| {
        html! {
            <section class="group">
                <h2>{ title }</h2>
                <p>{ text }</p>
                <p><Link<Route> {to} classes="button">{ act }</Link<Route>></p>
            </section>
        }
    };
    html! {
        <div key="keys">
            { part(t.passphrase(), t.keys_passphrase_text(), Route::Passphrase, t.passphrase_change()) }
            { part(t.keys_card(), t.keys_card_text(), Route::NewCard, t.new_card()) }
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
