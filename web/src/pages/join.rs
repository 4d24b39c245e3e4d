//! Joining with an invitation.

use crate::{
    components::{
        field::Field,
        link::{self, link_and_code},
        page::Page,
        passphrase::{self, new_passphrase},
        problems::Problems,
        submit::submit,
    },
    route::Route,
    state::{session::Step, use_form, use_session, use_task, use_words},
    worker::messages::{Join as Call, Secret},
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn Join() -> Html {
    let t = use_words();
    let session = use_session();
    let navigator = use_navigator();
    let task = use_task();
    let form = use_form();
    let onsubmit = {
        let (form, task, session) = (form.clone(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut wrong = link::check(t, &form);
            wrong.extend(form.missing(&[("name", t.name_missing())]));
            wrong.extend(passphrase::check(t, &form));
            if !form.accepts(wrong) {
                return;
            }
            let call = Call {
                link: Secret(link::link(&form)),
                code: Secret(form.trimmed("code")),
                name: form.trimmed("name"),
                passphrase: Secret(form.text("passphrase")),
            };
            form.forget(&["passphrase", "again"]);
            let (session, navigator) = (session.clone(), navigator.clone());
            task.run(call, move |opened| {
                session.dispatch(Step::Opened(opened));
                if let Some(navigator) = navigator {
                    navigator.replace(&Route::Today);
                }
            });
        })
    };
    html! {
        <Page title={t.join_title()} lead={t.join_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                { link_and_code(t, &form) }
                <Field id="name" autocomplete="name" label={t.your_name()} hint={t.your_name_hint()}
                    value={form.text("name")} oninput={form.oninput("name")} error={form.error("name")} />
                { new_passphrase(t, &form, t.passphrase_again()) }
                { submit(t.join(), t.join_working(), &task) }
            </form>
            <div class="back">
                if !session.residents.is_empty() {
                    <p class="aside"><Link<Route> to={Route::Today}>{ t.join_unlock() }</Link<Route>></p>
                }
            </div>
        </Page>
    }
}
