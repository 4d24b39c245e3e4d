//! Inviting a colleague: a link and a code, which go different ways.

use crate::{
    components::{field::Field, letter::Invited, page::Page, problems::Problems, role::role, submit::submit},
    device, format,
    state::{Loaded, use_answer, use_form, use_session, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Invite as Call, Policy},
};
use yew::prelude::*;
use zegel_vault::view::SharedView;

const DIRECTOR: &str = "director";

#[component]
pub(crate) fn Invite() -> Html {
    let t = use_words();
    let vault = use_vault();
    let task = use_task();
    let form = use_form();
    let policy = use_answer(Policy {}, 0);
    let mut roles = if let Loaded::Ready(policy) = &policy { policy.roles.clone() } else { Vec::new() };
    // Whoever acts for the directors makes nobody one of them.
    let directs = use_session().who.as_ref().is_some_and(|who| who.director);
    roles.retain(|role| directs || role != DIRECTOR);
    let usual = roles.iter().find(|role| *role != DIRECTOR).cloned().unwrap_or_default();
    let chosen = Some(form.text("role")).filter(|role| !role.is_empty()).unwrap_or(usual);
    let made = use_state(|| None::<SharedView>);
    let onsubmit = {
        let (form, chosen, task) = (form.clone(), chosen.clone(), task.clone());
        let (made, vault) = (made.setter(), vault.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut wrong = form.missing(&[("name", t.name_missing())]);
            if device::is_half_typed("until") {
                wrong.push(("until".into(), t.date_half_typed().into()));
            }
            if let Some((first, _)) = wrong.first().cloned() {
                form.accepts(wrong);
                return device::focus(&first);
            }
            let until = format::end_of_day(&form.trimmed("until"));
            let (made, vault) = (made.clone(), vault.clone());
            task.run(Call { name: form.trimmed("name"), role: chosen.clone(), until }, move |shared| {
                vault.dispatch(Change::Changed);
                made.set(Some(shared));
            });
        })
    };
    let choice = |name: &String| {
        let value = name.clone();
        let onchange = form.oninput("role").reform(move |_: Event| value.clone());
        html! {
            <label key={name.clone()} class="choice sheet">
                <input type="radio" name="role" checked={chosen == *name} {onchange} />
                <span>
                    <b>{ role(t, name) }</b>
                    <small class="fine">{ if name == DIRECTOR { t.invite_director_text() } else { "" } }</small>
                </span>
            </label>
        }
    };
    let shown = match (*made).clone() {
        Some(made) => html! { <Invited key="made" {made} to={form.trimmed("name")} /> },
        None => html! {
            <Page key="ask" title={t.invite_title()} lead={t.invite_text()}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <Field id="name" label={t.invite_name()} value={form.text("name")} oninput={form.oninput("name")}
                        error={form.error("name")} />
                    <fieldset class="choices">
                        <legend>{ t.invite_role() }</legend>
                        { for roles.iter().map(choice) }
                    </fieldset>
                    <Field id="until" kind="date" label={t.invite_until()} hint={t.invite_until_hint()}
                        min={AttrValue::from(format::iso_day(device::now()))} value={form.text("until")}
                        oninput={form.oninput("until")} error={form.error("until")} />
                    { submit(t.invite_do(), t.working(), &task) }
                </form>
            </Page>
        },
    };
    html! { <div class="invite">{ shown }</div> }
}
