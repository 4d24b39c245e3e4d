//! The confidentiality pledge, to read.

use crate::language::Language;
use yew::prelude::*;
use zegel_vault::view::PledgeView;

/// The text in the page's language, or in Dutch where there is no other; an empty line parts paragraphs.
pub(crate) fn pledge_text(t: Language, pledge: &PledgeView) -> Html {
    let (text, language) = match (t, &pledge.english) {
        (Language::English, Some(text)) => (text, Language::English),
        _ => (&pledge.dutch, Language::Dutch),
    };
    html! {
        <div class="sheet card prose" lang={language.tag()}>
            { for text.split("\n\n").map(|paragraph| html! { <p>{ paragraph.to_owned() }</p> }) }
        </div>
    }
}
