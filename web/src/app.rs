//! What both programs that draw are built on: the contexts that every page of theirs may ask, the router, and the notices.

use crate::{
    components::notice_bar::NoticeBar,
    language::Language,
    state::{
        notices::{Notices, NoticesContext},
        preferences::{Preferences, PreferencesContext},
        session::{Session, SessionContext},
    },
};
use yew::prelude::*;
use yew_router::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The session to begin with.
    pub(crate) session: Session,
    /// The language that the other program was in, if there was one.
    pub(crate) language: Option<Language>,
    /// What is drawn.
    pub(crate) children: Html,
}

#[component]
pub(crate) fn App(props: &Props) -> Html {
    let preferences = use_reducer_eq(|| Preferences::kept(props.language));
    let notices = use_reducer_eq(Notices::default);
    let session = use_reducer_eq(|| props.session.clone());
    html! {
        <ContextProvider<PreferencesContext> context={preferences}>
            <ContextProvider<NoticesContext> context={notices}>
                <ContextProvider<SessionContext> context={session}>
                    <BrowserRouter>
                        <div class="face">{ props.children.clone() }</div>
                        <NoticeBar />
                    </BrowserRouter>
                </ContextProvider<SessionContext>>
            </ContextProvider<NoticesContext>>
        </ContextProvider<PreferencesContext>>
    }
}
