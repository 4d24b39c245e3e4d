//! Notices, said aloud and shown for a while.

use crate::state::{
    Note,
    notices::{Notice, NoticesContext},
    use_notices, use_words,
};
use gloo::timers::callback::Timeout;
use yew::prelude::*;

const SHOWN_FOR: u32 = 8_000;

/// The place where notices stand.
#[component]
pub(crate) fn NoticeBar() -> Html {
    let notices = use_notices();
    html! {
        <div class="notices" role="status" aria-live="polite">
            { for notices.shown.iter().map(|notice| html! { <Shown key={notice.number} notice={notice.clone()} /> }) }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct Props {
    notice: Notice,
}

#[component]
fn Shown(props: &Props) -> Html {
    let t = use_words();
    let notices: NoticesContext = use_notices();
    let number = props.notice.number;
    let dispatch = notices.dispatcher();
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            let timer = Timeout::new(SHOWN_FOR, move || dispatch.dispatch(Note::Drop(number)));
            move || drop(timer)
        });
    }
    let onclick = Callback::from(move |_| dispatch.dispatch(Note::Drop(number)));
    html! {
        <div class="notice sheet">
            <span>{ &props.notice.text }</span>
            <button type="button" class="quiet" {onclick}>{ t.notice_close() }</button>
        </div>
    }
}
