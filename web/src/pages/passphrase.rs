//! Another passphrase. Key cards and devices stay.

use crate::{
    components::{
        page::Page,
        passphrase::{next_passphrase, replaced},
        problems::Problems,
        submit::submit,
    },
    route::Route,
    state::{use_done, use_form, use_task, use_words},
    worker::messages::ChangePassphrase,
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
            let Some((old, new)) = replaced(t, &form) else { return };
            let call = ChangePassphrase { old, new };
            let done = done.clone();
            task.run(call, move |()| done.tell(t.passphrase_changed(), &Route::Keys));
        })
    };
    html! {
        <Page title={t.passphrase_change()} lead={t.passphrase_change_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                { next_passphrase(t, &form, t.passphrase_old()) }
                <p class="actions">
                    { submit(t.passphrase_change(), t.working(), &task) }
                    <Link<Route> to={Route::Keys} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
