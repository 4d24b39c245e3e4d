//! The other language, one press away, written in that language.

use crate::{
    language::Language,
    state::preferences::{Prefer, use_preferences},
};
use yew::prelude::*;

/// The choice of language.
#[component]
pub(crate) fn LanguageChoice() -> Html {
    let preferences = use_preferences();
    let (other, name) = match preferences.language {
        Language::Dutch => (Language::English, "English"),
        Language::English => (Language::Dutch, "Nederlands"),
    };
    let onclick = Callback::from(move |_| preferences.dispatch(Prefer::Language(other)));
    html! { <button type="button" class="quiet language" lang={other.tag()} {onclick}>{ name }</button> }
}
