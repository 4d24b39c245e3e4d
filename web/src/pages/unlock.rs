//! Unlocking the vault of this device. The address stays, so a deep link opens where it leads.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit},
    device,
    route::Route,
    state::{session::Step, use_form, use_session, use_task, use_words},
    worker::messages::{Secret, Unlock as Call},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn Unlock() -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let form = use_form();
    use_effect_with((), |()| device::focus("passphrase"));
    let onsubmit = {
        let (form, task, session) = (form.clone(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("passphrase", t.passphrase_missing())])) {
                return device::focus("passphrase");
            }
            let call = Call { passphrase: Secret(form.text("passphrase")) };
            form.forget(&["passphrase"]);
            let session = session.clone();
            task.run(call, move |opened| session.dispatch(Step::Opened(opened)));
        })
    };
    html! {
        <Page title={t.unlock_title()} lead={t.unlock_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                    value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                    error={form.error("passphrase")} />
                { submit(t.unlock(), t.unlocking(), &task) }
            </form>
            <p class="aside"><Link<Route> to={Route::Visit}>{ t.visit_title() }</Link<Route>></p>
            <details class="aside">
                <summary>{ t.unlock_help() }</summary>
                <p>{ t.unlock_help_text() }</p>
            </details>
        </Page>
    }
}
