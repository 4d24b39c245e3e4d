//! No such page.

use crate::{components::page::Page, language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;

pub(crate) fn not_found(t: Language) -> Html {
    html! {
        <Page key="not-found" title={t.page_not_found()} lead={t.page_not_found_text()}>
            <p><Link<Route> to={Route::Today} classes="button">{ t.nav_today() }</Link<Route>></p>
        </Page>
    }
}
