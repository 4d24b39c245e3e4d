//! The ways into this person's vault: their devices, their passphrase, their key card.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit, waiting},
    format,
    language::Language,
    route::Route,
    state::{Note, use_answer, use_notices, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Devices, NameDevice},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::DeviceView;

#[component]
pub(crate) fn Keys() -> Html {
    let t = use_words();
    let vault = use_vault();
    let answer = use_answer(Devices {}, vault.revision);
    let shown = waiting::page(t, t.keys_title(), answer, |devices| {
        let own = devices.iter().find(|device| device.this).map(|device| device.name.clone()).unwrap_or_default();
        html! {
            <Page key="ready" title={t.keys_title()} lead={t.keys_text()}>
                <section class="group">
                    <h2>{ t.devices() }</h2>
                    <ul class="list sheet">{ for devices.iter().map(|device| line(t, device)) }</ul>
                    <Name key={own.clone()} name={own.clone()} />
                </section>
                <section class="group">
                    <h2>{ t.passphrase() }</h2>
                    <p>{ t.keys_passphrase_text() }</p>
                    <p><Link<Route> to={Route::Passphrase} classes="button">{ t.passphrase_change() }</Link<Route>></p>
                </section>
                <section class="group">
                    <h2>{ t.keys_card() }</h2>
                    <p>{ t.keys_card_text() }</p>
                    <p><Link<Route> to={Route::NewCard} classes="button">{ t.new_card() }</Link<Route>></p>
                </section>
            </Page>
        }
    });
    html! { <div class="keys">{ shown }</div> }
}

/// What a device is called.
pub(super) fn name(t: Language, device: &DeviceView) -> String {
    if device.name.is_empty() { t.device_unnamed().to_owned() } else { device.name.clone() }
}

/// Since when it is there, and the day it was last used.
pub(super) fn used(t: Language, device: &DeviceView) -> String {
    let since = t.device_since(format::day(t, device.since));
    match device.last_day {
        Some(day) => format!("{since} · {}", t.device_last(format::day(t, day * 86_400 + 43_200))),
        None => since,
    }
}

fn line(t: Language, device: &DeviceView) -> Html {
    let ended = device.revoked.map(|at| t.device_ended(format::day(t, at)));
    let act = if device.this {
        html! { <span class="tag ok">{ t.device_this() }</span> }
    } else if let Some(ended) = ended {
        html! { <span class="tag">{ ended }</span> }
    } else {
        let to = Route::EndDevice { device: device.id.clone() };
        html! { <Link<Route> {to} classes="button danger">{ t.end_device() }</Link<Route>> }
    };
    html! {
        <li key={device.id.clone()}>
            <div><b><bdi>{ name(t, device) }</bdi></b><small class="fine">{ used(t, device) }</small></div>
            <span class="row-tags">{ act }</span>
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct NameProps {
    name: AttrValue,
}

/// Another name for this device.
#[component]
fn Name(props: &NameProps) -> Html {
    let t = use_words();
    let (vault, notices) = (use_vault().dispatcher(), use_notices().dispatcher());
    let task = use_task();
    let typed = use_state(|| props.name.to_string());
    let missing = use_state_eq(|| false);
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |text| typed.set(text))
    };
    let onsubmit = {
        let (task, typed, missing) = (task.clone(), typed.clone(), missing.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = typed.trim().to_owned();
            missing.set(name.is_empty());
            if name.is_empty() {
                return crate::device::focus("device-name");
            }
            let (vault, notices) = (vault.clone(), notices.clone());
            task.run(NameDevice { name }, move |()| {
                vault.dispatch(Change::Changed);
                notices.dispatch(Note::Say(t.device_named().into()));
            });
        })
    };
    html! {
        <form {onsubmit} novalidate=true>
            <Problems failure={task.failure()} />
            <Field id="device-name" label={t.device_name()} hint={t.device_name_hint()} value={(*typed).clone()}
                {oninput} error={if *missing { t.name_missing() } else { "" }} />
            { submit(t.device_rename(), t.working(), &task) }
        </form>
    }
}
