//! Wiping this device. Whoever comes back needs their key card.

use crate::{
    components::{page::Page, problems::Problems, submit::submit_danger},
    device,
    route::Route,
    state::{pending, use_session, use_task, use_vault, use_words},
    worker::messages::SignOut as Call,
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn SignOut() -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    let task = use_task();
    let onsubmit = {
        let (task, client) = (task.clone(), session.client.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let client = client.clone();
            task.run(Call {}, move |()| {
                pending::drop_it();
                device::note_vault(false);
                client.end();
                device::reload_at("/");
            });
        })
    };
    let lost = if vault.waiting > 0 { t.sign_out_waiting(vault.waiting) } else { String::new() };
    html! {
        <Page title={t.sign_out_title()} lead={t.sign_out_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <p class="lost">{ lost }</p>
                <p class="actions">
                    { submit_danger(t.sign_out_do(), t.working(), &task) }
                    <Link<Route> to={Route::Settings} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
