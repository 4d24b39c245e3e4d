//! Who may get into a dossier by claiming it, or did: for its readers, and for the person it is about.

use crate::{format, language::Language, route::Route};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DormantView, Purpose, TrusteesView};

/// Them, and what the dossier is called where its title is closed.
pub(crate) fn dormant(t: Language, views: &[DormantView], reference: &str) -> Html {
    let line = |view: &DormantView| {
        let no = match view.purpose {
            Purpose::Emergency => Some(Route::Emergency),
            Purpose::Release => Some(Route::Testament),
            Purpose::BreakGlass => None,
        };
        let no = no.filter(|_| view.may_refuse && view.opens.is_some());
        html! {
            <li key={format!("{}-{:?}", view.person, view.purpose)}>
                <div>
                    <b><bdi>{ match view.purpose {
                        _ if view.name.is_empty() => t.portal_unnamed().to_owned(),
                        Purpose::Release => t.testament_for(&view.name),
                        _ => view.name.clone(),
                    } }</bdi></b>
                    <small class="fine">{ state(t, view) }</small>
                </div>
                <span class="act">
                    if let Some(to) = no { <Link<Route> {to} classes="button">{ t.today_look() }</Link<Route>> }
                </span>
            </li>
        }
    };
    html! {
        <section class="group dormant" key="dormant">
            if !views.is_empty() {
                <>
                    <h2>{ t.dormant_title() }</h2>
                    <ul class="list sheet">{ for views.iter().map(line) }</ul>
                </>
            }
            <p class="fine">{ t.dormant_reference(reference) }</p>
        </section>
    }
}

fn state(t: Language, view: &DormantView) -> String {
    let day = |moment: Option<u64>| format::day(t, moment.unwrap_or_default());
    match view.purpose {
        Purpose::Emergency if view.open => t.dormant_opened(day(view.claimed), day(view.opens)),
        Purpose::Emergency if view.opens.is_some() => t.dormant_asked(day(view.claimed), day(view.opens)),
        Purpose::Emergency => t.dormant_emergency(view.days.to_string()),
        Purpose::BreakGlass if view.opens.is_some() => t.dormant_broken(day(view.opens), reason(t, view)),
        Purpose::BreakGlass => t.dormant_glass().to_owned(),
        Purpose::Release => view.trustees.as_ref().map(|of| release(t, view, of)).unwrap_or_default(),
    }
}

fn release(t: Language, view: &DormantView, of: &TrusteesView) -> String {
    let asked = of.claimed.join(", ");
    match view.opens.map(|opens| format::day(t, opens)) {
        Some(day) => t.dormant_released(day, asked),
        None if of.to_client => t.dormant_release(view.days.to_string(), of.names.join(", "), of.needed.to_string()),
        None => t.dormant_release_rest(view.days.to_string(), of.names.join(", "), of.needed.to_string()),
    }
}

/// Why somebody broke the glass, or that they did not say.
pub(crate) fn reason(t: Language, view: &DormantView) -> String {
    view.reason.clone().unwrap_or_else(|| t.glass_no_reason().to_owned())
}
