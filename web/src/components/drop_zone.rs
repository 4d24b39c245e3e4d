//! Where files come in: dropped, picked, or a folder at once. All three can be reached with a keyboard.

use crate::dropped;
use crate::state::{uploads, use_session, use_vault, use_words};
use js_sys::Reflect;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dossier: AttrValue,
}

/// The zone.
#[component]
pub(crate) fn DropZone(props: &Props) -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    let over = use_state_eq(|| false);
    let take = {
        let (client, vault, dossier) = (session.client.clone(), vault.dispatcher(), props.dossier.clone());
        move |files| uploads::send(&client, &vault, &dossier, files)
    };
    let ondrop = {
        let (take, over) = (take.clone(), over.setter());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(false);
            let Some(data) = event.data_transfer() else { return };
            let entries = dropped::entries(&data);
            if entries.is_empty() {
                return take(picked(data.files()));
            }
            let take = take.clone();
            yew::platform::spawn_local(async move { take(dropped::files(entries).await) });
        })
    };
    let onchange = Callback::from(move |event: Event| {
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
        take(picked(input.files()));
        // The same file may be picked again, after a failure.
        input.set_value("");
    });
    let ondragover = {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(true);
        })
    };
    let ondragleave = {
        let over = over.setter();
        Callback::from(move |_: DragEvent| over.set(false))
    };
    html! {
        <div class={classes!("drop", over.then_some("over"))} {ondrop} {ondragover} {ondragleave}>
            <p><b>{ t.drop_title() }</b></p>
            <p class="fine">{ t.drop_text() }</p>
            <p class="actions">
                <span class="picker">
                    <input id="files" type="file" multiple=true onchange={onchange.clone()} />
                    <label for="files" class="button">{ t.drop_pick() }</label>
                </span>
                <span class="picker">
                    <input id="folder" type="file" multiple=true webkitdirectory=true {onchange} />
                    <label for="folder" class="button quiet">{ t.drop_pick_folder() }</label>
                </span>
            </p>
        </div>
    }
}

/// Picked files, each with its folder inside what was picked; none for a single file.
fn picked(files: Option<FileList>) -> Vec<(File, AttrValue)> {
    let all = files.iter().flat_map(|files| (0..files.length()).filter_map(|index| files.item(index)));
    all.map(|file| (file.clone(), folder(&file))).collect()
}

fn folder(file: &File) -> AttrValue {
    let path = Reflect::get(file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
    path.and_then(|path| Some(path.rsplit_once('/')?.0.to_owned())).unwrap_or_default().into()
}
