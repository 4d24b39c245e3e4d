//! The first visit: an empty relay becomes an organisation's.

use crate::{
    components::{
        field::Field,
        page::Page,
        passphrase::{self, new_passphrase},
        problems::Problems,
        submit::submit,
    },
    language::Language,
    state::{Form, session::Step, use_form, use_session, use_task, use_words},
    worker::messages::{Found, Secret},
};
use yew::prelude::*;
use zegel_vault::{Language as Spoken, Profile};

/// The profile that is chosen until another one is.
const FIRST: Profile = Profile::GuidanceFoundation;

/// A policy to begin with.
fn choice(t: Language, form: &Form, profile: Profile) -> Html {
    let spoken = match t {
        Language::Dutch => Spoken::Dutch,
        Language::English => Spoken::English,
    };
    let chosen = Profile::from_name(&form.text("profile")).unwrap_or(FIRST) == profile;
    let onchange = form.oninput("profile").reform(move |_: Event| profile.name().to_owned());
    html! {
        <label key={profile.name()} class="choice sheet">
            <input type="radio" name="profile" checked={chosen} {onchange} />
            <span>
                <b>{ profile.title(spoken) }</b>
                <small class="fine">{ profile.description(spoken) }</small>
            </span>
        </label>
    }
}

#[component]
pub(crate) fn SetUp() -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let form = use_form();
    let onsubmit = {
        let (form, task, session) = (form.clone(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut wrong = form.missing(&[
                ("token", t.setup_token_missing()),
                ("organisation", t.organisation_missing()),
                ("name", t.name_missing()),
            ]);
            wrong.extend(passphrase::check(t, &form));
            if !form.accepts(wrong) {
                return;
            }
            let profile = Profile::from_name(&form.text("profile")).unwrap_or(FIRST);
            let call = Found {
                token: Secret(form.trimmed("token")),
                organisation: form.trimmed("organisation"),
                name: form.trimmed("name"),
                passphrase: Secret(form.text("passphrase")),
                profile: profile.name().to_owned(),
            };
            form.forget(&["passphrase", "again"]);
            let session = session.clone();
            task.run(call, move |opened| session.dispatch(Step::Opened(opened)));
        })
    };
    html! {
        <Page title={t.setup_title()} lead={t.setup_text()}>
            <ol class="three">
                <li><b>{ t.setup_step_one() }</b><p>{ t.setup_step_one_text() }</p></li>
                <li><b>{ t.setup_step_two() }</b><p>{ t.setup_step_two_text() }</p></li>
                <li><b>{ t.setup_step_three() }</b><p>{ t.setup_step_three_text() }</p></li>
            </ol>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                <Field id="token" exact=true label={t.setup_token()} hint={t.setup_token_hint()}
                    value={form.text("token")} oninput={form.oninput("token")} error={form.error("token")} />
                <Field id="organisation" autocomplete="organization" label={t.organisation()}
                    value={form.text("organisation")} oninput={form.oninput("organisation")}
                    error={form.error("organisation")} />
                <Field id="name" autocomplete="name" label={t.your_name()} hint={t.your_name_hint()}
                    value={form.text("name")} oninput={form.oninput("name")} error={form.error("name")} />
                <fieldset class="choices">
                    <legend>{ t.setup_policy() }</legend>
                    <p class="hint">{ t.setup_policy_hint() }</p>
                    { for Profile::all().map(|profile| choice(t, &form, profile)) }
                </fieldset>
                { new_passphrase(t, &form, t.passphrase_again()) }
                { submit(t.setup(), t.setup_working(), &task) }
            </form>
        </Page>
    }
}
