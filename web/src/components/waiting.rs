//! What stands where an answer is still awaited, or did not come.

use super::{empty::Empty, problems::Problems};
use crate::{state::use_words, worker::messages::Failure};
use yew::prelude::*;

/// A quiet line, said aloud only if somebody reads it.
#[component]
pub(crate) fn Waiting() -> Html {
    let t = use_words();
    html! { <p class="lead loading" aria-busy="true">{ t.loading() }</p> }
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) failure: Failure,
}

/// No answer, and why: an own page for what one may not see, the box of problems for the rest.
#[component]
pub(crate) fn Failed(props: &Props) -> Html {
    let t = use_words();
    html! {
        <div>
            if props.failure.key == "no-right" {
                <Empty title={t.empty_no_right()} text={t.failure(&props.failure)} />
            } else if props.failure.key == "not-found" {
                <Empty title={t.empty_not_found()} text={t.empty_not_found_text()} />
            } else {
                <Problems failure={props.failure.clone()} />
            }
        </div>
    }
}
