//! Ending another device of this person: which one, what that does, and what it cannot do.

use super::keys::{name, used};
use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit_danger, waiting},
    route::Route,
    state::{use_answer, use_done, use_form, use_task, use_words},
    worker::messages::{Devices, RevokeDevice, Secret},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::DeviceView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) device: AttrValue,
}

#[component]
pub(crate) fn EndDevice(props: &Props) -> Html {
    let t = use_words();
    let answer = use_answer(Devices {}, 0);
    let shown = waiting::page(t, t.end_device(), answer, |devices| {
        match devices.iter().find(|device| *device.id == *props.device && device.revoked.is_none()) {
            Some(device) => html! { <Ask key="ask" device={device.clone()} /> },
            None => html! { <Page key="gone" title={t.end_device()} lead={t.empty_not_found_text()} /> },
        }
    });
    html! { <div class="end-device">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    device: DeviceView,
}

#[component]
fn Ask(props: &AskProps) -> Html {
    let t = use_words();
    let done = use_done();
    let task = use_task();
    let form = use_form();
    let called = name(t, &props.device);
    let onsubmit = {
        let (task, form, device, said) =
            (task.clone(), form.clone(), props.device.id.clone(), t.device_is_ended(&called));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("passphrase", t.passphrase_missing())])) {
                return;
            }
            let call = RevokeDevice { device: device.clone(), passphrase: Secret(form.text("passphrase")) };
            form.forget(&["passphrase"]);
            let (done, said) = (done.clone(), said.clone());
            task.run(call, move |()| done.tell(said, &Route::Keys));
        })
    };
    html! {
        <Page title={t.end_device_title(&called)} lead={t.end_device_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                <p class="fine">{ used(t, &props.device) }</p>
                <p>{ t.end_device_honest() }</p>
                <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                    hint={t.end_device_why()} value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                    error={form.error("passphrase")} />
                <p class="actions">
                    { submit_danger(&t.end_device_do(&called), t.working(), &task) }
                    <Link<Route> to={Route::Keys} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
