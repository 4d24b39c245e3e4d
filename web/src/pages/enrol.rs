//! A new device of somebody who has a key card. Whoever has an invitation opens its link instead.

use crate::{
    components::{field::Field, page::Page, passphrase::said, problems::Problems, submit::Submit},
    state::{session::Step, use_session, use_task, use_words},
    worker::messages::{Enrol as Call, Secret},
};
use yew::prelude::*;

#[component]
pub(crate) fn Enrol() -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let card = use_state(String::new);
    let passphrase = use_state(String::new);
    let wrong = use_state(Vec::new);
    let onsubmit = {
        let (card, passphrase, wrong, task, session) =
            (card.clone(), passphrase.clone(), wrong.setter(), task.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut found: Vec<(AttrValue, AttrValue)> = Vec::new();
            if card.trim().is_empty() {
                found.push(("card".into(), t.card_missing().into()));
            }
            if passphrase.is_empty() {
                found.push(("passphrase".into(), t.passphrase_missing().into()));
            }
            wrong.set(found.clone());
            if !found.is_empty() {
                return;
            }
            let call = Call { card: Secret((*card).clone()), passphrase: Secret((*passphrase).clone()) };
            passphrase.set(String::new());
            let (session, card) = (session.clone(), card.setter());
            task.run(call, move |opened| {
                card.set(String::new());
                session.dispatch(Step::Opened(opened));
            });
        })
    };
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text| state.set(text))
    };
    html! {
        <Page title={t.enrol_title()} lead={t.enrol_text()}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} fields={(*wrong).clone()} />
                <Field id="card" rows={6} exact=true label={t.card_label()} hint={t.card_hint()}
                    value={(*card).clone()} oninput={set(&card)} error={said(&wrong, "card")} />
                <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                    value={(*passphrase).clone()} oninput={set(&passphrase)} error={said(&wrong, "passphrase")} />
                <Submit label={t.unlock()} working={t.unlocking()} busy={task.busy()} />
            </form>
            <details class="aside">
                <summary>{ t.enrol_invited() }</summary>
                <p>{ t.enrol_invited_text() }</p>
            </details>
        </Page>
    }
}
