//! A testament in which one is named: releasing it, and having destroyed what is left.

use crate::{format, language::Language};
use yew::prelude::*;
use zegel_vault::view::EntrustedView;

/// What there is of it, and what to do.
pub(crate) fn entrusted(
    t: Language,
    by: &EntrustedView,
    release: &Callback<String>,
    destroy: &Callback<String>,
) -> Html {
    let (name, needed) = (&by.name, by.needed.to_string());
    let names = by.claimed.join(", ");
    let number = |count: usize| count.to_string();
    let said = match by.opens.map(|opens| format::day(t, opens)) {
        Some(day) if by.open => {
            t.testament_of_open(number(by.clients), number(by.closing), day, name, number(by.rest), number(by.stay))
        }
        Some(day) => t.testament_of_waits(day, name, &names),
        None if names.is_empty() => t.testament_of(by.dossiers, name, by.trustees.join(", "), needed),
        None => t.testament_of_asked(name, &names, needed),
    };
    let asked = |key, what, text, yes, run: &Callback<String>| {
        let person = by.person.clone();
        twice(key, what, text, yes, run.reform(move |_: MouseEvent| person.clone()))
    };
    let ask = (!by.by_you).then(|| {
        asked("release", t.testament_release(name), t.testament_release_text(name), t.testament_release_do(), release)
    });
    let rest = (by.open && by.rest > 0).then(|| {
        let what = t.testament_destroy().to_owned();
        asked("destroy", what, t.testament_destroy_text(by.rest), t.testament_destroy_do(), destroy)
    });
    html! {
        <section class="group" key={by.person.clone()}>
            <h2>{ t.testament_for(name) }</h2>
            <p>{ said }</p>
            { ask }
            { rest }
        </section>
    }
}

/// What is not taken back is asked twice.
pub(crate) fn twice(
    key: &'static str,
    what: String,
    text: String,
    yes: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <details {key} class="sheet card">
            <summary>{ what }</summary>
            <p>{ text }</p>
            <p class="actions"><button type="button" class="danger strong" {onclick}>{ yes }</button></p>
        </details>
    }
}
