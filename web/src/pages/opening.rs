//! Between the door and the open vault: the program that draws it may still be on its way, or may not come.

use crate::{
    components::{page::Page, problems::Problems, waiting::waiting},
    door, handover,
    state::{preferences::use_preferences, session, use_session},
    tab,
    worker::messages::Failure,
};
use gloo::timers::callback::Timeout;
use std::{cell::Cell, rc::Rc};
use yew::prelude::*;

#[component]
pub(crate) fn Opening() -> Html {
    let preferences = use_preferences();
    let t = preferences.language;
    let session = use_session();
    let (tries, failure) = (use_state(|| 0), use_state(|| None::<Failure>));
    {
        let (session, failure) = (session.clone(), failure.setter());
        use_effect_with(*tries, move |_| {
            let wanted = Rc::new(Cell::new(true));
            let still = wanted.clone();
            failure.set(None);
            yew::platform::spawn_local(async move {
                let way = handover::fetch().await;
                match way {
                    _ if !still.get() => {}
                    Err(missing) => failure.set(Some(missing)),
                    Ok(way) => {
                        if handover::give(&way, &session, t, tab::lock(), |ended| door::draw(Some(ended))) {
                            door::clear();
                        }
                    }
                }
            });
            move || wanted.set(false)
        });
    }
    {
        // The watch over a vault that nobody is at is in the program that did not come.
        let patience = session.who.as_ref().map_or(0, |who| preferences.lock_after(who));
        let session = session.clone();
        use_effect_with((), move |()| {
            let millis = u32::try_from(patience.saturating_mul(1_000)).unwrap_or(u32::MAX);
            let timer = Timeout::new(millis, move || session::leave(&session, handover::lock()));
            move || drop(timer)
        });
    }
    let again = Callback::from(move |_: MouseEvent| tries.set(*tries + 1));
    let (word, lock) = (if session.visiting() { t.visit_end() } else { t.lock_now() }, session.clone());
    let lock = Callback::from(move |_: MouseEvent| session::leave(&lock, handover::lock()));
    match (*failure).clone() {
        None => waiting(t),
        Some(failure) => html! {
            <Page key="missing" title={t.opening_failed()} lead={t.opening_failed_text()}>
                <section class="group">
                    <Problems {failure} />
                    <p class="actions">
                        <button type="button" class="primary" onclick={again}>{ t.try_again() }</button>
                        <button type="button" class="quiet" onclick={lock}>{ word }</button>
                    </p>
                </section>
            </Page>
        },
    }
}
