//! What follows a change that went well.

use super::{
    Note,
    notices::Notices,
    use_notices, use_vault,
    vault::{Change, VaultState},
};
use crate::route::Route;
use yew::prelude::*;
use yew_router::prelude::*;

/// Where a component goes on.
#[derive(Clone)]
pub(crate) struct Done {
    vault: UseReducerDispatcher<VaultState>,
    notices: UseReducerDispatcher<Notices>,
    navigator: Option<Navigator>,
}

/// Where this component goes on after a change.
#[hook]
pub(crate) fn use_done() -> Done {
    Done { vault: use_vault().dispatcher(), notices: use_notices().dispatcher(), navigator: use_navigator() }
}

impl Done {
    /// Pages read again what changed; a notice says what was done; the person comes to where it shows.
    pub(crate) fn tell(&self, said: impl Into<AttrValue>, to: &Route) {
        self.vault.dispatch(Change::Changed);
        self.notices.dispatch(Note::Say(said.into()));
        if let Some(navigator) = &self.navigator {
            navigator.push(to);
        }
    }
}
