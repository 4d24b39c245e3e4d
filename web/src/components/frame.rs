//! The frame of the pages before the vault is open, and of a third party's: no rail, one column.

use super::{language_choice::LanguageChoice, mark::mark};
use crate::language::Language;
use yew::prelude::*;

/// The frame.
pub(crate) fn frame(t: Language, content: Html) -> Html {
    framed("frame", t, content)
}

/// Wider, for what is read rather than filled in.
pub(crate) fn frame_wide(t: Language, content: Html) -> Html {
    framed("frame wide", t, content)
}

fn framed(class: &'static str, t: Language, content: Html) -> Html {
    html! {
        <div {class}>
            <header>
                <p class="practice">{ t.practice_only() }</p>
                <div class="frame-head">{ mark() }<LanguageChoice /></div>
            </header>
            <main>{ content }</main>
        </div>
    }
}
