//! What somebody acknowledges before they leave.

use crate::{
    components::{page::Page, pledge_text::pledge_text, problems::Problems, submit::submit, waiting},
    route::Route,
    state::{use_answer, use_done, use_task, use_words},
    worker::messages::{Farewell as Call, SignFarewell},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn Farewell() -> Html {
    let t = use_words();
    let (task, done) = (use_task(), use_done());
    let shown = waiting::page(t, t.farewell_title(), use_answer(Call {}, 0), |farewell| {
        let onsubmit = {
            let (task, done, version) = (task.clone(), done.clone(), farewell.version);
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let done = done.clone();
                task.run(SignFarewell { version }, move |()| done.tell(t.farewell_done().to_owned(), &Route::Settings));
            })
        };
        html! {
            <Page key="ask" title={t.farewell_title()} lead={t.farewell_lead()}>
                <form {onsubmit} novalidate=true>
                    <Problems failure={task.failure()} />
                    { pledge_text(t, &farewell) }
                    <p class="actions">
                        if farewell.signed {
                            <span role="status">{ t.farewell_signed() }</span>
                        } else {
                            { submit(t.farewell_sign(), t.working(), &task) }
                        }
                        <Link<Route> to={Route::Settings} classes="button quiet">{ t.back() }</Link<Route>>
                    </p>
                </form>
            </Page>
        }
    });
    html! { <div class="farewell">{ shown }</div> }
}
