//! The end of a visit to somebody else's machine: what was on the screen goes at once, the relay hears that this device has
//! ended, the worker goes with every key, and the page is loaded anew, so that nothing of it stays in its memory either.

use super::{
    pending,
    session::{self, SessionContext, Step},
    use_session,
};
use crate::{
    clipboard, device,
    handover::{self, End},
    route::Route,
    worker::messages::{EndVisit, Unsaved},
};
use gloo::timers::callback::Timeout;
use yew::prelude::*;
use yew_router::prelude::*;

/// How long the relay has to hear of the end, in milliseconds. The keys wait no longer.
const PATIENCE: u32 = 5_000;

/// Ends the visit, whatever is lost by it.
pub(crate) fn end(session: &SessionContext) {
    if session.who.is_none() {
        return; // it ends already
    }
    clipboard::clear();
    let (client, dispatch) = (session.client.clone(), session.dispatcher());
    dispatch.dispatch(Step::Leaving);
    yew::platform::spawn_local(async move {
        let typed = pending::any();
        pending::drop_it();
        let late = client.clone();
        let timer = Timeout::new(PATIENCE, move || late.end());
        let told = client.call(EndVisit {}).await.ok();
        drop(timer);
        client.end();
        match told {
            Some(lost) => device::reload_at(&Route::VisitOver { lost: lost || typed }.to_path()),
            // Whoever serves the app is not there to serve it anew.
            None => dispatch.dispatch(Step::End(End::Left(typed))),
        }
    });
}

/// Locks the vault. A visit ends by it: whoever would lose something is asked first.
#[hook]
pub(crate) fn use_lock() -> Callback<MouseEvent> {
    let (session, navigator) = (use_session(), use_navigator());
    Callback::from(move |_: MouseEvent| {
        if !session.visiting() {
            return session::leave(&session, handover::lock());
        }
        let (session, navigator) = (session.clone(), navigator.clone());
        yew::platform::spawn_local(async move {
            let _ = pending::keep(&session.client).await;
            match (session.client.call(Unsaved {}).await, navigator) {
                (Ok(1..), Some(navigator)) => navigator.push(&Route::SignOut),
                _ => end(&session),
            }
        });
    })
}
