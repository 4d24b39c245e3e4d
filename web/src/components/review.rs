//! Who last went over the list of who is authorised; a director says here that they did.

use crate::{
    components::problems::Problems,
    format,
    state::{use_session, use_task, use_words},
    worker::messages::SignReview,
};
use yew::prelude::*;
use zegel_vault::view::ReviewView;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) last: Option<ReviewView>,
    pub(crate) done: Callback<()>,
}

/// What is known, and the button.
#[component]
pub(crate) fn Review(props: &Props) -> Html {
    let (t, task) = (use_words(), use_task());
    let director = use_session().who.as_ref().is_some_and(|who| who.director);
    let onclick = {
        let (task, done) = (task.clone(), props.done.clone());
        Callback::from(move |_: MouseEvent| {
            let done = done.clone();
            task.run(SignReview {}, move |()| done.emit(()));
        })
    };
    let last = match &props.last {
        Some(last) => t.review_last(&last.by, format::counted(t, last.day)),
        None => t.review_never().to_owned(),
    };
    html! {
        <section class="group">
            <h2>{ t.review_title() }</h2>
            <p role="status">{ last }</p>
            if director {
                <p class="fine no-print">{ t.review_text() }</p>
                <Problems failure={task.failure()} />
                <p class="no-print">
                    <button type="button" aria-busy={task.busy().to_string()} {onclick}>{ t.review_sign() }</button>
                </p>
            }
        </section>
    }
}
