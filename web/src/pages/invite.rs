//! Inviting a colleague: a link and a code, which go different ways.

use crate::{
    components::{field::Field, handed_out::HandedOut, page::Page, problems::Problems, submit::Submit},
    device,
    route::Route,
    state::{use_task, use_vault, use_words, vault::Change},
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
    let name = use_state(String::new);
    let director = use_state_eq(|| false);
    let missing = use_state_eq(|| false);
    let made = use_state(|| None::<SharedView>);
    let onsubmit = {
        let (name, director, missing, task) = (name.clone(), director.clone(), missing.setter(), task.clone());
        let (made, vault) = (made.setter(), vault.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let wanted = name.trim().to_owned();
            missing.set(wanted.is_empty());
            if wanted.is_empty() {
                return device::focus("name");
            }
            let (made, vault) = (made.clone(), vault.clone());
            task.run(Call { name: wanted, director: *director }, move |shared| {
                vault.dispatch(Change::Changed);
                made.set(Some(shared));
            });
        })
    };
    let oninput = {
        let name = name.setter();
        Callback::from(move |text| name.set(text))
    };
    let onchange = {
        let director = director.setter();
        Callback::from(move |event: Event| {
            director.set(event.target_dyn_into::<HtmlInputElement>().is_some_and(|input| input.checked()));
        })
    };
    let shown = match (*made).clone() {
        Some(made) => html! {
            <Page key="made" title={t.invited_title(&*name)} lead={t.invited_text(&*name)}>
                <HandedOut {made} to={(*name).clone()} />
                <p class="no-print"><Link<Route> to={Route::Colleagues} classes="button">{ t.invited_done() }</Link<Route>></p>
            </Page>
        },
        None => html! {
            <Page key="ask" title={t.invite_title()} lead={t.invite_text()}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <Field id="name" label={t.invite_name()} value={(*name).clone()} {oninput}
                        error={if *missing { t.name_missing() } else { "" }} />
                    <label class="choice sheet">
                        <input type="checkbox" id="director" checked={*director} {onchange} />
                        <span><b>{ t.invite_director() }</b><small class="fine">{ t.invite_director_text() }</small></span>
                    </label>
                    <Submit label={t.invite_do()} working={t.working()} busy={task.busy()} />
                </form>
            </Page>
        },
    };
    html! { <div class="invite">{ shown }</div> }
}
