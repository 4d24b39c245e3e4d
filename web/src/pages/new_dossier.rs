//! A new dossier.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit},
    device,
    language::Language,
    route::Route,
    state::{Form, Loaded, use_answer, use_form, use_task, use_vault, use_words, vault::Change},
    worker::messages::{NewDossier as Call, Policy},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::PolicyView;

/// The types of dossier, where the policy has more than one.
fn types(t: Language, form: &Form, policy: &Loaded<PolicyView>) -> Html {
    let Loaded::Ready(policy) = policy else { return Html::default() };
    let [first, _, ..] = policy.dossier_types.as_slice() else { return Html::default() };
    let chosen = Some(form.text("type")).filter(|name| !name.is_empty()).unwrap_or_else(|| first.0.clone());
    let choice = |(name, dutch, english): &(String, String, Option<String>)| {
        let title = if t == Language::English { english.as_ref().unwrap_or(dutch) } else { dutch };
        let value = name.clone();
        let onchange = form.oninput("type").reform(move |_: Event| value.clone());
        html! {
            <label key={name.clone()} class="choice sheet">
                <input type="radio" name="type" checked={chosen == *name} {onchange} />
                <span><b>{ title.clone() }</b></span>
            </label>
        }
    };
    html! {
        <fieldset class="choices">
            <legend>{ t.dossier_type() }</legend>
            { for policy.dossier_types.iter().map(choice) }
        </fieldset>
    }
}

#[component]
pub(crate) fn NewDossier() -> Html {
    let t = use_words();
    let vault = use_vault();
    let navigator = use_navigator();
    let task = use_task();
    let form = use_form();
    let policy = use_answer(Policy {}, 0);
    let onsubmit = {
        let (form, task, vault) = (form.clone(), task.clone(), vault.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("title", t.dossier_title_missing())])) {
                return device::focus("title");
            }
            let (vault, navigator) = (vault.clone(), navigator.clone());
            let dossier_type = Some(form.text("type")).filter(|name| !name.is_empty());
            task.run(Call { title: form.trimmed("title"), dossier_type }, move |id| {
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
                <div class="types">{ types(t, &form, &policy) }</div>
                { submit(t.new_dossier_make(), t.working(), &task) }
            </form>
        </Page>
    }
}
