//! How two people compared words: the choice, and the sentence that tells of it afterwards.

use crate::{format, language::Language, state::Form};
use yew::prelude::*;
use zegel_vault::view::{Origin, VerificationView, VouchedView};

const BY_VOICE: &str = "by_voice";
const IN_PERSON: &str = "in_person";

/// What is chosen: at first that they were read aloud.
pub(crate) fn compared_how(form: &Form) -> String {
    Some(form.text("how")).filter(|how| !how.is_empty()).unwrap_or_else(|| BY_VOICE.to_owned())
}

/// The choice.
pub(crate) fn choices(t: Language, form: &Form) -> Html {
    let chosen = compared_how(form);
    let choice = |how: &'static str, label: &'static str, text: &'static str| {
        let onchange = form.oninput("how").reform(move |_: Event| how.to_owned());
        html! {
            <label class="choice sheet">
                <input type="radio" name="how" checked={chosen == how} {onchange} />
                <span><b>{ label }</b><small class="fine">{ text }</small></span>
            </label>
        }
    };
    html! {
        <fieldset class="choices">
            <legend>{ t.compare_how() }</legend>
            { choice(BY_VOICE, t.compare_by_voice(), t.compare_by_voice_text()) }
            { choice(IN_PERSON, t.compare_in_person(), t.compare_in_person_text()) }
        </fieldset>
    }
}

/// Who vouches for a member's keys, a sentence each; and that nobody but who invited them does, if so.
pub(crate) fn vouched(t: Language, vouched: &VouchedView) -> Vec<String> {
    let said = |said: &VerificationView| {
        let (day, name) = (format::counted(t, said.day), said.name.as_str());
        let name = if said.you { t.verified_you() } else { name };
        if said.how == IN_PERSON { t.verified_in_person(day, name) } else { t.verified_by_voice(day, name) }
    };
    let mut lines: Vec<String> = match vouched.origin {
        Origin::Founder => vec![t.member_founder().to_owned()],
        Origin::Recovery => vec![t.member_recovered().to_owned()],
        Origin::Invited => Vec::new(),
    };
    lines.extend(vouched.verifications.iter().map(said));
    if lines.is_empty() {
        lines.push(t.verified_nobody().to_owned());
    } else if !vouched.by_another {
        lines.push(t.verified_only(vouched.invited_by.as_deref().unwrap_or_default()));
    }
    lines
}
