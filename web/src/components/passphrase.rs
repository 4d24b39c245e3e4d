//! A new passphrase, twice, with a word on how hard it is to guess.

use super::field::Field;
use crate::{
    language::Language,
    state::{Form, form::Wrong},
    worker::messages::Secret,
};
use yew::prelude::*;

/// The fewest characters the vault takes.
const SHORTEST: usize = 12;

/// The fields `passphrase` and `again`, which is labelled so.
pub(crate) fn new_passphrase(t: Language, form: &Form, again: &'static str) -> Html {
    fields(t, form, t.passphrase(), again)
}

/// The same below the one they replace, which is the field `old`.
pub(crate) fn next_passphrase(t: Language, form: &Form, old: &'static str) -> Html {
    html! {
        <>
            <Field id="old" kind="password" autocomplete="current-password" label={old}
                value={form.text("old")} oninput={form.oninput("old")} error={form.error("old")} />
            { fields(t, form, t.passphrase_next(), t.passphrase_again()) }
        </>
    }
}

/// The old passphrase and the next one, which do not stay in the page; nothing, with what is wrong shown, if they will not
/// do.
pub(crate) fn replaced(t: Language, form: &Form) -> Option<(Secret, Secret)> {
    let mut wrong = form.missing(&[("old", t.passphrase_old_missing())]);
    wrong.extend(check(t, form));
    if !form.accepts(wrong) {
        return None;
    }
    let typed = (Secret(form.text("old")), Secret(form.text("passphrase")));
    form.forget(&["old", "passphrase", "again"]);
    Some(typed)
}

fn fields(t: Language, form: &Form, label: &'static str, again: &'static str) -> Html {
    html! {
        <div class="passphrase">
            <Field id="passphrase" kind="password" autocomplete="new-password" {label}
                hint={t.passphrase_hint()} value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                error={form.error("passphrase")} />
            <p class="fine strength" role="status">{ strength(t, &form.text("passphrase")) }</p>
            <Field id="again" kind="password" autocomplete="new-password" label={again}
                value={form.text("again")} oninput={form.oninput("again")} error={form.error("again")} />
        </div>
    }
}

/// What is wrong with a new passphrase.
pub(crate) fn check(t: Language, form: &Form) -> Wrong {
    let (first, second) = (form.text("passphrase"), form.text("again"));
    if first.chars().count() < SHORTEST {
        vec![("passphrase".into(), t.error_weak_passphrase().into())]
    } else if first != second {
        vec![("again".into(), t.error_passphrases_differ().into())]
    } else {
        Vec::new()
    }
}

/// Length says most: the card's secret already makes guessing from outside useless, so this is a hint and no gate.
fn strength(t: Language, passphrase: &str) -> &'static str {
    let length = passphrase.chars().count();
    let kinds: std::collections::BTreeSet<char> = passphrase.to_lowercase().chars().collect();
    match (length, kinds.len()) {
        (0, _) => "",
        (1..SHORTEST, _) => t.strength_short(),
        (_, 0..=5) => t.strength_poor(),
        (SHORTEST..20, _) => t.strength_fair(),
        _ => t.strength_good(),
    }
}
