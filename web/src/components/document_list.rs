//! The documents of a dossier, to download.

use crate::{
    device, format,
    language::Language,
    state::{use_session, use_words},
    worker::messages::{Failure, ReadFile},
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{DossierView, ItemKind, ItemView};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: Rc<DossierView>,
}

/// The documents.
#[component]
pub(crate) fn DocumentList(props: &Props) -> Html {
    let client = use_session().client.clone();
    let id = props.dossier.summary.id.clone();
    let open = Callback::from(move |(item, heard): (String, Callback<Heard>)| {
        let (client, dossier) = (client.clone(), id.clone());
        yew::platform::spawn_local(async move {
            let progress = heard.reform(|(done, total)| Heard::Progress(done, total));
            let result = client.download(ReadFile { dossier, item }, progress).await;
            heard.emit(Heard::Ended(result));
        });
    });
    html! {
        <ul class="list sheet">
            { for props.dossier.items.iter().filter(|item| matches!(item.kind, ItemKind::Document { .. })).map(|item| {
                html! { <Document key={item.id.clone()} item={item.clone()} open={open.clone()} /> }
            }) }
        </ul>
    }
}

/// What comes back while a document is opened.
pub(crate) enum Heard {
    Progress(u64, u64),
    Ended(Result<web_sys::Blob, Failure>),
}

#[derive(PartialEq, Properties)]
pub(crate) struct DocumentProps {
    pub(crate) item: ItemView,
    /// Opens an item by its id.
    pub(crate) open: Callback<(String, Callback<Heard>)>,
}

#[derive(Clone, PartialEq)]
enum State {
    Still,
    Opening(u64, u64),
    Saved,
    Failed(Failure),
}

/// One document and its download. Names come from files and may be written in any direction.
#[component]
pub(crate) fn Document(props: &DocumentProps) -> Html {
    let t = use_words();
    let state = use_state_eq(|| State::Still);
    let ItemView { id, title, kind, author, changed, unconfirmed, .. } = &props.item;
    let (name, size, folder) = match kind {
        ItemKind::Document { name, size, folder, .. } => (name.clone(), *size, folder.clone()),
        ItemKind::Report { .. } => (title.clone(), 0, String::new()),
    };
    let onclick = {
        let busy = matches!(*state, State::Opening(..));
        let (open, id, state, name) = (props.open.clone(), id.clone(), state.setter(), name.clone());
        Callback::from(move |_: MouseEvent| {
            if busy {
                return;
            }
            state.set(State::Opening(0, size));
            let (state, name) = (state.clone(), name.clone());
            open.emit((
                id.clone(),
                Callback::from(move |heard| {
                    state.set(match heard {
                        Heard::Progress(done, total) => State::Opening(done, total),
                        Heard::Ended(Ok(blob)) => {
                            device::save(&blob, &name);
                            State::Saved
                        }
                        Heard::Ended(Err(failure)) => State::Failed(failure),
                    });
                }),
            ));
        })
    };
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
                if *unconfirmed { <span class="tag seal">{ t.item_unconfirmed() }</span> }
                <button type="button" {onclick} aria-label={format!("{}: {name}", t.download())}>{ t.download() }</button>
            </span>
        </li>
    }
}

fn said(t: Language, state: &State) -> String {
    match state {
        State::Still => String::new(),
        State::Opening(done, total) => t.download_opening(format::size(t, *done), format::size(t, *total)),
        State::Saved => t.download_done().to_owned(),
        State::Failed(failure) => t.failure(failure),
    }
}
