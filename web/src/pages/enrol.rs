//! A new device of somebody who has a key card, one where others have their vaults already, or a visit to a machine that is
//! not theirs. Whoever has an invitation opens its link instead.

use crate::{
    components::{field::Field, page::Page, problems::Problems, submit::submit},
    route::Route,
    state::{session::Step, use_form, use_session, use_task, use_words},
    worker::messages::{Enrol as Call, Opened, Secret, Visit},
};
use yew::prelude::*;
use yew_router::prelude::*;

/// What this machine is to whoever comes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// Theirs, and new to the app.
    New,
    /// Theirs, and of others.
    Beside,
    /// Somebody else's: nothing is kept on it.
    Visit,
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) way: Way,
}

#[component]
pub(crate) fn Enrol(props: &Props) -> Html {
    let t = use_words();
    let session = use_session();
    let navigator = use_navigator();
    let task = use_task();
    let form = use_form();
    let visit = props.way == Way::Visit;
    let moves = props.way != Way::New;
    let onsubmit = {
        let (form, task, session) = (form.clone(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("card", t.card_missing()), ("passphrase", t.passphrase_missing())])) {
                return;
            }
            let (card, passphrase) = (Secret(form.text("card")), Secret(form.text("passphrase")));
            form.forget(&["passphrase"]);
            let (session, form, navigator) = (session.clone(), form.clone(), navigator.clone());
            let done = move |opened: Opened| {
                form.forget(&["card"]);
                session.dispatch(Step::Opened(opened));
                if let Some(navigator) = navigator.filter(|_| moves) {
                    navigator.replace(&Route::Today);
                }
            };
            match visit {
                true => task.run(Visit { card, passphrase }, done),
                false => task.run(Call { card, passphrase }, done),
            }
        })
    };
    let (title, lead) = match props.way {
        Way::New => (t.enrol_title(), t.enrol_text()),
        Way::Beside => (t.beside_title(), t.beside_text()),
        Way::Visit => (t.visit_title(), t.visit_text()),
    };
    // A browser that is asked to keep a passphrase may do so; here it should not even ask.
    let (autocomplete, hint) = if visit { ("off", t.visit_passphrase()) } else { ("current-password", "") };
    html! {
        <Page {title} {lead}>
            <div class="promises">
                if visit {
                    <ul class="sheet card">
                        <li>{ t.visit_nothing_kept() }</li>
                        <li>{ t.visit_five_minutes() }</li>
                        <li>{ t.visit_honest() }</li>
                    </ul>
                }
            </div>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={form.wrong()} />
                <Field id="card" rows={6} exact=true label={t.card_label()} hint={t.card_hint()}
                    value={form.text("card")} oninput={form.oninput("card")} error={form.error("card")} />
                <Field id="passphrase" kind="password" {autocomplete} label={t.passphrase()} {hint}
                    value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                    error={form.error("passphrase")} />
                { submit(if visit { t.visit_begin() } else { t.unlock() }, t.unlocking(), &task) }
            </form>
            <div class="asides">
                if props.way != Way::Visit {
                    <p class="aside"><Link<Route> to={Route::Visit}>{ t.visit_title() }</Link<Route>></p>
                    <p class="aside"><Link<Route> to={Route::Knock}>{ t.knock_title() }</Link<Route>></p>
                    <details class="aside">
                        <summary>{ t.enrol_invited() }</summary>
                        <p>{ t.enrol_invited_text() }</p>
                    </details>
                }
            </div>
            <div class="back">
                if moves { <p class="aside"><Link<Route> to={Route::Today}>{ t.back() }</Link<Route>></p> }
            </div>
        </Page>
    }
}
