//! The portal: one dossier, to the person it is about or who acts for them, on a telephone first. It only reads.

use super::{new_card::NewCard, passphrase::Passphrase, sign_out::SignOut};
use crate::{
    components::{
        alarms::alarms,
        confirm::Confirm,
        document::{Document, Heard},
        dormant::dormant,
        language_choice::LanguageChoice,
        mark::mark,
        own_keys::visit_banner,
        page::Page,
        portal_keys::{portal_devices, portal_keys},
        portal_readers::{PortalReaders, portal_shares},
        problems::Problems,
        upkeep::use_upkeep,
        waiting,
    },
    format,
    route::Route,
    state::{Task, use_answer, use_done, use_lock, use_session, use_vault, use_words},
    worker::messages::{Failure, Portal as Call, PortalDevices, ReadPortal, RevokeDevice, Secret},
};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{ItemKind, PortalView};

/// The frame, and the page of the address; every other address leads to the dossier.
#[component]
pub(crate) fn Portal() -> Html {
    let t = use_words();
    let (session, vault) = (use_session(), use_vault());
    use_upkeep();
    let shown = match use_route::<Route>() {
        Some(Route::SignOut) => html! { <SignOut key="sign-out" /> },
        Some(Route::Passphrase) => html! { <Passphrase key="passphrase" /> },
        Some(Route::NewCard) => html! { <NewCard key="card" /> },
        Some(Route::EndDevice { device }) => html! { <EndDevice key={device.clone()} device={device.clone()} /> },
        // Nothing stays on the screen.
        _ if vault.trouble.as_ref().is_some_and(Failure::is_over) => html! {
            <p key="over" class="aside"><Link<Route> to={Route::SignOut} classes="button danger">{ t.sign_out_title() }</Link<Route>></p>
        },
        _ => html! { <Read key="read" /> },
    };
    html! {
        <div class="frame wide portal">
            <header>
                <p class="practice">{ t.practice_only() }</p>
                <div class="frame-head">{ mark() }<LanguageChoice /></div>
                <div class="visit-place">{ visit_banner(t, session.visiting()) }</div>
            </header>
            <main id="main" tabindex="-1">
                <Problems failure={vault.trouble.clone()} />
                { alarms(t, session.who.as_ref().map_or(&[], |who| &who.alarms)) }
                { shown }
            </main>
        </div>
    }
}

/// The dossier.
#[component]
fn Read() -> Html {
    let t = use_words();
    let (revision, lock, session) = (use_vault().revision, use_lock(), use_session());
    let (answer, devices) = (use_answer(Call {}, revision), use_answer(PortalDevices {}, revision));
    let visiting = session.visiting();
    let word = if visiting { t.visit_end() } else { t.lock_now() };
    let shown = waiting::page(t, t.portal_title(), answer, |view| {
        let (organisation, words) = session.who.as_ref().map(|who| (&who.organisation, &who.words)).unzip();
        let until = view.until.map(|until| t.portal_until(format::last_day(t, until)));
        let lead: Vec<String> = organisation.cloned().into_iter().chain(until).collect();
        let actions = html! { <button type="button" class="lock" onclick={lock}>{ word }</button> };
        html! {
            <Page key="dossier" title={view.title.clone()} tab={t.portal_title()} lead={lead.join(". ")} {actions}>
                <Items view={view.clone()} />
                <PortalReaders key="readers" view={view.clone()} />
                { dormant(t, &view.dormant, &view.reference) }
                { portal_shares(t, &view) }
                <section class="group" key="devices">
                    <h2>{ t.portal_devices() }</h2>
                    { waiting::part(t, devices, |devices| portal_devices(t, &devices)) }
                    <h3>{ t.portal_words() }</h3>
                    <p>{ t.portal_words_text() }</p>
                    <p class="words">{ words.map(|words| words.join(" · ")).unwrap_or_default() }</p>
                </section>
                { portal_keys(t, visiting) }
            </Page>
        }
    });
    html! { <div class="portal-read">{ shown }</div> }
}

#[derive(PartialEq, Properties)]
struct ItemsProps {
    view: Rc<PortalView>,
}

/// Reports to read here, documents to view or to download.
#[component]
fn Items(props: &ItemsProps) -> Html {
    let t = use_words();
    let client = use_session().client.clone();
    let open = Callback::from(move |(item, heard): (String, Callback<Heard>)| {
        let client = client.clone();
        yew::platform::spawn_local(async move {
            let progress = heard.reform(|(done, total)| Heard::Progress(done, total));
            heard.emit(Heard::Ended(client.download(ReadPortal { item }, progress).await));
        });
    });
    let items = &props.view.items;
    let documents: Vec<_> = items.iter().filter(|item| matches!(item.kind, ItemKind::Document { .. })).collect();
    let reports = items.iter().filter_map(|item| {
        let ItemKind::Report { text, day, .. } = &item.kind else { return None };
        Some(html! {
            <article key={item.id.clone()} class="sheet card report">
                <small class="fine">{ t.timeline_report(format::written_day(t, day), &item.author) }</small>
                <h3>{ &item.title }</h3>
                <div class="text">{ text }</div>
            </article>
        })
    });
    html! {
        <>
            <section class="group" key="reports">
                <h2>{ t.tab_reports() }</h2>
                { for reports }
                if documents.len() == items.len() { <p class="fine">{ t.portal_no_reports() }</p> }
            </section>
            <div key="documents">
                if !documents.is_empty() {
                    <section class="group">
                        <h2>{ t.tab_documents() }</h2>
                        <ul class="list sheet">
                            { for documents.iter().map(|item| html! {
                                <Document key={item.id.clone()} item={(*item).clone()} open={open.clone()} />
                            }) }
                        </ul>
                    </section>
                }
            </div>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct EndDeviceProps {
    device: AttrValue,
}

/// Ending another device; it takes the passphrase.
#[component]
fn EndDevice(props: &EndDeviceProps) -> Html {
    let t = use_words();
    let done = use_done();
    let device = props.device.to_string();
    let run = Callback::from(move |(task, passphrase): (Task, Secret)| {
        let done = done.clone();
        let call = RevokeDevice { device: device.clone(), passphrase };
        task.run(call, move |()| done.tell(t.portal_device_is_ended(), &Route::Today));
    });
    html! {
        <Confirm title={t.portal_end_device()} tab={t.end_device()} lead={t.end_device_text()} hint={t.end_device_why()}
            act={t.end_device()} danger=true not={t.cancel()} {run}>
            <p>{ t.end_device_honest() }</p>
        </Confirm>
    }
}
