//! Comparing words with a newcomer, and admitting them.

use crate::{
    components::{
        page::Page,
        problems::Problems,
        submit::Submit,
        waiting::{Failed, Waiting},
    },
    route::Route,
    state::{Loaded, Note, use_answer, use_notices, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Admit as Call, Members},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::MemberView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Admit(props: &Props) -> Html {
    let t = use_words();
    let answer = use_answer(Members {}, 0);
    let shown = match answer {
        Loaded::Waiting => html! { <Page key="waiting" title={t.compare_words()}><Waiting /></Page> },
        Loaded::Failed(failure) => html! { <Page key="failed" title={t.compare_words()}><Failed {failure} /></Page> },
        Loaded::Ready(members) => match members.iter().find(|member| *member.person == *props.person) {
            Some(member) => html! { <Compare key="compare" member={member.clone()} /> },
            None => html! { <Page key="gone" title={t.compare_words()} lead={t.error_no_newcomer()} /> },
        },
    };
    html! { <div class="admit">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct CompareProps {
    member: MemberView,
}

#[component]
fn Compare(props: &CompareProps) -> Html {
    let t = use_words();
    let (vault, notices) = (use_vault(), use_notices());
    let navigator = use_navigator();
    let task = use_task();
    let member = &props.member;
    let onsubmit = {
        let (task, vault, notices, navigator) =
            (task.clone(), vault.dispatcher(), notices.dispatcher(), navigator.clone());
        let (person, said) = (member.person.clone(), t.admitted(&member.name));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (vault, notices, navigator, said) = (vault.clone(), notices.clone(), navigator.clone(), said.clone());
            task.run(Call { person: person.clone() }, move |()| {
                vault.dispatch(Change::Changed);
                notices.dispatch(Note::Say(said.into()));
                if let Some(navigator) = navigator {
                    navigator.push(&Route::Colleagues);
                }
            });
        })
    };
    html! {
        <Page title={t.admit_title(&member.name)} lead={t.admit_text(&member.name)}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <div class="sheet card"><p class="words spoken">{ member.words.join(" · ") }</p></div>
                <p>{ t.admit_differ() }</p>
                <p class="actions">
                    <Submit label={t.admit_do()} working={t.working()} busy={task.busy()} />
                    <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.admit_not() }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
