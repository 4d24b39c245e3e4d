//! One question about one colleague: to admit a newcomer once words were compared, or to remove somebody. The vault
//! refuses to remove while a dossier would be left without a reader, and names those.

use crate::{
    components::{
        page::Page,
        problems::Problems,
        submit::{submit, submit_danger},
        waiting,
    },
    route::Route,
    state::{use_answer, use_done, use_task, use_words},
    worker::messages::{Admit, Members, RemoveMember},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::MemberView;

/// What is to be done.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Act {
    Admit,
    Remove,
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) act: Act,
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Member(props: &Props) -> Html {
    let t = use_words();
    let answer = use_answer(Members {}, 0);
    let (title, gone) = match props.act {
        Act::Admit => (t.compare_words(), t.error_no_newcomer()),
        Act::Remove => (t.remove(), t.empty_not_found_text()),
    };
    let shown = waiting::page(t, title, answer, |members| {
        match members.iter().find(|member| *member.person == *props.person) {
            Some(member) => html! { <Ask key="ask" act={props.act} member={member.clone()} /> },
            None => html! { <Page key="gone" {title} lead={gone} /> },
        }
    });
    html! { <div class="member">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    act: Act,
    member: MemberView,
}

#[component]
fn Ask(props: &AskProps) -> Html {
    let t = use_words();
    let done = use_done();
    let task = use_task();
    let MemberView { person, name, words, .. } = &props.member;
    let onsubmit = {
        let (act, task, person, name) = (props.act, task.clone(), person.clone(), name.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (done, person) = (done.clone(), person.clone());
            match act {
                Act::Admit => {
                    let said = t.admitted(&name);
                    task.run(Admit { person }, move |()| done.tell(said, &Route::Colleagues));
                }
                Act::Remove => {
                    let said = t.removed(&name);
                    task.run(RemoveMember { person }, move |()| done.tell(said, &Route::Colleagues));
                }
            }
        })
    };
    let (title, lead, asked, button, not) = match props.act {
        Act::Admit => (
            t.admit_title(name),
            t.admit_text(name),
            html! {
                <>
                    <div class="sheet card"><p class="words spoken">{ words.join(" · ") }</p></div>
                    <p>{ t.admit_differ() }</p>
                </>
            },
            submit(t.admit_do(), t.working(), &task),
            t.admit_not(),
        ),
        Act::Remove => (
            t.remove_title(name),
            t.remove_text(name),
            html! { <p>{ t.remove_honest() }</p> },
            submit_danger(&t.remove_do(name), t.working(), &task),
            t.cancel(),
        ),
    };
    html! {
        <Page {title} {lead}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                { asked }
                <p class="actions">
                    { button }
                    <Link<Route> to={Route::Colleagues} classes="button quiet">{ not }</Link<Route>>
                </p>
            </form>
        </Page>
    }
}
