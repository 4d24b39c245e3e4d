//! Locks a vault that nobody is at: after as long as the policy says, or its owner chose within that, with two minutes'
//! warning. What is being written is kept, sealed, before.

use crate::{
    device, handover,
    state::{preferences::use_preferences, session, use_session},
};
use gloo::{events::EventListener, timers::callback::Interval};
use std::{cell::Cell, rc::Rc};
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// How long before the lock the warning comes, in seconds.
const WARNING: u64 = 120;

/// How often the clock is looked at, in milliseconds. A machine that slept locks on waking.
const EVERY: u32 = 1_000;

/// What shows that somebody is there.
const SIGNS: [&str; 4] = ["pointerdown", "pointermove", "keydown", "wheel"];

/// The watch, and its warning.
#[component]
pub(crate) fn IdleLock() -> Html {
    let preferences = use_preferences();
    let (t, session) = (preferences.language, use_session());
    let dialog = use_node_ref();
    let left = use_state_eq(|| None::<u64>);
    let limit = session.who.as_ref().map(|who| preferences.lock_after(who));
    {
        let (session, left) = (session.clone(), left.setter());
        use_effect_with((limit, session.client.clone()), move |(limit, _)| {
            let seen = Rc::new(Cell::new(device::now()));
            let watch = limit.map(|limit| {
                let seen = seen.clone();
                Interval::new(EVERY, move || {
                    let idle = device::now().saturating_sub(seen.get());
                    if idle >= limit {
                        seen.set(device::now());
                        session::leave(&session, handover::lock());
                    }
                    left.set((idle < limit && idle + WARNING >= limit).then(|| limit - idle));
                })
            });
            let signs = SIGNS.map(|sign| {
                let seen = seen.clone();
                EventListener::new(&device::window(), sign, move |_| seen.set(device::now()))
            });
            move || drop((watch, signs))
        });
    }
    {
        let dialog = dialog.clone();
        use_effect_with(left.is_some(), move |warn| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                if *warn {
                    let _ = dialog.show_modal();
                } else {
                    dialog.close();
                }
            }
        });
    }
    let stay = {
        let left = left.setter();
        Callback::from(move |_: MouseEvent| left.set(None))
    };
    let seconds = usize::try_from(left.unwrap_or_default()).unwrap_or_default();
    html! {
        <dialog ref={dialog} class="sheet card" role="alertdialog" aria-labelledby="idle" aria-describedby="idle-text">
            <h2 id="idle">{ t.idle_title() }</h2>
            <p id="idle-text">{ if session.visiting() { t.visit_idle() } else { t.idle_text() } }</p>
            <p class="fine">{ t.idle_left(seconds) }</p>
            <p class="actions"><button type="button" class="primary" onclick={stay}>{ t.idle_stay() }</button></p>
        </dialog>
    }
}
