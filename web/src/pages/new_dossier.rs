//! A new dossier.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::Submit},
    device,
    route::Route,
    state::{use_task, use_vault, use_words, vault::Change},
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
    let title = use_state(String::new);
    let missing = use_state_eq(|| false);
    let onsubmit = {
        let (title, missing, task, vault, navigator) =
            (title.clone(), missing.setter(), task.clone(), vault.dispatcher(), navigator.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let wanted = title.trim().to_owned();
            missing.set(wanted.is_empty());
            if wanted.is_empty() {
                return device::focus("title");
            }
            let (vault, navigator) = (vault.clone(), navigator.clone());
            task.run(Call { title: wanted }, move |id| {
                vault.dispatch(Change::Changed);
                if let Some(navigator) = navigator {
                    navigator.replace(&Route::Dossier { id });
                }
            });
        })
    };
    let oninput = {
        let title = title.setter();
        Callback::from(move |text| title.set(text))
    };
    html! {
        <Page title={t.new_dossier()} lead={t.new_dossier_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <Field id="title" label={t.dossier_title()} hint={t.dossier_title_hint()} value={(*title).clone()}
                    {oninput} error={if *missing { t.dossier_title_missing() } else { "" }} />
                <Submit label={t.new_dossier_make()} working={t.working()} busy={task.busy()} />
            </form>
        </Page>
    }
}
