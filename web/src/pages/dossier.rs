//! A dossier: the strip, the tabs, and what the tab shows.

use crate::{
    components::{
        access_list::access_list,
        alarms::alarms,
        document_list::DocumentList,
        dormant::dormant,
        drop_zone::DropZone,
        empty::empty,
        identity::identity,
        own_notes::OwnNotes,
        page::Page,
        parties::Parties,
        report_list::report_list,
        share_list::ShareList,
        tabs::{Tabs, name},
        timeline::timeline,
        waiting,
    },
    language::Language,
    route::{Route, Tab},
    state::{use_answer, use_vault, use_words},
    worker::messages::Dossier as Call,
};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;
use zegel_vault::view::{DossierView, ItemKind};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) id: AttrValue,
    pub(crate) tab: Tab,
}

#[component]
pub(crate) fn Dossier(props: &Props) -> Html {
    let t = use_words();
    let vault = use_vault();
    let answer = use_answer(Call { id: props.id.to_string() }, vault.revision);
    let shown = waiting::page(t, t.nav_dossiers(), answer, |dossier| {
        html! {
            <div key="ready" class="dossier">
                { identity(t, &dossier) }
                { alarms(t, &dossier.alarms) }
                <Tabs dossier={props.id.clone()} current={props.tab} />
                <Page key={props.tab.to_string()} title={name(t, props.tab)}
                    actions={actions(t, &dossier, props.tab)}>
                    { tab(t, &dossier, props.tab, vault.revision) }
                </Page>
            </div>
        }
    });
    html! { <div class="dossier-place">{ shown }</div> }
}

/// What can be done on a tab; nothing where the dossier is read-only.
fn actions(t: Language, dossier: &DossierView, tab: Tab) -> Html {
    let id = dossier.summary.id.clone();
    let link =
        |to: Route, text: &'static str| html! { <Link<Route> {to} classes="button primary">{ text }</Link<Route>> };
    if dossier.read_only {
        return Html::default();
    }
    match tab {
        Tab::Timeline | Tab::Reports => link(Route::NewReport { id }, t.new_report()),
        Tab::Documents => Html::default(),
        Tab::Shares if dossier.items.is_empty() => Html::default(),
        Tab::Shares => link(Route::Share { id }, t.new_share()),
        Tab::Access => html! {
            <>
                { link(Route::Grant { id: id.clone() }, t.grant_title()) }
                <Link<Route> to={Route::InviteParty { id }} classes="button">{ t.party_invite() }</Link<Route>>
            </>
        },
    }
}

fn tab(t: Language, dossier: &Rc<DossierView>, tab: Tab, vault: u32) -> Html {
    let id = AttrValue::from(dossier.summary.id.clone());
    let reports = dossier.items.iter().any(|item| matches!(item.kind, ItemKind::Report { .. }));
    let documents = dossier.items.iter().any(|item| matches!(item.kind, ItemKind::Document { .. }));
    let nothing = dossier.items.is_empty() && dossier.shares.is_empty();
    match tab {
        Tab::Timeline if nothing => {
            let to = Tab::Documents.of(&id);
            let act = html! { <Link<Route> {to} classes="button">{ t.empty_timeline_documents() }</Link<Route>> };
            empty(t.empty_timeline(), t.empty_timeline_text(), act)
        }
        Tab::Timeline => timeline(t, dossier),
        Tab::Reports => html! {
            <>
                if reports {
                    { report_list(t, dossier) }
                } else {
                    { empty(t.empty_reports(), t.empty_reports_text(), Html::default()) }
                }
                <OwnNotes dossier={id} />
            </>
        },
        Tab::Documents => html! {
            <div class="documents">
                <div class="drop-place">if !dossier.read_only { <DropZone dossier={id} /> }</div>
                <div class="list-place">
                    if documents {
                        <DocumentList dossier={dossier.clone()} />
                    } else {
                        { empty(t.empty_documents(), t.empty_documents_text(), Html::default()) }
                    }
                </div>
            </div>
        },
        Tab::Shares if dossier.shares.is_empty() => {
            let text = if dossier.items.is_empty() { t.empty_shares_first() } else { t.empty_shares_text() };
            empty(t.empty_shares(), text, Html::default())
        }
        Tab::Shares => html! { <ShareList dossier={dossier.clone()} /> },
        Tab::Access => html! {
            <>
                { access_list(t, dossier) }
                <Parties dossier={id} revision={vault} />
                { dormant(t, &dossier.dormant, &dossier.summary.reference) }
            </>
        },
    }
}
