//! What stands where an answer is still awaited, or did not come.

use super::{empty::empty, page::Page, problems::Problems};
use crate::{language::Language, state::Loaded, worker::messages::Failure};
use std::rc::Rc;
use yew::prelude::*;

/// A quiet line, said aloud only if somebody reads it.
pub(crate) fn waiting(t: Language) -> Html {
    html! { <p key="waiting" class="lead loading" aria-busy="true">{ t.loading() }</p> }
}

/// No answer, and why: an own page for what one may not see, the box of problems for the rest.
pub(crate) fn failed(t: Language, failure: Failure) -> Html {
    html! {
        <div key="failed">
            if failure.key == "no-right" {
                { empty(t.empty_no_right(), &t.failure(&failure), Html::default()) }
            } else if failure.key == "not-found" {
                { empty(t.empty_not_found(), t.empty_not_found_text(), Html::default()) }
            } else {
                <Problems {failure} />
            }
        </div>
    }
}

/// A page of its own until the answer is there: then what `ready` makes of it.
pub(crate) fn page<T>(t: Language, title: &'static str, answer: Loaded<T>, ready: impl FnOnce(Rc<T>) -> Html) -> Html {
    match answer {
        Loaded::Waiting => html! { <Page key="waiting" {title}>{ waiting(t) }</Page> },
        Loaded::Failed(failure) => html! { <Page key="failed" {title}>{ failed(t, failure) }</Page> },
        Loaded::Ready(value) => ready(value),
    }
}

/// A part of a page until its answer is there: then what `ready` makes of it.
pub(crate) fn part<T>(t: Language, answer: Loaded<T>, ready: impl FnOnce(Rc<T>) -> Html) -> Html {
    match answer {
        Loaded::Waiting => waiting(t),
        Loaded::Failed(failure) => failed(t, failure),
        Loaded::Ready(value) => ready(value),
    }
}
