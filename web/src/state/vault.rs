//! What the page knows of the open vault: the list, what waits, and the files on their way.

use super::uploads::{Upload, UploadState};
use crate::worker::messages::{Failure, News};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::{latest_first, sort_by_bytes, view::DossierSummary};

/// The open vault, as far as more than one page needs it.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct VaultState {
    /// The list; none until it was read.
    pub(crate) list: Option<Rc<Vec<DossierSummary>>>,
    /// Grows when something changed that pages must read again.
    pub(crate) revision: u32,
    /// Whether the relay could not be reached the last time.
    pub(crate) offline: bool,
    /// Why else the last round came to nothing.
    pub(crate) trouble: Option<Failure>,
    /// How many changes wait on this device.
    pub(crate) waiting: usize,
    /// Files on their way, and those that came or failed.
    pub(crate) uploads: Vec<Upload>,
}

/// How it changes.
pub(crate) enum Change {
    /// The list was read.
    Listed(Vec<DossierSummary>),
    /// The relay was asked.
    Asked(Result<News, Failure>),
    /// Something was changed here.
    Changed,
    /// It waits on this device: the relay was not there.
    Waits,
    /// A file joined the queue.
    Queued(Upload),
    /// A file came further.
    Moved(u32, UploadState),
    /// Those that ended are no longer shown.
    Tidied,
    /// The vault was locked.
    Closed,
}

impl Reducible for VaultState {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut state = (*self).clone();
        match change {
            Change::Listed(mut list) => {
                sort_by_bytes(&mut list, |dossier| latest_first(dossier.changed, ""));
                state.list = Some(Rc::new(list));
            }
            Change::Asked(Err(failure)) => {
                state.offline = failure.key == "relay-unreachable";
                state.trouble = (!state.offline).then_some(failure);
            }
            Change::Asked(Ok(news)) => {
                state.trouble = None;
                if !news.changed.is_empty() {
                    state.revision += 1;
                }
                state.offline = news.offline;
                state.waiting = news.waiting;
            }
            Change::Changed => state.revision += 1,
            Change::Waits => {
                state.offline = true;
                state.waiting += 1;
            }
            Change::Queued(upload) => state.uploads.push(upload),
            Change::Moved(number, moved) => {
                if matches!(moved, UploadState::Done) {
                    state.revision += 1;
                }
                if let Some(upload) = state.uploads.iter_mut().find(|upload| upload.number == number) {
                    upload.state = moved;
                }
            }
            Change::Tidied => state.uploads.retain(|upload| upload.state.is_open()),
            Change::Closed => return Rc::new(Self::default()),
        }
        Rc::new(state)
    }
}

/// The context.
pub(crate) type VaultContext = UseReducerHandle<VaultState>;

/// The open vault, to read and to change.
#[hook]
pub(crate) fn use_vault() -> VaultContext {
    use_context().unwrap_or_else(|| unreachable!("the app provides a vault"))
}
