//! An invitation that is still open: made anew if it was lost, or withdrawn.

use crate::{
    components::{letter::Invited, page::Page, problems::Problems, submit::submit, waiting},
    format,
    language::Language,
    route::Route,
    state::{use_answer, use_done, use_task, use_vault, use_words, vault::Change},
    worker::messages::{Members, Reinvite, RemoveMember},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{MemberState, MemberView, SharedView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Who was invited: the link's id, or that of who came with it.
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Invitation(props: &Props) -> Html {
    let t = use_words();
    let (task, done, vault) = (use_task(), use_done(), use_vault());
    let made = use_state(|| None::<(String, SharedView)>);
    let answer = use_answer(Members {}, 0);
    if let Some((to, made)) = (*made).clone() {
        return html! { <div class="invitation"><Invited key="made" {made} {to} /></div> };
    }
    let shown = waiting::page(t, t.invitation(), answer, |members| {
        let open = |member: &&MemberView| *member.person == *props.person && member.invited_until.is_some();
        let Some(member) = members.iter().find(open) else {
            return html! { <Page key="gone" title={t.invitation()} lead={t.error_not_found()} /> };
        };
        let (person, name) = (member.person.clone(), member.name.clone());
        let again = {
            let (task, made, vault) = (task.clone(), made.setter(), vault.dispatcher());
            let (person, name) = (person.clone(), name.clone());
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let (made, vault, name) = (made.clone(), vault.clone(), name.clone());
                task.run(Reinvite { person: person.clone() }, move |shared| {
                    vault.dispatch(Change::Changed);
                    made.set(Some((name, shared)));
                });
            })
        };
        let withdraw = {
            let (task, done, said) = (task.clone(), done.clone(), t.withdrawn(&name));
            Callback::from(move |_: MouseEvent| {
                let (done, said) = (done.clone(), said.clone());
                let told = move |()| done.tell(said, &Route::Colleagues);
                task.run(RemoveMember { person: person.clone() }, told);
            })
        };
        html! {
            <Page key="ask" title={t.invitation_title(&name)} tab={t.invitation()} lead={stands(t, member)}>
                <form onsubmit={again} novalidate=true>
                    <Problems failure={task.failure()} />
                    <p>{ t.invitation_text() }</p>
                    <p class="actions">
                        { submit(t.invitation_again(), t.working(), &task) }
                        <button type="button" class="danger" onclick={withdraw}>{ t.invitation_withdraw() }</button>
                        <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.admit_not() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="invitation">{ shown }</div> }
}

/// How an invitation stands.
pub(crate) fn stands(t: Language, member: &MemberView) -> String {
    let until = member.invited_until.map(|until| format::last_day(t, until)).unwrap_or_default();
    match member.state {
        MemberState::Expired => t.invitation_expired(until),
        MemberState::Registered => t.invitation_served().to_owned(),
        _ => t.invitation_until(until),
    }
}
