//! The button that does what the form says. It is never disabled: a second press while busy does nothing.

use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) label: AttrValue,
    /// What it says meanwhile.
    pub(crate) working: AttrValue,
    pub(crate) busy: bool,
    /// Irreversible.
    #[prop_or_default]
    pub(crate) danger: bool,
}

/// The button.
#[component]
pub(crate) fn Submit(props: &Props) -> Html {
    let class = if props.danger { "danger strong" } else { "primary" };
    let text = if props.busy { &props.working } else { &props.label };
    html! {
        <button type="submit" {class} aria-busy={props.busy.to_string()}>
            <span aria-live="polite">{ text }</span>
        </button>
    }
}
