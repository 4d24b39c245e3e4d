//! What goes on by itself while the vault is open: asking the relay, reading the list again, and holding a tab back that
//! is closed too early.

use crate::{
    device,
    state::{
        news::{EVERY, News},
        pending,
        session::SessionContext,
        use_session, use_vault,
        vault::{Change, VaultContext},
    },
    worker::messages::Dossiers,
};
use gloo::{events::EventListener, timers::callback::Interval};
use wasm_bindgen::JsCast as _;
use web_sys::BeforeUnloadEvent;
use yew::prelude::*;

/// Keeps the vault fresh while the component that uses it is there.
#[hook]
pub(crate) fn use_upkeep() {
    let (session, vault): (SessionContext, VaultContext) = (use_session(), use_vault());
    {
        let dispatch = vault.dispatcher();
        use_effect_with((session.client.clone(), vault.revision), move |(client, _)| {
            let client = client.clone();
            yew::platform::spawn_local(async move {
                if let Ok(list) = client.call(Dossiers {}).await {
                    dispatch.dispatch(Change::Listed(list));
                }
            });
        });
    }
    {
        let (vault, who) = (vault.dispatcher(), session.dispatcher());
        use_effect_with(session.client.clone(), move |client| {
            let news = News::of(client.clone(), who, vault.clone());
            news.ask();
            news.listen();
            let (again, back) = (news.clone(), news.clone());
            let timer = Interval::new(EVERY, move || again.look());
            let online = EventListener::new(&device::window(), "online", move |_| back.ask());
            move || {
                news.end();
                drop((timer, online));
                vault.dispatch(Change::Closed);
            }
        });
    }
    // A tab that is merely closed would leave a visit without its end.
    use_leave_guard(session.visiting() || vault.uploads.iter().any(|upload| upload.state.is_open()));
}

/// Asks before the tab closes, while `active` or while words are not kept yet.
#[hook]
pub(crate) fn use_leave_guard(active: bool) {
    use_effect_with(active, |active| {
        let active = *active;
        let options = gloo::events::EventListenerOptions::enable_prevent_default();
        let guard = EventListener::new_with_options(&device::window(), "beforeunload", options, move |event| {
            if active || pending::any() {
                event.prevent_default();
                if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                    event.set_return_value("true");
                }
            }
        });
        move || drop(guard)
    });
}
