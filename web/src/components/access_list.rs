//! Who can read a dossier, what of it, and until when.

use super::{
    identity::reader_name,
    part::{PARTS, part},
    role::role,
};
use crate::{format, language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ReaderView};

/// The readers; the relay stands among them, with nothing.
pub(crate) fn access_list(t: Language, dossier: &DossierView) -> Html {
    let id = &dossier.summary.id;
    html! {
        <div class="sheet card">
            <dl class="facts wide">
                { for dossier.readers.iter().enumerate().map(|(index, reader)| html! {
                    <div key={index}>
                        <dt>{ reader_name(t, reader) }</dt>
                        <dd>
                            { for reader.party.iter().map(|kind| html! { <>{ role(t, kind) }{ " · " }</> }) }
                            { what(t, reader) }
                            if !reader.recovery && !reader.you && !dossier.read_only {
                                { " · " }
                                <Link<Route> to={Route::EndAccess { id: id.clone(), person: reader.person.clone() }}>
                                    { t.access_end_of(&reader.name) }
                                </Link<Route>>
                            }
                        </dd>
                    </div>
                }) }
                <div key="relay"><dt>{ t.access_relay() }</dt><dd>{ t.access_nothing() }</dd></div>
            </dl>
            <div class="seen">
                if let Some(seen) = &dossier.seen {
                    <p class="fine">{ t.access_seen(format::counted(t, u64::from(seen.day)), &seen.by) }</p>
                }
            </div>
            <p><Link<Route> to={Route::AuthorisedOf { id: id.clone() }}>{ t.authorised_link() }</Link<Route>></p>
        </div>
    }
}

/// What somebody reads, in words.
fn what(t: Language, reader: &ReaderView) -> String {
    if reader.recovery {
        return t.access_recovery().to_owned();
    }
    let held: Vec<&str> =
        PARTS.into_iter().filter(|name| reader.compartments.iter().any(|held| held == name)).collect();
    let mut said = match held.len() {
        all if all == PARTS.len() => t.access_all().to_owned(),
        _ => held.iter().map(|name| part(t, name)).collect::<Vec<_>>().join(", "),
    };
    if reader.from_now {
        said = t.access_from_now(said);
    }
    match reader.until {
        Some(until) => t.access_until(format::last_day(t, until), said),
        None => said,
    }
}
