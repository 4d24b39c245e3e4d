//! The words of the report that is being written and not yet kept: one editor is open at a time. They are kept a moment
//! after each pause, when the page is left, and before the vault locks.

use crate::worker::{
    client::Client,
    messages::{Failure, SaveDraft},
};
use std::cell::RefCell;

thread_local! {
    static PENDING: RefCell<Option<SaveDraft>> = const { RefCell::new(None) };
    /// The store of whoever typed it.
    static WHOSE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A vault was opened: words that another person could not keep before they locked are not for this one.
pub(crate) fn belongs_to(store: Option<&String>) {
    if WHOSE.replace(store.cloned()).as_ref() != store {
        drop_it();
    }
}

/// Sets what is to be kept.
pub(crate) fn put(draft: SaveDraft) {
    PENDING.with(|pending| pending.replace(Some(draft)));
}

/// Forgets it: it was saved, or thrown away.
pub(crate) fn drop_it() {
    PENDING.with(|pending| pending.replace(None));
}

/// Whether something is still to be kept.
pub(crate) fn any() -> bool {
    PENDING.with(|pending| pending.borrow().is_some())
}

/// Keeps it. The answer says whether there was anything; after a failure it is still to be kept.
pub(crate) async fn keep(client: &Client) -> Result<bool, Failure> {
    let Some(draft) = PENDING.with(|pending| pending.borrow_mut().take()) else { return Ok(false) };
    let result = client.call(draft.clone()).await;
    if let Err(failure) = result {
        PENDING.with(|pending| {
            // Unless more was typed meanwhile.
            pending.borrow_mut().get_or_insert(draft);
        });
        return Err(failure);
    }
    Ok(true)
}
