//! Giving a colleague a dossier.

use crate::{
    components::{
        access_terms::AccessTerms,
        empty::empty,
        page::Page,
        problems::Problems,
        submit::submit,
        waiting::{failed, waiting},
    },
    device,
    route::{Route, Tab},
    state::{Loaded, use_answer, use_done, use_task, use_words},
    worker::messages::{Dossier, Grant as Call, Members},
};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::{
    AccessTerms as Terms,
    view::{DossierView, MemberState, MemberView},
};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
}

#[component]
pub(crate) fn Grant(props: &Props) -> Html {
    let t = use_words();
    let dossier = use_answer(Dossier { id: props.id.to_string() }, 0);
    let members = use_answer(Members {}, 0);
    let shown = match (dossier, members) {
        (Loaded::Failed(failure), _) | (_, Loaded::Failed(failure)) => failed(t, failure),
        (Loaded::Ready(dossier), Loaded::Ready(members)) => {
            let reads = |person: &str| dossier.readers.iter().any(|reader| reader.person == person);
            let others = members.iter().filter(|one| one.state == MemberState::Member && !reads(&one.person));
            let others: Vec<MemberView> = others.cloned().collect();
            html! {
                <div key="ready">
                    if others.is_empty() {
                        { empty(t.grant_nobody(), t.grant_nobody_text(), html! {
                            <Link<Route> to={Route::Invite} classes="button">{ t.invite_title() }</Link<Route>>
                        }) }
                    } else {
                        <Choose id={props.id.clone()} {dossier} {others} />
                    }
                </div>
            }
        }
        _ => waiting(t),
    };
    html! { <Page title={t.grant_title()} lead={t.grant_text()}>{ shown }</Page> }
}

#[derive(PartialEq, Properties)]
struct ChooseProps {
    id: AttrValue,
    dossier: Rc<DossierView>,
    others: Vec<MemberView>,
}

#[component]
fn Choose(props: &ChooseProps) -> Html {
    let t = use_words();
    let done = use_done();
    let task = use_task();
    let chosen = use_state(|| None::<String>);
    let missing = use_state_eq(|| false);
    let half_typed = use_state_eq(|| false);
    let terms = use_state(Terms::default);
    let onterms = {
        let terms = terms.setter();
        Callback::from(move |next| terms.set(next))
    };
    let onsubmit = {
        let (chosen, missing, task, id) = (chosen.clone(), missing.setter(), task.clone(), props.id.to_string());
        let (terms, half_typed) = (terms.clone(), half_typed.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            missing.set(chosen.is_none());
            half_typed.set(device::is_half_typed("until"));
            let Some(person) = (*chosen).clone() else { return device::focus("people") };
            // Access that somebody meant to end must not stay for good.
            if device::is_half_typed("until") {
                return device::focus("until");
            }
            let (done, id) = (done.clone(), id.clone());
            let call = Call { dossier: id.clone(), person, terms: (*terms).clone() };
            task.run(call, move |()| done.tell(t.granted(), &Tab::Access.of(&id)));
        })
    };
    html! {
        <form {onsubmit} novalidate=true>
            <Problems failure={task.failure()} />
            <fieldset id="people" tabindex="-1" class={classes!("choices", missing.then_some("wrong"))}>
                <legend>{ t.grant_who() }</legend>
                <p class="error">{ if *missing { t.grant_missing() } else { "" } }</p>
                { for props.others.iter().map(|member| {
                    let (chosen, person) = (chosen.setter(), member.person.clone());
                    let onchange = Callback::from(move |_: Event| chosen.set(Some(person.clone())));
                    html! {
                        <label key={member.person.clone()} class="choice sheet">
                            <input type="radio" name="person" value={member.person.clone()} {onchange} />
                            <span><b>{ &member.name }</b></span>
                        </label>
                    }
                }) }
            </fieldset>
            <AccessTerms dossier={props.dossier.clone()} terms={(*terms).clone()} onchange={onterms}
                until_error={if *half_typed { t.date_half_typed() } else { "" }} />
            <p class="actions">
                { submit(t.grant_do(), t.working(), &task) }
                <Link<Route> to={Tab::Access.of(&props.id)} classes="button quiet">{ t.cancel() }</Link<Route>>
            </p>
        </form>
    }
}
