//! Giving a colleague who came back without any key what they read before.

use crate::{
    components::{compared_how::vouched, page::Page, problems::Problems, submit::submit, waiting},
    route::Route,
    state::{use_answer, use_done, use_task, use_vault, use_words},
    worker::messages::{GiveBack as Call, Members},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::MemberView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Who they are now.
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn GiveBack(props: &Props) -> Html {
    let t = use_words();
    let (task, done, vault) = (use_task(), use_done(), use_vault());
    let shown = waiting::page(t, t.give_back(), use_answer(Members {}, vault.revision), |members| {
        let known = |member: &&MemberView| *member.person == *props.person && member.waiting > 0;
        let Some(member) = members.iter().find(known) else {
            return html! { <Page key="gone" title={t.give_back()} lead={t.give_back_nothing()} /> };
        };
        let onsubmit = {
            let (task, done, person) = (task.clone(), done.clone(), member.person.clone());
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let done = done.clone();
                task.run(Call { person: person.clone() }, move |given| {
                    done.tell(t.given_back(given), &Route::Colleagues);
                });
            })
        };
        let compare = Route::Compare { person: member.person.clone() };
        html! {
            <Page key="ask" title={t.give_back_title(&member.name)} tab={t.give_back()}
                lead={t.give_back_text(member.waiting)}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <ul class="prose">{ for vouched(t, &member.vouched).into_iter().map(|said| html! { <li>{ said }</li> }) }</ul>
                    <p>{ t.give_back_sure() }</p>
                    <p class="actions">
                        { submit(t.give_back(), t.working(), &task) }
                        <Link<Route> to={compare} classes="button">{ t.compare_words() }</Link<Route>>
                        <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.admit_not() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="give-back">{ shown }</div> }
}
