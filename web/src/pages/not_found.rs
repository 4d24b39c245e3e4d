//! No such page.

use crate::{components::page::Page, route::Route, state::use_words};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn NotFound() -> Html {
    let t = use_words();
    html! {
        <Page title={t.page_not_found()} lead={t.page_not_found_text()}>
            <p><Link<Route> to={Route::Today} classes="button">{ t.nav_today() }</Link<Route>></p>
        </Page>
    }
}
