//! The ways into this person's vault: their devices, their passphrase, their key card. Also the end of another device:
//! which one, what that does, and what it cannot do.

use crate::{
    components::{
        confirm::Confirm,
        field::Field,
        own_keys::{device_state, own_keys, visit},
        page::Page,
        problems::Problems,
        submit::submit,
        waiting,
    },
    device, format,
    language::Language,
    route::Route,
    state::{
        Note, Task, use_answer, use_done, use_notices, use_session, use_task, use_vault, use_words, vault::Change,
    },
    worker::messages::{Devices, NameDevice, RevokeDevice, Secret},
};
use yew::prelude::*;
use zegel_vault::view::DeviceView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The device to end; none shows all.
    #[prop_or_default]
    pub(crate) end: Option<AttrValue>,
}

#[component]
pub(crate) fn Keys(props: &Props) -> Html {
    let t = use_words();
    let (vault, notices) = (use_vault(), use_notices().dispatcher());
    let session = use_session();
    let (visiting, passkeys) = (session.visiting(), session.who.as_ref().is_some_and(|who| who.passkeys));
    let (task, done) = (use_task(), use_done());
    let typed = use_state(|| None::<String>);
    let missing = use_state_eq(|| false);
    let answer = use_answer(Devices {}, vault.revision);
    let shown = waiting::page(t, t.keys_title(), answer, |devices| {
        if let Some(id) = &props.end {
            return match devices.iter().find(|device| *device.id == **id && device.revoked.is_none()) {
                Some(device) => {
                    let (id, said) = (device.id.clone(), t.device_is_ended(name(t, device)));
                    let run = Callback::from(move |(task, passphrase): (Task, Secret)| {
                        let (done, said) = (done.clone(), said.clone());
                        task.run(RevokeDevice { device: id.clone(), passphrase }, move |()| {
                            done.tell(said, &Route::Keys)
                        });
                    });
                    end(t, device, run)
                }
                None => html! { <Page key="gone" title={t.end_device()} lead={t.empty_not_found_text()} /> },
            };
        }
        let known = devices.iter().find(|device| device.this).map(|device| device.name.clone());
        let here = devices.iter().any(|device| device.this && device.passkey);
        let own = (*typed).clone().or(known).unwrap_or_default();
        let oninput = {
            let typed = typed.setter();
            Callback::from(move |text| typed.set(Some(text)))
        };
        let onsubmit = {
            let (task, own, missing) = (task.clone(), own.trim().to_owned(), missing.setter());
            let vault = vault.dispatcher();
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                missing.set(own.is_empty());
                if own.is_empty() {
                    return device::focus("device-name");
                }
                let (vault, notices) = (vault.clone(), notices.clone());
                task.run(NameDevice { name: own.clone() }, move |()| {
                    vault.dispatch(Change::Changed);
                    notices.dispatch(Note::Say(t.device_named().into()));
                });
            })
        };
        html! {
            <Page key="ready" title={t.keys_title()} lead={t.keys_text()}>
                <section class="group">
                    <h2>{ t.devices() }</h2>
                    <ul class="list sheet">{ for devices.iter().map(|device| line(t, device)) }</ul>
                    <form {onsubmit} novalidate=true>
                        <Problems failure={task.failure()} />
                        <Field id="device-name" label={t.device_name()} hint={t.device_name_hint()} value={own}
                            {oninput} error={if *missing { t.name_missing() } else { "" }} />
                        { submit(t.device_rename(), t.working(), &task) }
                    </form>
                </section>
                <div class="own">{ if visiting { visit(t) } else { own_keys(t, here, passkeys) } }</div>
            </Page>
        }
    });
    html! { <div class="keys">{ shown }</div> }
}

/// What a device is called.
fn name(t: Language, device: &DeviceView) -> String {
    if device.name.is_empty() { t.device_unnamed().to_owned() } else { device.name.clone() }
}

/// Since when it is there, and the day it was last used.
fn used(t: Language, device: &DeviceView) -> String {
    let since = t.device_since(format::day(t, device.since));
    match device.last_day {
        Some(day) => format!("{since} · {}", t.device_last(format::counted(t, day))),
        None => since,
    }
}

fn line(t: Language, device: &DeviceView) -> Html {
    let ended = device.revoked.map(|at| t.device_ended(format::day(t, at)));
    let act = device_state(t, &device.id, device.this, device.visit, ended);
    let passkey = (device.passkey && device.revoked.is_none()).then(|| t.device_passkey());
    html! {
        <li key={device.id.clone()}>
            <div><b><bdi>{ name(t, device) }</bdi></b><small class="fine">{ used(t, device) }</small></div>
            <span class="row-tags">
                { for passkey.map(|text| html! { <span class="tag">{ text }</span> }) }
                { act }
            </span>
        </li>
    }
}

fn end(t: Language, device: &DeviceView, run: Callback<(Task, Secret)>) -> Html {
    let called = name(t, device);
    html! {
        <Confirm key="end" title={t.end_device_title(&called)} tab={t.end_device()} lead={t.end_device_text()} hint={t.end_device_why()}
            act={t.end_device_do(&called)} danger=true not={t.cancel()} {run}>
            <p class="fine">{ used(t, device) }</p>
            <p>{ t.end_device_honest() }</p>
        </Confirm>
    }
}
