//! A new dossier.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit},
    device,
    route::Route,
    state::{use_form, use_task, use_vault, use_words, vault::Change},
    worker::messages::NewDossier as Call,
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn NewDossier() -> Html {
    let t = use_words();
    let vault = use_vault();
    let navigator = use_navigator();
    let task = use_task();
    let form = use_form();
    let onsubmit = {
        let (form, task, vault) = (form.clone(), task.clone(), vault.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("title", t.dossier_title_missing())])) {
                return device::focus("title");
            }
            let (vault, navigator) = (vault.clone(), navigator.clone());
            task.run(Call { title: form.trimmed("title") }, move |id| {
                vault.dispatch(Change::Changed);
                if let Some(navigator) = navigator {
                    navigator.replace(&Route::Dossier { id });
                }
            });
        })
    };
    html! {
        <Page title={t.new_dossier()} lead={t.new_dossier_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <Field id="title" label={t.dossier_title()} hint={t.dossier_title_hint()} value={form.text("title")}
                    oninput={form.oninput("title")} error={form.error("title")} />
                { submit(t.new_dossier_make(), t.working(), &task) }
            </form>
        </Page>
    }
}
