//! The server was put back to an earlier state: what it misses, what was handed back, and a director's word that ends it.

use crate::{
    components::{
        page::Page,
        problems::Problems,
        submit::{submit, submit_danger},
        waiting::{self, failed},
    },
    format,
    language::Language,
    state::{Loaded, session::Step, use_answer, use_session, use_task, use_vault, use_words},
    worker::messages::{ConfirmRestored, Restored as Call, Sync},
};
use yew::prelude::*;
use zegel_vault::view::RestoredView;

#[component]
pub(crate) fn Restored() -> Html {
    let t = use_words();
    let vault = use_vault();
    let answer = use_answer(Call {}, vault.revision);
    let confirmed = use_state_eq(|| None::<RestoredView>);
    let (news, who) = (use_task(), use_session().dispatcher());
    let done = {
        let confirmed = confirmed.setter();
        Callback::from(move |view| {
            confirmed.set(Some(view));
            // The warning above every page goes at once.
            let who = who.clone();
            news.run(Sync {}, move |news| who.dispatch(Step::Who(news.session)));
        })
    };
    let shown = match (&*confirmed, answer) {
        (Some(view), _) => page(t, view, &done),
        (None, Loaded::Ready(view)) => page(t, &view, &done),
        (None, Loaded::Failed(failure)) => {
            html! { <Page key="failed" title={t.restored_settings()}>{ failed(t, failure) }</Page> }
        }
        (None, Loaded::Waiting) => {
            html! { <Page key="waiting" title={t.restored_settings()}>{ waiting::waiting(t) }</Page> }
        }
    };
    html! { <div class="restored-place">{ shown }</div> }
}

fn page(t: Language, view: &RestoredView, done: &Callback<RestoredView>) -> Html {
    let (title, lead) = match view.put_back {
        Some(to) => (t.restored_title(), t.restored_lead(format::day(t, to))),
        None => (t.restored_settings(), t.restored_calm().to_owned()),
    };
    html! {
        <Page key="ready" {title} {lead}>
            <div class="lost">
                if !view.lost.is_empty() {
                    <section class="group">
                        <h2>{ t.restored_lost() }</h2>
                        <dl class="facts sheet card wide">
                            { for view.lost.iter().map(|lost| html! {
                                <div key={lost.log.clone()}>
                                    <dt>{ &lost.title }</dt>
                                    <dd>{ t.restored_missing(lost.known.saturating_sub(lost.there) as usize) }</dd>
                                </div>
                            }) }
                        </dl>
                    </section>
                }
            </div>
            <div class="confirm">
                if view.put_back.is_some() { <Confirm lost={!view.lost.is_empty()} done={done.clone()} /> }
            </div>
            <div class="history">
                if !view.confirmed.is_empty() {
                    <section class="group">
                        <h2>{ t.restored_history() }</h2>
                        <ul>
                            { for view.confirmed.iter().enumerate().map(|(index, confirmed)| html! {
                                <li key={index}>
                                    { t.restored_by(format::day(t, confirmed.at), &confirmed.by) }
                                    { " " }
                                    if confirmed.given_up > 0 { { t.restored_given_up(confirmed.given_up) } }
                                </li>
                            }) }
                        </ul>
                    </section>
                }
            </div>
        </Page>
    }
}

#[derive(PartialEq, Properties)]
struct ConfirmProps {
    lost: bool,
    done: Callback<RestoredView>,
}

/// What colleagues do, and what a director does when they have.
#[component]
fn Confirm(props: &ConfirmProps) -> Html {
    let t = use_words();
    let task = use_task();
    let directs = use_session().who.as_ref().is_some_and(|who| who.director);
    let onsubmit = {
        let (task, give_up, done) = (task.clone(), props.lost, props.done.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let done = done.clone();
            task.run(ConfirmRestored { give_up }, move |view| done.emit(view));
        })
    };
    let (text, button) = if !directs {
        (t.restored_director(), Html::default())
    } else if props.lost {
        (t.restored_give_up_text(), submit_danger(t.restored_give_up(), t.working(), &task))
    } else {
        (t.restored_confirm_text(), submit(t.restored_confirm(), t.working(), &task))
    };
    html! {
        <section class="group">
            <h2>{ t.restored_what_now() }</h2>
            <p>{ t.restored_ask_colleagues() }</p>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <p>{ text }</p>
                <div class="button-place">if directs { <p class="actions">{ button }</p> }</div>
            </form>
        </section>
    }
}
