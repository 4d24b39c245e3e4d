//! The first visit: an empty relay becomes an organisation's.

use crate::{
    components::{
        field::Field,
        page::Page,
        passphrase::{NewPassphrase, check, said},
        problems::Problems,
        submit::Submit,
    },
    state::{session::Step, use_session, use_task, use_words},
    worker::messages::{Found, Secret},
};
use yew::prelude::*;

#[derive(Clone, Default, PartialEq)]
struct Filled {
    token: String,
    organisation: String,
    name: String,
    passphrase: String,
    again: String,
}

#[component]
pub(crate) fn SetUp() -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let filled = use_state(Filled::default);
    let wrong = use_state(Vec::new);
    let onsubmit = {
        let (filled, wrong, task, session) = (filled.clone(), wrong.setter(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut found: Vec<(AttrValue, AttrValue)> = Vec::new();
            let empty = [
                ("token", &filled.token, t.setup_token_missing()),
                ("organisation", &filled.organisation, t.organisation_missing()),
                ("name", &filled.name, t.name_missing()),
            ];
            for (id, text, missing) in empty {
                if text.trim().is_empty() {
                    found.push((id.into(), missing.into()));
                }
            }
            found.extend(check(t, &filled.passphrase, &filled.again));
            wrong.set(found.clone());
            if !found.is_empty() {
                return;
            }
            let call = Found {
                token: Secret(filled.token.trim().to_owned()),
                organisation: filled.organisation.trim().to_owned(),
                name: filled.name.trim().to_owned(),
                passphrase: Secret(filled.passphrase.clone()),
            };
            filled.set(Filled { passphrase: String::new(), again: String::new(), ..(*filled).clone() });
            let session = session.clone();
            task.run(call, move |opened| session.dispatch(Step::Opened(opened)));
        })
    };
    let set = |change: fn(&mut Filled, String)| {
        let filled = filled.clone();
        Callback::from(move |text| {
            let mut next = (*filled).clone();
            change(&mut next, text);
            filled.set(next);
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
                <Problems failure={task.failure()} fields={(*wrong).clone()} />
                <Field id="token" exact=true label={t.setup_token()} hint={t.setup_token_hint()}
                    value={filled.token.clone()} oninput={set(|filled, text| filled.token = text)}
                    error={said(&wrong, "token")} />
                <Field id="organisation" autocomplete="organization" label={t.organisation()}
                    value={filled.organisation.clone()} oninput={set(|filled, text| filled.organisation = text)}
                    error={said(&wrong, "organisation")} />
                <Field id="name" autocomplete="name" label={t.your_name()} hint={t.your_name_hint()}
                    value={filled.name.clone()} oninput={set(|filled, text| filled.name = text)}
                    error={said(&wrong, "name")} />
                <NewPassphrase first={filled.passphrase.clone()} second={filled.again.clone()}
                    onfirst={set(|filled, text| filled.passphrase = text)}
                    onsecond={set(|filled, text| filled.again = text)} wrong={(*wrong).clone()} />
                <Submit label={t.setup()} working={t.setup_working()} busy={task.busy()} />
            </form>
        </Page>
    }
}
