//! A link that somebody was given, and its code. The link's secret is out of the address bar by the time this is drawn.

use super::field::Field;
use crate::{
    device,
    language::Language,
    state::{Form, form::Wrong},
};
use yew::prelude::*;

/// The fields `link`, unless a link opened this page, and `code`.
pub(crate) fn link_and_code(t: Language, form: &Form) -> Html {
    html! {
        <>
            <div class="link-place">
                if device::arrived_link().is_none() {
                    <Field id="link" exact=true label={t.link_label()} hint={t.link_hint()} value={form.text("link")}
                        oninput={form.oninput("link")} error={form.error("link")} />
                }
            </div>
            <Field id="code" exact=true label={t.code_label()} hint={t.code_hint()} value={form.text("code")}
                oninput={form.oninput("code")} error={form.error("code")} />
        </>
    }
}

/// The link: the one that opened this page, or the one that was typed.
pub(crate) fn link(form: &Form) -> String {
    device::arrived_link().unwrap_or_else(|| form.trimmed("link"))
}

/// What is wrong with the two fields.
pub(crate) fn check(t: Language, form: &Form) -> Wrong {
    let fields = [("link", t.link_missing()), ("code", t.code_missing())];
    form.missing(if device::arrived_link().is_some() { &fields[1..] } else { &fields })
}
