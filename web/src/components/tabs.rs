//! The tabs of a dossier: addresses, so that each can be gone back to.

use crate::{
    language::Language,
    route::{Route, Tab},
    state::use_words,
};
use yew::prelude::*;
use yew_router::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: AttrValue,
    pub(crate) current: Tab,
}

/// The tabs.
#[component]
pub(crate) fn Tabs(props: &Props) -> Html {
    let t = use_words();
    let navigator = use_navigator();
    html! {
        <nav class="tabs" aria-label={t.tabs_label()}>
            { for Tab::ALL.into_iter().map(|tab| {
                let to: Route = tab.of(&props.dossier);
                let (navigator, goal) = (navigator.clone(), to.clone());
                let onclick = Callback::from(move |event: MouseEvent| {
                    if event.ctrl_key() || event.meta_key() {
                        return;
                    }
                    event.prevent_default();
                    if let Some(navigator) = &navigator {
                        navigator.push(&goal);
                    }
                });
                html! {
                    <a key={tab.to_string()} href={to.to_path()} {onclick}
                        aria-current={(tab == props.current).then_some("page")}>{ name(t, tab) }</a>
                }
            }) }
        </nav>
    }
}

/// The name of a tab.
pub(crate) fn name(t: Language, tab: Tab) -> &'static str {
    match tab {
        Tab::Timeline => t.tab_timeline(),
        Tab::Reports => t.tab_reports(),
        Tab::Documents => t.tab_documents(),
        Tab::Shares => t.tab_shares(),
        Tab::Access => t.tab_access(),
    }
}
