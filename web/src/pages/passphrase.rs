//! Another passphrase. Key cards and devices stay.

use crate::{
    components::{
        field::Field,
        page::Page,
        passphrase::{self, next_passphrase},
        problems::Problems,
        submit::submit,
    },
    route::Route,
    state::{use_done, use_form, use_task, use_words},
    worker::messages::{ChangePassphrase, Secret},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn Passphrase() -> Html {
    let t = use_words();
    let done = use_done();
    let task = use_task();
    let form = use_form();
    let onsubmit = {
        let (task, form) = (task.clone(), form.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut wrong = form.missing(&[("old", t.passphrase_old_missing())]);
            wrong.extend(passphrase::check(t, &form));
            if !form.accepts(wrong) {
                return;
            }
            let call = ChangePassphrase { old: Secret(form.text("old")), new: Secret(form.text("passphrase")) };
            form.forget(&["old", "passphrase", "again"]);
            let done = done.clone();
            task.run(call, move |()| done.tell(t.passphrase_changed(), &Route::Keys));
        })
    };
    html! {
        <Page title={t.passphrase_change()} lead={t.passphrase_change_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                <Field id="old" kind="password" autocomplete="current-password" label={t.passphrase_old()}
                    value={form.text("old")} oninput={form.oninput("old")} error={form.error("old")} />
                { next_passphrase(t, &form) }
                <p class="actions">
                    { submit(t.passphrase_change(), t.working(), &task) }
                    <Link<Route> to={Route::Keys} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
