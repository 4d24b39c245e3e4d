//! The root: contexts, the router, and which face is shown.

use crate::{
    components::notice_bar::NoticeBar,
    device,
    pages::{inbox::Inbox, workspace::Workspace},
    route::Route,
    state::{
        notices::{Notices, NoticesContext},
        preferences::{Preferences, PreferencesContext},
        session::{Session, SessionContext},
        vault::{VaultContext, VaultState},
    },
};
use yew::prelude::*;
use yew_router::prelude::*;

/// Draws the app into the page.
pub(crate) fn start() {
    device::take_link();
    if let Some(root) = device::document().get_element_by_id("app") {
        yew::Renderer::<App>::with_root(root).render();
    }
}

#[component]
fn App() -> Html {
    let preferences = use_reducer_eq(Preferences::kept);
    let notices = use_reducer_eq(Notices::default);
    let session = use_reducer_eq(Session::new);
    let vault = use_reducer_eq(VaultState::default);
    html! {
        <ContextProvider<PreferencesContext> context={preferences}>
            <ContextProvider<NoticesContext> context={notices}>
                <ContextProvider<SessionContext> context={session}>
                    <ContextProvider<VaultContext> context={vault}>
                        <BrowserRouter>
                            <Face />
                            <NoticeBar />
                        </BrowserRouter>
                    </ContextProvider<VaultContext>>
                </ContextProvider<SessionContext>>
            </ContextProvider<NoticesContext>>
        </ContextProvider<PreferencesContext>>
    }
}

/// Third parties need no vault on this device: they get their own face.
#[component]
fn Face() -> Html {
    let route = use_route::<Route>();
    html! {
        <div class="face">
            if route == Some(Route::Inbox) {
                <Inbox />
            } else {
                <Workspace />
            }
        </div>
    }
}
