//! One document: to view in the page, where its kind can be shown, and to download. On a visit a download is asked about
//! once more, for it stays.

use super::preview::{MOST, Preview};
use crate::{
    device, format,
    language::Language,
    state::{use_session, use_words},
    worker::messages::Failure,
};
use web_sys::Blob;
use yew::prelude::*;
use zegel_vault::view::{ItemKind, ItemView};

/// What comes back while a document is opened.
pub(crate) enum Heard {
    Progress(u64, u64),
    Ended(Result<Blob, Failure>),
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) item: ItemView,
    /// Opens an item by its id.
    pub(crate) open: Callback<(String, Callback<Heard>)>,
}

#[derive(Clone, PartialEq)]
enum State {
    Still,
    /// On a visit: whether it may stay on this machine.
    Asked,
    Opening(u64, u64),
    Saved,
    Viewed(Blob),
    TooLarge,
    Failed(Failure),
}

/// What is done with a document that was opened.
#[derive(Clone, Copy, PartialEq)]
enum For {
    View,
    Download,
}

/// One document. Names come from files and may be written in any direction.
#[component]
pub(crate) fn Document(props: &Props) -> Html {
    let t = use_words();
    let visiting = use_session().visiting();
    let state = use_state_eq(|| State::Still);
    let ItemView { id, title, kind, author, changed, unconfirmed, .. } = &props.item;
    let (name, size, folder) = match kind {
        ItemKind::Document { name, size, folder, .. } => (name.clone(), *size, folder.clone()),
        ItemKind::Report { .. } => (title.clone(), 0, String::new()),
    };
    let fetch = {
        let busy = matches!(*state, State::Opening(..));
        let (open, id, state, name) = (props.open.clone(), id.clone(), state.setter(), name.clone());
        move |purpose: For| {
            if busy {
                return;
            }
            state.set(State::Opening(0, size));
            let (state, name) = (state.clone(), name.clone());
            let hear = move |heard| {
                state.set(match (heard, purpose) {
                    (Heard::Progress(done, total), _) => State::Opening(done, total),
                    (Heard::Ended(Ok(blob)), For::View) => State::Viewed(blob),
                    (Heard::Ended(Ok(blob)), For::Download) => {
                        device::save(&blob, &name);
                        State::Saved
                    }
                    (Heard::Ended(Err(failure)), _) => State::Failed(failure),
                });
            };
            open.emit((id.clone(), Callback::from(hear)));
        }
    };
    let view = {
        let (fetch, state) = (fetch.clone(), state.setter());
        Callback::from(move |_: MouseEvent| if size > MOST { state.set(State::TooLarge) } else { fetch(For::View) })
    };
    let download = {
        let asks = visiting && *state != State::Asked;
        let (fetch, state) = (fetch.clone(), state.setter());
        Callback::from(move |_: MouseEvent| if asks { state.set(State::Asked) } else { fetch(For::Download) })
    };
    let close = {
        let state = state.setter();
        Callback::from(move |()| state.set(State::Still))
    };
    let word = if *state == State::Asked { t.visit_download_anyway() } else { t.download() };
    let close_button = close.reform(|_: MouseEvent| ());
    html! {
        <li>
            <div>
                <b class="file-name"><bdi>{ &name }</bdi></b>
                <small class="fine">
                    { format::size(t, size) }{ " · " }{ t.document_added(format::day(t, *changed), author) }
                    <span>{ if folder.is_empty() { String::new() } else { format!(" · {folder}") } }</span>
                </small>
                <p class="fine" role="status">{ said(t, &state) }</p>
            </div>
            <span class="row-tags">
                if *unconfirmed { <span key="tag" class="tag seal">{ t.item_unconfirmed() }</span> }
                <button key="view" type="button" onclick={view} aria-label={format!("{}: {name}", t.view())}>
                    { t.view() }
                </button>
                <button key="download" type="button" onclick={download} aria-label={format!("{word}: {name}")}>
                    { word }
                </button>
                if *state == State::Asked {
                    <button key="not" type="button" class="quiet" onclick={close_button}>{ t.cancel() }</button>
                }
            </span>
            <div class="preview-place">
                if let State::Viewed(blob) = &*state {
                    <Preview name={name.clone()} blob={blob.clone()} {close} />
                }
            </div>
        </li>
    }
}

fn said(t: Language, state: &State) -> String {
    match state {
        State::Still | State::Viewed(_) => String::new(),
        State::Asked => t.visit_download().to_owned(),
        State::Opening(done, total) => t.download_opening(format::size(t, *done), format::size(t, *total)),
        State::Saved => t.download_done().to_owned(),
        State::TooLarge => t.view_large().to_owned(),
        State::Failed(failure) => t.failure(failure),
    }
}
