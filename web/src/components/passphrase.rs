//! A new passphrase, twice, with a word on how hard it is to guess.

use super::field::Field;
use crate::{language::Language, state::use_words};
use yew::prelude::*;

/// The fewest characters the vault takes.
pub(crate) const SHORTEST: usize = 12;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) first: AttrValue,
    pub(crate) second: AttrValue,
    pub(crate) onfirst: Callback<String>,
    pub(crate) onsecond: Callback<String>,
    /// What is wrong, by id.
    pub(crate) wrong: Vec<(AttrValue, AttrValue)>,
}

/// Both fields.
#[component]
pub(crate) fn NewPassphrase(props: &Props) -> Html {
    let t = use_words();
    html! {
        <div class="passphrase">
            <Field id="passphrase" kind="password" autocomplete="new-password" label={t.passphrase()}
                hint={t.passphrase_hint()} value={props.first.clone()} oninput={props.onfirst.clone()}
                error={said(&props.wrong, "passphrase")} />
            <p class="fine strength" role="status">{ strength(t, &props.first) }</p>
            <Field id="again" kind="password" autocomplete="new-password" label={t.passphrase_again()}
                value={props.second.clone()} oninput={props.onsecond.clone()} error={said(&props.wrong, "again")} />
        </div>
    }
}

/// What is wrong with a new passphrase, by field.
pub(crate) fn check(t: Language, first: &str, second: &str) -> Vec<(AttrValue, AttrValue)> {
    let mut wrong = Vec::new();
    if first.chars().count() < SHORTEST {
        wrong.push(("passphrase".into(), t.error_weak_passphrase().into()));
    } else if first != second {
        wrong.push(("again".into(), t.error_passphrases_differ().into()));
    }
    wrong
}

/// What is wrong with a field, or nothing.
pub(crate) fn said(wrong: &[(AttrValue, AttrValue)], id: &str) -> AttrValue {
    wrong.iter().find(|(field, _)| field == id).map(|(_, text)| text.clone()).unwrap_or_default()
}

/// Length says most: the card's secret already makes guessing from outside useless, so this is a hint and no gate.
fn strength(t: Language, passphrase: &str) -> &'static str {
    let length = passphrase.chars().count();
    let kinds: std::collections::HashSet<char> = passphrase.to_lowercase().chars().collect();
    match (length, kinds.len()) {
        (0, _) => "",
        (1..SHORTEST, _) => t.strength_short(),
        (_, 0..=5) => t.strength_poor(),
        (SHORTEST..20, _) => t.strength_fair(),
        _ => t.strength_good(),
    }
}
