//! Unlocking the vault of this device. The address stays, so a deep link opens where it leads.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::Submit},
    device,
    state::{session::Step, use_session, use_task, use_words},
    worker::messages::{Secret, Unlock as Call},
};
use yew::prelude::*;

#[component]
pub(crate) fn Unlock() -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let passphrase = use_state(String::new);
    let missing = use_state_eq(|| false);
    use_effect_with((), |()| device::focus("passphrase"));
    let onsubmit = {
        let (passphrase, missing, task, session) =
            (passphrase.clone(), missing.setter(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            missing.set(passphrase.is_empty());
            if passphrase.is_empty() {
                return device::focus("passphrase");
            }
            let call = Call { passphrase: Secret((*passphrase).clone()) };
            passphrase.set(String::new());
            let session = session.clone();
            task.run(call, move |opened| session.dispatch(Step::Opened(opened)));
        })
    };
    let oninput = {
        let passphrase = passphrase.setter();
        Callback::from(move |text| passphrase.set(text))
    };
    let error = if *missing { t.passphrase_missing() } else { "" };
    html! {
        <Page title={t.unlock_title()} lead={t.unlock_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                    value={(*passphrase).clone()} {oninput} {error} />
                <Submit label={t.unlock()} working={t.unlocking()} busy={task.busy()} />
            </form>
            <details class="aside">
                <summary>{ t.unlock_help() }</summary>
                <p>{ t.unlock_help_text() }</p>
            </details>
        </Page>
    }
}
