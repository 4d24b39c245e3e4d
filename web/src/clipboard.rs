//! The clipboard: every program on the machine reads it, so what was copied here is taken off it again, after a while and when
//! the vault locks.

use crate::device;
use gloo::{events::EventListener, timers::callback::Interval};
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use web_sys::Event;

/// How long something stays, in seconds: long enough to paste it into a letter.
const STAYS: u64 = 120;

/// How often the clock is looked at, in milliseconds.
const EVERY: u32 = 1_000;

/// What counts as somebody being there, for browsers that ask it of a page: a finger has to be lifted for that.
const SIGNS: [&str; 2] = ["pointerup", "keydown"];

/// The clock that is looked at, and whoever copies something else by hand: that is theirs.
type Watch = (Interval, [EventListener; 2]);

thread_local! {
    static HELD: RefCell<Option<Watch>> = const { RefCell::new(None) };
    static SIGNS_AWAITED: RefCell<Option<[EventListener; 2]>> = const { RefCell::new(None) };
}

/// Puts text on the clipboard; false where the browser refuses.
pub(crate) async fn copy(text: &str) -> bool {
    let copied = write(text).await;
    if copied {
        let since = device::now();
        let watch = Interval::new(EVERY, move || {
            if device::now().saturating_sub(since) >= STAYS {
                clear();
            }
        });
        let by_hand = ["copy", "cut"].map(|act| {
            // Not while it is called: it would end itself.
            EventListener::new(&device::document(), act, |_| yew::platform::spawn_local(async { HELD.set(None) }))
        });
        SIGNS_AWAITED.set(None);
        HELD.set(Some((watch, by_hand)));
    }
    copied
}

/// Takes off the clipboard what was put there and may still be there. A browser that lets only somebody who is there do that
/// does it at the first sign of them.
pub(crate) fn clear() {
    if HELD.with_borrow(Option::is_none) {
        return;
    }
    yew::platform::spawn_local(async {
        HELD.set(None);
        if !write(NOTHING).await {
            let retry = |_: &Event| {
                yew::platform::spawn_local(async {
                    if write(NOTHING).await {
                        SIGNS_AWAITED.set(None);
                    }
                });
            };
            SIGNS_AWAITED.set(Some(SIGNS.map(|sign| EventListener::new(&device::window(), sign, retry))));
        }
    });
}

/// An empty text is no text to some browsers, and leaves what is there.
const NOTHING: &str = " ";

async fn write(text: &str) -> bool {
    JsFuture::from(device::window().navigator().clipboard().write_text(text)).await.is_ok()
}
