//! What happened in a dossier, newest first: reports, documents, and what went out.

use crate::{
    format,
    language::Language,
    route::{Route, Tab},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ItemKind, ItemView, ShareState, ShareView};
use zegel_vault::{latest_first, sort_by_bytes};

enum Happened<'d> {
    Item(&'d ItemView),
    Shared(&'d ShareView),
}

/// The timeline.
pub(crate) fn timeline(t: Language, dossier: &DossierView) -> Html {
    let mut events: Vec<(u64, Happened<'_>)> = Vec::new();
    events.extend(dossier.items.iter().map(|item| (item.changed, Happened::Item(item))));
    events.extend(dossier.shares.iter().map(|share| (share.since, Happened::Shared(share))));
    sort_by_bytes(&mut events, |(at, _)| latest_first(*at, ""));
    html! {
        <ul class="line">
            { for events.into_iter().map(|(at, event)| match event {
                Happened::Item(item) => one_item(t, &dossier.summary.id, item, at),
                Happened::Shared(share) => one_share(t, &dossier.summary.id, share, at),
            }) }
        </ul>
    }
}

fn one_item(t: Language, dossier: &str, item: &ItemView, at: u64) -> Html {
    let dossier = dossier.to_owned();
    match &item.kind {
        ItemKind::Report { text, day, .. } => html! {
            <li class="mine" key={item.id.clone()}>
                <small class="fine">{ t.timeline_report(format::written_day(t, day), &item.author) }</small>
                <h2>
                    <Link<Route> to={Route::Report { id: dossier, item: item.id.clone() }}>{ &item.title }</Link<Route>>
                </h2>
                <p class="excerpt">{ excerpt(text) }</p>
            </li>
        },
        ItemKind::Document { size, .. } => html! {
            <li key={item.id.clone()}>
                <small class="fine">{ t.timeline_document(format::moment(t, at), &item.author) }</small>
                <h2>
                    <Link<Route> to={Tab::Documents.of(&dossier)}><bdi>{ &item.title }</bdi></Link<Route>>
                </h2>
                <p class="fine">{ format::size(t, *size) }</p>
            </li>
        },
    }
}

fn one_share(t: Language, dossier: &str, share: &ShareView, at: u64) -> Html {
    html! {
        <li class="out" key={share.id.clone()}>
            <small class="fine">{ t.timeline_share(format::moment(t, at)) }</small>
            <h2><Link<Route> to={Tab::Shares.of(dossier)}>{ t.timeline_shared_with(&share.to) }</Link<Route>></h2>
            <p>{ share.items.join(", ") }</p>
            <p class="fine">{ match share.state {
                ShareState::Live => t.share_live(format::last_day(t, share.until)),
                ShareState::Expired => t.share_expired(format::last_day(t, share.until)),
                ShareState::Revoked => t.share_revoked().to_owned(),
                ShareState::Replaced => t.share_replaced().to_owned(),
            } }</p>
        </li>
    }
}

/// The first words of a text.
pub(crate) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 220;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
