//! What is wrong, above the form: what the vault refused, and links to the fields that need another look.

use crate::{device, language::Language, state::use_words, worker::messages::Failure};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What the vault said.
    #[prop_or_default]
    pub(crate) failure: Option<Failure>,
    /// Fields by id, and what is wrong with each.
    #[prop_or_default]
    pub(crate) fields: Vec<(AttrValue, AttrValue)>,
}

/// The box of problems. It takes the focus when it appears, so that nobody looks for why nothing happened.
#[component]
pub(crate) fn Problems(props: &Props) -> Html {
    let t = use_words();
    let any = props.failure.is_some() || !props.fields.is_empty();
    use_effect_with((any, props.failure.clone(), props.fields.len()), |(any, ..)| {
        if *any {
            device::focus("problems");
        }
    });
    html! {
        <div class="problems-place" role="alert">
            if any {
                <section id="problems" class="problems" tabindex="-1">
                    <h2>{ t.problems_title() }</h2>
                    <ul>
                        { for props.failure.iter().map(|failure| html! {
                            <li key="failure">
                                { sentence(t, failure) }
                                <ul class="names">{ for names(failure).map(|name| html! { <li>{ name }</li> }) }</ul>
                            </li>
                        }) }
                        { for props.fields.iter().map(|(id, text)| html! {
                            <li key={id.to_string()}><a href={format!("#{id}")} onclick={jump(id)}>{ text }</a></li>
                        }) }
                    </ul>
                </section>
            }
        </div>
    }
}

/// The sentence, as a link where one field of the form is what it is about.
fn sentence(t: Language, failure: &Failure) -> Html {
    let field = match failure.key.as_str() {
        "set-up-token" => "token",
        "wrong-passphrase" if is_here("old") => "old",
        "wrong-passphrase" | "weak-passphrase" => "passphrase",
        "damaged-card" | "not-a-card" | "card-not-known" => "card",
        "wrong-code" | "bad-code" => "code",
        "bad-link" => "link",
        "date-in-past" => "until",
        _ => "",
    };
    let there = !field.is_empty() && is_here(field);
    let text = t.failure(failure);
    html! {
        <span>
            if there {
                <a href={format!("#{field}")} onclick={jump(&field.into())}>{ text }</a>
            } else {
                { text }
            }
        </span>
    }
}

fn is_here(id: &str) -> bool {
    device::document().get_element_by_id(id).is_some()
}

/// Names that are worth a list, such as the dossiers that nobody else reads.
fn names(failure: &Failure) -> impl Iterator<Item = &String> {
    let worth = failure.key == "would-orphan";
    failure.names.iter().filter(move |_| worth)
}

fn jump(id: &AttrValue) -> Callback<MouseEvent> {
    let id = id.clone();
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        device::focus(&id);
    })
}
