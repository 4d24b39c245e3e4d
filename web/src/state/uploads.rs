//! Files on their way into dossiers. They belong to no page, so that they go on while somebody walks about.

use super::vault::{Change, VaultState};
use crate::worker::{
    client::Client,
    messages::{AddFile, Failure},
};
use std::cell::Cell;
use web_sys::File;
use yew::prelude::*;

/// A file on its way.
#[derive(Clone, PartialEq)]
pub(crate) struct Upload {
    /// Its number among the files of this page.
    pub(crate) number: u32,
    /// Into which dossier.
    pub(crate) dossier: AttrValue,
    /// The file.
    pub(crate) file: File,
    /// The folder it was dropped with.
    pub(crate) folder: AttrValue,
    /// How far it is.
    pub(crate) state: UploadState,
}

/// How far a file is.
#[derive(Clone, PartialEq)]
pub(crate) enum UploadState {
    /// Others go first.
    Waiting,
    /// Call number, bytes done, bytes in all.
    Sealing(u32, u64, u64),
    /// In the dossier.
    Done,
    /// Not in the dossier, and why.
    Failed(Failure),
}

impl UploadState {
    /// Whether it is still on its way.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Sealing(..))
    }
}

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(1) };
}

/// Sends files, one after the other, with the folder each was dropped with.
pub(crate) fn send(
    client: &Client,
    vault: &UseReducerDispatcher<VaultState>,
    dossier: &AttrValue,
    files: Vec<(File, AttrValue)>,
) {
    let mut queue = Vec::new();
    for (file, folder) in files {
        let number = NEXT.get();
        NEXT.set(number + 1);
        let upload = Upload { number, dossier: dossier.clone(), file, folder, state: UploadState::Waiting };
        vault.dispatch(Change::Queued(upload.clone()));
        queue.push(upload);
    }
    let (client, vault) = (client.clone(), vault.clone());
    yew::platform::spawn_local(async move {
        for upload in queue {
            send_one(&client, &vault, upload).await;
        }
    });
}

/// Tries a failed file again.
pub(crate) fn retry(client: &Client, vault: &UseReducerDispatcher<VaultState>, upload: Upload) {
    let (client, vault) = (client.clone(), vault.clone());
    yew::platform::spawn_local(async move { send_one(&client, &vault, upload).await });
}

async fn send_one(client: &Client, vault: &UseReducerDispatcher<VaultState>, upload: Upload) {
    let number = upload.number;
    let total = upload.file.size() as u64;
    let call = AddFile {
        dossier: upload.dossier.to_string(),
        name: upload.file.name(),
        media_type: upload.file.type_(),
        folder: upload.folder.to_string(),
    };
    // The number of the call is known only after it was made; progress comes later still.
    let call_number = std::rc::Rc::new(Cell::new(0));
    let progress = {
        let (vault, call_number) = (vault.clone(), call_number.clone());
        Callback::from(move |(done, total)| {
            vault.dispatch(Change::Moved(number, UploadState::Sealing(call_number.get(), done, total)));
        })
    };
    let (made, answer) = client.upload(call, upload.file.into(), progress);
    call_number.set(made);
    vault.dispatch(Change::Moved(number, UploadState::Sealing(made, 0, total)));
    let ended = match answer.await {
        Ok(_) => UploadState::Done,
        Err(failure) => UploadState::Failed(failure),
    };
    vault.dispatch(Change::Moved(number, ended));
}
