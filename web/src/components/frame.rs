//! The frame of the pages before the vault is open, and of a third party's: no rail, one column.

use super::{language_choice::LanguageChoice, mark::Mark};
use crate::state::use_words;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Wider, for what is read rather than filled in.
    #[prop_or_default]
    pub(crate) wide: bool,
    pub(crate) children: Html,
}

/// The frame.
#[component]
pub(crate) fn Frame(props: &Props) -> Html {
    let t = use_words();
    html! {
        <div class={classes!("frame", props.wide.then_some("wide"))}>
            <header>
                <p class="practice">{ t.practice_only() }</p>
                <div class="frame-head"><Mark /><LanguageChoice /></div>
            </header>
            <main>{ props.children.clone() }</main>
        </div>
    }
}
