//! The face of staff before a vault is open.

use super::{
    enrol::{Enrol, Way},
    join::Join,
    knock::Knock,
    opening::Opening,
    other_tab::other_tab,
    printing::Printing,
    set_up::SetUp,
    unlock::Unlock,
    visit_over::visit_over,
};
use crate::{
    components::{
        frame::{frame, frame_wide},
        page::Page,
        problems::Problems,
        waiting::waiting,
    },
    device,
    handover::{self, End},
    route::Route,
    state::{
        Phase,
        session::{self, Step},
        use_session, use_words,
    },
    tab,
    worker::messages::Start,
};
use std::{cell::Cell, rc::Rc};
use yew::prelude::*;
use yew_router::prelude::*;

/// What stands before the vault. The address stays what it was while somebody unlocks.
#[component]
pub(crate) fn Entrance() -> Html {
    let t = use_words();
    let session = use_session();
    let held = use_state_eq(|| false);
    let route = use_route::<Route>();
    let claim = {
        let (session, held) = (session.clone(), held.setter());
        Callback::from(move |steal: bool| {
            let (session, held) = (session.clone(), held.clone());
            tab::claim(
                steal,
                Callback::from(move |mine: bool| {
                    held.set(mine);
                    if !mine {
                        session::leave(&session, Step::End(End::OtherTab));
                    } else if steal {
                        session.dispatch(handover::lock());
                    }
                }),
            );
        })
    };
    {
        let claim = claim.clone();
        // Whether a vault is here: those to whom that is nothing do not ask.
        use_effect_with((), move |()| {
            if matches!(session.phase, Phase::Starting | Phase::Locked) {
                claim.emit(false);
                // It comes while somebody types; who needs it hears whether it came.
                yew::platform::spawn_local(async { drop(handover::fetch().await) });
            }
        });
    }
    let session = use_session();
    {
        let dispatch = session.dispatcher();
        let known = session.residents.iter().map(|resident| resident.store.clone()).collect();
        use_effect_with((*held, session.client.clone()), move |(held, client)| {
            let wanted = Rc::new(Cell::new(true));
            if *held {
                let (client, still) = (client.clone(), wanted.clone());
                yew::platform::spawn_local(async move {
                    let looked = client.call(Start { known }).await;
                    if still.get() {
                        dispatch.dispatch(Step::Looked(looked));
                    }
                });
            }
            move || wanted.set(false)
        });
    }
    let knocks = route == Some(Route::Knock);
    let joining = route == Some(Route::Join);
    let visit = route == Some(Route::Visit);
    let over = match route {
        Some(Route::VisitOver { lost }) => Some(visit_over(t, true, lost)),
        _ => None,
    };
    device::pass(visit || over.is_some() || session.visiting());
    let again = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session.dispatch(handover::lock()))
    };
    let shown = match session.phase.clone() {
        Phase::Leaving | Phase::Ended(_) => frame(t, waiting(t)),
        Phase::Left(lost) => frame(t, visit_over(t, false, lost)),
        phase if phase != Phase::Open && over.is_some() => frame(t, over.unwrap_or_default()),
        Phase::Starting | Phase::Failed(_) | Phase::NewDevice | Phase::Locked if visit => {
            frame(t, html! { <Enrol key="visit" way={Way::Visit} /> })
        }
        Phase::Locked if joining && device::arrived_link().is_some() => frame(t, html! { <Join /> }),
        Phase::Locked | Phase::NewDevice if knocks => frame(t, html! { <Knock key="knock" /> }),
        Phase::Locked if route == Some(Route::Beside) => frame(t, html! { <Enrol key="beside" way={Way::Beside} /> }),
        Phase::Starting | Phase::Fresh | Phase::NewDevice if joining => frame(t, html! { <Join /> }),
        Phase::Starting => frame(t, waiting(t)),
        Phase::Failed(failure) => {
            let page = html! {
                <Page key="failed" title={t.start_failed()}>
                    <section class="group">
                        <Problems {failure} />
                        <p><button type="button" class="primary" onclick={again}>{ t.try_again() }</button></p>
                    </section>
                </Page>
            };
            frame(t, page)
        }
        Phase::OtherTab => frame(t, other_tab(t, claim.reform(|()| true))),
        Phase::Fresh => frame(t, html! { <SetUp /> }),
        Phase::NewDevice => frame(t, html! { <Enrol key="enrol" way={Way::New} /> }),
        Phase::Locked => frame(t, html! { <Unlock /> }),
        Phase::Printing(printed) => frame_wide(t, html! { <Printing {printed} /> }),
        Phase::Open => frame(t, html! { <Opening /> }),
    };
    html! { <div class="workspace" key="entrance">{ shown }</div> }
}
