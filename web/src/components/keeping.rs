//! Words that are kept, sealed, on this device a moment after each pause, and when the page is left or put away.

use crate::{
    device, format,
    language::Language,
    state::{pending, use_session},
    worker::{client::Client, messages::Failure},
};
use gloo::events::EventListener;
use yew::prelude::*;

/// How long a pause is.
pub(crate) const PAUSE: u32 = 800;

/// How the words stand.
#[derive(Clone, PartialEq)]
pub(crate) enum Kept {
    Untouched,
    Typing,
    Sealed(u64),
    Failed(Failure),
}

/// Keeps what was typed, and says what came of it.
pub(crate) fn keep(client: Client, kept: UseStateSetter<Kept>) {
    yew::platform::spawn_local(async move {
        match pending::keep(&client).await {
            Ok(true) => kept.set(Kept::Sealed(device::now())),
            Ok(false) => {}
            Err(failure) => kept.set(Kept::Failed(failure)),
        }
    });
}

/// Keeps the words when the page is left, or put away.
#[hook]
pub(crate) fn use_keeping(kept: UseStateSetter<Kept>) {
    let client = use_session().client.clone();
    use_effect_with(client, move |client| {
        let (hidden, gone) = (client.clone(), client.clone());
        let listener = EventListener::new(&device::document(), "visibilitychange", move |_| {
            keep(hidden.clone(), kept.clone());
        });
        move || {
            drop(listener);
            yew::platform::spawn_local(async move {
                let _ = pending::keep(&gone).await;
            });
        }
    });
}

/// How the words stand, in words.
pub(crate) fn state(t: Language, kept: &Kept, visiting: bool) -> String {
    match kept {
        Kept::Untouched | Kept::Sealed(_) if visiting => t.visit_draft().to_owned(),
        Kept::Untouched => t.draft_untouched().to_owned(),
        Kept::Typing => t.draft_typing().to_owned(),
        Kept::Sealed(at) => t.draft_kept(format::moment(t, *at)),
        Kept::Failed(failure) => t.draft_failed(t.failure(failure)),
    }
}
