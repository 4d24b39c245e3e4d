//! A passkey for this device: set up, with what it is good for and what it is not, or ended.

use crate::{
    components::{confirm::Confirm, page::Page, waiting},
    passkey, residents,
    route::Route,
    state::{Task, use_answer, use_done, use_session, use_words},
    worker::messages::{AddPasskey, BeginPasskey, Devices, RemovePasskey, Secret},
};
use yew::prelude::*;

#[component]
pub(crate) fn Passkey() -> Html {
    let t = use_words();
    let (session, done) = (use_session(), use_done());
    let answer = use_answer(Devices {}, 0);
    let allowed = session.who.as_ref().is_some_and(|who| who.passkeys);
    let shown = waiting::page(t, t.passkey_title(), answer, |devices| {
        let done = done.clone();
        if devices.iter().any(|device| device.this && device.passkey) {
            let run = Callback::from(move |(task, passphrase): (Task, Secret)| {
                let done = done.clone();
                task.run(RemovePasskey { passphrase }, move |()| done.tell(t.passkey_removed(), &Route::Keys));
            });
            return html! {
                <Confirm key="end" title={t.passkey_end_title()} lead={t.passkey_end_text()} hint={t.passkey_end_why()}
                    act={t.passkey_end()} danger=true not={t.cancel()} {run}>
                    <p>{ t.passkey_end_system() }</p>
                </Confirm>
            };
        }
        if !allowed {
            return html! { <Page key="no" title={t.passkey_title()} lead={t.error_passkey_not_allowed()} /> };
        }
        // The system keeps it in its list of passkeys, so no more is said there than on the page that asks who somebody is.
        let called = session.store.as_deref().map(residents::called).unwrap_or_default();
        let run = Callback::from(move |(task, passphrase): (Task, Secret)| {
            let (client, typed, called) = (task.client(), passphrase.clone(), called.clone());
            let first = async move {
                let asked = client.call(BeginPasskey { passphrase: typed }).await?;
                passkey::make(&asked, &called).await
            };
            let done = done.clone();
            let add = |made: passkey::Made| AddPasskey { passphrase, credential: made.credential, gift: made.gift };
            task.run_with(first, add, move |()| done.tell(t.passkey_added(), &Route::Keys));
        });
        html! {
            <Confirm key="new" title={t.passkey_title()} lead={t.passkey_text()} hint={t.passkey_why()}
                act={t.passkey_make()} not={t.cancel()} {run}>
                <div class="promises">
                    <ul class="sheet card">
                        <li>{ t.passkey_always() }</li>
                        <li>{ t.passkey_here() }</li>
                        <li>{ t.passkey_honest() }</li>
                    </ul>
                </div>
            </Confirm>
        }
    });
    html! { <div class="passkey">{ shown }</div> }
}
