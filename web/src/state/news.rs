//! Asking the relay for news, one round at a time: when the vault opens, when the relay calls, when this machine is online again,
//! and from time to time. While the relay can call, seldom.

use super::{
    session::{Session, Step},
    vault::{Change, VaultState},
};
use crate::worker::{
    client::Client,
    messages::{Listen, Sync},
};
use std::{cell::Cell, rc::Rc};
use yew::prelude::*;

/// Between two rounds that nobody called for, in milliseconds.
pub(crate) const EVERY: u32 = 20_000;

/// Of so many of these only one is made while the relay can call.
const SELDOM: u32 = 15;

/// Who asks, of which vault.
pub(crate) struct News {
    client: Client,
    who: UseReducerDispatcher<Session>,
    vault: UseReducerDispatcher<VaultState>,
    asking: Cell<bool>,
    /// Something was called for while it asked.
    again: Cell<bool>,
    /// Whether the relay can call.
    called: Cell<bool>,
    skipped: Cell<u32>,
    gone: Cell<bool>,
}

impl News {
    pub(crate) fn of(
        client: Client,
        who: UseReducerDispatcher<Session>,
        vault: UseReducerDispatcher<VaultState>,
    ) -> Rc<Self> {
        let off = || Cell::new(false);
        Rc::new(Self {
            client,
            who,
            vault,
            asking: off(),
            again: off(),
            called: off(),
            skipped: Cell::new(0),
            gone: off(),
        })
    }

    /// Asks; if it does so already, once more after that.
    pub(crate) fn ask(self: &Rc<Self>) {
        self.again.set(true);
        if self.asking.replace(true) {
            return;
        }
        let news = self.clone();
        yew::platform::spawn_local(async move {
            while news.again.take() && !news.gone.get() {
                let heard = news.client.call(Sync {}).await;
                if news.gone.get() {
                    return;
                }
                if let Ok(heard) = &heard {
                    news.who.dispatch(Step::Who(heard.session.clone()));
                }
                news.vault.dispatch(Change::Asked(heard));
            }
            news.asking.set(false);
        });
    }

    /// Asks if it is time to: nobody may have called.
    pub(crate) fn look(self: &Rc<Self>) {
        self.skipped.set(self.skipped.get() + 1);
        if !self.called.get() || self.skipped.get() >= SELDOM {
            self.skipped.set(0);
            self.ask();
        }
    }

    /// Asks whenever the relay calls, until the worker ends.
    pub(crate) fn listen(self: &Rc<Self>) {
        let news = self.clone();
        yew::platform::spawn_local(async move {
            while let (false, Ok(called)) = (news.gone.get(), news.client.call(Listen {}).await) {
                news.called.set(called);
                if called {
                    news.ask();
                }
            }
        });
    }

    /// Nobody wants to know any more.
    pub(crate) fn end(&self) {
        self.gone.set(true);
    }
}
