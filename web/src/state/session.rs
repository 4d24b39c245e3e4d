//! Who is here, and how far they have come: from a device with nothing on it to an open vault, and to its end.

use super::{pending, visit};
use crate::{
    clipboard,
    handover::{End, Handed, Returned, broken},
    residents::{self, Resident},
    worker::{
        client::Client,
        messages::{Failure, Opened, StartView},
    },
};
use std::rc::Rc;
use yew::prelude::*;
use zegel_vault::view::{PrintedView, SessionView};

/// Where this tab stands.
#[derive(Clone, PartialEq)]
pub(crate) enum Phase {
    /// The worker starts and looks around.
    Starting,
    /// It could not look around.
    Failed(Failure),
    /// Another tab has the vault.
    OtherTab,
    /// Nothing here, and no organisation on the relay.
    Fresh,
    /// Nothing here; the relay serves an organisation.
    NewDevice,
    /// Vaults are here, or were when this device was last looked at.
    Locked,
    /// What was just made must be printed first.
    Printing(Rc<PrintedView>),
    /// The vault is open.
    Open,
    /// A visit ends: nothing is shown any more.
    Leaving,
    /// It has ended, and the relay does not know; whether something was lost.
    Left(bool),
    /// The worker has ended, and the door begins anew.
    Ended(End),
}

/// The session of this tab.
#[derive(Clone, PartialEq)]
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) phase: Phase,
    /// Whose vaults are here; only the door asks.
    pub(crate) residents: Rc<Vec<Resident>>,
    /// The store of the vault that is open, or was open last in this tab; none on a visit.
    pub(crate) store: Option<String>,
    /// Who is here; only while the vault is open.
    pub(crate) who: Option<Rc<SessionView>>,
}

/// How it changes.
pub(crate) enum Step {
    /// The first look around.
    Looked(Result<StartView, Failure>),
    /// A vault was opened.
    Opened(Opened),
    /// A visit ends.
    Leaving,
    /// The worker goes, with every key.
    End(End),
    /// Card and sheets are printed.
    Printed,
    /// Who is here changed, by admission for one.
    Who(SessionView),
}

impl Session {
    /// What the door begins with: with a worker, unless the vault is another tab's or was a visitor's.
    pub(crate) fn begin(returned: Option<Returned>) -> Self {
        let residents = Rc::new(residents::kept());
        let (end, store) = returned.map_or((End::Locked, None), |returned| (returned.end, returned.store));
        let (client, phase) = match end {
            End::OtherTab => (Client::none(), Phase::OtherTab),
            End::Left(lost) => (Client::none(), Phase::Left(lost)),
            // Until the worker has looked around.
            End::Locked if residents.is_empty() => (Client::start(broken()), Phase::Starting),
            End::Locked => (Client::start(broken()), Phase::Locked),
        };
        Self { client, phase, residents, store, who: None }
    }

    /// An open vault that the door handed over.
    pub(crate) fn open(client: Client, handed: &Handed) -> Self {
        let (store, who) = (handed.store.clone(), Some(Rc::new(handed.who.clone())));
        Self { client, phase: Phase::Open, residents: Rc::default(), store, who }
    }

    /// Notes what the person is called on this device, once their name is known.
    fn call(&self, who: &SessionView) {
        if let Some(store) = &self.store {
            residents::call(store, &who.name, None);
        }
    }

    /// Whether this is a visit to somebody else's machine.
    pub(crate) fn visiting(&self) -> bool {
        matches!(self.phase, Phase::Leaving | Phase::Left(_) | Phase::Ended(End::Left(_)))
            || self.who.as_ref().is_some_and(|who| who.visit)
    }
}

impl Reducible for Session {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut session = (*self).clone();
        match step {
            Step::Looked(Ok(found)) => {
                let stores: &[String] = if let StartView::Locked(stores) = &found { stores } else { &[] };
                session.residents = Rc::new(residents::settle(stores));
                session.phase = match found {
                    StartView::Locked(_) => Phase::Locked,
                    StartView::Fresh => Phase::Fresh,
                    StartView::NewDevice => Phase::NewDevice,
                };
            }
            Step::Looked(Err(failure)) => session.phase = Phase::Failed(failure),
            Step::End(end) => {
                session.client.end();
                session.phase = Phase::Ended(end);
                session.who = None;
            }
            Step::Opened(Opened { session: who, store, printed }) => {
                session.store = store;
                session.call(&who);
                session.who = Some(Rc::new(who));
                session.phase = printed.map_or(Phase::Open, |printed| Phase::Printing(Rc::new(printed)));
            }
            Step::Leaving => {
                session.phase = Phase::Leaving;
                session.who = None;
            }
            Step::Printed => session.phase = Phase::Open,
            Step::Who(who) => {
                if session.who.as_deref() == Some(&who) {
                    return self;
                }
                session.call(&who);
                session.who = Some(Rc::new(who));
            }
        }
        Rc::new(session)
    }
}

/// Leaves the vault: keeps what is being written, then takes `step`, which ends the worker. A visit ends.
pub(crate) fn leave(session: &SessionContext, step: Step) {
    if session.visiting() {
        return visit::end(session);
    }
    clipboard::clear();
    let (client, dispatch) = (session.client.clone(), session.dispatcher());
    yew::platform::spawn_local(async move {
        // Locking goes on without it: keys that stay are worse than a lost sentence.
        let _ = pending::keep(&client).await;
        dispatch.dispatch(step);
    });
}

/// The context.
pub(crate) type SessionContext = UseReducerHandle<Session>;

/// The session, to read and to change.
#[hook]
pub(crate) fn use_session() -> SessionContext {
    use_context().unwrap_or_else(|| unreachable!("the app provides a session"))
}
