//! The language, who is here, the way to their keys, and the two ways to stop: lock and sign out.

use crate::{
    components::page::Page,
    language::Language,
    route::Route,
    state::{
        preferences::{Prefer, use_preferences},
        session::{self, Step},
        use_session,
    },
};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub(crate) fn Settings() -> Html {
    let preferences = use_preferences();
    let t = preferences.language;
    let session = use_session();
    let who = session.who.clone();
    let lock = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session::leave(&session, Step::Begin))
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
            <section class="group">
                <h2>{ t.keys_title() }</h2>
                <p>{ t.settings_keys_text() }</p>
                <p><Link<Route> to={Route::Keys} classes="button">{ t.keys_title() }</Link<Route>></p>
            </section>
            <section class="group">
                <h2>{ t.shortcuts_title() }</h2>
                <p>{ t.settings_shortcuts() }</p>
            </section>
            <section class="group">
                <h2>{ t.lock_now() }</h2>
                <p>{ t.settings_lock_text() }</p>
                <p><button type="button" class="primary" onclick={lock}>{ t.lock_now() }</button></p>
            </section>
            <section class="group">
                <h2>{ t.sign_out_title() }</h2>
                <p>{ t.settings_sign_out_text() }</p>
                <p><Link<Route> to={Route::SignOut} classes="button danger">{ t.sign_out_title() }</Link<Route>></p>
            </section>
        </Page>
    }
}
