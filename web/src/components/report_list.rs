//! The reports of a dossier.

use super::timeline::excerpt;
use crate::{format, route::Route, state::use_words};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ItemKind};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: Rc<DossierView>,
}

/// The reports, with those that two people wrote at once marked as such.
#[component]
pub(crate) fn ReportList(props: &Props) -> Html {
    let t = use_words();
    let id = &props.dossier.summary.id;
    html! {
        <ul class="list sheet">
            { for props.dossier.items.iter().filter_map(|item| {
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
