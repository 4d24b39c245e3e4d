//! The language, who is here, the way to their keys, and the two ways to stop: lock and sign out.

use crate::{
    components::{cover::Cover, page::Page, pledge_text::pledge_text, show_name::ShowName, waiting::waiting},
    language::Language,
    route::Route,
    state::{
        Loaded,
        preferences::{Prefer, use_preferences},
        use_answer, use_lock, use_session,
    },
    worker::messages::{Pledge, Policy},
};
use js_sys::Reflect;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{PledgeView, PolicyView};

/// What the organisation promises, and what its members signed: folded, for it is long.
fn policy(t: Language, policy: &Loaded<PolicyView>, pledge: &Loaded<PledgeView>) -> Html {
    let (Loaded::Ready(policy), Loaded::Ready(pledge)) = (policy, pledge) else { return waiting(t) };
    let state = if pledge.signed { t.pledge_signed() } else { t.pledge_unsigned() };
    html! {
        <>
            <details>
                <summary>{ t.pledge_title() }{ " " }<span class="fine">{ state }</span></summary>
                { pledge_text(t, pledge) }
                <p>{ t.farewell_hint() }</p>
                <p><Link<Route> to={Route::Farewell} classes="button">{ t.farewell_title() }</Link<Route>></p>
            </details>
            <details>
                <summary>{ t.settings_policy_file(policy.version.to_string()) }</summary>
                <p class="fine">{ if policy.outdated { t.policy_outdated() } else { "" } }</p>
                <pre class="sheet card" tabindex="0" lang="nl">{ &policy.text }</pre>
            </details>
        </>
    }
}

#[component]
pub(crate) fn Settings() -> Html {
    let preferences = use_preferences();
    let t = preferences.language;
    let session = use_session();
    let who = session.who.clone();
    let (lock, visiting) = (use_lock(), session.visiting());
    let (policy_answer, pledge_answer) = (use_answer(Policy {}, 0), use_answer(Pledge {}, 0));
    let (current, most) = who.as_ref().map_or((0, 0), |who| (preferences.lock_after(who), who.lock_at_most));
    let [current, most] = [current, most].map(|seconds| usize::try_from(seconds / 60).unwrap_or_default());
    let minutes =
        [3, 5, 10, 15, 20, 30, 45, 60, 90, 120].into_iter().filter(move |count| *count <= most || *count == current);
    let choose_lock = {
        let (dispatch, store) = (preferences.dispatcher(), session.store.clone());
        Callback::from(move |event: Event| {
            let value = event.target().and_then(|select| Reflect::get(&select, &"value".into()).ok());
            let minutes = value.and_then(|value| value.as_string()).and_then(|value| value.parse::<u64>().ok());
            if let (Some(minutes), Some(store)) = (minutes, &store) {
                dispatch.dispatch(Prefer::LockAfter(store.clone(), minutes * 60));
            }
        })
    };
    let choice = |language: Language, name: &'static str| {
        let dispatch = preferences.dispatcher();
        let onchange = Callback::from(move |_: Event| dispatch.dispatch(Prefer::Language(language)));
        html! {
            <label key={language.tag()} class="choice sheet" lang={language.tag()}>
                <input type="radio" name="language" checked={t == language} {onchange} />
                <span><b>{ name }</b></span>
            </label>
        }
    };
    let stopping = if visiting {
        html! {
            <section class="group" key="visit">
                <h2>{ t.visit_end() }</h2>
                <p>{ t.visit_end_text() }</p>
                <p><button type="button" class="primary" onclick={lock}>{ t.visit_end() }</button></p>
            </section>
        }
    } else {
        html! {
            <div key="own">
                <section class="group">
                    <h2>{ t.lock_now() }</h2>
                    <p>{ t.settings_lock_text() }</p>
                    <div class="field">
                        <label for="lock-after">{ t.settings_lock_after() }</label>
                        <p class="hint">{ t.settings_lock_after_hint(most) }</p>
                        <select id="lock-after" onchange={choose_lock}>
                            { for minutes.map(|count| html! {
                                <option key={count} value={count.to_string()} selected={count == current}>
                                    { t.minutes(count) }
                                </option>
                            }) }
                        </select>
                    </div>
                    if let Some(store) = &session.store { <Cover store={store.clone()} /> }
                    <p><button type="button" class="primary" onclick={lock}>{ t.lock_now() }</button></p>
                </section>
                <section class="group">
                    <h2>{ t.sign_out_title() }</h2>
                    <p>{ t.settings_sign_out_text() }</p>
                    <p><Link<Route> to={Route::SignOut} classes="button danger">{ t.sign_out_title() }</Link<Route>></p>
                </section>
            </div>
        }
    };
    html! {
        <Page title={t.nav_settings()}>
            <section class="group">
                <h2>{ t.settings_who() }</h2>
                <dl class="facts sheet card">
                    <dt>{ t.your_name() }</dt><dd>{ who.as_ref().map(|who| who.name.clone()) }</dd>
                    <dt>{ t.organisation() }</dt><dd>{ who.as_ref().map(|who| who.organisation.clone()) }</dd>
                    <dt>{ t.settings_words() }</dt>
                    <dd class="words">{ who.as_ref().map(|who| who.words.join(" · ")) }</dd>
                </dl>
            </section>
            <fieldset class="choices group">
                <legend>{ t.settings_language() }</legend>
                { choice(Language::Dutch, "Nederlands") }
                { choice(Language::English, "English") }
            </fieldset>
            <div class="shown">
                if let (Some(store), Some(who)) = (&session.store, &who) { <ShowName store={store.clone()} name={who.name.clone()} /> }
            </div>
            <section class="group">
                <h2>{ t.keys_title() }</h2>
                <p>{ t.settings_keys_text() }</p>
                <p><Link<Route> to={Route::Keys} classes="button">{ t.keys_title() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.emergency_title() }</h2>
                <p>{ t.emergency_lead() }</p>
                <p><Link<Route> to={Route::Emergency} classes="button">{ t.emergency_title() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.testament_title() }</h2>
                <p>{ t.testament_lead() }</p>
                <p><Link<Route> to={Route::Testament} classes="button">{ t.testament_title() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.settings_policy() }</h2>
                <p>{ t.settings_policy_text() }</p>
                <div class="policy">{ policy(t, &policy_answer, &pledge_answer) }</div>
            </section>
            <section class="group">
                <h2>{ t.setup_step_three() }</h2>
                <p>{ t.sheet_settings() }</p>
                <p><Link<Route> to={Route::Sheet} classes="button">{ t.sheet_check_title() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.restored_settings() }</h2>
                <p>{ t.restored_settings_text() }</p>
                <p><Link<Route> to={Route::Restored} classes="button">{ t.restored_more() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.shortcuts_title() }</h2>
                <p>{ t.settings_shortcuts() }</p>
            </section>
            <div class="stopping">{ stopping }</div>
        </Page>
    }
}
