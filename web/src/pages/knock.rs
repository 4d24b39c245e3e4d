//! A new device without the key card: what a known device must get, the words of both, and then the passphrase.

use crate::{
    components::{copy::Copy, field::Field, handed_out::whole, page::Page, problems::Problems, qr::Qr, submit::submit},
    device,
    route::Route,
    state::{Loaded, session::Step, use_answer, use_form, use_session, use_task, use_words},
    worker::messages::{EnterKnock, Failure, KnockHere, LookKnock, Opened, Secret},
};
use gloo::timers::callback::Interval;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::KnockView;

/// Milliseconds between two looks.
const PATIENCE: u32 = 2000;

/// The page. Whoever begins again knocks anew.
#[component]
pub(crate) fn Knock() -> Html {
    let attempt = use_state_eq(|| 0_u32);
    let again = {
        let attempt = attempt.clone();
        Callback::from(move |_: MouseEvent| attempt.set(*attempt + 1))
    };
    html! { <div class="knock"><Attempt key={*attempt} {again} /></div> }
}

#[derive(PartialEq, Properties)]
struct Props {
    again: Callback<MouseEvent>,
}

#[component]
fn Attempt(props: &Props) -> Html {
    let t = use_words();
    let round = use_state_eq(|| 0_u32);
    let text = use_answer(KnockHere {}, 0);
    let looked = use_answer(LookKnock {}, *round);
    let (state, failure) = match (&text, &looked) {
        (Loaded::Failed(failure), _) | (_, Loaded::Failed(failure)) => (None, Some(failure.clone())),
        (_, Loaded::Ready(state)) => (Some((**state).clone()), None),
        (_, Loaded::Waiting) => (None, None),
    };
    let ended = failure.as_ref().is_some_and(is_end) || state.as_ref().is_some_and(|state| state.let_in);
    use_effect_with(ended, move |ended| {
        let mut rounds = 0;
        let timer = (!ended).then(|| {
            Interval::new(PATIENCE, move || {
                rounds += 1;
                round.set(rounds);
            })
        });
        move || drop(timer)
    });
    let words = state.as_ref().map(|state| state.words.join(" · ")).filter(|words| !words.is_empty());
    let let_in = state.is_some_and(|KnockView { let_in, .. }| let_in);
    let shown = match (&text, &words, let_in) {
        (_, Some(words), _) => html! {
            <div key="words" class="compare">
                <div class="sheet card" role="status"><p class="words spoken">{ words }</p></div>
                <p>{ if let_in { t.knock_same() } else { t.knock_compare() } }</p>
                <div class="enter">if let_in { <Enter /> }</div>
            </div>
        },
        (Loaded::Ready(text), None, _) => {
            let address = whole(&format!("/let-in#{text}"));
            html! {
                <div key="text" class="handed-out">
                    <ol><li>{ t.knock_open() }</li><li>{ t.knock_scan() }</li><li>{ t.knock_words() }</li></ol>
                    <div class="sheet card"><Qr text={address.clone()} label={t.knock_qr()} /></div>
                    <Copy label={t.knock_text_label()} hint={t.knock_text_hint()} text={address} />
                </div>
            }
        }
        _ => html! { <div key="nothing"></div> },
    };
    html! {
        <Page title={t.knock_title()} lead={t.knock_text()}>
            <Problems failure={failure.clone()} />
            <div class="stage">if !failure.as_ref().is_some_and(is_end) { { shown } }</div>
            <p class="actions">
                <button type="button" onclick={props.again.clone()}>{ t.knock_again() }</button>
                <Link<Route> to={Route::Today} classes="button quiet">{ t.back() }</Link<Route>>
            </p>
        </Page>
    }
}

/// Whether nothing comes of this one any more.
fn is_end(failure: &Failure) -> bool {
    !matches!(failure.key.as_str(), "relay-unreachable" | "relay-busy" | "nothing-here")
}

/// Somebody let this device in: the passphrase opens the vault here too.
#[component]
fn Enter() -> Html {
    let t = use_words();
    let (session, navigator) = (use_session(), use_navigator());
    let (task, form) = (use_task(), use_form());
    use_effect_with((), |()| device::focus("passphrase"));
    let onsubmit = {
        let (task, form, session) = (task.clone(), form.clone(), session.dispatcher());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !form.accepts(form.missing(&[("passphrase", t.passphrase_missing())])) {
                return;
            }
            let passphrase = Secret(form.text("passphrase"));
            form.forget(&["passphrase"]);
            let (session, navigator) = (session.clone(), navigator.clone());
            task.run(EnterKnock { passphrase }, move |opened: Opened| {
                session.dispatch(Step::Opened(opened));
                if let Some(navigator) = navigator {
                    navigator.replace(&Route::Today);
                }
            });
        })
    };
    html! {
        <form {onsubmit} novalidate=true>
            <Problems failure={task.failure()} fields={form.wrong()} />
            <Field id="passphrase" kind="password" autocomplete="current-password" label={t.passphrase()}
                hint={t.knock_passphrase()} value={form.text("passphrase")} oninput={form.oninput("passphrase")}
                error={form.error("passphrase")} />
            { submit(t.unlock(), t.unlocking(), &task) }
        </form>
    }
}
