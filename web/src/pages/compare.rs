//! To compare the words of a newcomer, and let them in; or of a colleague, and vouch for them.

use crate::{
    components::{
        compared_how::{choices, compared_how},
        page::Page,
        problems::Problems,
        submit::submit,
        waiting,
    },
    route::Route,
    state::{use_answer, use_done, use_form, use_task, use_words},
    worker::messages::{Admit, Members, VerifyPerson},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{MemberState, MemberView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Compare(props: &Props) -> Html {
    let t = use_words();
    let (task, done, form) = (use_task(), use_done(), use_form());
    let answer = use_answer(Members {}, 0);
    let shown = waiting::page(t, t.compare_words(), answer, |members| {
        let member = members.iter().find(|member| *member.person == *props.person && !member.you);
        let Some(MemberView { person, name, words, state, .. }) = member else {
            return html! { <Page key="gone" title={t.compare_words()} lead={t.error_no_newcomer()} /> };
        };
        let joins = *state == MemberState::Registered;
        let onsubmit = {
            let (task, done, how) = (task.clone(), done.clone(), compared_how(&form));
            // The words that were on the screen: if other keys came meanwhile, the vault refuses.
            let (person, words) = (person.clone(), words.join(" "));
            let said = if joins { t.admitted(name) } else { t.verified(name) };
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let (done, said) = (done.clone(), said.clone());
                let told = move |()| done.tell(said, &Route::Colleagues);
                let (person, words, how) = (person.clone(), words.clone(), how.clone());
                if joins {
                    task.run(Admit { person, words, how }, told);
                } else {
                    task.run(VerifyPerson { person, words, how }, told);
                }
            })
        };
        let (title, lead, differ, act) = if joins {
            (t.admit_title(name), t.admit_text(name), t.admit_differ(), t.admit_do())
        } else {
            (t.verify_title(name), t.verify_text(name), t.verify_differ(), t.verify_do())
        };
        html! {
            <Page key="ask" {title} tab={t.compare_words()} {lead}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    <div class="sheet card"><p class="words spoken">{ words.join(" · ") }</p></div>
                    <p>{ differ }</p>
                    { choices(t, &form) }
                    <p class="actions">
                        { submit(act, t.working(), &task) }
                        <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.admit_not() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="compare">{ shown }</div> }
}
