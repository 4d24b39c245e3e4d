//! The list of dossiers: only the rows near the screen exist, so that ten thousand scroll as ten.

use crate::{device, format, route::Route, state::use_words};
use gloo::events::EventListener;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::DossierSummary;

/// Rows kept above and below the screen.
const SPARE: usize = 12;
/// The height of a row before one was measured.
const GUESS: f64 = 80.0;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Those to show, in order.
    pub(crate) rows: Rc<Vec<DossierSummary>>,
}

/// The rows in view, and how much room the others take.
#[derive(Clone, Copy, PartialEq)]
struct View {
    first: usize,
    count: usize,
    height: f64,
}

/// The list.
#[component]
pub(crate) fn VirtualList(props: &Props) -> Html {
    let list = use_node_ref();
    let view = use_state_eq(|| View { first: 0, count: 40, height: GUESS });
    {
        let (list, view) = (list.clone(), view.setter());
        use_effect_with(props.rows.len(), move |_| {
            let look = move || {
                if let Some(element) = list.cast::<Element>() {
                    view.set(measure(&element));
                }
            };
            look();
            let (on_scroll, on_resize) = (look.clone(), look);
            let listeners = [
                EventListener::new(&device::window(), "scroll", move |_| on_scroll()),
                EventListener::new(&device::window(), "resize", move |_| on_resize()),
            ];
            move || drop(listeners)
        });
    }
    let all = props.rows.len();
    let first = view.first.min(all.saturating_sub(1));
    let last = (first + view.count).min(all);
    // Whole pixels: nobody sees the rest, and printing fractions costs ten kilobytes of code.
    let (above, below) = ((first as f64 * view.height) as u64, ((all - last) as f64 * view.height) as u64);
    html! {
        <ul class="rows sheet" ref={list}>
            <li key="above" class="spacer" aria-hidden="true" ~style={format!("height:{above}px")}></li>
            { for props.rows[first..last].iter().enumerate().map(|(index, dossier)| html! {
                <Row key={dossier.id.clone()} dossier={dossier.clone()} place={first + index + 1} all={all} />
            }) }
            <li key="below" class="spacer" aria-hidden="true" ~style={format!("height:{below}px")}></li>
        </ul>
    }
}

fn measure(list: &Element) -> View {
    let row = list.query_selector(".row").ok().flatten();
    let height = row.map(|row| row.get_bounding_client_rect().height()).filter(|height| *height > 1.0).unwrap_or(GUESS);
    let screen = device::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(1000.0);
    let above = (-list.get_bounding_client_rect().top() / height).max(0.0) as usize;
    // In steps, so that most scrolling draws nothing at all.
    let first = above.saturating_sub(SPARE) / 4 * 4;
    View { first, count: (screen / height) as usize + 2 * SPARE + 4, height }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    dossier: DossierSummary,
    place: usize,
    all: usize,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let t = use_words();
    let dossier = &props.dossier;
    html! {
        <li class="row" aria-posinset={props.place.to_string()} aria-setsize={props.all.to_string()}>
            <Link<Route> to={Route::Dossier { id: dossier.id.clone() }}>
                <b>{ &dossier.title }</b>
                <small class="fine">
                    { t.row_items(dossier.items) }{ " · " }{ t.row_changed(format::day(t, dossier.changed)) }
                </small>
            </Link<Route>>
            <span class="row-tags">
                if dossier.shares > 0 { <span class="tag wait">{ t.identity_shares(dossier.shares) }</span> }
                if dossier.waiting { <span class="tag">{ t.identity_waiting() }</span> }
            </span>
        </li>
    }
}
