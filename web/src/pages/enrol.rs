//! A new device of somebody who has a key card. Whoever has an invitation opens its link instead.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit},
    state::{session::Step, use_form, use_session, use_task, use_words},
    worker::messages::{Enrol as Call, Secret},
};
use yew::prelude::*;

#[component]
pub(crate) fn Enrol() -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let form = use_form();
    let onsubmit = {
        let (form, task, session) = (form.clone(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("card", t.card_missing()), ("passphrase", t.passphrase_missing())])) {
                return;
            }
            let call = Call { card: Secret(form.text("card")), passphrase: Secret(form.text("passphrase")) };
            form.forget(&["passphrase"]);
            let (session, form) = (session.clone(), form.clone());
            task.run(call, move |opened| {
                form.forget(&["card"]);
                session.dispatch(Step::Opened(opened));
            });
        })
    };
    html! {
        <Page title={t.enrol_title()} lead={t.enrol_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                <Field id="card" rows={6} exact=true label={t.card_label()} hint={t.card_hint()}
                    value={form.text("card")} oninput={form.oninput("card")} error={form.error("card")} />
                <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                    value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                    error={form.error("passphrase")} />
                { submit(t.unlock(), t.unlocking(), &task) }
            </form>
            <details class="aside">
                <summary>{ t.enrol_invited() }</summary>
                <p>{ t.enrol_invited_text() }</p>
            </details>
        </Page>
    }
}
