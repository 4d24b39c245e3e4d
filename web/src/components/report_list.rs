//! The reports of a dossier.

use super::timeline::excerpt;
use crate::{format, language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ItemKind};

/// The reports, with those that two people wrote at once marked as such.
pub(crate) fn report_list(t: Language, dossier: &DossierView) -> Html {
    let id = &dossier.summary.id;
    html! {
        <ul class="list sheet">
            { for dossier.items.iter().filter_map(|item| {
                let ItemKind::Report { text, day, conflict_of } = &item.kind else { return None };
                Some(html! {
                    <li key={item.id.clone()}>
                        <div>
                            <small class="fine">{ t.timeline_report(format::written_day(t, day), &item.author) }</small>
                            <Link<Route> to={Route::Report { id: id.clone(), item: item.id.clone() }}>
                                <b>{ &item.title }</b>
                            </Link<Route>>
                            <p class="excerpt">{ excerpt(text) }</p>
                        </div>
                        <span class="row-tags">
                            if conflict_of.is_some() { <span class="tag wait">{ t.report_conflict_tag() }</span> }
                            if item.unconfirmed { <span class="tag seal">{ t.item_unconfirmed() }</span> }
                        </span>
                    </li>
                })
            }) }
        </ul>
    }
}
