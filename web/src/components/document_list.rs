//! The documents of a dossier, to view and to download.

use super::document::{Document, Heard};
use crate::{state::use_session, worker::messages::ReadFile};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{DossierView, ItemKind};

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
