//! The face of staff: what stands before the vault, and the vault itself.

use super::{
    authorised::Authorised,
    colleagues::Colleagues,
    compare::Compare,
    dossier::Dossier,
    dossiers::Dossiers,
    end_access::EndAccess,
    enrol::{Enrol, Way},
    grant::Grant,
    invitation::Invitation,
    invite::Invite,
    join::Join,
    keys::Keys,
    leave::Leave,
    new_card::NewCard,
    new_dossier::NewDossier,
    not_found::not_found,
    other_tab::other_tab,
    passphrase::Passphrase,
    pledge::Pledge,
    printing::Printing,
    renew::Renew,
    report::Report,
    revoke::Revoke,
    set_up::SetUp,
    settings::Settings,
    share::Share,
    sign_out::SignOut,
    today::Today,
    unlock::Unlock,
    visit_over::visit_over,
    waiting::WaitingForAdmission,
};
use crate::{
    components::{
        frame::{frame, frame_wide},
        page::Page,
        problems::Problems,
        shell::Shell,
        waiting::waiting,
    },
    device,
    language::Language,
    route::{Route, Tab},
    state::{
        Phase,
        preferences::{Prefer, use_preferences},
        session::{self, Step},
        use_session,
    },
    tab,
    worker::messages::Start,
};
use std::{cell::Cell, rc::Rc};
use yew::prelude::*;
use yew_router::prelude::*;

/// The workspace. The address stays what it was while somebody unlocks.
#[component]
pub(crate) fn Workspace() -> Html {
    let preferences = use_preferences();
    let t = preferences.language;
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
                        session::leave(&session, Step::OtherTab);
                    } else if steal {
                        session.dispatch(Step::Begin);
                    }
                }),
            );
        })
    };
    {
        let claim = claim.clone();
        use_effect_with((), move |()| claim.emit(false));
    }
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
    {
        let dispatch = preferences.dispatcher();
        use_effect_with(session.store.clone(), move |store| {
            if let Some(store) = store {
                dispatch.dispatch(Prefer::Whose(store.clone()));
            }
        });
    }
    let joining = route == Some(Route::Join);
    let visit = route == Some(Route::Visit);
    let over = match route {
        Some(Route::VisitOver { lost }) => Some(visit_over(t, true, lost)),
        _ => None,
    };
    device::pass(visit || over.is_some() || session.visiting());
    let admission = session.who.as_ref().is_some_and(|who| who.waiting);
    let later = use_state_eq(|| false);
    let pledge = session.who.as_ref().is_some_and(|who| who.pledge_due && !who.visit) && !*later;
    let put_off = {
        let later = later.setter();
        Callback::from(move |()| later.set(true))
    };
    let again = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session.dispatch(Step::Begin))
    };
    let shown = match session.phase.clone() {
        Phase::Leaving => frame(t, waiting(t)),
        Phase::Left(lost) => frame(t, visit_over(t, false, lost)),
        phase if phase != Phase::Open && over.is_some() => frame(t, over.unwrap_or_default()),
        Phase::Starting | Phase::Failed(_) | Phase::NewDevice | Phase::Locked if visit => {
            frame(t, html! { <Enrol key="visit" way={Way::Visit} /> })
        }
        Phase::Locked if joining && device::arrived_link().is_some() => frame(t, html! { <Join /> }),
        Phase::Locked if route == Some(Route::Beside) => frame(t, html! { <Enrol key="beside" way={Way::Beside} /> }),
        Phase::Starting | Phase::Fresh | Phase::NewDevice if joining => frame(t, html! { <Join /> }),
        Phase::Starting => frame(t, waiting(t)),
        Phase::Failed(failure) => {
            let page = html! {
                <Page key="failed" title={t.start_failed()}>
                    <Problems {failure} />
                    <p><button type="button" class="primary" onclick={again}>{ t.try_again() }</button></p>
                </Page>
            };
            frame(t, page)
        }
        Phase::OtherTab => frame(t, other_tab(t, claim.reform(|()| true))),
        Phase::Fresh => frame(t, html! { <SetUp /> }),
        Phase::NewDevice => frame(t, html! { <Enrol key="enrol" way={Way::New} /> }),
        Phase::Locked => frame(t, html! { <Unlock /> }),
        Phase::Printing(printed) => frame_wide(t, html! { <Printing {printed} /> }),
        Phase::Open if admission => frame(t, html! { <WaitingForAdmission /> }),
        Phase::Open if pledge => frame(t, html! { <Pledge later={put_off} /> }),
        Phase::Open => html! { <Shell><Switch<Route> render={move |route| page(t, route)} /></Shell> },
    };
    html! { <div class="workspace" key="workspace">{ shown }</div> }
}

/// The page of an address, in an open vault. Keys make a page anew when its address means something else.
fn page(t: Language, route: Route) -> Html {
    match route {
        Route::Today | Route::Join | Route::Inbox | Route::Visit | Route::Beside | Route::VisitOver { .. } => {
            html! { <Today key="today" /> }
        }
        Route::Dossiers => html! { <Dossiers key="dossiers" /> },
        Route::NewDossier => html! { <NewDossier key="new" /> },
        Route::Dossier { id } => html! { <Dossier key={id.clone()} id={id.clone()} tab={Tab::Timeline} /> },
        Route::DossierTab { id, tab } => html! { <Dossier key={id.clone()} id={id.clone()} {tab} /> },
        Route::NewReport { id } => html! { <Report key="new-report" dossier={id} item={None::<String>} /> },
        Route::Report { id, item } => html! { <Report key={item.clone()} dossier={id} item={Some(item.clone())} /> },
        Route::Share { id } => html! { <Share key={id.clone()} id={id.clone()} /> },
        Route::Revoke { id, share } => html! { <Revoke key={share.clone()} {id} share={share.clone()} /> },
        Route::Grant { id } => html! { <Grant key={id.clone()} id={id.clone()} /> },
        Route::EndAccess { id, person } => html! { <EndAccess key={person.clone()} {id} person={person.clone()} /> },
        Route::AuthorisedOf { id } => html! { <Authorised key={id.clone()} id={AttrValue::from(id.clone())} /> },
        Route::Authorised => html! { <Authorised key="authorised" /> },
        Route::Colleagues => html! { <Colleagues key="colleagues" /> },
        Route::Invitation { person } => {
            html! { <Invitation key={format!("invited {person}")} person={person.clone()} /> }
        }
        Route::Invite => html! { <Invite key="invite" /> },
        Route::Compare { person } => html! { <Compare key={format!("words {person}")} person={person.clone()} /> },
        Route::Remove { person } => html! { <Leave key={format!("leave {person}")} person={person.clone()} /> },
        Route::Settings => html! { <Settings key="settings" /> },
        Route::Keys => html! { <Keys key="keys" /> },
        Route::EndDevice { device } => html! { <Keys key={device.clone()} end={device.clone()} /> },
        Route::Passphrase => html! { <Passphrase key="passphrase" /> },
        Route::NewCard => html! { <NewCard key="card" /> },
        Route::Renew => html! { <Renew key="renew" /> },
        Route::SignOut => html! { <SignOut key="sign-out" /> },
        Route::NotFound => not_found(t),
    }
}
