//! The button that does what the form says. It is never disabled: a second press while busy does nothing.

use crate::state::Task;
use yew::prelude::*;

/// The button; while the task runs it says `working`.
pub(crate) fn submit(label: &str, working: &str, task: &Task) -> Html {
    button("primary", label, working, task)
}

/// The button for what cannot be undone.
pub(crate) fn submit_danger(label: &str, working: &str, task: &Task) -> Html {
    button("danger strong", label, working, task)
}

fn button(class: &'static str, label: &str, working: &str, task: &Task) -> Html {
    html! {
        <button type="submit" {class} aria-busy={if task.busy() { "true" } else { "false" }}>
            <span aria-live="polite">{ if task.busy() { working } else { label } }</span>
        </button>
    }
}
