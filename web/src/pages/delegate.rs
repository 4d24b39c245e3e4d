//! Letting a colleague act for the directors until a day, or ending that.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit, waiting},
    device, format,
    route::Route,
    state::{session::Step, use_answer, use_done, use_form, use_session, use_task, use_words},
    worker::messages::{Delegate as Call, Members, Undelegate},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::MemberState;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) person: AttrValue,
}

#[component]
pub(crate) fn Delegate(props: &Props) -> Html {
    let t = use_words();
    let (task, done, form) = (use_task(), use_done(), use_form());
    let session = use_session();
    let directs = session.who.as_ref().is_some_and(|who| who.director);
    let answer = use_answer(Members {}, 0);
    let shown = waiting::page(t, t.delegate(), answer, |members| {
        let mut known = members.iter().filter(|member| member.state == MemberState::Member && !member.director);
        let Some(member) = known.find(|member| *member.person == *props.person) else {
            return html! { <Page key="gone" title={t.delegate()} lead={t.error_not_found()} /> };
        };
        let (person, name) = (member.person.clone(), &member.name);
        let onsubmit = {
            let (task, done, form, person) = (task.clone(), done.clone(), form.clone(), person.clone());
            let said = t.delegate_done(name);
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let Some(until) = format::end_of_day(&form.trimmed("until")) else {
                    form.accepts(vec![("until".into(), t.delegate_missing().into())]);
                    return device::focus("until");
                };
                let (done, said) = (done.clone(), said.clone());
                let told = move |()| done.tell(said, &Route::Colleagues);
                task.run(Call { person: person.clone(), until }, told);
            })
        };
        let end = {
            let (task, done, said, who) = (task.clone(), done.clone(), t.delegate_ended(name), session.dispatcher());
            Callback::from(move |_: MouseEvent| {
                let (done, said, dispatch) = (done.clone(), said.clone(), who.clone());
                task.run(Undelegate { person: person.clone() }, move |who| {
                    dispatch.dispatch(Step::Who(who));
                    done.tell(said, &Route::Colleagues);
                });
            })
        };
        let acts = member.delegate.is_some();
        let (title, lead) = if directs {
            (t.delegate_title(name), t.delegate_text())
        } else {
            (t.delegate_own_title().to_owned(), t.delegate_own())
        };
        html! {
            <Page key="ask" {title} tab={t.delegate()} {lead}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    if directs {
                        <ul class="prose">
                            <li>{ t.delegate_may() }</li>
                            <li>{ t.delegate_may_not() }</li>
                            <li>{ t.delegate_seen() }</li>
                        </ul>
                        <Field id="until" kind="date" label={t.delegate_until()} hint={t.delegate_until_hint()}
                            min={AttrValue::from(format::iso_day(device::now()))} value={form.text("until")}
                            oninput={form.oninput("until")} error={form.error("until")} />
                    }
                    <p class="actions">
                        if directs { { submit(if acts { t.delegate_move() } else { t.delegate_do() }, t.working(), &task) } }
                        if acts {
                            <button type="button" class="danger" onclick={end}>{ t.delegate_end() }</button>
                        }
                        <Link<Route> to={Route::Colleagues} classes="button quiet">{ t.admit_not() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="delegate">{ shown }</div> }
}
