//! A link that somebody was given, and its code. The link's secret is out of the address bar by the time this is drawn.

use super::field::Field;
use crate::{
    device,
    language::Language,
    state::{Form, form::Wrong},
};
use yew::prelude::*;

/// The fields `link`, unless a link opened this page, and `code`: of a reading card, the passphrase.
pub(crate) fn link_and_code(t: Language, form: &Form) -> Html {
    let card = is_card(form);
    let (label, hint) = if card { (t.passphrase(), t.own_passphrase_hint()) } else { (t.code_label(), t.code_hint()) };
    html! {
        <>
            <div class="link-place">
                if device::arrived_link().is_none() {
                    <Field id="link" exact=true label={t.link_label()} hint={t.link_hint()} value={form.text("link")}
                        oninput={form.oninput("link")} error={form.error("link")} />
                }
            </div>
            <Field id="code" exact=true kind={if card { "password" } else { "text" }} {label} {hint}
                value={form.text("code")} oninput={form.oninput("code")} error={form.error("code")} />
        </>
    }
}

/// Whether a reading card opened this page, or was typed.
pub(crate) fn is_card(form: &Form) -> bool {
    link(form).contains("#r1.")
}

/// The link: the one that opened this page, or the one that was typed.
pub(crate) fn link(form: &Form) -> String {
    device::arrived_link().unwrap_or_else(|| form.trimmed("link"))
}

/// What was typed to open it. A code was read somewhere; a passphrase is what its owner chose, blanks and all.
pub(crate) fn code(form: &Form) -> String {
    if is_card(form) { form.text("code") } else { form.trimmed("code") }
}

/// What is wrong with the two fields.
pub(crate) fn check(t: Language, form: &Form) -> Wrong {
    let code = if is_card(form) { t.passphrase_missing() } else { t.code_missing() };
    let fields = [("link", t.link_missing()), ("code", code)];
    form.missing(if device::arrived_link().is_some() { &fields[1..] } else { &fields })
}
