//! Wiping this device, or ending a visit. Whoever comes back needs their key card.

use crate::{
    clipboard,
    components::{page::Page, problems::Problems, submit::submit_danger},
    device,
    language::Language,
    residents,
    route::Route,
    state::{pending, preferences, session::SessionContext, use_session, use_task, use_vault, use_words, visit},
    worker::{client::Client, messages::SignOut as Call},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn SignOut() -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    let task = use_task();
    let onsubmit = {
        let (task, client, store) = (task.clone(), session.client.clone(), session.store.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (client, store) = (client.clone(), store.clone());
            task.run(Call {}, move |()| {
                pending::drop_it();
                gone(&client, store);
            });
        })
    };
    if session.visiting() {
        return end_visit(t, &session);
    }
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

/// Nothing of this vault is here any more: the page begins anew.
pub(super) fn gone(client: &Client, store: Option<String>) {
    if let Some(store) = store {
        residents::forget(&store);
        preferences::forget(&store);
    }
    client.end();
    clipboard::clear();
    device::reload_at("/");
}

/// What would be lost is lost on this page only.
fn end_visit(t: Language, session: &SessionContext) -> Html {
    let session = session.clone();
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        visit::end(&session);
    });
    html! {
        <Page key="visit" title={t.visit_end()} lead={t.visit_end_text()}>
            <form {onsubmit} novalidate=true>
                <p class="banner">{ t.visit_unsaved() }</p>
                <p class="actions">
                    <button type="submit" class="danger strong">{ t.visit_end_anyway() }</button>
                    <Link<Route> to={Route::Today} classes="button quiet">{ t.visit_save_first() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
