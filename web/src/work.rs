//! The root of the second program: the open vault.

use crate::{
    app::App,
    components::page,
    device,
    handover::{self, Returned, Taken},
    pages::workspace::Workspace,
    state::{
        pending,
        session::{Session, leave},
        use_session,
        vault::{VaultContext, VaultState},
    },
    tab,
};
use std::{cell::RefCell, rc::Rc};
use yew::{AppHandle, prelude::*};

thread_local! {
    static DRAWN: RefCell<Option<(AppHandle<Work>, Rc<Taken>)>> = const { RefCell::new(None) };
}

/// Waits for an open vault. One comes after the other, each after the one before has ended.
pub(crate) fn start() {
    handover::wait(|taken| draw(Rc::new(taken)));
}

fn draw(taken: Rc<Taken>) {
    let Some(root) = handover::root() else { return };
    device::pass(taken.handed.who.visit);
    device::arrive(taken.handed.knock.clone());
    pending::belongs_to(taken.handed.store.as_ref());
    page::walk();
    let props = Props { taken: taken.clone() };
    DRAWN.replace(Some((yew::Renderer::<Work>::with_root_and_props(root, props).render(), taken)));
}

/// The vault has ended: the door is drawn in its place.
fn end(returned: &Returned) {
    if let Some((drawn, taken)) = DRAWN.take() {
        taken.give_back(returned);
        drawn.destroy();
    }
}

#[derive(Properties)]
struct Props {
    taken: Rc<Taken>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.taken, &other.taken)
    }
}

#[component]
fn Work(props: &Props) -> Html {
    let vault = use_reducer_eq(VaultState::default);
    let Taken { handed, client, .. } = &*props.taken;
    html! {
        <App session={Session::open(client.clone(), handed)} language={handed.language}>
            <ContextProvider<VaultContext> context={vault}>
                <Open taken={props.taken.clone()} />
            </ContextProvider<VaultContext>>
        </App>
    }
}

/// The open vault, as long as this tab has it.
#[component]
fn Open(props: &Props) -> Html {
    let session = use_session();
    let lock = props.taken.lock.clone();
    use_effect_with((), move |()| {
        if let Some(lock) = lock {
            tab::watch(lock, move || leave(&session, crate::state::session::Step::End(handover::End::OtherTab)));
        }
    });
    handover::use_end(|returned| end(&returned));
    html! { <Workspace /> }
}
