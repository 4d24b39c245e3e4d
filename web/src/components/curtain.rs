//! Hides what is on the screen while somebody is not looking: when the page is put behind another, so that no overview of
//! windows shows it, and where they wish it as soon as they work elsewhere.

use crate::device;
use gloo::{events::EventListener, timers::callback::Timeout};
use std::{cell::Cell, rc::Rc};
use yew::prelude::*;

/// What the styles know it by.
const COVERED: &str = "covered";

/// How long whoever returns sees the page before it can be pressed, in milliseconds: what they clicked to return is not what lay
/// under it.
const RETURN: u32 = 150;

/// Covers the page while it is hidden; where it covers `early`, while somebody works in another window as well.
#[hook]
pub(crate) fn use_curtain(early: bool) {
    use_effect_with(early, |early| {
        let early = *early;
        let judge = move || {
            let (document, root) = (device::document(), device::document().document_element());
            let away = document.hidden() || early && !document.has_focus().unwrap_or(true);
            if let Some(root) = root {
                let _ = root.toggle_attribute_with_force(COVERED, away);
            }
        };
        let later = Rc::new(Cell::new(None::<Timeout>));
        let look = move |_: &Event| match device::document().hidden() {
            // At once: the picture that a telephone shows of it is taken now.
            true => judge(),
            // Whether a part of the page has the focus is known only after it was lost by another.
            false => later.set(Some(Timeout::new(RETURN, judge))),
        };
        let listen = |name: &'static str| EventListener::new(&device::window(), name, look.clone());
        let listeners = [
            EventListener::new(&device::document(), "visibilitychange", look.clone()),
            listen("blur"),
            listen("focus"),
        ];
        judge();
        move || {
            drop(listeners);
            if let Some(root) = device::document().document_element() {
                let _ = root.remove_attribute(COVERED);
            }
        }
    });
}
