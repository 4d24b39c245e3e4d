//! The root of the first program: what stands before an open vault, and the face of third parties, who need none.

use crate::{
    app::App,
    device,
    handover::{self, Returned},
    language::Language,
    pages::{entrance::Entrance, inbox::Inbox},
    route::Route,
    state::session::Session,
};
use std::cell::RefCell;
use yew::{AppHandle, prelude::*};
use yew_router::prelude::*;

thread_local! {
    static DRAWN: RefCell<Option<AppHandle<Door>>> = const { RefCell::new(None) };
}

/// Draws it for the first time.
pub(crate) fn start() {
    device::take_link();
    draw(None);
}

/// Draws it, anew once a vault has ended: at the address where that left off, with a worker that knows no key.
pub(crate) fn draw(returned: Option<Returned>) {
    let Some(root) = handover::root() else { return };
    let language = returned.as_ref().map(|returned| returned.language);
    let props = Props { session: Session::begin(returned), language };
    let before = DRAWN.replace(Some(yew::Renderer::<Door>::with_root_and_props(root, props).render()));
    before.into_iter().for_each(AppHandle::destroy);
}

/// Takes it away: the open vault is drawn now.
pub(crate) fn clear() {
    DRAWN.take().into_iter().for_each(AppHandle::destroy);
}

#[derive(PartialEq, Properties)]
struct Props {
    session: Session,
    language: Option<Language>,
}

#[component]
fn Door(props: &Props) -> Html {
    html! { <App session={props.session.clone()} language={props.language}><Face /></App> }
}

#[component]
fn Face() -> Html {
    handover::use_end(|returned| draw(Some(returned)));
    if use_route::<Route>() == Some(Route::Inbox) {
        html! { <Inbox /> }
    } else {
        html! { <Entrance /> }
    }
}
