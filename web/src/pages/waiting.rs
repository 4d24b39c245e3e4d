//! Joined, but not yet admitted: a colleague compares words first.

use crate::{
    components::page::Page,
    handover,
    state::{
        session::{self, Step},
        use_session, use_words,
    },
    worker::messages::Sync,
};
use gloo::timers::callback::Interval;
use yew::prelude::*;

const EVERY: u32 = 5_000;

#[component]
pub(crate) fn WaitingForAdmission() -> Html {
    let t = use_words();
    let session = use_session();
    let words = session.who.as_ref().map(|who| who.words.clone()).unwrap_or_default();
    {
        let dispatch = session.dispatcher();
        use_effect_with(session.client.clone(), move |client| {
            let client = client.clone();
            let timer = Interval::new(EVERY, move || {
                let (client, dispatch) = (client.clone(), dispatch.clone());
                yew::platform::spawn_local(async move {
                    if let Ok(news) = client.call(Sync {}).await {
                        dispatch.dispatch(Step::Who(news.session));
                    }
                });
            });
            move || drop(timer)
        });
    }
    let lock = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session::leave(&session, handover::lock()))
    };
    html! {
        <Page title={t.waiting_title()} lead={t.waiting_text()}>
            <div class="sheet card"><p class="words spoken">{ words.join(" · ") }</p></div>
            <p class="fine" role="status">{ t.waiting_state() }</p>
            <p><button type="button" class="quiet" onclick={lock}>{ t.lock_now() }</button></p>
        </Page>
    }
}
