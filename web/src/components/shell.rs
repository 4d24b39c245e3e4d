//! The frame of the open vault: a rail with the places to go, a bar at the bottom on a phone.

use super::{alarms::alarms, mark::mark, problems::Problems, shortcuts::Shortcuts, tray::Tray};
use crate::{
    device,
    route::Route,
    state::{use_lock, use_session, use_vault, use_words},
};
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::Alarm;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) children: Html,
}

/// The frame.
#[component]
pub(crate) fn Shell(props: &Props) -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    super::upkeep::use_upkeep();
    super::device_name::use_device_name();
    let visiting = session.visiting();
    use_effect_with(visiting, |visiting| {
        if !visiting {
            device::keep_store();
        }
    });
    let organisation = session.who.as_ref().map(|who| who.organisation.clone()).unwrap_or_default();
    let state = match (vault.offline, vault.waiting) {
        (true, 0) => t.state_offline().to_owned(),
        (true, count) if visiting => t.visit_waiting(count),
        (true, count) => t.state_offline_waiting(count),
        (false, 0) => t.state_sealed().to_owned(),
        (false, count) => t.state_sending(count),
    };
    let lock = use_lock();
    let lock_word = if visiting { t.visit_end() } else { t.lock_now() };
    let dossiers = vault.list.as_ref().map(|list| list.len().to_string()).unwrap_or_default();
    let skip = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        device::focus("main");
    });
    // What somebody claimed stands among the work of today, and in the dossier that it is about.
    let alarmed = session.who.iter().flat_map(|who| &who.alarms);
    let said: Vec<Alarm> = alarmed.filter(|alarm| !matches!(alarm, Alarm::Claimed(..))).cloned().collect();
    html! {
        <div class="shell">
            <a class="skip" href="#main" onclick={skip}>{ t.skip_to_content() }</a>
            <div class="rail">
                { mark() }
                <nav aria-label={t.nav_label()}>
                    <Place to={Route::Today} name={t.nav_today()} />
                    <Place to={Route::Dossiers} name={t.nav_dossiers()} count={dossiers} />
                    <Place to={Route::Colleagues} name={t.nav_colleagues()} />
                    <Place to={Route::Settings} name={t.nav_settings()} />
                </nav>
                <footer>
                    <span class="organisation">{ organisation }</span>
                    <span role="status">{ state }</span>
                    <button type="button" class="lock" onclick={lock}>{ lock_word }</button>
                </footer>
            </div>
            <div class="desk">
                <header><p class="practice">{ t.practice_only() }</p></header>
                <div class="visit-place">{ super::own_keys::visit_banner(t, visiting) }</div>
                <Problems failure={vault.trouble.clone()} />
                { alarms(t, &said) }
                <Tray />
                <main id="main" tabindex="-1">{ props.children.clone() }</main>
            </div>
            <Shortcuts />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct PlaceProps {
    to: Route,
    name: AttrValue,
    #[prop_or_default]
    count: AttrValue,
}

/// A place of the rail; the current one also while somebody is deeper inside it.
#[component]
fn Place(props: &PlaceProps) -> Html {
    let here = use_location().map(|location| location.path().to_owned()).unwrap_or_default();
    let own = props.to.to_path();
    let current = here == own || (own != "/" && here.starts_with(&own));
    let navigator = use_navigator();
    let to = props.to.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        if let Some(navigator) = &navigator {
            navigator.push(&to);
        }
    });
    html! {
        <a href={own} aria-current={current.then_some("page")} {onclick}>
            <span>{ &props.name }</span><span class="count">{ &props.count }</span>
        </a>
    }
}
