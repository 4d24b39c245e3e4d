//! Joining with an invitation. Its secret came in the fragment and is out of the address bar by now.

use crate::{
    components::{
        field::Field,
        page::Page,
        passphrase::{NewPassphrase, check, said},
        problems::Problems,
        submit::Submit,
    },
    device,
    route::Route,
    state::{session::Step, use_session, use_task, use_words},
    worker::messages::{Join as Call, Secret},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[derive(Clone, Default, PartialEq)]
struct Filled {
    link: String,
    code: String,
    name: String,
    passphrase: String,
    again: String,
}

#[component]
pub(crate) fn Join() -> Html {
    let t = use_words();
    let session = use_session();
    let navigator = use_navigator();
    let task = use_task();
    let arrived = use_memo((), |()| device::arrived_link());
    let filled = use_state(Filled::default);
    let wrong = use_state(Vec::new);
    let onsubmit = {
        let (filled, wrong, task, session) = (filled.clone(), wrong.setter(), task.clone(), session.dispatcher());
        let (arrived, navigator) = (arrived.clone(), navigator.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let link = (*arrived).clone().unwrap_or_else(|| filled.link.trim().to_owned());
            let mut found: Vec<(AttrValue, AttrValue)> = Vec::new();
            let empty = [
                ("link", &link, t.link_missing()),
                ("code", &filled.code, t.code_missing()),
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
            let call = Call {
                link: Secret(link),
                code: Secret(filled.code.trim().to_owned()),
                name: filled.name.trim().to_owned(),
                passphrase: Secret(filled.passphrase.clone()),
            };
            filled.set(Filled { passphrase: String::new(), again: String::new(), ..(*filled).clone() });
            let (session, navigator) = (session.clone(), navigator.clone());
            task.run(call, move |opened| {
                session.dispatch(Step::Opened(opened));
                if let Some(navigator) = navigator {
                    navigator.replace(&Route::Today);
                }
            });
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
        <Page title={t.join_title()} lead={t.join_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={(*wrong).clone()} />
                <div class="link-place">
                    if arrived.is_none() {
                        <Field id="link" exact=true label={t.link_label()} hint={t.link_hint()}
                            value={filled.link.clone()} oninput={set(|filled, text| filled.link = text)}
                            error={said(&wrong, "link")} />
                    }
                </div>
                <Field id="code" exact=true label={t.code_label()} hint={t.code_hint()} value={filled.code.clone()}
                    oninput={set(|filled, text| filled.code = text)} error={said(&wrong, "code")} />
                <Field id="name" autocomplete="name" label={t.your_name()} hint={t.your_name_hint()}
                    value={filled.name.clone()} oninput={set(|filled, text| filled.name = text)}
                    error={said(&wrong, "name")} />
                <NewPassphrase first={filled.passphrase.clone()} second={filled.again.clone()}
                    onfirst={set(|filled, text| filled.passphrase = text)}
                    onsecond={set(|filled, text| filled.again = text)} wrong={(*wrong).clone()} />
                <Submit label={t.join()} working={t.join_working()} busy={task.busy()} />
            </form>
        </Page>
    }
}
