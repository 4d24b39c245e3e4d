//! The confidentiality pledge, before anybody lets its reader into a dossier.

use crate::{
    components::{
        page::Page,
        pledge_text::pledge_text,
        problems::Problems,
        submit::submit,
        waiting::{failed, waiting},
    },
    state::{Loaded, session::Step, use_answer, use_session, use_task, use_words},
    worker::messages::{Pledge as Call, SignPledge},
};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Not now: what is open already can be read without.
    pub(crate) later: Callback<()>,
}

#[component]
pub(crate) fn Pledge(props: &Props) -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let later = props.later.reform(|_: MouseEvent| ());
    let shown = match use_answer(Call {}, 0) {
        Loaded::Waiting => waiting(t),
        Loaded::Failed(failure) => failed(t, failure),
        Loaded::Ready(pledge) => {
            let onsubmit = {
                let (task, dispatch, version) = (task.clone(), session.dispatcher(), pledge.version);
                Callback::from(move |event: SubmitEvent| {
                    event.prevent_default();
                    let dispatch = dispatch.clone();
                    task.run(SignPledge { version }, move |who| dispatch.dispatch(Step::Who(who)));
                })
            };
            html! {
                <form key="ready" {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    { pledge_text(t, &pledge) }
                    <p class="actions">
                        { submit(t.pledge_sign(), t.working(), &task) }
                        <button type="button" class="quiet" onclick={later}>{ t.pledge_later() }</button>
                    </p>
                </form>
            }
        }
    };
    html! { <Page title={t.pledge_title()} lead={t.pledge_lead()}>{ shown }</Page> }
}
