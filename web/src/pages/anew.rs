//! Inviting anew a colleague who lost key card and passphrase.

use crate::{
    components::{letter::Invited, page::Page, problems::Problems, submit::submit, waiting},
    route::Route,
    state::{use_answer, use_task, use_vault, use_words, vault::Change},
    worker::messages::{InviteAnew, Members},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{MemberState, MemberView, SharedView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Who they are until then.
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Anew(props: &Props) -> Html {
    let t = use_words();
    let (task, vault) = (use_task(), use_vault());
    let made = use_state(|| None::<(String, SharedView)>);
    let answer = use_answer(Members {}, 0);
    if let Some((to, made)) = (*made).clone() {
        return html! { <div class="anew"><Invited key="made" {made} {to} /></div> };
    }
    let shown = waiting::page(t, t.anew(), answer, |members| {
        let known = |member: &&MemberView| *member.person == *props.person && member.state == MemberState::Member;
        let Some(member) = members.iter().find(known) else {
            return html! { <Page key="gone" title={t.anew()} lead={t.error_not_found()} /> };
        };
        let (person, name) = (member.person.clone(), member.name.clone());
        let onsubmit = {
            let (task, made, vault) = (task.clone(), made.setter(), vault.dispatcher());
            let name = name.clone();
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let (made, vault, name) = (made.clone(), vault.clone(), name.clone());
                task.run(InviteAnew { person: person.clone() }, move |shared| {
                    vault.dispatch(Change::Changed);
                    made.set(Some((name, shared)));
                });
            })
        };
        html! {
            <Page key="ask" title={t.anew_title(&name)} tab={t.anew()} lead={t.anew_text()}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <ol class="prose">
                        <li>{ t.anew_identity() }</li>
                        <li>{ t.anew_admit() }</li>
                        <li>{ t.anew_back() }</li>
                    </ol>
                    <p>{ t.anew_lost() }</p>
                    <p class="actions">
                        { submit(t.anew_do(), t.working(), &task) }
                        <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.admit_not() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="anew">{ shown }</div> }
}
