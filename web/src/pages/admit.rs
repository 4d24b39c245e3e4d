//! To admit a newcomer, once words were compared.

use crate::{
    components::{page::Page, problems::Problems, submit::submit, waiting},
    route::Route,
    state::{use_answer, use_done, use_task, use_words},
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
    let (task, done) = (use_task(), use_done());
    let answer = use_answer(Members {}, 0);
    let shown = waiting::page(t, t.compare_words(), answer, |members| {
        let newcomer = members.iter().find(|member| *member.person == *props.person);
        let Some(MemberView { person, name, words, .. }) = newcomer else {
            return html! { <Page key="gone" title={t.compare_words()} lead={t.error_no_newcomer()} /> };
        };
        let onsubmit = {
            let (task, person, said) = (task.clone(), person.clone(), t.admitted(name));
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let (done, said) = (done.clone(), said.clone());
                task.run(Call { person: person.clone() }, move |()| done.tell(said, &Route::Colleagues));
            })
        };
        html! {
            <Page key="ask" title={t.admit_title(name)} tab={t.compare_words()} lead={t.admit_text(name)}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <div class="sheet card"><p class="words spoken">{ words.join(" · ") }</p></div>
                    <p>{ t.admit_differ() }</p>
                    <p class="actions">
                        { submit(t.admit_do(), t.working(), &task) }
                        <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.admit_not() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="admit">{ shown }</div> }
}
