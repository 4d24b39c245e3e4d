//! Removing a colleague. The vault refuses while a dossier would be left without a reader, and names those.

use crate::{
    components::{
        page::Page,
        problems::Problems,
        submit::Submit,
        waiting::{Failed, Waiting},
    },
    route::Route,
    state::{Loaded, Note, use_answer, use_notices, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Members, RemoveMember},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::MemberView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Remove(props: &Props) -> Html {
    let t = use_words();
    let answer = use_answer(Members {}, 0);
    let shown = match answer {
        Loaded::Waiting => html! { <Page key="waiting" title={t.remove()}><Waiting /></Page> },
        Loaded::Failed(failure) => html! { <Page key="failed" title={t.remove()}><Failed {failure} /></Page> },
        Loaded::Ready(members) => match members.iter().find(|member| *member.person == *props.person) {
            Some(member) => html! { <Ask key="ask" member={member.clone()} /> },
            None => html! { <Page key="gone" title={t.remove()} lead={t.empty_not_found_text()} /> },
        },
    };
    html! { <div class="remove">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    member: MemberView,
}

#[component]
fn Ask(props: &AskProps) -> Html {
    let t = use_words();
    let (vault, notices) = (use_vault(), use_notices());
    let navigator = use_navigator();
    let task = use_task();
    let member = &props.member;
    let onsubmit = {
        let (task, vault, notices, navigator) =
            (task.clone(), vault.dispatcher(), notices.dispatcher(), navigator.clone());
        let (person, said) = (member.person.clone(), t.removed(&member.name));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (vault, notices, navigator, said) = (vault.clone(), notices.clone(), navigator.clone(), said.clone());
            task.run(RemoveMember { person: person.clone() }, move |()| {
                vault.dispatch(Change::Changed);
                notices.dispatch(Note::Say(said.into()));
                if let Some(navigator) = navigator {
                    navigator.push(&Route::Colleagues);
                }
            });
        })
    };
    html! {
        <Page title={t.remove_title(&member.name)} lead={t.remove_text(&member.name)}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <p>{ t.remove_honest() }</p>
                <p class="actions">
                    <Submit danger=true label={t.remove_do(&member.name)} working={t.working()} busy={task.busy()} />
                    <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.cancel() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
