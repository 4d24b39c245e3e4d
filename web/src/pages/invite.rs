//! Inviting a colleague: a link and a code, which go different ways.

use crate::{
    components::{field::Field, handed_out::handed_out, page::Page, problems::Problems, submit::submit},
    device,
    route::Route,
    state::{use_form, use_task, use_vault, use_words, vault::Change},
    worker::messages::Invite as Call,
};
use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::SharedView;

#[component]
pub(crate) fn Invite() -> Html {
    let t = use_words();
    let vault = use_vault();
    let task = use_task();
    let form = use_form();
    let director = use_state_eq(|| false);
    let made = use_state(|| None::<SharedView>);
    let onsubmit = {
        let (form, director, task) = (form.clone(), director.clone(), task.clone());
        let (made, vault) = (made.setter(), vault.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("name", t.name_missing())])) {
                return device::focus("name");
            }
            let (made, vault) = (made.clone(), vault.clone());
            task.run(Call { name: form.trimmed("name"), director: *director }, move |shared| {
                vault.dispatch(Change::Changed);
                made.set(Some(shared));
            });
        })
    };
    let onchange = {
        let director = director.setter();
        Callback::from(move |event: Event| {
            director.set(event.target_dyn_into::<HtmlInputElement>().is_some_and(|input| input.checked()));
        })
    };
    let shown = match (*made).clone() {
        Some(made) => html! {
            <Page key="made" title={t.invited_title(form.text("name"))} lead={t.invited_text(form.text("name"))}>
                { handed_out(t, &made, &form.text("name")) }
                <p class="no-print"><Link<Route> to={Route::Colleagues} classes="button">{ t.invited_done() }</Link<Route>></p>
            </Page>
        },
        None => html! {
            <Page key="ask" title={t.invite_title()} lead={t.invite_text()}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <Field id="name" label={t.invite_name()} value={form.text("name")} oninput={form.oninput("name")}
                        error={form.error("name")} />
                    <label class="choice sheet">
                        <input type="checkbox" id="director" checked={*director} {onchange} />
                        <span><b>{ t.invite_director() }</b><small class="fine">{ t.invite_director_text() }</small></span>
                    </label>
                    { submit(t.invite_do(), t.working(), &task) }
                </form>
            </Page>
        },
    };
    html! { <div class="invite">{ shown }</div> }
}
