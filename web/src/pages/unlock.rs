//! Unlocking a vault of this device; who somebody is, they say where more than one is here. The address stays, so a deep link
//! opens where it leads. Somebody who may read nothing any more can wipe theirs here.

use super::sign_out::gone;
use crate::{
    components::{
        field::Field,
        page::Page,
        passkey_button::PasskeyButton,
        problems::Problems,
        submit::{submit, submit_danger},
    },
    device,
    language::Language,
    passkey,
    residents::Resident,
    route::Route,
    state::{session::Step, use_form, use_session, use_task, use_words},
    worker::messages::{Opened, Secret, SignOutHere, Unlock as Call, UnlockByPasskey},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::PasskeyView;

#[component]
pub(crate) fn Unlock() -> Html {
    let t = use_words();
    let session = use_session();
    let task = use_task();
    let form = use_form();
    let navigator = use_navigator();
    let chosen = use_state_eq(|| None::<String>);
    let leaving = use_state_eq(|| false);
    let leave = *leaving;
    let residents = session.residents.clone();
    let alone = residents.len() == 1;
    use_effect_with(alone, |alone| device::focus(if *alone { "passphrase" } else { "who-0" }));
    let store = match residents.as_slice() {
        [resident] => Some(resident.store.clone()),
        several => several.iter().map(|one| one.store.clone()).find(|store| Some(store) == chosen.as_ref()),
    };
    let opened = {
        let (session, before) = (session.dispatcher(), session.store.clone());
        Callback::from(move |opened: Opened| {
            // Where another person was is nothing to this one.
            let elsewhere = before.is_some() && before != opened.store;
            session.dispatch(Step::Opened(opened));
            if let Some(navigator) = navigator.clone().filter(|_| elsewhere) {
                navigator.replace(&Route::Today);
            }
        })
    };
    let onsubmit = {
        let (form, task, store, opened) = (form.clone(), task.clone(), store.clone(), opened.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut wrong = form.missing(&[("passphrase", t.passphrase_missing())]);
            if store.is_none() {
                wrong.insert(0, ("who-0".into(), t.who_missing().into()));
            }
            let first = wrong.first().map(|(field, _)| field.clone());
            let (Some(store), true) = (store.clone(), form.accepts(wrong)) else {
                return device::focus(&first.unwrap_or_default());
            };
            let passphrase = Secret(form.text("passphrase"));
            form.forget(&["passphrase"]);
            if leave {
                let (client, call) = (task.client(), SignOutHere { store: store.clone(), passphrase });
                return task.run(call, move |()| gone(&client, Some(store)));
            }
            let opened = opened.clone();
            task.run(Call { store, passphrase }, move |answer| opened.emit(answer));
        })
    };
    let turn = Callback::from(move |_: MouseEvent| leaving.set(!leave));
    let (title, lead, button, other) = if leave {
        let button = submit_danger(t.sign_out_do(), t.working(), &task);
        (t.sign_out_title(), t.sign_out_text(), button, Some(("quiet", t.cancel())))
    } else {
        let lead = if alone { t.unlock_text() } else { t.unlock_text_several() };
        let over = task.failure().is_some_and(|failure| failure.is_over());
        let other = over.then(|| ("danger", t.sign_out_title()));
        (t.unlock_title(), lead, submit(t.unlock(), t.unlocking(), &task), other)
    };
    let by_passkey = store.filter(|_| !leave).map(|store| {
        let (task, opened, called) = (task.clone(), opened, store.clone());
        let ask = Callback::from(move |known: PasskeyView| {
            let (opened, store) = (opened.clone(), called.clone());
            let first = async move { passkey::ask(&known).await };
            task.run_with(first, |gift| UnlockByPasskey { store, gift }, move |answer| opened.emit(answer));
        });
        html! { <PasskeyButton key={store.clone()} store={store.clone()} {ask} /> }
    });
    html! {
        <Page key={leave.to_string()} {title} {lead}>
            <form {onsubmit} novalidate=true>
                <Problems failure={task.failure()} />
                <div class="who">
                    if !alone && !leave { { who(t, &residents, &chosen, &form.error("who-0")) } }
                </div>
                <div class="by-passkey">{ by_passkey.unwrap_or_default() }</div>
                <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                    value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                    error={form.error("passphrase")} />
                <div class="actions">
                    { button }
                    if let Some((class, words)) = other {
                        <button type="button" {class} onclick={turn}>{ words }</button>
                    }
                </div>
            </form>
            if !leave {
                <p class="aside"><Link<Route> to={Route::Visit}>{ t.visit_title() }</Link<Route>></p>
                <p class="aside"><Link<Route> to={Route::Beside}>{ t.beside_title() }</Link<Route>></p>
                <details class="aside">
                    <summary>{ t.unlock_help() }</summary>
                    <p>{ t.unlock_help_text() }</p>
                </details>
            }
        </Page>
    }
}

/// Everybody whose vault is here.
fn who(t: Language, residents: &[Resident], chosen: &UseStateHandle<Option<String>>, error: &AttrValue) -> Html {
    let choice = |(place, resident): (usize, &Resident)| {
        let set = chosen.setter();
        let store = resident.store.clone();
        let onchange = Callback::from(move |_: Event| set.set(Some(store.clone())));
        html! {
            <label key={resident.store.clone()} class="choice sheet">
                <input type="radio" name="who" id={format!("who-{place}")} {onchange}
                    checked={chosen.as_ref() == Some(&resident.store)} />
                <span><b><bdi>{ called(t, residents, place) }</bdi></b></span>
            </label>
        }
    };
    html! {
        <fieldset class="choices">
            <legend>{ t.who_title() }</legend>
            <p class="error">{ error }</p>
            { for residents.iter().enumerate().map(choice) }
        </fieldset>
    }
}

/// What somebody is called; whoever has the same letters as one before them has a number as well.
fn called(t: Language, residents: &[Resident], place: usize) -> String {
    let label = residents.get(place).map(|resident| resident.label.clone()).unwrap_or_default();
    let before = residents.iter().take(place).filter(|other| other.label == label).count();
    match (label.is_empty(), before) {
        (true, _) => t.who_unnamed(place + 1),
        (false, 0) => label,
        (false, _) => format!("{label} ({})", before + 1),
    }
}
