//! The open vault: the face of staff; or, of somebody outside the organisation, the portal.

use super::{
    anew::Anew,
    authorised::Authorised,
    closed::{Closed, Glass},
    colleagues::Colleagues,
    compare::Compare,
    delegate::Delegate,
    dossier::Dossier,
    dossiers::Dossiers,
    emergency::Emergency,
    end_access::EndAccess,
    farewell::Farewell,
    give_back::GiveBack,
    grant::Grant,
    invitation::Invitation,
    invite::Invite,
    invite_party::InviteParty,
    keys::Keys,
    leave::Leave,
    let_in::LetIn,
    new_card::NewCard,
    new_dossier::NewDossier,
    not_found::not_found,
    party::Party,
    passkey::Passkey,
    passphrase::Passphrase,
    pledge::Pledge,
    portal::Portal,
    receiver::Receiver,
    renew::Renew,
    report::Report,
    restored::Restored,
    revoke::Revoke,
    settings::Settings,
    share::Share,
    sheet::Sheet,
    sign_out::SignOut,
    testament::Testament,
    today::Today,
    waiting::WaitingForAdmission,
};
use crate::{
    components::{curtain::use_curtain, frame::frame, idle_lock::IdleLock, shell::Shell, waiting::waiting},
    device,
    language::Language,
    route::{Route, Tab},
    state::{
        Phase,
        preferences::{Prefer, use_preferences},
        use_session,
    },
};
use yew::prelude::*;
use yew_router::prelude::*;

/// The open vault: what must be done first, or the page of the address.
#[component]
pub(crate) fn Workspace() -> Html {
    let preferences = use_preferences();
    let t = preferences.language;
    let session = use_session();
    {
        let dispatch = preferences.dispatcher();
        use_effect_with(session.store.clone(), move |store| {
            if let Some(store) = store {
                dispatch.dispatch(Prefer::Whose(store.clone()));
            }
        });
    }
    device::pass(session.visiting());
    use_curtain(preferences.cover || session.visiting());
    let admission = session.who.as_ref().is_some_and(|who| who.waiting);
    let later = use_state_eq(|| false);
    let pledge = session.who.as_ref().is_some_and(|who| who.pledge_due && !who.visit) && !*later;
    let put_off = {
        let later = later.setter();
        Callback::from(move |()| later.set(true))
    };
    let outside = session.who.as_ref().is_some_and(|who| who.outside);
    let shown = if session.phase != Phase::Open {
        // It ends.
        frame(t, waiting(t))
    } else if admission {
        frame(t, html! { <WaitingForAdmission /> })
    } else if outside {
        html! { <Portal /> }
    } else if pledge {
        frame(t, html! { <Pledge later={put_off} /> })
    } else {
        html! { <Shell><Switch<Route> render={move |route| page(t, route)} /></Shell> }
    };
    html! { <div class="workspace" key="workspace">{ shown }<IdleLock key="idle" /></div> }
}

/// The page of an address, in an open vault. Keys make a page anew when its address means something else.
fn page(t: Language, route: Route) -> Html {
    match route {
        Route::Today
        | Route::Join
        | Route::Inbox
        | Route::Visit
        | Route::Beside
        | Route::Knock
        | Route::VisitOver { .. } => html! { <Today key="today" /> },
        Route::Dossiers => html! { <Dossiers key="dossiers" /> },
        Route::NewDossier => html! { <NewDossier key="new" /> },
        Route::Closed => html! { <Closed key="closed" /> },
        Route::Glass { id } => html! { <Glass key={format!("glass {id}")} id={id.clone()} /> },
        Route::Dossier { id } => html! { <Dossier key={id.clone()} id={id.clone()} tab={Tab::Timeline} /> },
        Route::DossierTab { id, tab } => html! { <Dossier key={id.clone()} id={id.clone()} {tab} /> },
        Route::NewReport { id } => html! { <Report key="new-report" dossier={id} item={None::<String>} /> },
        Route::Report { id, item } => html! { <Report key={item.clone()} dossier={id} item={Some(item.clone())} /> },
        Route::Share { id } => html! { <Share key={id.clone()} id={id.clone()} /> },
        Route::Revoke { id, share } => html! { <Revoke key={share.clone()} {id} share={share.clone()} /> },
        Route::Receiver { id, share } => {
            html! { <Receiver key={format!("words {share}")} {id} share={share.clone()} /> }
        }
        Route::Grant { id } => html! { <Grant key={id.clone()} id={id.clone()} /> },
        Route::EndAccess { id, person } => html! { <EndAccess key={person.clone()} {id} person={person.clone()} /> },
        Route::InviteParty { id } => html! { <InviteParty key={format!("client of {id}")} id={id.clone()} /> },
        Route::Party { id, person } => {
            html! { <Party key={format!("client {person}")} {id} person={person.clone()} /> }
        }
        Route::AuthorisedOf { id } => html! { <Authorised key={id.clone()} id={AttrValue::from(id.clone())} /> },
        Route::Authorised => html! { <Authorised key="authorised" /> },
        Route::Colleagues => html! { <Colleagues key="colleagues" /> },
        Route::Invitation { person } => {
            html! { <Invitation key={format!("invited {person}")} person={person.clone()} /> }
        }
        Route::Invite => html! { <Invite key="invite" /> },
        Route::Compare { person } => html! { <Compare key={format!("words {person}")} person={person.clone()} /> },
        Route::Anew { person } => html! { <Anew key={format!("anew {person}")} person={person.clone()} /> },
        Route::Delegate { person } => html! { <Delegate key={format!("acts {person}")} person={person.clone()} /> },
        Route::GiveBack { person } => html! { <GiveBack key={format!("back {person}")} person={person.clone()} /> },
        Route::Farewell => html! { <Farewell key="farewell" /> },
        Route::Remove { person } => html! { <Leave key={format!("leave {person}")} person={person.clone()} /> },
        Route::Settings => html! { <Settings key="settings" /> },
        Route::Keys => html! { <Keys key="keys" /> },
        Route::EndDevice { device } => html! { <Keys key={device.clone()} end={device.clone()} /> },
        Route::Passphrase => html! { <Passphrase key="passphrase" /> },
        Route::Passkey => html! { <Passkey key="passkey" /> },
        Route::LetIn => html! { <LetIn key="let-in" /> },
        Route::NewCard => html! { <NewCard key="card" /> },
        Route::Renew => html! { <Renew key="renew" /> },
        Route::Restored => html! { <Restored key="restored" /> },
        Route::Emergency => html! { <Emergency key="emergency" /> },
        Route::Testament => html! { <Testament key="testament" /> },
        Route::Sheet => html! { <Sheet key="sheet" /> },
        Route::SignOut => html! { <SignOut key="sign-out" /> },
        Route::NotFound => not_found(t),
    }
}
