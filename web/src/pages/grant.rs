//! Giving a colleague a dossier.

use crate::{
    components::{
        empty::Empty,
        page::Page,
        problems::Problems,
        submit::Submit,
        waiting::{Failed, Waiting},
    },
    device,
    route::{Route, Tab},
    state::{Loaded, Note, use_answer, use_notices, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Dossier, Grant as Call, Members},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{MemberState, MemberView};

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
        (Loaded::Failed(failure), _) | (_, Loaded::Failed(failure)) => html! { <Failed key="failed" {failure} /> },
        (Loaded::Ready(dossier), Loaded::Ready(members)) => {
            let reads = |person: &str| dossier.readers.iter().any(|reader| reader.person == person);
            let others = members.iter().filter(|one| one.state == MemberState::Member && !reads(&one.person));
            let others: Vec<MemberView> = others.cloned().collect();
            html! {
                <div key="ready">
                    if others.is_empty() {
                        <Empty title={t.grant_nobody()} text={t.grant_nobody_text()}>
                            <Link<Route> to={Route::Invite} classes="button">{ t.invite_title() }</Link<Route>>
                        </Empty>
                    } else {
                        <Choose id={props.id.clone()} {others} />
                    }
                </div>
            }
        }
        _ => html! { <Waiting key="waiting" /> },
    };
    html! { <Page title={t.grant_title()} lead={t.grant_text()}>{ shown }</Page> }
}

#[derive(PartialEq, Properties)]
struct ChooseProps {
    id: AttrValue,
    others: Vec<MemberView>,
}

#[component]
fn Choose(props: &ChooseProps) -> Html {
    let t = use_words();
    let (vault, notices) = (use_vault(), use_notices());
    let navigator = use_navigator();
    let task = use_task();
    let chosen = use_state(|| None::<String>);
    let missing = use_state_eq(|| false);
    let onsubmit = {
        let (chosen, missing, task, id) = (chosen.clone(), missing.setter(), task.clone(), props.id.to_string());
        let (vault, notices, navigator) = (vault.dispatcher(), notices.dispatcher(), navigator.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            missing.set(chosen.is_none());
            let Some(person) = (*chosen).clone() else { return device::focus("people") };
            let (vault, notices, navigator, id) = (vault.clone(), notices.clone(), navigator.clone(), id.clone());
            task.run(Call { dossier: id.clone(), person }, move |()| {
                vault.dispatch(Change::Changed);
                notices.dispatch(Note::Say(t.granted().into()));
                if let Some(navigator) = navigator {
                    navigator.push(&Tab::Access.of(&id));
                }
            });
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
            <p class="actions">
                <Submit label={t.grant_do()} working={t.working()} busy={task.busy()} />
                <Link<Route> to={Tab::Access.of(&props.id)} classes="button quiet">{ t.cancel() }</Link<Route>>
            </p>
        </form>
    }
}
